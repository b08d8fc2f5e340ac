/**
 * The capability arithmetic once more, from the definitions of research/cheri-cheriot.md 1.5 and 1.7 and in BigInt: slow,
 * and with nothing in common with the engine's.
 */

/** Fields of a metadata word. */
export interface Fields {
  readonly permissions: number;
  readonly type: number;
  readonly exponent: number;
  readonly top: number;
  readonly base: number;
}

export function fieldsOf(metadata: number): Fields {
  const stored = (metadata >>> 18) & 15;
  return {
    permissions: (metadata >>> 25) & 63,
    type: (metadata >>> 22) & 7,
    exponent: stored === 15 ? 24 : stored,
    top: (metadata >>> 9) & 511,
    base: metadata & 511,
  };
}

export const unsigned = (value: number): bigint => BigInt(value >>> 0);

/** Base and top as the decoding formulas have them. */
export function bounds(metadata: number, address: number): { readonly base: bigint; readonly top: bigint } {
  const { exponent, top, base } = fieldsOf(metadata);
  const e = BigInt(exponent);
  const a = unsigned(address);
  const middle = (a >> e) & 511n;
  const addressHigh = middle < BigInt(base) ? 1n : 0n;
  const topHigh = top < base ? 1n : 0n;
  const high = a >> (e + 9n);
  return {
    base: BigInt.asUintN(32, ((high - addressHigh) * 512n + BigInt(base)) << e),
    top: BigInt.asUintN(33, ((high + topHigh - addressHigh) * 512n + BigInt(top)) << e),
  };
}

/** Every exponent, with 24 last. */
const EXPONENTS = [...Array.from({ length: 15 }, (_, e) => BigInt(e)), 24n];

/** The smallest bounds that hold [address, address + length) and have an encoding: found by trying all exponents. */
export function smallestBounds(
  address: number,
  length: number,
): { readonly exponent: number; readonly base: bigint; readonly top: bigint } {
  const from = unsigned(address);
  const to = from + unsigned(length);
  for (const e of EXPONENTS) {
    const base = (from >> e) << e;
    const top = ((to + (1n << e) - 1n) >> e) << e;
    if (top - base < 512n << e) return { exponent: Number(e), base, top };
  }
  throw new RangeError('exponent 24 holds everything');
}

/** The longest exact-base bounds of at most this length: found by trying all exponents. */
export function longestWithin(address: number, length: number): bigint {
  const from = unsigned(address);
  const wanted = unsigned(length);
  const lengths = EXPONENTS.slice(0, 15)
    .filter((e) => from % (1n << e) === 0n)
    .map((e) => {
      const units = wanted >> e;
      return (units < 511n ? units : 511n) << e;
    });
  return lengths.reduce((longest, length) => (length > longest ? length : longest), 0n);
}

/** Names of the twelve permissions, bit 0 first. */
const NAMES = ['GL', 'LG', 'SD', 'LM', 'SL', 'LD', 'MC', 'SR', 'EX', 'US', 'SE', 'U0'] as const;
type Name = (typeof NAMES)[number];

export const names = (mask: number): Set<Name> => new Set(NAMES.filter((_, bit) => ((mask >>> bit) & 1) === 1));
export const mask = (set: ReadonlySet<Name>): number =>
  NAMES.reduce((bits, name, bit) => (set.has(name) ? bits | (1 << bit) : bits), 0);

/** All that compression leaves of a set of permissions. */
export function kept(set: ReadonlySet<Name>): Set<Name> {
  const has = (...wanted: readonly Name[]): boolean => wanted.every((name) => set.has(name));
  const format = ((): readonly Name[] => {
    if (has('EX', 'LD', 'MC')) return ['EX', 'LD', 'MC', 'SR', 'LM', 'LG'];
    if (has('LD', 'MC', 'SD')) return ['LD', 'MC', 'SD', 'SL', 'LM', 'LG'];
    if (has('LD', 'MC')) return ['LD', 'MC', 'LM', 'LG'];
    if (has('SD', 'MC')) return ['SD', 'MC'];
    if (has('LD') || has('SD')) return ['LD', 'SD'];
    return ['U0', 'SE', 'US'];
  })();
  return new Set([...set].filter((name) => name === 'GL' || format.includes(name)));
}
