import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { EXIT, must } from '../failure.js';
import { findPlatform, loadAll } from '../platforms.js';
import { errataLines, rowJson, rowTables, summaryJson, summaryTables, verdict } from '../validate/report.js';
import type { Row } from '../validate/row.js';
import { fails, summaries } from '../validate/summary.js';
import { collect, type Context, conventions, numberOption } from './command.js';
import { bold, printable } from './terminal.js';

/** The vectors that come with the package; this file is dist/runner/cli/validate-cores.js. */
const VECTORS = fileURLToPath(new URL('../../../tests/vectors', import.meta.url));

interface Options {
  readonly vectors: string;
  readonly platform?: readonly string[];
  readonly core?: string;
  readonly config?: string;
  readonly heldOut?: true;
  readonly start?: true;
  readonly maxError?: number;
  readonly summary?: true;
  readonly json?: true;
}

async function validateCores(options: Options, { terminal, platforms: known, exit }: Context): Promise<void> {
  // Loads zod: what only prints help does without.
  const { planValidation } = await import('../validate/plan.js');
  const { runJob } = await import('../validate/run.js');
  const platforms = await loadAll(known);
  for (const name of options.platform ?? []) {
    const platform = must(await findPlatform(name, known));
    if (!platforms.includes(platform)) platforms.unshift(platform);
  }
  const { jobs, notModelled, leftOut } = planValidation({
    directory: options.vectors,
    platforms,
    core: options.core,
    config: options.config,
    heldOut: options.heldOut === true,
    start: options.start === true,
  });
  const rows: Row[] = [];
  for (const job of jobs) {
    const own: Row[] = [];
    for (const row of runJob(job, options.start === true)) {
      own.push(row);
      if (options.json === true && options.summary !== true) terminal.out(`${rowJson(row)}\n`);
    }
    rows.push(...own);
    if (options.json !== true && options.summary !== true) {
      for (const table of rowTables(own)) terminal.out(`${printable(table)}\n`);
    }
  }
  const summary = summaries(rows);
  if (rows.some((row) => fails(row, options.maxError))) exit(EXIT.checkFailed);
  if (options.json === true) {
    if (options.summary === true) for (const part of summary) terminal.out(`${summaryJson(part)}\n`);
    return;
  }
  for (const table of summaryTables(summary)) terminal.out(`${printable(table)}\n`);
  for (const line of errataLines(rows)) terminal.out(`${line}\n`);
  if (notModelled.length > 0) terminal.out(`Not run, no platform models them: ${notModelled.join(', ')}\n`);
  if (leftOut) terminal.out('Held-out random programs (odd index) were not run: --held-out adds them.\n');
  terminal.out(`${bold(terminal, verdict(rows, options.maxError))}\n`);
}

/** `bulkhead validate cores`: holds the core models to recorded cycles and states. */
export function addValidateCores(validate: Command, context: Context): void {
  const { terminal } = context;
  conventions(validate.command('cores'), 'bulkhead validate cores', terminal, [
    'bulkhead validate cores --summary',
    'bulkhead validate cores --core vexriscv-baochip --config core_lat4',
    'bulkhead validate cores --held-out --json > rows.jsonl',
    'bulkhead validate cores --vectors ~/more-vectors --max-error 0.04',
  ])
    .description(
      'run the vector programs on the core models and compare cycles and state with what was recorded: with the RTL of the ' +
        'cores, or (functional sets) with another simulator. A row is a program, a configuration or set, and a quantity; it ' +
        'is within tolerance if the error is at most 1 % or 0.06 cycles (interrupt latency: 1 cycle; a number of ' +
        'instructions: 0). Exit code 1 if a recorded state differs, a program has no result, or --max-error is exceeded.',
    )
    .addOption(
      new Option('--vectors <DIR>', 'directory in the layout of tests/vectors/README.md').default(
        VECTORS,
        'those of the package',
      ),
    )
    .option('--core <ID>', 'only this core, or this functional set')
    .option('--config <ID>', 'only this configuration, or this functional set')
    .option('--held-out', 'also run the held-out random programs; they are reported apart')
    .option(
      '--max-error <F>',
      'fail if |error| of a row is above this fraction',
      numberOption('--max-error', 0, Infinity, false),
    )
    .option('--start', 'also print the cycle of mark 1 of the random programs (informative)')
    .option('--summary', 'only the summary tables')
    .option('--platform <MODULE>', 'also use this platform: path or package; may be repeated', collect)
    .option('--json', 'one JSON object a line: rows, or summaries with --summary')
    .action((options: Options) => validateCores(options, context));
}
