import { availableParallelism } from 'node:os';
import { mean } from 'simple-statistics';
import type { Workload } from '../../workloads/index.js';
import { BadInput, messageOf, must } from '../failure.js';
import { findPlatform, type KnownPlatform } from '../platforms.js';
import { summarise } from '../results/analyse.js';
import { type MeasurementRecord, subjectKey } from '../results/schema.js';
import type { Job } from '../run/job.js';
import type { ChosenPlatform } from '../run/plan.js';
import { runHere, runOnWorkers } from '../run/pool.js';
import { platformValues, readSetting, type Setting, workloadValues } from '../run/settings.js';
import { suggestion } from '../suggest.js';
import { PATH_SUITES } from '../validate/paths-suites.js';
import { type PathChoice, validatePaths } from '../validate/paths.js';
import { evaluate, type Outcome } from './evaluate.js';
import { type Claim, isMeasurement, type Leaf, leaves, type Measurement } from './schema.js';

type PathLeaf = Extract<Leaf, { kind: 'path' }>;
type WorkloadLeaf = Extract<Leaf, { kind: 'workload' }>;

/** A leaf with the claim that needs it, for messages. */
interface Need<L extends Leaf> {
  readonly claim: string;
  readonly leaf: L;
}

const keyOf = (leaf: Leaf): string => JSON.stringify(leaf);

/** What claims are measured with. */
export interface Laboratory {
  readonly workloads: readonly Workload[];
  readonly platforms: readonly KnownPlatform[];
  /** Instructions after which a run is given up. */
  readonly budget: number;
  /** Told what is being measured. */
  readonly progress?: (what: string) => void;
}

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
  const paths = all.filter((n): n is Need<PathLeaf> => n.leaf.kind === 'path');
  const workloads = all.filter((n): n is Need<WorkloadLeaf> => n.leaf.kind === 'workload');
  // both are checked before either runs
  const planned = await planWorkloads(workloads, laboratory);
  const chosen = await planPaths(paths, laboratory);
  return new Measured(new Map([...(await runWorkloads(planned, laboratory)), ...runPaths(chosen, laboratory)]));
}

const place = (claim: string): string => `claim ${claim}`;

const unknownName = (claim: string, what: string, name: string, known: readonly string[]): BadInput =>
  new BadInput(place(claim), `no ${what} '${name}'`, suggestion(name, known));

interface PlannedPaths {
  readonly choice: PathChoice;
  readonly needs: readonly Need<PathLeaf>[];
}

async function planPaths(needs: readonly Need<PathLeaf>[], laboratory: Laboratory): Promise<readonly PlannedPaths[]> {
  const planned: PlannedPaths[] = [];
  for (const id of new Set(needs.map(({ leaf }) => leaf.platform))) {
    const own = needs.filter(({ leaf }) => leaf.platform === id);
    const known = PATH_SUITES.find((s) => s.platform === id);
    const platform = laboratory.platforms.find((p) => p.id === id);
    if (known === undefined || platform === undefined) {
      const ids = PATH_SUITES.map((s) => s.platform);
      throw unknownName(own[0].claim, 'platform whose paths are measured', id, ids);
    }
    const suite = await known.load();
    const quantities = [
      ...suite.quantities.map((q) => q.name),
      ...Object.keys(suite.memories).map((m) => `cycles ${m}`),
    ];
    for (const { claim, leaf } of own) {
      const operations = suite.operations.map((o) => o.id);
      if (!operations.includes(leaf.operation)) throw unknownName(claim, 'path', leaf.operation, operations);
      if (!suite.variants.includes(leaf.variant)) throw unknownName(claim, 'variant', leaf.variant, suite.variants);
      if (!quantities.includes(leaf.quantity)) throw unknownName(claim, 'quantity', leaf.quantity, quantities);
    }
    const wanted = new Set(own.map(({ leaf }) => `${leaf.variant} ${leaf.operation}`));
    const only = (operation: string, variant: string): boolean => wanted.has(`${variant} ${operation}`);
    planned.push({ choice: { suite, platform: await platform.load(), only }, needs: own });
  }
  return planned;
}

function runPaths(planned: readonly PlannedPaths[], { progress }: Laboratory): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const { choice, needs } of planned) {
    const values = new Map<string, number>();
    let failure = 'it was not measured';
    try {
      for (const { operation, variant, rows } of validatePaths(choice)) {
        progress?.(`${choice.suite.platform} ${variant} ${operation}`);
        for (const { quantity, ours } of rows) values.set(JSON.stringify([operation, variant, quantity]), ours);
      }
    } catch (thrown) {
      failure = messageOf(thrown);
    }
    for (const { leaf } of needs) {
      const value = values.get(JSON.stringify([leaf.operation, leaf.variant, leaf.quantity]));
      outcomes.set(keyOf(leaf), value === undefined ? { ok: false, reason: failure } : { ok: true, value });
    }
  }
  return outcomes;
}

interface PlannedWorkload {
  readonly need: Need<WorkloadLeaf>;
  readonly job: Job;
  readonly platform: ChosenPlatform;
}

async function planWorkloads(
  needs: readonly Need<WorkloadLeaf>[],
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
    const platform = must(await findPlatform(leaf.platform, platforms, place(claim)));
    const settings = (target: string, given: WorkloadLeaf['set']): Setting[] =>
      Object.entries(given).map(([name, value]) =>
        readSetting(`${place(claim)},`, `${target}.${name}=${String(value)}`),
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

function figureOf({ span, quantity, passage }: WorkloadLeaf, record: MeasurementRecord): Outcome {
  const { outcome } = record;
  if (outcome.kind !== 'measured') return { ok: false, reason: outcome.reason };
  const [{ spans }] = summarise([record]);
  const summary = spans.find((s) => s.span.name === span);
  if (summary === undefined) return { ok: false, reason: `span ${span} was never passed` };
  const [first, ...others] = record.spans.find((s) => s.name === span)!.samples[quantity];
  const values = { warm: summary.medians[quantity], mean: others.length > 0 ? mean(others) : first, first };
  return { ok: true, value: values[passage] };
}
