import { LINE_HAS_CODE } from '../../machine/memory.js';
import { type Core, LINE_IN_I } from './core.js';
import { BANK } from './lookaside.js';
import { Access, permits, walkPage } from './mmu.js';
import { offsetOf, SlotOp, slotOf } from './slots.js';
import { takeTrap } from './traps.js';

/** Exception codes of fetches (privileged ISA table 3.6). */
const FETCH_ACCESS_FAULT = 1;
const FETCH_PAGE_FAULT = 12;

/** Last halfword of a page. */
const LAST_HALF = 2047;

/** 32-bit beats that an instruction-cache line takes; the bus is 64 bits wide and moves two at once. */
const LINE_BEATS = 8;

/** What `fetchInstruction` found, for slots that are not to be dispatched as they stand in memory. */
export const fetched = { packed: 0 };

/**
 * Makes the instruction at `core.pc` ready to run: looks its page up, loads missing cache lines, decodes it. Advances
 * `core.next` by what that costs and leaves the decoded form in `fetched.packed`.
 * @returns false if a trap was taken instead.
 */
export function fetchInstruction(core: Core): boolean {
  // After a redirect the first word arrives alone: an instruction that starts in its upper half waits for the next word.
  const redirected = core.next !== core.last + 1 && !core.arrived;
  core.arrived = false;
  const pc = core.pc;
  if (core.relocate || (core.slot - core.pageSlot) >> 11 !== 0) {
    const page = fetchPage(core, pc, pc);
    if (page < 0) return false;
    // Bit 0 that mepc or sepc kept stays in the program counter until the next jalr.
    core.page = (pc & ~0xfff) | (pc & 1);
    core.pageSlot = slotOf(page);
    core.slot = core.pageSlot + ((pc >>> 1) & LAST_HALF);
    core.relocate = false;
  }
  const half = core.slot - core.pageSlot;
  const page = pageOffset(core);
  const at = page + half * 2;
  if (isUnderWay(core, at) && redirected) core.underWayTo = 0;
  requireLine(core, at);
  let word: number = core.memory.halves[at >> 1];
  if ((word & 3) === 3) {
    if (redirected && (half & 1) !== 0 && !core.common) {
      core.next++;
      core.fetchStall++;
    }
    let upper = at + 2;
    if (half === LAST_HALF) {
      const following = fetchPage(core, (pc + 2) | 0, pc);
      if (following < 0) return false;
      upper = following;
    }
    // The second word comes on its own if it is in another line, or if fence.i stopped the fetch unit before it.
    if ((half & 15) === 15 || ((half & 1) !== 0 && isUnderWay(core, at))) requireLine(core, upper);
    word |= core.memory.halves[upper >> 1] << 16;
    core.memory.lineFlags[upper >>> 5] |= LINE_HAS_CODE;
  }
  core.memory.lineFlags[at >>> 5] |= LINE_HAS_CODE;
  fetched.packed = core.slots.decode(core.slot, half, word);
  const physical = core.physicalOf(at);
  const straddles = half === LAST_HALF && (word & 3) === 3;
  if (straddles) core.slots.packed[core.slot + 2] = SlotOp.PAGE_END;
  if (straddles || (!core.common && missing(core, at))) {
    core.slots.packed[core.slot] = SlotOp.TRANSIENT;
    core.noteMark(physical);
  } else if (core.isMarked(physical)) {
    core.slots.cover(core.slot);
  }
  return true;
}

/** Arena offset of the page being executed. */
const pageOffset = (core: Core): number => offsetOf(core.pageSlot);

/**
 * Arena offset of the page that the fetch word at `address` lies in, for the instruction at `pc`.
 * @returns -1 if a trap was taken.
 */
function fetchPage(core: Core, address: number, pc: number): number {
  const bank = core.fetchBank;
  const known = core.fetches.find(bank, address);
  if (known >= 0) return offsetOf(known);
  let physical = address >>> 0;
  if (bank !== BANK.bare) {
    const page = address >>> 12;
    const found = core.instructionTlb.find(page, core.asid);
    let leaf: number;
    let superpage = false;
    if (found >= 0) {
      leaf = core.instructionTlb.leaves[found];
    } else {
      const at = core.next;
      // The walker starts when the older instructions have left; the fetch starts anew when it is done.
      const walk = walkPage(core, page, core.common ? at : Math.max(at, core.last + 4));
      if (walk.endless) return -1;
      core.next = core.common ? walk.done : walk.done + 2;
      core.translation += core.next - at;
      leaf = walk.leaf;
      superpage = walk.superpage;
      core.fetches.forget(core.instructionTlb.nextPage, core.instructionTlb.nextIsSuperpage);
      if (leaf === 0) core.instructionTlb.refillInvalid();
      else void core.instructionTlb.refill(page, leaf, superpage, core.asid);
    }
    if (leaf === 0 || !permits(core, leaf, Access.FETCH, bank)) return fetchFault(core, FETCH_PAGE_FAULT, address, pc);
    const entry = core.instructionTlb.find(page, core.asid);
    physical = core.instructionTlb.physicalPage(entry, page) >>> 0;
  }
  const offset = core.memory.touch(physical);
  if (offset === 0) return fetchFault(core, FETCH_ACCESS_FAULT, address, pc);
  core.fetches.set(bank, address, slotOf(offset));
  return offset;
}

/** The core reports the fetch word, not the instruction, as the faulting address. */
function fetchFault(core: Core, cause: number, address: number, pc: number): -1 {
  takeTrap(core, cause, core.config.fetchFaultAtWord ? address & ~3 : address, pc, core.next);
  return -1;
}

/** Loads the instruction-cache line at arena offset `at` if it is missing; the word arrives in cycle `core.next`. */
function requireLine(core: Core, at: number): void {
  if (core.common || !missing(core, at) || isUnderWay(core, at)) return;
  const arrival = core.next;
  const done = loadLine(core, at, Math.max(core.freezes.arrival(arrival), core.fetchFree + 2));
  // Fetching starts anew when the line is there and decode moves again, and takes two cycles.
  core.next = core.freezes.fetched(done);
  core.fetchStall += core.next - arrival;
}

/** Whether the word at arena offset `at` had left the instruction cache when fence.i emptied it. */
const isUnderWay = (core: Core, at: number): boolean => at >= core.underWayFrom && at < core.underWayTo;

/**
 * Empties the instruction cache for a fence.i that is in decode in cycle `at`. The fetch unit stops in that cycle, waits
 * one for the word it is reading, and sweeps the sets; the tags may be read in the cycle after.
 */
export function flushInstructionCache(core: Core, at: number): void {
  core.instructionCache.empty();
  // A fence.i right behind another is taken care of by the sweep that is about to begin.
  const done = at + 3 + core.instructionCache.sets;
  if (done !== core.fetchFree + 1) core.fetchFree = done;
}

/**
 * The cycle in which the current instruction is in decode again if fetching starts anew in cycle `start`: its words pass
 * the cache a second time.
 */
export function refetch(core: Core, start: number, long: boolean): number {
  const at = pageOffset(core) + (core.slot - core.pageSlot) * 2;
  let arrival = Math.max(start, core.fetchFree) + 2;
  core.underWayTo = 0;
  if (missing(core, at)) arrival = loadLine(core, at, arrival) + 2;
  if (long && (at & 2) !== 0) {
    arrival++;
    if ((at & 31) === 30 && (at & 0xfff) !== 0xffe && missing(core, at + 2))
      arrival = loadLine(core, at + 2, arrival) + 2;
  }
  return arrival;
}

/** Whether the line at an arena offset is not in the instruction cache. */
export const missing = (core: Core, at: number): boolean => (core.memory.lineFlags[at >>> 5] & LINE_IN_I) === 0;

/** Takes a line in whose miss is seen in cycle `seen`. @returns the first cycle in which fetching may start again. */
export function loadLine(core: Core, at: number, seen: number): number {
  const start = seen + 1;
  const end = start + 5 + core.config.memoryLatency;
  core.counts.busBeats += LINE_BEATS;
  core.instructionCache.refill(core.physicalOf(at), start, end);
  return end;
}
