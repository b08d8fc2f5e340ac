import type { ParameterValues } from '../../platforms/platform.js';

/** A program whose cycles on real silicon its author published. The program itself is not part of Bulkhead. */
export interface SiliconEntry {
  /** Its name on the command line. */
  readonly name: string;
  readonly title: string;
  /** Id of the platform that models the core, and its parameters as far as the publication tells. */
  readonly platform: string;
  readonly parameters: ParameterValues;
  /** The function that was measured: a symbol of the ELF file. One call of it is the span. */
  readonly symbol: string;
  /** Register that holds the return address when the function begins. */
  readonly link: string;
  /** Published cycles. */
  readonly cycles: number;
  readonly core: string;
  readonly clock: string;
  readonly memory: string;
  /** What the publication does not say. */
  readonly unknown: string;
  /** Author, title, place, and the words that hold the figure. */
  readonly citation: string;
}

/** The known ones. */
export const SILICON: readonly SiliconEntry[] = [
  {
    name: 'x25519-cm0',
    title: 'X25519 in Armv6-M assembly, constant time',
    platform: 'mpu-rtos',
    parameters: { core: 'm0plus', flash: 'zero', multiplierCycles: '1' },
    symbol: 'x25519',
    link: 'lr',
    cycles: 3_229_950,
    core: 'Cortex-M0+, Atmel SAM D20 (Xplained Pro)',
    clock: '8 MHz',
    memory: 'flash, taken as without wait states at 8 MHz',
    unknown: 'flash wait states, compiler and memcpy of the test program, whether call and return are in the figure',
    citation: 'T. Pornin, x25519-cm0, README.md, https://github.com/pornin/x25519-cm0 (commit 75a53f2)',
  },
  {
    name: 'x25519-cortex-m4',
    title: 'X25519 in Armv7E-M assembly, constant time',
    platform: 'mpu-rtos',
    parameters: { core: 'm4', flash: 'zero' },
    symbol: 'curve25519_scalarmult',
    link: 'lr',
    cycles: 548_873,
    core: 'Cortex-M4, chip not named',
    clock: 'not published',
    memory: 'not published, taken as without wait states',
    unknown: 'chip, clock, memory, what of the call is in the figure',
    citation:
      'E. Lenngren, X25519-Cortex-M4, README.md, Performance, https://github.com/Emill/X25519-Cortex-M4 (commit 1e4953d)',
  },
];
