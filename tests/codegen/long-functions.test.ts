import { describe, expect, test } from 'vitest';
import { FunctionLibrary } from '../../workloads/language/build/library.js';
import { DATA, readMemory } from './run-rv32.js';
import { M0PLUS, M4 } from './targets.js';

/* Branches, literals and jumps have a reach: functions that go beyond it, in one block and in many. */

const WORDS = 300;
const BRANCHES = 110;

describe.each([M0PLUS, M4])('$name', (target) => {
  const run = (functions: FunctionLibrary, given: readonly number[]) => {
    const text = target.compile(functions.functions, { optimise: true, few: false });
    const called = target.call(target.assemble(text, 'main'), given);
    expect(called.stop).toEqual({ kind: 'exit', code: 0 });
    return { ...called, text };
  };

  test('a loop around hundreds of numbers that no instruction contains', () => {
    const library = new FunctionLibrary();
    library.function('main', ['reference', 'word'], ['word'], (f, data, rounds) => {
      const total = f.word('total', 0);
      f.repeat(rounds, (i) => {
        f.mark('round');
        for (let n = 0; n < WORDS; n++) f.storeWord(data, i.add((0x12345678 + 0x01010101 * n) >>> 0), 4 * (n % 16));
        f.set(total, total.add(f.loadWord(data, 0)));
      });
      f.return(total);
    });
    const last = (n: number): number => 0x12345678 + 0x01010101 * (WORDS - 1 - ((WORDS - 1 - n) % 16));
    const { result, machine } = run(library, [DATA, 3]);
    expect(result).toBe((3 * last(0) + 3) >>> 0);
    const memory = new Uint32Array(readMemory(machine, DATA, 64).buffer);
    expect([...memory]).toEqual(Array.from({ length: 16 }, (_, n) => (last(n) + 2) >>> 0));
  });

  test('a loop around more than a hundred branches', () => {
    const library = new FunctionLibrary();
    library.function('main', ['word', 'word'], ['word'], (f, given, rounds) => {
      const total = f.word('total', given);
      f.repeat(rounds, () => {
        for (let n = 1; n <= BRANCHES; n++) {
          f.if(
            total.remainderUnsigned(n).above(n >> 1),
            () => f.set(total, total.add(7 * n)),
            () => f.set(total, total.xor(n << 3)),
          );
        }
      });
      f.return(total);
    });
    let total = 123456;
    for (let round = 0; round < 4; round++) {
      for (let n = 1; n <= BRANCHES; n++) total = (total % n > n >> 1 ? total + 7 * n : total ^ (n << 3)) >>> 0;
    }
    expect(run(library, [123456, 4]).result).toBe(total);
  });
});
