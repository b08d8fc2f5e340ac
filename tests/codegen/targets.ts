import { cheriotAbi } from '../../platforms/cheri/codegen/abi.js';
import { ILP32, registerNumber } from '../../platforms/riscv/codegen/abi.js';
import { compileFunctions as compileForRiscv } from '../../platforms/riscv/codegen/compile.js';
import { NARROW, type ThumbTarget, WIDE } from '../../platforms/thumb/codegen/abi.js';
import { compileFunctions as compileForThumb } from '../../platforms/thumb/codegen/compile.js';
import type { Machine } from '../../platforms/machine/machine.js';
import type { OperationLowering } from '../../workloads/language/backend/lowering.js';
import type { FunctionDefinition } from '../../workloads/language/program.js';
import { BUFFER_BYTES, BUFFERS, REFERENCES } from './random-programs.js';
import * as cheriot from './run-cheriot.js';
import * as rv32 from './run-rv32.js';
import * as thumb from './run-thumb.js';

/* The instruction sets that there are compilers for, each with a machine that runs what they make. */

/** A machine without a kernel. */
export const NO_OPERATIONS: OperationLowering = { lower: () => 'there is no kernel here' };

/** How functions are compiled for a test. */
export interface Way {
  readonly optimise: boolean;
  /** So few registers that most values live in the frame. */
  readonly few: boolean;
}

/** A compiler and a machine. */
export interface CompilerTarget {
  readonly name: 'rv32' | 'cheriot' | thumb.Core;
  /** What runs GCC's code for it, if that has no capabilities. Default: itself. */
  readonly integers?: CompilerTarget;
  compile(functions: readonly FunctionDefinition[], way: Way): string;
  assemble(source: string, entry: string): rv32.Callable;
  call(
    code: rv32.Callable,
    given: readonly number[],
    memory?: readonly rv32.Placed[],
    prepare?: (machine: Machine) => void,
  ): rv32.Called;
}

const FEW_RISCV = ['a0', 'a1', 'a2', 'a3', 's0', 's1'].map(registerNumber);
const FEW_THUMB = [0, 1, 2, 3, 4, 5];

export const RV32: CompilerTarget = {
  name: 'rv32',
  compile: (functions, { optimise, few }) =>
    compileForRiscv(functions, {
      abi: few ? { ...ILP32, allocatable: FEW_RISCV } : ILP32,
      operations: NO_OPERATIONS,
      optimise,
    }),
  assemble: (source, entry) => rv32.assembleFunctions(source, entry),
  call: rv32.callFunction,
};

/** The buffers of random programs. */
const PLACES = new Map([...BUFFERS, REFERENCES].map((name) => [name, { near: true, bytes: BUFFER_BYTES }]));

export const CHERIOT: CompilerTarget = {
  name: 'cheriot',
  integers: RV32,
  compile: (functions, { optimise, few }) => {
    const abi = cheriotAbi(PLACES);
    return compileForRiscv(functions, {
      abi: few ? { ...abi, allocatable: FEW_RISCV } : abi,
      operations: NO_OPERATIONS,
      optimise,
    });
  },
  assemble: cheriot.assembleFunctions,
  call: cheriot.callFunction,
};

const thumbTarget = (core: thumb.Core, target: ThumbTarget): CompilerTarget => ({
  name: core,
  compile: (functions, { optimise, few }) =>
    compileForThumb(functions, {
      target: few ? { ...target, allocatable: FEW_THUMB } : target,
      operations: NO_OPERATIONS,
      optimise,
    }),
  assemble: (source, entry) => thumb.assembleFunctions(core, source, entry),
  call: (code, given, memory, prepare) => thumb.callFunction(core, code, given, memory, prepare),
});

export const M0PLUS = thumbTarget('m0plus', NARROW);
export const M4 = thumbTarget('m4', WIDE);

export const TARGETS: readonly CompilerTarget[] = [RV32, CHERIOT, M0PLUS, M4];
