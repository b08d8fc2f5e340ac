import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OFFSETS } from '../../../platforms/riscv/codegen/immediates.js';
import type { FunctionBuilder } from '../../../workloads/language/build/function.js';
import { FunctionLibrary } from '../../../workloads/language/build/library.js';
import type { Reference, Word } from '../../../workloads/language/build/values.js';
import { type IrFunction, resultsOf } from '../../../workloads/language/ir/function.js';
import { analyse } from '../../../workloads/language/ir/graph.js';
import { interpret, type InterpretedOutcome, newBuffer } from '../../../workloads/language/ir/interpret.js';
import { lowerFunction } from '../../../workloads/language/ir/lower.js';
import { printFunction } from '../../../workloads/language/ir/print.js';
import { findBoundaries } from '../../../workloads/language/passes/marks.js';
import { optimise } from '../../../workloads/language/passes/optimise.js';
import { BUFFER_BYTES, BUFFERS, randomProgram, REFERENCES } from '../../codegen/random-programs.js';

/** A function before and after the passes. */
function optimised(
  body: (f: FunctionBuilder, data: Reference, n: Word) => void,
  bounded = false,
): {
  before: IrFunction;
  after: IrFunction;
} {
  const library = new FunctionLibrary();
  library.function('main', ['reference', 'word'], ['word'], body);
  const [before, after] = [0, 1].map(() => lowerFunction(library.functions[0]));
  optimise(after, findBoundaries([after]), { offsets: OFFSETS, bounded });
  return { before, after };
}

/** Text of the innermost loop's blocks. */
function innermostLoop(fn: IrFunction): string {
  const [loop] = analyse(fn).loops;
  return printFunction({ ...fn, blocks: fn.blocks.filter(({ id }) => loop.blocks.has(id)) });
}

const text = (body: (f: FunctionBuilder, data: Reference, n: Word) => void): string =>
  printFunction(optimised(body).after);

describe('each pass', () => {
  test('folds constants and identities', () => {
    const printed = text((f, _, n) => f.return(n.mul(8).add(3).add(4).sub(7).shiftRight(0).xor(f.word('x', 6).mul(7))));
    expect(printed).toBe('function main(%0 p0, %1 p1)\nb0:\n  %2 = shl %1, 3\n  %8 = xor %2, 42\n  return %8\n');
  });

  test('takes branches that are known', () => {
    const printed = text((f, _, n) => {
      const x = f.word('x', 1);
      f.if(n.equals(5), () => f.if(n.equals(5), () => f.set(x, 2)));
      f.if(f.word('c', 3).below(2), () => f.set(x, 9));
      f.return(x);
    });
    expect(printed.match(/branch/g)).toHaveLength(1);
    expect(printed).not.toContain('9');
  });

  test('keeps a test that only some of the ways to it have decided', () => {
    const printed = text((f, _, n) => {
      const x = f.word('x', 1);
      f.if(n.equals(5).or(n.equals(6)), () => f.if(n.equals(5), () => f.set(x, 2)));
      f.return(x);
    });
    expect(printed.match(/branch/g)).toHaveLength(3);
  });

  test('never drops a load', () => {
    expect(text((f, data) => [f.loadWord(data), f.loadWord(data), f.return(0)]).match(/load4/g)).toHaveLength(2);
  });

  test('turns an index into a pointer and its end, without a counter', () => {
    const { after } = optimised((f, data, n) => {
      const sum = f.word('sum', 0);
      f.repeat(n, (i) => f.set(sum, sum.add(f.loadWord(data, i.mul(12)).xor(f.loadWord(data, i.mul(12).add(8))))));
      f.return(sum);
    });
    const loop = innermostLoop(after);
    expect(loop.match(/advance/g)).toHaveLength(1);
    expect(loop).toMatch(/advance %\d+, 12/);
    expect(loop).toMatch(/load4 %\d+ \+ 8/);
    expect(loop).not.toMatch(/mul|shl|add %\d+, 1\n/);
  });

  test('makes a capability move only where each round accesses memory by it', () => {
    const loopOf = (bounded: boolean, always: boolean): string =>
      innermostLoop(
        optimised((f, data, n) => {
          f.repeat(n, (i) => {
            const at = data.advance(i.sub(5).shiftLeft(2));
            if (always) f.storeWord(at, n);
            else f.if(i.atLeast(5), () => f.storeWord(at, n));
          });
          f.return(0);
        }, bounded).after,
      );
    expect(loopOf(true, true)).not.toContain('shl');
    expect(loopOf(false, false)).not.toContain('shl');
    expect(loopOf(true, false)).toContain('shl');
  });

  test('a counter that is read keeps counting', () => {
    const { after } = optimised((f, data, n) => {
      f.repeat(n, (i) => f.storeWord(data, i, i.shiftLeft(2)));
      f.return(0);
    });
    expect(innermostLoop(after)).toMatch(/add %\d+, 1\n/);
  });

  test('a loop that may be left before its end keeps its counter: the way may be longer than memory', () => {
    const { after } = optimised((f, data, n) => {
      f.repeat(n, (i) => f.if(f.loadWord(data, i.shiftLeft(2)).equals(0), () => f.break()));
      f.return(0);
    });
    expect(innermostLoop(after)).toMatch(/add %\d+, 1\n/);
  });

  test('a way longer than memory is not compared by its end, which would come round', () => {
    const loopOf = (rounds: number): string => {
      const { after } = optimised((f, data) => {
        f.repeat(rounds, (i) => f.if(f.loadWord(data, i.shiftLeft(2)).equals(0), () => f.break()));
        f.return(0);
      });
      return innermostLoop(after);
    };
    expect(loopOf(0x40000001)).toMatch(/add %\d+, 1\n/);
    expect(loopOf(0x1000)).not.toMatch(/add %\d+, 1\n/);
  });

  test('a loop that is entered without a test keeps its counter: the limit may be 0', () => {
    const { after } = optimised((f, data, n) => {
      const i = f.word('i', 0);
      f.loop(() => {
        f.storeWord(data, 5, i.shiftLeft(2));
        f.set(i, i.add(1));
        f.if(
          i.below(n),
          () => undefined,
          () => f.break(),
        );
      });
      f.return(0);
    });
    expect(innermostLoop(after)).toMatch(/branch ltu/);
  });

  test('moves what does not change out of a loop', () => {
    const { after } = optimised((f, data, n) => {
      f.repeat(10, (i) => f.storeWord(data, n.mul(n).add(3), i.and(1).shiftLeft(2)));
      f.return(0);
    });
    expect(innermostLoop(after)).not.toContain('mul');
  });
});

describe('marks', () => {
  const marked = (mark: boolean) =>
    optimised((f, data, n) => {
      const sum = f.word('sum', 0);
      f.repeat(10, (i) => {
        if (mark) f.mark('begin');
        f.set(sum, sum.add(n.mul(n)).add(f.loadWord(data, i.shiftLeft(2))));
      });
      f.return(sum.add(n.mul(n)));
    }).after;

  test('a loop with a mark keeps what could be computed before it', () => {
    expect(innermostLoop(marked(true))).toMatch(/mark begin\n(.*\n)*.*shl.*\n(.*\n)*.*mul/);
    expect(innermostLoop(marked(false))).not.toMatch(/mul|shl/);
  });

  test('what stands behind a mark is computed behind it, also if it is known already', () => {
    const count = (mark: boolean): number =>
      text((f, _, n) => {
        const first = f.let('first', n.mul(n));
        if (mark) f.mark('m');
        f.return(n.mul(n).add(first));
      }).match(/mul/g)!.length;
    expect([count(false), count(true)]).toEqual([1, 2]);
  });

  test('a call of a function with a mark counts as one', () => {
    const library = new FunctionLibrary();
    const inner = library.function('inner', [], [], (f) => f.mark('m'));
    library.function('main', ['word'], ['word'], (f, n) => {
      const first = f.let('first', n.mul(n));
      f.call(inner);
      f.return(n.mul(n).add(first));
    });
    const functions = library.functions.map(lowerFunction);
    optimise(functions[1], findBoundaries(functions), { offsets: OFFSETS, bounded: false });
    expect(printFunction(functions[1]).match(/mul/g)).toHaveLength(2);
  });

  /** How many marks come before each value, in a function without branches. */
  const segments = ({ blocks }: IrFunction): Map<number, number> => {
    let marks = 0;
    const found = new Map<number, number>();
    for (const i of blocks.flatMap((b) => b.instructions)) {
      if (i.op === 'mark') marks++;
      for (const result of resultsOf(i)) found.set(result, marks);
    }
    return found;
  };

  test('no instruction changes sides (random straight-line programs)', () => {
    const step = fc.record({ what: fc.nat(6), a: fc.nat(5), b: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        const { before, after } = optimised((f, data, n) => {
          const values = [n, n.add(1), f.word('x', 5), f.loadWord(data), n, n];
          steps.forEach(({ what, a, b }, i) => {
            if (what === 0) f.mark(`m${i}`);
            else if (what === 1) f.storeWord(data, values[a], 4 * b);
            else if (what === 2) values[a] = f.loadWord(data.advance(values[a].and(1).shiftLeft(2)), 4 * b);
            else if (what === 3) values[a] = f.let('v', values[a].mul(values[b]));
            else values[a] = f.let('v', values[a].add(values[b]).xor(what));
          });
          f.return(values.reduce((x, y) => x.xor(y)));
        });
        const old = segments(before);
        for (const [id, segment] of segments(after)) expect(old.get(id) ?? segment).toBe(segment);
        const marks = (fn: IrFunction): number =>
          fn.blocks.flatMap((b) => b.instructions.filter((i) => i.op === 'mark')).length;
        expect(marks(after)).toBe(marks(before));
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});

/** Runs both functions of a random program in the interpreter. */
function outcomeOf(
  functions: readonly IrFunction[],
  given: readonly number[],
): [InterpretedOutcome, string[], unknown] {
  const buffers = [...BUFFERS, REFERENCES].map((name) => newBuffer(name, BUFFER_BYTES));
  const marks: string[] = [];
  const outcome = interpret(
    {
      functions: new Map(functions.map((f) => [f.name, f])),
      buffers: new Map(buffers.map((b) => [b.name, b])),
      operation: () => [],
      mark: (name) => marks.push(name),
      budget: 100_000,
    },
    'main',
    given,
  );
  return [outcome, marks, buffers.slice(0, BUFFERS.length).map(({ bytes }) => [...bytes])];
}

test('the passes change nothing that a program does (random programs, both forms interpreted)', () => {
  const tape = fc.array(fc.nat(0xffffff), { minLength: 20, maxLength: 200 });
  fc.assert(
    fc.property(tape, fc.tuple(fc.nat(0xffffffff), fc.nat(100)), (numbers, given) => {
      const { functions: definitions } = randomProgram(numbers);
      const before = definitions.map(lowerFunction);
      const after = definitions.map(lowerFunction);
      const boundaries = findBoundaries(after);
      for (const fn of after) optimise(fn, boundaries, { offsets: OFFSETS, bounded: false });
      const expected = outcomeOf(before, given);
      if (expected[0].kind === 'budget') return;
      expect(expected[0].kind).toBe('returned');
      expect(outcomeOf(after, given)).toEqual(expected);
    }),
    { seed: 3, numRuns: process.env['BULKHEAD_LONG'] === '1' ? 20_000 : 100 },
  );
});
