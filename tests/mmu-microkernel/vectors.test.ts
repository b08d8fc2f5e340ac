import { mean, quantile } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { mmuMicrokernel } from '../../platforms/mmu-microkernel/index.js';
import { planValidation } from '../../runner/validate/plan.js';
import type { Row } from '../../runner/validate/row.js';
import { runJob } from '../../runner/validate/run.js';

const core = 'vexriscv-baochip';
const { jobs } = planValidation({
  directory: 'tests/vectors',
  platforms: [mmuMicrokernel],
  core,
  heldOut: true,
  start: false,
});
const rows = new Map<string, readonly Row[]>();
for (const job of jobs) rows.set(job.config, [...(rows.get(job.config) ?? []), ...runJob(job, false)]);
const rowsOf = (config: string, kind: Row['kind']): Row[] => (rows.get(config) ?? []).filter((r) => r.kind === kind);

describe.each(['core_lat0', 'core_lat4', 'xbar_lat4'])('random programs, %s', (config) => {
  const all = rowsOf(config, 'random');

  it('covers every program of the configuration', () => {
    const expected = jobs
      .filter((job) => job.config === config)
      .flatMap((job) => (job.kind === 'rtl' ? job.programs : []))
      .filter((p) => p.kind === 'random');
    expect(all.length).toBe(expected.length);
    // programs with bus errors have no result behind the crossbar
    if (config === 'xbar_lat4') expect(all.length).toBeGreaterThan(100);
    else expect(all.length).toBe(150);
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

const configurations = [...rows.keys()];

describe.each(configurations)('micro-benchmarks, %s', (config) => {
  const all = rowsOf(config, 'micro');

  it('has rows', () => {
    expect(all.length).toBeGreaterThan(100);
  });

  it('runs as many instructions as recorded', () => {
    expect(all.filter((r) => r.stateMatches === false).map((r) => `${r.program}: ${r.reason ?? ''}`)).toEqual([]);
  });

  it('has at least 97 % of the rows within 1 % or 0.06 cycles', () => {
    // the first passes of a loop (`cold`) are a group of their own, as in the runner's tables
    const counted = all.filter((r) => r.group !== 'cold');
    const outside = counted.filter((r) => !r.within).map((r) => `${r.program} ${r.quantity} ${r.error}`);
    expect(outside.length / counted.length, outside.join(', ')).toBeLessThanOrEqual(0.03);
  });
});
