import type { Device, DeviceHost } from '../../machine/device.js';
import type { BenchDevice } from '../../machine/devices/bench.js';
import { ConsoleDevice } from '../../machine/devices/console.js';
import { EventQueue } from '../../machine/events.js';
import { Fnv1a64 } from '../../machine/hash.js';
import { type Image, placeImage } from '../../machine/image.js';
import type { Ledger } from '../../machine/ledger.js';
import type { Counters, Machine, RegisterValue, Snapshot, Stop, TraceHook } from '../../machine/machine.js';
import { MemoryExhausted, type MemorySnapshot, PAGE_BYTES, PhysicalMemory } from '../../machine/memory.js';
import { ProbeSet, type ProbeEvent } from '../../machine/probes.js';
import {
  cycles,
  type Cycles,
  hex32,
  type Instructions,
  instructions,
  type PhysicalAddress,
  physical,
  virtual,
  type VirtualAddress,
} from '../../machine/units.js';
import type { MachineRequest } from '../../platform.js';
import { type Board, mps2Board } from './board.js';
import { Core, Sleep } from './core.js';
import { enterException, returnFromException } from './exceptions.js';
import { interpreterFor } from './interpreters.js';
import type { CoreConfig } from './parameters.js';
import { listRegisters, setRegister } from './registers.js';
import { isStore } from './pairing.js';
import { Semihosting, type SemihostingMemory } from './semihosting.js';
import { type CoreState, restoreCore, saveCore } from './state.js';
import { NEVER, STOP } from './times.js';
import { Tracer } from './tracer.js';

const MACHINE_KIND = 'cortex-m';
/** Relative cycles at which the origin of time is moved, so that they stay in 31 bits. */
const REBASE = 1 << 28;
/** Cycles of one call of the interpreter: short, because V8 compiles a function better for its next call than in a loop. */
const SLICE = 1 << 17;
const DEFAULT_BUDGET = 1e9;
/** Guest memory is at most this many pages on the host. */
const MOST_PAGES = 16384;

interface CortexMSnapshot extends Snapshot {
  readonly core: CoreState;
  readonly memory: MemorySnapshot;
  readonly devices: readonly (readonly number[])[];
  readonly semihosting: readonly number[];
  readonly events: readonly number[];
  readonly ended: Stop | undefined;
  readonly image: Image | undefined;
}

/** A Cortex-M core on a board. See `Machine` for what the members mean. */
export class CortexMMachine implements Machine {
  readonly memory: PhysicalMemory;
  readonly probes = new ProbeSet();
  readonly bench: BenchDevice | undefined = undefined;
  private readonly output = new ConsoleDevice({ name: 'console' });
  private readonly board: Board;
  /** Everything with state or wake-ups: the board's devices, the system timer, the console. */
  private readonly devices: readonly Device[];
  private readonly core: Core;
  private readonly interpret: () => void;
  private readonly events: EventQueue;
  private readonly semihosting: Semihosting;
  private readonly tracer: Tracer;
  private budget = DEFAULT_BUDGET;
  private ended: Stop | undefined;
  private image: Image | undefined;
  private readonly probeEvent: ProbeEvent = { cycle: 0, instructions: 0, physical: 0, virtual: 0, space: 0, thread: 0 };

  constructor(config: CoreConfig, request: MachineRequest) {
    const print = (byte: number): void => void this.output.write(0, 1, byte);
    this.board = mps2Board(request, print);
    const { regions } = this.board;
    const pages = regions.reduce((sum, { bytes }) => sum + bytes / PAGE_BYTES, 0);
    this.memory = new PhysicalMemory(regions, Math.min(pages, MOST_PAGES));
    this.core = new Core(config, this.memory);
    this.devices = [...this.board.devices, this.core.system.systick, this.output];
    this.events = new EventQueue(this.devices);
    this.semihosting = new Semihosting(print);
    this.interpret = interpreterFor(this.core);
    this.tracer = new Tracer(this.core);
    this.core.isProbed = (address) => this.probes.has(address);
    this.core.fireEvents = (until) => this.fireEvents(until);
    this.core.semihost = () => this.semihost();
    this.probes.changed = () => this.core.forgetDecoded();
    const host: DeviceHost = {
      setInterruptLine: (line, level) => this.core.nvic.setLine(line, level),
      schedule: (device, at, tag) => {
        this.events.schedule(device, at, tag);
        this.core.limit = Math.min(this.core.limit, at - this.core.base);
        this.core.eventAt = Math.min(this.core.eventAt, at - this.core.base);
      },
      cancel: (device, tag) => this.events.cancel(device, tag),
      exit: (code) => this.end({ kind: 'exit', code }),
      retired: () => this.core.retiredBase + this.core.retired,
    };
    for (const device of this.devices) device.attach(host);
    this.reset();
  }

  get ledger(): Ledger {
    return this.core.ledger;
  }

  reset(): void {
    this.core.forgetDecoded();
    this.memory.unwatch();
    this.memory.reset();
    this.core.reset();
    this.core.phaseMarks.clear();
    this.events.clear();
    for (const device of this.devices) device.reset();
    this.semihosting.reset();
    this.ended = undefined;
    this.image = undefined;
  }

  load(image: Image): void {
    placeImage(this.memory, image);
    this.useMarks(image);
    this.core.forgetDecoded();
    this.startAt(this.board.vectorTable ?? Math.min(...image.segments.map((s) => s.physical)));
  }

  /** Takes stack pointer and program counter from a vector table, as a reset does (DDI0403E B1.5.5). */
  private startAt(table: number): void {
    const { core, memory } = this;
    core.scb.vtor = table;
    const stack = memory.read(core.scb.vtor, 4, 0);
    const start = memory.read((core.scb.vtor + 4) >>> 0, 4, 0);
    if (stack === undefined || start === undefined || core.scb.vtor !== table) {
      const what = core.scb.vtor === table ? 'no memory answers there' : 'VTOR cannot hold that address';
      core.wedge(`no vector table at ${hex32(table)}: ${what}`);
      return;
    }
    core.msp = stack;
    core.thumb = (start & 1) !== 0;
    core.jumpTo(start);
    core.redirected = false;
  }

  /** Takes phase marks and kernel words of an image. */
  private useMarks(image: Image | undefined): void {
    this.image = image;
    this.core.phaseMarks.clear();
    for (const mark of image?.phases ?? []) this.core.phaseMarks.set(mark.physical, mark.phase);
  }

  setBudget(budget: Instructions): void {
    this.budget = budget;
  }

  setToHost(address: PhysicalAddress | undefined): void {
    if (address === undefined) this.memory.unwatch();
    else {
      this.memory.watch(address, (value) => {
        if (value !== 0) this.end({ kind: 'exit', code: value === 1 ? 0 : value >>> 1 });
      });
    }
  }

  private end(stop: Stop): void {
    this.ended ??= stop;
    this.core.limit = STOP;
  }

  run(limit: Cycles): Stop {
    try {
      return this.runGuest(limit);
    } catch (error) {
      if (!(error instanceof MemoryExhausted)) throw error;
      this.ended = { kind: 'memory', reason: error.message };
      return this.ended;
    }
  }

  private runGuest(limit: number): Stop {
    const { core } = this;
    for (;;) {
      if (this.ended !== undefined) return this.finish(this.ended);
      if (core.wedged !== undefined) {
        this.ended = { kind: 'wedged', pc: virtual(core.pc), reason: core.wedged };
        continue;
      }
      const left = this.budget - core.retiredBase - core.retired;
      if (left <= 0) return this.finish({ kind: 'budget', budget: instructions(this.budget) });
      if (core.next > REBASE) core.rebase();
      this.fireEvents(core.base + core.next);
      if (core.sleep !== Sleep.AWAKE) {
        const stop = this.wait(limit);
        if (stop !== undefined) return this.finish(stop);
        continue;
      }
      if (core.base + core.next >= limit) return this.finish({ kind: 'limit' });
      if (core.returning !== 0 || core.nvic.due !== 0) {
        this.handleException();
        continue;
      }
      // At most two instructions retire in a cycle: a folded IT and another.
      const whole = left >= 4 ? left >> 1 : 1;
      core.stepping = this.tracer.hook !== undefined || left < 4;
      core.limit = Math.min(limit - core.base, core.eventAt, core.next + whole, core.next + SLICE);
      if (core.stepping) core.limit = Math.min(limit - core.base, core.eventAt, NEVER);
      if (this.step()) return this.finish({ kind: 'probe' });
    }
  }

  /** Carries out the exception return that is under way, or enters the exception that is due. */
  private handleException(): void {
    const { core, tracer } = this;
    tracer.begin();
    const value = core.returning;
    core.returning = 0;
    if (value !== 0) returnFromException(core, value);
    else enterException(core);
    tracer.end();
  }

  /** Fires what is due up to cycle `until`, and says when the next event is. */
  private fireEvents(until: number): void {
    const { events, core } = this;
    if (events.next <= until) events.fireDue(until);
    core.eventAt = Math.min(events.next - core.base, NEVER);
  }

  /** Passes time in WFI or WFE up to the next event or `limit`. @returns why to stop, or undefined to look at everything again. */
  private wait(limit: number): Stop | undefined {
    const { core, events } = this;
    const wakes = core.sleep === Sleep.FOR_INTERRUPT ? core.nvic.wakes : core.event || core.nvic.due !== 0;
    if (wakes) {
      if (core.sleep === Sleep.FOR_EVENT) core.event = false;
      core.sleep = Sleep.AWAKE;
      return undefined;
    }
    if (events.next === Infinity) {
      this.ended = { kind: 'asleep', pc: virtual(core.pc) };
      return this.ended;
    }
    const skipped = Math.max(0, Math.min(limit, events.next) - core.base - core.next);
    core.hazard += skipped;
    core.base += skipped;
    core.eventAt = Math.min(events.next - core.base, NEVER);
    return core.base + core.next >= limit ? { kind: 'limit' } : undefined;
  }

  /** Runs the interpreter once. @returns true if a probe wants to stop. */
  private step(): boolean {
    const { core } = this;
    this.tracer.begin();
    this.interpret();
    this.tracer.end();
    core.unpatch();
    return this.fireProbe();
  }

  /** Calls the probes of the instruction that has just retired, with the ledger charged up to its end. */
  private fireProbe(): boolean {
    const { core } = this;
    const { probe } = core;
    if (probe === undefined) return false;
    core.probe = undefined;
    if (core.retired === probe.retired) return false;
    core.charge();
    const event = this.probeEvent;
    event.cycle = core.base + core.next;
    event.instructions = core.retiredBase + core.retired;
    event.physical = probe.physical;
    event.virtual = probe.physical;
    event.space = this.kernelWord(this.image?.spaceWord) ?? 0;
    event.thread = this.kernelWord(this.image?.threadWord) ?? 0;
    return this.probes.fire(event);
  }

  private kernelWord(at: PhysicalAddress | undefined): number | undefined {
    if (at === undefined) return undefined;
    return new DataView(this.memory.dump(at, 4).buffer).getUint32(0, true);
  }

  /** Guest memory for semihosting calls: RAM only, unchecked. */
  private readonly hostMemory: SemihostingMemory = {
    read: (address, size) => {
      let value = 0;
      for (let i = 0; i < size; i++) {
        const at = (address + i) >>> 0;
        if (this.memory.touch(at) === 0) return undefined;
        value |= this.memory.read(at, 1, 0)! << (8 * i);
      }
      return value >>> 0;
    },
    write: (address, size, value) => {
      for (let i = 0; i < size; i++) {
        const at = (address + i) >>> 0;
        if (this.memory.touch(at) === 0 || this.memory.write(at, 1, (value >>> (8 * i)) & 255, 0) === 'error')
          return false;
      }
      return true;
    },
  };

  /** Carries out a semihosting call (BKPT 0xAB). */
  private semihost(): void {
    const { core } = this;
    const outcome = this.semihosting.call(core.r[0] >>> 0, core.r[1] >>> 0, this.hostMemory, core.base + core.next);
    if (outcome.kind === 'return') core.r[0] = outcome.value;
    else if (outcome.kind === 'exit') this.end({ kind: 'exit', code: outcome.code });
    else core.wedge(outcome.reason);
  }

  /** Books what is not booked yet, so that the ledger is up to date whenever `run` has returned. */
  private finish(stop: Stop): Stop {
    this.core.charge();
    return stop;
  }

  get counters(): Counters {
    const { core } = this;
    const { exceptions, interrupts, busBeats } = core.counts;
    return {
      cycles: cycles(core.base + core.next),
      instructions: instructions(core.retiredBase + core.retired),
      traps: exceptions,
      interrupts,
      busBeats,
      pageWalkReads: 0,
      protection: { mpuStores: core.mpu.stores, satpWrites: 0, sfences: 0, capabilityLoads: 0, capabilityStores: 0 },
    };
  }

  get pc(): VirtualAddress {
    return virtual(this.core.pc);
  }

  get storeBacklog(): number {
    const { timing, done } = this.core;
    return timing.writeBuffer !== 0 && isStore(done & 255) ? 1 : 0;
  }

  registers(): readonly RegisterValue[] {
    return listRegisters(this.core);
  }

  setRegister(name: string, value: number): void {
    if (!setRegister(this.core, name, value)) throw new RangeError(`no register ${name}`);
  }

  translate(address: VirtualAddress): PhysicalAddress | undefined {
    return this.memory.answers(address) ? physical(address) : undefined;
  }

  get console(): string {
    return this.output.text;
  }

  setTrace(hook: TraceHook | undefined): void {
    this.tracer.hook = hook;
  }

  snapshot(): Snapshot {
    const snapshot: CortexMSnapshot = {
      machine: MACHINE_KIND,
      core: saveCore(this.core),
      memory: this.memory.save(),
      devices: this.devices.map((d) => d.save()),
      semihosting: this.semihosting.save(),
      events: this.events.save(),
      ended: this.ended,
      image: this.image,
    };
    return snapshot;
  }

  restore(snapshot: Snapshot): void {
    if (snapshot.machine !== MACHINE_KIND)
      throw new Error(`a snapshot of ${snapshot.machine} is none of ${MACHINE_KIND}`);
    const saved = snapshot as CortexMSnapshot;
    this.core.forgetDecoded();
    this.memory.restore(saved.memory);
    this.useMarks(saved.image);
    this.devices.forEach((device, i) => device.load(saved.devices[i]));
    restoreCore(this.core, saved.core);
    this.semihosting.load(saved.semihosting);
    this.events.load(saved.events);
    this.ended = saved.ended;
  }

  stateHash(): string {
    const hash = new Fnv1a64();
    for (const { value } of this.registers()) hash.word(value);
    hash.integers(this.core.system.save());
    for (const { address, data } of this.memory.nonZeroPages()) hash.word(address).bytes(data);
    for (const device of this.devices) hash.integers(device.save());
    return hash.digest();
  }
}
