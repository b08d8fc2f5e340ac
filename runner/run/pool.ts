import type { Workload } from '../../workloads/index.js';
import type { MeasurementRecord } from '../results/schema.js';
import { executeJob, type Trace } from './execute.js';
import type { Job } from './job.js';
import { Machines } from './machines.js';
import type { ChosenPlatform } from './plan.js';

/** What jobs are run with in this process. */
export interface Parts {
  readonly workloads: readonly Workload[];
  readonly platforms: readonly ChosenPlatform[];
  readonly trace?: Trace;
}

/** Jobs that each worker has waiting: enough that none is idle, few enough that a kill loses little. */
const AHEAD = 3;

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs jobs one after the other in this process, with any workloads and platforms. */
export async function* runHere(jobs: readonly Job[], parts: Parts): AsyncGenerator<MeasurementRecord> {
  const machines = new Machines();
  const { workloads, platforms, trace } = parts;
  for (const job of jobs) {
    // signals and the progress line get their turn
    await breathe();
    const workload = workloads.find(({ id }) => id === job.workload)!;
    const { platform } = platforms.find(({ name }) => name === job.platform)!;
    yield executeJob(job, { machines, workload, platform, ...(trace === undefined ? {} : { trace }) });
  }
}

/**
 * Does jobs on worker threads.
 * @param module URL of the worker's module: it default-exports what does one job, which is all that it is told.
 * @returns the results in the order of the jobs, whichever ends first.
 */
export async function* onWorkers<J, R>(module: URL, jobs: readonly J[], workers: number): AsyncGenerator<R> {
  const { Piscina } = await import('piscina');
  const pool = new Piscina<J, R>({ filename: module.href, minThreads: workers, maxThreads: workers });
  const waiting: Promise<R>[] = [];
  try {
    let next = 0;
    while (next < jobs.length || waiting.length > 0) {
      while (next < jobs.length && waiting.length < AHEAD * workers) {
        const running = pool.run(jobs[next++]);
        // awaited below, in order; until then a failure must not count as unhandled
        running.catch(() => undefined);
        waiting.push(running);
      }
      yield await waiting.shift()!;
    }
  } finally {
    await pool.destroy();
  }
}

/**
 * Runs jobs on worker threads, each with a machine of its own. Workers know the suite's workloads, and platforms by id, path or
 * package.
 */
export const runOnWorkers = (jobs: readonly Job[], workers: number): AsyncGenerator<MeasurementRecord> =>
  onWorkers(new URL('./worker.js', import.meta.url), jobs, workers);
