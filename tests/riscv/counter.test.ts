import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Counter, withWord } from '../../platforms/riscv/counter.js';

const MASK = (1n << 64n) - 1n;
const anyValue = fc.bigInt(0n, MASK);
const anyCount = fc.integer({ min: 0, max: 2 ** 52 - 1 });

/** Both words as a value. */
const read = (counter: Counter): bigint => (BigInt(counter.word(1) >>> 0) << 32n) | BigInt(counter.word(0) >>> 0);

describe('Counter', () => {
  test('counts with the engine from what was set, modulo 2^64', () => {
    fc.assert(
      fc.property(anyValue, anyCount, anyCount, fc.constantFrom(0 as const, 1 as const), (value, from, more, later) => {
        let count = from;
        const counter = new Counter(() => count);
        counter.set(value, later);
        count += more + later;
        expect(read(counter)).toBe((value + BigInt(more)) & MASK);
      }),
    );
  });

  test('stands still from when a stop takes effect, and loses the cycles until it goes on', () => {
    fc.assert(
      fc.property(anyCount, fc.nat(9999), fc.nat(9999), fc.nat(9999), (from, before, between, after) => {
        let count = from;
        const counter = new Counter(() => count);
        count += before;
        counter.stop(true, 1);
        const held = BigInt(from + before + 1);
        count += between + 1;
        expect(read(counter)).toBe(held);
        counter.add(1n);
        expect(read(counter)).toBe(held);
        counter.stop(false, 1);
        count += after + 1;
        expect(read(counter)).toBe(held + BigInt(after));
      }),
    );
  });

  test('a value set while it stands still is read as it was set', () => {
    fc.assert(
      fc.property(anyValue, anyCount, (value, from) => {
        let count = from;
        const counter = new Counter(() => count);
        counter.stop(true);
        counter.set(value, 1);
        count += 7;
        expect(read(counter)).toBe(value);
      }),
    );
  });

  test('save and load keep it', () => {
    fc.assert(
      fc.property(anyValue, anyCount, fc.boolean(), (value, from, still) => {
        const counter = new Counter(() => from);
        counter.stop(still);
        counter.set(value);
        const copy = new Counter(() => from);
        copy.load(...counter.save(), still);
        expect(read(copy)).toBe(value);
      }),
    );
  });
});

test('withWord replaces one word of 64 bits', () => {
  fc.assert(
    fc.property(anyValue, fc.integer(), (value, by) => {
      const word = BigInt(by >>> 0);
      expect(withWord(value, 0, by)).toBe((value & ~0xffffffffn) | word);
      expect(withWord(value, 1, by)).toBe((value & 0xffffffffn) | (word << 32n));
    }),
  );
});
