import { writeFileSync } from 'node:fs';
import { markdownTable } from 'markdown-table';
import { summarise } from '../../runner/results/analyse.js';
import { readRecords } from '../../runner/results/read.js';
import type { MeasurementRecord } from '../../runner/results/schema.js';
import { displayOf, placeOf, showRange, type SlideOut, slideOutsOf } from '../../runner/results/slide-out.js';
import { platformLabel } from '../../runner/results/table.js';
import { withTable } from '../tables.js';
import { readme, README } from './readme.js';

/*
 * The table of overruns in workloads/README.md, from the folders of the sweeps that it names:
 * `node dist/tests/workloads/slide-out.js DIR...` writes it.
 */

const OVERRUNS = [1, 64, 4096] as const;
const [LONGEST] = [...OVERRUNS].reverse();

export const COLUMNS = [
  'platform',
  "the slide's state",
  'bytes away',
  ...OVERRUNS.map((overrun) => `moved by ${overrun}`),
  'stopped at byte',
  'by',
  'serves again after',
  'display',
] as const;

function row(label: string, victim: string, own: readonly SlideOut[]): string[] {
  const moved = OVERRUNS.map((overrun) => own.find((s) => s.overrun === overrun));
  const longest = own.find(({ overrun }) => overrun === LONGEST)!;
  return [
    label,
    victim,
    longest.distance === undefined ? '-' : showRange(longest.distance),
    ...moved.map((s) => (s === undefined ? '-' : `${s.slideMoved} of ${s.runs}`)),
    longest.stoppedAt === undefined ? '-' : showRange(longest.stoppedAt),
    longest.by,
    longest.servesAgain === undefined ? 'never' : showRange(longest.servesAgain),
    displayOf(longest),
  ];
}

/** A row for each platform and place of the slide's state. */
export function overrunTable(records: readonly MeasurementRecord[]): string {
  const all = slideOutsOf(summarise(records));
  const groups = new Map<string, SlideOut[]>();
  for (const s of all) {
    const key = `${platformLabel(s.subject)}|${placeOf(s)}`;
    groups.set(key, [...(groups.get(key) ?? []), s]);
  }
  const rows = [...groups]
    .sort(([a], [b]) => (a.split('|')[0] < b.split('|')[0] ? -1 : a.split('|')[0] > b.split('|')[0] ? 1 : 0))
    .map(([key, own]) => row(...(key.split('|') as [string, string]), own));
  return markdownTable([[...COLUMNS], ...rows], { align: ['l', 'l', 'r', 'r', 'r', 'r', 'r', 'l', 'r', 'l'] });
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const records = process.argv.slice(2).flatMap(readRecords);
  writeFileSync(README, withTable(readme(), 'slide-out', overrunTable(records)));
}
