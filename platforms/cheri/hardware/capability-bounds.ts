import { isSealed } from './capability.js';

/**
 * Bounds of a capability: nine bits each of base and top at the capability's exponent, and the address, whose high bits
 * they share (CHERIoT Architecture 1.0, section "Bounds encoding"; cheriot-ibex a3e4caf, rtl/cheri_pkg.sv).
 *
 * The base is a 32-bit integer, the top a Number up to 2^33 - 1: of a tagged capability it is 2^32 at most.
 */

const BOUND_BITS = 9;
const BOUND_MASK = 0x1ff;
const TOP_SHIFT = 9;
const EXPONENT_SHIFT = 18;

/** Stored exponent 15 means 24, so that a capability can span everything. */
const STORED_LARGEST = 15;
const LARGEST_EXPONENT = 24;
/** Largest exponent below that. */
const FINE_EXPONENT = 14;

/** Exponent of the bounds: 0 to 14, or 24. */
export function exponentOf(metadata: number): number {
  const stored = (metadata >>> EXPONENT_SHIFT) & 15;
  return stored === STORED_LARGEST ? LARGEST_EXPONENT : stored;
}

/** Lowest address, as a 32-bit integer. */
export function baseOf(metadata: number, address: number): number {
  const exponent = exponentOf(metadata);
  const base = metadata & BOUND_MASK;
  if (exponent === LARGEST_EXPONENT) return base << LARGEST_EXPONENT;
  // The bits above those of the base are the address's, less a borrow if the address has wrapped past the base
  const borrow = ((address >>> exponent) & BOUND_MASK) < base ? 1 : 0;
  return (((((address >>> exponent) >>> BOUND_BITS) - borrow) << (exponent + BOUND_BITS)) + (base << exponent)) | 0;
}

/** One past the highest address, 0 to 2^33 - 1. */
export function topOf(metadata: number, address: number): number {
  const exponent = exponentOf(metadata);
  const base = metadata & BOUND_MASK;
  const top = (metadata >>> TOP_SHIFT) & BOUND_MASK;
  if (exponent === LARGEST_EXPONENT) return top * 2 ** LARGEST_EXPONENT;
  const middle = (address >>> exponent) & BOUND_MASK;
  const carry = (top < base ? 1 : 0) - (middle < base ? 1 : 0);
  const value = ((((address >>> exponent) >>> BOUND_BITS) + carry) * (1 << BOUND_BITS) + top) * (1 << exponent);
  // 33 bits: below zero it wraps
  return value < 0 ? value + 2 ** 33 : value;
}

/** True if a tagged capability's bounds hold nothing. */
export const isEmpty = (metadata: number): boolean => (((metadata >>> TOP_SHIFT) ^ metadata) & BOUND_MASK) === 0;

/** Length less one of a tagged capability, as a 32-bit integer: -1 also of an empty one. */
export const spanOf = (metadata: number): number =>
  (((((metadata >>> TOP_SHIFT) - metadata) & BOUND_MASK) << exponentOf(metadata)) - 1) | 0;

const SATURATED = -1;

/** CGetTop: the top as a 32-bit integer, all ones if it does not fit. */
export function saturatedTop(metadata: number, address: number): number {
  const top = topOf(metadata, address);
  return top >= 2 ** 32 ? SATURATED : top | 0;
}

/** CGetLen: the length as a 32-bit integer, all ones if it does not fit, in 33-bit arithmetic. */
export function lengthOf(metadata: number, address: number): number {
  const length = topOf(metadata, address) - (baseOf(metadata, address) >>> 0);
  return length < 0 || length >= 2 ** 32 ? SATURATED : length | 0;
}

/**
 * True if `size` bytes from `at` lie within a tagged capability's bounds; `at` is any 32-bit integer, size is small. For
 * the addresses of loads, stores and fetches: the common exponents take only integer operations.
 */
export function isWithin(metadata: number, address: number, at: number, size: number): boolean {
  const exponent = exponentOf(metadata);
  const top = (metadata >>> TOP_SHIFT) & BOUND_MASK;
  if (exponent === LARGEST_EXPONENT) {
    const from = at >>> 0;
    return from >= (metadata << LARGEST_EXPONENT) >>> 0 && from + size <= top * 2 ** LARGEST_EXPONENT;
  }
  // At most 511 << 14: offset and length are small, and an address outside has a large or negative offset
  const offset = (at - baseOf(metadata, address)) | 0;
  return offset >= 0 && offset <= (((top - metadata) & BOUND_MASK) << exponent) - size;
}

/** True if a tagged capability keeps its bounds when its address becomes `to`. */
export function isRepresentable(metadata: number, address: number, to: number): boolean {
  const exponent = exponentOf(metadata);
  if (exponent === LARGEST_EXPONENT) return true;
  const base = baseOf(metadata, address) >>> 0;
  return to >>> 0 >= base && (to >>> 0) - base < 1 << (exponent + BOUND_BITS);
}

/** CSetAddr, CIncAddr, AUICGP and AUIPCC: the tag with the new address; the metadata stays. */
export const addressTag = (tag: number, metadata: number, address: number, to: number): number =>
  tag !== 0 && !isSealed(metadata) && isRepresentable(metadata, address, to) ? tag : 0;

/** Number of bits of the part of a length that nine bits cannot hold: the smallest exponent that may do. */
const exponentFor = (length: number): number => 32 - Math.clz32(length >>> BOUND_BITS);

/** One of the bounds in units of 2^exponent, ten bits; `carry` is bit 32 of the address. */
const unitsOf = (address: number, carry: number, exponent: number): number =>
  ((address >>> exponent) | (exponent === LARGEST_EXPONENT ? carry << (32 - LARGEST_EXPONENT) : 0)) & 0x3ff;

const withBounds = (metadata: number, exponent: number, base: number, top: number): number =>
  (metadata & ~0x3fffff) |
  ((exponent === LARGEST_EXPONENT ? STORED_LARGEST : exponent) << EXPONENT_SHIFT) |
  ((top & BOUND_MASK) << TOP_SHIFT) |
  (base & BOUND_MASK);

/** The smallest exponent at which the bounds, rounded outward, fit nine bits. */
function outwardExponent(address: number, length: number): number {
  const first = exponentFor(length);
  const exponent = first > FINE_EXPONENT ? LARGEST_EXPONENT : first;
  // Rounding can make the length one unit too long
  if (outwardTop(address, length, exponent) - unitsOf(address, 0, exponent) <= BOUND_MASK) return exponent;
  return exponent === FINE_EXPONENT ? LARGEST_EXPONENT : exponent + 1;
}

/** Top in units, rounded up, with the high bits taken from the base's: never below it. */
function outwardTop(address: number, length: number, exponent: number): number {
  const end = (address + length) | 0;
  const carry = end >>> 0 < address >>> 0 ? 1 : 0;
  const rounded = unitsOf(end, carry, exponent) + ((end & ((1 << exponent) - 1)) === 0 ? 0 : 1);
  const base = unitsOf(address, 0, exponent);
  return base + ((rounded - base) & 0x3ff);
}

/** CSetBounds: metadata of the smallest representable bounds that hold `length` bytes from the address. */
export function setBounds(metadata: number, address: number, length: number): number {
  const exponent = outwardExponent(address, length);
  return withBounds(metadata, exponent, unitsOf(address, 0, exponent), outwardTop(address, length, exponent));
}

/** True if `setBounds` gives exactly the bounds that were asked for. */
export const areBoundsExact = (address: number, length: number): boolean =>
  ((address | (address + length)) & ((1 << outwardExponent(address, length)) - 1)) === 0;

/** CSetBoundsRoundDown: metadata of the longest representable bounds of at most `length` bytes from exactly the address. */
export function setBoundsRoundDown(metadata: number, address: number, length: number): number {
  const forLength = exponentFor(length);
  const aligned = address === 0 ? 32 : 31 - Math.clz32(address & -address);
  const exponent = Math.min(FINE_EXPONENT, forLength, aligned);
  const base = address >>> exponent;
  const top = forLength > aligned || forLength > FINE_EXPONENT ? base - 1 : (address + length) >>> exponent;
  return withBounds(metadata, exponent, base, top);
}

/**
 * CSetBounds, CSetBoundsExact, CSetBoundsImm and CSetBoundsRoundDown: the tag. What counts is that the bounds asked for lie
 * within those of the source. CSetBoundsExact also needs `areBoundsExact`.
 */
export function boundsTag(tag: number, metadata: number, address: number, length: number): number {
  if (tag === 0 || isSealed(metadata)) return 0;
  const from = address >>> 0;
  const within = from >= baseOf(metadata, address) >>> 0 && from + (length >>> 0) <= topOf(metadata, address);
  return within ? tag : 0;
}

/** CRAM: the mask of addresses at which bounds of this length are exact, as a 32-bit integer. */
export const alignmentMask = (length: number): number => -1 << outwardExponent(0, length);

/** CRRL: the length that the bounds of this length get, as a 32-bit integer; 0 for 2^32. */
export function representableLength(length: number): number {
  const mask = alignmentMask(length);
  return (length + ~mask) & mask;
}

/** The bounds part of CTestSubset: those of the second capability lie within those of the first, tagged or not. */
export const areBoundsWithin = (
  metadata: number,
  address: number,
  innerMetadata: number,
  innerAddress: number,
): boolean =>
  baseOf(innerMetadata, innerAddress) >>> 0 >= baseOf(metadata, address) >>> 0 &&
  topOf(innerMetadata, innerAddress) <= topOf(metadata, address);
