import type { Workload } from '../../workloads/index.js';
import { BadInput, must } from '../failure.js';
import { findPlatform, type KnownPlatform } from '../platforms.js';
import { ResultsFolder } from '../results/folder.js';
import type { Manifest } from '../results/manifest.js';
import { type MeasurementRecord, recordKey, SCHEMA_VERSION } from '../results/schema.js';
import { version } from '../version.js';
import type { Job } from './job.js';
import { type ChosenPlatform, chooseWorkloads, planJobs, type Request } from './plan.js';
import { type Parts, runHere, runOnWorkers } from './pool.js';
import { readSetting } from './settings.js';

/** Which part of all jobs is to be done: the `index`-th of `of` parts of equal size, from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Everything that is to be run. */
export interface Campaign {
  readonly workloads: readonly Workload[];
  readonly platforms: readonly ChosenPlatform[];
  readonly jobs: readonly Job[];
  readonly manifest: Manifest;
}

/** Plans a request. @throws BadInput for a setting that does not fit. */
export function plan(request: Request, shard: Shard | null = null): Campaign {
  const { workloads, platforms, points, seeds, budget, views, clocks = {}, compress } = request;
  const all = planJobs(request);
  const jobs =
    shard === null
      ? all
      : all.slice(
          Math.floor(((shard.index - 1) * all.length) / shard.of),
          Math.floor((shard.index * all.length) / shard.of),
        );
  const byId = [...platforms].sort((a, b) => (a.platform.id < b.platform.id ? -1 : 1));
  return {
    workloads,
    platforms,
    jobs,
    manifest: {
      schema: SCHEMA_VERSION,
      bulkhead: version(),
      request: {
        workloads: workloads.map(({ id }) => id),
        platforms: byId.map(({ name }) => name),
        points: points.map((settings) => settings.map(({ target, name, value }) => `${target}.${name}=${value}`)),
        seeds: [...seeds],
        budget,
        ...(views === true ? { views } : {}),
        ...(Object.keys(clocks).length === 0 ? {} : { clocks }),
        ...(compress === true ? { compress } : {}),
      },
      shard,
      models: Object.fromEntries(byId.map(({ platform }) => [platform.id, platform.modelVersion])),
      records: jobs.length,
    },
  };
}

/**
 * Plans again what a manifest describes.
 * @param file its file, for messages
 * @throws BadInput if a workload, platform or parameter is no longer there.
 */
export async function planAgain(
  { request, shard }: Manifest,
  file: string,
  knownWorkloads: readonly Workload[],
  knownPlatforms: readonly KnownPlatform[],
): Promise<Campaign> {
  const platforms: ChosenPlatform[] = [];
  for (const name of request.platforms) {
    platforms.push({ name, platform: must(await findPlatform(name, knownPlatforms, `${file}, platform`)) });
  }
  const { seeds, budget, views, clocks, compress } = request;
  const workloads = chooseWorkloads(knownWorkloads, request.workloads, `${file}, workload`);
  const points = request.points.map((settings) => settings.map((s) => readSetting(`${file}, setting`, s)));
  return plan({ workloads, platforms, points, seeds, budget, views, clocks, compress }, shard);
}

/** How a campaign is carried out. */
export interface Conduct {
  /** Where records go as they come. */
  readonly folder?: ResultsFolder | undefined;
  /** Worker threads; with 1 everything happens in this process. */
  readonly workers: number;
  readonly trace?: Parts['trace'];
  /** Told each record with its line, those first that were there before. */
  readonly onRecord?: (record: MeasurementRecord, line: string, done: number) => void;
}

/**
 * Runs the jobs of a campaign that are not in the folder yet, and adds their records to it.
 * @returns all records, in the order of the jobs.
 */
export async function carryOut(campaign: Campaign, conduct: Conduct): Promise<readonly MeasurementRecord[]> {
  const { jobs, platforms, workloads } = campaign;
  const { folder, workers, trace, onRecord } = conduct;
  const records: MeasurementRecord[] = [];
  const add = (record: MeasurementRecord, line: string): void => {
    records.push(record);
    onRecord?.(record, line, records.length);
  };
  const present = folder?.present ?? [];
  present.forEach(({ record, line }, i) => {
    checkBelongs(record, jobs.at(i), campaign, `${folder!.path}, record ${i + 1}`);
    add(record, line);
  });
  const left = jobs.slice(present.length);
  const running =
    workers > 1 && left.length > 1
      ? runOnWorkers(left, Math.min(workers, left.length))
      : runHere(left, { workloads, platforms, ...(trace === undefined ? {} : { trace }) });
  for await (const record of running) {
    const line = JSON.stringify(record);
    folder?.append(line);
    add(record, line);
  }
  return records;
}

function checkBelongs(record: MeasurementRecord, job: Job | undefined, { platforms }: Campaign, place: string): void {
  const platform = platforms.find(({ name }) => name === job?.platform)?.platform;
  const key =
    job === undefined || platform === undefined
      ? undefined
      : recordKey({ ...job, platform: platform.id, modelVersion: platform.modelVersion });
  if (key === recordKey(record)) return;
  throw new BadInput(
    place,
    'not the record that this run has there',
    'the file was changed: measure again in a new folder',
  );
}
