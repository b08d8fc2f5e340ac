import {
  allocation,
  dirtiedByCallee,
  dirtiedByCaller,
  usingStack,
} from '../../platforms/cheri/kernel/benchmark-tables.js';
import type { Operation } from '../../platforms/cheri/kernel/operation.js';
import type { Machine } from '../../platforms/machine/machine.js';
import type { Platform } from '../../platforms/platform.js';
import { shippedClaims } from '../reproduce/read.js';
import { CHERIOT_MEMORIES, linkCheriot, VARIANT } from './paths-cheriot-setups.js';
import { runPath, WrongPath } from './paths-measure.js';
import type { PathRow, PathTable } from './paths-suite.js';

/* Long tables of the benchmarks of CHERIoT RTOS; held-out, as in paper/claims: nobody works to them. */

type Memory = keyof typeof CHERIOT_MEMORIES;

/** The load filter is on in both: which of them the published figures are of is not known. */
const MEMORIES: readonly Memory[] = ['safe33', 'one port'];
const BUDGET = 1_000_000_000;

/** Cycles of the last passage, by memory. @throws WrongPath if the programs do not end well or there is none. */
function cyclesOf(machines: Machines, operation: Operation): readonly { readonly memory: Memory; ours: number }[] {
  const linked = linkCheriot(operation);
  return machines.map(({ memory, machine }) => {
    let last: number | undefined;
    runPath(machine, operation, linked, {
      budget: BUDGET,
      begin: (cycle) => cycle,
      end: (from, cycle) => (last = cycle - from),
    });
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

/** Bytes of each allocation, as in the table. */
const SIZES = Array.from({ length: 13 }, (_, i) => 32 << i);
const MIB = 1024 * 1024;

/** Cycles for 1 MiB in the published table, to its three digits: its claims are of one pair. @param kernel as in `KERNELS` */
export function published(kernel: string, bytes: number): number | null {
  const id = `cheriot-micro23.table4.${kernel.replace(' (S)', '-s')}.${bytes}`;
  const value = shippedClaims()
    .flatMap(({ claims }) => claims)
    .find((claim) => claim.id === id)?.value;
  return typeof value === 'number' ? Number(((value * MIB) / bytes).toPrecision(3)) : null;
}

/** Near the heap's size: rows of the benchmark, not of the publication. */
const LARGE = [163840, 196608];

const TABLE_4_SOURCE =
  "held-out: MICRO'23 table 4, CHERIoT-Ibex; allocator and switcher of 2023, memory ports and stack of the thread unknown (ours has 2048 bytes)";

/** @param sizes bytes of each allocation, of those of the table */
export function* allocationRows(
  platform: Platform,
  sizes: readonly number[] = [...SIZES, ...LARGE],
): Generator<PathRow> {
  const machines = machinesOf(platform);
  for (const bytes of sizes) {
    for (const { name, revocation, highWaterMark } of KERNELS) {
      for (const { memory, ours } of cyclesOf(machines, allocation(bytes, revocation, highWaterMark))) {
        yield rowOf({
          operation: `${bytes} bytes`,
          variant: name,
          quantity: `cycles ${memory}`,
          ours,
          real: published(name, bytes),
          source: TABLE_4_SOURCE,
        });
      }
    }
  }
}

const STACKS = [128, 256, 512, 1024];
/** Which stack and how much of it the 452 are of is inferred: paper/claims/cheriot-sosp25.yaml has them. */
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
