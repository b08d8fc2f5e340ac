import type { PathReference } from './paths-suite.js';

/**
 * The real switcher of CHERIoT RTOS, cheriot-rtos b06a7bb, sdk/core/switcher/entry.S with CONFIG_MSHWM. Instructions and accesses were
 * counted in its source for this project (research/cheri-cheriot.md section 2.6), "about" where it says so; cycles are those of that
 * source on the RTL of CHERIoT-Ibex a3e4caf (research/rtl-cycles.md), with the zeroing loop at 2 modulo 4.
 *
 * All are targets (DESIGN section 1, rule 10). Held-out figures, which nobody works to, are not among them: 452 cycles with 256 bytes of
 * stack, interrupt latency 1028, MICRO'23 table 4, software sweep 11.4 cycles a granule.
 */
const COUNTED = 'target: counted in the source of cheriot-rtos b06a7bb';
const ON_RTL = 'its switcher on the RTL of CHERIoT-Ibex a3e4caf';

/** The only variant: the kernel as it ships. */
export const VARIANT = 'b06a7bb';

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
