import { markdownTable } from 'markdown-table';
import type { PathResult, PathRow } from './paths.js';

const show = (value: number | null): string => (value === null ? '-' : String(Math.round(value * 10) / 10));

/** Ours and the real kernel's, as `ours / real`; one figure where they are equal. */
function pair(rows: readonly PathRow[], quantity: string): string {
  const row = rows.find((r) => r.quantity === quantity)!;
  return row.real === row.ours ? show(row.ours) : `${show(row.ours)} / ${show(row.real)}`;
}

/** The table of one generation: ours / the real kernel's. */
export function pathTable(results: readonly PathResult[]): string {
  const header = ['operation', 'class', 'traps', 'satp writes', 'sfence.vma', 'instructions', 'ratio'];
  header.push('loads', 'stores', 'cycles core_lat0', 'cycles xbar_lat4');
  const body = results.map(({ operation, fidelity, rows }) => {
    const { real, ours } = rows.find((r) => r.quantity === 'instructions')!;
    const columns = ['traps', 'satp writes', 'sfence.vma', 'instructions'].map((q) => pair(rows, q));
    const rest = ['loads', 'stores', 'cycles core_lat0', 'cycles xbar_lat4'].map((q) => pair(rows, q));
    return [operation, fidelity, ...columns, real === null ? '-' : (ours / real).toFixed(2), ...rest];
  });
  return markdownTable([header, ...body], { align: ['l', 'l', ...Array<'r'>(9).fill('r')] });
}

/** Our instructions by phase of the path, for the operations of one generation. */
export function phaseTable(results: readonly PathResult[]): string {
  const phases = results[0].rows.map((r) => r.quantity).filter((q) => q.startsWith('instructions of '));
  const header = ['operation', ...phases.map((q) => q.slice('instructions of '.length))];
  const body = results.map(({ operation, rows }) => [
    operation,
    ...phases.map((q) => pair(rows, q).replace(' / -', '')),
  ]);
  return markdownTable([header, ...body], { align: ['l', ...phases.map((): 'r' => 'r')] });
}

/** One row as a line of JSON (`--json`). */
export const pathJson = (row: PathRow): string => JSON.stringify(row);
