import { markdownTable } from 'markdown-table';
import type { ProtectionCounts } from '../../platforms/machine/machine.js';
import type { Fidelity, ParameterValues } from '../../platforms/platform.js';
import { BEST_CASE } from '../../workloads/common/parameters.js';
import { PROTECTION_TITLES } from '../exec/passages.js';
import type { SpanSummary, SubjectSummary } from './analyse.js';
import { clockLegend, type Clocks, showTime } from './clocks.js';
import { type Prices, pricesAmong } from './twins.js';
import { ownCores } from './views.js';

/** What the table needs to know of the suite: defaults of a workload's parameters, and its family. */
export interface SuiteNames {
  familyOf(workload: string): string;
  /** What a family is about, in a few words. */
  aboutFamily(family: string): string;
  /** Parameters of a workload that are numbers. */
  numbersOf(workload: string): readonly { readonly name: string; readonly unit: string }[];
  /** Values of a workload that differ from the defaults: `bytes=64 touch=all`. */
  changedValues(workload: string, values: ParameterValues): string;
}

/** A number of cycles or events: a median of an even number of samples may end in a half. */
export const showNumber = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));

/** Parameters of a subject's workload that differ from the defaults. */
export const changedOf = ({ record }: SubjectSummary, names: SuiteNames): string =>
  names.changedValues(record.workload, record.workloadParameters);

/** `ipc.call words=1 state=warm (best case)`. */
export function workloadLabel(subject: SubjectSummary, names: SuiteNames): string {
  const best = subject.record.workloadParameters['state'] === BEST_CASE.state ? '(best case)' : '';
  return [subject.record.workload, changedOf(subject, names), best].filter((t) => t !== '').join(' ');
}

/** `mmu-microkernel isolation=none`; hardware that nobody ships is called so. */
export function platformLabel({ record }: SubjectSummary): string {
  const changed = record.changed.map((name) => {
    const hypothetical = record.hypothetical.includes(name) ? ' (hypothetical)' : '';
    return `${name}=${String(record.parameters[name])}${hypothetical}`;
  });
  return [record.platform, ...changed].join(' ');
}

/** Median protection operations, those that occur: `4 satp writes, 1 sfence`. */
export function protection({ medians }: SpanSummary): string {
  const counts = Object.entries(PROTECTION_TITLES).map(([key, title]) => ({
    title,
    count: medians[key as keyof ProtectionCounts],
  }));
  const seen = counts.filter(({ count }) => count > 0);
  return (
    seen
      .map(({ title, count }) => `${showNumber(count)} ${count === 1 ? title.replace(/s$/, '') : title}`)
      .join(', ') || '-'
  );
}

/** The name of a span; a round trip is called so. */
export const spanTitle = ({ span }: SpanSummary): string =>
  span.trip === 'one-way' ? span.name : `${span.name} (round trip)`;

/** Length and place. */
const showMasked = ({ cycles, from }: SpanSummary['masked']): string => (cycles === 0 ? '-' : `${cycles} from ${from}`);

/** Columns of the table of spans, and on which side each is aligned. */
export const HEADER = [
  'workload',
  'span',
  'platform',
  'class',
  'instructions',
  'cycles',
  'time (µs)',
  'range',
  'first',
  'traps',
  'price of mechanism',
  'price of boundary',
  'protection operations',
  'longest masked',
  'reachable bytes',
] as const;
export const ALIGN = ['l', 'l', 'l', 'l', 'r', 'r', 'r', 'r', 'r', 'r', 'r', 'r', 'l', 'l', 'r'] as const;

/** What each column says; the other two name a workload and a platform. */
export const COLUMN_MEANINGS: Readonly<Record<Exclude<(typeof HEADER)[number], 'workload' | 'platform'>, string>> = {
  span: 'from the retirement of the first instruction behind one mark to that behind another, or an event: a trap, an interrupt, the raised line of a device, the decision of the kernel to end a domain',
  class: 'how far the path is that of the real system; - where no kernel takes part',
  instructions: 'retired in the span, median. They are not to be compared between instruction sets',
  cycles: 'guest cycles: median of the passages after the first of each run, over all layouts',
  'time (µs)': 'these cycles at a clock that was passed with --clock; without one the column is not there',
  range:
    'least and greatest of these passages: how far the result depends on layout and history. Nothing is random, so this is no confidence interval',
  first: 'cycles of the first passage after boot, in the canonical layout',
  traps: 'exceptions and interrupts taken in the span, median',
  'price of mechanism':
    'cycles with isolation=full less those of the same path with its protection inert (isolation=path); - where that was not measured',
  'price of boundary':
    'cycles with isolation=full less those of the same request within one domain (isolation=none); - where that was not measured',
  'protection operations':
    'what the span does to the protection hardware, median: stores to the MPU, writes of satp, sfence.vma, loads and stores of capabilities',
  'longest masked': 'longest interval with interrupts masked within the span, of all passages, and where it began',
  'reachable bytes': 'bytes that the service could reach because of those it was given, median',
};

const showPrice = (price: number | undefined): string => (price === undefined ? '-' : showNumber(price));

function spanLine(
  subject: SubjectSummary,
  summary: SpanSummary,
  prices: Prices,
  names: SuiteNames,
  clocks: Clocks,
): string[] {
  const { span, cycles, medians, masked, first, warm } = summary;
  const { granted } = subject;
  return [
    workloadLabel(subject, names),
    spanTitle(summary),
    platformLabel(subject),
    span.fidelity ?? '-',
    showNumber(medians.instructions),
    warm > 0 ? showNumber(cycles.median) : '-',
    showTime(warm > 0 ? cycles.median : first, subject.record, clocks),
    cycles.minimum === cycles.maximum ? '-' : `${cycles.minimum}..${cycles.maximum}`,
    String(first),
    showNumber(medians.traps),
    showPrice(prices.mechanism),
    showPrice(prices.boundary),
    protection(summary),
    showMasked(masked),
    granted === undefined ? '-' : showNumber(granted.median),
  ];
}

/** The rows of the table of spans, and whose each is; `-` where there is nothing to say. */
export function spanLines(
  subjects: readonly SubjectSummary[],
  names: SuiteNames,
  clocks: Clocks = {},
): readonly { readonly subject: SubjectSummary; readonly line: readonly string[] }[] {
  const pricesOf = pricesAmong(subjects);
  return subjects.flatMap((subject) =>
    subject.spans.map((span) => ({
      subject,
      line: spanLine(subject, span, pricesOf(subject, span.span.name), names, clocks),
    })),
  );
}

/** Columns that are always there: they name the row. */
const NAMING = 4;

/** Leaves out of rows of the table of spans, or of what belongs to its columns, those in which nothing stands. */
export function columnsOf(lines: readonly (readonly string[])[]): <T>(row: readonly T[]) => T[] {
  const kept = HEADER.map((_, column) => column < NAMING || lines.some((line) => line[column] !== '-'));
  return (row) => row.filter((_, column) => kept[column]);
}

/** One table for rows of a family; columns in which nothing stands are left out. */
function familyTable(lines: readonly (readonly string[])[]): string {
  const keep = columnsOf(lines);
  return markdownTable(
    [HEADER, ...lines].map((line) => keep<string>(line)),
    { align: keep(ALIGN) },
  );
}

/** What each class of a path says (DESIGN.md section 1, rule 3). */
export const CLASSES: Readonly<Record<Fidelity, string>> = {
  R: "the real kernel's binary",
  P: "our kernel with the real path's length (within 20 %)",
  M: "mechanism only (protection operations exact, path length not the real one's)",
  O: 'the policy is ours',
};

const STATE = 'before each sample another domain has used the caches; state=warm: nothing else has run, the best case.';

/** What stands in the columns that some table has. */
function legend(lines: readonly (readonly string[])[]): string {
  const keep = columnsOf(lines);
  const meanings: Readonly<Record<string, string>> = COLUMN_MEANINGS;
  const columns = keep(HEADER).flatMap((name) => (name in meanings ? [`* ${name}: ${meanings[name]}.`] : []));
  const classes = Object.entries(CLASSES).map(([letter, meaning]) => `${letter} ${meaning}`);
  return [
    'How to read it:',
    '',
    `* workload: its id and the parameters that are not the default; ${STATE}`,
    ...columns,
    `* the classes: ${classes.join('; ')}. Cycles of different classes are not to be ranked.`,
    '',
  ].join('\n');
}

/** The results as text: a table for each family, then what is not applicable and what went wrong. */
export function resultTables(
  all: readonly SubjectSummary[],
  names: SuiteNames,
  heading = '',
  clocks: Clocks = {},
): string {
  const subjects = ownCores(all);
  const rows = spanLines(subjects, names, clocks);
  const families = new Set(rows.map(({ subject }) => names.familyOf(subject.record.workload)));
  const parts: string[] = [];
  for (const family of families) {
    const own = rows.filter(({ subject }) => names.familyOf(subject.record.workload) === family);
    parts.push(`${heading}${family}\n\n${familyTable(own.map(({ line }) => line))}\n`);
  }
  const clock = clockLegend(clocks);
  if (rows.length > 0) {
    parts.push(`${legend(rows.map(({ line }) => line))}${clock === undefined ? '' : `* ${clock}`}`);
  }
  const attempts = subjects.flatMap((subject) => {
    const { outcome, ended } = subject.record;
    const words = outcome.kind === 'measured' ? Object.entries(outcome.observed) : [];
    return words.length === 0 && ended.length === 0 ? [] : [{ subject, words, ended }];
  });
  if (attempts.length > 0) {
    const rows = attempts.map(({ subject, words, ended }) => [
      workloadLabel(subject, names),
      platformLabel(subject),
      words.map(([name, value]) => `${name}: ${value}`).join(', ') || '-',
      ended.join(', ') || '-',
    ]);
    const table = markdownTable([['workload', 'platform', 'reported', 'ended by the kernel'], ...rows]);
    parts.push(`${heading}What attempts came to\n\n${table}\n`);
  }
  const absent = subjects.filter(({ record }) => record.outcome.kind === 'not applicable');
  if (absent.length > 0) {
    const line = (s: SubjectSummary): string =>
      `* ${workloadLabel(s, names)} on ${platformLabel(s)}: ${(s.record.outcome as { reason: string }).reason}`;
    parts.push(`${heading}Not applicable\n\n${absent.map(line).join('\n')}\n`);
  }
  const errors = all.flatMap((subject) => subject.records.map((record) => ({ subject, record })));
  const wrong = errors.flatMap(({ subject, record: { outcome, seed } }) =>
    outcome.kind !== 'error'
      ? []
      : [
          `* ${workloadLabel(subject, names)} on ${platformLabel(subject)}, seed ${seed}: ${outcome.reason}, at ${outcome.place}; ` +
            `trace it with: ${outcome.trace}`,
        ],
  );
  if (wrong.length > 0) parts.push(`${heading}Errors: no number\n\n${wrong.join('\n')}\n`);
  return parts.join('\n');
}
