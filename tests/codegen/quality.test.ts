import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { GCC, gccFlags, SOURCES } from './gcc.js';
import { KERNELS } from './kernels.js';
import { measureOurs, qualityTable, speedSummary } from './quality.js';
import { type CompilerTarget, TARGETS } from './targets.js';

/* How good our code is: instructions executed against GCC -Os, kept in gcc*.json (measure-gcc.ts) so that no compiler is needed here. */

/** Instructions of ours for one of GCC's, at most; the same for bytes. */
const LIMIT = { rv32: 1.5, cheriot: 1.6, m0plus: 1.5, m4: 1.5 } as const;

/** Where the figures are shown. */
const README = {
  rv32: 'platforms/riscv/codegen/README.md',
  cheriot: 'platforms/cheri/codegen/README.md',
  m0plus: 'platforms/thumb/codegen/README.md',
  m4: 'platforms/thumb/codegen/README.md',
} as const;

const gccFile = z.object({
  compiler: z.string(),
  flags: z.array(z.string()),
  kernels: z.record(
    z.string(),
    z.strictObject({
      source: z.string(),
      instructions: z.number().int().positive(),
      bytes: z.number().int().positive(),
      o2: z.number().int().positive(),
    }),
  ),
});

const figuresOf = (target: CompilerTarget): z.infer<typeof gccFile> =>
  gccFile.parse(JSON.parse(readFileSync(GCC[target.name].figures, 'utf8')));

describe.each(TARGETS)('$name', (target) => {
  const gcc = figuresOf(target);

  test('the figures of GCC are of the sources and flags that are here', () => {
    expect(Object.keys(gcc.kernels).sort()).toEqual(KERNELS.map(({ id }) => id).sort());
    expect(gcc.flags).toEqual(gccFlags(GCC[target.name], '-Os'));
    for (const { id } of KERNELS) {
      const source = readFileSync(join(SOURCES, `${id}.c`));
      expect([id, createHash('sha256').update(source).digest('hex')]).toEqual([id, gcc.kernels[id].source]);
    }
  });

  test.each(KERNELS)('$title', (kernel) => {
    const ours = measureOurs(target, kernel);
    const theirs = gcc.kernels[kernel.id];
    expect(ours.instructions / theirs.instructions).toBeLessThanOrEqual(LIMIT[target.name]);
    expect(ours.bytes / theirs.bytes).toBeLessThanOrEqual(LIMIT[target.name]);
  });

  test.each(KERNELS)('$title, without the optimising passes: the same result', (kernel) => {
    expect(measureOurs(target, kernel, false).instructions).toBeGreaterThan(0);
  });

  test('the figures in the README are what is measured', () => {
    const readme = readFileSync(README[target.name], 'utf8');
    expect(readme).toContain(`\n${qualityTable(target, gcc.kernels)}\n`);
    expect(readme).toContain(`\n${speedSummary(target, gcc.kernels)}\n`);
  });
});
