import type { Core } from './core.js';
import { raise } from './exceptions.js';
import { ExceptionNumber } from './nvic.js';
import { CFSR } from './scb.js';
import { instructionWord, SLOT_LONG } from './slots.js';

/**
 * Ends an instruction that is executed outside of the interpreter's switch: time, count, and the place of the next one.
 * @param extra cycles beyond the first; the caller books them.
 */
export function retire(core: Core, w: number, extra: number): void {
  core.next += 1 + extra;
  core.retired++;
  core.done = w;
  const length = (w & SLOT_LONG) !== 0 ? 4 : 2;
  if (core.relocate) core.relocateTo((core.pendingPc + length) | 0);
  else core.slot += length >> 1;
}

/** Raises a UsageFault of the instruction to come for one reason of UFSR. */
export function raiseUsage(core: Core, reason: CFSR): void {
  core.scb.reportFault(reason);
  raise(core, ExceptionNumber.USAGE_FAULT, instructionWord(core));
}

/** The stack pointer would fall below its limit (Armv8-M). */
export const raiseStackOverflow = (core: Core): void => raiseUsage(core, CFSR.STKOF);
