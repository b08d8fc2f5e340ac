import { z } from 'zod';
import { hex } from '../schema.js';

const count = z.number().int().nonnegative();

/** One program of `<core>/<set>/vectors.json`; `tests/vectors/cortex-m/README.md`, "Files of a set". */
export const functionalProgram = z.object({
  name: z.string().min(1),
  /** The core it is for, as the vectors call it; a platform says how it models that (`Platform.vectorCores`). */
  core: z.string().min(1),
  kind: z.string().min(1),
  offset: count,
  size: z.number().int().positive(),
  load: hex,
  result: hex,
  body_start: hex,
  body_end: hex,
  stop: hex,
  instructions: count,
  expected: z
    .string()
    .regex(/^([\da-f]{8})+$/i, 'expected result words of 8 hex digits each')
    .transform((text) => (text.match(/.{8}/g) ?? []).map((word) => parseInt(word, 16))),
  cycles: count.optional(),
});

/** `<core>/<set>/vectors.json`. */
export const functionalFile = z.array(functionalProgram);

/** One functional program with what its oracle gave. */
export type FunctionalProgram = z.infer<typeof functionalProgram>;
