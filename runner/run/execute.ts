import type { Machine, TraceHook } from '../../platforms/machine/machine.js';
import { SymbolTable } from '../../platforms/machine/symbols.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import type { LinkedScenario, Platform, ScenarioKernel } from '../../platforms/platform.js';
import { type ArrivalSweep, headMark, type Scenario } from '../../workloads/language/scenario.js';
import type { ScenarioDefinition } from '../../workloads/language/index.js';
import { messageOf } from '../failure.js';
import { type ArrivalsRecord, type MeasurementRecord, SCHEMA_VERSION, type SpanRecord } from '../results/schema.js';
import { applicability } from './applicable.js';
import { imageHash } from './image-hash.js';
import { changedValues, commandOf, type Job } from './job.js';
import { legProblem } from './legs.js';
import type { Machines } from './machines.js';
import { ArrivalRunner, type Judge, sweepArrivals, type SweptSpan } from './arrivals.js';
import { changesIn, distancesIn, reportedIn, watchCounts } from './observe.js';
import { outcomeProblem, physicalPlace, placeNames, placeOf } from './outcome.js';
import { classOf, spanRecord } from './span-record.js';
import { SpanRecorder } from './spans.js';

/**
 * Makes the hook that is told every retired instruction and trap.
 * @param place names a pc of which the space is not known
 */
export type Trace = (symbols: SymbolTable, place: (pc: number) => string) => TraceHook;

/** What a job is run with. */
export interface Bench {
  readonly machines: Machines;
  readonly workload: ScenarioDefinition;
  readonly platform: Platform;
  readonly trace?: Trace;
}

/** A run that is an error, with where it ended. */
class RunFailed extends Error {
  constructor(
    reason: string,
    readonly place: string,
  ) {
    super(reason);
  }
}

type Measured = Pick<
  MeasurementRecord,
  'image' | 'outcome' | 'total' | 'reports' | 'ended' | 'granted' | 'spans' | 'arrivals'
>;

const NOTHING: Omit<Measured, 'outcome'> = {
  image: null,
  total: { cycles: 0, instructions: 0 },
  reports: [],
  ended: [],
  granted: {},
  spans: [],
};

/** Runs a job. @returns its record; whatever goes wrong in the run is an outcome, never an exception. */
export function executeJob(job: Job, bench: Bench): MeasurementRecord {
  const { platform, workload } = bench;
  const changed = Object.keys(changedValues(platform.parameters, job.parameters));
  return {
    schema: SCHEMA_VERSION,
    workload: job.workload,
    workloadParameters: job.workloadParameters,
    platform: platform.id,
    modelVersion: platform.modelVersion,
    parameters: job.parameters,
    changed,
    hypothetical: platform.parameters
      .filter((p) => p.hypothetical === true && changed.includes(p.name))
      .map((p) => p.name),
    seed: job.seed,
    ...measure(job, bench, workload.build(job.workloadParameters)),
  };
}

function measure(job: Job, bench: Bench, scenario: Scenario): Measured {
  try {
    const answer = applicability(bench.platform, scenario, job.parameters);
    if (answer.kind === 'not applicable') return { ...NOTHING, outcome: answer };
    if (answer.kind === 'disagreement') throw new Error(answer.reason);
    return run(job, bench, scenario, bench.platform.kernel!);
  } catch (thrown) {
    const defaults = Object.entries(bench.workload.parameters).map(([name, p]) => ({ name, default: p.default }));
    const place = thrown instanceof RunFailed ? thrown.place : 'before the first instruction';
    const trace = commandOf(job, bench.platform, defaults, '--trace', `${job.workload}.trace`);
    return { ...NOTHING, outcome: { kind: 'error', reason: messageOf(thrown), place, trace } };
  }
}

function run(job: Job, bench: Bench, scenario: Scenario, kernel: ScenarioKernel): Measured {
  const linked = kernel.link(scenario, job.parameters, job.seed);
  const symbols = new SymbolTable(linked.image);
  const machine = bench.machines.get(bench.platform, kernel.board, job.parameters);
  machine.setBudget(instructions(job.budget));
  machine.load(linked.image);
  try {
    return runLoaded(job, bench, scenario, kernel, linked, machine, symbols);
  } catch (thrown) {
    throw new RunFailed(messageOf(thrown), placeOf(machine, symbols));
  } finally {
    machine.setTrace(undefined);
  }
}

function runLoaded(
  job: Job,
  bench: Bench,
  scenario: Scenario,
  kernel: ScenarioKernel,
  linked: LinkedScenario,
  machine: Machine,
  symbols: SymbolTable,
): Measured {
  const { expected } = scenario;
  const place = physicalPlace(symbols);
  const granted = watchGranted(machine, scenario, linked);
  const trace = bench.trace?.(symbols, placeNames(linked.image, symbols));
  const recorder = new SpanRecorder(machine, scenario, linked, trace);
  const counts = watchCounts(machine, expected, linked);
  const terminated = linked.watchTerminated(machine, () => recorder.happened('ended'));
  linked.watchInitialised?.(machine, () => recorder.happened('initialised'));
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  const measured = recorder.read();
  const reports = linked.reports(machine).map((word) => word >>> 0);
  const ended = [...terminated()];
  // where an attempt has ended somebody, what comes after it in the program is not passed
  const cut = ended.some((domain) => !expected.terminated.includes(domain));
  const problem =
    outcomeProblem(stop, reports, ended, expected, job.parameters['isolation'] === 'none') ??
    neverPassed(measured, cut) ??
    legProblem(measured);
  if (problem !== undefined) throw new Error(problem);
  const spans = measured.map((m): SpanRecord => spanRecord(m, classOf(m, kernel, job.parameters), place));
  const { cycles: all, instructions: retired } = machine.counters;
  const observed = {
    ...reportedIn(expected, reports),
    ...counts(),
    ...changesIn(machine, scenario, linked),
    ...distancesIn(scenario, linked),
  };
  const judge: Judge = (end, names) =>
    outcomeProblem(end, linked.reports(machine), names, expected, job.parameters['isolation'] === 'none');
  const arrivals = sweepOf(scenario, measured, (sweep, span) =>
    sweepArrivals(new ArrivalRunner(machine, linked, symbols, sweep, span, judge), sweep, span, place),
  );
  return {
    image: imageHash(linked.image),
    outcome: { kind: 'measured', observed },
    total: { cycles: all, instructions: retired },
    reports,
    ended,
    granted,
    spans,
    ...(arrivals === undefined ? {} : { arrivals }),
  };
}

/** Sweeps the interrupt over the passage that a scenario names, if it does. */
function sweepOf(
  { arrivals: sweep }: Scenario,
  measured: ReturnType<SpanRecorder['read']>,
  run: (sweep: ArrivalSweep, span: SweptSpan) => ArrivalsRecord,
): ArrivalsRecord | undefined {
  if (sweep === undefined) return undefined;
  const { passages } = measured.find(({ span }) => span.name === sweep.span)!;
  const passage = passages.at(sweep.passage - 1);
  if (passage === undefined) throw new Error(`span ${sweep.span} has no passage ${sweep.passage} to sweep`);
  return run(sweep, passage);
}

/** Calls of a service at which it is asked what it can reach: the first after boot, and a warm one. */
const ASKED = 2;

/** Asks at the head of each service that is given bytes what it can reach because of them. */
function watchGranted(machine: Machine, scenario: Scenario, linked: LinkedScenario): Record<string, number[]> {
  const granted: Record<string, number[]> = {};
  for (const service of scenario.services) {
    const mark = service.transfer === undefined ? undefined : headMark(scenario, service);
    const at = mark === undefined ? undefined : linked.marks.get(mark);
    if (at === undefined) continue;
    machine.probes.add(at, () => {
      const answers = granted[service.name] ?? [];
      const bytes = answers.length < ASKED ? linked.granted(machine, service.name) : undefined;
      if (bytes !== undefined) granted[service.name] = [...answers, bytes];
      return false;
    });
  }
  return granted;
}

/** @param cut whether somebody was ended in the middle: then it is enough that a span began. */
function neverPassed(measured: ReturnType<SpanRecorder['read']>, cut: boolean): string | undefined {
  const empty = measured.find(({ passages, unmatched }) => passages.length === 0 && !(cut && unmatched > 0));
  return empty === undefined ? undefined : `span ${empty.span.name} was never ${cut ? 'begun' : 'passed'}`;
}
