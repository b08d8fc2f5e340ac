import { expect, test } from 'vitest';
import { FunctionLibrary } from '../../workloads/language/build/library.js';
import { type Called, DATA, readMemory } from './run-rv32.js';
import { type CompilerTarget, M0PLUS, M4 } from './targets.js';

/* Branches, literals and jumps of Thumb have a reach: functions that go beyond it, in one block and in many. */

const WORDS = 300;
const BRANCHES = 110;

function run(target: CompilerTarget, library: FunctionLibrary, given: readonly number[]): Called & { text: string } {
  const text = target.compile(library.functions, { optimise: true, few: false });
  const called = target.call(target.assemble(text, 'main'), given);
  expect(called.stop).toEqual({ kind: 'exit', code: 0 });
  return { ...called, text };
}

test.each([M0PLUS, M4])('$name: a loop around hundreds of numbers that no instruction contains', (target) => {
  const library = new FunctionLibrary();
  library.function('main', ['reference', 'word'], ['word'], (f, data, rounds) => {
    const total = f.word('total', 0);
    f.repeat(rounds, (i) => {
      f.mark('round');
      for (let n = 0; n < WORDS; n++) {
        f.storeWord(data, i.add((0x12345678 + 0x01010101 * n) >>> 0), 4 * (n % 16));
      }
      f.set(total, total.add(f.loadWord(data, 0)));
    });
    f.return(total);
  });
  const last = (n: number): number => 0x12345678 + 0x01010101 * (WORDS - 1 - ((WORDS - 1 - n) % 16));
  const { result, machine, text } = run(target, library, [DATA, 3]);
  expect(result).toBe((3 * last(0) + 3) >>> 0);
  const memory = new Uint32Array(readMemory(machine, DATA, 64).buffer);
  expect([...memory]).toEqual(Array.from({ length: 16 }, (_, n) => (last(n) + 2) >>> 0));
  // a pool that control jumps around
  expect(text).toMatch(/b (\.Lmain_pool\d+)\n {2}\.pool\n\1:/);
});

test('Armv6-M: a loop around more than a hundred branches', () => {
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
  const { result, text } = run(M0PLUS, library, [123456, 4]);
  expect(result).toBe(total);
  // beyond the reach of a branch, and beyond that of a jump
  expect(text).toMatch(/b\w\w 9f\n {2}bl? \.Lmain_\d+\n9:/);
  expect(text).toMatch(/bl \.Lmain_\d+/);
});
