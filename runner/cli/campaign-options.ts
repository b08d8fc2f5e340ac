import { join } from 'node:path';
import type { Command } from 'commander';
import { BadInput, must } from '../failure.js';
import { findPlatform, loadAll } from '../platforms.js';
import { readClocks } from '../results/clocks.js';
import { FILES, readManifest } from '../results/read.js';
import { type Campaign, plan, planAgain, type Shard } from '../run/campaign.js';
import { type ChosenPlatform, chooseWorkloads, type Request } from '../run/plan.js';
import { readSetting, type Setting } from '../run/settings.js';
import { addPlatforms, collect, type Context, numberOption } from './command.js';

/** Options that `run` and `sweep` share. */
export interface CampaignOptions {
  readonly platform?: readonly string[];
  readonly set?: readonly string[];
  readonly seed?: number;
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
const GREATEST_SEED = 2 ** 31 - 1;
const MOST_WORKERS = 64;

/** Adds what `run` and `sweep` both take to a command. */
export function addCampaignOptions(command: Command): Command {
  return addPlatforms(command)
    .argument('[WORKLOAD...]', 'ids or families; default: all')
    .option(
      '--set <target.name=value>',
      'set a parameter of a platform, a workload or a family; may be repeated',
      collect,
    )
    .option(
      '--seeds <N>',
      'layouts of code and data: seeds 0 to N-1; default 1, the canonical layout',
      numberOption('--seeds', 1, MOST_SEEDS, true),
    )
    .option('--seed <S>', 'only this layout', numberOption('--seed', 0, GREATEST_SEED, true))
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
    .option(
      '--workers <N>',
      'worker threads; default: one for each processor, if there is enough to do',
      numberOption('--workers', 1, MOST_WORKERS, true),
    )
    .option(
      '--max-instructions <N>',
      `give a run up after so many; default ${DEFAULT_BUDGET}`,
      numberOption('--max-instructions', 1, Number.MAX_SAFE_INTEGER, true),
    );
}

/** Layouts of code and data. @throws BadInput if both options say which. */
function layouts({ seed, seeds }: CampaignOptions): readonly number[] {
  if (seed === undefined) return Array.from({ length: seeds ?? 1 }, (_, i) => i);
  if (seeds === undefined) return [seed];
  throw new BadInput('--seed', 'given beside --seeds', 'give --seed for one layout, --seeds for the first N');
}

/** Which points are measured, and which part of all runs is done. */
export interface Extent extends Pick<Request, 'points'> {
  readonly shard?: Shard | undefined;
}

/**
 * The campaign that the options ask for, or that of the folder which `--resume` names.
 * @param extentOf what the command's own options say, given the settings of every run; default: one point with these settings
 * @throws BadInput
 */
export async function requestedCampaign(
  names: readonly string[],
  options: CampaignOptions,
  context: Context,
  extentOf = (settings: readonly Setting[]): Extent => ({ points: [settings] }),
): Promise<Campaign> {
  if (options.resume !== undefined) return resumedCampaign(options.resume, options, names, context);
  const { set = [], maxInstructions: budget = DEFAULT_BUDGET, views, clock = [], compress } = options;
  const { points, shard = null } = extentOf(set.map((text) => readSetting('--set', text)));
  const seeds = layouts(options);
  const platforms = await choosePlatforms(options.platform, context);
  const workloads = chooseWorkloads(context.workloads, names);
  const ids = platforms.map(({ platform }) => platform.id);
  const clocks = readClocks(clock, ids);
  return plan({ workloads, platforms, points, seeds, budget, views, clocks, compress }, shard);
}

/** The platforms that were named, by default all that have a kernel. @throws BadInput */
async function choosePlatforms(
  names: readonly string[] | undefined,
  { platforms }: Context,
): Promise<readonly ChosenPlatform[]> {
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

/** The campaign of an interrupted run's folder. @throws BadInput if something else is asked for too. */
async function resumedCampaign(
  folder: string,
  options: CampaignOptions,
  names: readonly string[],
  { workloads, platforms }: Context,
): Promise<Campaign> {
  const allowed = ['resume', 'json', 'workers'];
  const more = Object.keys(options).filter((name) => !allowed.includes(name));
  const given = [...names, ...more.map((name) => `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`)];
  if (given.length > 0) {
    throw new BadInput(
      `--resume ${folder}`,
      `${given.join(', ')} beside it`,
      'the folder says what is to be run: leave the rest out',
    );
  }
  return planAgain(readManifest(folder), join(folder, FILES.manifest), workloads, platforms);
}
