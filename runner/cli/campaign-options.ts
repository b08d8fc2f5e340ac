import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { BadInput, EXIT, must } from '../failure.js';
import { findPlatform, loadAll } from '../platforms.js';
import { summarise } from '../results/analyse.js';
import { readClocks } from '../results/clocks.js';
import { ResultsFolder } from '../results/folder.js';
import { presentResults, terminalTables } from '../results/present.js';
import { FILES, readManifest, recordsFileOf } from '../results/read.js';
import type { MeasurementRecord } from '../results/schema.js';
import { viewLines } from '../results/view-table.js';
import { type Campaign, carryOut, type Conduct, planAgain } from '../run/campaign.js';
import type { ChosenPlatform, Request } from '../run/plan.js';
import { collect, type Context, numberOption } from './command.js';
import { printable, type Terminal } from './terminal.js';

/** Options that `run` and `sweep` share. */
export interface CampaignOptions {
  readonly platform?: readonly string[];
  readonly seeds?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly json?: true;
  readonly workers?: number;
  readonly maxInstructions?: number;
  readonly views?: true;
  readonly clock?: readonly string[];
  readonly compress?: true;
}

/** Instructions after which a run is given up: a hundred times what the longest workload needs at its defaults. */
export const DEFAULT_BUDGET = 500_000_000;
const MOST_SEEDS = 10_000;
const MOST_WORKERS = 64;
/** Runs that make a further worker worth its start, which compiles everything anew. */
const RUNS_PER_WORKER = 32;

/** Adds the shared options to a command. */
export function addCampaignOptions(command: Command): Command {
  return command
    .option('--seeds <N>', 'layouts of code and data: seeds 0 to N-1; default 1, the canonical layout', (text) =>
      numberOption('--seeds', 1, MOST_SEEDS, true)(text),
    )
    .option(
      '--views',
      'also under the abstract cycle models C(0), C(1), C(4): does the order of the platforms survive?',
    )
    .option('--clock <PLATFORM=FREQ>', 'times in the tables, at this clock; e.g. cheri=48MHz; may be repeated', collect)
    .option('--out <DIR>', 'results folder, new or empty; default: the next free results/run-N')
    .option(
      '--compress',
      `keep the records as ${FILES.compressed} when all are there: a thirtieth of the size; every command reads it`,
    )
    .option('--resume <DIR>', 'finish the interrupted run of a results folder; nothing else is to be said')
    .option(
      '--json',
      'the records on standard output, one JSON object a line, with --views a line for each span under all views; a folder only with --out',
    )
    .option('--workers <N>', 'worker threads; default: one for each processor, if there is enough to do', (text) =>
      numberOption('--workers', 1, MOST_WORKERS, true)(text),
    )
    .option('--max-instructions <N>', `give a run up after so many; default ${DEFAULT_BUDGET}`, (text) =>
      numberOption('--max-instructions', 1, Number.MAX_SAFE_INTEGER, true)(text),
    );
}

/** What is to be shown beside cycles on the platforms' own cores, and how records are kept. @throws BadInput */
export const asked = (
  { views, clock = [], compress }: CampaignOptions,
  platforms: readonly ChosenPlatform[],
): Pick<Request, 'views' | 'clocks' | 'compress'> => ({
  views,
  compress,
  clocks: readClocks(
    clock,
    platforms.map(({ platform }) => platform.id),
  ),
});

/** The platforms that were named, by default all that have a kernel. @throws BadInput */
export async function choosePlatforms(
  names: readonly string[] | undefined,
  { platforms }: Context,
): Promise<ChosenPlatform[]> {
  if (names === undefined) {
    const all = await loadAll(platforms);
    return all.filter(({ kernel }) => kernel !== undefined).map((platform) => ({ name: platform.id, platform }));
  }
  const chosen: ChosenPlatform[] = [];
  for (const name of new Set(names)) {
    const platform = must(await findPlatform(name, platforms));
    if (platform.kernel === undefined) {
      throw new BadInput(`--platform ${name}`, 'has no kernel that runs workloads', "see 'bulkhead list'");
    }
    chosen.push({ name, platform });
  }
  return chosen;
}

/** The first of results/run-1, results/run-2 and so on that is not there. */
function nextFolder(): string {
  for (let n = 1; ; n++) {
    const path = join('results', `run-${n}`);
    if (!existsSync(path)) return path;
  }
}

/** The campaign of the folder that `--resume` names. @throws BadInput if something else is asked for too. */
export async function resumedCampaign(
  options: CampaignOptions,
  others: readonly string[],
  context: Context,
): Promise<Campaign> {
  const { resume } = options;
  const allowed = ['resume', 'json', 'workers'];
  const more = Object.keys(options).filter((name) => !allowed.includes(name));
  const given = [...others, ...more.map((name) => `--${name}`)];
  if (given.length > 0) {
    throw new BadInput(
      `--resume ${resume}`,
      `${given.join(', ')} beside it`,
      'the folder says what is to be run: leave the rest out',
    );
  }
  return planAgain(readManifest(resume!), context.workloads, context.platforms);
}

function openFolder({ manifest }: Campaign, { resume, out, json }: CampaignOptions): ResultsFolder | undefined {
  if (resume !== undefined) return ResultsFolder.resume(resume, () => manifest);
  if (out === undefined && json === true) return undefined;
  return ResultsFolder.create(out ?? nextFolder(), manifest);
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
    if (folder !== undefined)
      terminal.err(`bulkhead: interrupted; finish with: bulkhead run --resume ${folder.path}\n`);
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
      folder === undefined || !complete ? [] : presentResults(folder, records, campaign.workloads, campaign.manifest);
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
