import { readFileSync, writeFileSync } from 'node:fs';
import { markdownTable } from 'markdown-table';
import { WORKLOADS } from '../../workloads/index.js';
import type { SpanPoint } from '../../workloads/language/scenario.js';
import { NOT_APPLICABLE } from '../../workloads/not-applicable.js';
import { footprintTable } from './footprint.js';

/* The tables of workloads/README.md, made from the workloads themselves. `node dist/tests/workloads/readme.js` writes them. */

/** dist/tests/workloads/readme.js is three folders below the root. */
export const README = new URL('../../../workloads/README.md', import.meta.url);

/** A boundary in few words: the mark without the number of its domain or round. */
function boundary({ marks, event }: SpanPoint): string {
  const mark = marks[0].replace(/\d+$/, '');
  return event === undefined ? mark : `${event} after ${mark}`;
}

/** Spans that differ only in the number of their domain are one line. */
function spansOf(workload: (typeof WORKLOADS)[number]): string {
  const seen = new Map<string, string>();
  for (const { name, path, trip, from, to } of workload.build().spans) {
    const short = name.replace(/\d+$/, '');
    if (!seen.has(short)) seen.set(short, `${short}: ${boundary(from)} → ${boundary(to)} (${path}, ${trip})`);
  }
  return [...seen.values()].join('; ');
}

const workloadTable = (): string =>
  markdownTable([
    ['id', 'what happens', 'spans', 'not in any span', 'parameters'],
    ...WORKLOADS.map((workload) => [
      `\`${workload.id}\``,
      workload.title,
      spansOf(workload),
      workload.build().excluded,
      Object.keys(workload.parameters).join(', '),
    ]),
  ]);

const notApplicableTable = (): string =>
  markdownTable([
    ['workload', 'platform', 'where', 'reason'],
    ...NOT_APPLICABLE.map(({ workload, platform, isolation, above, where, reason }) => [
      `\`${workload}\``,
      platform,
      [
        ...(isolation === undefined ? [] : [`isolation=${isolation}`]),
        ...(where === undefined ? [] : [`${where.parameter}=${String(where.value)}`]),
        ...(above === undefined ? [] : [`${above.parameter} above ${above.value}`]),
      ].join(', ') || 'always',
      reason,
    ]),
  ]);

/** A text with the table of that name replaced. */
export function withTable(text: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name} table -->`, `<!-- end of ${name} table -->`];
  return `${text.slice(0, text.indexOf(begin) + begin.length)}\n\n${table}\n\n${text.slice(text.indexOf(end))}`;
}

/** A text with the tables replaced that follow from the workloads alone. */
export function withTables(text: string): string {
  const tables = {
    workloads: workloadTable(),
    'not-applicable': notApplicableTable(),
    footprint: markdownTable(footprintTable(), { align: ['l', 'r', 'r', 'r'] }),
  };
  return Object.entries(tables).reduce((all, [name, table]) => withTable(all, name, table), text);
}

export const readme = (): string => readFileSync(README, 'utf8');

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { cascadeTable } = await import('./cascade.js');
  writeFileSync(README, withTable(withTables(readme()), 'cascade', cascadeTable()));
}
