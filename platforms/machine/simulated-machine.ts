import type { Device, DeviceHost } from './device.js';
import type { BenchDevice } from './devices/bench.js';
import { EventQueue } from './events.js';
import { Fnv1a64 } from './hash.js';
import { type Image, placeImage } from './image.js';
import type { Ledger } from './ledger.js';
import type { Counters, Machine, ProtectionCounts, RegisterValue, Snapshot, Stop, TraceHook } from './machine.js';
import { MemoryExhausted, type MemorySnapshot, type PhysicalMemory } from './memory.js';
import { type ProbeEvent, ProbeSet } from './probes.js';
import type { SimulatedCore } from './simulated-core.js';
import { STOP } from './times.js';
import type { Tracer } from './tracer.js';
import {
  cycles,
  type Cycles,
  type Instructions,
  instructions,
  type PhysicalAddress,
  physical,
  virtual,
  type VirtualAddress,
} from './units.js';

/** Relative cycles at which the origin of time is moved, so that they stay in 31 bits. */
const REBASE = 1 << 28;
/** Cycles of one call of the interpreter: short, because V8 compiles a function better for its next call than in a loop. */
const SLICE = 1 << 17;
const DEFAULT_BUDGET = 1e9;

interface MachineSnapshot extends Snapshot {
  readonly core: unknown;
  readonly memory: MemorySnapshot;
  readonly devices: readonly (readonly number[])[];
  readonly extra: readonly number[];
  readonly events: readonly number[];
  readonly ended: Stop | undefined;
  readonly image: Image | undefined;
}

/** What can be copied as numbers. */
interface Stateful {
  save(): readonly number[];
  load(state: readonly number[]): void;
}

/**
 * A core with memory and devices, and the loop that drives them: see `Machine` for what the members mean. What is a
 * platform's own is abstract, or empty here: how its core sleeps and is interrupted, its registers, its snapshots.
 *
 * A platform's constructor ends with `reset`.
 *
 * @typeParam C the core
 * @typeParam S its state in snapshots, plain data
 */
export abstract class SimulatedMachine<C extends SimulatedCore, S> implements Machine {
  readonly memory: PhysicalMemory;
  readonly probes = new ProbeSet();
  readonly bench: BenchDevice | undefined = undefined;
  protected readonly events: EventQueue;
  /** Cycle of the event being fired; undefined while the guest stores to a device. */
  protected eventTime: number | undefined;
  private budget = DEFAULT_BUDGET;
  private ended: Stop | undefined;
  private image: Image | undefined;
  private readonly probeEvent: ProbeEvent = { cycle: 0, instructions: 0, physical: 0, virtual: 0, space: 0, thread: 0 };

  /**
   * @param kind name of the kind of machine, in its snapshots
   * @param devices everything with state or wake-ups, in order
   */
  constructor(
    private readonly kind: string,
    protected readonly core: C,
    protected readonly tracer: Tracer<C>,
    private readonly devices: readonly Device[],
  ) {
    this.memory = core.memory;
    this.events = new EventQueue(devices);
    core.isProbed = (address) => this.probes.has(address);
    this.probes.changed = () => core.forgetDecoded();
    const host: DeviceHost = {
      setInterruptLine: (line, level) => this.setInterruptLine(line, level),
      schedule: (device, at, tag) => {
        this.events.schedule(device, at, tag);
        this.hasten(at - core.base);
      },
      cancel: (device, tag) => this.events.cancel(device, tag),
      exit: (code) => this.end({ kind: 'exit', code }),
      retired: () => core.retiredBase + core.retired,
    };
    for (const device of devices) device.attach(host);
  }

  // What a platform has to provide

  /** A device sets a line of the core. */
  protected abstract setInterruptLine(line: number, level: boolean): void;
  /** Core after reset: memory has been reset before, devices are afterwards. */
  protected abstract resetCore(): void;
  /** Sets the core to an image's first instruction. */
  protected abstract start(image: Image): void;
  /** Runs the interpreter up to `core.limit`. */
  protected abstract interpret(): void;
  /** Whether what the core waits for is there. */
  protected abstract get wakes(): boolean;
  /** Ends the wait. */
  protected abstract wake(): void;
  /** Passes `time` cycles of a wait, 0 or more. */
  protected abstract passTime(time: number): void;
  /** Does what comes in place of the instruction to come, an interrupt for one. @returns true if something did. */
  protected abstract divert(): boolean;
  /**
   * Cycle (relative) at which the interpreter has to return although nothing is due: for an interrupt that may be pending,
   * or because no more than `left` instructions may retire.
   */
  protected abstract lookAgainAt(left: number): number;
  /** Operations on protection hardware; those that are missing are 0. */
  protected abstract get protection(): Partial<ProtectionCounts>;
  protected abstract saveCore(): S;
  /** Restores what `saveCore` gave, after memory and devices. */
  protected abstract restoreCore(state: S): void;

  abstract readonly console: string;
  abstract readonly storeBacklog: number;
  abstract registers(): readonly RegisterValue[];
  abstract setRegister(name: string, value: number): void;

  // What a platform may have besides

  /** Called at each instruction boundary at which everything is looked at, before anything else is. */
  protected atBoundary(): void {
    return;
  }

  /** Called after the interpreter has returned and the probes have been told. */
  protected afterSlice(): void {
    return;
  }

  /** Something is due at cycle `at` (relative). */
  protected hasten(at: number): void {
    this.core.limit = Math.min(this.core.limit, at);
  }

  /** Whether nothing but the core itself can ever change anything. */
  protected get quiet(): boolean {
    return this.events.next === Infinity;
  }

  /** Drops what is kept by page of memory, before the pages are given back. */
  protected forgetPages(): void {
    this.core.forgetDecoded();
  }

  /** State for snapshots that belongs to the core, to memory and to devices alike, or to none; restored before the core. */
  protected get extra(): Stateful | undefined {
    return undefined;
  }

  /** Architectural state that `registers` does not list, for hashes: integers of at most 53 bits. */
  protected get unlisted(): readonly number[] {
    return [];
  }

  // The machine

  get ledger(): Ledger {
    return this.core.ledger;
  }

  reset(): void {
    this.forgetPages();
    this.memory.unwatch();
    this.memory.reset();
    this.resetCore();
    this.events.clear();
    for (const device of this.devices) device.reset();
    this.ended = undefined;
    this.useMarks(undefined);
  }

  load(image: Image): void {
    placeImage(this.memory, image);
    this.useMarks(image);
    this.core.forgetDecoded();
    this.start(image);
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

  /** The run ends with `stop` after the current instruction, unless it has ended before. */
  protected end(stop: Stop): void {
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
      this.atBoundary();
      if (core.next > REBASE) core.rebase();
      this.fireEvents(core.base + core.next);
      if (core.waiting) {
        const stop = this.wait(limit);
        if (stop !== undefined) return this.finish(stop);
        continue;
      }
      if (core.base + core.next >= limit) return this.finish({ kind: 'limit' });
      if (this.divert()) continue;
      const due = Math.min(limit, events.next) - core.base;
      core.limit = Math.min(due, this.lookAgainAt(left), core.next + SLICE);
      if (this.step()) return this.finish({ kind: 'probe' });
    }
  }

  /** Fires what is due up to cycle `until`. */
  protected fireEvents(until: number): void {
    const { events } = this;
    while (events.next <= until) {
      this.core.charge(); // who watches the event reads an up-to-date ledger
      this.eventTime = events.next;
      events.fireDue(events.next);
      this.eventTime = undefined;
    }
  }

  /** Passes time up to the next event or `limit`. @returns why to stop, or undefined to look at everything again. */
  private wait(limit: number): Stop | undefined {
    const { core, events } = this;
    if (this.wakes) {
      this.wake();
      return this.fireProbe() ? { kind: 'probe' } : undefined;
    }
    if (this.quiet) {
      this.ended = { kind: 'asleep', pc: virtual(core.pc) };
      return this.ended;
    }
    this.passTime(Math.max(0, Math.min(limit, events.next) - core.base - core.next));
    return core.base + core.next >= limit ? { kind: 'limit' } : undefined;
  }

  /** Runs the interpreter once. @returns true if a probe wants to stop. */
  private step(): boolean {
    const { core, tracer } = this;
    tracer.begin();
    this.interpret();
    tracer.end();
    core.unpatch();
    // The probe's instruction ends before what it holds up.
    const stop = this.fireProbe();
    this.afterSlice();
    if (core.pendingPhase >= 0) {
      core.setPhase(core.pendingPhase);
      core.pendingPhase = -1;
    }
    core.trailing = 'fetchStall';
    return stop;
  }

  /** Calls the probes of the instruction that has just retired, with the ledger charged up to its own end. */
  protected fireProbe(): boolean {
    const { core } = this;
    const { probe } = core;
    if (probe === undefined) return false;
    core.probe = undefined;
    if (core.retired === probe.retired) return false;
    const { trailingCycles } = core;
    core[core.trailing] -= trailingCycles;
    core.charge();
    const event = this.probeEvent;
    event.cycle = core.base + core.leaving;
    event.instructions = core.retiredBase + core.retired;
    event.physical = probe.physical;
    event.virtual = probe.virtual;
    event.space = this.kernelWord(this.image?.spaceWord) ?? core.space;
    event.thread = this.kernelWord(this.image?.threadWord) ?? 0;
    const stop = this.probes.fire(event);
    core[core.trailing] += trailingCycles;
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
    const { base, next, retiredBase, retired, counts } = this.core;
    const { mpuStores = 0, satpWrites = 0, sfences = 0, capabilityLoads = 0, capabilityStores = 0 } = this.protection;
    return {
      cycles: cycles(base + next),
      instructions: instructions(retiredBase + retired),
      traps: counts.traps,
      interrupts: counts.interrupts,
      busBeats: counts.busBeats,
      pageWalkReads: counts.pageWalkReads ?? 0,
      protection: { mpuStores, satpWrites, sfences, capabilityLoads, capabilityStores },
    };
  }

  get pc(): VirtualAddress {
    return virtual(this.core.pc);
  }

  /** Addresses are physical, unless the platform has an MMU. */
  translate(address: VirtualAddress): PhysicalAddress | undefined {
    return this.memory.answers(address) ? physical(address) : undefined;
  }

  setTrace(hook: TraceHook | undefined): void {
    this.tracer.hook = hook;
  }

  snapshot(): Snapshot {
    const snapshot: MachineSnapshot = {
      machine: this.kind,
      core: this.saveCore(),
      memory: this.memory.save(),
      devices: this.devices.map((d) => d.save()),
      extra: this.extra?.save() ?? [],
      events: this.events.save(),
      ended: this.ended,
      image: this.image,
    };
    return snapshot;
  }

  restore(snapshot: Snapshot): void {
    if (snapshot.machine !== this.kind) throw new Error(`a snapshot of ${snapshot.machine} is none of ${this.kind}`);
    const saved = snapshot as MachineSnapshot;
    this.forgetPages();
    this.memory.restore(saved.memory);
    this.extra?.load(saved.extra);
    this.useMarks(saved.image);
    // Devices drive their lines again, which the core may take for a change: its own state comes after them.
    this.devices.forEach((device, i) => device.load(saved.devices[i]));
    this.restoreCore(saved.core as S);
    this.events.load(saved.events);
    this.ended = saved.ended;
  }

  stateHash(): string {
    const hash = new Fnv1a64();
    for (const { value, metadata, tag } of this.registers()) {
      hash.word(value);
      if (metadata !== undefined) hash.word(metadata).word(tag === true ? 1 : 0);
    }
    hash.integers(this.unlisted);
    for (const { address, data } of this.memory.nonZeroPages()) hash.word(address).bytes(data);
    for (const device of this.devices) hash.integers(device.save());
    return hash.digest();
  }
}
