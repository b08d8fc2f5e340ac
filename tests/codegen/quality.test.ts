import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { gccFlags, SOURCES } from './gcc.js';
import { KERNELS } from './kernels.js';
import { measureOurs, qualityTable, speedSummary } from './quality.js';

/* How good our code is: instructions executed against GCC -Os, kept in gcc.json (measure-gcc.ts) so that no compiler is needed here. */

/** Instructions of ours for one of GCC's, at most. */
const LIMIT = 1.5;

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

const gcc = gccFile.parse(JSON.parse(readFileSync('tests/codegen/gcc.json', 'utf8')));

test('the figures of GCC are of the sources and flags that are here', () => {
  expect(Object.keys(gcc.kernels).sort()).toEqual(KERNELS.map(({ id }) => id).sort());
  expect(gcc.flags).toEqual(gccFlags('-Os'));
  for (const { id } of KERNELS) {
    const source = readFileSync(join(SOURCES, `${id}.c`));
    expect([id, createHash('sha256').update(source).digest('hex')]).toEqual([id, gcc.kernels[id].source]);
  }
});

describe('our code', () => {
  test.each(KERNELS)('$title', (kernel) => {
    const ours = measureOurs(kernel);
    const theirs = gcc.kernels[kernel.id];
    expect(ours.instructions / theirs.instructions).toBeLessThanOrEqual(LIMIT);
    expect(ours.bytes / theirs.bytes).toBeLessThanOrEqual(LIMIT);
  });

  test.each(KERNELS)('$title, without the optimising passes: the same result', (kernel) => {
    expect(measureOurs(kernel, false).instructions).toBeGreaterThan(0);
  });
});

test('the figures in the README are what is measured', () => {
  const readme = readFileSync('platforms/riscv/codegen/README.md', 'utf8');
  expect(readme).toContain(`\n${qualityTable(gcc.kernels)}\n`);
  expect(readme).toContain(`\n${speedSummary(gcc.kernels)}\n`);
});
