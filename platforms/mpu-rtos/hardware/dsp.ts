import { Parallel } from '../../thumb/instruction.js';
import { Op } from '../../thumb/operations.js';
import { multiplyHigh, multiplyHighUnsigned, shifted } from './arithmetic.js';
import type { Core } from './core.js';
import { retire } from './retire.js';
import { SLOT_RA, SLOT_RD, SLOT_RM, SLOT_RN, SLOT_SHIFT } from './slots.js';

const low = (value: number): number => (value << 16) >> 16;
const high = (value: number): number => value >> 16;
const pack = (upper: number, lower: number): number => (upper << 16) | (lower & 0xffff);
/** Rotates right by 0, 8, 16 or 24. */
const rotate = (value: number, by: number): number => (value >>> by) | (value << (32 - by));
/** Half of `value` that a bit of an operation's `imm` names. */
const half = (value: number, top: number): number => (top !== 0 ? high(value) : low(value));
const swap = (value: number): number => (value >>> 16) | (value << 16);
const sxtb16 = (value: number): number => pack((value << 8) >> 24, (value << 24) >> 24);
const uxtb16 = (value: number): number => value & 0x00ff00ff;

/** Saturates to `bits` bits and sets Q if that changes the value. */
function saturateSigned(core: Core, value: number, bits: number): number {
  const most = 2 ** (bits - 1) - 1;
  if (value > most || value < -most - 1) {
    core.q = 1;
    return value > most ? most : -most - 1;
  }
  return value;
}

function saturateUnsigned(core: Core, value: number, bits: number): number {
  const most = 2 ** bits - 1;
  if (value > most || value < 0) {
    core.q = 1;
    return value > most ? most : 0;
  }
  return value;
}

/** A 32-bit sum that is kept modulo 2^32; Q is set if it does not fit. */
function accumulate(core: Core, sum: number): number {
  const word = sum | 0;
  if (sum !== word) core.q = 1;
  return word;
}

/** One lane of a parallel addition or subtraction: the result, and in `laneGe` whether GE is set for it. */
function lane(value: number, kind: Parallel, bits: number, subtracts: boolean): number {
  laneGe = false;
  switch (kind) {
    case Parallel.SATURATING: {
      const most = 2 ** (bits - 1) - 1;
      return value > most ? most : value < -most - 1 ? -most - 1 : value;
    }
    case Parallel.UNSIGNED_SATURATING: {
      const most = 2 ** bits - 1;
      return value > most ? most : value < 0 ? 0 : value;
    }
    case Parallel.HALVING:
    case Parallel.UNSIGNED_HALVING:
      return value >> 1;
    case Parallel.SIGNED:
      laneGe = value >= 0;
      return value;
    default:
      laneGe = subtracts ? value >= 0 : value >= 2 ** bits;
      return value;
  }
}
let laneGe = false;

const isUnsigned = (kind: Parallel): boolean => kind >= Parallel.UNSIGNED;
const writesGe = (kind: Parallel): boolean => kind === Parallel.SIGNED || kind === Parallel.UNSIGNED;

/** Both halves. `subtractLow`, `subtractHigh`: what is done in each; `crossed`: the halves of m change places. */
function parallel16(
  core: Core,
  rn: number,
  m: number,
  kind: Parallel,
  subtractHigh: boolean,
  subtractLow: boolean,
  crossed: boolean,
): number {
  const rm = crossed ? swap(m) : m;
  const mask = isUnsigned(kind);
  const nl = mask ? rn & 0xffff : low(rn);
  const nh = mask ? rn >>> 16 : high(rn);
  const ml = mask ? rm & 0xffff : low(rm);
  const mh = mask ? rm >>> 16 : high(rm);
  const lower = lane(subtractLow ? nl - ml : nl + ml, kind, 16, subtractLow);
  let ge = laneGe ? 3 : 0;
  const upper = lane(subtractHigh ? nh - mh : nh + mh, kind, 16, subtractHigh);
  if (laneGe) ge |= 12;
  if (writesGe(kind)) core.ge = ge;
  return pack(upper, lower);
}

function parallel8(core: Core, rn: number, rm: number, kind: Parallel, subtracts: boolean): number {
  let result = 0;
  let ge = 0;
  for (let i = 0; i < 32; i += 8) {
    const n = isUnsigned(kind) ? (rn >>> i) & 255 : (rn << (24 - i)) >> 24;
    const m = isUnsigned(kind) ? (rm >>> i) & 255 : (rm << (24 - i)) >> 24;
    result |= (lane(subtracts ? n - m : n + m, kind, 8, subtracts) & 255) << i;
    if (laneGe) ge |= 1 << (i >> 3);
  }
  if (writesGe(kind)) core.ge = ge;
  return result;
}

function absoluteDifferences(rn: number, rm: number): number {
  let sum = 0;
  for (let i = 0; i < 32; i += 8) sum += Math.abs(((rn >>> i) & 255) - ((rm >>> i) & 255));
  return sum;
}

/** Adds to the 64 bits in two registers a product within 53 bits. */
function accumulateLong(r: Int32Array, lo: number, hi: number, product: number): void {
  const sum = (r[lo] >>> 0) + (product >>> 0);
  r[hi] += Math.floor(product / 2 ** 32) + (sum >= 2 ** 32 ? 1 : 0);
  r[lo] = sum;
}

/** The upper word of acc:0 + product or acc:0 - product, rounded if asked for. */
function mostSignificant(acc: number, a: number, b: number, subtracts: boolean, rounds: boolean): number {
  const lower = Math.imul(a, b);
  const upper = multiplyHigh(a, b);
  if (!subtracts) return acc + upper + (rounds && lower < 0 ? 1 : 0);
  // acc:0 - upper:lower; the lower word of the difference is -lower.
  const borrow = lower !== 0 ? 1 : 0;
  return acc - upper - borrow + (rounds && -lower << 0 < 0 ? 1 : 0);
}

/**
 * Executes an instruction of the DSP extension, or SSAT or USAT (DDI0403E A7.7). All of them take one cycle on the cores that
 * have them (Arm 100166 table 3-1).
 */
export function executeDsp(core: Core, w: number, imm: number): void {
  const { r } = core;
  const rd = (w >> SLOT_RD) & 15;
  const ra = (w >> SLOT_RA) & 15;
  const n = r[(w >> SLOT_RN) & 15];
  const m = r[(w >> SLOT_RM) & 15];
  switch (w & 255) {
    case Op.SSAT:
      r[rd] = saturateSigned(core, shifted(n, (w >> SLOT_SHIFT) & 7, imm >> 8, 0), imm & 255);
      break;
    case Op.USAT:
      r[rd] = saturateUnsigned(core, shifted(n, (w >> SLOT_SHIFT) & 7, imm >> 8, 0), imm & 255);
      break;
    case Op.SSAT16:
      r[rd] = pack(saturateSigned(core, high(n), imm), saturateSigned(core, low(n), imm));
      break;
    case Op.USAT16:
      r[rd] = pack(saturateUnsigned(core, high(n), imm), saturateUnsigned(core, low(n), imm));
      break;
    case Op.SXTB16:
      r[rd] = sxtb16(rotate(m, imm));
      break;
    case Op.UXTB16:
      r[rd] = uxtb16(rotate(m, imm));
      break;
    case Op.SXTAB:
      r[rd] = n + ((rotate(m, imm) << 24) >> 24);
      break;
    case Op.SXTAH:
      r[rd] = n + low(rotate(m, imm));
      break;
    case Op.UXTAB:
      r[rd] = n + (rotate(m, imm) & 0xff);
      break;
    case Op.UXTAH:
      r[rd] = n + (rotate(m, imm) & 0xffff);
      break;
    case Op.SXTAB16: {
      const x = sxtb16(rotate(m, imm));
      r[rd] = pack(high(n) + high(x), low(n) + low(x));
      break;
    }
    case Op.UXTAB16: {
      const x = uxtb16(rotate(m, imm));
      r[rd] = pack(high(n) + high(x), low(n) + low(x));
      break;
    }
    case Op.PKHBT:
      r[rd] = (n & 0xffff) | ((m << imm) & 0xffff0000);
      break;
    case Op.PKHTB:
      r[rd] = (n & 0xffff0000) | ((m >> Math.min(imm, 31)) & 0xffff);
      break;
    case Op.SEL: {
      const { ge } = core;
      const mask = (ge & 1 ? 0xff : 0) | (ge & 2 ? 0xff00 : 0) | (ge & 4 ? 0xff0000 : 0) | (ge & 8 ? 0xff000000 : 0);
      r[rd] = (n & mask) | (m & ~mask);
      break;
    }
    case Op.QADD:
      r[rd] = saturateSigned(core, m + n, 32);
      break;
    case Op.QSUB:
      r[rd] = saturateSigned(core, m - n, 32);
      break;
    case Op.QDADD:
      r[rd] = saturateSigned(core, m + saturateSigned(core, 2 * n, 32), 32);
      break;
    case Op.QDSUB:
      r[rd] = saturateSigned(core, m - saturateSigned(core, 2 * n, 32), 32);
      break;
    case Op.PARALLEL_ADD8:
      r[rd] = parallel8(core, n, m, imm, false);
      break;
    case Op.PARALLEL_ADD16:
      r[rd] = parallel16(core, n, m, imm, false, false, false);
      break;
    case Op.PARALLEL_ASX:
      r[rd] = parallel16(core, n, m, imm, false, true, true);
      break;
    case Op.PARALLEL_SAX:
      r[rd] = parallel16(core, n, m, imm, true, false, true);
      break;
    case Op.PARALLEL_SUB16:
      r[rd] = parallel16(core, n, m, imm, true, true, false);
      break;
    case Op.PARALLEL_SUB8:
      r[rd] = parallel8(core, n, m, imm, true);
      break;
    case Op.USAD8:
      r[rd] = absoluteDifferences(n, m);
      break;
    case Op.USADA8:
      r[rd] = r[ra] + absoluteDifferences(n, m);
      break;
    case Op.SMULXY:
      r[rd] = half(n, imm & 2) * half(m, imm & 1);
      break;
    case Op.SMLAXY:
      r[rd] = accumulate(core, half(n, imm & 2) * half(m, imm & 1) + r[ra]);
      break;
    case Op.SMULWY:
      r[rd] = Math.floor((n * half(m, imm)) / 0x10000);
      break;
    case Op.SMLAWY:
      r[rd] = accumulate(core, Math.floor((n * half(m, imm)) / 0x10000) + r[ra]);
      break;
    case Op.SMUAD: {
      const x = imm !== 0 ? swap(m) : m;
      r[rd] = accumulate(core, low(n) * low(x) + high(n) * high(x));
      break;
    }
    case Op.SMUSD: {
      const x = imm !== 0 ? swap(m) : m;
      r[rd] = low(n) * low(x) - high(n) * high(x);
      break;
    }
    case Op.SMLAD: {
      const x = imm !== 0 ? swap(m) : m;
      r[rd] = accumulate(core, low(n) * low(x) + high(n) * high(x) + r[ra]);
      break;
    }
    case Op.SMLSD: {
      const x = imm !== 0 ? swap(m) : m;
      r[rd] = accumulate(core, low(n) * low(x) - high(n) * high(x) + r[ra]);
      break;
    }
    case Op.SMMUL:
      r[rd] = mostSignificant(0, n, m, false, imm !== 0);
      break;
    case Op.SMMLA:
      r[rd] = mostSignificant(r[ra], n, m, false, imm !== 0);
      break;
    case Op.SMMLS:
      r[rd] = mostSignificant(r[ra], n, m, true, imm !== 0);
      break;
    case Op.SMLALXY:
      accumulateLong(r, rd, ra, half(n, imm & 2) * half(m, imm & 1));
      break;
    case Op.SMLALD: {
      const x = imm !== 0 ? swap(m) : m;
      accumulateLong(r, rd, ra, low(n) * low(x) + high(n) * high(x));
      break;
    }
    case Op.SMLSLD: {
      const x = imm !== 0 ? swap(m) : m;
      accumulateLong(r, rd, ra, low(n) * low(x) - high(n) * high(x));
      break;
    }
    case Op.UMAAL: {
      const lower = (Math.imul(n, m) >>> 0) + (r[rd] >>> 0) + (r[ra] >>> 0);
      r[ra] = multiplyHighUnsigned(n, m) + Math.floor(lower / 2 ** 32);
      r[rd] = lower;
      break;
    }
  }
  retire(core, w, 0);
}
