import { describe, expect, test } from 'vitest';
import type { FunctionBuilder } from '../../../workloads/language/build/function.js';
import { FunctionLibrary } from '../../../workloads/language/build/library.js';
import type { Condition, Reference } from '../../../workloads/language/build/values.js';
import { interpret, type InterpretedOutcome, newBuffer, placeOf } from '../../../workloads/language/ir/interpret.js';
import { lowerFunction } from '../../../workloads/language/ir/lower.js';
import { printFunction } from '../../../workloads/language/ir/print.js';

/** Runs a function of one reference, to a buffer of 16 bytes. */
function run(body: (f: FunctionBuilder, data: Reference) => void, budget = 1000): InterpretedOutcome {
  const library = new FunctionLibrary();
  library.function('main', ['reference'], ['word'], body);
  const functions = new Map(library.functions.map((f) => [f.name, lowerFunction(f)]));
  const system = { functions, buffers: new Map(), operation: () => [], budget };
  return interpret(system, 'main', [placeOf(newBuffer('data', 16))]);
}

describe('what a program may not do is an error, with the place', () => {
  test.each<readonly [string, (f: FunctionBuilder, data: Reference) => void]>([
    ['access to byte 16 of data, allowed are 0 to 15', (f, data) => f.return(f.loadByte(data, 16))],
    ['access to byte -4 of data, allowed are 0 to 15', (f, data) => f.return(f.loadWord(data, -4))],
    ['access to byte 2 of data is not aligned to 4', (f, data) => f.return(f.loadWord(data, 2))],
    ['access to byte 4 of data, allowed are 0 to 3', (f, data) => f.return(f.loadByte(data.narrow(4), 4))],
    ['data is narrowed beyond its bytes', (f, data) => f.return(f.loadByte(data.advance(8).narrow(12)))],
    ['no reference at byte 8 of data', (f, data) => f.return(f.loadByte(f.loadReference(data, 8)))],
    ['divu 1, 0 has no result', (f, data) => f.return(f.word('one', 1).divideUnsigned(f.loadByte(data)))],
    ['shl 1, 40 has no result', (f) => f.return(f.word('one', 1).shiftLeft(f.word('far', 40)))],
  ])('%s', (problem, body) => {
    expect(run(body)).toEqual({ kind: 'error', problem });
  });

  test('a stored reference is gone when something else is stored there', () => {
    const outcome = run((f, data) => {
      f.storeReference(data, data.advance(8), 0);
      f.storeByte(f.loadReference(data), 7);
      f.storeByte(data, 1, 3);
      f.return(f.loadByte(f.loadReference(data)));
    });
    expect(outcome).toEqual({ kind: 'error', problem: 'no reference at byte 0 of data' });
  });
});

test('a program that does not end uses up its budget', () => {
  expect(run((f) => f.loop(() => undefined))).toEqual({ kind: 'budget' });
});

describe('words', () => {
  test.each<readonly [number, (f: FunctionBuilder, data: Reference) => void]>([
    [0xffffff80, (f, data) => [f.storeByte(data, 0x180), f.return(f.loadSignedByte(data))]],
    [0x80, (f, data) => [f.storeByte(data, 0x180), f.return(f.loadByte(data))]],
    [0xffff8000, (f, data) => [f.storeHalf(data, 0x18000), f.return(f.loadSignedHalf(data))]],
    [0x80000000, (f) => f.return(f.word('x', 0x80000000).divideSigned(-1))],
    [0xfffffffd, (f) => f.return(f.word('x', -7).divideSigned(2))],
    [0xffffffff, (f) => f.return(f.word('x', -7).remainderSigned(2))],
    [1, (f) => f.return(f.word('x', -1).is('ltu', 0).xor(f.word('y', -1).is('lts', 0)))],
  ])('%d', (result, body) => {
    expect(run(body)).toEqual({ kind: 'returned', values: [result] });
  });
});

describe('conditions', () => {
  const CASES: readonly (readonly [
    string,
    (a: boolean, b: boolean, c: boolean) => boolean,
    (a: Condition, b: Condition, c: Condition) => Condition,
  ])[] = [
    ['a and b', (a, b) => a && b, (a, b) => a.and(b)],
    ['a or b', (a, b) => a || b, (a, b) => a.or(b)],
    ['not a', (a) => !a, (a) => a.not()],
    ['not (a and b)', (a, b) => !(a && b), (a, b) => a.and(b).not()],
    ['not (a or b)', (a, b) => !(a || b), (a, b) => a.or(b).not()],
    ['not (not (a or b) and c)', (a, b, c) => !(!(a || b) && c), (a, b, c) => a.or(b).not().and(c).not()],
    ['(a or not b) and (b or c)', (a, b, c) => (a || !b) && (b || c), (a, b, c) => a.or(b.not()).and(b.or(c))],
    [
      'not ((a and b) or (b and not c))',
      (a, b, c) => !((a && b) || (b && !c)),
      (a, b, c) => a.and(b).or(b.and(c.not())).not(),
    ],
  ];

  test.each(CASES)('%s', (_, host, language) => {
    for (let bits = 0; bits < 8; bits++) {
      const [a, b, c] = [1, 2, 4].map((bit) => (bits & bit) !== 0);
      const outcome = run((f) => {
        const [x, y, z] = [1, 2, 4].map((bit) => f.word('bit', bits & bit).differs(0));
        f.if(
          language(x, y, z),
          () => f.return(1),
          () => f.return(0),
        );
      });
      expect([bits, outcome]).toEqual([bits, { kind: 'returned', values: [host(a, b, c) ? 1 : 0] }]);
    }
  });

  test('loops and breaks as in the host language', () => {
    const outcome = run((f) => {
      const sum = f.word('sum', 0);
      const left = f.word('left', 10);
      f.while(
        () => left.differs(0),
        () => {
          f.set(left, left.sub(1));
          f.repeat(left, (i) => {
            f.if(i.equals(4), () => f.break());
            f.if(
              i.and(1).equals(0),
              () => f.set(sum, sum.add(left)),
              () => f.set(sum, sum.add(i)),
            );
          });
          f.if(left.equals(2), () => f.break());
        },
      );
      f.return(sum.mul(100).add(left));
    });
    let sum = 0;
    let left = 10;
    while (left !== 0) {
      left--;
      for (let i = 0; i < left; i++) {
        if (i === 4) break;
        sum += i % 2 === 0 ? left : i;
      }
      if (left === 2) break;
    }
    expect(outcome).toEqual({ kind: 'returned', values: [sum * 100 + left] });
  });
});

test('the linear form has the test of a loop at its bottom, and names from the source', () => {
  const library = new FunctionLibrary();
  library.function('count', ['word'], ['word'], (f, limit) => {
    const n = f.word('n', 0);
    f.while(
      () => n.below(limit),
      () => f.set(n, n.add(1)),
    );
    f.return(n);
  });
  expect(printFunction(lowerFunction(library.functions[0]))).toBe(`function count(%0 p0)
b0:
  branch ltu 0, %0, b2, b3
b1(%3 n):
  return %3
b2:
  jump b4(0)
b3:
  jump b1(0)
b4(%1 n):
  %2 = add %1, 1
  branch ltu %2, %0, b5, b6
b5:
  jump b4(%2)
b6:
  jump b1(%2)
`);
});
