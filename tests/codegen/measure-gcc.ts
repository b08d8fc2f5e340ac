import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileWithGcc, gccFlags, gccVersion, SOURCES } from './gcc.js';
import { KERNELS } from './kernels.js';
import { measureKernel } from './quality.js';

/*
 * Writes gcc.json, by hand where the compiler is installed; `git diff` then says whether the figures are still GCC's:
 *
 * node dist/tests/codegen/measure-gcc.js > tests/codegen/gcc.json
 */

const kernels = Object.fromEntries(
  KERNELS.map((kernel) => {
    const source = createHash('sha256')
      .update(readFileSync(join(SOURCES, `${kernel.id}.c`)))
      .digest('hex');
    const { instructions } = measureKernel(kernel, compileWithGcc(kernel.id, '-O2'));
    return [kernel.id, { source, ...measureKernel(kernel, compileWithGcc(kernel.id, '-Os')), o2: instructions }];
  }),
);
console.log(JSON.stringify({ compiler: gccVersion(), flags: gccFlags('-Os'), kernels }, undefined, 2));
