import type { ParameterValues } from '../../platforms/platform.js';
import type { PathReference } from './paths-suite.js';

/**
 * The real switcher of CHERIoT RTOS, cheriot-rtos b06a7bb, sdk/core/switcher/entry.S with CONFIG_MSHWM. Instructions and accesses were
 * counted in its source for this project (research/cheri-cheriot.md section 2.6), "about" where it says so; cycles are those of that
 * source on the RTL of CHERIoT-Ibex a3e4caf (research/rtl-cycles.md), with the zeroing loop at 2 modulo 4.
 *
 * All of these are targets (DESIGN section 1, rule 10): the kernel was written with them in view, cycles included. `HELD_OUT` below are not.
 */
const COUNTED = 'target: counted in the source of cheriot-rtos b06a7bb';
const ON_RTL = 'its switcher on the RTL of CHERIoT-Ibex a3e4caf';

/** The only variant: the kernel as it ships. */
export const VARIANT = 'b06a7bb';

/** Memory set-ups: hardware parameters by name. */
export const CHERIOT_MEMORIES = {
  safe33: {},
  'filter off': { loadFilter: false },
  'one port': { memoryPorts: 1 },
  '65 bits': { dataBusBits: 65 },
} as const satisfies Readonly<Record<string, ParameterValues>>;

const reference = (operation: string, source: string, figures: Readonly<Record<string, number>>): PathReference => ({
  operation,
  variant: VARIANT,
  source,
  figures,
});

/** Instructions, capability stores and loads of a path of the switcher; no step of a call is a trap. */
const counted = (operation: string, instructions: number, stores: number, loads: number): PathReference =>
  reference(operation, COUNTED, {
    traps: 0,
    instructions,
    'capability stores': stores,
    'capability loads': loads,
  });

export const CHERIOT_REFERENCES: readonly PathReference[] = [
  counted('caller', 5, 0, 2),
  counted('call', 76, 7, 4),
  counted('return', 41, 6, 6),
  reference('round-trip', `${COUNTED}; instructions and cycles: ${ON_RTL}`, {
    traps: 0,
    instructions: 125,
    'capability stores': 13,
    'capability loads': 12,
    'cycles safe33': 178,
    'cycles filter off': 166,
    'cycles one port': 209,
    'cycles 65 bits': 153,
  }),
  ...(
    [
      [64, 201, 189, 239, 170],
      [256, 273, 261, 335, 218],
      [512, 369, 357, 463, 282],
    ] as const
  ).map(([dirty, safe33, filterOff, onePort, wide]) =>
    reference(`round-trip-${dirty}`, `target: ${ON_RTL}`, {
      traps: 0,
      'cycles safe33': safe33,
      'cycles filter off': filterOff,
      'cycles one port': onePort,
      'cycles 65 bits': wide,
    }),
  ),
  counted('trap', 54, 16, 4),
  // behind an ecall: one more than after an interrupt
  counted('install', 32, 0, 17),
  counted('unwind', 61, 16, 4),
  counted('handler-in', 177, 32, 21),
  counted('handler-out', 136, 15, 33),
];

/** Cycles from an ecall to the other thread, by memory set-up, with a scheduler of one instruction. */
export const SWITCH_CYCLES: Readonly<Record<string, number>> = {
  safe33: 146,
  'filter off': 140,
  'one port': 170,
  '65 bits': 109,
};
export const SWITCH_SOURCE = `target: ${ON_RTL}, with a scheduler of one instruction`;

/** A published figure that nobody works to: it is reported beside what our kernel takes. */
export interface HeldOut {
  readonly operation: string;
  readonly what: string;
  readonly memory: string;
  /** Our cycles are those of so many of them. */
  readonly times: number;
  readonly published: number;
  readonly source: string;
}

const SOSP = "SOSP'25 section 5.3.2 as two summaries give it, CHERIoT-Ibex on an Arty A7 at 33 MHz";

/** Not the memory of this model: what it takes to fetch is in the figures, and so is the reading of the counter. */
const SONATA =
  'cheriot-rtos pull request 495, Sonata 1.0 at 40 MHz, warm; code in HyperRAM behind an instruction cache, reading of the counter included';

/**
 * What the publication leaves open is said with each: an agreement shows less than one with `CHERIOT_REFERENCES`, and so does a difference.
 * The rows of MICRO'23 table 4 (allocation) are in paths-cheriot-tables.ts.
 */
export const HELD_OUT: readonly HeldOut[] = [
  {
    operation: 'round-trip-both-256',
    what: 'call with 256 bytes of stack, if both sides dirty them and the Arty has one port',
    memory: 'one port',
    times: 1,
    published: 452,
    source: `held-out: ${SOSP}; whose stack and which port it is are inferred`,
  },
  {
    operation: 'wake',
    what: 'latency from a thread to another that waits, if the published one was raised by software and the Arty has one port',
    memory: 'one port',
    times: 1,
    published: 1028,
    source:
      "held-out: SOSP'25, average interrupt latency as a summary gives it, CHERIoT-Ibex on an Arty A7 at 33 MHz; which of two benchmarks is unknown",
  },
  {
    operation: 'sweep',
    what: 'granule of the software revoker',
    memory: 'one port',
    times: 4096,
    published: 11.4,
    source:
      "held-out: derived from MICRO'23 table 4, 128 KiB rows, software and metadata; memory ports unknown, quarantine included",
  },
  {
    operation: 'interrupt-revoker',
    what: 'latency of the interrupt of the revoker, if the published one was of that and the Arty has one port',
    memory: 'one port',
    times: 1,
    published: 1028,
    source: `held-out: SOSP'25, average interrupt latency as a summary gives it, CHERIoT-Ibex on an Arty A7 at 33 MHz; which of two benchmarks is unknown`,
  },
  {
    operation: 'interrupt-timer',
    what: 'latency of a thread that the timer wakes',
    memory: 'safe33',
    times: 1,
    published: 1200,
    source:
      'held-out: CHERIoT book, "just under" it, Ibex simulation; scheduler and compiler of that time and memory ports unknown',
  },
  {
    operation: 'function-call',
    what: 'local function call',
    memory: 'safe33',
    times: 1,
    published: 8,
    source: `held-out: ${SONATA}`,
  },
  {
    operation: 'library-call',
    what: 'library call',
    memory: 'safe33',
    times: 1,
    published: 33,
    source: `held-out: ${SONATA}`,
  },
];
