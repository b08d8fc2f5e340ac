import type { PathReference } from './paths-suite.js';

/**
 * The real Xous kernel on the RTL of its core: xous-core 73c094632 (head) and older ones, built unmodified (rustc 1.96, the
 * repository's release profile) and run on the Verilator model of VexRiscv as it is in Baochip-1x.
 */

const RTL = 'measured on RTL for this project';

/** Figures of an operation; what is not here is not known. The two cycle columns are the memory set-ups of `paths-xous.ts`. */
interface Figures {
  readonly traps?: number;
  readonly satpWrites?: number;
  readonly sfences?: number;
  /** Instructions of the kernel, PID 1 included. */
  readonly instructions?: number;
  readonly loads?: number;
  readonly stores?: number;
  /** Warm cycles from mark to mark, both AXI ports straight to memory without waits. */
  readonly core_lat0?: number;
  /** The same with the data side behind the crossbar and memory latency 4. */
  readonly xbar_lat4?: number;
  /** Instructions of the entry code that saves registers, and of the code that restores them and returns. */
  readonly save?: number;
  readonly restore?: number;
}

/** Names of the quantities of `paths-xous.ts`. */
const QUANTITY = {
  traps: 'traps',
  satpWrites: 'satp writes',
  sfences: 'sfence.vma',
  instructions: 'instructions',
  loads: 'loads',
  stores: 'stores',
  core_lat0: 'cycles core_lat0',
  xbar_lat4: 'cycles xbar_lat4',
  save: 'instructions of save',
  restore: 'instructions of restore and return',
} as const satisfies Readonly<Record<keyof Figures, string>>;

const figures = (variant: string, kernel: string, table: Readonly<Record<string, Figures>>): PathReference[] =>
  Object.entries(table).map(([operation, known]) => ({
    operation,
    variant,
    source: `${RTL}: ${kernel}`,
    figures: Object.fromEntries(Object.entries(known).map(([key, value]) => [QUANTITY[key as keyof Figures], value])),
  }));

/** Instructions of the assembly entry and of the two exits (section 3: 46; 37 "result", 34 "resume"). */
const ENTRY = 46;
const RESULT = 37;
const RESUME = 34;

const HEAD = figures('head', 'xous-core 73c094632', {
  'null-call': {
    traps: 1,
    satpWrites: 0,
    sfences: 0,
    instructions: 370,
    loads: 63,
    stores: 83,
    core_lat0: 601,
    xbar_lat4: 733,
    save: ENTRY,
    restore: RESULT,
  },
  'yield-alone': {
    traps: 2,
    satpWrites: 4,
    sfences: 4,
    instructions: 2660,
    loads: 306,
    stores: 268,
    core_lat0: 4937,
    xbar_lat4: 5314,
  },
  'yield-next': {
    traps: 2,
    satpWrites: 4,
    sfences: 4,
    instructions: 1653,
    loads: 243,
    stores: 268,
    core_lat0: 3417,
    xbar_lat4: 3839,
    save: 2 * ENTRY,
    restore: 2 * RESUME,
  },
  'yield-wrap': {
    traps: 2,
    satpWrites: 4,
    sfences: 4,
    instructions: 2646,
    loads: 305,
    stores: 268,
    core_lat0: 4911,
    xbar_lat4: 5312,
  },
  'scalar-call': {
    traps: 2,
    satpWrites: 4,
    sfences: 4,
    instructions: 2330,
    loads: 352,
    stores: 372,
    core_lat0: 4740,
    xbar_lat4: 5300,
    save: 2 * ENTRY,
    restore: RESULT + RESUME,
  },
  // two paths in turn, their means: 2 traps and 3 activations, 6 traps and 12
  'scalar-call-legacy': {
    traps: 4,
    satpWrites: 7.5,
    sfences: 7.5,
    instructions: 4438,
    core_lat0: 8760,
  },
  'borrow-1': {
    traps: 2,
    satpWrites: 10,
    sfences: 15,
    instructions: 2998,
    loads: 447,
    stores: 450,
    core_lat0: 6950,
    xbar_lat4: 7641,
  },
  'borrow-2': {
    traps: 2,
    satpWrites: 14,
    sfences: 24,
    instructions: 3276,
    loads: 478,
    stores: 469,
    core_lat0: 7980,
    xbar_lat4: 8838,
  },
  'borrow-4': {
    traps: 2,
    satpWrites: 22,
    sfences: 42,
    instructions: 3832,
    loads: 540,
    stores: 507,
    core_lat0: 10105,
    xbar_lat4: 11028,
  },
  'mutable-borrow-1': { traps: 2, satpWrites: 10, sfences: 15, instructions: 2995, core_lat0: 6925, xbar_lat4: 7634 },
  'mutable-borrow-2': { traps: 2, satpWrites: 14, sfences: 24, instructions: 3273, core_lat0: 8002, xbar_lat4: 8792 },
  'mutable-borrow-4': { traps: 2, satpWrites: 22, sfences: 42, instructions: 3829, core_lat0: 10103, xbar_lat4: 11067 },
  'mutable-borrow-1-legacy': { satpWrites: 13.5, sfences: 18.5, instructions: 5060, core_lat0: 10842 },
  'move-1': {
    traps: 1,
    satpWrites: 6,
    sfences: 8,
    instructions: 1495,
    loads: 225,
    stores: 219,
    core_lat0: 3516,
    xbar_lat4: 3983,
  },
  scalar: {
    traps: 1,
    satpWrites: 2,
    sfences: 2,
    instructions: 953,
    loads: 154,
    stores: 167,
    core_lat0: 1931,
    xbar_lat4: 2167,
  },
  'map-memory': {
    traps: 1,
    satpWrites: 0,
    sfences: 0,
    instructions: 629,
    loads: 126,
    stores: 145,
    core_lat0: 1030,
    xbar_lat4: 1301,
  },
  'unmap-memory': {
    traps: 1,
    satpWrites: 0,
    sfences: 1,
    instructions: 517,
    loads: 77,
    stores: 89,
    core_lat0: 1068,
    xbar_lat4: 1220,
  },
  'demand-zero': {
    traps: 1,
    satpWrites: 0,
    sfences: 2,
    instructions: 3600,
    loads: 79,
    stores: 1108,
    core_lat0: 5250,
    xbar_lat4: 5400,
  },
  'interrupt-in': {
    traps: 1,
    satpWrites: 2,
    sfences: 2,
    instructions: 560,
    loads: 82,
    stores: 97,
    core_lat0: 1253,
    xbar_lat4: 1400,
  },
  'interrupt-out': {
    traps: 1,
    satpWrites: 2,
    sfences: 2,
    instructions: 447,
    loads: 70,
    stores: 85,
    core_lat0: 1150,
    xbar_lat4: 1295,
  },
  'return-to-parent': {
    traps: 1,
    satpWrites: 0,
    sfences: 0,
    instructions: 427,
    loads: 65,
    stores: 89,
    core_lat0: 708,
    xbar_lat4: 878,
  },
  'pre-emption': {
    traps: 4,
    satpWrites: 6,
    sfences: 6,
    instructions: 2230,
    loads: 330,
    stores: 399,
    core_lat0: 4889,
    xbar_lat4: 5559,
  },
  // built without print-panics, and with only the 340 peripheral pages in its second page tracker
  fault: {
    traps: 2,
    satpWrites: 4,
    sfences: 4,
    instructions: 63503,
    loads: 7594,
    stores: 6446,
    core_lat0: 124727,
    xbar_lat4: 140511,
  },
});

const OLDER = [
  ...figures('pr668', 'xous-core 126896bf5^ (after pull request 668, before 669)', {
    'null-call': { instructions: 371, core_lat0: 601 },
    'scalar-call': { traps: 2, satpWrites: 8, sfences: 8, instructions: 2323, core_lat0: 5139, xbar_lat4: 5669 },
    'mutable-borrow-1': { instructions: 2981, core_lat0: 7215, xbar_lat4: 8000 },
    'mutable-borrow-4': { core_lat0: 10520, xbar_lat4: 11426 },
    'yield-alone': { core_lat0: 4686, xbar_lat4: 5072 },
    scalar: { core_lat0: 1955 },
  }),
  ...figures('v0.9.12', 'xous-core ad5296e3b (v0.9.12, opt-level 3)', {
    'null-call': { instructions: 245, core_lat0: 372, xbar_lat4: 518 },
    'scalar-call': { traps: 2, satpWrites: 8, sfences: 16, instructions: 1679, core_lat0: 4179, xbar_lat4: 4770 },
    'mutable-borrow-1': { traps: 2, satpWrites: 14, sfences: 33, instructions: 2326, core_lat0: 6390, xbar_lat4: 7184 },
    'mutable-borrow-2': { traps: 2, satpWrites: 18, sfences: 46 },
    'mutable-borrow-4': {
      traps: 2,
      satpWrites: 26,
      sfences: 72,
      instructions: 3151,
      core_lat0: 10060,
      xbar_lat4: 10901,
    },
    'yield-alone': { instructions: 1936, core_lat0: 4003, xbar_lat4: 4470 },
    scalar: { instructions: 680, core_lat0: 1465, xbar_lat4: 1692 },
    'demand-zero': { instructions: 3429, core_lat0: 4918, xbar_lat4: 5102 },
  }),
  ...figures('ideal', 'xous-core 73c094632 with our patch: one activation for each switch', {
    'scalar-call': { traps: 2, satpWrites: 2, sfences: 2, instructions: 2321, core_lat0: 4401, xbar_lat4: 4928 },
    'borrow-1': { core_lat0: 6680, xbar_lat4: 7383 },
    'borrow-4': { core_lat0: 9857, xbar_lat4: 10835 },
    'yield-alone': { instructions: 2632, core_lat0: 4611, xbar_lat4: 5023 },
  }),
];

/** Every known figure, by variant and operation. */
export const XOUS_REFERENCES: readonly PathReference[] = [...HEAD, ...OLDER];

/**
 * What one redundant operation costs the real kernel in a blocking scalar round trip, in cycles on core_lat0 (section 5: an
 * sfence.vma right before a satp write; a complete activation with the TLB refills it causes).
 */
export const REDUNDANT = {
  sfence: 46,
  activation: 155,
  source: `${RTL}: derived from kernels before and after a change`,
} as const;
