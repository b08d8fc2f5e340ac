import type { Device, DeviceHost } from '../../machine/device.js';
import { BenchDevice } from '../../machine/devices/bench.js';
import { EventQueue } from '../../machine/events.js';
import { Fnv1a64 } from '../../machine/hash.js';
import { type Image, placeImage } from '../../machine/image.js';
import type { Ledger } from '../../machine/ledger.js';
import type { Counters, Machine, RegisterValue, Snapshot, Stop, TraceHook } from '../../machine/machine.js';
import { MemoryExhausted, type MemorySnapshot, PhysicalMemory, type Region } from '../../machine/memory.js';
import { ProbeSet, type ProbeEvent } from '../../machine/probes.js';
import {
  cycles,
  type Cycles,
  type Instructions,
  instructions,
  type PhysicalAddress,
  physical,
  virtual,
  type VirtualAddress,
} from '../../machine/units.js';
import { REGISTER_NAMES } from '../../riscv/registers.js';
import { Core } from './core.js';
import { nextAccesses } from './datapath.js';
import { fetchInstruction } from './fetch.js';
import { interpreterFor } from './interpreters.js';
import { Access, translateQuietly } from './mmu.js';
import type { CoreConfig } from './parameters.js';
import { type CoreState, restoreCore, saveCore } from './state.js';
import { NEVER, STOP } from './times.js';
import { Tracer } from './tracer.js';
import { takeInterrupt } from './traps.js';

const MACHINE_KIND = 'vexriscv-baochip';
/** Relative cycles at which the origin of time is moved, so that they stay in 31 bits. */
const REBASE = 1 << 28;
/** Cycles of one call of the interpreter: short, because V8 compiles a function better for its next call than in a loop. */
const SLICE = 1 << 17;
const DEFAULT_BUDGET = 1e9;

interface VexRiscvSnapshot extends Snapshot {
  readonly core: CoreState;
  readonly memory: MemorySnapshot;
  readonly devices: readonly (readonly number[])[];
  readonly events: readonly number[];
  readonly ended: Stop | undefined;
  readonly image: Image | undefined;
}

/** What the board around the core looks like. */
export interface Board {
  readonly regions: readonly Region[];
  readonly devices: readonly Device[];
  readonly bench: BenchDevice | undefined;
  readonly resetVector: number;
}

/** A VexRiscv of Baochip-1x on a board. See `Machine` for what the members mean. */
export class VexRiscvMachine implements Machine {
  readonly memory: PhysicalMemory;
  readonly probes = new ProbeSet();
  readonly bench: BenchDevice | undefined;
  private readonly core: Core;
  private readonly interpret: () => void;
  private readonly events: EventQueue;
  private budget = DEFAULT_BUDGET;
  private ended: Stop | undefined;
  private readonly tracer: Tracer;
  private image: Image | undefined;
  /** Cycle of the event being fired; undefined while the guest stores to a device. */
  private eventTime: number | undefined;
  private readonly probeEvent: ProbeEvent = { cycle: 0, instructions: 0, physical: 0, virtual: 0, space: 0, thread: 0 };

  constructor(
    config: CoreConfig,
    private readonly board: Board,
  ) {
    this.memory = new PhysicalMemory(board.regions);
    this.bench = board.bench;
    this.events = new EventQueue(board.devices);
    this.core = new Core(config, this.memory);
    this.interpret = interpreterFor(this.core);
    this.tracer = new Tracer(this.core);
    this.core.isProbed = (address) => this.probes.has(address);
    this.probes.changed = () => this.core.forgetDecoded();
    const host: DeviceHost = {
      setInterruptLine: (line, level) => this.core.setLine(line, level, this.eventTime ?? this.deviceTime() + 1),
      schedule: (device, at, tag) => {
        this.events.schedule(device, at, tag);
        this.core.limit = Math.min(this.core.limit, at - this.core.base);
      },
      cancel: (device, tag) => this.events.cancel(device, tag),
      exit: (code) => this.end({ kind: 'exit', code }),
      retired: () => this.core.retiredBase + this.core.retired,
    };
    for (const device of board.devices) device.attach(host);
    this.reset();
  }

  /** Cycle in which a device sees the store that is under way. */
  private deviceTime(): number {
    return this.core.base + (this.core.common ? this.core.next : this.core.bus.acceptedAt);
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
    this.core.jumpTo(this.board.resetVector);
    this.events.clear();
    for (const device of this.board.devices) device.reset();
    this.core.interruptAt = NEVER;
    this.ended = undefined;
    this.image = undefined;
  }

  load(image: Image): void {
    placeImage(this.memory, image);
    this.useMarks(image);
    this.core.forgetDecoded();
    this.core.jumpTo(image.entry);
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
      return this.exhausted(error.message);
    }
  }

  /** Ends a run in the middle of an instruction that no host memory is left for. What it has waited so far has passed. */
  private exhausted(reason: string): Stop {
    this.ended = { kind: 'memory', reason };
    const stop = this.finish(this.ended);
    const booked = this.ledger.read().matrix.reduce((a, b) => a + b);
    this.core.next = booked - this.core.base;
    return stop;
  }

  private runGuest(limit: number): Stop {
    const { core, events } = this;
    for (;;) {
      if (this.ended !== undefined) return this.finish(this.ended);
      if (core.wedged !== undefined) {
        this.ended = { kind: 'wedged', pc: virtual(core.pc), reason: core.wedged };
        continue;
      }
      const left = this.budget - core.retiredBase - core.retired;
      if (left <= 0) return this.finish({ kind: 'budget', budget: instructions(this.budget) });
      if (core.next > REBASE) core.rebase();
      const now = core.base + core.next;
      while (events.next <= now) {
        this.eventTime = events.next;
        events.fireDue(events.next);
        this.eventTime = undefined;
      }
      if (core.waiting) {
        const stop = this.wait(limit);
        if (stop !== undefined) return this.finish(stop);
        continue;
      }
      if (core.base + core.next >= limit) return this.finish({ kind: 'limit' });
      if (core.next >= core.interruptAt && this.interruptTaken()) continue;
      const single = core.interruptAt !== NEVER && core.next >= core.interruptAt;
      const slice = Math.min(limit - core.base, events.next - core.base, core.next + left, core.next + SLICE);
      core.limit = Math.min(
        slice,
        single || this.tracer.hook !== undefined || core.heldWalk.active ? core.next + 1 : core.interruptAt,
      );
      if (this.step()) return this.finish({ kind: 'probe' });
    }
  }

  /** Takes an interrupt if one is due before the instruction to come; forgets to look if none is pending. */
  private interruptTaken(): boolean {
    const { core } = this;
    if (core.csr.interrupt < 0) {
      core.interruptAt = NEVER;
      return false;
    }
    // The core takes an interrupt in place of an instruction that is in decode: it has been fetched.
    this.tracer.begin();
    if (!core.isFetched && !fetchInstruction(core)) {
      this.tracer.end();
      return true;
    }
    const cause = core.csr.interrupt;
    if (!core.common && core.leavesDecode < core.interruptAt) return false;
    takeInterrupt(core, cause);
    this.tracer.end();
    return true;
  }

  /** Passes time in wfi up to the next event or `limit`. @returns why to stop, or undefined to look at everything again. */
  private wait(limit: number): Stop | undefined {
    const { core, events } = this;
    if (core.csr.wakes) {
      this.tracer.begin();
      const at = core.common ? core.next : Math.max(core.next, core.wakeAt + 1);
      core.hazard += at - core.next;
      core.last = at;
      core.next = at + 1;
      core.retired++;
      if (core.relocate) core.jumpTo(core.pc + 4);
      else core.slot += 2;
      core.waiting = false;
      this.tracer.end();
      return this.fireProbe() ? { kind: 'probe' } : undefined;
    }
    if (events.next === Infinity) {
      this.ended = { kind: 'asleep', pc: virtual(core.pc) };
      return this.ended;
    }
    const skipped = Math.max(0, Math.min(limit, events.next) - core.base - core.next);
    const whole = skipped - (skipped % 4);
    core.hazard += skipped;
    core.base += whole;
    core.next += skipped - whole;
    core.settle(whole);
    return core.base + core.next >= limit ? { kind: 'limit' } : undefined;
  }

  /** Runs the interpreter once. @returns true if a probe wants to stop. */
  private step(): boolean {
    const { core } = this;
    this.tracer.begin();
    this.interpret();
    this.tracer.end();
    core.unpatch();
    // The probe's instruction ends before what it holds up.
    const stop = this.fireProbe();
    core.heldWalk.release(core, nextAccesses);
    if (core.pendingPhase >= 0) {
      core.setPhase(core.pendingPhase);
      core.pendingPhase = -1;
    }
    core.trailing = 'fetchStall';
    return stop;
  }

  /** Calls the probes of the instruction that has just retired, with the ledger charged up to its own end. */
  private fireProbe(): boolean {
    const { core } = this;
    const { probe } = core;
    if (probe === undefined || core.waiting) return false;
    core.probe = undefined;
    if (core.retired === probe.retired) return false;
    const trailing = core.next - core.last - 1;
    core[core.trailing] -= trailing;
    core.charge();
    const event = this.probeEvent;
    event.cycle = core.base + core.retiring;
    event.instructions = core.retiredBase + core.retired;
    event.physical = probe.physical;
    event.virtual = probe.virtual;
    event.space = this.kernelWord(this.image?.spaceWord) ?? core.space;
    event.thread = this.kernelWord(this.image?.threadWord) ?? 0;
    const stop = this.probes.fire(event);
    core[core.trailing] += trailing;
    return stop;
  }

  private kernelWord(at: PhysicalAddress | undefined): number | undefined {
    if (at === undefined) return undefined;
    return new DataView(this.memory.dump(at, 4).buffer).getUint32(0, true);
  }

  /** Books what is not booked yet, so that the ledger is up to date whenever `run` has returned. */
  private finish(stop: Stop): Stop {
    this.core.charge();
    return stop;
  }

  get counters(): Counters {
    const { core } = this;
    const { traps, interrupts, busBeats, pageWalkReads, satpWrites, sfences } = core.counts;
    return {
      cycles: cycles(core.base + core.next),
      instructions: instructions(core.retiredBase + core.retired),
      traps,
      interrupts,
      busBeats,
      pageWalkReads,
      protection: { mpuStores: 0, satpWrites, sfences, capabilityLoads: 0, capabilityStores: 0 },
    };
  }

  get pc(): VirtualAddress {
    return virtual(this.core.pc);
  }

  get storeBacklog(): number {
    return this.core.common ? 0 : this.core.bus.pendingWrites(this.core.last + 3);
  }

  registers(): readonly RegisterValue[] {
    const x = REGISTER_NAMES.map((name, i) => ({ name, value: this.core.x[i] >>> 0 }));
    return [
      { name: 'pc', value: this.pc },
      ...x,
      { name: 'privilege', value: this.core.csr.privilege },
      ...this.core.csr.list(),
    ];
  }

  setRegister(name: string, value: number): void {
    const index = REGISTER_NAMES.indexOf(name);
    if (name === 'pc') this.core.jumpTo(value);
    else if (index > 0) this.core.x[index] = value;
    else if (index !== 0 && !this.core.setSystemRegister(name, value)) throw new RangeError(`no register ${name}`);
  }

  translate(address: VirtualAddress): PhysicalAddress | undefined {
    const found =
      translateQuietly(this.core, address, Access.LOAD) ?? translateQuietly(this.core, address, Access.FETCH);
    return found === undefined ? undefined : physical(found);
  }

  get console(): string {
    return this.bench?.console ?? '';
  }

  setTrace(hook: TraceHook | undefined): void {
    this.tracer.hook = hook;
  }

  snapshot(): Snapshot {
    const snapshot: VexRiscvSnapshot = {
      machine: MACHINE_KIND,
      core: saveCore(this.core),
      memory: this.memory.save(),
      devices: this.board.devices.map((d) => d.save()),
      events: this.events.save(),
      ended: this.ended,
      image: this.image,
    };
    return snapshot;
  }

  restore(snapshot: Snapshot): void {
    if (snapshot.machine !== MACHINE_KIND)
      throw new Error(`a snapshot of ${snapshot.machine} is none of ${MACHINE_KIND}`);
    const saved = snapshot as VexRiscvSnapshot;
    this.core.forgetDecoded();
    this.memory.restore(saved.memory);
    this.useMarks(saved.image);
    restoreCore(this.core, saved.core);
    const { interruptAt, wakeAt } = this.core;
    this.board.devices.forEach((device, i) => device.load(saved.devices[i]));
    this.core.interruptAt = interruptAt;
    this.core.wakeAt = wakeAt;
    this.events.load(saved.events);
    this.ended = saved.ended;
  }

  stateHash(): string {
    const hash = new Fnv1a64();
    for (const { value } of this.registers()) hash.word(value);
    for (const { address, data } of this.memory.nonZeroPages()) hash.word(address).bytes(data);
    for (const device of this.board.devices) hash.integers(device.save());
    return hash.digest();
  }
}
