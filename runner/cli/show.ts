import type { Command } from 'commander';
import { ISOLATIONS, type Platform } from '../../platforms/platform.js';
import type { Workload } from '../../workloads/index.js';
import { BadInput, must } from '../failure.js';
import { readParameters } from '../parameters.js';
import { loadAll } from '../platforms.js';
import { applicability } from '../run/applicable.js';
import { showPlatform } from '../show/platform.js';
import { type Applicability, showWorkload } from '../show/workload.js';
import { suggestion } from '../suggest.js';
import { type Context, conventions } from './command.js';

interface Options {
  readonly json?: true;
}

/** What a platform says of a workload, at the defaults and with each isolation. */
export function applicabilityOf(workload: Workload, platform: Platform): Applicability {
  const refusals = new Map<string, string[]>();
  for (const isolation of ISOLATIONS) {
    const parameters = must(readParameters(platform, { isolation }));
    const answer = applicability(platform, workload.build(), parameters);
    if (answer.kind === 'runs') continue;
    refusals.set(answer.reason, [...(refusals.get(answer.reason) ?? []), isolation]);
  }
  const text = [...refusals].map(([reason, isolations]) =>
    isolations.length === ISOLATIONS.length ? reason : `not with isolation=${isolations.join(', ')}: ${reason}`,
  );
  const refused = [...refusals.values()].flat().length;
  return { platform: platform.id, runs: refused < ISOLATIONS.length, refusals: text };
}

async function show(name: string, options: Options, context: Context): Promise<void> {
  const { terminal, workloads } = context;
  const platforms = await loadAll(context.platforms);
  const workload = workloads.find(({ id }) => id === name);
  if (workload !== undefined) {
    const scenario = workload.build();
    const withKernel = platforms.filter(({ kernel }) => kernel !== undefined);
    const where = withKernel.map((platform) => applicabilityOf(workload, platform));
    if (options.json === true) {
      const { id, title, family, purpose, parameters, points } = workload;
      terminal.out(
        `${JSON.stringify({ id, title, family, purpose, parameters, points, platforms: where, scenario })}\n`,
      );
    } else terminal.out(showWorkload(workload, scenario, where));
    return;
  }
  const platform = platforms.find(({ id }) => id === name);
  if (platform === undefined) {
    const own = workloads.filter(({ family }) => family === name).map(({ id }) => id);
    if (own.length > 0) throw new BadInput(name, 'a family of workloads', `name one of them: ${own.join(', ')}`);
    const known = [...workloads, ...platforms].map(({ id }) => id);
    const remedy = suggestion(name, known);
    throw new BadInput(
      name,
      'no such workload or platform',
      remedy.startsWith('known') ? "see 'bulkhead list'" : remedy,
    );
  }
  const { id, title, core, modelVersion, parameters } = platform;
  if (options.json === true) terminal.out(`${JSON.stringify({ id, title, core, modelVersion, parameters })}\n`);
  else terminal.out(showPlatform(platform));
}

/** `bulkhead show`: one workload or platform in full. */
export function addShow(program: Command, context: Context): void {
  conventions(program.command('show'), 'bulkhead show', context.terminal, [
    'bulkhead show ipc.call',
    'bulkhead show mmu-microkernel',
  ])
    .description(
      'show a workload: its system, programs, spans, parameters and where it is not applicable; or a platform with its parameters',
    )
    .argument('<NAME>', 'id of a workload or platform')
    .option('--json', 'one JSON object')
    .action((name: string, options: Options) => show(name, options, context));
}
