/** Arithmetic on 32-bit words that instruction sets share. Words are signed. */

/** Upper word of a signed product. */
export function multiplyHigh(a: number, b: number): number {
  return (multiplyHighUnsigned(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
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
