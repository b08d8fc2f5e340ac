import type { Platform } from '../../platforms/platform.js';
import { WORKLOADS } from '../../workloads/index.js';
import { must } from '../failure.js';
import { findPlatform } from '../platforms.js';
import type { MeasurementRecord } from '../results/schema.js';
import { executeJob } from './execute.js';
import type { Job } from './job.js';
import { Machines } from './machines.js';

/* A worker thread of the pool: one machine, used again and again. */

const machines = new Machines();
const platforms = new Map<string, Platform>();

/** Runs one job. */
export default async function work(job: Job): Promise<MeasurementRecord> {
  let platform = platforms.get(job.platform);
  if (platform === undefined) {
    platform = must(await findPlatform(job.platform));
    platforms.set(job.platform, platform);
  }
  const workload = WORKLOADS.find(({ id }) => id === job.workload)!;
  return executeJob(job, { machines, workload, platform });
}
