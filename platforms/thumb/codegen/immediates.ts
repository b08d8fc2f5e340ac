import type { Instruction, Operand, Terminator } from '../../../workloads/language/ir/function.js';
import type { OffsetRange } from '../../../workloads/language/passes/addresses.js';
import type { Immediates } from '../../../workloads/language/passes/materialise.js';
import type { Comparison, Operator, Width } from '../../../workloads/language/program.js';

/* What Thumb instructions can contain: DDI0419 A5.2 for Armv6-M, DDI0403E A5.3.2 (modified immediates) for the others. */

/** Largest number of MOVS, ADDS, SUBS and CMP of 16 bits. */
const BYTE = 255;
/** ADDW, SUBW and the offsets of loads and stores of 32 bits. */
const TWELVE_BITS = 4095;

const inBytes = (n: number): boolean => Math.abs(n | 0) <= BYTE;

/** True for a modified immediate: a byte, repeated or rotated (DDI0403E A5.3.2). */
export function isModifiedImmediate(n: number): boolean {
  const word = n >>> 0;
  if (word <= BYTE) return true;
  const low = word & 0xffff;
  if (word >>> 16 === low && (low >>> 8 === 0 || (low & 0xff) === 0 || low >>> 8 === (low & 0xff))) return true;
  // a byte with its top bit set, rotated right by 8 to 31: 8 bits in a row hold every bit that is set
  const highest = 31 - Math.clz32(word);
  return highest >= 8 && (word & ((1 << (highest - 7)) - 1)) === 0;
}

/** True if an operator has a form with this number on the right. */
export function fitsImmediate(wide: boolean, operator: Operator, n: number): boolean {
  switch (operator) {
    case 'add':
    case 'sub':
      if (!wide) return inBytes(n);
      return Math.abs(n | 0) <= TWELVE_BITS || isModifiedImmediate(n) || isModifiedImmediate(-n);
    case 'and':
      return n === 0xff || n === 0xffff || (wide && (isModifiedImmediate(n) || isModifiedImmediate(~n)));
    case 'or':
      return wide && (isModifiedImmediate(n) || isModifiedImmediate(~n));
    case 'xor':
      return n >>> 0 === 0xffffffff || (wide && isModifiedImmediate(n));
    case 'shl':
    case 'shr':
    case 'sar':
      return n < 32;
    default:
      return false;
  }
}

/** True if CMP, or CMN with the number negated, can contain a number. */
export function fitsCompare(wide: boolean, n: number): boolean {
  return wide ? isModifiedImmediate(n) || isModifiedImmediate(-n) : n >>> 0 <= BYTE;
}

/** Distances that loads and stores add. */
export const offsetRange =
  (wide: boolean): OffsetRange =>
  (width) =>
    wide ? { lowest: -BYTE, highest: TWELVE_BITS } : { lowest: 0, highest: 31 * bytesOf(width) };

/** True if a load or store of a width adds this distance. Armv6-M counts in the width. */
export function fitsOffset(wide: boolean, width: Width, offset: number): boolean {
  const { lowest, highest } = offsetRange(wide)(width);
  return offset >= lowest && offset <= highest && (wide || offset % bytesOf(width) === 0);
}

const bytesOf = (width: Width): number => (width === 'reference' ? 4 : width);

/** Comparisons whose result as a number is made by subtraction: equality, and the sign. */
const isZeroTest = (comparison: Comparison, n: number): boolean =>
  n === 0 && (comparison === 'lts' || comparison === 'ges');

/** What needs no register, for `materialise`. */
export function immediates(wide: boolean): Immediates {
  return {
    fits(instruction: Instruction, index: number, operand: Operand): boolean {
      if (operand.kind !== 'constant') return false;
      const n = operand.value;
      if (index === 0) {
        // 0 - x is RSBS
        return (
          instruction.op === 'binary' && instruction.operator === 'sub' && n === 0 && instruction.right.kind === 'value'
        );
      }
      switch (instruction.op) {
        case 'binary':
          return fitsImmediate(wide, instruction.operator, n);
        case 'compare':
          if (wide) return fitsCompare(wide, n);
          if (instruction.comparison === 'lts' || instruction.comparison === 'ges') {
            return isZeroTest(instruction.comparison, n);
          }
          return n <= BYTE;
        case 'advance':
          return fitsImmediate(wide, 'add', n);
        case 'narrow':
          return true;
        default:
          return false;
      }
    },
    fitsBranch(branch: Extract<Terminator, { op: 'branch' }>, index: number, operand: Operand): boolean {
      if (operand.kind !== 'constant') return false;
      if (index === 0 && branch.right.kind !== 'value') return false;
      return fitsCompare(wide, operand.value);
    },
  };
}
