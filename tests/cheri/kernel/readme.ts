import { readFileSync, writeFileSync } from 'node:fs';
import { markdownTable } from 'markdown-table';
import { z } from 'zod';
import { cheri } from '../../../platforms/cheri/index.js';
import { CHERIOT_TABLES } from '../../../runner/validate/paths-cheriot-tables.js';
import { CHERIOT_PATHS } from '../../../runner/validate/paths-cheriot.js';
import type { PathRow } from '../../../runner/validate/paths-suite.js';
import { tableRows } from '../../../runner/validate/paths-tables.js';
import { withTable } from '../../tables.js';

/*
 * The table of allocations in platforms/cheri/kernel/README.md. `node dist/tests/cheri/kernel/readme.js` measures all of it, which
 * takes minutes, and writes it; with the name of a file it takes the rows that `validate paths --platform cheri --table allocation --json`
 * has written there.
 */

/** dist/tests/cheri/kernel/readme.js is four folders below the root. */
const README = new URL('../../../../platforms/cheri/kernel/README.md', import.meta.url);

export const readme = (): string => readFileSync(README, 'utf8');

export const ALLOCATION = CHERIOT_TABLES.find(({ name }) => name === 'allocation')!;

/** Memory set-ups by quantity. */
export const MEMORY_NAMES: Readonly<Record<string, string>> = {
  'cycles safe33': 'safe33',
  'cycles one port': 'one port',
};

/** Millions of cycles, to three digits. */
const millions = (cycles: number): string => (cycles / 1e6).toPrecision(3);

/** A row: ours and the ratio to what is published, which comes last; without it ours alone. */
export function cell({ ours, real }: Pick<PathRow, 'ours' | 'real'>): string {
  return real === null ? millions(ours) : `${millions(ours)} (${(ours / real).toFixed(2)})`;
}

/** One line for each size and memory, one column for each kernel; published figures have lines of their own. */
export function allocationTable(rows: readonly PathRow[]): string {
  const kernels = [...new Set(rows.map(({ variant }) => variant))];
  const sizes = [...new Set(rows.map(({ operation }) => operation))];
  const lines = sizes.flatMap((size) => {
    const own = rows.filter(({ operation }) => operation === size);
    const of = (kernel: string, quantity: string): PathRow =>
      own.find((r) => r.variant === kernel && r.quantity === quantity)!;
    const published = kernels.map((kernel) => of(kernel, 'cycles safe33').real);
    return [
      ...(published.every((real) => real === null)
        ? []
        : [[size, 'published', ...published.map((real) => millions(real!))]]),
      ...Object.entries(MEMORY_NAMES).map(([quantity, name]) => [
        size,
        name,
        ...kernels.map((k) => cell(of(k, quantity))),
      ]),
    ];
  });
  return markdownTable([['size', '', ...kernels], ...lines], { align: ['l', 'l', ...kernels.map(() => 'r')] });
}

async function measured(): Promise<readonly PathRow[]> {
  const rows: PathRow[] = [];
  for await (const row of tableRows({ suite: CHERIOT_PATHS, platform: cheri, table: ALLOCATION })) rows.push(row);
  return rows;
}

const rowSchema = z.object({
  platform: z.string(),
  operation: z.string(),
  variant: z.string(),
  quantity: z.string(),
  real: z.number().nullable(),
  ours: z.number(),
  source: z.string(),
  fidelity: z.enum(['P', 'M']),
});

const recorded = (path: string): readonly PathRow[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => rowSchema.parse(JSON.parse(line)));

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [, , path] = process.argv;
  const rows = path === undefined ? await measured() : recorded(path);
  writeFileSync(README, withTable(readme(), 'allocation', allocationTable(rows)));
}
