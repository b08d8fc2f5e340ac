import type { Command } from 'commander';
import { BadInput } from '../failure.js';
import type { Shard } from '../run/campaign.js';
import { readSetting, type Setting } from '../run/settings.js';
import { addCampaignOptions, type CampaignOptions, type Extent, requestedCampaign } from './campaign-options.js';
import { collect, type Context, conventions } from './command.js';
import { conduct } from './conduct.js';

interface Options extends CampaignOptions {
  readonly grid?: readonly string[];
  readonly shard?: Shard;
}

const MOST_SHARDS = 10_000;

function readShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, of] = match === null ? [0, 0] : [Number(match[1]), Number(match[2])];
  if (index >= 1 && index <= of && of <= MOST_SHARDS) return { index, of };
  throw new BadInput(`--shard ${text}`, 'not a part', 'give I/N with I from 1 to N, for instance 1/2');
}

/** @throws BadInput if a parameter has values in two places: only those of one of them would count. */
function checkAxes(grid: readonly string[], settings: readonly Setting[]): void {
  const seen = new Map(settings.map(({ place, target, name }) => [`${target}.${name}`, place]));
  for (const text of grid) {
    const { place, target, name } = readSetting('--grid', text);
    const other = seen.get(`${target}.${name}`);
    if (other !== undefined)
      throw new BadInput(place, `beside ${other}`, 'give all values of a parameter in one --grid');
    seen.set(`${target}.${name}`, place);
  }
}

/** A setting for each value of `target.name=value,value,...`. */
const gridSettings = (text: string): readonly Setting[] => {
  const { target, name, value } = readSetting('--grid', text);
  return value.split(',').map((one) => ({ place: `--grid ${text}`, target, name, value: one }));
};

/** Every point of the grid, with the settings of every run, and the part of the runs that is to be done. */
function extentOf({ grid = [], shard }: Options, settings: readonly Setting[]): Extent {
  if (grid.length === 0) {
    throw new BadInput('sweep', 'no grid', 'give --grid target.name=value,value,... at least once, or use run');
  }
  checkAxes(grid, settings);
  const points = grid
    .map(gridSettings)
    .reduce<readonly (readonly Setting[])[]>(
      (all, axis) => all.flatMap((point) => axis.map((setting) => [...point, setting])),
      [settings],
    );
  return { points, shard };
}

/** `bulkhead sweep`: workloads at all points of a grid of parameters. */
export function addSweep(program: Command, context: Context): void {
  const command = conventions(program.command('sweep'), 'bulkhead sweep', context.terminal, [
    'bulkhead sweep ipc.call --grid mmu-microkernel.generation=v0.9.12,pr668,head --grid mmu-microkernel.memoryLatency=0,4',
    'bulkhead sweep ipc.payload --grid ipc.payload.bytes=64,512,4096 --shard 1/2 --out results/part-1',
    'bulkhead merge results/part-1 results/part-2 --out results/whole',
  ])
    .description(
      'run workloads at every point of a grid of parameters, as run does. With --shard I/N only the I-th of N parts, on another machine ' +
        'perhaps: merge joins them to the same bytes as one sweep.',
    )
    .option('--grid <target.name=value,...>', 'values of a parameter; several grids are multiplied', collect)
    .option('--shard <I/N>', 'only this part of the runs', readShard);
  addCampaignOptions(command).action(async (names: string[], options: Options) => {
    const campaign = await requestedCampaign(names, options, context, (settings) => extentOf(options, settings));
    await conduct(campaign, options, context);
  });
}
