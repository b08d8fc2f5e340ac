import type { Command } from 'commander';
import { markdownTable } from 'markdown-table';
import { EXIT } from '../failure.js';
import { compareResults, type ResultComparison } from '../results/compare.js';
import { suiteNames } from '../results/present.js';
import { readRecords } from '../results/read.js';
import { platformLabel, showNumber, workloadLabel } from '../results/table.js';
import { type Context, conventions, numberOption } from './command.js';
import { bold, printable, red, type Terminal } from './terminal.js';

interface Options {
  readonly threshold: number;
  readonly json?: true;
}

const regressions = ({ spans, outcomes }: ResultComparison): number =>
  spans.filter(({ verdict }) => verdict === 'slower').length +
  outcomes.filter(({ ended }) => ended[1] === 'error').length;

function print(result: ResultComparison, { threshold }: Options, { terminal, workloads }: Context): void {
  const names = suiteNames(workloads);
  const { spans, outcomes, parameters, onlyFirst, onlySecond } = result;
  for (const parameter of parameters) terminal.out(`${printable(parameter)}\n`);
  if (parameters.length > 0) terminal.out('\n');
  const changed = spans.filter(({ verdict }) => verdict !== 'same');
  if (changed.length > 0) {
    const header = [
      'workload',
      'span',
      'platform',
      'cycles A',
      'cycles B',
      'ratio',
      'instructions A',
      'instructions B',
      '',
    ];
    const lines = changed.map((c) => {
      const given = names.changedValues(c.workload, c.workloadParameters);
      const verdict = c.verdict === 'within' ? '' : c.verdict === 'slower' ? markSlower(terminal) : 'faster';
      return [
        [c.workload, given].filter((t) => t !== '').join(' '),
        c.quantity === 'median' ? c.span : `${c.span}: ${c.quantity}`,
        c.platform,
        ...c.cycles.map(showNumber),
        c.ratio.toFixed(3),
        ...(c.instructions?.map(showNumber) ?? ['-', '-']),
        verdict,
      ];
    });
    const align = ['l', 'l', 'l', 'r', 'r', 'r', 'r', 'r', 'l'];
    terminal.out(`${markdownTable([header, ...lines], { align })}\n\n`);
  }
  for (const { subject, ended } of outcomes) {
    const what = `${workloadLabel(subject, names)} on ${platformLabel(subject)}`;
    terminal.out(`${what}: ${ended[0]} in A, ${ended[1]} in B\n`);
  }
  for (const [side, only] of [
    ['A', onlyFirst],
    ['B', onlySecond],
  ] as const) {
    for (const s of only) terminal.out(`only in ${side}: ${workloadLabel(s, names)} on ${platformLabel(s)}\n`);
  }
  const count = (verdict: string): number => spans.filter((s) => s.verdict === verdict).length;
  const percent = `${(100 * threshold).toFixed(1)} %`;
  const medians = spans.filter(({ quantity }) => quantity === 'median').length;
  const longest = spans.length === medians ? '' : ` and ${spans.length - medians} longest waits`;
  const facts = `${medians} spans${longest} in both: ${count('same')} the same, ${count('within')} within ${percent}`;
  terminal.out(`${bold(terminal, `${facts}, ${count('faster')} faster, ${regressions(result)} regressions.`)}\n`);
}

const markSlower = (terminal: Terminal): string => red(terminal, 'slower');

function compare(first: string, second: string, options: Options, context: Context): void {
  const result = compareResults(readRecords(first), readRecords(second), options.threshold);
  if (regressions(result) > 0) context.exit(EXIT.checkFailed);
  if (options.json !== true) print(result, options, context);
  else for (const span of result.spans) context.terminal.out(`${JSON.stringify(span)}\n`);
}

/** `bulkhead compare`: two results side by side. */
export function addCompare(program: Command, context: Context): void {
  conventions(program.command('compare'), 'bulkhead compare', context.terminal, [
    'bulkhead compare results/reference results/run-1',
    'bulkhead compare results/head results/pr668 --threshold 0.02',
  ])
    .description(
      'compare two results span by span: median cycles of the passages after the first, and how long the interrupt waited that waited ' +
        'longest. Records match if everything but the version of the ' +
        "model agrees, or, where a result has a workload once, everything but the platform's parameters: those that differ are listed. " +
        'Exit code 1 if a span or a longest wait of B is longer by more than the threshold, or a run of B is an error.',
    )
    .argument('<A>', 'results folder or its measurements.jsonl, compressed or not')
    .argument('<B>', 'results folder or its measurements.jsonl, compressed or not')
    .option(
      '--threshold <F>',
      'change that is let pass: 0.02 is 2 %; default 0, for nothing here is random',
      (text) => numberOption('--threshold', 0, 100, false)(text),
      0,
    )
    .option('--json', 'one JSON object a line, for each span and longest wait')
    .action((a: string, b: string, options: Options) => compare(a, b, options, context));
}
