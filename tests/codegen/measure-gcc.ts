import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileWithGcc, gccFlags, type GccTarget, gccVersion, SOURCES } from './gcc.js';
import { KERNELS } from './kernels.js';
import { measureKernel } from './quality.js';

/*
 * Writes gcc-TARGET.json, where the compiler is installed:
 * `node dist/tests/codegen/measure-gcc.js rv32emc > tests/codegen/gcc-rv32emc.json`.
 */

const target = process.argv[2] as GccTarget;
const kernels = Object.fromEntries(
  KERNELS.map((kernel) => {
    const source = createHash('sha256')
      .update(readFileSync(join(SOURCES, `${kernel.id}.c`)))
      .digest('hex');
    return [kernel.id, { source, ...measureKernel(kernel, compileWithGcc(kernel.id, target)) }];
  }),
);
console.log(JSON.stringify({ compiler: gccVersion(), flags: gccFlags(target), kernels }, undefined, 2));
