import type { TimingClass } from '../../riscv/instruction.js';
import { Op } from '../../riscv/operations.js';
import { INSTRUCTIONS } from '../../riscv/table.js';
import type { Core } from './core.js';
import { flushInstructionCache, loadLine, missing } from './fetch.js';
import { offsetOf, SLOT_LONG, SLOT_RD, SLOT_RS1, SLOT_RS2, SlotOp } from './slots.js';

/** What an instruction does to the pipeline before it is known to be on a wrong path. */
const enum Effect {
  NONE = 0,
  /** Its result cannot be read by the instruction right behind it. */
  LATE = 1,
  /** It waits in execute for the stages after it to be empty. */
  HALTS = 2,
  /** It redirects fetching from decode: jal. */
  JUMPS = 3,
  /** It does so if its displacement is negative. */
  BRANCHES = 4,
  /** It empties the instruction cache as soon as it is in decode. */
  FLUSHES = 5,
  /** It raises an exception in execute, which stops the fetch unit. */
  TRAPS = 6,
  /** It raises an exception in decode: it is illegal. */
  STOPS = 7,
}

const EFFECT_OF: Partial<Record<TimingClass, Effect>> = {
  shift: Effect.LATE,
  multiply: Effect.LATE,
  divide: Effect.LATE,
  load: Effect.LATE,
  'load reserved': Effect.LATE,
  'store conditional': Effect.LATE,
  amo: Effect.LATE,
  aes: Effect.LATE,
  csr: Effect.HALTS,
  sfence: Effect.HALTS,
  'cache flush': Effect.HALTS,
  jump: Effect.JUMPS,
  branch: Effect.BRANCHES,
  'fence.i': Effect.FLUSHES,
  trap: Effect.TRAPS,
  // Decode waits for a trap return to be through.
  'trap return': Effect.HALTS,
  wait: Effect.HALTS,
};

const EFFECTS = new Uint8Array(128);
EFFECTS[Op.ILLEGAL] = Effect.STOPS;
for (const { op, timing } of INSTRUCTIONS) EFFECTS[op] = EFFECT_OF[timing] ?? Effect.NONE;

const LAST_HALF = 2047;

/**
 * Follows the instructions behind one with D cycle `at` that redirects the fetch unit in cycle `redirect`: what they do
 * until then is done although nobody wants it. They begin at slot `slot` and reach decode from cycle `at` + 1 on.
 *
 * - A word whose line is missing has the line loaded; fetching waits for it (`core.fetchFree`).
 * - fence.i empties the instruction cache.
 * - If decode cannot move in the cycle of the redirect, the fetch unit cannot either.
 *
 * Followed inside the page only.
 * @param fresh the first of them is the target of a redirect.
 * @param released cycle in which the fetch unit moves again, if decode cannot move from `redirect` on.
 * @returns 1 if the redirect takes effect a cycle later, else 0.
 */
export function followWrongPath(
  core: Core,
  slot: number,
  at: number,
  redirect: number,
  released = redirect,
  fresh = false,
): number {
  const { memory, slots, ready } = core;
  const page = offsetOf(core.pageSlot);
  let half = slot - core.pageSlot;
  let before = Effect.NONE;
  let waited = false;
  // The first word after a redirect arrives alone.
  let alone = fresh;
  let lateRegister = -1;
  for (let cycle = at + 1; cycle <= redirect; cycle++) {
    if (half >= LAST_HALF) return 0;
    let packed = slots.packed[core.pageSlot + half];
    let displacement = slots.immediate[core.pageSlot + half];
    let far = packed < 0;
    if ((packed & 127) === Op.NONE || (packed & 127) >= SlotOp.MARKED) {
      const offset = page + half * 2;
      if (missing(core, offset)) return load(core, offset, cycle);
      let word: number = memory.halves[offset >> 1];
      if ((word & 3) === 3) {
        if (alone && (half & 1) !== 0 && ++cycle > redirect) return 0;
        if (missing(core, offset + 2)) return load(core, offset + 2, cycle);
        word |= memory.halves[(offset >> 1) + 1] << 16;
      }
      packed = slots.peek(half, word);
      displacement = slots.peeked;
      far = packed < 0;
    } else if (alone && (half & 1) !== 0 && (packed & SLOT_LONG) !== 0 && ++cycle > redirect) {
      return 0;
    }
    alone = false;
    const effect = EFFECTS[packed & 127];
    // Decode stands still behind an instruction that waits in execute.
    const halted = before === Effect.HALTS;
    if (before === Effect.TRAPS) return 0;
    if (effect === Effect.FLUSHES) {
      // The sweep begins when the word behind is out of the way.
      flushInstructionCache(core, halted || cycle === redirect ? released : cycle);
      return 0;
    }
    if (halted) return 1;
    const rs1 = (packed >> SLOT_RS1) & 31;
    const rs2 = (packed >> SLOT_RS2) & 31;
    if (
      ready[rs1] > cycle ||
      ready[rs2] > cycle ||
      (lateRegister > 0 && (rs1 === lateRegister || rs2 === lateRegister))
    ) {
      if (cycle === redirect) return 1;
      waited = true;
      continue;
    }
    if (effect === Effect.STOPS) break;
    if (effect === Effect.JUMPS || (effect === Effect.BRANCHES && displacement < 0)) {
      // The word of the target arrives two cycles later.
      if (far) break;
      half += displacement;
      cycle++;
      before = Effect.NONE;
      alone = true;
      continue;
    }
    before = effect;
    if (effect === Effect.LATE) lateRegister = (packed >> SLOT_RD) & 63;
    half += 1 + ((packed >>> 30) & 1);
    // The fetch unit also stands still while a word has another 16-bit instruction in its upper half.
    if (cycle === redirect && (half & 1) !== 0 && (memory.halves[(page >> 1) + half] & 3) !== 3) return 1;
  }
  if (redirect === at + 2 && !waited) slots.harmless[slot] = 1;
  return 0;
}

/** The word at `offset` would be in decode in cycle `cycle`, if the fetch unit is not held already. */
function load(core: Core, offset: number, cycle: number): 0 {
  if (core.fetchFree + 2 <= cycle) core.fetchFree = loadLine(core, offset, core.freezes.arrival(cycle));
  return 0;
}
