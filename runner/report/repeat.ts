import type { Workload } from '../../workloads/index.js';
import { DEFAULT_BUDGET } from '../cli/campaign-options.js';
import { BUILT_IN } from '../platforms.js';
import { showClock } from '../results/clocks.js';
import type { Manifest } from '../results/manifest.js';
import { shellWords } from '../run/job.js';

/** Settings that all points share, and the axes of the grid that the rest of them is the product of. */
function gridOf(points: Manifest['request']['points']): {
  readonly fixed: readonly string[];
  readonly axes: readonly string[];
} {
  const isShared = (setting: string): boolean => points.every((point) => point.includes(setting));
  const axes = new Map<string, Set<string>>();
  for (const setting of points.flat().filter((s) => !isShared(s))) {
    const at = setting.indexOf('=');
    const name = setting.slice(0, at);
    axes.set(name, (axes.get(name) ?? new Set()).add(setting.slice(at + 1)));
  }
  return {
    fixed: points[0].filter(isShared),
    axes: [...axes].map(([name, values]) => `${name}=${[...values].join(',')}`),
  };
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name));

/**
 * The command line that measures again what a manifest describes, without `npx`.
 * @param suite all workloads there are: they are not named if all were run, and so are platforms
 */
export function repeatCommand({ request, shard }: Manifest, suite: readonly Workload[]): string {
  const { workloads, platforms, points, seeds, budget, views, clocks = {}, compress } = request;
  const everything = sameSet(
    workloads,
    suite.map(({ id }) => id),
  );
  const allPlatforms = sameSet(
    platforms,
    BUILT_IN.map(({ id }) => id),
  );
  const { fixed, axes } = gridOf(points);
  const fromZero = seeds.every((seed, i) => seed === i);
  return shellWords([
    'bulkhead',
    points.length > 1 ? 'sweep' : 'run',
    ...(everything ? [] : workloads),
    ...(allPlatforms ? [] : platforms.flatMap((name) => ['--platform', name])),
    ...fixed.flatMap((setting) => ['--set', setting]),
    ...axes.flatMap((axis) => ['--grid', axis]),
    ...(fromZero ? ['--seeds', String(seeds.length)] : ['--seed', String(seeds[0])]),
    ...(views === true ? ['--views'] : []),
    ...(compress === true ? ['--compress'] : []),
    ...Object.entries(clocks).flatMap(([platform, hertz]) => ['--clock', `${platform}=${showClock(hertz)}`]),
    ...(budget === DEFAULT_BUDGET ? [] : ['--max-instructions', String(budget)]),
    ...(shard === null ? [] : ['--shard', `${shard.index}/${shard.of}`]),
  ]);
}
