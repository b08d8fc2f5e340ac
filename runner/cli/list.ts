import type { Command } from 'commander';
import { markdownTable } from 'markdown-table';
import type { Workload } from '../../workloads/index.js';
import { loadAll } from '../platforms.js';
import type { Applicability } from '../show/workload.js';
import { type Context, conventions } from './command.js';
import { applicabilityOf } from './show.js';

interface Options {
  readonly json?: true;
}

const parameterList = ({ parameters }: Workload): string =>
  Object.entries(parameters)
    .map(([name, p]) => `${name}=${String(p.default)}`)
    .join(' ');

async function list(options: Options, context: Context): Promise<void> {
  const { terminal, workloads } = context;
  const platforms = await loadAll(context.platforms);
  const withKernel = platforms.filter(({ kernel }) => kernel !== undefined);
  const rows = workloads.map((workload) => ({
    workload,
    where: withKernel.map((platform) => applicabilityOf(workload, platform)),
  }));
  if (options.json === true) {
    for (const { workload, where } of rows) {
      const { id, title, family, purpose, parameters, points } = workload;
      terminal.out(
        `${JSON.stringify({ kind: 'workload', id, title, family, purpose, parameters, points, platforms: where })}\n`,
      );
    }
    for (const { id, title, core, modelVersion, kernel } of platforms) {
      terminal.out(
        `${JSON.stringify({ kind: 'platform', id, title, core, modelVersion, kernel: kernel?.title ?? null })}\n`,
      );
    }
    return;
  }
  const reasons: string[] = [];
  const mark = ({ runs, refusals }: Applicability): string => {
    const notes = refusals.map((reason) => {
      if (!reasons.includes(reason)) reasons.push(reason);
      return `[${reasons.indexOf(reason) + 1}]`;
    });
    return [runs ? 'yes' : 'no', ...notes].join(' ');
  };
  const header = ['workload', 'what it does', 'parameters with their defaults', ...withKernel.map(({ id }) => id)];
  const lines = rows.map(({ workload, where }) => [
    workload.id,
    workload.title,
    parameterList(workload),
    ...where.map(mark),
  ]);
  terminal.out(`${markdownTable([header, ...lines])}\n`);
  reasons.forEach((reason, i) => terminal.out(`\n[${i + 1}] ${reason}\n`));
  const known = platforms.map(({ id, title, kernel }) => [id, title, kernel?.title ?? 'none yet: hardware only']);
  terminal.out(`\n${markdownTable([['platform', 'hardware', 'kernel'], ...known])}\n`);
}

/** `bulkhead list`: what there is. */
export function addList(program: Command, context: Context): void {
  conventions(program.command('list'), 'bulkhead list', context.terminal, ['bulkhead list', 'bulkhead list --json'])
    .description(
      'list workloads with their parameters and the platforms that run them, and platforms with their kernels',
    )
    .option('--json', 'one JSON object a line')
    .action((options: Options) => list(options, context));
}
