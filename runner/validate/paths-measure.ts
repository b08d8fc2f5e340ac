import { type LedgerReading, ledgerSpan, type Phase, PHASES } from '../../platforms/machine/ledger.js';
import type { Counters, Machine, TraceEvent } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import type { Platform } from '../../platforms/platform.js';
import { protectionBetween } from '../exec/passages.js';
import type { LinkedPath, PathOperation, PathSample, PathSuite } from './paths-suite.js';

/** An operation that did not run as it must: a defect of the kernel or of the program, never a number. */
export class WrongPath extends Error {
  constructor(operation: PathOperation, reason: string) {
    super(`${operation.id}: ${reason}`);
    this.name = 'WrongPath';
  }
}

const BUDGET = 5_000_000;
/** Privilege of programs, on every platform. */
const USER = 0;

/** Counts of instructions since the first mark. */
class Tally {
  readonly user = { instructions: 0, loads: 0, stores: 0 };
  readonly kernel = { instructions: 0, loads: 0, stores: 0 };
  readonly phases = PHASES.map(() => 0);
  masked = 0;
  private maskedNow = 0;
  /** The instruction that was counted last: whose it is, words that it moves. */
  private latest: { loads: number; stores: number; instructions: number } = this.user;
  private loads = 0;
  private stores = 0;

  constructor(private readonly suite: PathSuite) {}

  count({ kind, privilege, phase, word }: TraceEvent): void {
    if (kind !== 'retire') return;
    this.phases[phase]++;
    // what the one before has moved: the last one is the second mark
    this.latest.loads += this.loads;
    this.latest.stores += this.stores;
    this.latest = privilege === USER ? this.user : this.kernel;
    this.latest.instructions++;
    ({ loads: this.loads, stores: this.stores } = this.suite.access(word));
    const change = this.suite.masks?.(word);
    if (change === 'mask' || this.maskedNow > 0) this.maskedNow++;
    this.masked = Math.max(this.masked, this.maskedNow);
    if (change === 'unmask') this.maskedNow = 0;
  }
}

interface Start {
  readonly cycle: number;
  readonly counters: Counters;
  readonly ledger: LedgerReading;
  readonly tally: Tally;
}

/**
 * Runs the linked programs of an operation from reset.
 * @param begin told the cycle of each mark that begins a passage; what it returns is given to `end`
 * @throws WrongPath if the programs do not end well.
 */
export function runPath<B>(
  machine: Machine,
  operation: PathOperation,
  { image, place }: LinkedPath,
  {
    budget,
    begin,
    end,
  }: { readonly budget: number; readonly begin: (cycle: number) => B; readonly end: (begun: B, cycle: number) => void },
): void {
  let begun: { readonly value: B } | undefined;
  machine.probes.clear();
  machine.setTrace(undefined);
  machine.setBudget(instructions(budget));
  machine.reset();
  machine.load(image);
  // at a place that is both, one passage ends before the next begins: handlers are called in the order of their adding
  for (const to of operation.to) {
    machine.probes.add(place(to), ({ cycle }) => {
      if (begun !== undefined) end(begun.value, cycle);
      begun = undefined;
      return false;
    });
  }
  for (const from of operation.from) {
    machine.probes.add(place(from), ({ cycle }) => {
      begun = { value: begin(cycle) };
      return false;
    });
  }
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  machine.setTrace(undefined);
  machine.probes.clear();
  if (stop.kind !== 'exit') throw new WrongPath(operation, `the run ended with ${JSON.stringify(stop)}`);
  if (stop.code !== 0) throw new WrongPath(operation, `${stop.code} results are wrong`);
}

/**
 * Runs the linked programs of an operation.
 * @returns its passages in order.
 * @throws WrongPath if the programs do not end well.
 */
export function measureLinked(
  suite: PathSuite,
  machine: Machine,
  operation: PathOperation,
  linked: LinkedPath,
): readonly PathSample[] {
  const samples: PathSample[] = [];
  runPath<Start>(machine, operation, linked, {
    budget: BUDGET,
    begin(cycle) {
      const tally = new Tally(suite);
      machine.setTrace((event) => tally.count(event));
      return { cycle, counters: machine.counters, ledger: machine.ledger.read(), tally };
    },
    end(start, cycle) {
      samples.push(sample(machine, start, cycle));
      machine.setTrace(undefined);
    },
  });
  return samples;
}

/** As `measureLinked`, with the kernel of a variant. */
export const measurePath = <O extends PathOperation>(
  suite: PathSuite<O>,
  machine: Machine,
  operation: O,
  variant: string,
): readonly PathSample[] =>
  measureLinked(suite, machine, operation, suite.link(operation, suite.parameters(variant).kernel));

function sample(machine: Machine, { cycle: from, counters: before, ledger, tally }: Start, cycle: number): PathSample {
  const { counters } = machine;
  return {
    cycles: cycle - from,
    traps: counters.traps - before.traps,
    protection: protectionBetween(before.protection, counters.protection),
    kernel: { ...tally.kernel },
    user: { ...tally.user, instructions: tally.user.instructions - 1 },
    instructionsByPhase: Object.fromEntries(PHASES.map((phase, i) => [phase, tally.phases[i]])) as Record<
      Phase,
      number
    >,
    masked: tally.masked,
    ledger: ledgerSpan(ledger, machine.ledger.read(), cycle - from),
  };
}

/** Passages at the end that count as steady. */
const STEADY = 4;

/**
 * The steady value of a quantity: the mean of the last four passages for counts that repeat, the median for cycles, which
 * depend on the phase of the caches' way counters; the mean also where several paths take turns (`period`).
 * @throws WrongPath if there are fewer passages.
 */
export function steady(
  operation: PathOperation,
  samples: readonly PathSample[],
  quantity: (s: PathSample) => number,
): number {
  const last = samples.slice(-STEADY).map(quantity);
  if (last.length < STEADY) throw new WrongPath(operation, `only ${samples.length} passages`);
  if ((operation.period ?? 1) > 1) return last.reduce((a, b) => a + b, 0) / last.length;
  const sorted = [...last].sort((a, b) => a - b);
  return (sorted[STEADY / 2 - 1] + sorted[STEADY / 2]) / 2;
}

/** A machine for a memory set-up and a variant of a suite. */
export const pathMachine = (
  platform: Platform,
  suite: Pick<PathSuite, 'memories' | 'parameters' | 'board' | 'variants'>,
  memory: string,
  variant = suite.variants[0],
): Machine =>
  platform.createMachine({
    parameters: { ...suite.memories[memory], ...suite.parameters(variant).hardware },
    board: suite.board,
  });
