import type { IrFunction } from '../ir/function.js';
import { foldAddresses, type OffsetRange, splitDistances } from './addresses.js';
import { simplifyBlocks } from './blocks.js';
import { removeCommon } from './common.js';
import { replaceCounters } from './counters.js';
import { removeDeadCode } from './dead.js';
import { hoistInvariants } from './hoist.js';
import { removeKnownTests } from './known-tests.js';
import { reduceAddresses } from './induction.js';
import type { Boundaries } from './marks.js';
import { replaceTrivialParameters } from './parameters.js';
import { simplify } from './simplify.js';

/** What the passes need to know of a target. */
export interface TargetLimits {
  readonly offsets: OffsetRange;
  /**
   * True if a reference loses its authority when it is moved out of its buffer (capabilities). Then no pass makes one
   * that the
   * program does not make, unless it is accessed in bounds or never again.
   */
  readonly bounded: boolean;
  /** True if a subtraction also tells whether its result is 0: loops that only count then count down. */
  readonly countsDown?: boolean;
}

/** Rounds after which the simple passes are given up; each round only ever makes a function smaller. */
const ROUNDS = 20;

/** Improves a function in place. Every pass keeps the rule that no code moves across a mark. */
export function optimise(fn: IrFunction, boundaries: Boundaries, target: TargetLimits): void {
  clean(fn, boundaries);
  hoistInvariants(fn, boundaries);
  reduceAddresses(fn, boundaries, target.bounded);
  if (!target.bounded) splitDistances(fn, target.offsets(4).highest);
  clean(fn, boundaries);
  foldAddresses(fn, target.offsets);
  clean(fn, boundaries);
  replaceCounters(fn, boundaries, target.countsDown === true);
  clean(fn, boundaries);
  hoistInvariants(fn, boundaries);
}

/** Passes that only remove, until none finds anything. */
function clean(fn: IrFunction, boundaries: Boundaries): void {
  for (let round = 0; round < ROUNDS; round++) {
    const changed = [
      simplifyBlocks(fn),
      simplify(fn),
      replaceTrivialParameters(fn),
      removeCommon(fn, boundaries),
      !boundaries.inFunction(fn) && removeKnownTests(fn),
      removeDeadCode(fn),
    ];
    if (!changed.includes(true)) return;
  }
}
