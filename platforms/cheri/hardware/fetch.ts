import { LINE_HAS_CODE } from '../../machine/memory.js';
import type { Core } from './core.js';
import { PAGE_SLOTS, SLOT_LONG, SLOT_OP, SlotOp } from './slots.js';
import { CAUSE, PCC_REGISTER, takeTrap, VIOLATION, violationValue } from './traps.js';

/** What `fetchInstruction` found, for slots that are not to be dispatched as they stand. */
export const fetched = { packed: 0 };

/**
 * Makes the instruction at `core.pc` ready to run: checks the bounds of the program counter, looks its page up, decodes
 * it. Leaves the decoded form in `fetched.packed`.
 * @returns false if a trap was taken instead.
 */
export function fetchInstruction(core: Core): boolean {
  const { pc, memory, redirected } = core;
  core.redirected = false;
  if (!core.pccTag) return refuse(core, VIOLATION.tag);
  if (!core.fetchable(pc, 2)) return refuse(core, VIOLATION.bounds);
  const offset = memory.touch(pc);
  if (offset === 0) return refuseAccess(core, pc);
  if (core.relocate || core.pageSlot !== offset >> 1) {
    core.page = pc & ~0xfff;
    core.pageSlot = offset >> 1;
    core.frame();
    core.relocate = false;
  }
  core.slot = core.pageSlot + ((pc >>> 1) & (PAGE_SLOTS - 1));
  const at = core.slot << 1;
  const known = core.slots.packed[core.slot];
  if (known !== 0 && core.slot >= core.low && core.slot < core.high && (known & SLOT_OP) !== SlotOp.TRANSIENT) {
    if (redirected && (pc & 2) !== 0 && (known & SLOT_LONG) !== 0) core.awaitSecondWord();
    return true;
  }
  let word: number = memory.halves[at >> 1];
  const long = (word & 3) === 3;
  const straddles = long && (core.slot & (PAGE_SLOTS - 1)) === PAGE_SLOTS - 1;
  memory.lineFlags[at >>> 5] |= LINE_HAS_CODE;
  if (long) {
    if (!core.fetchable(pc, 4)) return refuse(core, VIOLATION.bounds);
    let upper = at + 2;
    if (straddles) {
      const following = memory.touch((pc + 2) | 0);
      if (following === 0) return refuseAccess(core, (pc + 2) | 0);
      upper = following;
    }
    word |= memory.halves[upper >> 1] << 16;
    memory.lineFlags[upper >>> 5] |= LINE_HAS_CODE;
    // After a redirect the first word arrives alone: the second half comes with the next.
    if (redirected && (pc & 2) !== 0) core.awaitSecondWord();
  }
  fetched.packed = core.slots.decode(core.slot, word);
  if (straddles) {
    core.slots.packed[core.slot] = SlotOp.TRANSIENT | SLOT_LONG;
    core.noteMark(core.physicalOf(at));
  } else if ((known & SLOT_OP) === SlotOp.MARKED) {
    core.slots.packed[core.slot] = known;
  } else if (core.isMarked(core.physicalOf(at))) {
    core.slots.cover(core.slot);
  }
  return true;
}

/** The instruction arrives in decode with its error, and the next cycle is the one of the redirect. */
function refuse(core: Core, violation: number): false {
  const value = violationValue(violation, PCC_REGISTER);
  takeTrap(core, CAUSE.capability, value, core.pc, core.arrive() + 1, violation === VIOLATION.bounds);
  return false;
}

function refuseAccess(core: Core, address: number): false {
  takeTrap(core, CAUSE.fetchAccess, address, core.pc, core.arrive() + 1);
  return false;
}
