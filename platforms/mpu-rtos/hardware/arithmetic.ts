import { Shift } from '../../thumb/instruction.js';

export { multiplyHigh, multiplyHighUnsigned } from '../../machine/arithmetic.js';

/** LSL by 0 to 255. */
export const shiftLeft = (value: number, amount: number): number => (amount > 31 ? 0 : value << amount);

/** LSR by 0 to 255. */
export const shiftRight = (value: number, amount: number): number => (amount > 31 ? 0 : value >>> amount) | 0;

/** A shifted operand (DDI0403E A7.4.2, Shift). @param carry C, for RRX. */
export function shifted(value: number, shift: Shift, amount: number, carry: number): number {
  switch (shift) {
    case Shift.LSL:
      return shiftLeft(value, amount);
    case Shift.LSR:
      return shiftRight(value, amount);
    case Shift.ASR:
      return value >> (amount > 31 ? 31 : amount);
    case Shift.ROR:
      return (value >>> (amount & 31)) | (value << (32 - (amount & 31)));
    default:
      return (value >>> 1) | (carry << 31);
  }
}

/** The carry out of a shift (Shift_C): C as it was for an amount of 0. */
export function shiftCarry(value: number, shift: Shift, amount: number, carry: number): number {
  if (shift === Shift.RRX) return value & 1;
  if (amount === 0) return carry;
  switch (shift) {
    case Shift.LSL:
      return amount > 32 ? 0 : (value >>> (32 - amount)) & 1;
    case Shift.LSR:
      return amount > 32 ? 0 : (value >>> (amount - 1)) & 1;
    case Shift.ASR:
      return (value >> (amount > 32 ? 31 : amount - 1)) & 1;
    default:
      return (value >>> ((amount - 1) & 31)) & 1;
  }
}
