import type { Command } from 'commander';
import type { Platform } from '../../platforms/platform.js';
import { BadInput, EXIT } from '../failure.js';
import type { KnownPlatform } from '../platforms.js';
import { suggestion } from '../suggest.js';
import { derivedRows } from '../validate/paths-derived.js';
import { benchmarkTable, pathJson, pathTable, phaseTable } from '../validate/paths-report.js';
import type { PathResult, PathRow, PathSuite } from '../validate/paths-suite.js';
import { PATH_SUITES } from '../validate/paths-suites.js';
import { tableRows } from '../validate/paths-tables.js';
import { inTable, validatePaths } from '../validate/paths.js';
import { collect, type Context, conventions } from './command.js';
import { bold, printable } from './terminal.js';

interface Options {
  readonly platform?: readonly string[];
  readonly operation?: readonly string[];
  readonly table?: readonly string[];
  readonly json?: true;
}

function mustKnow(option: string, what: string, names: readonly string[], known: readonly string[]): void {
  for (const name of names) {
    if (!known.includes(name)) throw new BadInput(`${option} ${name}`, `no such ${what}`, suggestion(name, known));
  }
}

/** Suites and platforms that are known and asked for. */
async function chosenSuites(
  { platform, operation = [], table = [] }: Options,
  known: readonly KnownPlatform[],
): Promise<{ readonly suite: PathSuite; readonly platform: KnownPlatform }[]> {
  const all = PATH_SUITES.flatMap(({ platform: id, load }) => {
    const found = known.find((p) => p.id === id);
    return found === undefined ? [] : [{ load, platform: found }];
  });
  mustKnow(
    '--platform',
    'platform whose paths are compared',
    platform ?? [],
    all.map((one) => one.platform.id),
  );
  const chosen = await Promise.all(
    all
      .filter((one) => platform?.includes(one.platform.id) ?? true)
      .map(async (one) => ({ suite: await one.load(), platform: one.platform })),
  );
  mustKnow(
    '--operation',
    'operation',
    operation,
    chosen.flatMap(({ suite }) => suite.operations.map(({ id }) => id)),
  );
  mustKnow(
    '--table',
    'table',
    table,
    chosen.flatMap(({ suite }) => (suite.tables ?? []).map(({ name }) => name)),
  );
  return chosen.filter(({ suite }) => operation.length === 0 || suite.operations.some((o) => operation.includes(o.id)));
}

async function run(options: Options, { terminal, platforms, exit }: Context): Promise<void> {
  const { operation, json } = options;
  for (const { suite, platform: known } of await chosenSuites(options, platforms)) {
    const platform = await known.load();
    if (options.table !== undefined) {
      await showTables(suite, platform, options.table, options, terminal);
      continue;
    }
    const results: PathResult[] = [];
    const table = inTable(suite);
    const only = (id: string, variant: string): boolean => (operation?.includes(id) ?? true) && table(id, variant);
    for (const result of validatePaths({ suite, platform, only })) {
      results.push(result);
      if (json === true) for (const row of result.rows) terminal.out(`${pathJson(row)}\n`);
    }
    if (results.some(({ exact }) => !exact)) exit(EXIT.checkFailed);
    const prices = derivedRows(suite.platform, results);
    if (json === true) {
      for (const row of prices) terminal.out(`${pathJson(row)}\n`);
      continue;
    }
    for (const variant of new Set(results.map((r) => r.variant))) {
      const own = results.filter((r) => r.variant === variant);
      const heading = `${suite.kernel} ${variant}: ours / the real kernel's, ${suite.measured}`;
      terminal.out(`${heading}\n\n${printable(pathTable(suite, own))}\n\n`);
      if (variant === suite.variants[0]) {
        terminal.out(`Instructions by phase\n\n${printable(phaseTable(own))}\n\n`);
      }
    }
    for (const { operation: what, variant, ours, real } of prices) {
      terminal.out(`One ${what} (${variant}): ${showCycles(ours)} cycles, in the real kernel ${real}.\n`);
    }
    terminal.out(`${bold(terminal, verdict(suite, results))}\n`);
  }
}

/** Measures long tables and nothing else. */
async function showTables(
  suite: PathSuite,
  platform: Platform,
  names: readonly string[],
  { json }: Options,
  terminal: Context['terminal'],
): Promise<void> {
  for (const table of (suite.tables ?? []).filter(({ name }) => names.includes(name))) {
    const rows: PathRow[] = [];
    for await (const row of tableRows({ suite, platform, table })) {
      rows.push(row);
      if (json === true) terminal.out(`${pathJson(row)}\n`);
      terminal.progress?.(`${rows.length}/${table.cells.length} ${table.name}: ${row.operation}, ${row.variant}`);
    }
    terminal.progress?.('');
    if (json === true) continue;
    const heading = `${suite.kernel}, ${table.title}: ours / published where it is`;
    terminal.out(`${heading}\n\n${printable(benchmarkTable(rows))}\n\n`);
    for (const source of new Set(rows.map((r) => r.source))) terminal.out(`${source}\n`);
  }
}

/** Whole cycles, of less than a hundred a tenth. */
const showCycles = (cycles: number): string => (cycles < 100 ? cycles.toFixed(1) : cycles.toFixed(0));

function verdict({ exactly }: PathSuite, results: readonly PathResult[]): string {
  const differ = results.filter(({ exact }) => !exact);
  if (differ.length > 0) {
    return `${exactly.replace(/ and (?=\S+$)/, ' or ')} differ: ${differ.map((r) => `${r.variant} ${r.operation}`).join(', ')}.`;
  }
  return `${exactly} of all ${results.length} paths are those of the real kernel where these are known.`;
}

/** `bulkhead validate paths`: holds the paths of our kernels to those of the real ones. */
export function addValidatePaths(validate: Command, context: Context): void {
  conventions(validate.command('paths'), 'bulkhead validate paths', context.terminal, [
    'bulkhead validate paths',
    'bulkhead validate paths --platform mmu-microkernel --operation scalar-call --operation borrow-1',
    'bulkhead validate paths --platform cheri --table calls',
    'bulkhead validate paths --json > paths.jsonl',
  ])
    .description(
      'run the operations of the kernels and compare each with the real kernel: traps, protection operations, ' +
        'instructions, loads, stores, cycles in two memory set-ups. Class P: instructions within 20 % of the real ' +
        "kernel's, M: further away or unknown. Exit code 1 if traps or protection operations differ.",
    )
    .option('--platform <ID>', 'only the kernel of this platform; may be repeated', collect)
    .option('--operation <ID>', 'only this operation; may be repeated', collect)
    .option(
      '--table <NAME>',
      "only this long table of the real kernel's benchmarks (cheri: allocation, calls, stack-usage); may be repeated",
      collect,
    )
    .option('--json', 'one JSON object a line, for each quantity')
    .action((options: Options) => run(options, context));
}
