import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileWithGcc, GCC_FLAGS, gccVersion, SOURCES } from './gcc.js';
import { KERNELS } from './kernels.js';
import { measureKernel } from './quality.js';

/* Writes gcc.json: `node dist/tests/codegen/measure-gcc.js > tests/codegen/gcc.json`, where the compiler is installed. */

const kernels = Object.fromEntries(
  KERNELS.map((kernel) => {
    const source = createHash('sha256')
      .update(readFileSync(join(SOURCES, `${kernel.id}.c`)))
      .digest('hex');
    return [kernel.id, { source, ...measureKernel(kernel, compileWithGcc(kernel.id)) }];
  }),
);
console.log(JSON.stringify({ compiler: gccVersion(), flags: GCC_FLAGS, kernels }, undefined, 2));
