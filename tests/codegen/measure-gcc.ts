import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileWithGcc, GCC, gccFlags, gccVersion, SOURCES } from './gcc.js';
import { KERNELS } from './kernels.js';
import { measureKernel } from './quality.js';
import { TARGETS } from './targets.js';

/*
 * Writes gcc*.json, by hand where the compilers are installed; `git diff` then says whether the figures are still GCC's:
 *
 * node dist/tests/codegen/measure-gcc.js [rv32] [cheriot] [m0plus] [m4]
 */

const asked = process.argv.slice(2);
for (const target of TARGETS.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  const gcc = GCC[target.name];
  const kernels = Object.fromEntries(
    KERNELS.map((kernel) => {
      const source = createHash('sha256')
        .update(readFileSync(join(SOURCES, `${kernel.id}.c`)))
        .digest('hex');
      const [size, speed] = (['-Os', '-O2'] as const).map((level) =>
        measureKernel(target.integers ?? target, kernel, compileWithGcc(gcc, kernel.id, level)),
      );
      return [kernel.id, { source, ...size, o2: speed.instructions }];
    }),
  );
  const figures = { compiler: gccVersion(gcc), flags: gccFlags(gcc, '-Os'), kernels };
  writeFileSync(gcc.figures, `${JSON.stringify(figures, undefined, 2)}\n`);
}
