import type { HostBenchmark, Rival } from '../../platforms/platform.js';
import { BenchmarkFailed, type HostSpeed, timeRuns } from './host-speed.js';

/** How fast another simulator ran the image of a benchmark, in the same run on the same host. */
export type RivalSpeed = { readonly package: string } & (
  | { readonly installed: false }
  | {
      readonly installed: true;
      readonly version: string;
      readonly runs: number;
      /** Million guest instructions per second: median, slowest and fastest run. */
      readonly median: number;
      readonly slowest: number;
      readonly fastest: number;
      /** Our median divided by its median. */
      readonly ratio: number;
    }
);

async function race(rival: Rival, benchmark: HostBenchmark, own: HostSpeed): Promise<RivalSpeed> {
  const engine = await rival.load();
  if (engine === undefined) return { package: rival.package, installed: false };
  const place = `${own.platform}, ${own.benchmark}, ${rival.package}`;
  const image = benchmark.image();
  let run = (): number => 0;
  let executed = 0;
  const times = timeRuns(
    place,
    () => (run = engine.prepare(image)),
    () => (executed = run()),
  );
  const { instructions } = own.counters;
  if (Math.abs(executed - instructions) > 1) {
    throw new BenchmarkFailed(`${place}: executed ${executed} instructions, not ${instructions}: not the same program`);
  }
  const speed = (milliseconds: number): number => instructions / 1000 / milliseconds;
  const median = speed(times.median);
  const { runs } = times;
  const range = { slowest: speed(times.slowest), fastest: speed(times.fastest) };
  return {
    package: rival.package,
    installed: true,
    version: engine.version,
    runs,
    median,
    ...range,
    ratio: own.median / median,
  };
}

/**
 * Measures the rivals of a benchmark as it was measured itself: the same image, five runs, loading not timed.
 * @throws BenchmarkFailed if a rival does not execute the same number of instructions.
 */
export async function raceRivals(benchmark: HostBenchmark, own: HostSpeed): Promise<RivalSpeed[]> {
  const speeds: RivalSpeed[] = [];
  for (const rival of benchmark.rivals ?? []) speeds.push(await race(rival, benchmark, own));
  return speeds;
}
