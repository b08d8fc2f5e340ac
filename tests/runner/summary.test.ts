import { describe, expect, test } from 'vitest';
import { rowTable, showCycles, showError, summaryTables, verdict } from '../../runner/validate/report.js';
import type { Row } from '../../runner/validate/run.js';
import { fails, summaries } from '../../runner/validate/summary.js';

const row = (more: Partial<Row>): Row => ({
  core: 'c',
  kind: 'micro',
  config: 'plain',
  set: 'development',
  program: 'p',
  group: 'micro',
  fetchWait: false,
  quantity: 'cycles_per_iter',
  expected: 1,
  simulated: 1,
  error: 0,
  stateMatches: true,
  exact: true,
  within: true,
  ...more,
});

describe('summaries', () => {
  test('mean of |error|, 95th percentile, worst with its sign', () => {
    const errors = [0.01, -0.03, 0.02, 0];
    const [summary] = summaries(
      errors.map((error, i) => row({ program: `p${i}`, error, exact: error === 0, within: Math.abs(error) <= 0.01 })),
    );
    expect(summary).toMatchObject({ rows: 4, exact: 1, within: 2, worst: { program: 'p1', error: -0.03 } });
    expect(summary.meanError).toBeCloseTo(0.015, 12);
    expect(summary.percentile95).toBeCloseTo(0.0285, 12);
  });

  test('rows without a result are counted and in no average', () => {
    const missing = row({ simulated: null, error: null, exact: false, within: false, stateMatches: false });
    const [summary] = summaries([row({ error: 0.5, exact: false }), missing]);
    expect(summary).toMatchObject({ rows: 2, withoutResult: 1, stateDiffers: 1, meanError: 0.5 });
    expect(summaries([missing])[0]).toMatchObject({ meanError: null, percentile95: null, worst: null });
  });

  test('groups, sets and configurations stay apart; delayed fetches come last', () => {
    const parts = summaries([
      row({ config: 'late', fetchWait: true }),
      row({}),
      row({ group: 'cold' }),
      row({ group: 'random' }),
      row({ group: 'random', set: 'held-out' }),
      row({}),
    ]);
    expect(parts.map((s) => [s.config, s.group, s.set, s.rows])).toEqual([
      ['plain', 'micro', 'development', 2],
      ['plain', 'cold', 'development', 1],
      ['plain', 'random', 'development', 1],
      ['plain', 'random', 'held-out', 1],
      ['late', 'micro', 'development', 1],
    ]);
    expect(summaryTables(parts)).toHaveLength(2);
  });
});

test('what fails the check', () => {
  expect(fails(row({}), 0)).toBe(false);
  expect(fails(row({ error: -0.05 }), undefined)).toBe(false);
  expect(fails(row({ error: -0.05 }), 0.04)).toBe(true);
  expect(fails(row({ error: -0.05 }), 0.05)).toBe(false);
  expect(fails(row({ stateMatches: false }), undefined)).toBe(true);
  expect(fails(row({ stateMatches: null }), undefined)).toBe(false);
  expect(fails(row({ simulated: null, error: null, stateMatches: null }), undefined)).toBe(true);
  expect(fails(row({ expected: 0, error: null, exact: false }), 1)).toBe(true);
  expect(fails(row({ group: 'start', error: 9 }), 0)).toBe(false);
});

describe('the verdict', () => {
  const outside = row({ error: 0.02, exact: false, within: false });
  const differs = row({ stateMatches: false });
  const missing = row({ simulated: null, error: null, exact: false, within: false, stateMatches: false });
  const SAME = 'no recorded output word or retired-instruction count differs';

  test('a row outside the tolerance is said, and is no failure without --max-error', () => {
    expect(verdict([row({}), row({}), outside], undefined)).toBe(
      `3 rows: 1 outside the tolerance, ${SAME}. The check passes.`,
    );
    expect(verdict([row({})], undefined)).toBe(`1 row: none outside the tolerance, ${SAME}. The check passes.`);
  });

  test('a state that differs and a missing result are counted apart from errors', () => {
    expect(verdict([row({}), differs], undefined)).toBe(
      '2 rows: none outside the tolerance, in 1 a recorded output word or retired-instruction count differs. ' +
        'The check fails in 1 row.',
    );
    expect(verdict([missing, differs], undefined)).toContain('2 rows: none outside the tolerance, in 2 a recorded');
    expect(verdict([missing, differs], undefined)).toContain(', 1 without a result. The check fails in 2 rows.');
  });

  test('the limit of --max-error is said with the rows above it', () => {
    expect(verdict([outside, row({})], 0.01)).toContain(
      `${SAME}, 1 with an error above 0.01. The check fails in 1 row.`,
    );
    expect(verdict([outside, row({})], 0.02)).toContain(`${SAME}, none with an error above 0.02. The check passes.`);
  });

  test('informative rows do not count', () => {
    expect(verdict([row({}), row({ group: 'start', within: false, error: 9 })], 0)).toMatch(/^1 row: none outside/);
  });
});

describe('numbers as tables print them', () => {
  test('cycles', () => {
    expect([2, 2.5, 13.96875, null].map(showCycles)).toEqual(['2', '2.5', '13.969', '-']);
  });

  test('errors', () => {
    expect([0, 0.0123, -0.0123, 0.00001, null, 2].map((e) => showError(e))).toEqual([
      '0',
      '+1.23 %',
      '-1.23 %',
      '0.00 %',
      '-',
      '+200.00 %',
    ]);
    expect(showError(0.5, false)).toBe('50.00 %');
  });

  test('a row outside the tolerance is marked, a state that differs explained', () => {
    const table = rowTable([
      row({ error: 0.5, within: false, simulated: 1.5 }),
      row({ program: 'q', stateMatches: false, reason: '3 instructions' }),
      row({ program: 'r', stateMatches: null }),
    ]);
    expect(table).toContain(
      '| p       | cycles_per_iter |        1 |       1.5 | +50.00 % ! | same                    |',
    );
    expect(table).toContain('DIFFERS: 3 instructions');
    expect(table).toMatch(/\| r .*\| - +\|\n/);
  });
});
