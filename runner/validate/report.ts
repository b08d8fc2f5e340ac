import { markdownTable } from 'markdown-table';
import type { Group, Row } from './run.js';
import { fails, partsOf, type Summary } from './summary.js';

/** Group titles as the tables print them. */
const TITLES: Readonly<Record<Group, string>> = {
  micro: 'micro',
  footprint: 'footprint',
  cold: 'cold iterations',
  random: 'random programs',
  start: 'start from reset (informative)',
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

/** One table of rows, with the title of what they have in common. */
export function rowTable(rows: readonly Row[]): string {
  const [{ core, config, group, set }] = rows;
  const body = rows.map((r) => [
    r.program,
    r.quantity,
    showCycles(r.expected),
    showCycles(r.simulated),
    showError(r.error) + (r.within ? '' : ' !'),
    showState(r),
  ]);
  const header = ['program', 'quantity', 'expected', 'simulated', 'error', 'state'];
  const table = markdownTable([header, ...body], { align: ['l', 'l', 'r', 'r', 'r', 'l'] });
  return `${core}, ${config}: ${TITLES[group]}${group === 'random' ? ` (${set})` : ''}\n\n${table}\n`;
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

/** The summary tables, one per core; configurations that delay instruction fetches in one of their own. */
export function summaryTables(all: readonly Summary[]): string[] {
  const tables: string[] = [];
  for (const core of new Set(all.map((s) => s.core))) {
    for (const fetchWait of [false, true]) {
      const parts = all.filter((s) => s.core === core && s.fetchWait === fetchWait);
      if (parts.length === 0) continue;
      const title = `${core}${fetchWait ? ', configurations that delay instruction fetches (reported apart)' : ''}`;
      tables.push(`${title}\n\n${summaryLines(parts)}\n`);
    }
  }
  return tables;
}

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/**
 * What a run of rows came to, in one line: how many are outside the tolerance, whether any recorded output word or count
 * of retired instructions differs, and whether the check failed. Informative rows (start from reset) are left out.
 * @param maxError the limit of |error| that `--max-error` set, as a fraction
 */
export function verdict(all: readonly Row[], maxError: number | undefined): string {
  const rows = all.filter((r) => r.group !== 'start');
  const outside = rows.filter((r) => r.simulated !== null && !r.within).length;
  const differ = rows.filter((r) => r.stateMatches === false).length;
  const missing = rows.filter((r) => r.simulated === null).length;
  const failed = rows.filter((r) => fails(r, maxError)).length;
  const parts = [
    `${count(rows.length, 'row', 'rows')}: ${outside === 0 ? 'none' : outside} outside the tolerance`,
    differ === 0
      ? 'no recorded output word or retired-instruction count differs'
      : `in ${differ} a recorded output word or retired-instruction count differs`,
  ];
  if (missing > 0) parts.push(`${missing} without a result`);
  if (maxError !== undefined) {
    const above = rows.filter((r) => r.error !== null && fails({ ...r, stateMatches: null }, maxError)).length;
    parts.push(`${above === 0 ? 'none' : above} with an error above ${maxError}`);
  }
  const result = failed === 0 ? 'The check passes.' : `The check fails in ${count(failed, 'row', 'rows')}.`;
  return `${parts.join(', ')}. ${result}`;
}

/** One row as a line of JSON (`--json`). `reason` is there only if something differs or is missing. */
export function rowJson(row: Row): string {
  const { core, kind, config, set, program, quantity, expected, simulated, error, stateMatches, reason } = row;
  return JSON.stringify({
    core,
    kind,
    config,
    set,
    program,
    quantity,
    expected,
    simulated,
    error,
    stateMatches,
    reason,
  });
}

/** One summary as a line of JSON (`--summary --json`). */
export const summaryJson = (summary: Summary): string => JSON.stringify(summary);
