import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { EXIT, must } from '../failure.js';
import { findPlatform } from '../platforms.js';
import { rowJson, rowTables, summaryJson, summaryTables, verdict } from '../validate/report.js';
import { planValidation, type Row, runJob } from '../validate/run.js';
import { fails, summaries } from '../validate/summary.js';
import { collect, type Context, conventions, numberOption } from './command.js';
import { bold, printable } from './terminal.js';
import { addValidatePaths } from './validate-paths.js';

/** The vectors that come with the package; this file is dist/runner/cli/validate.js. */
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
  const platforms = [...known];
  for (const name of options.platform ?? []) {
    const platform = must(await findPlatform(name, known));
    if (!platforms.includes(platform)) platforms.unshift(platform);
  }
  const { jobs, notModelled } = planValidation({
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
  if (notModelled.length > 0) terminal.out(`Not run, no platform models them: ${notModelled.join(', ')}\n`);
  if (options.heldOut !== true)
    terminal.out('Held-out random programs (odd index) were not run: --held-out adds them.\n');
  terminal.out(`${bold(terminal, verdict(rows, options.maxError))}\n`);
}

/** `bulkhead validate cores`: holds the core models to the cycle counts and states of the cores' RTL. */
export function addValidate(program: Command, context: Context): void {
  const { terminal } = context;
  const validate = conventions(program.command('validate'), 'bulkhead validate', terminal, [
    'bulkhead validate cores --summary',
  ]).description('compare a model with what it models');
  addValidatePaths(validate, context);
  conventions(validate.command('cores'), 'bulkhead validate cores', terminal, [
    'bulkhead validate cores --summary',
    'bulkhead validate cores --core vexriscv-baochip --config core_lat4',
    'bulkhead validate cores --held-out --json > rows.jsonl',
    'bulkhead validate cores --vectors ~/more-vectors --max-error 0.04',
  ])
    .description(
      'run the vector programs on the core models and compare cycles and state with the RTL of the cores. A row is a program, ' +
        'a configuration and a quantity; it is within tolerance if the error is at most 1 % or 0.06 cycles (interrupt ' +
        'latency: 1 cycle). Exit code 1 if a recorded state differs, a program has no result, or --max-error is exceeded.',
    )
    .addOption(
      new Option('--vectors <DIR>', 'directory in the layout of tests/vectors/README.md').default(
        VECTORS,
        'those of the package',
      ),
    )
    .option('--core <ID>', 'only this core')
    .option('--config <ID>', 'only this configuration')
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
