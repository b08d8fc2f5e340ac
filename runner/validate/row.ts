import type { Correction, Erratum } from './functional/references.js';
import type { Measured } from './rows.js';

/** What a summary puts together; each is reported apart. */
export type Group = 'micro' | 'footprint' | 'cold' | 'random' | 'start' | 'functional' | 'body';

/** Development vectors are for work on a model; held-out ones are for reports (DESIGN.md rule 10). */
export type VectorSet = 'development' | 'held-out';

/** What a functional program recorded besides the number of instructions, and what came of it. */
export interface FunctionalState {
  readonly wordsMatch: boolean;
  readonly countMatches: boolean;
  /** Exceptions the model took between the markers. */
  readonly exceptions: number;
}

/** Recorded cycles that an oracle counted otherwise than the core's manual, and what was done about it. */
export interface CorrectedCycles {
  readonly recorded: number;
  /** The rules, and how often an instruction that each is about was executed. */
  readonly corrections: readonly { readonly correction: Correction; readonly executed: number }[];
}

/** A measured quantity with where it comes from: one row of the tables. */
export interface Row extends Measured {
  readonly core: string;
  readonly kind: 'micro' | 'random' | 'functional';
  /** Configuration of the RTL; the set of a functional program. */
  readonly config: string;
  readonly set: VectorSet;
  readonly program: string;
  readonly group: Group;
  /** The configuration delays instruction fetches: reported apart (`tests/vectors/README.md`). */
  readonly fetchWait: boolean;
  /** Of rows of group `functional`. */
  readonly state?: FunctionalState;
  /** Of rows of group `body`. */
  readonly cycles?: CorrectedCycles;
  /** The recorded state is wrong; the row is printed and is no check. */
  readonly erratum?: Erratum;
}
