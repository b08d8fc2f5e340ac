/** Arithmetic of the M extension (unprivileged ISA chapter 7). Words are signed. */
export { multiplyHigh, multiplyHighUnsigned } from '../machine/arithmetic.js';

/** Division by zero gives -1, overflow the dividend (unprivileged ISA 7.2). */
export function divide(a: number, b: number): number {
  return b === 0 ? -1 : (a / b) | 0;
}

export function divideUnsigned(a: number, b: number): number {
  return b === 0 ? -1 : ((a >>> 0) / (b >>> 0)) | 0;
}

/** The remainder of a division by zero is the dividend, of an overflow 0. */
export function remainder(a: number, b: number): number {
  return b === 0 ? a : (a % b) | 0;
}

export function remainderUnsigned(a: number, b: number): number {
  return b === 0 ? a : ((a >>> 0) % (b >>> 0)) | 0;
}
