import type { Machine } from '../../platforms/machine/machine.js';
import { SymbolTable } from '../../platforms/machine/symbols.js';
import { cycles } from '../../platforms/machine/units.js';
import type { LinkedScenario, ParameterValues, Platform } from '../../platforms/platform.js';
import { must } from '../../runner/failure.js';
import { readParameters } from '../../runner/parameters.js';
import { BUILT_IN, loadAll } from '../../runner/platforms.js';
import type { MeasurementRecord } from '../../runner/results/schema.js';
import { ArrivalRunner, type SweptSpan } from '../../runner/run/arrivals.js';
import { executeJob } from '../../runner/run/execute.js';
import { Machines } from '../../runner/run/machines.js';
import { outcomeProblem } from '../../runner/run/outcome.js';
import { SpanRecorder } from '../../runner/run/spans.js';
import { WORKLOADS } from '../../workloads/index.js';
import type { GivenValues, ScenarioDefinition } from '../../workloads/language/index.js';

export const platforms = (await loadAll(BUILT_IN)).filter(({ kernel }) => kernel !== undefined);
export const named = platforms.map((platform) => [platform.id, platform] as const);

/** One machine at a time: a second in a process is slow. */
const machines = new Machines();

const workloadOf = (id: string): ScenarioDefinition => WORKLOADS.find((w) => w.id === id)!;

export const defaultsOf = (platform: Platform): ParameterValues => must(readParameters(platform, {}));

/** A workload ready to run on a platform's machine after reset. */
export function ready(platform: Platform, id: string): { machine: Machine; linked: LinkedScenario } {
  const kernel = platform.kernel!;
  const parameters = defaultsOf(platform);
  const linked = kernel.link(workloadOf(id).build({}), parameters, 0);
  const machine = machines.get(platform, kernel.board, parameters);
  machine.load(linked.image);
  return { machine, linked };
}

/** The record of a workload, as the runner makes it. */
export function measure(
  platform: Platform,
  workload: ScenarioDefinition | string,
  given: GivenValues,
): MeasurementRecord {
  const definition = typeof workload === 'string' ? workloadOf(workload) : workload;
  const job = {
    workload: definition.id,
    workloadParameters: definition.build(given).parameters,
    platform: platform.id,
    parameters: defaultsOf(platform),
    seed: 0,
    budget: 5_000_000,
  };
  return executeJob(job, { machines, workload: definition, platform });
}

/** Runs the arrivals of a workload one by one. */
export function runnerOf(platform: Platform, id: string): { runner: ArrivalRunner; span: SweptSpan } {
  const scenario = workloadOf(id).build({});
  const { machine, linked } = ready(platform, id);
  const recorder = new SpanRecorder(machine, scenario, linked);
  machine.run(cycles(Number.MAX_SAFE_INTEGER));
  const sweep = scenario.arrivals!;
  const span = recorder.read().find((m) => m.span.name === sweep.span)!.passages[sweep.passage - 1];
  const runner = new ArrivalRunner(machine, linked, new SymbolTable(linked.image), sweep, span, (stop, ended) =>
    outcomeProblem(stop, linked.reports(machine), ended, scenario.expected, false),
  );
  return { runner, span };
}
