import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressTag,
  alignmentMask,
  areBoundsExact,
  areBoundsWithin,
  baseOf,
  boundsTag,
  exponentOf,
  isRepresentable,
  isWithin,
  lengthOf,
  representableLength,
  saturatedTop,
  setBounds,
  setBoundsRoundDown,
  topOf,
} from '../../../platforms/cheri/hardware/capability-bounds.js';
import { MEMORY_ROOT, withType } from '../../../platforms/cheri/hardware/capability.js';
import { bounds, fieldsOf, longestWithin, smallestBounds, unsigned } from './model.js';

const hex = (value: number): string => (value >>> 0).toString(16);

const words = fc.integer();

/** Near the ends of the address space, near multiples of powers of two, and anything. */
const addresses = fc.oneof(
  words,
  fc.integer({ min: -600, max: 600 }),
  fc
    .tuple(fc.integer({ min: 0, max: 31 }), fc.nat(1023), fc.integer({ min: -2, max: 2 }))
    .map(([shift, n, off]) => ((n << shift) + off) | 0),
);

/** Of every magnitude, and near what an exponent can hold exactly. */
const lengths = fc.oneof(
  fc.tuple(words, fc.integer({ min: 0, max: 31 })).map(([n, shift]) => n >>> shift),
  fc
    .tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 508, max: 514 }), fc.integer({ min: -2, max: 2 }))
    .map(([shift, n, off]) => ((n << shift) + off) >>> 0),
);

/** A request that fits the address space, as a tagged result needs. */
const requests = fc
  .tuple(addresses, lengths)
  .filter(([address, length]) => unsigned(address) + unsigned(length) <= 1n << 32n);

/** A tagged capability: one or two steps from the memory root, its address anywhere that keeps the tag. */
const capabilities = fc.tuple(requests, lengths, lengths).map(([[start, length], inward, step]) => {
  let metadata = setBounds(MEMORY_ROOT, start, length);
  let address = start;
  const next = (address + inward) | 0;
  if (isRepresentable(metadata, address, next)) {
    address = next;
    const shorter = length >>> (inward & 3);
    if (boundsTag(1, metadata, address, shorter) === 1) metadata = setBounds(metadata, address, shorter);
  }
  const moved = (address + step) | 0;
  return { metadata, address: isRepresentable(metadata, address, moved) ? moved : address };
});

describe('decoding of bounds', () => {
  it('gives base and top of the definition for any word at all', () => {
    fc.assert(
      fc.property(words, addresses, (metadata, address) => {
        const { base, top } = bounds(metadata, address);
        expect(unsigned(baseOf(metadata, address))).toBe(base);
        expect(BigInt(topOf(metadata, address))).toBe(top);
        expect(exponentOf(metadata)).toBe(fieldsOf(metadata).exponent);
        const saturated = (value: bigint): bigint => (value >= 1n << 32n ? 0xffffffffn : value);
        expect(unsigned(saturatedTop(metadata, address))).toBe(saturated(top));
        expect(unsigned(lengthOf(metadata, address))).toBe(saturated(BigInt.asUintN(33, top - base)));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives the whole address space for a root', () => {
    for (const address of [0, 1, -1, 0x80000000 | 0]) {
      expect(baseOf(MEMORY_ROOT, address)).toBe(0);
      expect(topOf(MEMORY_ROOT, address)).toBe(2 ** 32);
      expect(lengthOf(MEMORY_ROOT, address)).toBe(-1);
    }
  });
});

describe('setBounds', () => {
  // research/cheri-cheriot.md 1.7: address, length, exponent, B, T, exact, base, top, word of the memory root
  it.each<[number, number, number, number, number, boolean, number, number, string]>([
    [0x00001000, 0x40, 0, 0x000, 0x040, true, 0x00001000, 0x000001040, '7e008000'],
    [0x20040000, 0x1ff, 0, 0x000, 0x1ff, true, 0x20040000, 0x0200401ff, '7e03fe00'],
    [0x20040000, 0x200, 1, 0x000, 0x100, true, 0x20040000, 0x020040200, '7e060000'],
    [0x20040001, 0x1ff, 0, 0x001, 0x000, true, 0x20040001, 0x020040200, '7e000001'],
    [0x20040010, 0x1000, 4, 0x001, 0x101, true, 0x20040010, 0x020041010, '7e120201'],
    [0x20040003, 0x1001, 4, 0x000, 0x101, false, 0x20040000, 0x020041010, '7e120200'],
    [0x80000000, 0x40000, 10, 0x000, 0x100, true, 0x80000000, 0x080040000, '7e2a0000'],
    [0x00100000, 0x20000, 9, 0x000, 0x100, true, 0x00100000, 0x000120000, '7e260000'],
    [0x00000200, 0x7fc000, 24, 0x000, 0x001, false, 0x00000000, 0x001000000, '7e3c0200'],
    [0x00000000, 0x7fc000, 14, 0x000, 0x1ff, true, 0x00000000, 0x0007fc000, '7e3bfe00'],
    [0x00000000, 0x7fc001, 24, 0x000, 0x001, false, 0x00000000, 0x001000000, '7e3c0200'],
    [0x12345678, 0x12345, 8, 0x056, 0x17a, false, 0x12345600, 0x012357a00, '7e22f456'],
    [0xfffffff0, 0x10, 0, 0x1f0, 0x000, true, 0xfffffff0, 0x100000000, '7e0001f0'],
  ])('of %x + %x is as the architecture has it', (address, length, exponent, B, T, exact, base, top, word) => {
    const metadata = setBounds(MEMORY_ROOT, address | 0, length);
    expect(hex(metadata)).toBe(word);
    expect(fieldsOf(metadata)).toMatchObject({ exponent, base: B, top: T });
    expect(baseOf(metadata, address | 0) >>> 0).toBe(base);
    expect(topOf(metadata, address | 0)).toBe(top);
    expect(areBoundsExact(address | 0, length)).toBe(exact);
  });

  it('holds the request in the smallest bounds that have an encoding, and says whether they are exact', () => {
    fc.assert(
      fc.property(requests, ([address, length]) => {
        const metadata = setBounds(MEMORY_ROOT, address, length);
        const { exponent, base, top } = smallestBounds(address, length);
        expect(exponentOf(metadata)).toBe(exponent);
        expect(bounds(metadata, address)).toEqual({ base, top });
        const [from, to] = [unsigned(address), unsigned(address) + unsigned(length)];
        expect(base <= from && to <= top).toBe(true);
        expect(areBoundsExact(address, length)).toBe(base === from && top === to);
      }),
      { numRuns: 3000 },
    );
  });

  it('changes nothing but the bounds', () => {
    fc.assert(
      fc.property(words, requests, (metadata, [address, length]) => {
        expect(setBounds(metadata, address, length) >>> 22).toBe(metadata >>> 22);
        expect(setBoundsRoundDown(metadata, address, length) >>> 22).toBe(metadata >>> 22);
      }),
    );
  });

  it('keeps the tag only if the request lies in the bounds and the source is not sealed', () => {
    fc.assert(
      fc.property(capabilities, lengths, ({ metadata, address }, length) => {
        const { base, top } = bounds(metadata, address);
        const within = unsigned(address) >= base && unsigned(address) + unsigned(length) <= top;
        expect(boundsTag(1, metadata, address, length)).toBe(within ? 1 : 0);
        expect(boundsTag(0, metadata, address, length)).toBe(0);
        expect(boundsTag(1, withType(metadata, 3), address, length)).toBe(0);
      }),
      { numRuns: 3000 },
    );
  });

  it('of a tagged capability stays inside its bounds, rounded or not', () => {
    fc.assert(
      fc.property(capabilities, lengths, ({ metadata, address }, length) => {
        fc.pre(boundsTag(1, metadata, address, length) === 1);
        for (const set of [setBounds, setBoundsRoundDown]) {
          const derived = set(metadata, address, length);
          expect(areBoundsWithin(metadata, address, derived, address)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('setBoundsRoundDown', () => {
  // research/cheri-cheriot.md 1.7: address, length, exponent, B, T, length of the result
  it.each<[number, number, number, number, number, number]>([
    [0x1008, 0x1234, 3, 0x001, 0x000, 0xff8],
    [0x20041010, 0x1f00, 4, 0x101, 0x0f1, 0x1f00],
    [0x20041010, 0x2000, 4, 0x101, 0x100, 0x1ff0],
    [0x1001, 0x800, 0, 0x001, 0x000, 0x1ff],
  ])('of %x + %x is as the architecture has it', (address, length, exponent, base, top, result) => {
    const metadata = setBoundsRoundDown(MEMORY_ROOT, address, length);
    expect(fieldsOf(metadata)).toMatchObject({ exponent, base, top });
    expect(lengthOf(metadata, address)).toBe(result);
    expect(baseOf(metadata, address)).toBe(address);
  });

  it('has exactly the address as base and the longest length that fits, never more than was asked for', () => {
    fc.assert(
      fc.property(requests, ([address, length]) => {
        const { base, top } = bounds(setBoundsRoundDown(MEMORY_ROOT, address, length), address);
        expect(base).toBe(unsigned(address));
        expect(top - base).toBe(longestWithin(address, length));
        expect(top - base <= unsigned(length)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('CRAM and CRRL', () => {
  // research/cheri-cheriot.md 1.7: length, mask, representable length
  it.each<[number, number, number]>([
    [0x3fe, 0xfffffffe, 0x3fe],
    [0x3ff, 0xfffffffc, 0x400],
    [0x1001, 0xfffffff0, 0x1010],
    [0xffff, 0xffffff00, 0x10000],
    [0x12345, 0xffffff00, 0x12400],
    [0x7fc001, 0xff000000, 0x1000000],
    [0xffffffff, 0xff000000, 0],
  ])('of %x are as the architecture has them', (length, mask, representable) => {
    expect(alignmentMask(length) >>> 0).toBe(mask);
    expect(representableLength(length) >>> 0).toBe(representable);
  });

  it('make bounds exact: an address under the mask with the representable length', () => {
    fc.assert(
      fc.property(addresses, lengths, (address, length) => {
        const representable = representableLength(length);
        const aligned = address & alignmentMask(length);
        expect(areBoundsExact(aligned, representable)).toBe(true);
        const wanted = unsigned(representable) === 0n && length !== 0 ? 1n << 32n : unsigned(representable);
        expect(wanted >= unsigned(length)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('change of the address', () => {
  it('keeps the tag exactly if both bounds stay', () => {
    const near = fc.tuple(capabilities, fc.oneof(addresses, fc.nat(1100))).map(([capability, by]) => ({
      ...capability,
      // Around the bounds, around the end of the window, and anywhere
      to: (by & 1) === 0 ? by : (baseOf(capability.metadata, capability.address) + by - 550) | 0,
    }));
    fc.assert(
      fc.property(near, ({ metadata, address, to }) => {
        const before = bounds(metadata, address);
        const after = bounds(metadata, to);
        const same = before.base === after.base && before.top === after.top;
        expect(addressTag(1, metadata, address, to)).toBe(same ? 1 : 0);
        expect(addressTag(0, metadata, address, to)).toBe(0);
        expect(addressTag(1, withType(metadata, 2), address, to)).toBe(0);
      }),
      { numRuns: 5000 },
    );
  });

  it('of a tagged capability may go to any address within its bounds, and one past them', () => {
    fc.assert(
      fc.property(capabilities, words, ({ metadata, address }, at) => {
        const { base, top } = bounds(metadata, address);
        const to = base + (unsigned(at) % (top - base + 1n));
        fc.pre(to < 1n << 32n && exponentOf(metadata) !== 24);
        // Beyond 511 units of length there is nothing: the top is always in the window
        expect(isRepresentable(metadata, address, Number(to) | 0)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('isWithin', () => {
  it('says for any access what comparing with base and top says', () => {
    const accesses = fc.tuple(capabilities, addresses, fc.constantFrom(1, 2, 4, 8), fc.nat(3)).map((generated) => {
      const [{ metadata, address }, offset, size, kind] = generated;
      const near = [0, baseOf(metadata, address), topOf(metadata, address) | 0, address][kind];
      const at = kind === 0 ? offset : (near + (offset % 12)) | 0;
      return { metadata, address, at, size };
    });
    fc.assert(
      fc.property(accesses, ({ metadata, address, at, size }) => {
        const { base, top } = bounds(metadata, address);
        const within = unsigned(at) >= base && unsigned(at) + BigInt(size) <= top;
        expect(isWithin(metadata, address, at, size)).toBe(within);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('areBoundsWithin', () => {
  it('compares the decoded bounds of any two words', () => {
    fc.assert(
      fc.property(words, addresses, words, addresses, (outer, outerAddress, inner, innerAddress) => {
        const o = bounds(outer, outerAddress);
        const i = bounds(inner, innerAddress);
        expect(areBoundsWithin(outer, outerAddress, inner, innerAddress)).toBe(i.base >= o.base && i.top <= o.top);
      }),
    );
  });
});
