import { cheriotAbi } from '../../platforms/cheri/codegen/abi.js';
import type { Machine, Stop } from '../../platforms/machine/machine.js';
import { compileFunctions } from '../../platforms/riscv/codegen/compile.js';
import { ILP32 } from '../../platforms/riscv/codegen/abi.js';
import type { OperationLowering } from '../../platforms/riscv/codegen/operations.js';
import { type Kernel, KERNELS } from './kernels.js';
import { callCheriot } from './run-cheriot.js';
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

/** Runs a kernel on VexRiscv and checks what it did. @throws Error if the result or memory is wrong. */
export function measureKernel(kernel: Kernel, code: Callable): CodeQuality {
  const called = callFunction(code, kernel.given, [{ address: DATA, bytes: kernel.memory }]);
  check(kernel, called, kernel.after);
  return { instructions: called.instructions, bytes: code.bytes };
}

/** The same for code of CHERIoT, on CHERIoT-Ibex. A stored reference has its metadata in its second word. */
export function measureCheriot(kernel: Kernel, optimise = true): CodeQuality {
  const { functions, entry, memory, references = [] } = kernel;
  const source = compileFunctions(functions, { abi: cheriotAbi(new Map()), operations: NO_OPERATIONS, optimise });
  const { parameters, variables } = functions.find(({ name }) => name === entry)!;
  const given = kernel.given.map((value, i) =>
    i < parameters && variables[i].type === 'reference' ? { reference: value } : { word: value },
  );
  const called = callCheriot({ source, entry, given, dataBytes: memory.length, memory, references });
  const after = kernel.after.slice();
  const metadata = readMemory(called.machine, DATA, after.length);
  for (const at of references) after.set(metadata.subarray(at + 4, at + 8), at + 4);
  check(kernel, called, after);
  return { instructions: called.instructions, bytes: called.bytes };
}

interface Called {
  readonly stop: Stop;
  readonly result: number;
  readonly machine: Machine;
}

function check(kernel: Kernel, { stop, result, machine }: Called, after: Uint8Array): void {
  if (stop.kind !== 'exit') throw new Error(`${kernel.id} ended with ${JSON.stringify(stop)}`);
  if (kernel.result !== undefined && result !== kernel.result >>> 0) {
    throw new Error(`${kernel.id} gives ${result}, right is ${kernel.result >>> 0}`);
  }
  const memory = readMemory(machine, DATA, after.length);
  const wrong = memory.findIndex((byte, i) => byte !== after[i]);
  if (wrong >= 0) throw new Error(`${kernel.id}: byte ${wrong} is ${memory[wrong]}, right is ${after[wrong]}`);
}

/** Compiles, runs and checks a kernel with our compiler. */
export function measureOurs(kernel: Kernel, optimise = true): CodeQuality {
  return measureKernel(kernel, assembleFunctions(compileKernel(kernel, optimise), kernel.entry));
}

/** Ours beside GCC's, as the lines of the tables in the READMEs. */
export function qualityTable(
  gcc: Readonly<Record<string, CodeQuality>>,
  measure: (kernel: Kernel) => CodeQuality,
): string {
  return KERNELS.map((kernel) => {
    const ours = measure(kernel);
    const theirs = gcc[kernel.id];
    const columns = (['instructions', 'bytes'] as const).flatMap((what) => [
      ours[what],
      theirs[what],
      (ours[what] / theirs[what]).toFixed(2),
    ]);
    return `| ${kernel.title} | ${columns.join(' | ')} |`;
  }).join('\n');
}
