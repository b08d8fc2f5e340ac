import { cpus } from 'node:os';
import type { Command } from 'commander';
import { markdownTable } from 'markdown-table';
import type { Counters, ProtectionCounts } from '../../platforms/machine/machine.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { type HostSpeed, measure } from '../bench/host-speed.js';
import { raceRivals, type RivalSpeed } from '../bench/rivals.js';
import { PROTECTION_TITLES } from '../exec/passages.js';
import { must } from '../failure.js';
import { findPlatform, loadAll } from '../platforms.js';
import { addPlatforms, type Context, conventions } from './command.js';

interface Options {
  readonly platform?: readonly string[];
  readonly json?: true;
}

/** What the speed depends on besides Bulkhead. */
const host = (): { readonly node: string; readonly cpu: string } => ({
  node: process.version,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
});

const showValues = (values: ParameterValues): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(', ') || 'defaults';

/** How often what the engine does slowly came, as measured: per 1000 instructions. */
function events({ instructions, traps, pageWalkReads, protection }: Counters): string {
  const counts: [string, number][] = [
    ['traps', traps],
    ['page-table reads', pageWalkReads],
    ...Object.entries(PROTECTION_TITLES).map(([key, title]): [string, number] => [
      title,
      protection[key as keyof ProtectionCounts],
    ]),
  ];
  const shares = counts.map(([title, count]) => ({ title, share: ((1000 * count) / instructions).toFixed(2) }));
  const seen = shares.filter(({ share }) => share !== '0.00');
  return seen.map(({ title, share }) => `${share} ${title}`).join(', ') || '-';
}

function table(speeds: readonly HostSpeed[]): string {
  const header = ['platform', 'benchmark', 'parameters', 'guest instructions', 'runs'];
  header.push('million/s (median)', 'slowest', 'fastest', 'per 1000 instructions', 'what it exercises');
  const lines = speeds.map((s) => [
    s.platform,
    s.benchmark,
    showValues(s.parameters),
    String(s.counters.instructions),
    String(s.runs),
    s.median.toFixed(1),
    s.slowest.toFixed(1),
    s.fastest.toFixed(1),
    events(s.counters),
    s.meaning,
  ]);
  return markdownTable([header, ...lines], { align: ['l', 'l', 'l', ...Array<'r'>(5).fill('r'), 'l', 'l'] });
}

/** A measured benchmark with its rivals. */
interface Result {
  readonly speed: HostSpeed;
  readonly rivals: readonly RivalSpeed[];
}

/** A line of `--json`: the counters stand beside the rest. */
const toJson = ({ speed: { counters, ...speed }, rivals }: Result): object => ({
  ...speed,
  ...counters,
  ...(rivals.length === 0 ? {} : { rivals }),
  ...host(),
});

/** How a benchmark compares with another simulator, in one line. */
function rivalLine({ platform, benchmark }: HostSpeed, rival: RivalSpeed): string {
  const place = `${platform}, ${benchmark}`;
  if (!rival.installed) {
    return `${place}: not compared with ${rival.package}, which is not installed (npm install --no-save ${rival.package})\n`;
  }
  const { version, median, slowest, fastest, ratio } = rival;
  const speeds = `${median.toFixed(1)} million/s (${slowest.toFixed(1)} to ${fastest.toFixed(1)})`;
  return `${place}: ${ratio.toFixed(1)} times the speed of ${rival.package} ${version}: ${speeds} on the same image\n`;
}

async function bench(options: Options, { terminal, platforms: known }: Context): Promise<void> {
  const chosen = options.platform === undefined ? await loadAll(known) : [];
  for (const name of options.platform ?? []) chosen.push(must(await findPlatform(name, known)));
  const results: Result[] = [];
  for (const platform of chosen) {
    for (const benchmark of platform.benchmarks) {
      const speed = measure(platform, benchmark);
      const result = { speed, rivals: await raceRivals(benchmark, speed) };
      results.push(result);
      if (options.json === true) terminal.out(`${JSON.stringify(toJson(result))}\n`);
    }
  }
  if (options.json === true) return;
  const { node, cpu } = host();
  terminal.out(
    `Host speed: node ${node}, ${cpu}. Ledger and all models on, after a switch between two configurations.\n\n`,
  );
  terminal.out(`${table(results.map(({ speed }) => speed))}\n`);
  const lines = results.flatMap(({ speed, rivals }) => rivals.map((rival) => rivalLine(speed, rival)));
  if (lines.length > 0) terminal.out(`\n${lines.join('')}`);
}

/** `bulkhead bench`: how fast this host runs guests. */
export function addBench(program: Command, context: Context): void {
  const examples = ['bulkhead bench', 'bulkhead bench --json'];
  const command = conventions(program.command('bench'), 'bulkhead bench', context.terminal, examples);
  addPlatforms(command)
    .description(
      'measure the speed of this host: million guest instructions per second, median of five runs, with the cycle ledger and ' +
        'all models on, after switching between two machine configurations; where another simulator can run the same program ' +
        'and is installed, its speed in the same run and the ratio',
    )
    .option('--json', 'one JSON object per benchmark')
    .action((options: Options) => bench(options, context));
}
