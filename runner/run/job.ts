import type { ParameterValue, ParameterValues, Platform } from '../../platforms/platform.js';

/** One run: a workload on a platform with a layout. Plain data, so that a worker can be sent one. */
export interface Job {
  readonly workload: string;
  /** Complete values. */
  readonly workloadParameters: ParameterValues;
  /** How the platform was named: id, path of a module, or package. */
  readonly platform: string;
  /** Complete values. */
  readonly parameters: ParameterValues;
  /** Layout of code and data; 0 is the canonical one. */
  readonly seed: number;
  /** Instructions after which the run is given up. */
  readonly budget: number;
}

/** Values that are not the default, by name, in the order of the parameters. */
export function changedValues(
  parameters: readonly { readonly name: string; readonly default: ParameterValue }[],
  values: ParameterValues,
): ParameterValues {
  return Object.fromEntries(
    parameters.filter((p) => values[p.name] !== p.default).map((p) => [p.name, values[p.name]]),
  );
}

/** Words as a shell takes them. */
export const shellWords = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

/** The command line that finishes the run of a results folder. */
export const resumeCommand = (folder: string): string => shellWords(['bulkhead', 'run', '--resume', folder]);

/** The command line that repeats one job and nothing else. */
export function commandOf(
  job: Job,
  platform: Platform,
  workloadDefaults: readonly { readonly name: string; readonly default: ParameterValue }[],
  ...more: readonly string[]
): string {
  const set = (target: string, values: ParameterValues): string[] =>
    Object.entries(values).flatMap(([name, value]) => ['--set', `${target}.${name}=${String(value)}`]);
  const words = [
    'bulkhead',
    'run',
    job.workload,
    '--platform',
    job.platform,
    ...set(platform.id, changedValues(platform.parameters, job.parameters)),
    ...set(job.workload, changedValues(workloadDefaults, job.workloadParameters)),
    '--seed',
    String(job.seed),
    ...more,
  ];
  return shellWords(words);
}
