import { z } from 'zod';
import { QUANTITIES } from '../results/schema.js';

/** Names of files, claims and parts of ids: `cmrx-site`, `cooperative`, `v0.1.2`. */
const name = z.string().regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/, 'not of small letters, digits, dots and hyphens');
const text = z.string().trim().min(1, 'empty');
const values = z.record(z.string(), z.union([z.number(), z.boolean(), z.string()]));

/** One figure, or the least and greatest of an interval that was published. */
export const figureSchema = z.union([
  z.number().nonnegative(),
  z
    .tuple([z.number().nonnegative(), z.number().nonnegative()])
    .refine(([low, high]) => low <= high, 'the first of an interval must not be greater than the second'),
]);

/**
 * Something that the publication does not say, and by how much it could make the same code dearer or cheaper than in the set-up that is
 * simulated: a ratio interval around 1.
 */
const unknown = z.strictObject({
  what: text,
  effect: z.tuple([z.number().positive().max(1), z.number().min(1)]),
  /** Where the interval comes from. */
  basis: text,
});

/** Work of the real system that ours does not do, in the unit of the claim. */
const missing = z.strictObject({
  what: text,
  worth: z.number().positive(),
  /** How its worth is known. */
  basis: text,
});

/** A row of `bulkhead validate paths`. */
const path = z.strictObject({
  kind: z.literal('path'),
  platform: text,
  operation: text,
  variant: text,
  quantity: text,
});

/** A row of a long table of `bulkhead validate paths --table`. */
const cell = z.strictObject({ ...path.shape, kind: z.literal('cell'), table: text });

/** A span of a workload, as `bulkhead run` measures it in the canonical layout. */
const workload = z.strictObject({
  kind: z.literal('workload'),
  workload: text,
  /** Parameters of the workload that are not the default. */
  with: values.default({}),
  platform: text,
  /** Parameters of the platform that are not the default. */
  set: values.default({}),
  span: text,
  quantity: z.enum(QUANTITIES).default('cycles'),
  /** Median or mean of the passages after the first, or the first one after boot. */
  passage: z.enum(['warm', 'mean', 'first']).default('warm'),
});

/** A number that follows from the definition of what was published: counts of one round, bytes of a block. */
const constant = z.strictObject({ kind: z.literal('constant'), value: z.number().positive(), meaning: text });

/** One thing that can be measured, or a constant. */
export type Leaf = z.infer<typeof path> | z.infer<typeof cell> | z.infer<typeof workload> | z.infer<typeof constant>;

/** What a claim is compared with: something measured, or how two of them relate. */
export type Measurement =
  | Leaf
  | { readonly kind: 'quotient'; readonly of: Measurement; readonly by: Measurement }
  | { readonly kind: 'difference'; readonly of: Measurement; readonly minus: Measurement }
  | { readonly kind: 'sum'; readonly of: readonly Measurement[] };

export const measurementSchema: z.ZodType<Measurement> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    path,
    cell,
    workload,
    constant,
    z.strictObject({ kind: z.literal('quotient'), of: measurementSchema, by: measurementSchema }),
    z.strictObject({ kind: z.literal('difference'), of: measurementSchema, minus: measurementSchema }),
    z.strictObject({ kind: z.literal('sum'), of: z.array(measurementSchema).min(1) }),
  ]),
);

/** A function of a program that is not part of Bulkhead; `bulkhead validate silicon --elf NAME=PATH` runs it. */
const program = z.strictObject({
  kind: z.literal('program'),
  /** Its name on the command line. */
  name,
  title: text,
  platform: text,
  /** Parameters of the platform, as far as the publication tells. */
  set: values.default({}),
  /** The function that was measured: a symbol of the ELF file. One call of it is the span. */
  symbol: text,
  /** Register that holds the return address when the function begins. */
  link: text,
});

/** Nothing here measures it: why, and what is known of it all the same. */
const notModelled = z.strictObject({ kind: z.literal('not modelled'), reason: text, known: text.optional() });

const comparison = z.union([measurementSchema, program, notModelled]);

/** What holds for a claim besides its figure; a file says it once under `shared`, a table or a claim may say it otherwise. */
const conditions = {
  unit: text,
  /** Processor, chip or board. */
  core: text,
  clock: text,
  memory: text,
  /** Operating system with version and configuration. */
  system: text,
  /** Publication, page or section, and link. */
  source: text,
  /** SAW: read in the source named; DERIVED: arithmetic on such a figure; SECOND-HAND: read in a summary; RECALLED: from memory. */
  tag: z.enum(['SAW', 'DERIVED', 'INFERRED', 'SECOND-HAND', 'RECALLED']),
  /** DESIGN.md section 1, rule 10. */
  role: z.enum(['target', 'calibration', 'held-out']),
  /** Relative error up to which the figure counts as reproduced. */
  tolerance: z.number().min(0).max(1),
  /** Day on which figure and role entered this repository. */
  committed: z.iso.date(),
  unknowns: z.array(unknown),
  /** Why the simulated figure differs, as far as that is known. */
  explanation: text.optional(),
} as const;

/** A published figure with everything that is needed to judge it. */
export const claimSchema = z
  .strictObject({
    id: name,
    /** What was measured, in words. */
    quantity: text,
    value: figureSchema,
    ...conditions,
    measurement: comparison,
    missing: z.array(missing).default([]),
  })
  .refine((c) => c.explanation !== undefined || !isMeasurement(c.measurement), {
    path: ['explanation'],
    error: 'missing, and it is compared with a measurement',
  });

/**
 * Figures of a real kernel beside which `bulkhead validate paths` puts ours: by operation, then by quantity. Each is a claim
 * `FILE.VARIANT.OPERATION.QUANTITY`.
 */
const table = z.strictObject({
  ...z.strictObject(conditions).partial().shape,
  platform: text,
  variant: text,
  /** Quantities that must be equal: their tolerance is 0. */
  exact: z.array(text).default([]),
  figures: z.record(text, z.record(text, z.number().nonnegative())),
  /** By operation and quantity. */
  missing: z.record(text, z.record(text, z.array(missing))).default({}),
});

/** A file of `paper/claims`: one source. Claims are checked one by one, so that a complaint can name them. */
export const fileSchema = z.strictObject({
  title: text,
  shared: z
    .strictObject({ ...conditions, measurement: comparison })
    .partial()
    .default({}),
  claims: z.array(z.looseObject({ id: name })).default([]),
  tables: z.array(table).default([]),
});

export type Claim = z.infer<typeof claimSchema>;
export type ClaimTable = z.infer<typeof table>;
export type Unknown = z.infer<typeof unknown>;
export type Missing = z.infer<typeof missing>;
export type Program = z.infer<typeof program>;

/** Whether a claim's measurement can be carried out here. */
export const isMeasurement = (m: z.infer<typeof comparison>): m is Measurement =>
  m.kind !== 'program' && m.kind !== 'not modelled';

/** The things that must be measured for it. */
export function leaves(m: Measurement): readonly Leaf[] {
  switch (m.kind) {
    case 'quotient':
      return [...leaves(m.of), ...leaves(m.by)];
    case 'difference':
      return [...leaves(m.of), ...leaves(m.minus)];
    case 'sum':
      return m.of.flatMap(leaves);
    default:
      return [m];
  }
}
