import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../platforms/machine/machine.js';
import { mmuMicrokernel } from '../../../platforms/mmu-microkernel/index.js';
import { kernelConfig } from '../../../platforms/mmu-microkernel/kernel/parameters.js';
import { linkSystem } from '../../../platforms/mmu-microkernel/kernel/link.js';
import { OPERATIONS, type Operation } from '../../../platforms/mmu-microkernel/kernel/operations.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { LONG } from './system.js';
import { measureLinked, pathMachine, steady } from '../../../runner/validate/paths-measure.js';
import type { PathSample } from '../../../runner/validate/paths-suite.js';
import { XOUS_PATHS } from '../../../runner/validate/paths-xous.js';

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

let shared: Machine | undefined;
const machine = (): Machine => (shared ??= pathMachine(mmuMicrokernel, XOUS_PATHS, 'core_lat0'));
const operation = (id: string): Operation => OPERATIONS.find((o) => o.id === id)!;

const measurePath = (on: Machine, what: Operation, kernel: ParameterValues): readonly PathSample[] =>
  measureLinked(XOUS_PATHS, on, what, () => {
    const { image, symbol } = linkSystem(kernelConfig(kernel), what.programs);
    return { image, place: (name) => symbol(name).physical };
  });

describe.each(Object.entries(EXPECTED))('%s: traps, satp writes, sfence.vma', (generation, operations) => {
  // the same path runs for both kinds of borrow: one of them is enough beside head
  const few = Object.entries(operations).filter(([id]) => generation === 'head' || !/^borrow/.test(id));
  it.each(LONG ? Object.entries(operations) : few)('%s', (id, counts) => {
    const samples = measurePath(machine(), operation(id), { generation });
    const measured = [
      steady(operation(id), samples, (s) => s.traps),
      steady(operation(id), samples, (s) => s.protection.satpWrites),
      steady(operation(id), samples, (s) => s.protection.sfences),
    ];
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
  const OUTSIDE = ['switch protection', 'clear', 'user'];

  it.each([...PATHS, 'interrupt-out', 'demand-zero'])('%s: as full outside protection and clearing', (id) => {
    const [full, path] = ['full', 'path'].map((isolation) => measurePath(machine(), operation(id), { isolation }));
    const phases = (sample: (typeof full)[number]): unknown =>
      Object.entries(sample.instructionsByPhase).filter(([phase]) => !OUTSIDE.includes(phase));
    expect(path.map(phases)).toEqual(full.map(phases));
    expect(path.map((s) => [s.traps, s.protection.satpWrites])).toEqual(path.map((s) => [s.traps, 0]));
  });
});

describe('ideal on hardware with ASIDs', () => {
  it('flushes nothing when it switches, and single pages when tables change', () => {
    const asid = mmuMicrokernel.createMachine({ parameters: { asid: true }, board: 'xous' });
    const counts = (id: string): unknown[] =>
      measurePath(asid, operation(id), { generation: 'ideal', asid: true })
        .slice(-4)
        .map((s) => [s.protection.satpWrites, s.protection.sfences]);
    expect(new Set(counts('scalar-call').map(String))).toEqual(new Set(['2,0']));
    expect(new Set(counts('borrow-2').map(String))).toEqual(new Set(['12,8']));
  });
});
