import { mean, quantile } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { cheri } from '../../platforms/cheri/index.js';
import { planValidation } from '../../runner/validate/plan.js';
import type { Row } from '../../runner/validate/row.js';
import { runJob } from '../../runner/validate/run.js';

const { jobs } = planValidation({
  directory: 'tests/vectors',
  platforms: [cheri],
  core: 'cheriot-ibex',
  heldOut: true,
  start: false,
});
/** All random programs run in these; in the others one in three, so that the test stays short (`validate cores` runs all). */
const WHOLE = ['safe33', 'safe33_1port'];
const LONG = process.env['BULKHEAD_LONG'] === '1';
const rows = new Map<string, readonly Row[]>();
for (const job of jobs) {
  if (job.kind !== 'rtl') continue;
  const whole = LONG || WHOLE.includes(job.config);
  const programs = job.programs.filter((p) => p.kind === 'micro' || whole || p.index % 3 === 0);
  rows.set(job.config, [...(rows.get(job.config) ?? []), ...runJob({ ...job, programs }, false)]);
}
const rowsOf = (config: string, kind: Row['kind']): Row[] => (rows.get(config) ?? []).filter((r) => r.kind === kind);

describe.each(['safe33', 'safe33_nofilter', 'safe33_1port', 'safe65'])('random programs, %s', (config) => {
  const all = rowsOf(config, 'random');

  it('covers all of them', () => {
    expect(all.length).toBe(LONG || WHOLE.includes(config) ? 150 : 50);
  });

  it('gives every output and the retired instructions as recorded', () => {
    expect(all.filter((r) => r.stateMatches !== true).map((r) => `${r.program}: ${r.reason ?? ''}`)).toEqual([]);
  });

  it('takes the cycles of the RTL', () => {
    const errors = all.map((r) => Math.abs(r.error ?? Infinity));
    expect(mean(errors)).toBeLessThanOrEqual(0.01);
    expect(quantile(errors, 0.95)).toBeLessThanOrEqual(0.02);
    expect(all.filter((r) => Math.abs(r.error ?? Infinity) > 0.04).map((r) => `${r.program}: ${r.error}`)).toEqual([]);
  });
});

describe.each([...rows.keys()])('micro-benchmarks, %s', (config) => {
  const all = rowsOf(config, 'micro');

  it('has rows', () => {
    expect(all.length).toBeGreaterThan(170);
  });

  it('runs as many instructions as recorded', () => {
    expect(all.filter((r) => r.stateMatches === false).map((r) => `${r.program}: ${r.reason ?? ''}`)).toEqual([]);
  });

  it('has at least 97 % of the rows within 1 % or 0.06 cycles', () => {
    const outside = all.filter((r) => !r.within).map((r) => `${r.program} ${r.quantity} ${r.error}`);
    expect(outside.length / all.length, outside.join(', ')).toBeLessThanOrEqual(0.03);
  });
});
