import {
  type GivenValues,
  type ParameterValuesOf,
  scenario,
  type ScenarioBuilder,
  type ScenarioDefinition,
  type WorkloadParameters,
} from './language/index.js';

/** What a workload is about; the first part of its id and the name of its folder. */
export const FAMILIES = {
  context: 'switching between threads and domains',
  'system-call': 'requests that enter the kernel and come back',
  ipc: 'requests and bytes from one domain to another',
  notification: 'waking a thread of another domain',
  interrupt: 'from a device to the code that waits for it',
  realtime: 'the worst moment for an interrupt: its line raised in every cycle of an operation',
  synchronisation: 'mutexes and semaphores',
  queue: 'words through queues',
  memory: 'allocating and giving back',
  fault: 'a domain that does what it has no right to',
  guarantee: 'what a crossing protects, tried out',
  application: 'systems of several domains',
  compute: 'code without a kernel: the floor',
} as const;

export type Family = keyof typeof FAMILIES;

/** A scenario that the suite measures. */
export interface Workload extends ScenarioDefinition {
  readonly family: Family;
  /** What its numbers tell, one sentence. */
  readonly purpose: string;
  /**
   * Values that are measured unless the user chooses others; parameters that are not named have their defaults. One at
   * least, the first is `{}`.
   */
  readonly points: readonly GivenValues[];
}

/** A workload in words and code; `points` are those beside the defaults. */
export interface WorkloadSource<P extends WorkloadParameters> {
  readonly id: `${Family}.${string}`;
  readonly title: string;
  readonly purpose: string;
  readonly parameters: P;
  readonly points?: readonly GivenValues[];
  readonly system: (s: ScenarioBuilder, values: ParameterValuesOf<P>) => void;
}

/** Defines a workload. */
export function workload<const P extends WorkloadParameters>(source: WorkloadSource<P>): Workload {
  const { id, title, purpose, parameters, points = [], system } = source;
  return {
    ...scenario(id, title, parameters, system),
    family: id.slice(0, id.indexOf('.')) as Family,
    purpose,
    points: [{}, ...points],
  };
}
