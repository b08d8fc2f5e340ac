import type { Command } from 'commander';
import { traced } from '../exec/trace-file.js';
import { BadInput } from '../failure.js';
import type { Job } from '../run/job.js';
import { addCampaignOptions, type CampaignOptions, requestedCampaign } from './campaign-options.js';
import { type Context, conventions } from './command.js';
import { conduct } from './conduct.js';

interface Options extends CampaignOptions {
  readonly trace?: string;
}

/** Parameters in which runs of one workload on one platform differ; none where these are several. */
function differing(jobs: readonly Job[]): readonly string[] {
  if (jobs.some(({ workload, platform }) => workload !== jobs[0].workload || platform !== jobs[0].platform)) return [];
  const values = new Map<string, Set<unknown>>();
  for (const { workload, workloadParameters, platform, parameters } of jobs) {
    const named = [
      ...Object.entries(workloadParameters).map(([name, value]) => [`${workload}.${name}`, value] as const),
      ...Object.entries(parameters).map(([name, value]) => [`${platform}.${name}`, value] as const),
    ];
    for (const [name, value] of named) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  return [...values].filter(([, { size }]) => size > 1).map(([name]) => name);
}

/** The only run of a campaign. @throws BadInput if there are more. */
function onlyJob([job, ...others]: readonly Job[], trace: string): Job {
  if (others.length === 0) return job;
  const names = differing([job, ...others]);
  const set = names.length === 0 ? '' : `, and give --set for ${names.join(', ')}`;
  const remedy = `name one workload, one --platform and one --seed${set}`;
  throw new BadInput(`--trace ${trace}`, `${1 + others.length} runs`, remedy);
}

async function run(names: readonly string[], options: Options, context: Context): Promise<void> {
  const campaign = await requestedCampaign(names, options, context);
  if (options.trace === undefined) return conduct(campaign, options, context);
  const job = onlyJob(campaign.jobs, options.trace);
  const { platform } = campaign.platforms.find(({ name }) => name === job.platform)!;
  await traced(options.trace, (file) =>
    conduct(campaign, options, context, (symbols, place) => {
      const lines = {
        place: (pc: number, space: number): string => symbols.labelVirtual(pc, space) || place(pc),
        disassemble: (word: number, pc: number): string => platform.disassemble(word, pc),
      };
      return (event) => file.write(event, lines);
    }),
  );
}

/** `bulkhead run`: the main job. */
export function addRun(program: Command, context: Context): void {
  const command = conventions(program.command('run'), 'bulkhead run', context.terminal, [
    'bulkhead run',
    'bulkhead run ipc --platform mmu-microkernel --seeds 8',
    'bulkhead run ipc.call --set mmu-microkernel.isolation=none --set ipc.call.rounds=32',
    'bulkhead run ipc.call --views',
    'bulkhead run ipc.call --clock mpu-rtos=48MHz --clock cheri=40MHz',
    'bulkhead run --json | head -1',
    'bulkhead run --resume results/run-1',
  ]).description(
    'run workloads on the platforms and measure their spans in guest cycles: all workloads, or those named by id or family. ' +
      'Prints a table and writes a results folder with manifest.json, measurements.jsonl (a line for each run), summary.md and ' +
      'charts. A run with another outcome than the workload states is an error, never a number; then the exit code is 1.',
  );
  addCampaignOptions(command)
    .option('--trace <FILE>', 'write a line for every retired instruction and trap of the one run')
    .action((names: string[], options: Options) => run(names, options, context));
}
