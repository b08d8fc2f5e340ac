import { markdownTable } from 'markdown-table';
import type { Group, Row } from './row.js';
import { fails, isCheck, partsOf, type Summary } from './summary.js';

/** Group titles as the tables print them. */
const TITLES: Readonly<Record<Group, string>> = {
  micro: 'micro',
  footprint: 'footprint',
  cold: 'cold iterations',
  random: 'random programs',
  start: 'start from reset (informative)',
  functional: 'result words and instructions',
  body: 'cycles of the body',
};

/** A number of cycles as tables print it: at most three decimals. */
export const showCycles = (value: number | null): string =>
  value === null ? '-' : String(Math.round(value * 1000) / 1000);

/** A relative error as tables print it: `+1.23 %`. */
export function showError(error: number | null, signed = true): string {
  if (error === null) return '-';
  const text = (Math.abs(error) * 100).toFixed(2);
  if (text === '0.00') return error === 0 ? '0' : '0.00 %';
  return `${error < 0 ? '-' : signed ? '+' : ''}${text} %`;
}

const showState = ({ stateMatches, reason }: Row): string =>
  stateMatches === null ? (reason ?? '-') : stateMatches ? 'same' : `DIFFERS: ${reason ?? ''}`;

/** A column of a row table: header, alignment, text of a row. */
type Column = readonly [header: string, align: 'l' | 'r', of: (row: Row) => string];

const EXPECTED: Column = ['expected', 'r', (r) => showCycles(r.expected)];
const SIMULATED: Column = ['simulated', 'r', (r) => showCycles(r.simulated)];
const ERROR: Column = ['error', 'r', (r) => showError(r.error) + (r.within ? '' : ' !')];
const PROGRAM: Column = ['program', 'l', (r) => r.program];
const STATE: Column = ['state', 'l', showState];
const showSame = (same: boolean | undefined): string => (same === undefined ? '-' : same ? 'same' : 'DIFFER');

const RTL_COLUMNS: readonly Column[] = [
  PROGRAM,
  ['quantity', 'l', (r) => r.quantity],
  EXPECTED,
  SIMULATED,
  ERROR,
  STATE,
];

/** Instructions between the markers and the result words. */
const FUNCTIONAL_COLUMNS: readonly Column[] = [
  PROGRAM,
  ['instructions expected', 'r', (r) => String(r.expected)],
  ['executed', 'r', (r) => showCycles(r.simulated)],
  ['exceptions', 'r', (r) => String(r.state?.exceptions ?? '-')],
  ['result words', 'l', (r) => showSame(r.simulated === null ? undefined : r.state?.wordsMatch)],
  STATE,
];

/** Recorded cycles, what was added to them by rule, and the sum that the model is compared with. */
const BODY_COLUMNS: readonly Column[] = [
  PROGRAM,
  ['recorded', 'r', (r) => String(r.cycles?.recorded ?? '-')],
  ['corrections', 'r', (r) => `+${r.expected - (r.cycles?.recorded ?? r.expected)}`],
  EXPECTED,
  SIMULATED,
  ERROR,
];

const columnsOf = (group: Group): readonly Column[] =>
  group === 'functional' ? FUNCTIONAL_COLUMNS : group === 'body' ? BODY_COLUMNS : RTL_COLUMNS;

/** One table of rows, with the title of what they have in common. */
export function rowTable(rows: readonly Row[]): string {
  const [{ core, config, group, set }] = rows;
  const columns = columnsOf(group);
  const body = rows.map((row) => columns.map(([, , of]) => of(row)));
  const table = markdownTable([columns.map(([header]) => header), ...body], {
    align: columns.map(([, align]) => align),
  });
  const title = `${core}, ${config}: ${TITLES[group]}${group === 'random' ? ` (${set})` : ''}`;
  return `${title}\n\n${table}\n`;
}

/** Row tables, one per core, configuration, group and set. */
export const rowTables = (rows: readonly Row[]): string[] => partsOf(rows).map(rowTable);

const share = (part: number, whole: number): string => `${part} (${((100 * part) / whole).toFixed(1)} %)`;

function summaryLines(parts: readonly Summary[]): string {
  const header = ['configuration', 'rows of', 'set', 'rows', 'exact', 'within tolerance'];
  header.push('mean error', '95 % below', 'worst', 'state differs', 'no result');
  const body = parts.map((s) => [
    s.config,
    TITLES[s.group],
    s.set,
    String(s.rows),
    share(s.exact, s.rows),
    share(s.within, s.rows),
    showError(s.meanError, false),
    showError(s.percentile95, false),
    s.worst === null ? '-' : `${showError(s.worst.error)} ${s.worst.program}`,
    String(s.stateDiffers),
    String(s.withoutResult),
  ]);
  return markdownTable([header, ...body], { align: ['l', 'l', 'l', ...Array<'r'>(5).fill('r'), 'l', 'r', 'r'] });
}

/** The rules by which recorded cycles were corrected, with how often each applied and where the manual says so. */
function correctionLines(parts: readonly Summary[]): string {
  const lines = parts.flatMap(({ config, corrections = [] }) =>
    corrections.map(({ correction: { rule, cycles, source }, executed }) => {
      return `${config}, recorded cycles corrected: ${rule}: +${cycles} each, ${executed} executed; ${source}\n`;
    }),
  );
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

/** Programs that are no check, because what was recorded of them is wrong. */
export const errataLines = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ config, program, erratum }) =>
    erratum === undefined
      ? []
      : [
          `${config}, not checked: ${program}, recorded wrongly from word ${erratum.word} on: ${erratum.why}; ${erratum.source}\n`,
        ],
  );

/** Functional sets: programs whose words, counts are those of the oracle. */
function functionalLines(parts: readonly Summary[]): string {
  const header = ['set', 'programs', 'words identical', 'instruction counts identical', 'exceptions', 'no result'];
  const body = parts.map(({ config, rows, functional, withoutResult }) => [
    config,
    String(rows),
    share(functional?.wordsMatch ?? 0, rows),
    share(functional?.countsMatch ?? 0, rows),
    String(functional?.exceptions ?? 0),
    String(withoutResult),
  ]);
  return markdownTable([header, ...body], { align: ['l', ...Array<'r'>(5).fill('r')] });
}

/**
 * The summary tables, one per core; configurations that delay instruction fetches, and the sets of functional programs, in
 * one of their own.
 */
export function summaryTables(all: readonly Summary[]): string[] {
  const tables: string[] = [];
  for (const core of new Set(all.map((s) => s.core))) {
    const functional = all.filter((s) => s.core === core && s.group === 'functional');
    if (functional.length > 0) tables.push(`${core}, functional sets\n\n${functionalLines(functional)}\n`);
    for (const fetchWait of [false, true]) {
      const parts = all.filter((s) => s.core === core && s.fetchWait === fetchWait && s.group !== 'functional');
      if (parts.length === 0) continue;
      const title = `${core}${fetchWait ? ', configurations that delay instruction fetches (reported apart)' : ''}`;
      tables.push(`${title}\n\n${summaryLines(parts)}\n${correctionLines(parts)}`);
    }
  }
  return tables;
}

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/**
 * What a run of rows came to, in one line: how many are outside the tolerance, whether any recorded output word or count
 * of instructions differs, and whether the check failed. Rows that are no check are left out.
 * @param maxError the limit of |error| that `--max-error` set, as a fraction
 */
export function verdict(all: readonly Row[], maxError: number | undefined): string {
  const rows = all.filter(isCheck);
  const outside = rows.filter((r) => r.simulated !== null && !r.within).length;
  const differ = rows.filter((r) => r.stateMatches === false).length;
  const missing = rows.filter((r) => r.simulated === null).length;
  const failed = rows.filter((r) => fails(r, maxError)).length;
  const parts = [
    `${count(rows.length, 'row', 'rows')}: ${outside === 0 ? 'none' : outside} outside the tolerance`,
    differ === 0
      ? 'no recorded output word or instruction count differs'
      : `in ${differ} a recorded output word or instruction count differs`,
  ];
  if (missing > 0) parts.push(`${missing} without a result`);
  if (maxError !== undefined) {
    const above = rows.filter((r) => r.error !== null && fails({ ...r, stateMatches: null }, maxError)).length;
    parts.push(`${above === 0 ? 'none' : above} with an error above ${maxError}`);
  }
  const result = failed === 0 ? 'The check passes.' : `The check fails in ${count(failed, 'row', 'rows')}.`;
  return `${parts.join(', ')}. ${result}`;
}

/**
 * One row as a line of JSON (`--json`). `reason` is there only if something differs or is missing, `recorded` and
 * `correction` (cycles) only where recorded cycles were corrected.
 */
export function rowJson(row: Row): string {
  const { core, kind, config, set, program, quantity, expected, simulated, error, stateMatches, reason, cycles } = row;
  const line = { core, kind, config, set, program, quantity, expected, simulated, error, stateMatches, reason };
  if (cycles === undefined) return JSON.stringify(line);
  return JSON.stringify({ ...line, recorded: cycles.recorded, correction: expected - cycles.recorded });
}

/** One summary as a line of JSON (`--summary --json`). */
export const summaryJson = (summary: Summary): string => JSON.stringify(summary);
