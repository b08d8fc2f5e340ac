/** An instruction that the oracle of recorded cycles counts otherwise than the core's manual. */
export interface Correction {
  /** The rule, as tables print it. */
  readonly rule: string;
  /** A retired instruction word w is concerned if `(w & mask) === match`. */
  readonly mask: number;
  readonly match: number;
  /** Cycles to be added to the recorded ones each time it is executed. */
  readonly cycles: number;
  /** Manual and paragraph. */
  readonly source: string;
}

/** What the recorded cycles of a set are worth. */
export interface CycleReference {
  /** Core family and set: the folder of the vectors. */
  readonly set: string;
  /** Kinds of programs whose cycles can be compared. */
  readonly kinds: readonly string[];
  readonly corrections: readonly Correction[];
}

/**
 * The oracles of recorded cycles, where they are not to be taken as they are. Recorded cycles of other sets are compared
 * unchanged.
 */
export const CYCLE_REFERENCES: readonly CycleReference[] = [
  {
    // rp2040js 1.4.1; it counts nothing for exception entry and return, so only programs without exceptions compare.
    set: 'cortex-m/m0',
    kinds: ['plain'],
    corrections: [
      {
        rule: 'PUSH with LR: LR is one of the N of 1+N',
        mask: 0xffffff00,
        match: 0xb500,
        cycles: 1,
        source: 'Cortex-M0+ TRM (DDI0484C) 3.3, table 3-1, Push with link register: N includes LR',
      },
      {
        rule: 'POP with PC: PC is one of the N of 3+N',
        mask: 0xffffff00,
        match: 0xbd00,
        cycles: 1,
        source: 'Cortex-M0+ TRM (DDI0484C) 3.3, table 3-1, Pop and return: N includes PC',
      },
    ],
  },
];

/** Recorded state that is wrong, because the oracle departs from the architecture there. */
export interface Erratum {
  /** Core family and set, and the program. */
  readonly set: string;
  readonly program: string;
  /** Index of the first result word that is wrong; those before it are compared. */
  readonly word: number;
  /** What the oracle does, and what is right. */
  readonly why: string;
  /** Manual and paragraph. */
  readonly source: string;
}

/** Programs whose recorded state cannot be used from some word on. They are printed, and no row of them can pass or fail. */
export const ERRATA: readonly Erratum[] = [
  {
    set: 'cortex-m/m4',
    program: 'm4-open-037',
    word: 33,
    why:
      'QEMU 7.2 keeps the answer of one address for 1 KiB around it, although a region with disabled subregions gives several ' +
      'there: it lets an unprivileged store to 0x20001dd8 pass that region 7 (subregion 3 enabled, privileged read-only) forbids',
    source: 'Armv7-M ARM (DDI0403E) B3.5.3',
  },
];
