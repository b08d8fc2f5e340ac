import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain } from '../../runner/reproduce/judge.js';
import { claimSchema } from '../../runner/reproduce/schema.js';
import { type Evidence, ratioOf, reachOf, verdictOf } from '../../runner/reproduce/verdict.js';

const figure = fc.integer({ min: 1, max: 1_000_000 });
const effect = fc.tuple(fc.double({ min: 0.1, max: 1, noNaN: true }), fc.double({ min: 1, max: 10, noNaN: true }));
const evidence: fc.Arbitrary<Evidence> = fc.record({
  published: fc.oneof(
    figure,
    fc.tuple(figure, figure).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]),
  ),
  simulated: figure,
  tolerance: fc.double({ min: 0, max: 0.5, noNaN: true }),
  unknowns: fc.array(fc.record({ effect }), { maxLength: 3 }),
  missing: fc.array(fc.record({ worth: figure }), { maxLength: 3 }),
});

const base = { published: 100, simulated: 100, tolerance: 0.1, unknowns: [], missing: [] } satisfies Evidence;
const wide = { effect: [0.5, 2] } as const;

describe('verdicts', () => {
  test.each<[string, Partial<Evidence>, string]>([
    ['equal', {}, 'reproduced'],
    ['at the tolerance', { simulated: 90 }, 'reproduced'],
    ['below the tolerance', { simulated: 89 }, 'not reproduced'],
    ['above the tolerance', { simulated: 111 }, 'not reproduced'],
    ['equal, and nothing may differ', { tolerance: 0 }, 'reproduced'],
    ['off by one, and nothing may differ', { tolerance: 0, simulated: 99 }, 'not reproduced'],
    ['in an interval', { published: [80, 120], tolerance: 0, simulated: 119 }, 'reproduced'],
    ['both 0', { published: 0, simulated: 0 }, 'reproduced'],
    ['something where nothing was', { published: 0, simulated: 1 }, 'not reproduced'],
    ['equal, but much is unknown', { unknowns: [wide] }, 'consistent'],
    ['within what is unknown', { simulated: 60, unknowns: [wide] }, 'consistent'],
    ['outside of what is unknown', { simulated: 40, unknowns: [wide] }, 'inconsistent'],
    [
      'an unknown that matters less than the tolerance',
      { simulated: 95, unknowns: [{ effect: [0.95, 1.05] }] },
      'reproduced',
    ],
    ['half, and half of the gap is listed', { simulated: 50, missing: [{ worth: 25 }] }, 'floor'],
    ['half, and less is listed', { simulated: 50, missing: [{ worth: 24 }] }, 'not reproduced'],
    ['less than half', { simulated: 49, missing: [{ worth: 51 }] }, 'not reproduced'],
    ['above: work that is missing explains nothing', { simulated: 150, missing: [{ worth: 50 }] }, 'not reproduced'],
    [
      'a floor comes before inconsistent',
      { simulated: 60, unknowns: [{ effect: [0.8, 1.2] }], missing: [{ worth: 30 }] },
      'floor',
    ],
  ])('%s', (_, change, verdict) => {
    expect(verdictOf({ ...base, ...change })).toBe(verdict);
  });
});

describe('missing work in an explanation', () => {
  const claim = claimSchema.parse({
    ...{ id: 'a', quantity: 'q', value: [80, 100], unit: 'cycles', core: 'c', clock: 'c', memory: 'm', system: 's' },
    ...{ source: 's', tag: 'SAW', role: 'target', tolerance: 0.1, committed: '2026-11-29', unknowns: [] },
    missing: [{ what: 'a copy', worth: 5, basis: 'counted' }],
    measurement: { kind: 'not modelled', reason: 'r' },
  });
  const said = (simulated: number): string =>
    explain({ claim, simulated, ratio: null, verdict: verdictOf({ ...claim, published: claim.value, simulated }) })[0];

  test('is put beside the gap below the figure', () => {
    expect(said(60)).toBe('missing work, 5 of 20 cycles: a copy 5 (counted)');
  });

  test('has no gap to stand beside where ours is above it', () => {
    expect(said(150)).toBe('missing work, 5 cycles: a copy 5 (counted)');
  });
});

describe('laws', () => {
  test('the unit does not matter', () => {
    const scaled = (e: Evidence, k: number): Evidence => ({
      ...e,
      published: typeof e.published === 'number' ? e.published * k : [e.published[0] * k, e.published[1] * k],
      simulated: e.simulated * k,
      missing: e.missing.map(({ worth }) => ({ worth: worth * k })),
    });
    // a power of two, so that nothing is rounded
    fc.assert(
      fc.property(evidence, fc.integer({ min: -8, max: 8 }), (e, n) => verdictOf(scaled(e, 2 ** n)) === verdictOf(e)),
    );
  });

  test('reproduced: near, and nothing unknown could move it away', () => {
    fc.assert(
      fc.property(evidence, (e) => {
        if (verdictOf(e) !== 'reproduced') return;
        const [less, more] = reachOf(e.unknowns);
        expect(Math.abs(1 - 1 / ratioOf(e))).toBeLessThanOrEqual(e.tolerance + 1e-9);
        expect([1 - less, more - 1].every((r) => r <= e.tolerance + 1e-9)).toBe(true);
      }),
    );
  });

  test('equal figures are reproduced or consistent', () => {
    fc.assert(
      fc.property(evidence, figure, (e, n) => {
        expect(['reproduced', 'consistent']).toContain(verdictOf({ ...e, published: n, simulated: n }));
      }),
    );
  });

  test('one more unknown never makes a verdict firmer', () => {
    fc.assert(
      fc.property(evidence, effect, (e, more) => {
        const [before, after] = [verdictOf(e), verdictOf({ ...e, unknowns: [...e.unknowns, { effect: more }] })];
        if (before === 'consistent') expect(after).toBe('consistent');
        if (before !== 'reproduced') expect(after).not.toBe('reproduced');
        if (before === 'inconsistent') expect(after).not.toBe('not reproduced');
      }),
    );
  });

  test('more missing work makes a floor of what is none, and changes nothing else', () => {
    fc.assert(
      fc.property(evidence, figure, (e, worth) => {
        const [before, after] = [verdictOf(e), verdictOf({ ...e, missing: [...e.missing, { worth }] })];
        if (after !== before)
          expect([before.endsWith('consistent') || before === 'not reproduced', after]).toEqual([true, 'floor']);
      }),
    );
  });

  test('a floor: at least half, below, and half of the gap is listed', () => {
    fc.assert(
      fc.property(evidence, (e) => {
        if (verdictOf(e) !== 'floor') return;
        const low = typeof e.published === 'number' ? e.published : e.published[0];
        expect(ratioOf(e)).toBeLessThan(1);
        expect(ratioOf(e)).toBeGreaterThanOrEqual(0.5);
        expect(2 * e.missing.reduce((sum, { worth }) => sum + worth, 0)).toBeGreaterThanOrEqual(low - e.simulated);
      }),
    );
  });

  test('a wider tolerance never takes back that a figure is within reach', () => {
    fc.assert(
      fc.property(evidence, fc.double({ min: 0, max: 0.5, noNaN: true }), (e, more) => {
        const good = ['reproduced', 'consistent'];
        if (!good.includes(verdictOf(e))) return;
        expect(good).toContain(verdictOf({ ...e, tolerance: e.tolerance + more }));
      }),
    );
  });
});
