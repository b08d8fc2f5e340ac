import { Ledger } from '../../machine/ledger.js';
import { LINE_HAS_CODE, LINE_WATCHED, type PhysicalMemory } from '../../machine/memory.js';
import { DataBus } from './bus.js';
import { Cache } from './cache.js';
import { CORE_CSRS, CsrFile, MACHINE, SUPERVISOR } from './csr.js';
import { Freezes } from './freezes.js';
import { HeldWalk } from './held-walk.js';
import { BANK, Lookaside } from './lookaside.js';
import type { CoreConfig } from './parameters.js';
import { RecentStores } from './recent-stores.js';
import { DecodedSlots, offsetOf, SlotOp } from './slots.js';
import { earlier, NEVER, STOP } from './times.js';
import { Tlb } from './tlb.js';

/** `PhysicalMemory.lineFlags`: the line is in the modelled instruction cache. */
export const LINE_IN_I = 4;
/** `PhysicalMemory.lineFlags`: the line is in the modelled data cache. */
export const LINE_IN_D = 8;
/** Flags that keep a store off the fast path. */
export const LINE_STORE_SLOW = LINE_HAS_CODE | LINE_WATCHED;

/** First cycle after the caches are cleared in which a fetch can hit or miss (measured: first retirement 143 + L). */
const RESET_CYCLE = 132;

/** Counters of `Counters` that are not derived from others. */
export interface CoreCounts {
  traps: number;
  interrupts: number;
  busBeats: number;
  pageWalkReads: number;
  satpWrites: number;
  sfences: number;
}

/**
 * State of the VexRiscv core that the interpreter and the slow paths share.
 *
 * Time is kept as the cycle in which an instruction leaves the decode stage ("its D cycle"), relative to `base`. The
 * pipeline is rigid - a stall in any stage holds every stage before it - so stalls of older instructions are added as soon
 * as they are known. `next` is the D cycle of the instruction to come, `last` that of the one before, stalls in later
 * stages included: it retires in cycle `last` + 3.
 */
export class Core {
  readonly x = new Int32Array(33);
  readonly csr: CsrFile;
  readonly ledger = new Ledger();
  readonly bus: DataBus;
  readonly instructionCache: Cache;
  readonly dataCache: Cache;
  readonly instructionTlb: Tlb;
  readonly dataTlb: Tlb;
  readonly slots: DecodedSlots;
  readonly loads = new Lookaside();
  readonly stores = new Lookaside();
  readonly fetches = new Lookaside();
  readonly counts: CoreCounts = { traps: 0, interrupts: 0, busBeats: 0, pageWalkReads: 0, satpWrites: 0, sfences: 0 };
  /** True for `timing=common`. */
  readonly common: boolean;

  /** Cycles before the slice; a multiple of 4, so that relative cycles keep the phase of the cache-way counters. */
  base = 0;
  next = 0;
  last = 0;
  /** Cycle from which each register may be read in decode, if it is the result of a late stage. */
  readonly ready = new Int32Array(33);
  /** Latest entry of `ready`: no hazard from here on. */
  lateUntil = 0;
  readonly recentStores = new RecentStores();
  /** The last stalls that held the decode stage. */
  readonly freezes = new Freezes();
  /** First cycle in which the fetch unit may start again after a line load on a wrong path. */
  fetchFree = 0;
  /** Arena offsets of words that were on their way to decode when fence.i emptied the instruction cache. */
  underWayFrom = 0;
  underWayTo = 0;
  /** Virtual page whose walk for an instruction that was sent back ended in a fault, -1 = none. */
  faultedPage = -1;
  /** Cycle in which the walker was idle again after the last data walk. */
  walked = 0;
  /** Cycle in which it acted on the first PTE of that walk. */
  walkedFirst = 0;
  readonly heldWalk = new HeldWalk();
  /** Reservation of lr.w. */
  reserved = false;

  /** First byte of the virtual page being executed, and its first slot. */
  page = 0;
  pageSlot = 0;
  /** Slot of the instruction to come. */
  slot = 0;
  /** True while `page`, `pageSlot`, `slot` stand for `pendingPc`, whose page has not been looked up yet. */
  relocate = true;
  pendingPc = 0;
  /** The instruction to come had been fetched, and its fetch paid for, when its slot was forgotten. */
  arrived = false;

  dataBank: number = BANK.bare;
  fetchBank: number = BANK.bare;

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

  /** `interpret` returns when `next` reaches this. Slow paths lower it when something is due earlier. */
  limit = 0;
  /** `interpret` executes one more instruction although `limit` is reached. */
  once = false;
  /** Slot that holds something else for the time of one instruction, -1 = none, and what belongs there. */
  private patched = -1;
  private patchedValue = 0;
  /** Phase at the last trap taken from each privilege mode, for a return to it. */
  readonly phaseBefore = new Uint8Array(4);
  /** A probed instruction is being executed: its address. */
  probe: { physical: number; virtual: number; retired: number } | undefined;
  /** Cycle (relative) at which interrupts have to be looked at, or `NEVER`. */
  interruptAt = NEVER;
  /** Waiting in `wfi`. */
  waiting = false;
  /** Cycle (relative) of the last change of an interrupt line. */
  wakeAt = 0;
  /** Retired instructions and handler at the last trap, to notice a handler that traps at its first instruction. */
  trappedAt = -1;
  trappedTo = 0;
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

  constructor(
    readonly config: CoreConfig,
    readonly memory: PhysicalMemory,
  ) {
    this.common = config.timing === 'common';
    this.bus = new DataBus(config);
    this.slots = new DecodedSlots(memory.capacityPages + 1);
    this.instructionCache = new Cache(memory, LINE_IN_I, config.instructionCacheBytes, config.instructionCacheWays);
    this.dataCache = new Cache(memory, LINE_IN_D, config.dataCacheBytes, config.dataCacheWays);
    this.instructionTlb = new Tlb(config.instructionTlbEntries, config.asid);
    this.dataTlb = new Tlb(config.dataTlbEntries, config.asid);
    this.instructionCache.evicted = (offset) => this.slots.forgetLine(offset);
    memory.codeWritten = (offset) => this.codeWritten(offset);
    this.csr = new CsrFile(config, {
      cycleCount: () => this.base + this.last + 1,
      retiredCount: () => this.retiredBase + this.retired,
      translationChanged: () => this.regimeChanged(true),
      satpWritten: () => this.satpWritten(),
      interruptsChanged: () => this.interruptsChanged(),
    });
    this.reset();
  }

  /** Power-on state; the memory has been reset before. */
  reset(): void {
    this.x.fill(0);
    this.csr.reset();
    this.ledger.reset();
    this.bus.reset();
    this.instructionCache.reset();
    this.dataCache.reset();
    this.instructionTlb.reset();
    this.dataTlb.reset();
    this.forgetDecoded();
    this.base = 0;
    this.next = this.common ? 0 : RESET_CYCLE;
    this.last = this.next - 1;
    this.ready.fill(0);
    this.lateUntil = this.fetchFree = 0;
    this.freezes.clear();
    this.recentStores.clear();
    this.heldWalk.clear();
    this.underWayFrom = this.underWayTo = 0;
    this.faultedPage = -1;
    this.reserved = this.waiting = false;
    this.retiredBase = this.retired = this.issueCharged = 0;
    this.hazard = this.fetchStall = this.dataStall = this.translation = this.exception = 0;
    // The cycles in which the caches are cleared belong to no instruction; they are in the ledger, so that it sums.
    this.exception = this.next;
    this.interruptAt = NEVER;
    this.wedged = undefined;
    this.probe = undefined;
    this.pendingPhase = this.trappedAt = this.patched = -1;
    this.once = false;
    this.trappedTo = this.wakeAt = 0;
    this.phaseBefore.fill(0);
    for (const name of Object.keys(this.counts) as (keyof CoreCounts)[]) this.counts[name] = 0;
    this.regimeChanged(true);
    this.jumpTo(0);
    this.noteMasking();
  }

  /** Drops all decoded slots and look-asides; they are derived from memory. Call before memory pages are given back. */
  forgetDecoded(): void {
    this.arrived = this.isFetched;
    this.slots.forgetAll(this.memory.usedArenaPages);
    this.loads.clear();
    this.stores.clear();
    this.fetches.clear();
  }

  /** Whether the instruction to come has been fetched, so that its fetch costs no more cycles. */
  get isFetched(): boolean {
    if (this.arrived) return true;
    const packed = this.relocate ? 0 : this.slots.packed[this.slot];
    return packed !== 0 && packed !== SlotOp.PAGE_END;
  }

  /** The instruction to come, if it is inside the page, is held after its fetch: see `fetchInstruction`. */
  keepFetched(): void {
    this.arrived ||= !this.relocate && this.slots.packed[this.slot] === 0;
  }

  /** Address of the instruction to come, signed. */
  get pc(): number {
    return this.relocate ? this.pendingPc : (this.page + ((this.slot - this.pageSlot) << 1)) | 0;
  }

  /** The cycle in which the last instruction retires, or the boundary after it with `timing=common`. */
  get retiring(): number {
    return this.last + (this.common ? 1 : 3);
  }

  /** The core can never go on: the run ends with `reason`. */
  wedge(reason: string): void {
    this.wedged = reason;
    this.limit = STOP;
  }

  /** Goes on at `pc`; the page is looked up by the next fetch, at whose cycle a TLB miss counts. */
  jumpTo(pc: number): void {
    this.relocate = true;
    this.arrived = false;
    this.pendingPc = pc | 0;
  }

  /** The address-space identifier in use. */
  get asid(): number {
    return (this.csr.satp >>> 22) & 0x1ff;
  }

  /** Root page number of the address space in use; 0 without translation. */
  get space(): number {
    return this.csr.satp < 0 ? this.csr.satp & 0x3fffff : 0;
  }

  /** Physical address of the root page table. */
  get root(): number {
    return (this.csr.satp << 12) >>> 0;
  }

  /** After a change of privilege, `satp` mode or status bits that take part in translation. */
  regimeChanged(permissions: boolean): void {
    const translating = this.csr.satp < 0;
    const { privilege, status } = this.csr;
    const banks = privilege === SUPERVISOR ? BANK.supervisor : BANK.user;
    this.fetchBank = translating && privilege !== MACHINE ? banks : BANK.bare;
    this.dataBank = this.fetchBank;
    const through = (status >>> 11) & 3;
    if (translating && privilege === MACHINE && ((status >>> 17) & 1) !== 0 && through !== MACHINE) {
      const checked = through === SUPERVISOR ? BANK.supervisor : BANK.user;
      this.dataBank = this.config.mprvIgnoresUser ? BANK.machineTranslated : checked;
    }
    // A change of address space or mode drops what the TLBs hold of failed translations.
    this.faultedPage = -1;
    if (permissions) {
      this.loads.clearTranslated();
      this.stores.clearTranslated();
      this.fetches.clearTranslated();
    }
  }

  private satpWritten(): void {
    this.counts.satpWrites++;
    if (!this.config.asid) {
      this.instructionTlb.empty();
      this.dataTlb.empty();
    }
    this.regimeChanged(true);
  }

  /** A line or an interrupt-enable bit changed at D cycle `last`. */
  private interruptsChanged(): void {
    this.noteMasking();
    // Enable bits written in E (last + 1) reach the registered interrupt request two cycles later.
    this.interruptAt = Math.min(this.interruptAt, this.last + 3);
    this.limit = Math.min(this.limit, this.interruptAt);
  }

  /** Tells the ledger whether interrupts of the current mode are masked. */
  noteMasking(): void {
    const now = this.base + this.last + 1;
    if (this.csr.masked) this.ledger.interruptsMasked(now, this.pc >>> 0);
    else this.ledger.interruptsEnabled(now);
  }

  private codeWritten(offset: number): void {
    const line = offset & ~31;
    this.slots.forgetLine(line);
    this.memory.lineFlags[line >>> 5] &= ~LINE_HAS_CODE;
  }

  /** Sets an interrupt line; the core sees it two cycles after cycle `at` (absolute): `mip` and the request are registers. */
  setLine(line: number, level: boolean, at: number): void {
    this.csr.lines = level ? this.csr.lines | (1 << line) : this.csr.lines & ~(1 << line);
    this.wakeAt = at - this.base;
    this.interruptAt = Math.min(this.interruptAt, this.wakeAt + 2);
    this.limit = Math.min(this.limit, this.interruptAt);
  }

  /**
   * The cycle in which the instruction to come really leaves decode: `next` counts the stall of an older instruction from
   * its beginning, although younger ones still move.
   */
  get leavesDecode(): number {
    return this.freezes.leaving(this.next);
  }

  /**
   * Books the cycles since the last call to the current phase, up to the end of the last instruction's own time.
   * @param issued retired instructions so far in the slice.
   */
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

  /** Phase that the current privilege mode was in when a trap left it. */
  get interruptedPhase(): number {
    return this.phaseBefore[this.csr.privilege];
  }

  /**
   * Decode is held in cycles [start, end). Loads that meet a store in true time come later by their own count: what they
   * are compared with moves along.
   */
  hold(start: number, end: number): void {
    if (end <= start) return;
    this.freezes.add(start, end);
    this.recentStores.window += end - start;
  }

  /**
   * The divider holds the memory stage (VexRiscv `MulDivIterativePlugin`: 32 steps and 2) for an instruction with D cycle
   * `at`. @returns its effective D cycle.
   */
  dividing(at: number): number {
    if (this.common) return at;
    this.hold(at + 2, at + 2 + DIVIDE_STALL);
    this.hazard += DIVIDE_STALL;
    return at + DIVIDE_STALL;
  }

  /** Passes the mark on the instruction to come. @returns what the mark covers. */
  passMark(): number {
    this.noteMark(this.physicalOf(offsetOf(this.slot)));
    return this.slots.covered.get(this.slot)!;
  }

  /** Puts `packed` into the slot of the instruction to come for the time of its execution; `interpret` returns after it. */
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

  /** Physical address of an arena offset. */
  physicalOf(offset: number): number {
    return ((this.memory.pageOfArena[offset >>> 12] << 12) | (offset & 0xfff)) >>> 0;
  }

  /** Sets `privilege` or a CSR as a debugger does. @returns false if there is none of that name. */
  setSystemRegister(name: string, value: number): boolean {
    const number = CORE_CSRS.get(name);
    if (name === 'privilege') this.csr.privilege = value & 3;
    else if (number === undefined) return false;
    else this.csr.write(number, value | 0);
    this.regimeChanged(true);
    return true;
  }

  /** Moves the origin of time so that relative cycles stay small. */
  rebase(): void {
    const delta = this.next & ~3;
    this.base += delta;
    this.next -= delta;
    this.settle(delta);
    this.retiredBase += this.retired;
    this.issueCharged -= this.retired;
    this.heldWalk.settle(0, this.retired);
    this.retired = 0;
  }

  /** Makes every time but `base` and `next` `delta` cycles (a multiple of 4) earlier: the past, seen from a new origin. */
  settle(delta: number): void {
    const moved = (time: number): number => earlier(time, delta);
    this.last = moved(this.last);
    this.lateUntil = moved(this.lateUntil);
    this.recentStores.settle(delta);
    this.freezes.settle(delta);
    this.fetchFree = moved(this.fetchFree);
    this.heldWalk.settle(delta, 0);
    this.wakeAt = moved(this.wakeAt);
    if (this.interruptAt !== NEVER) this.interruptAt = moved(this.interruptAt);
    for (let i = 0; i < 33; i++) this.ready[i] = moved(this.ready[i]);
    this.bus.rebase(delta);
  }
}

/** Cycles that a division holds the memory stage. */
const DIVIDE_STALL = 33;
