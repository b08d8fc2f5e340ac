import type { Machine } from '../platforms/machine/machine.js';
import type { ParameterValues } from '../platforms/platform.js';
import { measureLinked, steady } from '../runner/validate/paths-measure.js';
import type { PathOperation, PathSample, PathSuite } from '../runner/validate/paths-suite.js';

/* What tests ask of the paths that `validate paths` measures, with any parameters of the kernel. */

/** The paths of a platform's kernel, measured. */
export interface PathCounts {
  /** Passages of an operation. @throws WrongPath if it does not run as it must. */
  measure(id: string, kernel?: ParameterValues, on?: Machine): readonly PathSample[];
  /** Steady values of an operation. */
  values(id: string, of: readonly ((s: PathSample) => number)[], kernel?: ParameterValues, on?: Machine): number[];
}

/** @param machine Makes the machine that operations run on unless they name one; asked for once. */
export function pathCounts<O extends PathOperation>(suite: PathSuite<O>, machine: () => Machine): PathCounts {
  let shared: Machine | undefined;
  const operation = (id: string): O => {
    const found = suite.operations.find((o) => o.id === id);
    if (found === undefined) throw new RangeError(`${suite.platform} has no operation ${id}`);
    return found;
  };
  const measure: PathCounts['measure'] = (id, kernel = {}, on = (shared ??= machine())) =>
    measureLinked(suite, on, operation(id), suite.link(operation(id), kernel));
  return {
    measure,
    values(id, of, kernel, on) {
      const samples = measure(id, kernel, on);
      return of.map((quantity) => steady(operation(id), samples, quantity));
    },
  };
}

/** Instructions of a passage, of kernel and programs. */
export const allInstructions = (s: PathSample): number => s.kernel.instructions + s.user.instructions;

const OUTSIDE = ['switch protection', 'clear', 'user'];

/** Instructions by phase of passages, without what `isolation` may change: protection, clearing, and programs. */
export const unprotectedPhases = (samples: readonly PathSample[]): unknown =>
  samples.map(({ instructionsByPhase }) =>
    Object.entries(instructionsByPhase).filter(([phase]) => !OUTSIDE.includes(phase)),
  );
