import type { RegisterFile } from '../../../workloads/language/backend/machine-code.js';
import { REGISTER_NAMES, REGISTERS } from '../registers.js';

/** Registers of a target, and which instructions it has. */
export interface ThumbTarget {
  /**
   * True for Armv7-M and Armv8-M Mainline: 32-bit instructions with any register, three operands, shifted operands and
   * modified immediates. False for Armv6-M: almost only 16-bit instructions on r0 to r7.
   */
  readonly wide: boolean;
  /** Registers that values may live in, best first. */
  readonly allocatable: readonly number[];
}

/** Number of a register. @throws RangeError for a name that is none. */
export function registerNumber(name: string): number {
  const found = REGISTERS.get(name);
  if (found === undefined) throw new RangeError(`there is no register ${name}`);
  return found;
}

export const LR = 14;

/** Registers with the first arguments; the result is in r0 (AAPCS 2020Q2, 6.1.1 and 6.5). */
export const ARGUMENTS: readonly number[] = [0, 1, 2, 3];
/** What a called function may change. */
export const CLOBBERED: readonly number[] = [0, 1, 2, 3, 12, LR];
/** What it must keep. */
export const KEPT: readonly number[] = [4, 5, 6, 7, 8, 9, 10, 11];
/** Stack pointers are multiples of this where functions call each other (AAPCS 2020Q2, 6.2.1.2). */
export const STACK_ALIGNMENT = 8;

const LOW: readonly number[] = [3, 2, 1, 0, 4, 5, 6, 7];

/** Armv6-M: Cortex-M0+. */
export const NARROW: ThumbTarget = { wide: false, allocatable: LOW };

/** Armv7-M and Armv8-M Mainline: Cortex-M3, M4, M33. Low registers first: 16-bit instructions can name only them. */
export const WIDE: ThumbTarget = { wide: true, allocatable: [...LOW, 12, 8, 9, 10, 11] };

/** Bytes of a slot of the frame, and how far from the stack pointer one can be. */
export const SLOT_BYTES = 4;
/** LDR and STR with 8 bits of offset in words (DDI0419, A6.7.26). */
export const LARGEST_FRAME = 1020;

/** What the register allocator needs. Slots lie at the bottom of the frame. */
export function registerFile({ allocatable }: ThumbTarget): RegisterFile {
  const place = (slot: number): string => `[sp, #${slot * SLOT_BYTES}]`;
  return {
    names: REGISTER_NAMES,
    allocatable,
    copy: (to, from) => ({ text: 'mov {d0}, {u0}', defs: [to], uses: [from], copy: true }),
    reload: (to, slot) => ({ text: `ldr {d0}, ${place(slot)}`, defs: [to], uses: [] }),
    spill: (from, slot) => ({ text: `str {u0}, ${place(slot)}`, defs: [], uses: [from] }),
  };
}
