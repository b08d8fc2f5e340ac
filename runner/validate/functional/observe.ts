import { cycles, instructions, physical } from '../../../platforms/machine/units.js';
import type { Machine, TraceEvent } from '../../../platforms/machine/machine.js';
import { describeStop } from '../../stop.js';
import type { Correction } from './references.js';
import type { FunctionalProgram } from './schema.js';

/** What one run of a functional program showed. */
export interface FunctionalObservation {
  /** The result array, its count first. Empty if the run failed. */
  readonly words: readonly number[];
  /** Instructions executed between the markers: retired, and abandoned by a fault of their own. */
  readonly instructions: number;
  /** Cycles from the end of the last instruction before the body to the end of the body's last one. */
  readonly cycles: number;
  /** Exceptions taken between the markers. */
  readonly exceptions: number;
  /** How often each correction's instruction retired between the markers. */
  readonly corrected: readonly number[];
  /** Why the run is of no use, if it did not get from the first marker to its stop. */
  readonly failure?: string;
}

/** The programs execute some thousand instructions and their set-up some thousand more; one that executes more loops. */
const BUDGET = 500_000;
/** More result words than any program writes: the count was overwritten. */
const MAX_WORDS = 4096;

/** Counts what a machine does from the first instruction at one address to the next at another. */
class Body {
  instructions = 0;
  exceptions = 0;
  readonly corrected: number[];
  /** Cycle stamps of the last event before the body and of its last one. */
  from = 0;
  to = 0;
  state: 'before' | 'inside' | 'after' = 'before';

  constructor(
    private readonly program: FunctionalProgram,
    private readonly corrections: readonly Correction[],
  ) {
    this.corrected = corrections.map(() => 0);
  }

  /** Looks at an event of the trace. */
  see({ kind, pc, word, cycle }: TraceEvent): void {
    // A fault that hit the fetch, and an interrupt, are no instruction: they have no word.
    const executed = kind === 'retire' || word !== 0;
    if (executed && this.state === 'before' && pc === this.program.body_start) this.state = 'inside';
    if (executed && this.state === 'inside' && pc === this.program.body_end) this.state = 'after';
    if (this.state === 'before') this.from = this.to = cycle;
    if (this.state !== 'inside') return;
    this.to = cycle;
    if (kind === 'trap') this.exceptions++;
    if (!executed) return;
    this.instructions++;
    if (kind === 'retire') {
      this.corrections.forEach(({ mask, match }, i) => {
        if ((word & mask) >>> 0 === match) this.corrected[i]++;
      });
    }
  }
}

const wordsAt = (machine: Machine, address: number, count: number): number[] => {
  const view = new DataView(machine.memory.dump(physical(address), 4 * count).buffer);
  return Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true));
};

/** The result array: the count and as many words, or undefined if the count cannot be one. */
function readResult(machine: Machine, address: number): number[] | undefined {
  const [count] = wordsAt(machine, address, 1);
  return count <= MAX_WORDS ? wordsAt(machine, address, count + 1) : undefined;
}

/** Runs a program that has been loaded up to its stop address. */
export function observeFunctional(
  machine: Machine,
  program: FunctionalProgram,
  corrections: readonly Correction[],
): FunctionalObservation {
  const body = new Body(program, corrections);
  machine.probes.clear();
  machine.probes.add(physical(program.stop), () => true);
  machine.setBudget(instructions(BUDGET));
  machine.setTrace((event) => body.see(event));
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  machine.setTrace(undefined);
  machine.probes.clear();
  const words = stop.kind === 'probe' ? readResult(machine, program.result) : [];
  const { exceptions, corrected, from, to } = body;
  const seen = { words: words ?? [], instructions: body.instructions, cycles: to - from, exceptions, corrected };
  if (stop.kind !== 'probe') return { ...seen, failure: describeStop(stop) };
  if (words === undefined) return { ...seen, failure: 'the result array does not begin with a count' };
  if (body.state !== 'after')
    return { ...seen, failure: `the body's ${body.state === 'before' ? 'start' : 'end'} was not reached` };
  return seen;
}
