import { Bench } from 'tinybench';
import type { Image } from '../../platforms/machine/image.js';
import type { Counters, Machine } from '../../platforms/machine/machine.js';
import { cycles } from '../../platforms/machine/units.js';
import type { HostBenchmark, Parameter, ParameterValues, Platform } from '../../platforms/platform.js';
import { must } from '../failure.js';
import { readParameters } from '../parameters.js';
import { describeStop } from '../stop.js';

/** How fast a benchmark ran on this host. */
export interface HostSpeed {
  readonly platform: string;
  readonly benchmark: string;
  readonly meaning: string;
  /** What differs from the platform's defaults. */
  readonly parameters: ParameterValues;
  /** The other configuration that ran first, as far as it differs. */
  readonly switchedFrom: ParameterValues;
  /** What one run counted: instructions, cycles, traps, page-table reads, operations on protection hardware. */
  readonly counters: Counters;
  readonly runs: number;
  /** Million guest instructions per second: median, slowest and fastest run. */
  readonly median: number;
  readonly slowest: number;
  readonly fastest: number;
}

/** A benchmark that gave no number, with the reason. */
export class BenchmarkFailed extends Error {}

const RUNS = 5;

/** Another value of a parameter's range: the other side of a switch, a neighbour of an integer, another choice. */
function otherValue({ type, default: value }: Parameter): ParameterValues[string] | undefined {
  switch (type.kind) {
    case 'switch':
      return value !== true;
    case 'choice':
      return type.values.find((v) => v !== value);
    case 'integer': {
      const neighbours =
        type.powerOfTwo === true ? [Number(value) * 2, Number(value) / 2] : [Number(value) + 1, Number(value) - 1];
      return neighbours.find((v) => v >= type.minimum && v <= type.maximum);
    }
  }
}

/**
 * One override that makes another configuration of shipped hardware: the first parameter that can be changed; empty if the
 * platform has none.
 */
export function otherConfiguration(platform: Platform, own: ParameterValues): ParameterValues {
  const shipped = platform.parameters.filter((p) => p.hypothetical !== true && !(p.name in own));
  for (const parameter of shipped) {
    const value = otherValue(parameter);
    if (value !== undefined) return { [parameter.name]: value };
  }
  return {};
}

function machineFor(platform: Platform, overrides: ParameterValues, place: string): Machine {
  const parameters = must(readParameters(platform, overrides, place));
  return platform.createMachine({ parameters, board: platform.boards[0] });
}

const prepare = (machine: Machine, image: Image): void => {
  machine.reset();
  machine.load(image);
};

function runToEnd(machine: Machine, place: string): void {
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  if (stop.kind !== 'exit' || stop.code !== 0) throw new BenchmarkFailed(`${place}: ${describeStop(stop)}`);
}

/**
 * Measures one benchmark: the median of five runs with all models on, loading not timed, after another configuration of
 * the same platform has run it, so that the engine is as it is in real use: compiled for more than one configuration.
 * @throws BenchmarkFailed if the guest does not end well.
 */
export function measure(platform: Platform, benchmark: HostBenchmark): HostSpeed {
  const place = `${platform.id}, ${benchmark.name}`;
  const image = benchmark.image();
  const switchedFrom = otherConfiguration(platform, benchmark.parameters);
  const other = machineFor(platform, { ...benchmark.parameters, ...switchedFrom }, place);
  prepare(other, image);
  runToEnd(other, place);

  const machine = machineFor(platform, benchmark.parameters, place);
  const bench = new Bench({
    iterations: RUNS,
    time: 0,
    warmupIterations: 1,
    warmupTime: 0,
    retainSamples: true,
    throws: true,
  });
  bench.add(benchmark.name, () => runToEnd(machine, place), {
    async: false,
    beforeEach: () => prepare(machine, image),
  });
  const [{ result }] = bench.runSync();
  if (result.state !== 'completed') throw new BenchmarkFailed(`${place}: ${result.state}`);
  const { counters } = machine;
  const speed = (milliseconds: number): number => counters.instructions / 1000 / milliseconds;
  const { latency } = result;
  return {
    platform: platform.id,
    benchmark: benchmark.name,
    meaning: benchmark.meaning,
    parameters: benchmark.parameters,
    switchedFrom,
    counters,
    runs: latency.samplesCount,
    median: speed(latency.p50),
    slowest: speed(latency.max),
    fastest: speed(latency.min),
  };
}
