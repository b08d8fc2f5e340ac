/** How often a workload repeats what it measures: the first sample finds everything cold, as after boot. */
export const ROUNDS = {
  kind: 'integer',
  minimum: 1,
  maximum: 1000,
  default: 8,
  unit: 'rounds',
  meaning: 'how often the measured operation is done',
} as const;

/** What ran before each sample. */
export const STATE = {
  kind: 'choice',
  values: ['polluted', 'warm'],
  default: 'polluted',
  meaning:
    'polluted: before each sample another domain sweeps its code and data, as in a system that does other work; warm: only the ' +
    'measured code runs, the best case',
} as const;

export type State = (typeof STATE.values)[number];

/** The point that every workload with `state` has beside its defaults: no figure to expect of a system that does other work. */
export const BEST_CASE = { state: 'warm' } as const;
