import { availableParallelism } from 'node:os';
import { mean } from 'simple-statistics';
import { must } from '../failure.js';
import { findPlatform } from '../platforms.js';
import { summarise } from '../results/analyse.js';
import { type MeasurementRecord, subjectKey } from '../results/schema.js';
import type { Job } from '../run/job.js';
import type { ChosenPlatform } from '../run/plan.js';
import { runHere, runOnWorkers } from '../run/pool.js';
import { platformValues, readSetting, type Setting, workloadValues } from '../run/settings.js';
import { evaluate, type Outcome } from './evaluate.js';
import { keyOf, type Laboratory, type LeafOf, type Need, needsOf, placeOf, unknownName } from './laboratory.js';
import { planCells, planPaths, runCells, runPaths } from './measure-paths.js';
import { type Claim, isMeasurement, type Leaf, leaves, type Measurement } from './schema.js';

/** The results of everything that claims need, each thing measured once. */
export class Measured {
  constructor(private readonly outcomes: ReadonlyMap<string, Outcome>) {}

  value(m: Measurement): Outcome {
    return evaluate(m, (leaf) => this.outcomes.get(keyOf(leaf))!);
  }
}

/** Runs what the claims need. @throws BadInput if a claim names a workload, path or parameter that is not there. */
export async function measureClaims(claims: readonly Claim[], laboratory: Laboratory): Promise<Measured> {
  const needs = new Map<string, Need<Leaf>>();
  for (const { id, measurement } of claims) {
    if (!isMeasurement(measurement)) continue;
    for (const leaf of leaves(measurement)) {
      if (!needs.has(keyOf(leaf))) needs.set(keyOf(leaf), { claim: id, leaf });
    }
  }
  const all = [...needs.values()];
  // all are checked before any runs
  const workloads = await planWorkloads(needsOf(all, 'workload'), laboratory);
  const paths = await planPaths(needsOf(all, 'path'), laboratory);
  const cells = await planCells(needsOf(all, 'cell'), laboratory);
  const measured = [
    await runWorkloads(workloads, laboratory),
    runPaths(paths, laboratory),
    await runCells(cells, laboratory),
  ];
  return new Measured(new Map(measured.flatMap((outcomes) => [...outcomes])));
}

interface PlannedWorkload {
  readonly need: Need<LeafOf<'workload'>>;
  readonly job: Job;
  readonly platform: ChosenPlatform;
}

async function planWorkloads(
  needs: readonly Need<LeafOf<'workload'>>[],
  { workloads, platforms, budget }: Laboratory,
): Promise<readonly PlannedWorkload[]> {
  const planned: PlannedWorkload[] = [];
  for (const need of needs) {
    const { claim, leaf } = need;
    const workload = workloads.find(({ id }) => id === leaf.workload);
    if (workload === undefined)
      throw unknownName(
        claim,
        'workload',
        leaf.workload,
        workloads.map(({ id }) => id),
      );
    const platform = must(await findPlatform(leaf.platform, platforms, placeOf(claim)));
    const settings = (target: string, given: LeafOf<'workload'>['set']): Setting[] =>
      Object.entries(given).map(([name, value]) =>
        readSetting(`${placeOf(claim)},`, `${target}.${name}=${String(value)}`),
      );
    const own = settings(workload.id, leaf.with);
    const surplus = Object.keys(leaf.with).find((name) => !Object.hasOwn(workload.parameters, name));
    if (surplus !== undefined)
      throw unknownName(claim, `parameter of ${workload.id}`, surplus, Object.keys(workload.parameters));
    const workloadParameters = workloadValues(workload, [workload], own);
    const spans = workload.build(workloadParameters).spans.map((s) => s.name);
    if (!spans.includes(leaf.span)) throw unknownName(claim, `span of ${workload.id}`, leaf.span, spans);
    const parameters = platformValues(platform, settings(platform.id, leaf.set));
    const job = { workload: workload.id, workloadParameters, platform: leaf.platform, parameters, seed: 0, budget };
    planned.push({ need, job, platform: { name: leaf.platform, platform } });
  }
  return planned;
}

/** Runs that make a further worker worth its start. */
const RUNS_PER_WORKER = 16;

async function runWorkloads(
  planned: readonly PlannedWorkload[],
  { workloads, progress }: Laboratory,
): Promise<Map<string, Outcome>> {
  // several spans of one run are one job; jobs of one machine lie together
  const jobs = new Map(planned.map(({ job }) => [subjectKey(job), job] as const));
  const ordered = [...jobs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, job]) => job);
  const platforms = planned.map((p) => p.platform);
  const workers = Math.min(availableParallelism(), Math.floor(ordered.length / RUNS_PER_WORKER));
  const records = new Map<string, MeasurementRecord>();
  const running = workers > 1 ? runOnWorkers(ordered, workers) : runHere(ordered, { workloads, platforms });
  for await (const record of running) {
    progress?.(`${record.workload} on ${record.platform}`);
    records.set(subjectKey(record), record);
  }
  return new Map(
    planned.map(({ need: { leaf }, job }) => [keyOf(leaf), figureOf(leaf, records.get(subjectKey(job))!)]),
  );
}

function figureOf({ span, quantity, passage }: LeafOf<'workload'>, record: MeasurementRecord): Outcome {
  const { outcome } = record;
  if (outcome.kind !== 'measured') return { ok: false, reason: outcome.reason };
  const [{ spans }] = summarise([record]);
  const summary = spans.find((s) => s.span.name === span);
  if (summary === undefined) return { ok: false, reason: `span ${span} was never passed` };
  const [first, ...others] = record.spans.find((s) => s.name === span)!.samples[quantity];
  const values = { warm: summary.medians[quantity], mean: others.length > 0 ? mean(others) : first, first };
  return { ok: true, value: values[passage] };
}
