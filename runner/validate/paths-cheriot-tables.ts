import {
  allocation,
  dirtiedByCallee,
  dirtiedByCaller,
  usingStack,
} from '../../platforms/cheri/kernel/benchmark-tables.js';
import type { Operation } from '../../platforms/cheri/kernel/operation.js';
import { shippedClaims } from '../reproduce/read.js';
import { type CHERIOT_MEMORIES, VARIANT } from './paths-cheriot-setups.js';
import type { PathCell, PathRow, PathTable } from './paths-suite.js';

/* Long tables of the benchmarks of CHERIoT RTOS; held-out, as in paper/claims: nobody works to them. */

type Cell = PathCell<Operation>;

/** The load filter is on in both: which of them the published figures are of is not known. */
const MEMORIES: readonly (keyof typeof CHERIOT_MEMORIES)[] = ['safe33', 'one port'];

/** The cells of an operation, one for each memory. @param cycles what the quantity is called */
const cellsOf = (
  path: Operation,
  row: Pick<PathRow, 'operation' | 'source'> & Partial<PathRow>,
  cycles = 'cycles',
): readonly Cell[] =>
  MEMORIES.map((memory) => ({
    path,
    memory,
    row: { platform: 'cheri', variant: VARIANT, quantity: `${cycles} ${memory}`, real: null, fidelity: 'M', ...row },
  }));

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

const allocations = (): readonly Cell[] =>
  [...SIZES, ...LARGE].flatMap((bytes) =>
    KERNELS.flatMap(({ name, revocation, highWaterMark }) =>
      cellsOf(allocation(bytes, revocation, highWaterMark), {
        operation: `${bytes} bytes`,
        variant: name,
        real: published(name, bytes),
        source: TABLE_4_SOURCE,
      }),
    ),
  );

const STACKS = [128, 256, 512, 1024];
/** Which stack and how much of it the 452 are of is inferred: paper/claims/cheriot-sosp25.yaml has them. */
const CALLS_SOURCE = 'no figures are published by both stacks';

/** Calls by the stack that caller and callee use. */
const calls = (): readonly Cell[] =>
  STACKS.flatMap((caller) =>
    STACKS.flatMap((callee) =>
      cellsOf(usingStack(caller, callee), { operation: `caller ${caller}, callee ${callee}`, source: CALLS_SOURCE }),
    ),
  );

/** 4 bytes to 1 KiB. */
const DIRTIED = Array.from({ length: 9 }, (_, i) => 4 << i);
const STACK_SOURCE = 'no figures are published';

/** What a call costs by what the caller has dirtied, and a return by what the callee has. */
const stackUse = (): readonly Cell[] =>
  DIRTIED.flatMap((bytes) => {
    const row = { operation: `${bytes} bytes`, source: STACK_SOURCE };
    return [
      ...cellsOf(dirtiedByCaller(bytes), row, 'cycles of the call'),
      ...cellsOf(dirtiedByCallee(bytes), row, 'cycles of the return'),
    ];
  });

/** A table whose cells - programs, claims - are made when somebody looks at them. */
function table(name: string, title: string, make: () => readonly Cell[]): PathTable<Operation> {
  let made: readonly Cell[] | undefined;
  return {
    name,
    title,
    get cells() {
      return (made ??= make());
    },
  };
}

export const CHERIOT_TABLES: readonly PathTable<Operation>[] = [
  table('allocation', '1 MiB allocated and freed, by size and kernel', allocations),
  table('calls', 'calls by stack of caller and callee', calls),
  table('stack-usage', 'calls and returns by stack dirtied', stackUse),
];
