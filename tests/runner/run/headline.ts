import { readFileSync, writeFileSync } from 'node:fs';
import { markdownTable } from 'markdown-table';
import { summarise } from '../../../runner/results/analyse.js';
import { type MeasurementRecord, recordSchema } from '../../../runner/results/schema.js';
import { showNumber } from '../../../runner/results/table.js';
import { WORKLOADS } from '../../../workloads/index.js';

/*
 * The headline table of README.md: the spans that it names, as results/reference has them. `node dist/tests/runner/run/headline.js`
 * writes it.
 */

/** dist/tests/runner/run/headline.js is four folders below the root. */
const ROOT = new URL('../../../../', import.meta.url);
const [BEGIN, END] = ['<!-- headline table -->\n', '<!-- end of headline table -->'];

/** Whether a record has the workload's default values and the platform's. */
function isDefault({ workload, workloadParameters, changed }: MeasurementRecord): boolean {
  const { parameters } = WORKLOADS.find(({ id }) => id === workload)!;
  return (
    changed.length === 0 && Object.entries(parameters).every(([name, p]) => workloadParameters[name] === p.default)
  );
}

export const readme = (): string => readFileSync(new URL('README.md', ROOT), 'utf8');

/** The text with class, instructions and cycles of each row as they are in the reference. @throws Error for a span that is not. */
export function withHeadline(text: string): string {
  const records = readFileSync(new URL('results/reference/measurements.jsonl', ROOT), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): MeasurementRecord => recordSchema.parse(JSON.parse(line)));
  const subjects = summarise(records.filter(isDefault));
  const [before, after] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  const [header, , ...rows] = text
    .slice(before, after)
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const today = rows.map(([workload, name, platform]) => {
    const id = workload.replaceAll('`', '');
    const subject = subjects.find(({ record }) => record.workload === id && record.platform === platform);
    const found = subject?.spans.find(({ span }) => span.name === name);
    if (found === undefined) throw new Error(`the reference has no span ${name} of ${id} on ${platform}`);
    const { span, medians, cycles } = found;
    return [
      workload,
      name,
      platform,
      span.fidelity ?? '-',
      showNumber(medians.instructions),
      showNumber(cycles.median),
    ];
  });
  const table = markdownTable([header, ...today], { align: ['l', 'l', 'l', 'l', 'r', 'r'] });
  return `${text.slice(0, before)}${table}\n${text.slice(after)}`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  writeFileSync(new URL('README.md', ROOT), withHeadline(readme()));
}
