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
}

const QUANTITY = {
  instructions: 'instructions',
  loads: 'loads',
  stores: 'stores',
  traps: 'exceptions',
  mpu: 'MPU stores',
  masked: 'longest masked',
} as const satisfies Readonly<Record<keyof Figures, string>>;

const figures = (variant: string, source: string, table: Readonly<Record<string, Figures>>): PathReference[] =>
  Object.entries(table).map(([operation, known]) => ({
    operation,
    variant,
    source: `${TRACED}: ${source}`,
    figures: Object.fromEntries(Object.entries(known).map(([key, value]) => [QUANTITY[key as keyof Figures], value])),
  }));

/** A row of the table of paths: instructions, load words, store words, MPU stores, exceptions, longest masked stretch. */
const row = (
  instructions: number,
  loads: number,
  stores: number,
  mpu: number,
  traps: number,
  masked: number,
): Figures => ({ instructions, loads, stores, mpu, traps, masked });

const HEAD = figures('head', 'cmrx 16fc43c, Cortex-M4, OS_THREADS 8', {
  'null-call': row(37, 18, 8, 0, 1, 0),
  'rpc-call': row(308, 63, 46, 12, 1, 0),
  'rpc-return': row(152, 44, 31, 12, 1, 0),
  rpc: row(460, 107, 77, 24, 2, 0),
  'yield-alone': row(197, 46, 19, 0, 1, 4),
  'yield-switch': row(369, 103, 53, 3, 2, 83),
  'yield-switch-process': row(402, 112, 75, 24, 2, 140),
  lock: row(52, 25, 14, 0, 1, 0),
  unlock: row(98, 37, 22, 0, 1, 20),
  'notify-queued': row(139, 46, 23, 0, 1, 60),
  'wait-queued': row(127, 45, 23, 0, 1, 52),
  'wait-blocking': row(434, 124, 69, 3, 2, 83),
  'notify-waking': row(527, 154, 80, 3, 2, 91),
  continue: row(262, 62, 25, 0, 1, 16),
  stop: row(95, 36, 18, 0, 1, 19),
  'continue-switch': row(403, 111, 59, 3, 2, 83),
  'stop-self': row(399, 115, 62, 3, 2, 83),
  // the exception itself is before the first mark, and so is the first instruction of the handler
  tick: { instructions: 191, mpu: 0, masked: 4 },
  'tick-sleeper': { instructions: 234, mpu: 0, masked: 14 },
  'tick-switch': { instructions: 339, mpu: 3, masked: 83 },
  'thread-create': row(302, 79, 75, 0, 1, 80),
  'thread-exit': row(389, 113, 66, 3, 2, 83),
  join: row(63, 25, 14, 0, 1, 16),
  kill: row(107, 38, 22, 0, 1, 16),
  cooperative: { instructions: 377, mpu: 3 },
  // a round: 5 counts, 8 switches
  preemptive: { instructions: 3319, mpu: 24 },
  message: { instructions: 630, mpu: 0 },
  synchronisation: { instructions: 155, mpu: 0 },
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
}[] = [
  { operation: 'cooperative', counts: 1, perCount: 1035.92 },
  { operation: 'preemptive', counts: 5, perCount: 1896.66 },
  { operation: 'message', counts: 1, perCount: 1628.96 },
  { operation: 'synchronisation', counts: 1, perCount: 487.21 },
];
