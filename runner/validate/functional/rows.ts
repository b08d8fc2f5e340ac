import type { CorrectedCycles, FunctionalState, Group } from '../row.js';
import { compared, firstDifference, type Measured, nothing } from '../rows.js';
import type { FunctionalObservation } from './observe.js';
import type { CycleReference, Erratum } from './references.js';
import type { FunctionalProgram } from './schema.js';

/** A row of a functional program, before it is known whose. */
export interface FunctionalRow extends Measured {
  readonly group: Group;
  readonly state?: FunctionalState;
  readonly cycles?: CorrectedCycles;
  readonly erratum?: Erratum;
}

/** Whether two result arrays are the same before a word; their counts, which tell how many follow, are left out. */
const sameUpTo = (end: number, expected: readonly number[], simulated: readonly number[]): boolean =>
  firstDifference(expected.slice(1, end), simulated.slice(1, end)) === undefined;

function stateRow(
  program: FunctionalProgram,
  seen: FunctionalObservation,
  erratum: Erratum | undefined,
): FunctionalRow {
  const { exceptions, failure } = seen;
  if (failure !== undefined) {
    const state = { wordsMatch: false, countMatches: false, exceptions };
    return { ...nothing('instructions', program.instructions, failure, false), group: 'functional', state };
  }
  const differences: string[] = [];
  const countMatches = seen.instructions === program.instructions;
  if (!countMatches) differences.push(`${seen.instructions} instructions executed, not ${program.instructions}`);
  const word = firstDifference(program.expected, seen.words, 'result word');
  if (word !== undefined) differences.push(word);
  const state = { wordsMatch: word === undefined, countMatches, exceptions };
  if (erratum !== undefined && word !== undefined && sameUpTo(erratum.word, program.expected, seen.words)) {
    const reason = `recorded wrongly from word ${erratum.word} on`;
    const row = nothing('instructions', program.instructions, reason, null);
    return { ...row, simulated: seen.instructions, within: true, group: 'functional', state, erratum };
  }
  const row = compared('instructions', program.instructions, seen.instructions, {
    stateMatches: differences.length === 0,
    ...(differences.length === 0 ? {} : { reason: differences.join(', ') }),
  });
  return { ...row, within: countMatches, group: 'functional', state };
}

/** Cycles of a body: recorded ones with the oracle's deviations from the manual corrected. */
function bodyRow(recorded: number, seen: FunctionalObservation, reference: CycleReference | undefined): FunctionalRow {
  const corrections = (reference?.corrections ?? []).map((correction, i) => ({
    correction,
    executed: seen.corrected[i],
  }));
  const expected = corrections.reduce((sum, c) => sum + c.executed * c.correction.cycles, recorded);
  const measured =
    seen.failure === undefined
      ? compared('cycles', expected, seen.cycles)
      : nothing('cycles', recorded, seen.failure, null);
  return { ...measured, group: 'body', cycles: { recorded, corrections } };
}

/**
 * The rows of a functional program: number of instructions with the recorded state (result words and that number), and
 * the body's cycles where these are recorded and can be compared.
 */
export function functionalRows(
  program: FunctionalProgram,
  seen: FunctionalObservation,
  reference: CycleReference | undefined,
  erratum?: Erratum,
): FunctionalRow[] {
  const rows = [stateRow(program, seen, erratum)];
  const comparable = reference === undefined || reference.kinds.includes(program.kind);
  if (program.cycles !== undefined && comparable) rows.push(bodyRow(program.cycles, seen, reference));
  return rows;
}
