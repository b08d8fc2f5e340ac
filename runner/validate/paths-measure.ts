import { type LedgerReading, ledgerSpan, type LedgerSpan, type Phase, PHASES } from '../../platforms/machine/ledger.js';
import type { Counters, Machine, TraceEvent } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import { kernelConfig } from '../../platforms/mmu-microkernel/kernel/parameters.js';
import { linkSystem } from '../../platforms/mmu-microkernel/kernel/link.js';
import type { Operation } from '../../platforms/mmu-microkernel/kernel/operations.js';
import type { ParameterValues, Platform } from '../../platforms/platform.js';

/** What one passage of an operation did. Everything counts from the first mark to the second. */
export interface PathSample {
  readonly cycles: number;
  readonly traps: number;
  readonly satpWrites: number;
  readonly sfences: number;
  /** Instructions, loads and stores of the kernel, PID 1 included; an atomic is a load and a store. */
  readonly instructions: number;
  readonly loads: number;
  readonly stores: number;
  /** Instructions of programs, the second mark excluded. */
  readonly userInstructions: number;
  readonly instructionsByPhase: Readonly<Record<Phase, number>>;
  readonly ledger: LedgerSpan;
}

/** An operation that did not run as it must: a defect of the kernel or of the program, never a number. */
export class WrongPath extends Error {
  constructor(operation: Operation, reason: string) {
    super(`${operation.id}: ${reason}`);
    this.name = 'WrongPath';
  }
}

const BUDGET = 5_000_000;
const USER = 0;
const LOAD = 0x03;
const STORE = 0x23;
const AMO = 0x2f;

/** Whether an instruction loads and stores (unprivileged ISA 20191213, tables 24.1 and 16.5 to 16.7; no floating point). */
function access(word: number): { loads: boolean; stores: boolean } {
  if ((word & 3) === 3) {
    const opcode = word & 0x7f;
    return { loads: opcode === LOAD || opcode === AMO, stores: opcode === STORE || opcode === AMO };
  }
  const quadrant = word & 3;
  const function3 = (word >>> 13) & 7;
  const memory = quadrant === 0 || quadrant === 2;
  return { loads: memory && function3 === 2, stores: memory && function3 === 6 };
}

/** Counts of instructions since the start of the run. */
interface Tally {
  user: number;
  kernel: number;
  loads: number;
  stores: number;
  phases: number[];
}

interface Start {
  readonly cycle: number;
  readonly counters: Counters;
  readonly ledger: LedgerReading;
  readonly tally: Tally;
}

/** Runs the programs of an operation. @returns its passages in order. @throws WrongPath if the programs do not end well. */
export function measurePath(machine: Machine, operation: Operation, kernel: ParameterValues): readonly PathSample[] {
  const system = linkSystem(kernelConfig(kernel), operation.programs);
  const tally: Tally = { user: 0, kernel: 0, loads: 0, stores: 0, phases: PHASES.map(() => 0) };
  const samples: PathSample[] = [];
  let start: Start | undefined;
  machine.probes.clear();
  machine.setTrace(undefined);
  machine.setBudget(instructions(BUDGET));
  machine.reset();
  machine.load(system.image);
  const hook = (event: TraceEvent): void => count(tally, event);
  // at a place that is both, one passage ends before the next begins: handlers are called in the order of their adding
  for (const to of operation.to) {
    machine.probes.add(system.symbol(to).physical, ({ cycle }) => {
      if (start !== undefined) samples.push(sample(machine, start, cycle, tally));
      start = undefined;
      machine.setTrace(undefined);
      return false;
    });
  }
  for (const from of operation.from) {
    machine.probes.add(system.symbol(from).physical, ({ cycle }) => {
      start = { cycle, counters: machine.counters, ledger: machine.ledger.read(), tally: copy(tally) };
      machine.setTrace(hook);
      return false;
    });
  }
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  machine.setTrace(undefined);
  machine.probes.clear();
  if (stop.kind !== 'exit') throw new WrongPath(operation, `the run ended with ${JSON.stringify(stop)}`);
  if (stop.code !== 0) throw new WrongPath(operation, `${stop.code} results are wrong`);
  return samples;
}

const copy = (tally: Tally): Tally => ({ ...tally, phases: [...tally.phases] });

function count(tally: Tally, { kind, privilege, phase, word }: TraceEvent): void {
  if (kind !== 'retire') return;
  tally.phases[phase]++;
  if (privilege === USER) {
    tally.user++;
    return;
  }
  tally.kernel++;
  const { loads, stores } = access(word);
  if (loads) tally.loads++;
  if (stores) tally.stores++;
}

function sample(machine: Machine, start: Start, cycle: number, tally: Tally): PathSample {
  const { counters } = machine;
  const before = start.counters;
  return {
    cycles: cycle - start.cycle,
    traps: counters.traps - before.traps,
    satpWrites: counters.protection.satpWrites - before.protection.satpWrites,
    sfences: counters.protection.sfences - before.protection.sfences,
    instructions: tally.kernel - start.tally.kernel,
    loads: tally.loads - start.tally.loads,
    stores: tally.stores - start.tally.stores,
    userInstructions: tally.user - start.tally.user - 1,
    instructionsByPhase: Object.fromEntries(
      PHASES.map((phase, i) => [phase, tally.phases[i] - start.tally.phases[i]]),
    ) as Record<Phase, number>,
    ledger: ledgerSpan(start.ledger, machine.ledger.read(), cycle - start.cycle),
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
  operation: Operation,
  samples: readonly PathSample[],
  quantity: (s: PathSample) => number,
): number {
  const last = samples.slice(-STEADY).map(quantity);
  if (last.length < STEADY) throw new WrongPath(operation, `only ${samples.length} passages`);
  if ((operation.period ?? 1) > 1) return last.reduce((a, b) => a + b, 0) / last.length;
  const sorted = [...last].sort((a, b) => a - b);
  return (sorted[STEADY / 2 - 1] + sorted[STEADY / 2]) / 2;
}

/** The two memory set-ups in which the real kernel was measured. */
export const MEMORY = {
  core_lat0: { memoryLatency: 0, crossbar: false },
  xbar_lat4: { memoryLatency: 4, crossbar: true },
} as const satisfies Readonly<Record<string, ParameterValues>>;

/** A machine of board `xous` for a memory set-up. */
export const pathMachine = (platform: Platform, memory: keyof typeof MEMORY): Machine =>
  platform.createMachine({ parameters: MEMORY[memory], board: 'xous' });
