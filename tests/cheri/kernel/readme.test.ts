import { describe, expect, it } from 'vitest';
import { cheri } from '../../../platforms/cheri/index.js';
import { CHERIOT_PATHS } from '../../../runner/validate/paths-cheriot.js';
import type { PathCell } from '../../../runner/validate/paths-suite.js';
import { tableRows } from '../../../runner/validate/paths-tables.js';
import { ALLOCATION, allocationTable, cell, MEMORY_NAMES, readme } from './readme.js';

const LONG = process.env['BULKHEAD_LONG'] === '1';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Lines of a table without the spaces that align it. */
const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.replace(/ +/g, ' '));

describe('the table of allocations in kernel/README.md (node dist/tests/cheri/kernel/readme.js writes it)', () => {
  const found = linesOf(/<!-- allocation table -->(.*)<!-- end of allocation table -->/s.exec(readme())![1]);

  it('has every size, and the published figures', () => {
    const [header, , ...expected] = linesOf(allocationTable(ALLOCATION.cells.map(({ row }) => ({ ...row, ours: 1 }))));
    expect(found[0]).toBe(header);
    const name = (line: string): string => line.split('|').slice(1, 3).join('|');
    expect(found.slice(2).map(name)).toEqual(expected.map(name));
    const published = (lines: readonly string[]): readonly string[] => lines.filter((l) => l.includes('| published |'));
    expect(published(found)).toEqual(published(expected));
  });

  it(
    `has what is measured${LONG ? '' : ', of two kernels at one size'}`,
    { timeout: LONG ? HOUR : MINUTE },
    async () => {
      const quick: readonly string[] = ['metadata', 'hardware (S)'];
      const only = ({ row, memory }: PathCell): boolean =>
        LONG || (row.operation === '32768 bytes' && memory === 'safe33' && quick.includes(row.variant));
      const columns = found[0].split('|').map((name) => name.trim());
      let compared = 0;
      for await (const row of tableRows({ suite: CHERIOT_PATHS, platform: cheri, table: ALLOCATION, only })) {
        const { operation, quantity, variant } = row;
        const line = found.find((text) => text.startsWith(`| ${operation} | ${MEMORY_NAMES[quantity]} |`))!;
        expect([operation, quantity, variant, line.split('|')[columns.indexOf(variant)].trim()]).toEqual([
          operation,
          quantity,
          variant,
          cell(row),
        ]);
        compared++;
      }
      expect(compared).toBe(LONG ? 150 : 2);
    },
  );
});
