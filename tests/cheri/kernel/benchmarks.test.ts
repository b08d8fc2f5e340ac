import { describe, expect, it } from 'vitest';
import { cheri } from '../../../platforms/cheri/index.js';
import { BENCHMARKS } from '../../../platforms/cheri/kernel/benchmarks.js';
import type { Machine } from '../../../platforms/machine/machine.js';
import { CHERIOT_PATHS } from '../../../runner/validate/paths-cheriot.js';
import { CHERIOT_TABLES } from '../../../runner/validate/paths-cheriot-tables.js';
import { measurePath, pathMachine, steady } from '../../../runner/validate/paths-measure.js';
import type { PathCell, PathRow, PathSample } from '../../../runner/validate/paths-suite.js';
import { cellsHere, tableRows } from '../../../runner/validate/paths-tables.js';

const LONG = process.env['BULKHEAD_LONG'] === '1';
const VARIANT = CHERIOT_PATHS.variants[0];

const machine: Machine = pathMachine(cheri, CHERIOT_PATHS, 'safe33');
const measured = new Map(
  BENCHMARKS.map((operation) => {
    const samples = measurePath(CHERIOT_PATHS, machine, operation, VARIANT);
    return [operation.id, (quantity: (s: PathSample) => number) => steady(operation, samples, quantity)];
  }),
);
const instructions = (id: string): number =>
  measured.get(id)!(({ instructionsByPhase }) => Object.values(instructionsByPhase).reduce((a, b) => a + b, 0));
const cycles = (id: string): number => measured.get(id)!((s) => s.cycles);
const traps = (id: string): number => measured.get(id)!((s) => s.traps);

/** On safe33. None of the real kernel is known; a row that changes is a path that changed. */
const ROWS: Readonly<Record<string, readonly [instructions: number, cycles: number]>> = {
  'failed-call': [181, 265],
  'failed-call-rich': [313, 516],
  'failed-call-stackless': [212, 307],
  'failed-call-scoped': [259, 401],
  'scoped-call': [160, 241],
  'scoped-region': [18, 33],
  'function-call': [2, 4],
  'library-call': [4, 10],
  bounds: [2, 2],
  'claim-ephemeral-heap': [46, 74],
  'claim-ephemeral-other': [31, 52],
  'token-key': [220, 346],
  'token-allocate': [538, 811],
  'token-unseal': [28, 41],
  claim: [931, 1408],
  'allocate-free-32': [957, 1490],
  'allocate-free-1024': [1237, 1946],
  'allocate-free-16384': [5596.5, 9094.5],
  'allocate-free-196608': [87656, 186070],
  'interrupt-timer': [302, 474],
  'interrupt-revoker': [291, 445],
};

describe("rows of the real kernel's benchmarks", () => {
  it.each(Object.entries(ROWS))('%s', (id, expected) => {
    expect([instructions(id), cycles(id)]).toEqual(expected);
  });

  it('a fault is one trap, and a handler costs what it is: of none, stackless, scoped, rich', () => {
    const failed = ['failed-call', 'failed-call-stackless', 'failed-call-scoped', 'failed-call-rich'];
    expect(failed.map(traps)).toEqual([1, 1, 1, 1]);
    const counts = failed.map(instructions);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });

  it('an ephemeral claim is no call, and one on the heap also looks at the epoch and at the pointer', () => {
    expect(traps('claim-ephemeral-heap')).toBe(0);
    expect(cycles('claim-ephemeral-heap')).toBeGreaterThan(cycles('claim-ephemeral-other'));
    expect(cycles('claim-ephemeral-heap')).toBeLessThan(cycles('claim') / 10);
  });

  it('a latency is that of one interrupt', () => {
    expect(['interrupt-timer', 'interrupt-revoker'].map(traps)).toEqual([1, 1]);
  });

  it('an allocation that needs more than half of the heap waits for a sweep of all 256 KiB: two cycles a granule at least', () => {
    expect(cycles('allocate-free-196608')).toBeGreaterThan(2 * 32768);
    expect(cycles('allocate-free-16384')).toBeLessThan(2 * 32768);
  });
});

/** The rows of a long table, or of some of its cells. */
function rowsOf(name: string, only: (cell: PathCell) => boolean = () => true): readonly PathRow[] {
  const { cells } = CHERIOT_TABLES.find((table) => table.name === name)!;
  return [...cellsHere(CHERIOT_PATHS, cheri, cells.filter(only))];
}

describe('long tables', () => {
  it('calls: only the sum of both stacks matters, 11 cycles for each 32 bytes', () => {
    const rows = rowsOf('calls', ({ memory }) => memory === 'safe33');
    expect(rows.length).toBe(16);
    for (const { operation, ours } of rows) {
      const [caller, callee] = operation.match(/\d+/g)!.map(Number);
      expect(ours).toBe(250 + (11 * (caller + callee - 256)) / 32);
    }
  });

  it('stack-usage: what is dirtied costs once, in the call or in the return', () => {
    const rows = rowsOf('stack-usage');
    const at = (bytes: number, quantity: string): number =>
      rows.find((r) => r.operation === `${bytes} bytes` && r.quantity === quantity)!.ours;
    for (const quantity of ['cycles of the call safe33', 'cycles of the return safe33']) {
      expect(at(4, quantity)).toBe(at(16, quantity));
      expect(at(1024, quantity) - at(512, quantity)).toBe((11 * 512) / 32);
    }
  });

  it('allocation: the published figure beside each, and the kernels in the order in which sweeps put them', () => {
    const rows = rowsOf(
      'allocation',
      // a kernel that never sweeps is quick
      ({ row, memory }) =>
        row.operation === '131072 bytes' && memory === 'safe33' && (LONG || row.variant === 'metadata'),
    );
    expect(rows.map(({ real }) => real)).toEqual([1.15e6, 4.13e6, 4.11e6, 2.11e6, 2.22e6].slice(0, rows.length));
    const [metadata, software, , hardware] = rows;
    // all of it zeroed once: 8 bytes a store of two cycles
    expect(metadata.ours).toBeGreaterThan(2 ** 20 / 4);
    if (!LONG) return;
    expect([software.variant, hardware.variant]).toEqual(['software', 'hardware']);
    expect(metadata.ours).toBeLessThan(hardware.ours);
    expect(hardware.ours).toBeLessThan(software.ours);
  });

  it('workers give the rows in the order of the table, each as it is alone on a machine that has run nothing before', async () => {
    const table = CHERIOT_TABLES.find(({ name }) => name === 'stack-usage')!;
    const only = ({ row }: PathCell): boolean => row.quantity.startsWith('cycles of the return');
    const rows: PathRow[] = [];
    for await (const row of tableRows({ suite: CHERIOT_PATHS, platform: cheri, table, only })) rows.push(row);
    const cells = table.cells.filter(only);
    expect(rows).toEqual(cells.map(({ row }, i) => ({ ...row, ours: rows[i].ours })));
    expect([...cellsHere(CHERIOT_PATHS, cheri, cells.slice(-1))]).toEqual(rows.slice(-1));
  });

  it('each has a name of its own', () => {
    expect(CHERIOT_TABLES.map(({ name }) => name)).toEqual(['allocation', 'calls', 'stack-usage']);
  });
});
