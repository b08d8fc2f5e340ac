import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFlash, FLASH_NAMES, type FlashModel } from '../../../platforms/mpu-rtos/hardware/flash.js';

/** Runs fetches of consecutive words, `cyclesPerWord` cycles of execution each. @returns extra cycles of each. */
function run(flash: FlashModel, addresses: readonly number[], start = 0, cyclesPerWord = 1): number[] {
  let now = start;
  return addresses.map((address) => {
    const extra = flash.fetch(address, now);
    now += extra + cyclesPerWord;
    return extra;
  });
}

const words = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + 4 * i);

describe('flash models', () => {
  it('zero never waits, wait always does', () => {
    expect(run(createFlash('zero', 4), words(0, 4))).toEqual([0, 0, 0, 0]);
    const wait = createFlash('wait', 3);
    expect(run(wait, words(0, 4))).toEqual([3, 3, 3, 3]);
    expect(wait.read(0, 100)).toBe(3);
  });

  it('refuse wait states out of range', () => {
    for (const waitStates of [-1, 16, 1.5]) {
      expect(() => createFlash('wait', waitStates)).toThrow(/wait states: must be 0 to 15/);
    }
  });

  it('with an accelerator and no wait states cost at most the conflicts of one array', () => {
    const flash = createFlash('stm32l4', 0);
    expect(run(flash, words(0x08000000, 64), 0, 2).every((extra) => extra === 0)).toBe(true);
  });
});

describe('STM32L4 accelerator at 4 wait states', () => {
  const create = (): FlashModel => createFlash('stm32l4', 4);

  it('waits 4 cycles for the first 64 bits, and for the rest of each prefetch after', () => {
    // Word 2 is asked for 2 cycles after word 0 came, its prefetch started 1 cycle after: 4 - 1 = 3 left.
    expect(run(create(), words(0x08000000, 6))).toEqual([4, 0, 3, 0, 3, 0]);
    // With 5 cycles per 64 bits and more, prefetching hides everything.
    expect(run(create(), words(0x08000000, 6), 0, 3)).toEqual([4, 0, 0, 0, 0, 0]);
  });

  it('fetches branch targets from the cache the second time, and runs on by prefetch', () => {
    const flash = create();
    const loop = [0x08000000, 0x08000100, 0x08000200];
    expect(run(flash, [...loop, ...loop, ...loop], 0, 100)).toEqual([4, 4, 4, 0, 0, 0, 0, 0, 0]);
  });

  it('holds 32 lines of 32 bytes and forgets the one used longest ago', () => {
    const flash = create();
    const targets = Array.from({ length: 33 }, (_, i) => 0x08000000 + 0x40 * i);
    run(flash, targets.slice(0, 32), 0, 100);
    expect(run(flash, [targets[0]], 10000, 100)).toEqual([0]);
    expect(run(flash, [targets[32]], 20000, 100)).toEqual([4]); // takes the place of targets[1]
    expect(run(flash, [targets[0], targets[2], targets[31]], 30000, 100)).toEqual([0, 0, 0]);
    expect(run(flash, [targets[1]], 40000, 100)).toEqual([4]);
  });

  it('has a data cache of its own, of 8 lines', () => {
    const flash = create();
    const tables = Array.from({ length: 9 }, (_, i) => 0x08001000 + 32 * i);
    const read = (address: number, now: number): number => flash.read(address, now);
    expect(tables.slice(0, 8).map((address, i) => read(address, 100 * i))).toEqual(Array(8).fill(4));
    expect(tables.slice(0, 8).map((address, i) => read(address, 1000 + 100 * i))).toEqual(Array(8).fill(0));
    expect(read(tables[8], 5000)).toBe(4);
    expect(read(tables[0], 6000)).toBe(4);
    expect(read(tables[0] + 8, 6100)).toBe(4); // the next 64 bits of the line are not there yet
    expect(read(tables[0] + 12, 6200)).toBe(0);
  });

  it('lets a data read wait for a prefetch under way', () => {
    const flash = create();
    expect(flash.fetch(0x08000000, 0)).toBe(4); // array busy in 0 to 4, prefetch in 5 to 9
    expect(flash.read(0x08001000, 6)).toBe(4 + 4);
  });

  it('never costs less than nothing, repeats itself, and is saved whole', () => {
    const access = fc.record({ offset: fc.nat(0x3ff), isData: fc.boolean(), gap: fc.nat(6) });
    fc.assert(
      fc.property(
        fc.constantFrom(...FLASH_NAMES),
        fc.array(access, { maxLength: 80 }),
        fc.nat(80),
        (name, list, cut) => {
          const play = (flash: FlashModel, part: typeof list, start: number): number[] => {
            let now = start;
            return part.map(({ offset, isData, gap }) => {
              now += gap;
              const address = 0x08000000 + offset - (offset % 4);
              const extra = isData ? flash.read(address, now) : flash.fetch(address, now);
              now += extra + 1;
              return extra;
            });
          };
          const whole = createFlash(name, 4);
          const extras = play(whole, list, 0);
          expect(extras.every((extra) => extra >= 0 && extra <= 4 + 5 + 5)).toBe(true);
          const first = createFlash(name, 4);
          const head = play(first, list.slice(0, cut), 0);
          const second = createFlash(name, 4);
          second.load(first.save());
          const elapsed = list.slice(0, cut).reduce((sum, { gap }, i) => sum + gap + head[i] + 1, 0);
          expect([...head, ...play(second, list.slice(cut), elapsed)]).toEqual(extras);
          whole.reset();
          expect(play(whole, list, 0)).toEqual(extras);
        },
      ),
      { numRuns: 300 },
    );
  });
});
