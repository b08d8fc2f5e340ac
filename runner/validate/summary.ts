import { mean, quantile } from 'simple-statistics';
import type { Group, Row, VectorSet } from './run.js';

/** How well a group of rows of one core and configuration agrees with the RTL. */
export interface Summary {
  readonly core: string;
  readonly config: string;
  readonly group: Group;
  readonly set: VectorSet;
  readonly fetchWait: boolean;
  readonly rows: number;
  readonly exact: number;
  readonly within: number;
  /** Rows without a simulated number (wedged, looped); they are in no average. */
  readonly withoutResult: number;
  /** Rows whose recorded state is not the simulated one. */
  readonly stateDiffers: number;
  /** Over the rows with an error; null if there is none. */
  readonly meanError: number | null;
  readonly percentile95: number | null;
  /** The row with the largest |error|. */
  readonly worst: { readonly program: string; readonly error: number } | null;
}

function summarise(rows: readonly Row[]): Summary {
  const [{ core, config, group, set, fetchWait }] = rows;
  const errors = rows.flatMap(({ program, error }) => (error === null ? [] : [{ program, error }]));
  const sizes = errors.map(({ error }) => Math.abs(error));
  const largest = errors.reduce((a, b) => (Math.abs(b.error) > Math.abs(a.error) ? b : a), { program: '', error: 0 });
  return {
    core,
    config,
    group,
    set,
    fetchWait,
    rows: rows.length,
    exact: rows.filter((r) => r.exact).length,
    within: rows.filter((r) => r.within).length,
    withoutResult: rows.filter((r) => r.simulated === null).length,
    stateDiffers: rows.filter((r) => r.stateMatches === false).length,
    meanError: sizes.length === 0 ? null : mean(sizes),
    percentile95: sizes.length === 0 ? null : quantile(sizes, 0.95),
    worst: largest.error === 0 ? null : largest,
  };
}

/** The rows that belong in one table: of one core, configuration, group and set. Tables and rows keep their order. */
export function partsOf(rows: readonly Row[]): Row[][] {
  const parts = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.core, row.config, row.group, row.set]);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [row]);
    else part.push(row);
  }
  return [...parts.values()];
}

/** One summary per core, configuration, group and set, in the order of the rows; delayed-fetch configurations come last. */
export function summaries(rows: readonly Row[]): Summary[] {
  const all = partsOf(rows).map(summarise);
  return [...all.filter((s) => !s.fetchWait), ...all.filter((s) => s.fetchWait)];
}

/** Of the division in an error: 1.04 / 1 - 1 is a little more than 0.04. */
const ROUNDING = 1e-9;

/**
 * Whether a row fails the check: its state differs, it has no result, or its error is above the limit. The cycle of
 * mark 1 is informative and fails nothing.
 * @param maxError the limit of |error| as a fraction; undefined = errors fail nothing
 */
export function fails(row: Row, maxError: number | undefined): boolean {
  if (row.group === 'start') return false;
  if (row.stateMatches === false || row.simulated === null) return true;
  if (maxError === undefined) return false;
  return row.error === null ? !row.exact : Math.abs(row.error) > maxError + ROUNDING;
}
