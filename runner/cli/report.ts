import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { writeWhole } from '../exec/atomic-file.js';
import { BadInput, fileReason } from '../failure.js';
import { loadAll } from '../platforms.js';
import { FIRST_LINE, renderPage } from '../report/page.js';
import { readReport } from '../report/report.js';
import { LAYOUTS, REFERENCE, releaseResults } from '../results/release.js';
import { collect, type Context, conventions } from './command.js';

interface Options {
  readonly out?: string;
  readonly json?: true;
  readonly clock?: readonly string[];
}

const FILE_NAME = 'report.html';

/** Whether a file may be written: it is not there, is no ordinary file, is empty, or is a report of an earlier time. */
function mayReplace(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.size === 0) return true;
  const head = Buffer.alloc(FIRST_LINE.length);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return head.toString() === FIRST_LINE;
}

/** Writes a page, complete or not at all. @throws BadInput if it cannot be written, or if something else is there. */
function writePage(path: string, page: string): void {
  const place = `--out ${path}`;
  try {
    if (!mayReplace(path)) {
      throw new BadInput(place, 'there is a file that is no report', 'name another file; it is kept as it is');
    }
    writeWhole(path, page);
  } catch (thrown) {
    if (thrown instanceof BadInput) throw thrown;
    throw new BadInput(place, `cannot be written: ${fileReason(thrown)}`, 'name a file that can be written with --out');
  }
}

async function report(
  named: string | undefined,
  options: Options,
  { terminal, workloads, platforms }: Context,
): Promise<void> {
  const folder = named ?? releaseResults();
  const { out = join(folder, FILE_NAME) } = options;
  const read = readReport(folder, workloads, await loadAll(platforms), options.clock);
  const page = renderPage(read);
  writePage(out, page);
  const bytes = Buffer.byteLength(page);
  const facts = { file: out, bytes, bulkhead: read.manifest.bulkhead, records: read.records.length };
  if (options.json === true) {
    terminal.out(`${JSON.stringify(facts)}\n`);
    return;
  }
  if (named === undefined && folder === REFERENCE)
    terminal.out(`${LAYOUTS} is not there: ranges are of one layout; 'npm run layouts' records 32\n`);
  terminal.out(`${out}: ${facts.records} runs of Bulkhead ${facts.bulkhead}, ${(bytes / 1e6).toFixed(1)} MB\n`);
}

/** `bulkhead report`: results as one page. */
export function addReport(program: Command, context: Context): void {
  conventions(program.command('report'), 'bulkhead report', context.terminal, [
    'bulkhead report',
    'bulkhead report results/run-1 --out /tmp/report.html',
  ])
    .description(
      'write results as one HTML file that needs nothing else and no network: what was run and how to repeat it, tables to sort and ' +
        'filter, charts, what attempts came to, cells without a number and why, definitions of workloads, spans and parameters, threats to ' +
        'validity, versions and hashes of the images.',
    )
    .argument(
      '[RESULTS_DIR]',
      'results folder of a finished run, sweep or merge; default: the results of this release over 32 layouts, or those of the ' +
        'canonical layout where the others are not there',
    )
    .option('--out <FILE>', `the file, which may be an older report; default: ${FILE_NAME} in the results folder`)
    .option('--clock <PLATFORM=FREQ>', 'times in the tables, at this clock; e.g. cheri=48MHz; may be repeated', collect)
    .option('--json', 'one JSON object: file, bytes, version, number of runs')
    .action((folder: string | undefined, options: Options) => report(folder, options, context));
}
