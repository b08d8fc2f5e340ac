import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { loadAll } from '../platforms.js';
import { FIRST_LINE, renderPage } from '../report/page.js';
import { readReport } from '../report/report.js';
import { FILES } from '../results/read.js';
import { LAYOUTS, REFERENCE, releaseResults } from '../results/release.js';
import { type ClaimFile, readClaims, shippedClaims } from '../reproduce/read.js';
import { collect, type Context, conventions } from './command.js';
import { writeOutFile } from './out-file.js';

interface Options {
  readonly out?: string;
  readonly json?: true;
  readonly clock?: readonly string[];
  readonly claims?: string;
}

const FILE_NAME = 'report.html';

const filesOf = ({ claims }: Options): readonly ClaimFile[] =>
  claims === undefined ? shippedClaims() : readClaims(claims);

async function report(
  named: string | undefined,
  options: Options,
  { terminal, workloads, platforms }: Context,
): Promise<void> {
  const folder = named ?? releaseResults();
  const { out = join(folder, FILE_NAME) } = options;
  // what is judged does not depend on layouts: the judgements of this release lie beside its reference
  const recording = join(named ?? REFERENCE, FILES.claims);
  const read = readReport(folder, {
    workloads,
    platforms: await loadAll(platforms),
    clockTexts: options.clock,
    claims: options.claims === undefined && !existsSync(recording) ? undefined : { recording, files: filesOf(options) },
  });
  const page = renderPage(read);
  writeOutFile(out, page, FIRST_LINE, 'report');
  const bytes = Buffer.byteLength(page);
  const judged = read.claims?.judgements.length ?? null;
  const facts = { file: out, bytes, bulkhead: read.manifest.bulkhead, records: read.records.length, claims: judged };
  if (options.json === true) {
    terminal.out(`${JSON.stringify(facts)}\n`);
    return;
  }
  if (named === undefined && folder === REFERENCE)
    terminal.out(`${LAYOUTS} is not there: ranges are of one layout; 'npm run layouts' records 32\n`);
  if (judged === null)
    terminal.out(`published figures are not on the page: 'bulkhead reproduce --out ${recording}' puts them there\n`);
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
    .option('--claims <DIR>', `the claims of this folder, where ${FILES.claims} was recorded with them`)
    .option('--json', 'one JSON object: file, bytes, version, number of runs and of published figures')
    .action((folder: string | undefined, options: Options) => report(folder, options, context));
}
