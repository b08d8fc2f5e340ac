import { mean } from 'simple-statistics';
import { hex32 } from '../../platforms/machine/units.js';
import { type Mark, passes } from './marks.js';
import type { MicroBench, RandomProgram } from './schema.js';

/** What one run of a vector program showed. */
export interface Observation {
  readonly marks: readonly Mark[];
  /** Every word stored to MMIO +0. */
  readonly outputs: readonly number[];
  /** Cycles at which the one-shot timer raised its line. */
  readonly timerRises: readonly number[];
  /** Cycles that the engine of the platform's own was busy, if there is one and it has finished. */
  readonly engineBusy?: number | undefined;
  /** Why the run is of no use, if it did not end by the exit store. */
  readonly failure?: string;
}

/** What a row is about; every quantity but `instructions` is in cycles. */
export type QuantityName =
  | 'cycles_per_iter'
  | 'cold_cycles_per_iter'
  | 'cycles_per_line'
  | 'cycles_per_line_per_pass'
  | 'pin_to_mark9'
  | 'engine_busy'
  | 'mark1_to_mark2'
  | 'cycles'
  | 'instructions'
  | 'mark1_cycle';

/** One quantity of one program, expected and simulated. */
export interface Measured {
  readonly quantity: QuantityName;
  readonly expected: number;
  /** null if the run gave no number; `reason` says why. */
  readonly simulated: number | null;
  /** simulated/expected - 1; for a footprint the mean of |error| over its passes; null if there is none. */
  readonly error: number | null;
  /** The recorded state is the simulated one; null if none is recorded. */
  readonly stateMatches: boolean | null;
  readonly exact: boolean;
  /** Within 1 % or 0.06 cycles; an interrupt latency within 1 cycle. */
  readonly within: boolean;
  readonly reason?: string;
}

const RELATIVE_TOLERANCE = 0.01;
const CYCLE_TOLERANCE = 0.06;
const IRQ_TOLERANCE = 1;
const ROUNDING = 1e-9;

const ratioError = (simulated: number, expected: number): number | null =>
  expected === 0 ? (simulated === 0 ? 0 : null) : simulated / expected - 1;

const within = (simulated: number, expected: number, cycles: number): boolean =>
  Math.abs(simulated - expected) <= Math.max(cycles, RELATIVE_TOLERANCE * Math.abs(expected)) + ROUNDING;

interface Compared {
  readonly stateMatches?: boolean;
  readonly reason?: string;
  readonly toleranceCycles?: number;
}

/** A quantity for which there is a simulated number. */
export function compared(quantity: QuantityName, expected: number, simulated: number, more: Compared = {}): Measured {
  return {
    quantity,
    expected,
    simulated,
    error: ratioError(simulated, expected),
    stateMatches: more.stateMatches ?? null,
    exact: Math.abs(simulated - expected) <= ROUNDING,
    within: within(simulated, expected, more.toleranceCycles ?? CYCLE_TOLERANCE),
    ...(more.reason === undefined ? {} : { reason: more.reason }),
  };
}

/** A quantity for which there is none, with the reason. */
export const nothing = (
  quantity: QuantityName,
  expected: number,
  reason: string,
  stateMatches: boolean | null,
): Measured => ({
  quantity,
  expected,
  simulated: null,
  error: null,
  stateMatches,
  exact: false,
  within: false,
  reason,
});

/** Cycles (or instructions) of the second section less those of the first, per unrolled body. */
const perBody = ([m1, m2, m3, m4]: readonly Mark[], what: 'cycle' | 'instructions', unroll: number): number =>
  (m4[what] - m3[what] - (m2[what] - m1[what])) / unroll;

/** Rounded as the recorded footprints are. */
const toHundredths = (value: number): number => Math.round(value * 100) / 100;

function loopRows(bench: MicroBench & { kind: 'marks34' }, config: string, seen: Observation): Measured[] {
  const expected = bench.results[config];
  const rows: [QuantityName, number][] = [['cycles_per_iter', expected.cycles_per_iter]];
  if (expected.cold_cycles_per_iter !== undefined) rows.push(['cold_cycles_per_iter', expected.cold_cycles_per_iter]);
  const all = passes(seen.marks, 4);
  const first = all[0];
  const last = all[all.length - 1];
  if (seen.failure !== undefined || last === undefined) {
    const reason = seen.failure ?? 'no pass over marks 1 to 4 was seen';
    return rows.map(([quantity, value]) =>
      nothing(quantity, value, reason, quantity === 'cycles_per_iter' ? false : null),
    );
  }
  return rows.map(([quantity, value]) => {
    if (quantity === 'cold_cycles_per_iter') return compared(quantity, value, perBody(first, 'cycle', bench.unroll));
    const instructions = perBody(last, 'instructions', bench.unroll);
    const stateMatches = Math.abs(instructions - expected.instrs_per_iter) <= ROUNDING;
    return compared(quantity, value, perBody(last, 'cycle', bench.unroll), {
      stateMatches,
      ...(stateMatches
        ? {}
        : { reason: `${instructions} instructions per iteration, not ${expected.instrs_per_iter}` }),
    });
  });
}

function footprintRow(
  { lines }: MicroBench & { kind: 'ifootprint' | 'dfootprint' },
  expected: readonly number[],
  seen: Observation,
): Measured {
  const quantity = 'cycles_per_line_per_pass';
  const simulated = passes(seen.marks, 2).map(([m1, m2]) => toHundredths((m2.cycle - m1.cycle) / lines));
  if (seen.failure !== undefined || simulated.length !== expected.length) {
    const reason = seen.failure ?? `${simulated.length} passes were seen, not ${expected.length}`;
    return nothing(quantity, mean([...expected]), reason, null);
  }
  const errors = expected.map((e, i) => Math.abs(ratioError(simulated[i], e) ?? Infinity));
  const differences = expected.map((e, i) => Math.abs(simulated[i] - e));
  const error = mean(errors);
  return {
    quantity,
    expected: mean([...expected]),
    simulated: mean(simulated),
    error: Number.isFinite(error) ? error : null,
    stateMatches: null,
    exact: differences.every((d) => d <= ROUNDING),
    within: error <= RELATIVE_TOLERANCE + ROUNDING || mean(differences) <= CYCLE_TOLERANCE + ROUNDING,
  };
}

function irqRow(expected: number, seen: Observation): Measured {
  const quantity = 'pin_to_mark9';
  // The last use of the timer is the measured one; earlier ones warm the instruction cache.
  const handler = seen.marks.filter((m) => m.mark === 9).at(-1);
  const rise = seen.timerRises.at(-1);
  if (seen.failure !== undefined) return nothing(quantity, expected, seen.failure, null);
  if (handler === undefined || rise === undefined || handler.cycle < rise) {
    const reason =
      rise === undefined ? 'the timer line never rose' : 'mark 9 did not follow the last rise of the timer line';
    return nothing(quantity, expected, reason, null);
  }
  return compared(quantity, expected, handler.cycle - rise, { toleranceCycles: IRQ_TOLERANCE });
}

/** Whether a program only starts an engine and then loops: the run is over when the engine has finished. */
export const isEndless = (bench: MicroBench, config: string): boolean =>
  bench.kind === 'revoker' && bench.this_binary[config].mark1_to_mark2 === undefined;

function revokerRows(bench: MicroBench & { kind: 'revoker' }, config: string, seen: Observation): Measured[] {
  const expected = bench.this_binary[config];
  const rows: Measured[] = [];
  if (expected.engine_busy !== undefined) {
    rows.push(
      seen.engineBusy === undefined
        ? nothing('engine_busy', expected.engine_busy, seen.failure ?? 'the revoker never finished', null)
        : compared('engine_busy', expected.engine_busy, seen.engineBusy),
    );
  }
  if (expected.mark1_to_mark2 !== undefined) {
    const pass = passes(seen.marks, 2).at(-1);
    const quantity = 'mark1_to_mark2';
    rows.push(
      seen.failure !== undefined || pass === undefined
        ? nothing(quantity, expected.mark1_to_mark2, seen.failure ?? 'no pass over marks 1 and 2 was seen', null)
        : compared(quantity, expected.mark1_to_mark2, pass[1].cycle - pass[0].cycle),
    );
  }
  return rows;
}

/** The rows of a micro-benchmark in a configuration; the first one carries the state. `tests/vectors/README.md`, section 4. */
export function microRows(bench: MicroBench, config: string, seen: Observation): Measured[] {
  switch (bench.kind) {
    case 'marks34':
      return loopRows(bench, config, seen);
    case 'cold_lines': {
      const expected = bench.results[config].cycles_per_line;
      const last = passes(seen.marks, 4).at(-1);
      return seen.failure !== undefined || last === undefined
        ? [nothing('cycles_per_line', expected, seen.failure ?? 'no pass over marks 1 to 4 was seen', null)]
        : [compared('cycles_per_line', expected, perBody(last, 'cycle', bench.unroll))];
    }
    case 'ifootprint':
    case 'dfootprint':
      return [footprintRow(bench, bench.results[config].cycles_per_line_per_pass, seen)];
    case 'irq':
      return [irqRow(bench.this_binary[config].pin_to_mark9, seen)];
    case 'revoker':
      return revokerRows(bench, config, seen);
  }
}

/** Where two lists of words first differ, in words; undefined if they are the same. @param what a word of them is */
export function firstDifference(
  expected: readonly number[],
  simulated: readonly number[],
  what = 'output',
): string | undefined {
  const length = Math.max(expected.length, simulated.length);
  for (let i = 0; i < length; i++) {
    if (expected[i] === simulated[i]) continue;
    const show = (list: readonly number[]): string => (i < list.length ? hex32(list[i]) : 'missing');
    return `${what} ${i} of ${expected.length} is ${show(simulated)}, not ${show(expected)}`;
  }
  return undefined;
}

/**
 * The rows of a random program in a configuration: the body's cycles, with the recorded state (outputs and retired
 * instructions), and the cycle of mark 1. `tests/vectors/README.md`, section 2.
 * @param filterOff the configuration runs without the load filter (CHERIoT), where some outputs differ
 */
export function randomRows(random: RandomProgram, config: string, filterOff: boolean, seen: Observation): Measured[] {
  const expected = random.configs[config];
  const from = seen.marks.find((m) => m.mark === 1);
  const to = seen.marks.filter((m) => m.mark === 2).at(-1);
  if (seen.failure !== undefined || from === undefined || to === undefined) {
    const reason = seen.failure ?? `mark ${from === undefined ? 1 : 2} never retired`;
    return [
      nothing('cycles', expected.cycles, reason, false),
      nothing('mark1_cycle', expected.mark1_cycle, reason, null),
    ];
  }
  const outputs = filterOff ? (random.mmio_nofilter ?? random.mmio) : random.mmio;
  const differences: string[] = [];
  const instructions = to.instructions - from.instructions;
  if (instructions !== expected.instret)
    differences.push(`${instructions} instructions retired, not ${expected.instret}`);
  const output = firstDifference(outputs, seen.outputs);
  if (output !== undefined) differences.push(output);
  return [
    compared('cycles', expected.cycles, to.cycle - from.cycle, {
      stateMatches: differences.length === 0,
      ...(differences.length === 0 ? {} : { reason: differences.join(', ') }),
    }),
    compared('mark1_cycle', expected.mark1_cycle, from.cycle),
  ];
}
