import { z } from 'zod';
import { SCHEMA_VERSION } from './schema.js';

/** What a results folder is about: enough to run it again. Nothing in it depends on the host or the time. */
export const manifestSchema = z.strictObject({
  schema: z.literal(SCHEMA_VERSION),
  /** Version of Bulkhead. */
  bulkhead: z.string(),
  /** What was asked for, as the command line takes it. */
  request: z.strictObject({
    workloads: z.array(z.string()),
    platforms: z.array(z.string()),
    /** Settings `target.name=value`, a list for each point of the grid. */
    points: z.array(z.array(z.string())),
    seeds: z.array(z.int().nonnegative()),
    budget: z.int().positive(),
    /** Each point under the own core and C(w), too. */
    views: z.literal(true).optional(),
    /** Clocks in Hz by platform, for times in the tables. */
    clocks: z.record(z.string(), z.number().positive()).optional(),
    /** The records are kept compressed as soon as all are there. */
    compress: z.literal(true).optional(),
  }),
  /** Part of a sweep; null for all of it. */
  shard: z.strictObject({ index: z.int().positive(), of: z.int().positive() }).nullable(),
  /** Versions of the models. */
  models: z.record(z.string(), z.string()),
  /** Records that a complete folder has. */
  records: z.int().nonnegative(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** The manifest as its file has it. */
export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, undefined, 2)}\n`;
