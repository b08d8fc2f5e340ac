import { Op } from '../../riscv/operations.js';

/** First and last operation of `manipulateBits`, which follow one another. */
export const FIRST_BIT_OPERATION = Op.SH1ADD;
export const LAST_BIT_OPERATION = Op.CRC32C_W;

/**
 * Bit manipulation: Zba, Zbb, Zbc, Zbs (RISC-V Bit-Manipulation 1.0.0) and the rest of draft 0.93 that Ibex's RV32BFull
 * has.
 * @param a value of rs1; @param b value of rs2, or the immediate of an operation that has one; @param c value of rs3.
 */
export function manipulateBits(op: number, a: number, b: number, c: number): number {
  switch (op) {
    case Op.SH1ADD:
      return (a << 1) + b;
    case Op.SH2ADD:
      return (a << 2) + b;
    case Op.SH3ADD:
      return (a << 3) + b;
    case Op.ANDN:
      return a & ~b;
    case Op.ORN:
      return a | ~b;
    case Op.XNOR:
      return ~(a ^ b);
    case Op.CLZ:
      return Math.clz32(a);
    case Op.CTZ:
      return a === 0 ? 32 : 31 - Math.clz32(a & -a);
    case Op.CPOP:
      return countOnes(a);
    case Op.MAX:
      return a > b ? a : b;
    case Op.MAXU:
      return a >>> 0 > b >>> 0 ? a : b;
    case Op.MIN:
      return a < b ? a : b;
    case Op.MINU:
      return a >>> 0 < b >>> 0 ? a : b;
    case Op.SEXT_B:
      return (a << 24) >> 24;
    case Op.SEXT_H:
      return (a << 16) >> 16;
    case Op.ROL:
      return (a << b) | (a >>> -b);
    case Op.ROR:
    case Op.RORI:
      return (a >>> b) | (a << -b);
    case Op.CLMUL:
      return multiplyCarryless(a, b, 0);
    case Op.CLMULH:
      return multiplyCarryless(a, b, 32);
    case Op.CLMULR:
      return multiplyCarryless(a, b, 31);
    case Op.BCLR:
    case Op.BCLRI:
      return a & ~(1 << b);
    case Op.BEXT:
    case Op.BEXTI:
      return (a >>> b) & 1;
    case Op.BINV:
    case Op.BINVI:
      return a ^ (1 << b);
    case Op.BSET:
    case Op.BSETI:
      return a | (1 << b);
    case Op.PACK:
      return (a & 0xffff) | (b << 16);
    case Op.PACKU:
      return (a >>> 16) | (b & 0xffff0000);
    case Op.PACKH:
      return (a & 0xff) | ((b & 0xff) << 8);
    case Op.GREV:
    case Op.GREVI:
      return reverse(a, b);
    case Op.GORC:
    case Op.GORCI:
      return combine(a, b);
    case Op.SHFL:
    case Op.SHFLI:
      return shuffle(a, b);
    case Op.UNSHFL:
    case Op.UNSHFLI:
      return unshuffle(a, b);
    case Op.XPERM_N:
      return permute(a, b, 4);
    case Op.XPERM_B:
      return permute(a, b, 8);
    case Op.XPERM_H:
      return permute(a, b, 16);
    case Op.SLO:
    case Op.SLOI:
      return ~(~a << b);
    case Op.SRO:
    case Op.SROI:
      return ~(~a >>> b);
    case Op.BFP:
      return placeField(a, b);
    case Op.BCOMPRESS:
      return gather(a, b);
    case Op.BDECOMPRESS:
      return scatter(a, b);
    case Op.CMIX:
      return (a & b) | (c & ~b);
    case Op.CMOV:
      return b !== 0 ? a : c;
    case Op.FSL:
      return funnelLeft(a, c, b);
    case Op.FSR:
    case Op.FSRI:
      return funnelRight(a, c, b);
    case Op.CRC32_B:
      return divideCyclic(a, 8, CRC32);
    case Op.CRC32_H:
      return divideCyclic(a, 16, CRC32);
    case Op.CRC32_W:
      return divideCyclic(a, 32, CRC32);
    case Op.CRC32C_B:
      return divideCyclic(a, 8, CRC32C);
    case Op.CRC32C_H:
      return divideCyclic(a, 16, CRC32C);
    case Op.CRC32C_W:
      return divideCyclic(a, 32, CRC32C);
    default:
      return 0;
  }
}

/** Whether operand b is an immediate. */
export function takesImmediate(op: number): boolean {
  switch (op) {
    case Op.RORI:
    case Op.BCLRI:
    case Op.BEXTI:
    case Op.BINVI:
    case Op.BSETI:
    case Op.GREVI:
    case Op.GORCI:
    case Op.SHFLI:
    case Op.UNSHFLI:
    case Op.SLOI:
    case Op.SROI:
    case Op.FSRI:
      return true;
    default:
      return false;
  }
}

/**
 * Whether Ibex takes two cycles: those that use an adder or a shifter twice or have three operands (`ibex_decoder`,
 * alu_multicycle_o).
 */
export function takesTwoCycles(op: number): boolean {
  return (
    op === Op.ROL ||
    op === Op.ROR ||
    op === Op.RORI ||
    op === Op.BCOMPRESS ||
    op === Op.BDECOMPRESS ||
    (op >= Op.CMIX && op <= Op.CRC32C_W)
  );
}

/** Reversed polynomials of CRC-32 and CRC-32C. */
const CRC32 = 0xedb88320;
const CRC32C = 0x82f63b78;

function countOnes(a: number): number {
  let n = 0;
  for (let rest = a; rest !== 0; rest &= rest - 1) n++;
  return n;
}

/** Bits `from` to `from` + 31 of the product without carries. */
function multiplyCarryless(a: number, b: number, from: 0 | 31 | 32): number {
  let product = 0;
  for (let i = 0; i < 32; i++) {
    if (((b >>> i) & 1) === 0) continue;
    const shift = i - from;
    if (shift >= 0) product ^= a << shift;
    else if (shift > -32) product ^= a >>> -shift;
  }
  return product;
}

/** Masks of the halves that change places at each power of two. */
const HALVES = [0x55555555, 0x33333333, 0x0f0f0f0f, 0x00ff00ff, 0x0000ffff] as const;

function reverse(a: number, control: number): number {
  let x = a;
  HALVES.forEach((low, i) => {
    if (((control >>> i) & 1) !== 0) x = ((x & low) << (1 << i)) | ((x >>> (1 << i)) & low);
  });
  return x;
}

function combine(a: number, control: number): number {
  let x = a;
  HALVES.forEach((low, i) => {
    if (((control >>> i) & 1) !== 0) x |= ((x & low) << (1 << i)) | ((x >>> (1 << i)) & low);
  });
  return x;
}

/** Left masks of the shuffle by 1, 2, 4 and 8 bits; the right ones are those shifted down. */
const SHUFFLES = [0x44444444, 0x30303030, 0x0f000f00, 0x00ff0000] as const;

function shuffleStage(x: number, i: number): number {
  const left = SHUFFLES[i];
  const step = 1 << i;
  const right = left >>> step;
  return (x & ~(left | right)) | ((x << step) & left) | ((x >>> step) & right);
}

function shuffle(a: number, control: number): number {
  let x = a;
  for (let i = 3; i >= 0; i--) if (((control >>> i) & 1) !== 0) x = shuffleStage(x, i);
  return x;
}

function unshuffle(a: number, control: number): number {
  let x = a;
  for (let i = 0; i <= 3; i++) if (((control >>> i) & 1) !== 0) x = shuffleStage(x, i);
  return x;
}

/** Each part of `width` bits of b chooses a part of a; a number that a does not have gives 0. */
function permute(a: number, b: number, width: 4 | 8 | 16): number {
  const mask = (1 << width) - 1;
  let x = 0;
  for (let at = 0; at < 32; at += width) {
    const from = ((b >>> at) & mask) * width;
    if (from < 32) x |= ((a >>> from) & mask) << at;
  }
  return x;
}

/** bfp: length in bits 27:24 of b (0 is 16), offset in 20:16, the field in the low half. */
function placeField(a: number, b: number): number {
  const length = (b >>> 24) & 15;
  const offset = (b >>> 16) & 31;
  const mask = ((1 << (length === 0 ? 16 : length)) - 1) << offset;
  return ((b << offset) & mask) | (a & ~mask);
}

function gather(a: number, mask: number): number {
  let x = 0;
  let to = 0;
  for (let i = 0; i < 32; i++) if (((mask >>> i) & 1) !== 0) x |= ((a >>> i) & 1) << to++;
  return x;
}

function scatter(a: number, mask: number): number {
  let x = 0;
  let from = 0;
  for (let i = 0; i < 32; i++) if (((mask >>> i) & 1) !== 0) x |= ((a >>> from++) & 1) << i;
  return x;
}

/** The high word of `high` and `low` after a shift by 0 to 63, in a circle. */
function funnelLeft(high: number, low: number, by: number): number {
  const swapped = (by & 32) !== 0;
  const a = swapped ? low : high;
  const b = swapped ? high : low;
  return (by & 31) === 0 ? a : (a << by) | (b >>> -by);
}

/** The low word of `low` and `high` after a shift by 0 to 63, in a circle. */
function funnelRight(low: number, high: number, by: number): number {
  const swapped = (by & 32) !== 0;
  const a = swapped ? high : low;
  const b = swapped ? low : high;
  return (by & 31) === 0 ? a : (a >>> by) | (b << -by);
}

function divideCyclic(a: number, bits: number, polynomial: number): number {
  let x = a;
  for (let i = 0; i < bits; i++) x = (x >>> 1) ^ ((x & 1) !== 0 ? polynomial : 0);
  return x;
}
