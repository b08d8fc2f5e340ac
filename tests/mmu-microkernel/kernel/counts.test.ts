import { describe, expect, it } from 'vitest';
import { mmuMicrokernel } from '../../../platforms/mmu-microkernel/index.js';
import { LONG } from './system.js';
import { pathMachine } from '../../../runner/validate/paths-measure.js';
import type { PathSample } from '../../../runner/validate/paths-suite.js';
import { XOUS_PATHS } from '../../../runner/validate/paths-xous.js';
import { pathCounts, unprotectedPhases } from '../../path-counts.js';

/** Traps, satp writes and sfence.vma of an operation (mmu-xous section 2.9, confirmed on the RTL). */
type Counts = readonly [traps: number, satp: number, sfences: number];

const lends = (satp: (n: number) => number, sfences: (n: number) => number): Record<string, Counts> =>
  Object.fromEntries(
    ['borrow', 'mutable-borrow'].flatMap((kind) =>
      [1, 2, 4].map((n) => [`${kind}-${n}`, [2, satp(n), sfences(n)] as Counts]),
    ),
  );

const EXPECTED: Readonly<Record<string, Readonly<Record<string, Counts>>>> = {
  head: {
    'null-call': [1, 0, 0],
    'yield-alone': [2, 4, 4],
    'yield-next': [2, 4, 4],
    'yield-wrap': [2, 4, 4],
    'scalar-call': [2, 4, 4],
    // two paths in turn: 2 traps and 3 activations, 6 traps and 12
    'scalar-call-legacy': [4, 7.5, 7.5],
    'mutable-borrow-1-legacy': [4, 13.5, 18.5],
    ...lends(
      (n) => 6 + 4 * n,
      (n) => 6 + 9 * n,
    ),
    'move-1': [1, 6, 8],
    'move-2': [1, 8, 12],
    scalar: [1, 2, 2],
    'map-memory': [1, 0, 0],
    'unmap-memory': [1, 0, 1],
    'demand-zero': [1, 0, 2],
    'interrupt-in': [1, 2, 2],
    'interrupt-out': [1, 2, 2],
    'return-to-parent': [1, 0, 0],
    'pre-emption': [4, 6, 6],
    fault: [2, 4, 4],
  },
  pr668: {
    'scalar-call': [2, 8, 8],
    ...lends(
      (n) => 10 + 4 * n,
      (n) => 10 + 9 * n,
    ),
    'yield-next': [2, 4, 4],
  },
  'v0.9.12': {
    'scalar-call': [2, 8, 16],
    ...lends(
      (n) => 10 + 4 * n,
      (n) => 20 + 13 * n,
    ),
    'yield-next': [2, 4, 8],
  },
  ideal: {
    'scalar-call': [2, 2, 2],
    ...lends(
      (n) => 4 + 4 * n,
      (n) => 4 + 8 * n,
    ),
    'yield-next': [2, 2, 2],
    'interrupt-in': [1, 1, 1],
    'pre-emption': [4, 3, 3],
  },
};

const PROTECTION = {
  satp: (s: PathSample): number => s.protection.satpWrites,
  sfences: (s: PathSample): number => s.protection.sfences,
};

const paths = pathCounts(XOUS_PATHS, () => pathMachine(mmuMicrokernel, XOUS_PATHS, 'core_lat0'));

describe.each(Object.entries(EXPECTED))('%s: traps, satp writes, sfence.vma', (generation, operations) => {
  // the same path runs for both kinds of borrow: one of them is enough beside head
  const few = Object.entries(operations).filter(([id]) => generation === 'head' || !/^borrow/.test(id));
  it.each(LONG ? Object.entries(operations) : few)('%s', (id, counts) => {
    const { satp, sfences } = PROTECTION;
    const measured = paths.values(id, [(s) => s.traps, satp, sfences], { generation });
    expect(measured).toEqual(counts);
  });
});

describe('isolation=path', () => {
  const PATHS = [
    'null-call',
    'yield-next',
    'scalar-call',
    'scalar-call-legacy',
    'borrow-2',
    'mutable-borrow-4',
    'move-1',
  ];
  it.each([...PATHS, 'interrupt-out', 'demand-zero'])('%s: as full outside protection and clearing', (id) => {
    const [full, path] = ['full', 'path'].map((isolation) => paths.measure(id, { isolation }));
    expect(unprotectedPhases(path)).toEqual(unprotectedPhases(full));
    expect(path.map((s) => [s.traps, s.protection.satpWrites])).toEqual(path.map((s) => [s.traps, 0]));
  });
});

describe('ideal on hardware with ASIDs', () => {
  it('flushes nothing when it switches, and single pages when tables change', () => {
    const asid = mmuMicrokernel.createMachine({ parameters: { asid: true }, board: 'xous' });
    const counts = (id: string): unknown[] =>
      paths
        .measure(id, { generation: 'ideal', asid: true }, asid)
        .slice(-4)
        .map((s) => [s.protection.satpWrites, s.protection.sfences]);
    expect(new Set(counts('scalar-call').map(String))).toEqual(new Set(['2,0']));
    expect(new Set(counts('borrow-2').map(String))).toEqual(new Set(['12,8']));
  });
});
