import type { PathReference } from './paths-suite.js';

/**
 * The real CMRX: built unmodified (GCC 12.2, -O2, NDEBUG, OS_THREADS as said, 8 processes, stacks of 1024 bytes, soft float) and traced
 * instruction by instruction on QEMU 7.2 (mps2-an386). QEMU has no cycles. Counts are of instructions and data words strictly between
 * two NOPs in the caller, argument set-up and user stub included; frames that the hardware stores and loads are not in them.
 */
const TRACED = 'traced for this project on QEMU mps2-an386';

interface Figures {
  readonly instructions: number;
  readonly loads?: number;
  readonly stores?: number;
  readonly traps?: number;
  readonly mpu?: number;
  readonly masked?: number;
  /** Instructions by phase, in the order of `PHASE_QUANTITIES`; they sum to the instructions. */
  readonly phases?: readonly number[];
}

const QUANTITY = {
  instructions: 'instructions',
  loads: 'loads',
  stores: 'stores',
  traps: 'exceptions',
  mpu: 'MPU stores',
  masked: 'longest masked',
} as const satisfies Readonly<Record<Exclude<keyof Figures, 'phases'>, string>>;

/**
 * Instructions by phase of the path, as the suite names them. The trace tells functions apart: programs, stubs and library are user;
 * the dispatcher, the call and its transactions validate; the tick, the scan of the threads and the decision schedule; the load of
 * regions is switch protection; PendSV without it, and the frames of an RPC, are the last.
 */
export const PHASE_QUANTITIES = ['user', 'validate', 'schedule', 'switch protection', 'save, restore and return'].map(
  (phase) => `instructions of ${phase}`,
);

const figures = (variant: string, source: string, table: Readonly<Record<string, Figures>>): PathReference[] =>
  Object.entries(table).map(([operation, known]) => ({
    operation,
    variant,
    source: `${TRACED}: ${source}`,
    figures: figuresOf(known),
  }));

function figuresOf({ phases = [], ...known }: Figures): Readonly<Record<string, number>> {
  return Object.fromEntries([
    ...Object.entries(known).map(([key, value]) => [QUANTITY[key as keyof typeof known], value] as const),
    ...phases.map((count, i) => [PHASE_QUANTITIES[i], count] as const),
  ]);
}

/** A row of the table of paths: instructions, load words, store words, MPU stores, exceptions, longest masked stretch, phases. */
const row = (
  instructions: number,
  loads: number,
  stores: number,
  mpu: number,
  traps: number,
  masked: number,
  phases: readonly number[],
): Figures => ({ instructions, loads, stores, mpu, traps, masked, phases });

const HEAD = figures('head', 'cmrx 16fc43c, Cortex-M4, OS_THREADS 8', {
  'null-call': row(37, 18, 8, 0, 1, 0, [3, 34, 0, 0, 0]),
  'rpc-call': row(308, 63, 46, 12, 1, 0, [11, 235, 0, 49, 13]),
  'rpc-return': row(152, 44, 31, 12, 1, 0, [3, 83, 0, 49, 17]),
  rpc: row(460, 107, 77, 24, 2, 0, [14, 318, 0, 98, 30]),
  'yield-alone': row(197, 46, 19, 0, 1, 4, [3, 31, 163, 0, 0]),
  'yield-switch': row(369, 103, 53, 3, 2, 83, [3, 31, 251, 12, 72]),
  'yield-switch-process': row(402, 112, 75, 24, 2, 140, [3, 31, 227, 70, 71]),
  lock: row(52, 25, 14, 0, 1, 0, [18, 34, 0, 0, 0]),
  unlock: row(98, 37, 22, 0, 1, 20, [17, 81, 0, 0, 0]),
  'notify-queued': row(139, 46, 23, 0, 1, 60, [4, 135, 0, 0, 0]),
  'wait-queued': row(127, 45, 23, 0, 1, 52, [5, 122, 0, 0, 0]),
  'wait-blocking': row(434, 124, 69, 3, 2, 83, [5, 144, 201, 12, 72]),
  'notify-waking': row(527, 154, 80, 3, 2, 91, [4, 230, 209, 12, 72]),
  continue: row(262, 62, 25, 0, 1, 16, [5, 91, 166, 0, 0]),
  stop: row(95, 36, 18, 0, 1, 19, [5, 90, 0, 0, 0]),
  'continue-switch': row(403, 111, 59, 3, 2, 83, [6, 104, 209, 12, 72]),
  'stop-self': row(399, 115, 62, 3, 2, 83, [5, 109, 201, 12, 72]),
  // the exception itself is before the first mark, and so is the first instruction of the handler
  tick: { instructions: 191, mpu: 0, masked: 4, phases: [0, 0, 191, 0, 0] },
  'tick-sleeper': { instructions: 234, mpu: 0, masked: 14, phases: [0, 0, 234, 0, 0] },
  'tick-switch': { instructions: 339, mpu: 3, masked: 83, phases: [0, 0, 255, 12, 72] },
  'thread-create': row(302, 79, 75, 0, 1, 80, [6, 296, 0, 0, 0]),
  'thread-exit': row(389, 113, 66, 3, 2, 83, [4, 92, 209, 12, 72]),
  join: row(63, 25, 14, 0, 1, 16, [3, 60, 0, 0, 0]),
  kill: row(107, 38, 22, 0, 1, 16, [4, 103, 0, 0, 0]),
  cooperative: { instructions: 377, mpu: 3, phases: [11, 31, 251, 12, 72] },
  // a round: 5 counts, 8 switches
  preemptive: { instructions: 3319, mpu: 24, phases: [155, 852, 1640, 96, 576] },
  message: { instructions: 630, mpu: 0, phases: [373, 257, 0, 0, 0] },
  synchronisation: { instructions: 155, mpu: 0, phases: [40, 115, 0, 0, 0] },
});

const totals = (table: Readonly<Record<string, number>>): Readonly<Record<string, Figures>> =>
  Object.fromEntries(Object.entries(table).map(([operation, instructions]) => [operation, { instructions }]));

const OLDER = [
  ...figures(
    'v0.1.2',
    'cmrx v0.1.2, Cortex-M4, OS_THREADS 8',
    totals({
      'null-call': 37,
      'rpc-call': 308,
      'rpc-return': 152,
      rpc: 460,
      'yield-alone': 197,
      'yield-switch': 369,
      'yield-switch-process': 402,
      lock: 52,
      unlock: 135,
      'notify-queued': 174,
      'wait-queued': 127,
      'wait-blocking': 434,
      'notify-waking': 522,
      cooperative: 377,
      preemptive: 3319,
      message: 667,
      synchronisation: 192,
    }),
  ),
  ...figures(
    'v0.1.2, 16 threads',
    'cmrx v0.1.2, Cortex-M4, OS_THREADS 16',
    totals({
      'yield-alone': 285,
      'yield-switch': 457,
      'yield-switch-process': 490,
      'wait-blocking': 522,
      'notify-waking': 612,
      cooperative: 465,
      preemptive: 4023,
      message: 667,
      synchronisation: 192,
    }),
  ),
];

const MARKERS = 'its totals hold 5 to 9 instructions of markers';
const OTHER_CORES = [
  ...figures(
    'head, m0plus',
    `cmrx 16fc43c, Cortex-M0+, OS_THREADS 8; ${MARKERS}`,
    totals({ 'null-call': 51, rpc: 548, 'yield-alone': 283, 'yield-switch': 492, 'yield-switch-process': 525 }),
  ),
  ...figures(
    'head, m33',
    `cmrx 16fc43c, Cortex-M33, OS_THREADS 8; ${MARKERS}`,
    Object.fromEntries(
      Object.entries({
        'null-call': [43, 0],
        rpc: [484, 32],
        'yield-alone': [203, 0],
        'yield-switch': [383, 4],
        'yield-switch-process': [424, 32],
      }).map(([operation, [instructions, mpu]]) => [operation, { instructions, mpu }]),
    ),
  ),
];

export const CMRX_REFERENCES: readonly PathReference[] = [...HEAD, ...OLDER, ...OTHER_CORES];

/**
 * Published by the CMRX project for v0.1.2: STM32L432 at 80 MHz (Cortex-M4F, FPU on), code in flash, GCC 14.2; level of optimisation and
 * OS_THREADS are not stated. Cycles of one count = 80 MHz * 30 s / score.
 */
export const PUBLISHED_SOURCE = 'cmrxrtos.org/rtos-benchmarks/cmrx, CMRX 0.1.2 on an STM32L432 at 80 MHz';

/** Held-out: looked at when reporting, nothing was chosen with them. */
export const PUBLISHED: readonly {
  readonly operation: string;
  /** Counts of one passage of the operation. */
  readonly counts: number;
  readonly perCount: number;
  /** Instructions of one count, traced: v0.1.2 on a Cortex-M4 with FPU, -O2, OS_THREADS 8. */
  readonly traced: number;
}[] = [
  { operation: 'cooperative', counts: 1, perCount: 1035.92, traced: 387 },
  { operation: 'preemptive', counts: 5, perCount: 1896.66, traced: 677.4 },
  { operation: 'message', counts: 1, perCount: 1628.96, traced: 683 },
  { operation: 'synchronisation', counts: 1, perCount: 487.21, traced: 209 },
];
