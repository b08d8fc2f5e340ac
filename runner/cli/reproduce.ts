import type { Command } from 'commander';
import { BadInput, EXIT } from '../failure.js';
import { type Judgement, judge } from '../reproduce/judge.js';
import { measureClaims } from '../reproduce/measure.js';
import { claimJson, claimTables, verdictSummary } from '../reproduce/present.js';
import { type ClaimFile, readClaims, shippedClaims } from '../reproduce/read.js';
import { RECORDING_HEAD, recordingText } from '../reproduce/recording.js';
import type { Claim } from '../reproduce/schema.js';
import { loadAll } from '../platforms.js';
import { FILES } from '../results/read.js';
import { meant } from '../run/settings.js';
import { suggestion } from '../suggest.js';
import { version } from '../version.js';
import { DEFAULT_BUDGET } from './campaign-options.js';
import { type Context, conventions } from './command.js';
import { writeOutFile } from './out-file.js';
import { bold, printable } from './terminal.js';

interface Options {
  readonly claims?: string;
  readonly out?: string;
  readonly json?: true;
}

/** The claims of these ids, files or groups. @throws BadInput for a name that is none of them. */
function chosenClaims(files: readonly ClaimFile[], names: readonly string[]): readonly Claim[] {
  const all = files.flatMap(({ claims }) => claims);
  const unknown = names.find((name) => meant(name, all).length === 0);
  if (unknown !== undefined) {
    const remedy = suggestion(unknown, [...files.map(({ id }) => id), ...all.map(({ id }) => id)]);
    const sources = `sources: ${files.map(({ id }) => id).join(', ')}`;
    throw new BadInput(unknown, 'no such claim', remedy.startsWith('known') ? sources : remedy);
  }
  const chosen = new Set(names.flatMap((name) => meant(name, all)));
  return names.length === 0 ? all : all.filter((claim) => chosen.has(claim));
}

async function reproduce(names: readonly string[], options: Options, context: Context): Promise<void> {
  const { terminal, workloads, platforms, exit } = context;
  const { out } = options;
  if (out !== undefined && names.length > 0) {
    throw new BadInput(`--out ${out}`, `${names.join(', ')} beside it`, 'leave the names out: all claims are recorded');
  }
  const files = options.claims === undefined ? shippedClaims() : readClaims(options.claims);
  const claims = chosenClaims(files, names);
  const measured = await measureClaims(claims, {
    workloads,
    platforms,
    budget: DEFAULT_BUDGET,
    progress: (what) => terminal.progress?.(what),
  });
  terminal.progress?.('');
  const judgements: readonly Judgement[] = claims.map((claim) => judge(claim, (m) => measured.value(m)));
  if (judgements.some(({ verdict }) => verdict === 'error')) exit(EXIT.checkFailed);
  if (out !== undefined) {
    const models = Object.fromEntries((await loadAll(platforms)).map(({ id, modelVersion }) => [id, modelVersion]));
    writeOutFile(out, recordingText(judgements, { bulkhead: version(), models }), RECORDING_HEAD, 'record of claims');
  }
  if (options.json === true) {
    for (const judgement of judgements) terminal.out(`${claimJson(judgement)}\n`);
    return;
  }
  terminal.out(printable(claimTables(files, judgements, names.length > 0)));
  terminal.out(`${bold(terminal, verdictSummary(judgements))}\n`);
}

/** `bulkhead reproduce`: published figures beside simulated ones. */
export function addReproduce(program: Command, context: Context): void {
  conventions(program.command('reproduce'), 'bulkhead reproduce', context.terminal, [
    'bulkhead reproduce',
    'bulkhead reproduce cmrx-thread-metric xous-book.ratio-send',
    'bulkhead reproduce xous-rtl.head.scalar-call --json',
    `bulkhead reproduce --out results/run-1/${FILES.claims}`,
  ])
    .description(
      'measure what published figures are compared with and judge them: all claims of paper/claims, or those named by id, source or ' +
        'group. reproduced: within the tolerance, nothing unknown could move it further; consistent: what is unknown could account for ' +
        'the difference; floor: at least half of the published figure, with a list of missing work; inconsistent, not reproduced: ' +
        'neither; not modelled: why (claims that are named have a row, too). The exit code is 0 whatever the verdicts are, 1 if a measurement failed.',
    )
    .argument('[ID...]', 'claims, sources or groups of claims; default: all')
    .option('--claims <DIR>', 'read the claims of this folder')
    .option(
      '--out <FILE>',
      `record what was measured, of all claims; 'bulkhead report' shows it if it is ${FILES.claims} of the results folder`,
    )
    .option('--json', 'one JSON object a line, for each claim')
    .action((names: string[], options: Options) => reproduce(names, options, context));
}
