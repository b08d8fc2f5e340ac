import { Shift } from './instruction.js';

/**
 * How the bits of a field and the value of an operand belong together. Values are what the assembler writes: an offset in
 * bytes, a constant, a displacement from the address of the instruction + 4.
 */
export const enum Codec {
  /** The bits as they are; scaled by 2 and by 4. */
  UNSIGNED,
  UNSIGNED_2,
  UNSIGNED_4,
  /** Minus the bits; `#-0` is all zeros. */
  NEGATIVE,
  /** A highest bit that says add, then the magnitude; scaled by 4. */
  UP_DOWN,
  UP_DOWN_4,
  /** One more than the bits. */
  PLUS_ONE,
  /** Amount of a right shift: 0 means 32. */
  RIGHT_SHIFT,
  /** Rotation in units of 8. */
  BYTES,
  /** Modified immediate constant: ThumbExpandImm (DDI0403E A5.3.2). */
  CONSTANT,
  /** MOVW and MOVT: i, imm4, imm3, imm8 in the word; imm4:i:imm3:imm8 is the value. */
  IMM16,
  /** Displacement in halfwords, signed. */
  BRANCH,
  /** B<c>.W: S, imm6, J1, J2, imm11 (A7.7.12, T3). */
  BRANCH_20,
  /** B.W and BL: S, imm10, J1, J2, imm11 (A7.7.12, T4). */
  BRANCH_24,
  /** List of r0-r7; with LR (PUSH) or PC (POP) in the highest bit. */
  LIST,
  LIST_LR,
  LIST_PC,
  /** List without SP: bits 14, 12:0; with PC: bits 15:14, 12:0. */
  LIST_STORE,
  LIST_LOAD,
}

/** Value of a modified immediate constant. A rotated one has its bit 7 set, so that bit 31 of the value is the carry. */
export function expandConstant(bits: number): number {
  const byte = bits & 0xff;
  if (bits < 0x400) {
    switch (bits >> 8) {
      case 0:
        return byte;
      // A zero byte in the next three is UNPREDICTABLE; it is 0 in every core we know
      case 1:
        return (byte << 16) | byte;
      case 2:
        return (byte << 24) | (byte << 8);
      default:
        return (byte << 24) | (byte << 16) | (byte << 8) | byte;
    }
  }
  const rotation = bits >> 7;
  const value = 0x80 | (bits & 0x7f);
  return (value >>> rotation) | (value << (32 - rotation));
}

/** The bits of a modified immediate constant, undefined if there are none: the repeated forms first, as GNU as does. */
export function constantBits(value: number): number | undefined {
  const word = value >>> 0;
  if (word < 0x100) return word;
  const low = word & 0xff;
  const second = (word >>> 8) & 0xff;
  if (word === low * 0x01010101) return 0x300 | low;
  if (word === low * 0x00010001) return 0x100 | low;
  if (word === second * 0x01000100) return 0x200 | second;
  const rotation = Math.clz32(word) + 8;
  if ((word << (rotation - 8)) << 8 !== 0) return undefined;
  return (rotation << 7) | ((word >>> (32 - rotation)) & 0x7f);
}

const signExtend = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

/** J1 and J2 are I1 and I2 inverted unless S is set; the exchange is its own inverse. `at` is the bit of J2. */
function exchangeJ(raw: number, sign: number, at: number): number {
  return sign !== 0 ? raw : raw ^ (3 << at);
}

/** The value that the bits of a field mean. */
export function decodeBits(codec: Codec, raw: number, width: number): number {
  switch (codec) {
    case Codec.UNSIGNED:
    case Codec.LIST:
      return raw;
    case Codec.UNSIGNED_2:
      return raw << 1;
    case Codec.UNSIGNED_4:
      return raw << 2;
    case Codec.NEGATIVE:
      return -raw | 0;
    case Codec.UP_DOWN:
      return raw >> (width - 1) !== 0 ? raw & ((1 << (width - 1)) - 1) : -raw | 0;
    case Codec.UP_DOWN_4:
      return decodeBits(Codec.UP_DOWN, raw, width) << 2;
    case Codec.PLUS_ONE:
      return raw + 1;
    case Codec.RIGHT_SHIFT:
      return raw === 0 ? 32 : raw;
    case Codec.BYTES:
      return raw << 3;
    case Codec.CONSTANT:
      return expandConstant(raw);
    case Codec.IMM16:
      return (raw & 0x7ff) | ((raw >> 15) << 11) | (((raw >> 11) & 15) << 12);
    case Codec.BRANCH:
      return signExtend(raw, width) << 1;
    case Codec.BRANCH_20: {
      // In the value J2 is above J1: S:J2:J1:imm6:imm11
      const imm = (raw & 0x7ff) | (((raw >> 13) & 0x3f) << 11) | (((raw >> 12) & 1) << 17) | (((raw >> 11) & 1) << 18);
      return signExtend(imm | ((raw >> 19) << 19), 20) << 1;
    }
    case Codec.BRANCH_24: {
      const plain = exchangeJ(raw, raw & (1 << 23), 11);
      const imm = (plain & 0x7ff) | (((plain >> 13) & 0x3ff) << 11) | (((plain >> 11) & 3) << 21);
      return signExtend(imm | ((plain >> 23) << 23), 24) << 1;
    }
    case Codec.LIST_LR:
      return (raw & 0xff) | ((raw >> 8) << 14);
    case Codec.LIST_PC:
      return (raw & 0xff) | ((raw >> 8) << 15);
    case Codec.LIST_STORE:
    case Codec.LIST_LOAD:
      return (raw & 0x1fff) | ((raw >> 13) << 14);
  }
}

function scaled(value: number, shift: number, width: number): number | undefined {
  return value >= 0 && value < 2 ** (width + shift) && value % (1 << shift) === 0 ? value / (1 << shift) : undefined;
}

function upDown(value: number, width: number, shift: number): number | undefined {
  const magnitude = scaled(Math.abs(value), shift, width - 1);
  if (magnitude === undefined) return undefined;
  return value < 0 || Object.is(value, -0) ? magnitude : magnitude | (1 << (width - 1));
}

function displacement(value: number, bits: number): number | undefined {
  const limit = 2 ** bits;
  return value % 2 === 0 && value >= -limit && value < limit ? (value / 2) & (limit - 1) : undefined;
}

function list(value: number, allowed: number): number | undefined {
  return (value & ~allowed) === 0 ? value : undefined;
}

/** The `width` bits that mean `value`, undefined if none do. */
export function encodeBits(codec: Codec, value: number, width: number): number | undefined {
  switch (codec) {
    case Codec.UNSIGNED:
      return scaled(value, 0, width);
    case Codec.UNSIGNED_2:
      return scaled(value, 1, width);
    case Codec.UNSIGNED_4:
      return scaled(value, 2, width);
    case Codec.NEGATIVE:
      return value <= 0 ? scaled(-value, 0, width) : undefined;
    case Codec.UP_DOWN:
      return upDown(value, width, 0);
    case Codec.UP_DOWN_4:
      return upDown(value, width, 2);
    case Codec.PLUS_ONE:
      return scaled(value - 1, 0, width);
    case Codec.RIGHT_SHIFT:
      return value >= 1 && value <= 32 ? value & 31 : undefined;
    case Codec.BYTES:
      return scaled(value, 3, width);
    case Codec.CONSTANT:
      return value >= -0x80000000 && value < 2 ** 32 ? constantBits(value) : undefined;
    case Codec.IMM16:
      if (scaled(value, 0, 16) === undefined) return undefined;
      return (value & 0x7ff) | (((value >> 11) & 1) << 15) | ((value >> 12) << 11);
    case Codec.BRANCH:
      return displacement(value, width);
    case Codec.BRANCH_20: {
      const imm = displacement(value, 20);
      if (imm === undefined) return undefined;
      const j = (((imm >> 17) & 1) << 12) | (((imm >> 18) & 1) << 11);
      return (imm & 0x7ff) | j | (((imm >> 11) & 0x3f) << 13) | ((imm >> 19) << 19);
    }
    case Codec.BRANCH_24: {
      const imm = displacement(value, 24);
      if (imm === undefined) return undefined;
      const raw = (imm & 0x7ff) | (((imm >> 21) & 3) << 11) | (((imm >> 11) & 0x3ff) << 13) | ((imm >> 23) << 23);
      return exchangeJ(raw, raw & (1 << 23), 11);
    }
    case Codec.LIST:
      return list(value, 0xff);
    case Codec.LIST_LR:
      return list(value, 0x40ff) === undefined ? undefined : (value & 0xff) | ((value >> 14) << 8);
    case Codec.LIST_PC:
      return list(value, 0x80ff) === undefined ? undefined : (value & 0xff) | ((value >> 15) << 8);
    case Codec.LIST_STORE:
      return list(value, 0x5fff) === undefined ? undefined : (value & 0x1fff) | ((value >> 14) << 13);
    case Codec.LIST_LOAD:
      return list(value, 0xdfff) === undefined ? undefined : (value & 0x1fff) | ((value >> 14) << 13);
  }
}

/** Type and amount of a constant shift as the operation sees them: `type << 8 | amount` (DecodeImmShift, A7.4.2). */
export function decodeShift(type: number, amount: number): number {
  if (type === Shift.LSL || amount !== 0) return (type << 8) | amount;
  return type === Shift.ROR ? (Shift.RRX << 8) | 1 : (type << 8) | 32;
}
