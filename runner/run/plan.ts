import type { ParameterValues, Platform } from '../../platforms/platform.js';
import type { Workload } from '../../workloads/index.js';
import type { Clocks } from '../results/clocks.js';
import { recordKey } from '../results/schema.js';
import { BadInput } from '../failure.js';
import { suggestion } from '../suggest.js';
import type { Job } from './job.js';
import { compareRanks, pointRank, type Rank, rankOf } from './order.js';
import { checkSettings, meant, platformValues, type Setting, workloadValues } from './settings.js';
import { viewPoints } from './views.js';

/** A platform as the command line named it. */
export interface ChosenPlatform {
  readonly name: string;
  readonly platform: Platform;
}

/** What is to be measured. */
export interface Request {
  readonly workloads: readonly Workload[];
  readonly platforms: readonly ChosenPlatform[];
  /** Settings of every run, one list for each point of a grid; at least one list, which may be empty. */
  readonly points: readonly (readonly Setting[])[];
  readonly seeds: readonly number[];
  readonly budget: number;
  /** Each point under the own core and C(w), too. */
  readonly views?: true | undefined;
  /** Clocks that the user has passed: times in the tables. */
  readonly clocks?: Clocks | undefined;
  /** The records are to be kept compressed. */
  readonly compress?: true | undefined;
}

/**
 * The workloads of these ids or families, in the order of the suite.
 * @param place what names them, for the message, if it is not the command line
 * @throws BadInput for a name that is neither.
 */
export function chooseWorkloads(
  known: readonly Workload[],
  names: readonly string[],
  place?: string,
): readonly Workload[] {
  const unknown = names.find((name) => meant(name, known).length === 0);
  if (unknown !== undefined) {
    const families = new Set(known.map(({ family }) => family));
    const remedy = suggestion(unknown, [...known.map(({ id }) => id), ...families]);
    const where = place === undefined ? unknown : `${place} ${unknown}`;
    throw new BadInput(where, 'no such workload', remedy.startsWith('known') ? "see 'bulkhead list'" : remedy);
  }
  const chosen = new Set(names.flatMap((name) => meant(name, known)));
  return names.length === 0 ? known : known.filter((workload) => chosen.has(workload));
}

/** A job with its place in the canonical order. */
interface Ranked {
  readonly job: Job;
  readonly rank: Rank;
}

/**
 * The jobs of a request, each once, in the canonical order: by platform, its parameters, workload, its parameters, seed. Defaults
 * come first, then a workload's own points as it lists them. The order in which workloads, platforms and settings were named does
 * not matter.
 * @throws BadInput for a setting that does not fit.
 */
export function planJobs({ workloads, platforms, points, seeds, budget, views }: Request): readonly Job[] {
  const jobs = new Map<string, Ranked>();
  const all = platforms.map(({ platform }) => platform);
  const ids = all.map(({ id }) => id).sort();
  for (const settings of views === true ? viewPoints(points, all) : points) {
    checkSettings(settings, all, workloads);
    for (const { name, platform } of platforms) {
      const parameters = platformValues(platform, settings);
      const platformRank = [ids.indexOf(platform.id), ...rankOf(platform.parameters, parameters)];
      workloads.forEach((workload, nth) => {
        for (const workloadParameters of pointsOf(workload, workloads, settings)) {
          const rank = [...platformRank, nth, ...pointRank(workload, workloadParameters)];
          for (const seed of seeds) {
            const job = { workload: workload.id, workloadParameters, platform: name, parameters, seed, budget };
            const key = recordKey({ ...job, platform: platform.id, modelVersion: platform.modelVersion });
            jobs.set(key, { job, rank: [...rank, seed] });
          }
        }
      });
    }
  }
  return [...jobs.values()].sort((a, b) => compareRanks(a.rank, b.rank)).map(({ job }) => job);
}

/** The sets of values at which a workload is measured: its own points with the settings on top. */
function pointsOf(
  workload: Workload,
  workloads: readonly Workload[],
  settings: readonly Setting[],
): readonly ParameterValues[] {
  return workload.points.map((point) => workloadValues(workload, workloads, settings, point));
}
