import type { Command } from 'commander';
import type { Platform } from '../../platforms/platform.js';
import { AtomicFile } from '../exec/atomic-file.js';
import { TRACE_HEADER, traceLine } from '../exec/trace.js';
import { BadInput, fileReason } from '../failure.js';
import type { Trace } from '../run/execute.js';
import { addCampaignOptions, type CampaignOptions, requestedCampaign } from './campaign-options.js';
import { type Context, conventions } from './command.js';
import { conduct } from './conduct.js';

interface Options extends CampaignOptions {
  readonly trace?: string;
}

/** Runs `body` with a hook that writes every instruction and trap to a file, which is there afterwards or not at all. */
async function traced(path: string, platform: Platform, body: (trace: Trace) => Promise<void>): Promise<void> {
  const cannotWrite = (thrown: unknown): BadInput =>
    new BadInput(`--trace ${path}`, fileReason(thrown), 'name a file that can be written');
  let file: AtomicFile;
  try {
    file = new AtomicFile(path);
    file.write(TRACE_HEADER);
  } catch (thrown) {
    throw cannotWrite(thrown);
  }
  try {
    await body((symbols, place) => {
      const names = {
        place: (pc: number, space: number): string => symbols.labelVirtual(pc, space) || place(pc),
        disassemble: (word: number, pc: number): string => platform.disassemble(word, pc),
      };
      return (event) => file.write(traceLine(event, names));
    });
    file.commit();
  } catch (thrown) {
    file.discard();
    throw (thrown as NodeJS.ErrnoException).code === undefined ? thrown : cannotWrite(thrown);
  }
}

async function run(names: readonly string[], options: Options, context: Context): Promise<void> {
  const campaign = await requestedCampaign(names, options, context);
  const { trace } = options;
  if (trace === undefined) return conduct(campaign, options, context);
  const [job, ...others] = campaign.jobs;
  if (others.length > 0) {
    throw new BadInput(
      `--trace ${trace}`,
      `${campaign.jobs.length} runs`,
      'name one workload, one --platform and one --seed',
    );
  }
  const { platform } = campaign.platforms.find(({ name }) => name === job.platform)!;
  await traced(trace, platform, (hook) => conduct(campaign, options, context, hook));
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
