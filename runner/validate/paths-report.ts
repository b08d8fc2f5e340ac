import { markdownTable } from 'markdown-table';
import type { PathResult, PathRow, PathSuite } from './paths-suite.js';

const show = (value: number | null): string => (value === null ? '-' : String(Math.round(value * 10) / 10));

/** Ours and the real kernel's, as `ours / real`; one figure where they are equal. */
function pair(rows: readonly PathRow[], quantity: string): string {
  const row = rows.find((r) => r.quantity === quantity)!;
  return row.real === row.ours ? show(row.ours) : `${show(row.ours)} / ${show(row.real)}`;
}

/** The table of one variant: ours / the real kernel's. */
export function pathTable(suite: PathSuite, results: readonly PathResult[]): string {
  const { before, after } = suite.columns;
  const left = [...before, 'instructions'];
  const right = [...after, ...Object.keys(suite.memories).map((memory) => `cycles ${memory}`)];
  const body = results.map(({ operation, fidelity, rows }) => {
    const { real, ours } = rows.find((r) => r.quantity === 'instructions')!;
    const columns = left.map((q) => pair(rows, q));
    const rest = right.map((q) => pair(rows, q));
    return [operation, fidelity, ...columns, real === null ? '-' : (ours / real).toFixed(2), ...rest];
  });
  const header = ['operation', 'class', ...left, 'ratio', ...right];
  return markdownTable([header, ...body], { align: ['l', 'l', ...header.slice(2).map((): 'r' => 'r')] });
}

/** Our instructions by phase of the path, for the operations of one variant. */
export function phaseTable(results: readonly PathResult[]): string {
  const phases = results[0].rows.map((r) => r.quantity).filter((q) => q.startsWith('instructions of '));
  const header = ['operation', ...phases.map((q) => q.slice('instructions of '.length))];
  const body = results.map(({ operation, rows }) => [
    operation,
    ...phases.map((q) => pair(rows, q).replace(' / -', '')),
  ]);
  return markdownTable([header, ...body], { align: ['l', ...phases.map((): 'r' => 'r')] });
}

/** The rows of a long table: a line for each operation, a column for each variant and quantity. */
export function benchmarkTable(rows: readonly PathRow[]): string {
  const column = ({ variant, quantity }: PathRow): string => `${variant}, ${quantity}`;
  const columns = [...new Set(rows.map(column))];
  const operations = [...new Set(rows.map(({ operation }) => operation))];
  const cell = (operation: string, name: string): string => {
    const row = rows.find((r) => r.operation === operation && column(r) === name);
    if (row === undefined) return '';
    return row.real === null ? show(row.ours) : `${show(row.ours)} / ${show(row.real)}`;
  };
  const body = operations.map((operation) => [operation, ...columns.map((name) => cell(operation, name))]);
  return markdownTable([['', ...columns], ...body], { align: ['l', ...columns.map((): 'r' => 'r')] });
}

/** One row as a line of JSON (`--json`). */
export const pathJson = (row: PathRow): string => JSON.stringify(row);
