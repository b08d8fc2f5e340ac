import { z } from 'zod';
import { KINDS, PHASES } from '../../platforms/machine/ledger.js';
import { SPAN_PATHS } from '../../workloads/language/scenario.js';

/** Version of the records below; a file of another one is refused. */
export const SCHEMA_VERSION = 1;

const count = z.int().nonnegative();
const counts = z.array(count);
const values = z.record(z.string(), z.union([z.number(), z.boolean(), z.string()]));

const byName = <N extends string>(names: readonly N[]) =>
  z.strictObject(Object.fromEntries(names.map((n) => [n, counts])) as Record<N, typeof counts>);

/** Samples of a span: a list for each quantity, one entry for each passage, in order. */
const samples = z
  .strictObject({
    cycles: counts,
    instructions: counts,
    /** 32-bit data beats on the bus, fetches included. */
    busBeats: counts,
    pageWalkReads: counts,
    /** Exceptions and interrupts; interrupts among them. */
    traps: counts,
    interrupts: counts,
    mpuStores: counts,
    satpWrites: counts,
    sfences: counts,
    capabilityLoads: counts,
    capabilityStores: counts,
    /** Cycles by phase, and by kind: each sums to the cycles. */
    phases: byName(PHASES),
    kinds: byName(KINDS),
    /** Longest interval with interrupts masked, and the place at which it began (empty if there was none). */
    masked: z.strictObject({ cycles: counts, from: z.array(z.string()) }),
    /** Stores that had not reached memory, at the start and at the end. */
    backlog: z.strictObject({ start: counts, end: counts }),
    /** Cycles from the end of a passage to the start of the next: one entry less. */
    gaps: counts,
  })
  .refine(columnsAgree, 'lists of different lengths');

const span = z.strictObject({
  name: z.string(),
  path: z.enum(SPAN_PATHS),
  trip: z.enum(['one-way', 'round-trip']),
  /** Class of the path (DESIGN.md section 1, rule 3); null where no kernel takes part. */
  fidelity: z.enum(['R', 'P', 'M', 'O']).nullable(),
  /** Starts without an end. */
  unmatched: count,
  samples,
});

/** The arrival of an interrupt that waited longest: in which cycle of the span, how long, and where the core saw the line. */
const worst = z.strictObject({ arrival: count, latency: count, place: z.string(), phase: z.enum(PHASES) });

/**
 * The arrival of an interrupt swept over a span. Cycles count from the start of the span: arrival in cycle c that entered the handler
 * in cycle e has latency e - c.
 */
const arrivals = z
  .strictObject({
    span: z.string(),
    /** Which passage, from 1, and its length without interrupt. */
    passage: z.int().positive(),
    cycles: count,
    /** Cycles between arrivals, arrivals, and runs that were made for them. */
    stride: z.int().positive(),
    arrivals: z.int().positive(),
    runs: z.int().positive(),
    /**
     * All arrivals: from `first[i]` to before `first[i + 1]` they reached the handler's first instruction at `entered[i]` and the
     * driver thread's next one at `served[i]`.
     */
    steps: z.strictObject({ first: counts, entered: counts, served: counts }),
    handler: worst,
    driver: worst,
    /** Most that an arrival waited besides a masked interval: for the instruction under way, and for the entry itself. */
    entry: count,
    /** Longest masked interval from the span's start to the last entry, without interrupt, and where it began. */
    masked: z.strictObject({ cycles: count, from: z.string() }),
  })
  .refine(stepsAgree, 'steps that are not those of the arrivals');

const outcome = z.discriminatedUnion('kind', [
  /** The run ended as the workload says it must. */
  z.strictObject({
    kind: z.literal('measured'),
    /** Words that are the measurement, by the workload's names; without those that were not reported any more. */
    observed: z.record(z.string(), count),
  }),
  /** The platform cannot run the workload. */
  z.strictObject({ kind: z.literal('not applicable'), reason: z.string() }),
  /** The run went wrong: there is no number. */
  z.strictObject({
    kind: z.literal('error'),
    reason: z.string(),
    /** Where the run ended. */
    place: z.string(),
    /** Command that writes a trace of the run. */
    trace: z.string(),
  }),
]);

/** One run of a workload on a platform, with all that is needed to repeat it. */
export const recordSchema = z.strictObject({
  schema: z.literal(SCHEMA_VERSION),
  workload: z.string(),
  /** Complete values of the workload's parameters. */
  workloadParameters: values,
  platform: z.string(),
  modelVersion: z.string(),
  /** Complete values of the platform's parameters. */
  parameters: values,
  /** Names of those that differ from the default, and of those among them that no shipped hardware has. */
  changed: z.array(z.string()),
  hypothetical: z.array(z.string()),
  /** Layout of code and data; 0 is the canonical one. */
  seed: count,
  /** Hash of everything loaded; null if nothing was. */
  image: z.string().nullable(),
  outcome,
  /** The whole run. */
  total: z.strictObject({ cycles: count, instructions: count }),
  /** Words that programs reported: for a probe they are the measurement. */
  reports: counts,
  /** Domains that the kernel ended because of what they did. */
  ended: z.array(z.string()),
  /** Bytes that a service could reach because of those it was given, by service, at its first two calls. */
  granted: z.record(z.string(), counts),
  spans: z.array(span),
  /** Of workloads that sweep an interrupt, if the run was measured. */
  arrivals: arrivals.optional(),
});

/** One line of `measurements.jsonl`. */
export type MeasurementRecord = z.infer<typeof recordSchema>;
export type SpanRecord = z.infer<typeof span>;
export type Samples = z.infer<typeof samples>;
export type ArrivalsRecord = z.infer<typeof arrivals>;
export type WorstArrival = z.infer<typeof worst>;
export type RecordOutcome = z.infer<typeof outcome>;

/** Quantities of a sample that are one number each. */
export const QUANTITIES = [
  'cycles',
  'instructions',
  'busBeats',
  'pageWalkReads',
  'traps',
  'interrupts',
  'mpuStores',
  'satpWrites',
  'sfences',
  'capabilityLoads',
  'capabilityStores',
] as const satisfies readonly (keyof Samples)[];

function stepsAgree({
  cycles,
  steps: { first, entered, served },
  handler,
  driver,
}: {
  readonly cycles: number;
  readonly steps: Readonly<Record<'first' | 'entered' | 'served', readonly number[]>>;
  readonly handler: { readonly latency: number };
  readonly driver: { readonly latency: number };
}): boolean {
  const longest = (list: readonly number[]): number => list.reduce((most, c, i) => Math.max(most, c - first[i]), 0);
  return (
    first.length > 0 &&
    first.length === entered.length &&
    first.length === served.length &&
    first.every(
      (c, i) => (i === 0 ? c === 0 : c > first[i - 1]) && c < cycles && c <= entered[i] && entered[i] <= served[i],
    ) &&
    longest(entered) === handler.latency &&
    longest(served) === driver.latency
  );
}

function columnsAgree(s: {
  readonly cycles: readonly number[];
  readonly phases: Readonly<Record<string, readonly number[]>>;
  readonly kinds: Readonly<Record<string, readonly number[]>>;
  readonly masked: { readonly cycles: readonly number[]; readonly from: readonly string[] };
  readonly backlog: { readonly start: readonly number[]; readonly end: readonly number[] };
  readonly gaps: readonly number[];
  readonly [quantity: string]: unknown;
}): boolean {
  const lists = [
    ...QUANTITIES.map((q) => s[q] as readonly number[]),
    ...Object.values(s.phases),
    ...Object.values(s.kinds),
    s.masked.cycles,
    s.masked.from,
    s.backlog.start,
    s.backlog.end,
  ];
  return lists.every((l) => l.length === s.cycles.length) && s.gaps.length === Math.max(0, s.cycles.length - 1);
}

type Identity = Pick<
  MeasurementRecord,
  'workload' | 'workloadParameters' | 'platform' | 'modelVersion' | 'parameters' | 'seed'
>;

/** `name=value` of every parameter, sorted by name. */
const listed = (of: Readonly<Record<string, unknown>>): string =>
  Object.keys(of)
    .sort()
    .map((name) => `${name}=${String(of[name])}`)
    .join(',');

/** What a measurement is of, seeds and versions of models left out: records that agree here are samples of one thing. */
export const subjectKey = (r: Omit<Identity, 'seed' | 'modelVersion'>): string =>
  `${r.platform}{${listed(r.parameters)}} ${r.workload}{${listed(r.workloadParameters)}}`;

/** The key of a record: two runs with the same key give the same record. */
export const recordKey = (r: Identity): string => `${subjectKey(r)} seed=${r.seed} model=${r.modelVersion}`;
