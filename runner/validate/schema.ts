import { z } from 'zod';

/** A 32-bit number in hex text, as the vector files write addresses; read as a number. */
export const hex = z
  .string()
  .regex(/^0x[\da-f]{1,8}$/i, 'expected an address such as "0x60000000"')
  .transform(Number);

const parameters = z.record(z.string(), z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])));

const cycleCount = z.number().nonnegative();
const count = z.number().int().nonnegative();
const positive = z.number().int().positive();

const program = {
  name: z.string().min(1),
  file: z.string().min(1),
  size: positive,
  load: hex,
  boot: hex,
};

const loopResult = z.object({
  cycles_per_iter: cycleCount,
  instrs_per_iter: cycleCount,
  // a difference of two cold sections: the second may be the cheaper one
  cold_cycles_per_iter: z.number().optional(),
});
const lineResult = z.object({ cycles_per_line: cycleCount });
const footprintResult = z.object({ cycles_per_line_per_pass: z.array(cycleCount).min(1) });
const irqResult = z.object({ pin_to_mark9: cycleCount });
const revokerResult = z.object({ engine_busy: cycleCount.optional(), mark1_to_mark2: cycleCount.optional() });

const perConfiguration = <T extends z.ZodType>(result: T): z.ZodRecord<z.ZodString, T> => z.record(z.string(), result);

/** One micro-benchmark of `micro/<core>/index.json`. */
export const microBench = z.discriminatedUnion('kind', [
  z.object({ ...program, kind: z.literal('marks34'), unroll: positive, results: perConfiguration(loopResult) }),
  z.object({ ...program, kind: z.literal('cold_lines'), unroll: positive, results: perConfiguration(lineResult) }),
  z.object({ ...program, kind: z.literal('ifootprint'), lines: positive, results: perConfiguration(footprintResult) }),
  z.object({ ...program, kind: z.literal('dfootprint'), lines: positive, results: perConfiguration(footprintResult) }),
  z.object({ ...program, kind: z.literal('irq'), this_binary: perConfiguration(irqResult) }),
  z.object({ ...program, kind: z.literal('revoker'), this_binary: perConfiguration(revokerResult) }),
]);

/** `micro/<core>/index.json`; `tests/vectors/README.md`, section 4. */
export const microFile = z.object({ parameters, entry_offset: hex.optional(), benches: z.array(microBench) });

const randomResult = z.object({ cycles: cycleCount, instret: count, mark1_cycle: count, end_cycle: count });

/** One random program of `random/<core>/vectors.json`. */
export const randomProgram = z.object({
  ...program,
  configs: perConfiguration(randomResult),
  mmio: z.array(count),
  mmio_nofilter: z.array(count).optional(),
});

/** `random/<core>/vectors.json`; `tests/vectors/README.md`, section 2. */
export const randomFile = z.object({ parameters, entry_offset: hex, programs: z.array(randomProgram) });

/** One micro-benchmark with its results per configuration. */
export type MicroBench = z.infer<typeof microBench>;

/** One random program with its results per configuration. */
export type RandomProgram = z.infer<typeof randomProgram>;

/** The first problem of a file, as field and text: `benches[3].unroll`, `expected number, received string`. */
export function firstProblem(error: z.ZodError): { readonly field: string; readonly text: string } {
  const [issue] = error.issues;
  let field = '';
  for (const key of issue.path)
    field += typeof key === 'number' ? `[${key}]` : `${field === '' ? '' : '.'}${String(key)}`;
  const text = issue.message.replace(/^Invalid input: /, '');
  return { field: field === '' ? 'the file' : field, text };
}
