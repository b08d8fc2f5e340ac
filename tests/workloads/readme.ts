import { readFileSync, writeFileSync } from 'node:fs';
import { markdownTable } from 'markdown-table';
import { GUARANTEES, REACHES, reachOf } from '../../runner/results/guarantees.js';
import { WORKLOADS } from '../../workloads/index.js';
import type { SpanPoint } from '../../workloads/language/scenario.js';
import { NOT_APPLICABLE } from '../../workloads/not-applicable.js';
import { withTable } from '../tables.js';
import { AT_DEFAULTS, AT_POINTS, HARDENED } from './attempts.js';
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

const PLATFORMS = ['mpu-rtos', 'mmu-microkernel', 'cheri'] as const;
type Came = string | undefined;

/** The words of an attempt as `attempts.ts` has them, without those that nobody was left to report. */
export function observedIn(probe: string, came: string): Readonly<Record<string, number>> {
  const [words, ...own] = came.split(', ')[0].split(' ');
  const { observed = [], counts = [], changes = [] } = WORKLOADS.find(({ id }) => id === probe)!.build().expected;
  const reported =
    words === 'asleep'
      ? []
      : observed.map((name, i) => [name, Number(observed.length === 1 ? words : words[i])] as const);
  return Object.fromEntries([
    ...reported,
    ...[...counts, ...changes].map(({ name }, i) => [name, Number(own[i])] as const),
  ]);
}

const markOf = (holds: boolean | undefined): string => (holds === undefined ? '?' : holds ? '+' : '-');

/** What each mark means, the probe that finds it, and what that has found at isolation=full. */
function guaranteesTable(): string {
  const [hardened, differs] = HARDENED[HARDENED.length - 1];
  const found = (came: Came, probe: string, show: (observed: Readonly<Record<string, number>>) => string): string =>
    came === undefined ? 'n/a' : show(observedIn(probe, came));
  const row = (mark: string, meaning: string, probe: string, cell: (platform: number, equal: boolean) => string) => [
    mark,
    meaning,
    `\`${probe}\``,
    cell(0, false),
    cell(0, true),
    cell(1, false),
    cell(2, false),
  ];
  const atDefaults = (probe: string, platform: number, equal: boolean): Came =>
    (equal ? differs[probe] : undefined) ?? AT_DEFAULTS[probe][PLATFORMS[platform]]?.[0];
  return markdownTable([
    [
      'mark',
      'meaning',
      'probe',
      'mpu-rtos',
      `with ${Object.entries(hardened)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(', ')}`,
      ...PLATFORMS.slice(1),
    ],
    ...GUARANTEES.map(({ mark, meaning, probe, holds }) =>
      row(mark, meaning, probe, (platform, equal) =>
        found(atDefaults(probe, platform, equal), probe, (observed) => markOf(holds(observed))),
      ),
    ),
    ...REACHES.map(({ mark, meaning, probe, worked }) =>
      row(mark, meaning, probe, (platform, equal) => {
        const points = AT_POINTS.filter(([workload]) => workload === probe);
        const tried: readonly (readonly [number, string])[] = [
          [0, atDefaults(probe, platform, equal)!],
          ...points.map(([, { distance }, came]) => [Number(distance), came[PLATFORMS[platform]]] as const),
        ];
        const attempts = tried.map(([distance, came]) => ({ distance, observed: observedIn(probe, came) }));
        return reachOf(attempts, worked) ?? '?';
      }),
    ),
  ]);
}

/** A text with the tables replaced that follow from the workloads alone. */
export function withTables(text: string): string {
  const tables = {
    workloads: workloadTable(),
    'not-applicable': notApplicableTable(),
    guarantees: guaranteesTable(),
    footprint: markdownTable(footprintTable(), { align: ['l', 'r', 'r', 'r'] }),
  };
  return Object.entries(tables).reduce((all, [name, table]) => withTable(all, name, table), text);
}

export const readme = (): string => readFileSync(README, 'utf8');

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { cascadeTable } = await import('./cascade.js');
  writeFileSync(README, withTable(withTables(readme()), 'cascade', cascadeTable()));
}
