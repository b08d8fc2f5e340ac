import { type Kernel, KERNELS } from './kernels.js';
import { type Callable, DATA, readMemory } from './run-rv32.js';
import type { CompilerTarget } from './targets.js';

/** What compiled code costs. */
export interface CodeQuality {
  /** Instructions retired from the first to the return. */
  readonly instructions: number;
  /** Bytes of code. */
  readonly bytes: number;
}

/** Runs a kernel and checks what it did. @throws Error if the result or memory is wrong. */
export function measureKernel(target: CompilerTarget, kernel: Kernel, code: Callable): CodeQuality {
  const { references = [] } = kernel;
  const { stop, result, instructions, machine } = target.call(code, kernel.given, [
    { address: DATA, bytes: kernel.memory, references },
  ]);
  if (stop.kind !== 'exit') throw new Error(`${kernel.id} ended with ${JSON.stringify(stop)}`);
  if (kernel.result !== undefined && result !== kernel.result >>> 0) {
    throw new Error(`${kernel.id} gives ${result}, right is ${kernel.result >>> 0}`);
  }
  const memory = readMemory(machine, DATA, kernel.after.length);
  // the second word of a reference is the platform's own
  const own = new Set(references.flatMap((at) => [at + 4, at + 5, at + 6, at + 7]));
  const wrong = memory.findIndex((byte, i) => byte !== kernel.after[i] && !own.has(i));
  if (wrong >= 0) throw new Error(`${kernel.id}: byte ${wrong} is ${memory[wrong]}, right is ${kernel.after[wrong]}`);
  return { instructions, bytes: code.bytes };
}

/** Compiles, runs and checks a kernel with our compiler. */
export function measureOurs(target: CompilerTarget, kernel: Kernel, optimise = true): CodeQuality {
  const text = target.compile(kernel.functions, { optimise, few: false });
  return measureKernel(target, kernel, target.assemble(text, kernel.entry));
}

/** Ours beside GCC's, as the lines of the table in the README of a code generator. */
export function qualityTable(target: CompilerTarget, gcc: Readonly<Record<string, CodeQuality>>): string {
  return KERNELS.map((kernel) => {
    const ours = measureOurs(target, kernel);
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
export function speedSummary(target: CompilerTarget, gcc: Readonly<Record<string, { readonly o2: number }>>): string {
  const theirs = KERNELS.map(({ id }) => gcc[id].o2);
  const ratios = KERNELS.map((kernel, i) => measureOurs(target, kernel).instructions / theirs[i]);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((r) => r.toFixed(2));
  return `Instructions at -O2, in the order of the table: ${theirs.join(', ')}; ours are ${least} to ${most} of them.`;
}
