import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { showNumber } from '../../../runner/results/table.js';
import { summarise } from '../../../runner/results/analyse.js';
import { type MeasurementRecord, recordSchema } from '../../../runner/results/schema.js';
import { WORKLOADS } from '../../../workloads/index.js';

/* The headline table of README.md is what results/reference holds. */

const records = readFileSync('results/reference/measurements.jsonl', 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): MeasurementRecord => recordSchema.parse(JSON.parse(line)));

/** Whether a record has the workload's default values and the platform's. */
function isDefault({ workload, workloadParameters, changed }: MeasurementRecord): boolean {
  const { parameters } = WORKLOADS.find(({ id }) => id === workload)!;
  return (
    changed.length === 0 && Object.entries(parameters).every(([name, p]) => workloadParameters[name] === p.default)
  );
}

test('every row of the headline table is in the reference results', () => {
  const readme = readFileSync('README.md', 'utf8');
  const block = /<!-- headline table -->\n([\s\S]*?)<!-- end of headline table -->/.exec(readme)![1];
  const rows = block
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  expect(rows.length).toBeGreaterThan(8);
  const subjects = summarise(records.filter(isDefault));
  for (const [, workload, name, platform, kind, instructions, cycles] of rows) {
    const subject = subjects.find(({ record }) => record.workload === workload && record.platform === platform);
    const span = subject?.spans.find((s) => s.span.name === name);
    const { fidelity = null } = span?.span ?? {};
    const found = span && [fidelity ?? '-', showNumber(span.medians.instructions), showNumber(span.cycles.median)];
    expect(found, `${workload} ${name} ${platform}`).toEqual([kind, instructions, cycles]);
  }
});
