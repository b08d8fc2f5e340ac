import { availableParallelism } from 'node:os';
import { EXIT } from '../failure.js';
import { summarise } from '../results/analyse.js';
import { ResultsFolder } from '../results/folder.js';
import { presentResults, terminalTables } from '../results/present.js';
import { FILES, recordsFileOf } from '../results/read.js';
import type { MeasurementRecord } from '../results/schema.js';
import { viewLines } from '../results/view-table.js';
import { type Campaign, carryOut, type Conduct } from '../run/campaign.js';
import { resumeCommand } from '../run/job.js';
import type { CampaignOptions } from './campaign-options.js';
import type { Context } from './command.js';
import { printable, type Terminal } from './terminal.js';

/** Runs that make a further worker worth its start, which compiles everything anew. */
const RUNS_PER_WORKER = 32;

/** Where folders go that are not named. */
const RESULTS = 'results';

function openFolder({ manifest }: Campaign, { resume, out, json }: CampaignOptions): ResultsFolder | undefined {
  if (resume !== undefined) return ResultsFolder.resume(resume, () => manifest);
  if (out === undefined && json === true) return undefined;
  return out === undefined ? ResultsFolder.createNext(RESULTS, manifest) : ResultsFolder.create(out, manifest);
}

function reportErrors(records: readonly MeasurementRecord[], terminal: Terminal, json: boolean): number {
  let errors = 0;
  for (const { outcome, workload, platform, seed } of records) {
    if (outcome.kind !== 'error') continue;
    errors++;
    if (!json) continue;
    const line = `${workload} on ${platform}, seed ${seed}: ${outcome.reason}, at ${outcome.place}; ${outcome.trace}`;
    terminal.err(`bulkhead: ${printable(line)}\n`);
  }
  return errors;
}

/** Carries a campaign out as the options say, and prints what came of it. */
export async function conduct(
  campaign: Campaign,
  options: CampaignOptions,
  context: Context,
  trace?: Conduct['trace'],
): Promise<void> {
  const { terminal, exit } = context;
  const json = options.json === true;
  const { views } = campaign.manifest.request;
  const stored = recordsFileOf(campaign.manifest);
  const folder = openFolder(campaign, options);
  const worth = Math.max(1, Math.floor(campaign.jobs.length / RUNS_PER_WORKER));
  const workers = trace === undefined ? (options.workers ?? Math.min(availableParallelism(), worth)) : 1;
  const interrupted = (): void => {
    terminal.progress?.('');
    folder?.close();
    if (folder !== undefined) terminal.err(`bulkhead: interrupted; finish with: ${resumeCommand(folder.path)}\n`);
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const records = await carryOut(campaign, {
      folder,
      workers,
      trace,
      onRecord: ({ workload, platform }, line, done) => {
        if (json && views !== true) terminal.out(`${line}\n`);
        terminal.progress?.(`${done}/${campaign.jobs.length} ${workload} on ${platform}`);
      },
    });
    terminal.progress?.('');
    const complete = campaign.manifest.shard === null;
    const written =
      folder === undefined || !complete
        ? []
        : await presentResults(folder, records, campaign.workloads, campaign.manifest);
    if (stored === FILES.compressed) folder?.compress();
    if (json && views === true) for (const line of viewLines(summarise(records))) terminal.out(`${line}\n`);
    if (!json) {
      terminal.out(printable(terminalTables(records, campaign.workloads, campaign.manifest)));
      if (folder !== undefined)
        terminal.out(`\nResults: ${folder.path} (${[FILES.manifest, stored, ...written].join(', ')})\n`);
    }
    if (reportErrors(records, terminal, json) > 0) exit(EXIT.checkFailed);
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    folder?.close();
  }
}
