import { Ledger } from './ledger.js';
import { LINE_HAS_CODE, type PhysicalMemory } from './memory.js';
import { STOP } from './times.js';

/** What a core counts besides cycles and instructions; `Counters` says what each is. */
export interface CoreCounts {
  traps: number;
  interrupts: number;
  busBeats: number;
  pageWalkReads?: number;
}

/** The decoded instructions of a core as marks and probes need them: a word for each slot, 0 if it is not decoded. */
export interface SlotTable {
  readonly packed: Int32Array;
  /** What a slot with a mark on it covers, by slot. */
  readonly covered: ReadonlyMap<number, number>;
  /** Forgets what is decoded of the 32-byte line at arena offset `line`. */
  forgetLine(line: number): void;
}

/** A probed instruction that is being executed: where it is, and the retired instructions (`retired`) before it. */
export interface ArmedProbe {
  readonly physical: number;
  readonly virtual: number;
  readonly retired: number;
}

/**
 * What the cores have in common: a program counter that is a slot of decoded instructions, time that is relative to `base`,
 * cycles that wait to be booked, marks and probes on instructions. `SimulatedMachine` drives a core by these members; its
 * interpreter and its slow paths change them.
 *
 * An interpreter runs until `next` reaches `limit`. Whatever has to be looked at earlier lowers `limit`.
 */
export abstract class SimulatedCore {
  readonly ledger = new Ledger();
  abstract readonly slots: SlotTable;
  abstract readonly counts: CoreCounts;

  /** Cycles before the slice. */
  base = 0;
  /** Cycle (relative to `base`, as all of these) in which the instruction to come begins; what that means is the core's. */
  next = 0;

  /** First byte of the page being executed, and its first slot. */
  page = 0;
  pageSlot = 0;
  /** Slot of the instruction to come. */
  slot = 0;
  /** True while `page`, `pageSlot`, `slot` stand for `pendingPc`, whose page has not been looked up yet. */
  relocate = true;
  pendingPc = 0;

  /** Retired instructions before the slice and in it. */
  retiredBase = 0;
  retired = 0;

  // Cycles not yet charged to the ledger, by kind; issue is `retired` less `issueCharged`.
  issueCharged = 0;
  hazard = 0;
  fetchStall = 0;
  dataStall = 0;
  translation = 0;
  exception = 0;

  /** The interpreter returns when `next` reaches this. */
  limit = 0;
  /** The interpreter executes one more instruction although `limit` is reached. */
  once = false;
  /** Slot that holds something else for the time of one instruction, -1 = none, and what belongs there. */
  private patched = -1;
  private patchedValue = 0;

  /** A probed instruction is being executed. */
  probe: ArmedProbe | undefined;
  /** Phase that begins at the next instruction boundary, or -1. */
  pendingPhase = -1;
  /** Kind of the cycles between the end of the last instruction and the next one. */
  trailing: 'fetchStall' | 'exception' = 'fetchStall';
  /** Reason why the core can never go on. */
  wedged: string | undefined;

  /** Physical addresses with a phase mark: phase index by address. */
  readonly phaseMarks = new Map<number, number>();
  /** Physical addresses with a probe; kept by the machine. */
  isProbed: (physical: number) => boolean = () => false;

  constructor(readonly memory: PhysicalMemory) {
    memory.codeWritten = (offset) => this.codeWritten(offset);
  }

  /** Executes nothing until an interrupt or an event. */
  abstract readonly waiting: boolean;
  /** Stamp (relative) of the last instruction's retirement. */
  abstract get retiring(): number;
  /** Number of the protection domain as far as the hardware knows it, unsigned. */
  abstract get space(): number;
  /** Arena offset of the instruction to come. */
  protected abstract get arenaOffset(): number;
  /** Drops what is derived from memory: decoded slots, look-asides. Call before memory pages are given back. */
  abstract forgetDecoded(): void;
  /** Moves the origin of time, and of the count of instructions, to the present, so that relative cycles stay small. */
  abstract rebase(): void;
  /** Makes every time but `base` and `next` `delta` cycles earlier: the past, seen from a new origin. */
  abstract settle(delta: number): void;

  /** Stamp (relative) of a span that ends with the last instruction. */
  get leaving(): number {
    return this.retiring;
  }

  /** Cycles, booked as `trailing`, from the end of the last instruction to `next`. */
  get trailingCycles(): number {
    return 0;
  }

  /** Address of the instruction to come, signed. */
  get pc(): number {
    return this.relocate ? this.pendingPc : (this.page + ((this.slot - this.pageSlot) << 1)) | 0;
  }

  /** State after reset of what is kept here, the place and time of the first instruction apart. */
  protected resetExecution(): void {
    this.ledger.reset();
    this.retiredBase = this.retired = this.issueCharged = 0;
    this.hazard = this.fetchStall = this.dataStall = this.translation = this.exception = 0;
    this.pendingPhase = this.patched = -1;
    this.once = false;
    this.probe = undefined;
    this.wedged = undefined;
    for (const name of Object.keys(this.counts) as (keyof CoreCounts)[]) this.counts[name] = 0;
  }

  /** The core can never go on: the run ends with `reason`, the first one given. */
  wedge(reason: string): void {
    this.wedged ??= reason;
    this.limit = STOP;
  }

  /** Moves the origin of time `delta` cycles, and that of the count of instructions to the present. */
  protected moveOrigin(delta: number): void {
    this.base += delta;
    this.next -= delta;
    this.settle(delta);
    this.retiredBase += this.retired;
    this.issueCharged -= this.retired;
    this.retired = 0;
  }

  /** Books the cycles since the last call to the current phase. */
  charge(): void {
    const issue = this.retired - this.issueCharged;
    this.issueCharged = this.retired;
    this.ledger.charge(issue, this.hazard, this.fetchStall, this.dataStall, this.translation, this.exception);
    this.hazard = this.fetchStall = this.dataStall = this.translation = this.exception = 0;
  }

  /** Changes the ledger's phase. */
  setPhase(phase: number): void {
    if (phase === this.ledger.phase) return;
    this.charge();
    this.ledger.setPhase(phase);
  }

  /** Passes the mark on the instruction to come. @returns what the mark covers. */
  passMark(): number {
    this.noteMark(this.physicalOf(this.arenaOffset));
    return this.slots.covered.get(this.slot)!;
  }

  /** Sets the phase and arms the probe that stand on the instruction to come, if there are any. */
  noteMark(physical: number): void {
    const phase = this.phaseMarks.get(physical);
    if (phase !== undefined) this.setPhase(phase);
    if (this.isProbed(physical)) {
      this.probe = { physical, virtual: this.pc >>> 0, retired: this.retired };
      this.limit = STOP;
    }
  }

  /** Whether a phase mark or a probe stands on a physical address. */
  isMarked(physical: number): boolean {
    return this.phaseMarks.has(physical) || this.isProbed(physical);
  }

  /** Puts `packed` into the slot of the instruction to come for the time of its execution; the interpreter returns after it. */
  patch(packed: number, value: number): void {
    if (packed === 0) return;
    this.patched = this.slot;
    this.patchedValue = value;
    this.slots.packed[this.slot] = packed;
    this.limit = STOP;
    this.once = true;
  }

  /** Undoes `patch`, unless the slot has been forgotten. */
  unpatch(): void {
    if (this.patched < 0) return;
    if (this.slots.packed[this.patched] !== 0) this.slots.packed[this.patched] = this.patchedValue;
    this.patched = -1;
  }

  /** Physical address of an arena offset. */
  physicalOf(offset: number): number {
    return ((this.memory.pageOfArena[offset >>> 12] << 12) | (offset & 0xfff)) >>> 0;
  }

  private codeWritten(offset: number): void {
    const line = offset & ~31;
    this.slots.forgetLine(line);
    this.memory.lineFlags[line >>> 5] &= ~LINE_HAS_CODE;
  }
}
