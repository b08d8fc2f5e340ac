import { LINE_HAS_CODE, LINE_WATCHED, type PhysicalMemory } from '../../machine/memory.js';
import { type CoreCounts, SimulatedCore } from '../../machine/simulated-core.js';
import { earlier, NEVER } from '../../machine/times.js';
import { MACHINE, SUPERVISOR } from '../../riscv/privileged.js';
import { DataBus } from './bus.js';
import { Cache } from './cache.js';
import { CORE_CSRS, CsrFile } from './csr.js';
import { Freezes } from './freezes.js';
import { HeldWalk } from './held-walk.js';
import { BANK, Lookaside } from './lookaside.js';
import { placeInMemory } from './mmu.js';
import type { CoreConfig } from './parameters.js';
import { RecentStores } from './recent-stores.js';
import { DecodedSlots, offsetOf, SlotOp } from './slots.js';
import { Tlb } from './tlb.js';

/** `PhysicalMemory.lineFlags`: the line is in the modelled instruction cache. */
export const LINE_IN_I = 4;
/** `PhysicalMemory.lineFlags`: the line is in the modelled data cache. */
export const LINE_IN_D = 8;
/** Flags that keep a store off the fast path. */
export const LINE_STORE_SLOW = LINE_HAS_CODE | LINE_WATCHED;

/** First cycle after the caches are cleared in which a fetch can hit or miss (measured: first retirement 143 + L). */
const RESET_CYCLE = 132;

/** What the core counts. */
export interface VexRiscvCounts extends CoreCounts {
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
 * stages included: it retires in cycle `last` + 3. `base` is a multiple of 4, so that relative cycles keep the phase of the
 * cache-way counters.
 */
export class Core extends SimulatedCore {
  readonly x = new Int32Array(33);
  readonly csr: CsrFile;
  readonly bus: DataBus;
  readonly instructionCache: Cache;
  readonly dataCache: Cache;
  readonly instructionTlb: Tlb;
  readonly dataTlb: Tlb;
  readonly slots: DecodedSlots;
  readonly loads = new Lookaside();
  readonly stores = new Lookaside();
  readonly fetches = new Lookaside();
  readonly counts: VexRiscvCounts = {
    traps: 0,
    interrupts: 0,
    busBeats: 0,
    pageWalkReads: 0,
    satpWrites: 0,
    sfences: 0,
  };
  /** True for `timing=common`. */
  readonly common: boolean;

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

  /** The instruction to come had been fetched, and its fetch paid for, when its slot was forgotten. */
  arrived = false;

  dataBank: number = BANK.bare;
  fetchBank: number = BANK.bare;

  /** Phase at the last trap taken from each privilege mode, for a return to it. */
  readonly phaseBefore = new Uint8Array(4);
  /** Cycle (relative) at which interrupts have to be looked at, or `NEVER`. */
  interruptAt = NEVER;
  /** Waiting in `wfi`. */
  waiting = false;
  /** Cycle (relative) of the last change of an interrupt line. */
  wakeAt = 0;
  /** Retired instructions and handler at the last trap, to notice a handler that traps at its first instruction. */
  trappedAt = -1;
  trappedTo = 0;
  constructor(
    readonly config: CoreConfig,
    memory: PhysicalMemory,
  ) {
    super(memory);
    this.common = config.timing === 'common';
    this.bus = new DataBus(config);
    this.slots = new DecodedSlots(memory.capacityPages + 1);
    this.instructionCache = new Cache(memory, LINE_IN_I, config.instructionCacheBytes, config.instructionCacheWays);
    this.dataCache = new Cache(memory, LINE_IN_D, config.dataCacheBytes, config.dataCacheWays);
    this.instructionTlb = new Tlb(config.instructionTlbEntries, config.asid);
    this.dataTlb = new Tlb(config.dataTlbEntries, config.asid);
    this.instructionCache.evicted = (offset) => this.slots.forgetLine(offset);
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
    this.resetExecution();
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
    // The cycles in which the caches are cleared belong to no instruction; they are in the ledger, so that it sums.
    this.exception = this.next;
    this.interruptAt = NEVER;
    this.trappedAt = -1;
    this.trappedTo = this.wakeAt = 0;
    this.phaseBefore.fill(0);
    this.regimeChanged(true);
    this.jumpTo(0);
    this.noteMasking();
  }

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

  /** The cycle in which the last instruction retires, or the boundary after it with `timing=common`. */
  get retiring(): number {
    return this.last + (this.common ? 1 : 3);
  }

  override get trailingCycles(): number {
    return this.next - this.last - 1;
  }

  protected get arenaOffset(): number {
    return offsetOf(this.slot);
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
    if (this.csr.masked) this.ledger.interruptsMasked(now, placeInMemory(this, this.pc));
    else this.ledger.interruptsEnabled(now);
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

  /** Sets `privilege` or a CSR as a debugger does. @returns false if there is none of that name. */
  setSystemRegister(name: string, value: number): boolean {
    const number = CORE_CSRS.get(name);
    if (name === 'privilege') this.csr.privilege = value & 3;
    else if (number === undefined) return false;
    else this.csr.write(number, value | 0);
    this.regimeChanged(true);
    return true;
  }

  rebase(): void {
    this.heldWalk.settle(0, this.retired);
    this.moveOrigin(this.next & ~3);
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
