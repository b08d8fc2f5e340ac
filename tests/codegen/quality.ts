import { compileFunctions } from '../../platforms/riscv/codegen/compile.js';
import { ILP32 } from '../../platforms/riscv/codegen/abi.js';
import type { OperationLowering } from '../../platforms/riscv/codegen/operations.js';
import { type Kernel, KERNELS } from './kernels.js';
import { assembleFunctions, type Callable, callFunction, DATA, readMemory } from './run-rv32.js';

/** A machine without a kernel. */
export const NO_OPERATIONS: OperationLowering = { lower: () => 'there is no kernel here' };

/** Our code for a kernel, as assembly. */
export function compileKernel({ functions }: Kernel, optimise = true): string {
  return compileFunctions(functions, { abi: ILP32, operations: NO_OPERATIONS, optimise });
}

/** What compiled code costs. */
export interface CodeQuality {
  /** Instructions retired from the first to the return. */
  readonly instructions: number;
  /** Bytes of code. */
  readonly bytes: number;
}

/** Runs a kernel and checks what it did. @throws Error if the result or memory is wrong. */
export function measureKernel(kernel: Kernel, code: Callable): CodeQuality {
  const { stop, result, instructions, machine } = callFunction(code, kernel.given, [
    { address: DATA, bytes: kernel.memory },
  ]);
  if (stop.kind !== 'exit') throw new Error(`${kernel.id} ended with ${JSON.stringify(stop)}`);
  if (kernel.result !== undefined && result !== kernel.result >>> 0) {
    throw new Error(`${kernel.id} gives ${result}, right is ${kernel.result >>> 0}`);
  }
  const memory = readMemory(machine, DATA, kernel.after.length);
  const wrong = memory.findIndex((byte, i) => byte !== kernel.after[i]);
  if (wrong >= 0) throw new Error(`${kernel.id}: byte ${wrong} is ${memory[wrong]}, right is ${kernel.after[wrong]}`);
  return { instructions, bytes: code.bytes };
}

/** Compiles, runs and checks a kernel with our compiler. */
export function measureOurs(kernel: Kernel, optimise = true): CodeQuality {
  return measureKernel(kernel, assembleFunctions(compileKernel(kernel, optimise), kernel.entry));
}

/** Ours beside GCC's, as the lines of the table in platforms/riscv/codegen/README.md. */
export function qualityTable(gcc: Readonly<Record<string, CodeQuality>>): string {
  return KERNELS.map((kernel) => {
    const ours = measureOurs(kernel);
    const theirs = gcc[kernel.id];
    const columns = (['instructions', 'bytes'] as const).flatMap((what) => [
      ours[what],
      theirs[what],
      (ours[what] / theirs[what]).toFixed(2),
    ]);
    return `| ${kernel.title} | ${columns.join(' | ')} |`;
  }).join('\n');
}

/** Ours beside GCC's at -O2, as the last line of the same section. */
export function speedSummary(gcc: Readonly<Record<string, { readonly o2: number }>>): string {
  const theirs = KERNELS.map(({ id }) => gcc[id].o2);
  const ratios = KERNELS.map((kernel, i) => measureOurs(kernel).instructions / theirs[i]);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((r) => r.toFixed(2));
  return `Instructions at -O2, in the order of the table: ${theirs.join(', ')}; ours are ${least} to ${most} of them.`;
}
