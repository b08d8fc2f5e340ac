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
  values: ['warm', 'polluted'],
  default: 'warm',
  meaning: 'warm: only the measured code runs; polluted: before each sample another domain sweeps its code and data',
} as const;

export type State = (typeof STATE.values)[number];

/** The point that every workload with `state` has beside its defaults. */
export const POLLUTED = { state: 'polluted' } as const;
