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
import { CAPABILITY_NAMES, REGISTERS, SCR_NAMES } from '../../riscv/registers.js';
import { Core } from './core.js';
import { access } from './datapath.js';
import type { RevokerPort } from './devices/revoker-port.js';
import { interpreterFor } from './interpreters.js';
import type { CoreConfig } from './parameters.js';
import { type CoreState, restoreCore, saveCore } from './state.js';
import { SINK } from './slots.js';
import { SCR } from './special.js';
import { NEVER, STOP } from './times.js';
import { Tracer } from './tracer.js';
import { takeInterrupt } from './traps.js';

const MACHINE_KIND = 'cheriot-ibex';
/** Relative cycles at which the origin of time is moved, so that they stay in 31 bits. */
const REBASE = 1 << 28;
/** Cycles of one call of the interpreter: short, because V8 compiles a function better for its next call than in a loop. */
const SLICE = 1 << 17;
const DEFAULT_BUDGET = 1e9;

interface CheriotSnapshot extends Snapshot {
  readonly core: CoreState;
  readonly memory: MemorySnapshot;
  readonly tags: readonly number[];
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
  /** Console output so far. */
  console(): string;
  readonly resetVector: number;
  /** Plugs the revoker into the device that drives it. */
  connect(revoker: RevokerPort): void;
}

/** A CHERIoT-Ibex on a board. See `Machine` for what the members mean. */
export class CheriotMachine implements Machine {
  readonly memory: PhysicalMemory;
  readonly probes = new ProbeSet();
  readonly bench: BenchDevice | undefined;
  private readonly core: Core;
  /** The interpreter that follows rules, and the one that goes cycle by cycle; each made when it is first needed. */
  private quick: (() => void) | undefined;
  private detailed: (() => void) | undefined;
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
    this.tracer = new Tracer(this.core);
    this.connectRevoker(board);
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

  /** Plugs the revoker in. What its device does at the end of a walk happens in the cycle after it. */
  private connectRevoker(board: Board): void {
    const port = this.core.revokerPort;
    board.connect(port);
    const { onFinished } = port;
    port.onFinished = (at, busy) => {
      const before = this.eventTime;
      this.eventTime = at + 1;
      onFinished(at, busy);
      this.eventTime = before;
    };
  }

  /** Cycle in which a device sees the store that is under way. */
  private deviceTime(): number {
    return this.core.base + access.end;
  }

  get ledger(): Ledger {
    return this.core.ledger;
  }

  reset(): void {
    this.core.forgetDecoded();
    this.core.tagMemory.clear();
    this.memory.unwatch();
    this.memory.reset();
    this.core.reset(this.board.resetVector);
    this.core.phaseMarks.clear();
    this.events.clear();
    for (const device of this.board.devices) device.reset();
    this.core.interruptAt = NEVER;
    this.ended = undefined;
    this.image = undefined;
  }

  load(image: Image): void {
    placeImage(this.memory, image);
    this.useMarks(image);
    for (const { physical: start, bytes } of image.segments) this.core.tagMemory.clearRange(start, bytes);
    this.core.forgetDecoded();
    this.core.boot(image.entry);
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
      core.chooseTiming();
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
      if (core.next > core.interruptAt && this.interruptTaken()) continue;
      const slice = Math.min(limit - core.base, events.next - core.base, core.next + left, core.next + SLICE);
      const until = this.tracer.hook === undefined ? core.interruptAt : core.next;
      core.limit = Math.min(slice, until === NEVER ? NEVER : until + 1);
      if (this.step()) return this.finish({ kind: 'probe' });
    }
  }

  /** Takes an interrupt if one is due before the instruction to come; forgets to look if none is pending. */
  private interruptTaken(): boolean {
    const { core } = this;
    const cause = core.csr.interrupt;
    if (cause < 0) {
      core.interruptAt = NEVER;
      return false;
    }
    this.tracer.begin();
    takeInterrupt(core, cause, core.interruptible);
    this.tracer.end();
    return true;
  }

  /** Passes time in wfi up to the next event or `limit`. @returns why to stop, or undefined to look at everything again. */
  private wait(limit: number): Stop | undefined {
    const { core, events } = this;
    if (core.csr.wakes) {
      core.wake();
      return undefined;
    }
    if (core.revoker.active && core.detailed) {
      core.dream(Math.min(limit, events.next) - core.base);
      return core.base + core.next >= limit ? { kind: 'limit' } : undefined;
    }
    if (events.next === Infinity) {
      this.ended = { kind: 'asleep', pc: virtual(core.pc) };
      return this.ended;
    }
    const skipped = Math.max(0, Math.min(limit, events.next) - core.base - core.next);
    core.hazard += skipped;
    core.base += skipped;
    core.settle(skipped);
    return core.base + core.next >= limit ? { kind: 'limit' } : undefined;
  }

  /** Runs the interpreter once. @returns true if a probe wants to stop. */
  private step(): boolean {
    const { core } = this;
    this.tracer.begin();
    if (core.detailed) (this.detailed ??= interpreterFor(core, true))();
    else (this.quick ??= interpreterFor(core, false))();
    this.tracer.end();
    core.unpatch();
    // The probe's instruction ends before what it holds up.
    const stop = this.fireProbe();
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
    if (probe === undefined) return false;
    core.probe = undefined;
    if (core.retired === probe.retired) return false;
    const trailing = core.next - core.last - 1;
    core[core.trailing] -= trailing;
    core.charge();
    const event = this.probeEvent;
    event.cycle = core.base + core.leaving;
    event.instructions = core.retiredBase + core.retired;
    event.physical = probe.physical;
    event.virtual = probe.virtual;
    event.space = this.kernelWord(this.image?.spaceWord) ?? core.pccBase >>> 0;
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
    const { traps, interrupts, busBeats, capabilityLoads, capabilityStores } = core.counts;
    return {
      cycles: cycles(core.base + core.next),
      instructions: instructions(core.retiredBase + core.retired),
      traps,
      interrupts,
      busBeats,
      pageWalkReads: 0,
      protection: { mpuStores: 0, satpWrites: 0, sfences: 0, capabilityLoads, capabilityStores },
    };
  }

  get pc(): VirtualAddress {
    return virtual(this.core.pc);
  }

  /** A store has reached memory when the next instruction can see it. */
  get storeBacklog(): number {
    return 0;
  }

  registers(): readonly RegisterValue[] {
    const { core } = this;
    const { registers, special } = core;
    const general = CAPABILITY_NAMES.slice(0, SINK).map((name, i) => ({
      name,
      value: registers.address[i] >>> 0,
      metadata: registers.metadataOf(i) >>> 0,
      tag: registers.tagOf(i),
    }));
    const specials = Object.values(SCR).map((number) => ({
      name: SCR_NAMES.get(number) ?? `scr${number}`,
      value: special.addressOf(number) >>> 0,
      metadata: special.metadataOf(number) >>> 0,
      tag: special.tagOf(number),
    }));
    return [
      { name: 'pcc', value: this.pc, metadata: core.pccMetadata >>> 0, tag: core.pccTag },
      ...general,
      ...specials,
      { name: 'privilege', value: core.csr.privilege },
      ...core.csr.list(),
    ];
  }

  /** Sets a register as a debugger does: of a capability the address, which must not leave the bounds to keep the tag. */
  setRegister(name: string, value: number): void {
    const { core } = this;
    const index = REGISTERS.get(name) ?? CAPABILITY_NAMES.indexOf(name);
    if (name === 'pc' || name === 'pcc') {
      core.jumpTo(value);
      core.pipeline.retarget(value);
    } else if (index > 0 && index < SINK) core.registers.moveTo(index, value | 0);
    else if (index !== 0 && !core.setSystemRegister(name, value)) throw new RangeError(`no register ${name}`);
  }

  translate(address: VirtualAddress): PhysicalAddress | undefined {
    return this.memory.answers(address) ? physical(address) : undefined;
  }

  get console(): string {
    return this.board.console();
  }

  setTrace(hook: TraceHook | undefined): void {
    this.tracer.hook = hook;
  }

  snapshot(): Snapshot {
    const snapshot: CheriotSnapshot = {
      machine: MACHINE_KIND,
      core: saveCore(this.core),
      memory: this.memory.save(),
      tags: this.core.tagMemory.save(),
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
    const saved = snapshot as CheriotSnapshot;
    this.core.forgetDecoded();
    this.core.tagMemory.clear();
    this.memory.restore(saved.memory);
    this.core.tagMemory.load(saved.tags);
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
    for (const { value, metadata = 0, tag = false } of this.registers())
      hash
        .word(value)
        .word(metadata)
        .word(tag ? 1 : 0);
    for (const { address, data } of this.memory.nonZeroPages()) hash.word(address).bytes(data);
    for (const address of this.core.tagMemory.addresses()) hash.word(address);
    for (const device of this.board.devices) hash.integers(device.save());
    return hash.digest();
  }
}
