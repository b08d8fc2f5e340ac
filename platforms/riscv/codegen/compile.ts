import { allocate } from '../../../workloads/language/backend/allocate.js';
import { emit } from '../../../workloads/language/backend/emit.js';
import type { MachineFunction } from '../../../workloads/language/backend/machine-code.js';
import type { IrFunction } from '../../../workloads/language/ir/function.js';
import { lowerFunction } from '../../../workloads/language/ir/lower.js';
import { findBoundaries } from '../../../workloads/language/passes/marks.js';
import { materialise } from '../../../workloads/language/passes/materialise.js';
import { optimise } from '../../../workloads/language/passes/optimise.js';
import type { FunctionDefinition } from '../../../workloads/language/program.js';
import { rememberedCode } from '../../remembered-code.js';
import { REGISTER_NAMES } from '../registers.js';
import { RA, registerFile, type RiscvAbi } from './abi.js';
import { immediates, OFFSETS } from './immediates.js';
import type { OperationLowering } from './operations.js';
import { CodegenError, select, type SelectionContext } from './select.js';

/** How functions become assembly. */
export interface CompileOptions {
  readonly abi: RiscvAbi;
  readonly operations: OperationLowering;
  /** Names of functions that are programs of threads: entered with an empty stack, never left. */
  readonly threads?: ReadonlySet<string>;
  /** True if a thread ends by returning from its program, which then is a function like any other. Default false. */
  readonly threadsReturn?: boolean;
  /** Whether an instruction of an operation, as its line says it, retires; default: all do. */
  readonly retires?: (line: string) => boolean;
  /** Assembly symbol of a buffer; default: its name. */
  readonly bufferSymbol?: (name: string) => string;
  /** Assembly symbol of a function; default: its name. */
  readonly functionSymbol?: (name: string) => string;
  /** False leaves the optimising passes out, for tests of the code generator alone. Default true. */
  readonly optimise?: boolean;
}

/** Stack pointers are multiples of this (RISC-V ABIs 1.0, 1.1). */
const STACK_ALIGNMENT = 16;

/** What the stack pointer can be moved by in one instruction, and every slot be reached. */
const LARGEST_FRAME = 2032;

const compiledBefore = rememberedCode();

/**
 * Compiles functions, those that they call included in the list, to assembly of one section.
 * @throws CodegenError if an operation has no instructions on the platform.
 */
export function compileFunctions(definitions: readonly FunctionDefinition[], options: CompileOptions): string {
  const functions = definitions.map(lowerFunction);
  const boundaries = findBoundaries(functions);
  const { narrow } = options.abi.references;
  const limits = { offsets: OFFSETS, bounded: narrow !== undefined };
  // of the convention as plain data, which says nothing of where buffers are: code that is remembered names none
  const others = [options.abi, options.threadsReturn === true];
  return functions
    .map((fn, i) =>
      compiledBefore(definitions[i], options, others, () => {
        if (options.optimise !== false) optimise(fn, boundaries, limits);
        materialise(fn, immediates(narrow), boundaries);
        return generate(fn, options);
      }),
    )
    .join('\n');
}

function generate(fn: IrFunction, options: CompileOptions): string {
  const { abi } = options;
  const context: SelectionContext = {
    abi,
    operations: options.operations,
    bufferSymbol: options.bufferSymbol ?? ((name) => name),
    functionSymbol: options.functionSymbol ?? ((name) => name),
    returns: options.threadsReturn === true || options.threads?.has(fn.name) !== true,
    stopReturns: options.threadsReturn === true,
  };
  const { fn: allocated, slots } = allocate(select(fn, context), registerFile(abi));
  return emit(allocated, {
    names: REGISTER_NAMES,
    jump: (label) => `j ${label}`,
    branch: (text, label) => `${text}, ${label}`,
    comment: '#',
    nothing: 'nop',
    retires: options.retires ?? (() => true),
    ...frame(allocated, slots, abi),
  });
}

/** Code that makes a function's frame and saves what its caller relies on, and code that undoes it and returns. */
function frame(
  fn: MachineFunction,
  slots: number,
  { references, kept }: RiscvAbi,
): { prologue: readonly string[]; epilogue: readonly string[] } {
  const used = new Set(fn.blocks.flatMap((b) => b.instructions.flatMap((i) => [...i.defs, ...(i.clobbers ?? [])])));
  const saved = fn.returns ? [...(used.has(RA) ? [RA] : []), ...kept.filter((r) => used.has(r))] : [];
  const size = Math.ceil(((slots + saved.length) * references.bytes) / STACK_ALIGNMENT) * STACK_ALIGNMENT;
  if (size > LARGEST_FRAME)
    throw new CodegenError(`${fn.name} needs a frame of ${size} bytes; ${LARGEST_FRAME} are possible`);
  const place = (i: number): string => `${(slots + i) * references.bytes}(sp)`;
  const names = saved.map((r) => REGISTER_NAMES[r]);
  const moveStack = (by: number): string => `${references.advanceBy.replace(/\{[du]0\}/g, 'sp')}${by}`;
  if (size === 0) return { prologue: [], epilogue: fn.returns ? ['ret'] : [] };
  return {
    prologue: [moveStack(-size), ...names.map((name, i) => `${references.store} ${name}, ${place(i)}`)],
    epilogue: [
      ...names.map((name, i) => `${references.load} ${name}, ${place(i)}`),
      moveStack(size),
      ...(fn.returns ? ['ret'] : []),
    ],
  };
}
