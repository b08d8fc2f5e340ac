import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fnv1a64 } from '../../platforms/machine/hash.js';
import { PhysicalMemory } from '../../platforms/machine/memory.js';

/** FNV-1a 64 as its definition reads, with BigInt. */
function reference(data: Iterable<number>): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of data) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, '0');
}

describe('Fnv1a64', () => {
  it('gives the published values', () => {
    expect(new Fnv1a64().digest()).toBe('cbf29ce484222325');
    expect(new Fnv1a64().text('a').digest()).toBe('af63dc4c8601ec8c');
    expect(new Fnv1a64().text('foobar').digest()).toBe('85944171f73967e8');
  });

  it('agrees with the definition on any bytes, at once and one by one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
        const single = new Fnv1a64();
        for (const byte of data) single.byte(byte);
        expect(new Fnv1a64().bytes(data).digest()).toBe(reference(data));
        expect(single.digest()).toBe(reference(data));
      }),
    );
  });

  it('takes words and integers as little-endian two’s complement', () => {
    expect(new Fnv1a64().word(0x80f1f2f3).digest()).toBe(reference([0xf3, 0xf2, 0xf1, 0x80]));
    expect(new Fnv1a64().word(-2).digest()).toBe(reference([0xfe, 0xff, 0xff, 0xff]));
    expect(new Fnv1a64().byte(0x1ff).digest()).toBe(reference([0xff]));
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const bits = BigInt.asUintN(64, BigInt(value));
        const bytes = Array.from({ length: 8 }, (_, i) => Number((bits >> BigInt(8 * i)) & 0xffn));
        expect(new Fnv1a64().integer(value).digest()).toBe(reference(bytes));
      }),
    );
  });

  it('tells lists apart that only differ in where one ends', () => {
    const one = new Fnv1a64().integers([1, 2]).integers([3]).digest();
    const other = new Fnv1a64().integers([1]).integers([2, 3]).digest();
    expect(one).not.toBe(other);
  });

  it('goes on after a digest', () => {
    const hash = new Fnv1a64().text('foo');
    hash.digest();
    expect(hash.text('bar').digest()).toBe(new Fnv1a64().text('foobar').digest());
  });
});

describe('the hash of a memory', () => {
  const ram = (): PhysicalMemory => new PhysicalMemory([{ kind: 'ram', start: 0, bytes: 0x10000 }], 16);
  const digest = (memory: PhysicalMemory): string => new Fnv1a64().memory(memory).digest();

  it('does not depend on what was touched or in which order', () => {
    const one = ram();
    const other = ram();
    one.write(0x1000, 4, 1, 0);
    one.write(0x5000, 4, 2, 0);
    other.touch(0x3000);
    other.write(0x5000, 4, 2, 0);
    other.write(0x2000, 4, 9, 0);
    other.write(0x2000, 4, 0, 0);
    other.write(0x1000, 4, 1, 0);
    expect(digest(one)).toBe(digest(other));
    expect(digest(ram())).toBe('cbf29ce484222325');
  });

  it('depends on contents and on the page they are in', () => {
    const at = (address: number, value: number): string => {
      const memory = ram();
      memory.write(address, 4, value, 0);
      return digest(memory);
    };
    expect(new Set([at(0x1000, 1), at(0x1000, 2), at(0x1004, 1), at(0x2000, 1)]).size).toBe(4);
  });
});
