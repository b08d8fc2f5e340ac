import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileWithGcc, gccFigures, gccFlags, type GccTarget, gccVersion, SOURCES } from './gcc.js';
import { type Kernel, KERNELS } from './kernels.js';
import { type CodeQuality, measureCheriot, measureKernel, measureOurs, qualityTable } from './quality.js';

/* How good our code is: instructions executed against GCC -Os, kept in files so that no compiler is needed here. */

/** A compiler of ours, and GCC's target that it is compared with. */
interface Compiler {
  readonly title: string;
  readonly target: GccTarget;
  /** Instructions of ours for one of GCC's, at most; the same for bytes. */
  readonly limit: number;
  readonly readme: string;
  readonly measure: (kernel: Kernel, optimise?: boolean) => CodeQuality;
}

const COMPILERS: readonly Compiler[] = [
  {
    title: 'RV32',
    target: 'rv32imac',
    limit: 1.5,
    readme: 'platforms/riscv/codegen/README.md',
    measure: measureOurs,
  },
  {
    title: 'CHERIoT',
    target: 'rv32emc',
    limit: 1.6,
    readme: 'platforms/cheri/codegen/README.md',
    measure: measureCheriot,
  },
];

describe.each(COMPILERS)('$title', ({ target, limit, readme, measure }) => {
  const gcc = gccFigures(target);

  test('the figures of GCC are of the sources and flags that are here', () => {
    expect(Object.keys(gcc.kernels).sort()).toEqual(KERNELS.map(({ id }) => id).sort());
    expect(gcc.flags).toEqual(gccFlags(target));
    for (const { id } of KERNELS) {
      const source = readFileSync(join(SOURCES, `${id}.c`));
      expect([id, createHash('sha256').update(source).digest('hex')]).toEqual([id, gcc.kernels[id].source]);
    }
  });

  test.each(KERNELS)('$title', (kernel) => {
    const ours = measure(kernel);
    const theirs = gcc.kernels[kernel.id];
    expect(ours.instructions / theirs.instructions).toBeLessThanOrEqual(limit);
    expect(ours.bytes / theirs.bytes).toBeLessThanOrEqual(limit);
  });

  test.each(KERNELS)('$title, without the optimising passes: the same result', (kernel) => {
    expect(measure(kernel, false).instructions).toBeGreaterThan(0);
  });

  test('the table in the README is what is measured', () => {
    expect(readFileSync(readme, 'utf8')).toContain(`\n${qualityTable(gcc.kernels, measure)}\n`);
  });

  describe.skipIf(gccVersion() !== gcc.compiler)('this compiler is the one of the figures', () => {
    test.each(KERNELS)('$id: the same figures', (kernel) => {
      const { instructions, bytes } = gcc.kernels[kernel.id];
      expect(measureKernel(kernel, compileWithGcc(kernel.id, target))).toEqual({ instructions, bytes });
    });
  });
});
