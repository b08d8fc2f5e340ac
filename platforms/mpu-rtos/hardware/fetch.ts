import { LINE_HAS_CODE } from '../../machine/memory.js';
import { isWide } from '../../thumb/decode.js';
import { Op } from '../../thumb/operations.js';
import { isNegative, isPrivileged } from './access.js';
import type { Core } from './core.js';
import { raise } from './exceptions.js';
import { FETCH_ENTRIES } from './lookaside.js';
import { MpuAccess, Uniform } from './mpu.js';
import { ExceptionNumber } from './nvic.js';
import { raiseUsage } from './retire.js';
import { CFSR } from './scb.js';
import { offsetOf, SLOT_LONG, SlotOp, slotOf } from './slots.js';

/** Last halfword of a page. */
const LAST_HALF = 2047;
const PAGE_SHIFT = 12;

/** Word of an instruction that is abandoned before it is read; not 0, which means a fetch that failed. */
const UNKNOWN_WORD = 0xffffffff;

/** What `fetchInstruction` found, for slots that are not to be dispatched as they stand in memory. */
export const fetched = { packed: 0 };

/**
 * Makes the instruction at `core.pc` ready to run: asks the MPU and the bus about its page, decodes it, and leaves the decoded
 * form in `fetched.packed`.
 * @returns false if a fault was raised instead.
 */
export function fetchInstruction(core: Core): boolean {
  const pc = core.pc;
  if (!core.thumb && (pc & 2) !== 0 && core.config.unalignedStateFault) {
    core.itAt = core.it;
    core.scb.reportFault(CFSR.UNALIGNED);
    raise(core, ExceptionNumber.USAGE_FAULT, UNKNOWN_WORD);
    return false;
  }
  if (core.relocate || (core.slot - core.pageSlot) >> 11 !== 0) {
    const page = fetchPage(core, pc);
    if (page < 0) return false;
    core.page = pc & ~0xfff;
    core.pageSlot = slotOf(page);
    core.slot = core.pageSlot + ((pc >>> 1) & LAST_HALF);
    core.relocate = false;
  }
  if (!core.thumb) {
    core.itAt = core.it;
    raiseUsage(core, CFSR.INVSTATE);
    return false;
  }
  const { memory, slots } = core;
  const known = slots.packed[core.slot];
  if (known !== Op.NONE && !core.checking && (known & 255) !== SlotOp.TRANSIENT) {
    if (core.redirected && (known & SLOT_LONG) !== 0 && (core.slot & 1) !== 0) chargeWideTarget(core);
    core.redirected = false;
    fetched.packed = known;
    return true;
  }
  const half = core.slot - core.pageSlot;
  const at = offsetOf(core.slot);
  const first = memory.halves[at >> 1];
  const wide = isWide(first);
  let word = first;
  if (wide) {
    let upper = at + 2;
    if (half === LAST_HALF) {
      const { checking } = core;
      const following = fetchPage(core, (pc + 2) | 0);
      core.checking ||= checking;
      if (following < 0) return false;
      upper = following;
    } else if (core.checking && !mayFetch(core, (pc + 2) | 0)) {
      return refuse(core);
    }
    word = (first << 16) | memory.halves[upper >> 1];
    memory.lineFlags[upper >>> 5] |= LINE_HAS_CODE;
    if (core.redirected && (half & 1) !== 0) chargeWideTarget(core);
  }
  core.redirected = false;
  memory.lineFlags[at >>> 5] |= LINE_HAS_CODE;
  fetched.packed = slots.decode(core.slot, half, pc, word, wide);
  const physical = core.physicalOf(at);
  if (wide && half === LAST_HALF) {
    slots.packed[core.slot + 2] = SlotOp.PAGE_END;
    slots.packed[core.slot] = SlotOp.TRANSIENT | SLOT_LONG;
    core.noteMark(physical);
  } else if (core.isMarked(physical)) {
    slots.cover(core.slot);
  }
  return true;
}

/** A branch to a 32-bit instruction that is not word-aligned waits for its second half. */
function chargeWideTarget(core: Core): void {
  core.next += core.timing.wideTarget;
  core.fetchStall += core.timing.wideTarget;
}

/**
 * Arena offset of the page of `address`, in which it is permitted to execute at `address` at least: `checking` says that this
 * is not so for all of the page.
 * @returns -1 if a fault was raised.
 */
function fetchPage(core: Core, address: number): number {
  const { fetches, mpu, bank } = core;
  const h = core.fetchBank + ((address >>> PAGE_SHIFT) & (FETCH_ENTRIES - 1));
  if (fetches.tags[h] === ((address & ~0xfff) | fetches.epoch)) {
    core.checking = false;
    return offsetOf(fetches.values[h]);
  }
  const answer = mpu.uniform(address, PAGE_SHIFT, MpuAccess.FETCH, isPrivileged(bank), isNegative(bank));
  core.checking = answer === Uniform.MIXED;
  if (answer === Uniform.REFUSED || (core.checking && !mayFetch(core, address))) {
    refuse(core);
    return -1;
  }
  const page = core.memory.touch(address);
  if (page === 0) {
    core.scb.reportFault(CFSR.IBUSERR);
    raise(core, ExceptionNumber.BUS_FAULT, 0);
    return -1;
  }
  if (!core.checking) fetches.set(bank, address, slotOf(page));
  return page;
}

/** Whether the MPU permits a fetch of the halfword at `address` now. */
const mayFetch = (core: Core, address: number): boolean =>
  core.mpu.check(address, MpuAccess.FETCH, isPrivileged(core.bank), isNegative(core.bank));

/** Raises the fault of a fetch that the MPU refuses. */
function refuse(core: Core): false {
  core.scb.reportFault(CFSR.IACCVIOL);
  raise(core, ExceptionNumber.MEM_MANAGE, 0);
  return false;
}

/**
 * The check of a decoded instruction in a page that the MPU does not permit as a whole.
 * @returns false if a fault was raised.
 */
export function checkFetch(core: Core, wide: boolean): boolean {
  const pc = core.pc;
  if (mayFetch(core, pc) && (!wide || mayFetch(core, (pc + 2) | 0))) return true;
  return refuse(core);
}
