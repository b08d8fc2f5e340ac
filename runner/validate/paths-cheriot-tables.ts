import {
  allocation,
  dirtiedByCallee,
  dirtiedByCaller,
  usingStack,
} from '../../platforms/cheri/kernel/benchmark-tables.js';
import { linkSystem } from '../../platforms/cheri/kernel/link.js';
import type { Operation } from '../../platforms/cheri/kernel/operation.js';
import { kernelConfig } from '../../platforms/cheri/kernel/parameters.js';
import type { Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import type { Platform } from '../../platforms/platform.js';
import { CHERIOT_MEMORIES, VARIANT } from './paths-cheriot-reference.js';
import { WrongPath } from './paths-measure.js';
import type { PathRow, PathTable } from './paths-suite.js';

/* Long tables of the benchmarks of CHERIoT RTOS; held-out, as `HELD_OUT`: nobody works to them. */

type Memory = keyof typeof CHERIOT_MEMORIES;

/** The load filter is on in both: which of them the published figures are of is not known. */
const MEMORIES: readonly Memory[] = ['safe33', 'one port'];
const BUDGET = 1_000_000_000;

/** Cycles of the last passage, by memory. @throws WrongPath if the programs do not end well or there is none. */
function cyclesOf(machines: Machines, operation: Operation): readonly { readonly memory: Memory; ours: number }[] {
  const { image, symbol } = linkSystem(kernelConfig(operation.kernel ?? {}), operation.system);
  return machines.map(({ memory, machine }) => {
    let from: number | undefined;
    let last: number | undefined;
    machine.probes.clear();
    machine.setTrace(undefined);
    machine.setBudget(instructions(BUDGET));
    machine.reset();
    machine.load(image);
    for (const mark of operation.to) {
      machine.probes.add(symbol(mark).physical, ({ cycle }) => {
        if (from !== undefined) last = cycle - from;
        return false;
      });
    }
    for (const mark of operation.from) {
      machine.probes.add(symbol(mark).physical, ({ cycle }) => {
        from = cycle;
        return false;
      });
    }
    const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
    machine.probes.clear();
    if (stop.kind !== 'exit' || stop.code !== 0) {
      throw new WrongPath(operation, `the run ended with ${JSON.stringify(stop)}`);
    }
    if (last === undefined) throw new WrongPath(operation, 'nothing was measured');
    return { memory, ours: last };
  });
}

type Machines = readonly { readonly memory: Memory; readonly machine: Machine }[];

const machinesOf = (platform: Platform): Machines =>
  MEMORIES.map((memory) => ({
    memory,
    machine: platform.createMachine({ parameters: CHERIOT_MEMORIES[memory], board: 'rtos' }),
  }));

const rowOf = (row: Pick<PathRow, 'operation' | 'quantity' | 'ours' | 'source'> & Partial<PathRow>): PathRow => ({
  platform: 'cheri',
  variant: VARIANT,
  real: null,
  fidelity: 'M',
  ...row,
});

/** Kernels of MICRO'23 table 4 that ours can be: (S) is the stack's high-water mark. Its baseline without bitmap is none of them. */
const KERNELS = [
  { name: 'metadata', revocation: 'none', highWaterMark: false },
  { name: 'software', revocation: 'software', highWaterMark: false },
  { name: 'software (S)', revocation: 'software', highWaterMark: true },
  { name: 'hardware', revocation: 'hardware', highWaterMark: false },
  { name: 'hardware (S)', revocation: 'hardware', highWaterMark: true },
] as const;

/** MICRO'23 table 4, CHERIoT-Ibex: cycles by bytes of each allocation, in the order of `KERNELS`. */
export const TABLE_4: Readonly<Record<number, readonly [number, number, number, number, number]>> = {
  32: [1.37e8, 1.48e8, 1.18e8, 1.44e8, 1.14e8],
  64: [7.05e7, 8.05e7, 6.56e7, 7.53e7, 6.05e7],
  128: [3.58e7, 4.45e7, 3.71e7, 3.93e7, 3.19e7],
  256: [1.84e7, 2.71e7, 2.34e7, 2.12e7, 1.75e7],
  512: [9.76e6, 1.84e7, 1.65e7, 1.22e7, 1.02e7],
  1024: [5.43e6, 1.37e7, 1.27e7, 7.48e6, 6.55e6],
  2048: [3.27e6, 1.09e7, 1.04e7, 5.11e6, 4.59e6],
  4096: [2.28e6, 9.38e6, 9.1e6, 4.0e6, 3.77e6],
  8192: [1.74e6, 7.67e6, 7.52e6, 3.04e6, 2.92e6],
  16384: [1.42e6, 6.51e6, 6.42e6, 2.36e6, 2.25e6],
  32768: [1.26e6, 4.66e6, 4.61e6, 2.16e6, 2.13e6],
  65536: [1.19e6, 4.17e6, 4.13e6, 2.08e6, 2.06e6],
  131072: [1.15e6, 4.13e6, 4.11e6, 2.11e6, 2.22e6],
};

/** Near the heap's size: rows of the benchmark, not of the publication. */
const LARGE = [163840, 196608];

const TABLE_4_SOURCE =
  "held-out: MICRO'23 table 4, CHERIoT-Ibex; allocator and switcher of 2023, memory ports and stack of the thread unknown (ours has 2048 bytes)";

/** @param sizes bytes of each allocation, of those of the table */
export function* allocationRows(
  platform: Platform,
  sizes: readonly number[] = [...Object.keys(TABLE_4).map(Number), ...LARGE],
): Generator<PathRow> {
  const machines = machinesOf(platform);
  for (const bytes of sizes) {
    for (const [i, { name, revocation, highWaterMark }] of KERNELS.entries()) {
      for (const { memory, ours } of cyclesOf(machines, allocation(bytes, revocation, highWaterMark))) {
        yield rowOf({
          operation: `${bytes} bytes`,
          variant: name,
          quantity: `cycles ${memory}`,
          ours,
          real: TABLE_4[bytes]?.[i] ?? null,
          source: TABLE_4_SOURCE,
        });
      }
    }
  }
}

const STACKS = [128, 256, 512, 1024];
/** Which stack and how much of it the 452 are of is inferred: `HELD_OUT` has them. */
const CALLS_SOURCE = 'no figures are published by both stacks';

/** Calls by the stack that caller and callee use. */
export function* callRows(platform: Platform): Generator<PathRow> {
  const machines = machinesOf(platform);
  for (const caller of STACKS) {
    for (const callee of STACKS) {
      for (const { memory, ours } of cyclesOf(machines, usingStack(caller, callee))) {
        yield rowOf({
          operation: `caller ${caller}, callee ${callee}`,
          quantity: `cycles ${memory}`,
          ours,
          source: CALLS_SOURCE,
        });
      }
    }
  }
}

const MOST_BYTES = 1024;
const STACK_SOURCE = 'no figures are published';

/** What a call costs by what the caller has dirtied, and a return by what the callee has. */
export function* stackRows(platform: Platform): Generator<PathRow> {
  const machines = machinesOf(platform);
  for (let bytes = 4; bytes <= MOST_BYTES; bytes *= 2) {
    const row = { operation: `${bytes} bytes`, source: STACK_SOURCE };
    for (const [what, operation] of [
      ['call', dirtiedByCaller(bytes)],
      ['return', dirtiedByCallee(bytes)],
    ] as const) {
      for (const { memory, ours } of cyclesOf(machines, operation)) {
        yield rowOf({ ...row, quantity: `cycles of the ${what} ${memory}`, ours });
      }
    }
  }
}

export const CHERIOT_TABLES: readonly PathTable[] = [
  { name: 'allocation', title: '1 MiB allocated and freed, by size and kernel', rows: (p) => allocationRows(p) },
  { name: 'calls', title: 'calls by stack of caller and callee', rows: callRows },
  { name: 'stack-usage', title: 'calls and returns by stack dirtied', rows: stackRows },
];
