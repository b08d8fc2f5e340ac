import { describe, expect, test } from 'vitest';
import { findMarkers, type Mark, passes } from '../../runner/validate/marks.js';
import { firstDifference, microRows, type Observation, randomRows } from '../../runner/validate/rows.js';
import type { MicroBench, RandomProgram } from '../../runner/validate/schema.js';
import { toy } from './fake-platform.js';
import { bytesOf } from './vector-writer.js';
import { physical, virtual } from '../../platforms/machine/units.js';

const program = { name: 'p', file: 'p.bin.gz', size: 4, load: 0, boot: 0 };

/** Marks from triples of mark, cycle, retired instructions. */
const marks = (...triples: [number, number, number][]): Mark[] =>
  triples.map(([mark, cycle, instructions]) => ({ mark, cycle, instructions }));

const seen = (list: Mark[], more: Partial<Observation> = {}): Observation => ({
  marks: list,
  outputs: [],
  timerRises: [],
  ...more,
});

/** Two passes: cold 10 and 30 cycles, warm 4 and 12; 4 and 12 instructions. */
const TWO_PASSES = marks(
  [1, 100, 1],
  [2, 110, 5],
  [3, 111, 6],
  [4, 141, 18],
  [1, 150, 20],
  [2, 154, 24],
  [3, 155, 25],
  [4, 167, 37],
);

describe('passes', () => {
  test('only complete ones count, in order', () => {
    expect(passes(TWO_PASSES, 4).map((p) => p[0].cycle)).toEqual([100, 150]);
    expect(passes(TWO_PASSES.slice(0, 7), 4)).toHaveLength(1);
    expect(passes(marks([2, 1, 1], [1, 2, 2], [3, 3, 3], [2, 4, 4]), 2)).toHaveLength(0);
    expect(passes(marks([1, 1, 1], [1, 2, 2], [2, 3, 3]), 2).map((p) => p[0].cycle)).toEqual([2]);
  });
});

describe('findMarkers', () => {
  const imageOf = (data: Uint8Array) => ({
    segments: [{ physical: physical(0x1000), data, bytes: data.length, writable: true, executable: true }],
    symbols: [],
    phases: [],
    domains: [],
    lines: [],
    entry: virtual(0x1000),
  });

  test('finds marks 1 to 15 at halfwords', () => {
    const data = new Uint8Array([0, 0, ...bytesOf([toy.mark(1), toy.mark(15), toy.mark(16), toy.mark(0), toy.nop])]);
    expect(findMarkers(imageOf(data))).toEqual([
      { address: 0x1002, mark: 1 },
      { address: 0x1006, mark: 15 },
    ]);
  });

  test('a truncated word at the end is none', () => {
    expect(findMarkers(imageOf(bytesOf([toy.mark(3)]).slice(0, 3)))).toEqual([]);
  });
});

describe('marks34', () => {
  const bench: MicroBench = {
    ...program,
    kind: 'marks34',
    unroll: 4,
    results: { c: { cycles_per_iter: 2, instrs_per_iter: 2, cold_cycles_per_iter: 5 } },
  };

  test('last pass for the row, first pass for the cold one', () => {
    const [loop, cold] = microRows(bench, 'c', seen(TWO_PASSES));
    expect(loop).toEqual({
      quantity: 'cycles_per_iter',
      expected: 2,
      simulated: 2,
      error: 0,
      stateMatches: true,
      exact: true,
      within: true,
    });
    expect(cold).toMatchObject({ quantity: 'cold_cycles_per_iter', simulated: 5, error: 0, stateMatches: null });
  });

  test('a wrong count of instructions is a state that differs', () => {
    const other = { ...bench, results: { c: { cycles_per_iter: 2, instrs_per_iter: 3 } } };
    const [loop, ...more] = microRows(other, 'c', seen(TWO_PASSES));
    expect(loop).toMatchObject({ stateMatches: false, reason: '2 instructions per iteration, not 3' });
    expect(more).toEqual([]);
  });

  test('within tolerance: 1 % or 0.06 cycles', () => {
    const within = (expected: number): boolean =>
      microRows(
        { ...bench, results: { c: { cycles_per_iter: expected, instrs_per_iter: 2 } } },
        'c',
        seen(TWO_PASSES),
      )[0].within;
    expect([2.06, 1.94, 2.07, 1.93].map(within)).toEqual([true, true, false, false]);
    const long = marks([1, 0, 0], [2, 0, 0], [3, 0, 0], [4, 40_000, 8]);
    const [row] = microRows(
      { ...bench, results: { c: { cycles_per_iter: 10_100, instrs_per_iter: 2 } } },
      'c',
      seen(long),
    );
    expect(row).toMatchObject({ simulated: 10_000, within: true, exact: false });
    expect(row.error).toBeCloseTo(-0.0099, 4);
  });

  test('a run that ended badly has no number and a reason', () => {
    const rows = microRows(bench, 'c', seen(TWO_PASSES, { failure: 'wedged at 0x00000000: why' }));
    expect(rows).toMatchObject([
      { quantity: 'cycles_per_iter', simulated: null, error: null, stateMatches: false, within: false },
      { quantity: 'cold_cycles_per_iter', simulated: null, stateMatches: null, reason: 'wedged at 0x00000000: why' },
    ]);
    expect(microRows(bench, 'c', seen([]))[0]).toMatchObject({ reason: 'no pass over marks 1 to 4 was seen' });
  });

  test('an expected zero has no ratio unless it is met', () => {
    const zero = { ...bench, results: { c: { cycles_per_iter: 0, instrs_per_iter: 2 } } };
    expect(microRows(zero, 'c', seen(TWO_PASSES))[0]).toMatchObject({ error: null, exact: false, within: false });
    const none = marks([1, 0, 0], [2, 0, 0], [3, 0, 0], [4, 0, 8]);
    expect(microRows(zero, 'c', seen(none))[0]).toMatchObject({ error: 0, exact: true });
  });
});

test('cold_lines: last pass, no state', () => {
  const bench: MicroBench = { ...program, kind: 'cold_lines', unroll: 4, results: { c: { cycles_per_line: 2 } } };
  expect(microRows(bench, 'c', seen(TWO_PASSES))).toMatchObject([
    { quantity: 'cycles_per_line', simulated: 2, stateMatches: null, exact: true },
  ]);
  expect(microRows(bench, 'c', seen([]))).toMatchObject([{ simulated: null, stateMatches: null }]);
});

describe('footprints', () => {
  const bench = (passesExpected: number[]): MicroBench => ({
    ...program,
    kind: 'dfootprint',
    lines: 3,
    results: { c: { cycles_per_line_per_pass: passesExpected } },
  });
  const list = marks([1, 0, 0], [2, 50, 1], [1, 60, 2], [2, 85, 3]); // 16.67 and 8.33 per line

  test('one row per program; error is the mean of |error| over the passes', () => {
    expect(microRows(bench([16.67, 8.33]), 'c', seen(list))).toMatchObject([
      { quantity: 'cycles_per_line_per_pass', expected: 12.5, simulated: 12.5, error: 0, exact: true, within: true },
    ]);
    const [row] = microRows(bench([20, 8.33]), 'c', seen(list)); // -16.65 % and 0
    expect(row.error).toBeCloseTo(0.08325, 5);
    expect(row).toMatchObject({ exact: false, within: false });
  });

  test('errors of different sign do not cancel', () => {
    const [row] = microRows(bench([8.33, 16.67]), 'c', seen(list));
    expect(row.simulated).toBe(row.expected);
    expect(row.error).toBeGreaterThan(0.5);
    expect(row.exact).toBe(false);
  });

  test('a missing pass is a missing result', () => {
    expect(microRows(bench([1, 2, 3]), 'c', seen(list))).toMatchObject([
      { simulated: null, reason: '2 passes were seen, not 3' },
    ]);
  });
});

describe('irq', () => {
  const bench: MicroBench = { ...program, kind: 'irq', this_binary: { c: { pin_to_mark9: 12 } } };

  test('last mark 9 less the last rise of the timer line, within one cycle', () => {
    const list = marks([9, 40, 1], [9, 120, 2], [9, 333, 3]);
    const row = (rise: number) => microRows(bench, 'c', seen(list, { timerRises: [100, rise] }))[0];
    expect(row(321)).toMatchObject({ simulated: 12, exact: true, within: true, stateMatches: null });
    expect(row(320)).toMatchObject({ simulated: 13, exact: false, within: true });
    expect(row(319)).toMatchObject({ simulated: 14, within: false });
    expect(row(334)).toMatchObject({ simulated: null });
  });

  test('no rise, no number', () => {
    expect(microRows(bench, 'c', seen(marks([9, 1, 1])))[0]).toMatchObject({ reason: 'the timer line never rose' });
  });
});

test('revoker: what the machine does not have is said', () => {
  const bench: MicroBench = {
    ...program,
    kind: 'revoker',
    this_binary: { c: { engine_busy: 1031, mark1_to_mark2: 50 } },
  };
  expect(microRows(bench, 'c', seen(marks([1, 0, 0], [2, 50, 1])))).toMatchObject([
    { quantity: 'engine_busy', simulated: null },
    { quantity: 'mark1_to_mark2', simulated: 50, exact: true },
  ]);
});

describe('random programs', () => {
  const random: RandomProgram = {
    ...program,
    configs: { c: { cycles: 100, instret: 40, mark1_cycle: 7, end_cycle: 200 } },
    mmio: [1, 2, 0xffffffff],
    mmio_nofilter: [1, 3, 0xffffffff],
  };
  const list = marks([1, 7, 5], [2, 108, 45]);

  test('body cycles, state and the cycle of mark 1', () => {
    const rows = randomRows(random, 'c', false, seen(list, { outputs: [1, 2, 0xffffffff] }));
    expect(rows).toMatchObject([
      { quantity: 'cycles', simulated: 101, stateMatches: true, within: true, exact: false },
      { quantity: 'mark1_cycle', simulated: 7, stateMatches: null, exact: true },
    ]);
    expect(rows[0].error).toBeCloseTo(0.01, 10);
  });

  test('with the filter off the other list counts', () => {
    const outputs = [1, 3, 0xffffffff];
    expect(randomRows(random, 'c', true, seen(list, { outputs }))[0].stateMatches).toBe(true);
    const same = { ...random, mmio_nofilter: undefined };
    expect(randomRows(same, 'c', true, seen(list, { outputs: [1, 2, 0xffffffff] }))[0].stateMatches).toBe(true);
  });

  test('says where the state differs', () => {
    const reason = (outputs: number[], end = 45): string | undefined =>
      randomRows(random, 'c', false, seen(marks([1, 7, 5], [2, 108, end]), { outputs }))[0].reason;
    expect(reason([1, 2, 3])).toBe('output 2 of 3 is 0x00000003, not 0xffffffff');
    expect(reason([1, 2])).toBe('output 2 of 3 is missing, not 0xffffffff');
    expect(reason([1, 2, 0xffffffff, 9])).toBe('output 3 of 3 is 0x00000009, not missing');
    expect(reason([1, 2, 0xffffffff], 46)).toBe('41 instructions retired, not 40');
  });

  test('without both marks there is no number', () => {
    expect(randomRows(random, 'c', false, seen(marks([1, 7, 5])))[0]).toMatchObject({
      simulated: null,
      stateMatches: false,
      reason: 'mark 2 never retired',
    });
    expect(randomRows(random, 'c', false, seen([]))[0].reason).toBe('mark 1 never retired');
  });
});

test('equal lists have no first difference', () => {
  expect(firstDifference([], [])).toBeUndefined();
  expect(firstDifference([1], [1])).toBeUndefined();
});
