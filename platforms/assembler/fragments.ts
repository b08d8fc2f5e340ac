import type { Expression } from './expression.js';
import { Mistake } from './problems.js';
import type { Fragment, Place } from './section.js';

/** `size` bytes of a value, lowest first. */
export function littleEndian(value: bigint, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

/** The bytes of a data value, after a check that it fits as a signed or unsigned number. */
export function dataBytes(value: bigint, size: number): number[] {
  const bits = BigInt(8 * size);
  const minimum = -(1n << (bits - 1n));
  // Arithmetic is 64-bit: values with the highest bit set are negative here
  const maximum = (1n << bits) - 1n;
  if (value < minimum || value > maximum) {
    throw new Mistake(`${value} does not fit in ${size} ${size === 1 ? 'byte' : 'bytes'} (${minimum} to ${maximum})`);
  }
  return littleEndian(value, size);
}

/** A data value that needs addresses or later symbols. */
export function dataFragment(expression: Expression, size: number): Fragment {
  return { fixed: size, size: () => size, encode: (place) => dataBytes(place.value(expression), size) };
}

/** Bytes up to the next multiple of `alignment`. `maximum` 0 means no limit: a larger gap is left out. */
export function alignFragment(
  alignment: number,
  maximum: number,
  fill: (bytes: number) => readonly number[],
): Fragment {
  const gap = (place: Place): number => {
    const bytes = (alignment - (place.address % alignment)) % alignment;
    return maximum > 0 && bytes > maximum ? 0 : bytes;
  };
  let bytes = 0;
  return {
    alignment,
    size: (place) => (bytes = gap(place)),
    encode: () => fill(bytes),
  };
}

/** `.org`: bytes up to a place or offset of the same section. */
export function orgFragment(target: Expression, fill: number): Fragment {
  let distance: number | undefined = 0;
  return {
    size: (place, first) => {
      if (first) return 0;
      const offset = place.constant(target);
      distance = offset === undefined ? place.distance(target) : Number(offset) - place.address;
      return Math.max(distance ?? 0, 0);
    },
    encode: () => {
      if (distance === undefined) throw new Mistake('.org needs an offset or a label of the same section');
      if (distance < 0) throw new Mistake(`.org goes back by ${-distance} bytes: it can only go forward`);
      return new Uint8Array(distance).fill(fill);
    },
  };
}

/** `.space` whose length depends on labels. */
export function spaceFragment(length: Expression, fill: number): Fragment {
  let bytes: number | undefined = 0;
  return {
    size: (place, first) => {
      if (first) return 0;
      const value = place.constant(length);
      bytes = value === undefined ? undefined : Number(value);
      return Math.max(bytes ?? 0, 0);
    },
    encode: () => {
      if (bytes === undefined) throw new Mistake('length of the gap is not a number: a symbol is not defined');
      if (bytes < 0) throw new Mistake(`length of the gap is negative: ${bytes}`);
      return new Uint8Array(bytes).fill(fill);
    },
  };
}
