/**
 * AES round steps of the RV32 scalar cryptography extension (Zkne, Zknd; RISC-V Cryptography Extensions Volume I,
 * sections 3.1 to 3.4). The S-boxes are computed from their definition (FIPS 197, section 5.1.1).
 */

/** Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) {
    if (((b >> bit) & 1) !== 0) product ^= a << bit;
  }
  for (let bit = 14; bit >= 8; bit--) {
    if (((product >> bit) & 1) !== 0) product ^= 0x11b << (bit - 8);
  }
  return product;
}

const FORWARD = new Uint8Array(256);
const INVERSE = new Uint8Array(256);
for (let value = 0; value < 256; value++) {
  // The inverse of a is a^254.
  let inverse = 1;
  for (let i = 0; i < 254; i++) inverse = multiply(inverse, value);
  let result = 0x63;
  for (let turn = 0; turn < 5; turn++) result ^= (inverse << turn) | (inverse >> (8 - turn));
  FORWARD[value] = result & 0xff;
  INVERSE[result & 0xff] = value;
}

/** Columns of MixColumns for one input byte, by byte: b times 2, 1, 1, 3 (least significant first). */
const mix = (b: number): number => multiply(b, 2) | (b << 8) | (b << 16) | (multiply(b, 3) << 24);
/** The same for InvMixColumns: 14, 9, 13, 11. */
const unmix = (b: number): number =>
  multiply(b, 14) | (multiply(b, 9) << 8) | (multiply(b, 13) << 16) | (multiply(b, 11) << 24);

const MIXED = Int32Array.from(FORWARD, mix);
const UNMIXED = Int32Array.from(INVERSE, unmix);

/** Byte `select` of `value` goes through `table`; the result is rotated to its place and added to `sum`. */
function step(table: Int32Array | Uint8Array, sum: number, value: number, select: number): number {
  const shift = select * 8;
  const word = table[(value >>> shift) & 0xff];
  return sum ^ (shift === 0 ? word : (word << shift) | (word >>> (32 - shift)));
}

/** aes32esi: last round of encryption. */
export const encryptLast = (sum: number, value: number, select: number): number => step(FORWARD, sum, value, select);
/** aes32esmi: middle round of encryption. */
export const encryptMiddle = (sum: number, value: number, select: number): number => step(MIXED, sum, value, select);
/** aes32dsi: last round of decryption. */
export const decryptLast = (sum: number, value: number, select: number): number => step(INVERSE, sum, value, select);
/** aes32dsmi: middle round of decryption. */
export const decryptMiddle = (sum: number, value: number, select: number): number => step(UNMIXED, sum, value, select);
