import { LINE_HAS_CODE, LINE_WATCHED } from '../../machine/memory.js';
import { Op } from '../../riscv/operations.js';
import { type Core, LINE_IN_D } from './core.js';
import { fetched, missing, refetch } from './fetch.js';
import { BANK } from './lookaside.js';
import { Access, isUncached, permits, refillData, walkPage } from './mmu.js';
import { keyOffset, storeKey } from './recent-stores.js';
import { offsetOf, SLOT_LONG, SLOT_RD, SLOT_RS1, SLOT_RS2, SlotOp } from './slots.js';
import { takeTrap } from './traps.js';
import { followWrongPath } from './wrong-path.js';

/** Exception codes of loads (privileged ISA table 3.6); those of stores are 2 higher. */
const MISALIGNED = 4;
const ACCESS_FAULT = 5;
const PAGE_FAULT = 13;

/** Arena offset of a word that stands for uncached data; page 0 of the arena belongs to no guest page. */
const SCRATCH = 64;

/** Where and when the access that was asked for takes place. Reused between calls. */
export const datum = {
  /** D cycle of the instruction as it finally passes, stalls in later stages included. */
  at: 0,
  /** Its physical address. */
  physical: 0,
  /** Leaf PTE it was translated by, 0 without translation. */
  leaf: 0,
  /** The instruction in packed form, see `DecodedSlots`. */
  packed: 0,
};

/** Takes the trap of a data access. Exceptions of write-back redirect like all others. */
function fault(core: Core, code: number, access: Access, address: number): -1 {
  const store = access === Access.STORE || access === Access.AMO;
  abandon(core, datum.at + 3);
  if (walkAhead(core, datum.at + 4) > 0) {
    // The handler's first instruction cannot be fetched before the walker has its first PTE.
    core.fetchFree = Math.max(core.fetchFree, core.walkedFirst - 3);
    core.heldWalk.hold(core);
  }
  takeTrap(core, store ? code + 2 : code, address, core.pc, datum.at);
  return -1;
}

/** Starts an access of the instruction with D cycle `at`. Its slot may be forgotten before the access is through. */
function begin(core: Core, at: number): void {
  datum.at = at;
  const packed = core.slots.packed[core.slot];
  const kind: number = packed & 127;
  datum.packed = packed;
  if (kind === SlotOp.MARKED) datum.packed = core.slots.covered.get(core.slot) ?? packed;
  else if (kind === SlotOp.TRANSIENT) datum.packed = fetched.packed;
}

const isLong = (): boolean => (datum.packed & SLOT_LONG) !== 0;

/**
 * The instruction with D cycle `datum.at` is sent back, or traps, in cycle `redirect`: follows the ones behind it.
 * @returns 1 if that delays the redirect.
 */
function abandon(core: Core, redirect: number, released = redirect): number {
  if (core.common) return 0;
  const { packed } = datum;
  // Whoever waits for its result waits in decode, whatever becomes of it.
  core.ready[(packed >> SLOT_RD) & 63] = datum.at + 3;
  return followWrongPath(core, core.slot + ((packed & SLOT_LONG) !== 0 ? 2 : 1), datum.at, redirect, released);
}

/** `lookUp`: the translation is invalid, or the walker hangs. */
const INVALID = -1;
const ENDLESS = -2;

/** Data-TLB entry for a virtual page, walked for if it is missing; `INVALID` or `ENDLESS`. */
function lookUp(core: Core, page: number): number {
  const entry = core.dataTlb.find(page, core.asid);
  if (entry >= 0) return entry;
  // A walk for an instruction that was sent back ended in a fault: the core keeps that until the next trap.
  if (page === core.faultedPage) return INVALID;
  const at = datum.at;
  // Seen in memory, sent back by write-back; the walk starts when the pipeline is empty.
  abandon(core, at + 3);
  const found = walkFor(core, page, core.common ? at : at + 4);
  datum.at = core.common ? core.walked : Math.max(core.walked, refetch(core, at + 4, isLong()));
  core.translation += datum.at - at;
  // Nothing more will happen: what is booked has passed.
  if (found === ENDLESS) core.next = datum.at;
  return found;
}

/** Walks for a data page and refills the TLB; `core.walked` is the cycle in which the walker is idle again. */
function walkFor(core: Core, page: number, at: number): number {
  const walk = walkPage(core, page, at);
  core.walked = walk.done;
  core.walkedFirst = walk.first;
  if (walk.endless) return ENDLESS;
  core.loads.forget(core.dataTlb.nextPage, core.dataTlb.nextIsSuperpage);
  core.stores.forget(core.dataTlb.nextPage, core.dataTlb.nextIsSuperpage);
  if (walk.leaf !== 0) return core.dataTlb.refill(page, walk.leaf, walk.superpage, core.asid);
  core.dataTlb.refillInvalid();
  core.faultedPage = page;
  return INVALID;
}

/**
 * The instruction behind one that write-back sends back is in memory by then: if it accesses a page that is not in the
 * TLB, the walk for it begins, and the one sent back waits for it.
 * @param from first cycle in which the walk can read a PTE.
 * @returns the cycle in which the walker is idle again, 0 if there is no walk.
 */
function walkAhead(core: Core, from: number): number {
  if (core.dataBank === BANK.bare || core.common) return 0;
  const slot = core.slot + (isLong() ? 2 : 1);
  let packed = core.slots.packed[slot];
  let immediate = core.slots.immediate[slot];
  if ((packed & 127) === Op.NONE) {
    const half = slot - core.pageSlot;
    const at = offsetOf(core.pageSlot) + half * 2;
    if (half > LAST_WORD || missing(core, at) || missing(core, at + 2)) return 0;
    packed = core.slots.peek(half, core.memory.halves[at >> 1] | (core.memory.halves[(at >> 1) + 1] << 16));
    immediate = core.slots.peeked;
  }
  const accesses = operationAccesses(packed & 127);
  if (!accesses) return 0;
  const base = (packed >> SLOT_RS1) & 31;
  // Still in decode if it waits for a result.
  if (core.ready[base] > datum.at + 1 || core.ready[(packed >> SLOT_RS2) & 31] > datum.at + 1) return 0;
  const offset = operationHasOffset(packed & 127) ? immediate : 0;
  const page = ((core.x[base] + offset) | 0) >>> 12;
  if (page === core.faultedPage || core.dataTlb.find(page, core.asid) >= 0) return 0;
  walkFor(core, page, from);
  return core.walked;
}

/** Whether the instruction to come accesses memory, as far as it can be seen without fetching it. */
export function nextAccesses(core: Core): boolean {
  if (core.relocate) return false;
  const packed = core.slots.packed[core.slot];
  if ((packed & 127) !== Op.NONE) return operationAccesses((core.slots.covered.get(core.slot) ?? packed) & 127);
  const half = core.slot - core.pageSlot;
  if (half > LAST_WORD) return false;
  const at = (offsetOf(core.pageSlot) >> 1) + half;
  return operationAccesses(core.slots.peek(half, core.memory.halves[at] | (core.memory.halves[at + 1] << 16)) & 127);
}

/** Last halfword of a page with another behind it. */
const LAST_WORD = 2046;

const operationHasOffset = (op: number): boolean => op >= Op.LB && op <= Op.SW;
/** Whether an operation accesses memory. */
const operationAccesses = (op: number): boolean => operationHasOffset(op) || (op >= Op.LR_W && op <= Op.AMOMAXU_W);

/** Physical address of a data access, or -1 if it trapped. */
function translate(core: Core, address: number, access: Access): number {
  const bank = core.dataBank;
  datum.leaf = 0;
  if (bank === BANK.bare) return address >>> 0;
  const page = address >>> 12;
  const entry = lookUp(core, page);
  if (entry === ENDLESS) return -1;
  if (entry === INVALID) return fault(core, PAGE_FAULT, access, address);
  datum.leaf = core.dataTlb.leaves[entry];
  if (!permits(core, datum.leaf, access, bank)) return fault(core, PAGE_FAULT, access, address);
  return (core.dataTlb.physicalPage(entry, page) + (address & 0xfff)) >>> 0;
}

/** A misaligned access traps whatever its page; but a TLB miss is dealt with first. */
function misaligned(core: Core, access: Access, address: number, size: number): -1 {
  let physical = address >>> 0;
  if (core.dataBank !== BANK.bare) {
    const entry = lookUp(core, address >>> 12);
    if (entry === ENDLESS) return -1;
    physical = entry === INVALID ? -1 : core.dataTlb.physicalPage(entry, address >>> 12) + (address & 0xfff);
  }
  // So is a collision with a store.
  const page = physical < 0 || isUncached(physical) ? 0 : core.memory.readMap[physical >>> 12];
  if (page !== 0 && access !== Access.STORE && !core.common) resend(core, page + (address & 0xfff), size, access);
  return fault(core, MISALIGNED, access, address);
}

/** Sends a load back that meets a store. */
function resend(core: Core, offset: number, size: number, access: Access): void {
  if ((core.memory.lineFlags[offset >>> 5] & LINE_IN_D) === 0) return;
  const first = datum.at;
  // A load that is held in execute reads the cache again when it goes on.
  const leaves = core.freezes.moving(core.freezes.leaving(first) + 1);
  if (!core.recentStores.meets(storeKey(offset, size), leaves)) return;
  // An AMO holds write-back in its first cycle: the fetch unit starts one later.
  const delayed = abandon(core, first + 3) || access === Access.AMO ? 1 : 0;
  const walked = walkAhead(core, first + 4);
  datum.at = Math.max(walked, refetch(core, first + 3 + delayed, isLong()));
  core.dataStall += datum.at - first;
}

/** A stall of [start, end) that holds decode. */
export function freeze(core: Core, start: number, end: number): void {
  if (end <= start) return;
  core.hold(start, end);
  datum.at += end - start;
  core.dataStall += end - start;
}

/**
 * Does everything about a read of `size` bytes at a virtual address that the fast path does not: misalignment,
 * translation, collision, cache miss, uncached access. Sets `datum.at`, which starts as the instruction's D cycle.
 * @returns arena offset of the data, or -1 if the access trapped.
 */
export function load(core: Core, address: number, size: 1 | 2 | 4, at: number, access: Access): number {
  begin(core, at);
  if ((address & (size - 1)) !== 0) return misaligned(core, access, address, size);
  const physical = translate(core, address, access);
  if (physical < 0) return -1;
  datum.physical = physical;
  const page = isUncached(physical) && !core.common ? 0 : core.memory.touch(physical);
  if (page === 0) return loadUncached(core, address, physical, size, access);
  const offset = page + (address & 0xfff);
  if (core.common) {
    core.counts.busBeats++;
    datum.at += 1 + core.config.commonWait;
    core.dataStall += 1 + core.config.commonWait;
    return offset;
  }
  resend(core, offset, size, access);
  if ((core.memory.lineFlags[offset >>> 5] & LINE_IN_D) === 0) miss(core, physical);
  if (access === Access.AMO) return offset;
  core.loads.set(core.dataBank, address, page);
  const storable = datum.leaf === 0 || permits(core, datum.leaf, Access.STORE, core.dataBank);
  const plain = !core.config.dataCacheWriteBack && core.memory.writeMap[physical >>> 12] !== 0;
  if (storable && plain) core.stores.set(core.dataBank, address, page);
  return offset;
}

/** A data-cache miss in write-back: sent back, and held in execute until the line is there. */
function miss(core: Core, physical: number): void {
  const first = datum.at;
  const w = first + 3;
  const released = refillData(core, physical, w, 0);
  abandon(core, first + 3, core.bus.leftWriteBack + 1);
  const again = Math.max(refetch(core, core.bus.leftWriteBack + 2, isLong()), walkAhead(core, released));
  // The pipeline was emptied, then execute held.
  core.freezes.clear();
  if (released > again + 1) core.hold(again + 1, released);
  datum.at = Math.max(again, released - 1);
  core.dataStall += datum.at - first;
}

/** A read of a device, of uncached memory or of nothing: the instruction waits in write-back for the answer. */
function loadUncached(core: Core, address: number, physical: number, size: 1 | 2 | 4, access: Access): number {
  core.counts.busBeats++;
  const w = datum.at + 3;
  if (core.common) {
    datum.at += 1 + core.config.commonWait;
    core.dataStall += 1 + core.config.commonWait;
  } else if (!isUncached(physical) && !core.memory.answers(physical)) {
    // A cached range that answers with an error: the line is taken in with its error flag.
    if (!core.dataCache.holds(physical)) miss(core, physical);
    return fault(core, ACCESS_FAULT, access, address);
  } else {
    core.bus.read(w, 1, physical);
    freeze(core, w, core.bus.lastBeat + 1);
  }
  const value = core.memory.read(physical, size, core.base + core.bus.acceptedAt);
  if (value === undefined) return fault(core, ACCESS_FAULT, access, address);
  core.memory.words[SCRATCH >> 2] = value;
  return SCRATCH;
}

/**
 * Does everything about a store that the fast path does not.
 * @param value the word whose low `size` bytes are stored.
 * @returns arena offset where the caller puts the value, or -1 if the access trapped.
 */
export function store(core: Core, address: number, size: 1 | 2 | 4, value: number, at: number): number {
  begin(core, at);
  if ((address & (size - 1)) !== 0) return misaligned(core, Access.STORE, address, size);
  const physical = translate(core, address, Access.STORE);
  if (physical < 0) return -1;
  const uncached = isUncached(physical);
  if (refusesStores(core, physical)) return fault(core, ACCESS_FAULT, Access.STORE, address);
  const page = core.memory.touch(physical);
  const offset = page + (address & 0xfff);
  if (core.config.dataCacheWriteBack && !uncached && !core.common && page !== 0) {
    if ((core.memory.lineFlags[offset >>> 5] & LINE_IN_D) === 0) miss(core, physical);
    core.dataCache.soil(physical);
    core.reserved = false;
    noteStore(core, storeKey(offset, size));
  } else {
    enterStore(core, physical, uncached || page === 0 ? -1 : storeKey(offset, size));
  }
  const plain = page !== 0 && (core.memory.lineFlags[offset >>> 5] & (LINE_HAS_CODE | LINE_WATCHED)) === 0;
  if (plain && core.memory.writeMap[physical >>> 12] !== 0) {
    if (!uncached && !core.common && !core.config.dataCacheWriteBack) core.stores.set(core.dataBank, address, page);
    return offset;
  }
  const seen = core.common ? datum.at : core.bus.acceptedAt + (core.config.crossbar ? 1 : 0);
  // The core ignores error responses to writes.
  core.memory.write(physical, size, value, core.base + seen);
  return SCRATCH;
}

/**
 * Enters a store into the bus.
 * @param key of a cached store; -1 of one that the data cache does not see.
 */
export function enterStore(core: Core, physical: number, key: number): void {
  core.counts.busBeats++;
  core.reserved = false;
  if (core.common) {
    datum.at += 1 + core.config.commonWait;
    core.dataStall += 1 + core.config.commonWait;
    return;
  }
  const w = datum.at + 3;
  freeze(core, w, core.bus.write(w, physical));
  if (key >= 0) noteStore(core, key);
}

/** Enters a store to cached memory at arena offset `offset` with D cycle `at`. @returns its effective D cycle. */
export function enterQuickStore(core: Core, offset: number, size: number, at: number): number {
  core.counts.busBeats++;
  core.reserved = false;
  const w = at + 3;
  const left = core.bus.write(w, core.memory.pageOfArena[offset >>> 12] << 12);
  let effective = at;
  if (left > w) {
    core.hold(w, left);
    effective += left - w;
    core.dataStall += left - w;
  }
  if ((core.memory.lineFlags[offset >>> 5] & LINE_IN_D) !== 0) core.recentStores.add(storeKey(offset, size), effective);
  return effective;
}

/** Remembers the store at `datum.at` for collisions, if its line is in the data cache. */
function noteStore(core: Core, key: number): void {
  if ((core.memory.lineFlags[keyOffset(key) >>> 5] & LINE_IN_D) !== 0) core.recentStores.add(key, datum.at);
}

/**
 * Checks an address as a store of a word does, without storing: what sc.w without a reservation does.
 * @returns false if it trapped.
 */
export function checkStore(core: Core, address: number, at: number): boolean {
  begin(core, at);
  if ((address & 3) !== 0) return misaligned(core, Access.STORE, address, 4) >= 0;
  const physical = translate(core, address, Access.STORE);
  if (physical < 0) return false;
  if (refusesStores(core, physical)) return fault(core, ACCESS_FAULT, Access.STORE, address) >= 0;
  return true;
}

/** Whether the data cache holds a line that was loaded with an error; a store to it faults. */
function refusesStores(core: Core, physical: number): boolean {
  return !core.common && !core.memory.answers(physical) && !isUncached(physical) && core.dataCache.holds(physical);
}
