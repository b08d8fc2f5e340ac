import type { Command } from 'commander';
import { BadInput, EXIT, must } from '../failure.js';
import { findPlatform } from '../platforms.js';
import { suggestion } from '../suggest.js';
import { pathJson, pathTable, phaseTable } from '../validate/paths-report.js';
import type { PathResult } from '../validate/paths.js';
import { collect, type Context, conventions } from './command.js';
import { bold, printable } from './terminal.js';

interface Options {
  readonly operation?: readonly string[];
  readonly json?: true;
}

async function checkNames(names: readonly string[]): Promise<void> {
  const { OPERATIONS } = await import('../../platforms/mmu-microkernel/kernel/operations.js');
  const ids = OPERATIONS.map(({ id }) => id);
  for (const name of names) {
    if (!ids.includes(name)) throw new BadInput(`--operation ${name}`, 'no such operation', suggestion(name, ids));
  }
}

async function run({ operation, json }: Options, { terminal, platforms, exit }: Context): Promise<void> {
  await checkNames(operation ?? []);
  // Loads the kernel and its assembler: what only prints help does without.
  const { redundancies, validatePaths } = await import('../validate/paths.js');
  const platform = must(await findPlatform('mmu-microkernel', platforms));
  const results: PathResult[] = [];
  for (const result of validatePaths(platform, (id) => operation === undefined || operation.includes(id))) {
    results.push(result);
    if (json === true) for (const row of result.rows) terminal.out(`${pathJson(row)}\n`);
  }
  const differ = results.filter(({ exact }) => !exact);
  if (differ.length > 0) exit(EXIT.checkFailed);
  const prices = redundancies(results);
  if (json === true) {
    for (const row of prices) terminal.out(`${pathJson(row)}\n`);
    return;
  }
  for (const variant of new Set(results.map((r) => r.variant))) {
    const own = results.filter((r) => r.variant === variant);
    terminal.out(`Xous ${variant}: ours / the real kernel's, on the same core\n\n${printable(pathTable(own))}\n\n`);
    if (variant === 'head') terminal.out(`Instructions by phase\n\n${printable(phaseTable(own))}\n\n`);
  }
  for (const { operation: what, variant, ours, real } of prices) {
    terminal.out(`One ${what} (${variant}): ${Math.round(ours)} cycles, in the real kernel ${real}.\n`);
  }
  const verdict =
    differ.length === 0
      ? `Traps, satp writes and sfence.vma of all ${results.length} paths are those of the real kernel where these are known.`
      : `Traps, satp writes or sfence.vma differ: ${differ.map((r) => `${r.variant} ${r.operation}`).join(', ')}.`;
  terminal.out(`${bold(terminal, verdict)}\n`);
}

/** `bulkhead validate paths`: holds the paths of our kernels to those of the real ones. */
export function addValidatePaths(validate: Command, context: Context): void {
  conventions(validate.command('paths'), 'bulkhead validate paths', context.terminal, [
    'bulkhead validate paths',
    'bulkhead validate paths --operation scalar-call --operation borrow-1',
    'bulkhead validate paths --json > paths.jsonl',
  ])
    .description(
      'run the operations of the Xous-like kernel and compare each with the real kernel on the RTL of the same core: traps, ' +
        'satp writes, sfence.vma, instructions, loads, stores, cycles in two memory set-ups. Class P: instructions within 20 % ' +
        'of the real kernel, M: further away or unknown. Exit code 1 if traps, satp writes or sfence.vma differ.',
    )
    .option('--operation <ID>', 'only this operation; may be repeated', collect)
    .option('--json', 'one JSON object a line, for each quantity')
    .action((options: Options) => run(options, context));
}
