/** Arithmetic of the M extension (unprivileged ISA chapter 7). Words are signed. */

/** Upper word of a signed product. */
export function multiplyHigh(a: number, b: number): number {
  return multiplyHighUnsigned(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0);
}

/** Upper word of an unsigned product, by halves so that every partial product is exact. */
export function multiplyHighUnsigned(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const middle = ah * bl + ((al * bl) >>> 16);
  const low = al * bh + (middle & 0xffff);
  return (ah * bh + Math.floor(middle / 0x10000) + Math.floor(low / 0x10000)) | 0;
}

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
