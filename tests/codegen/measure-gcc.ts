import { compileWithGcc, GCC_FLAGS, gccVersion } from './gcc.js';
import { KERNELS } from './kernels.js';
import { measureKernel } from './quality.js';

/* Writes gcc.json: `node dist/tests/codegen/measure-gcc.js > tests/codegen/gcc.json`, where the compiler is installed. */

const kernels = Object.fromEntries(KERNELS.map((kernel) => [kernel.id, measureKernel(kernel, compileWithGcc(kernel.id))]));
console.log(JSON.stringify({ compiler: gccVersion(), flags: GCC_FLAGS, kernels }, undefined, 2));
