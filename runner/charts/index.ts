import type { SubjectSummary } from '../results/analyse.js';
import type { SuiteNames } from '../results/table.js';

/** A file of a chart. */
export interface ChartFile {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/** Draws the charts of all families. */
export function drawCharts(_subjects: readonly SubjectSummary[], _names: SuiteNames): readonly ChartFile[] {
  return [];
}
