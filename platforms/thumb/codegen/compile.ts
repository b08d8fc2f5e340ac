import { allocate } from '../../../workloads/language/backend/allocate.js';
import { emit } from '../../../workloads/language/backend/emit.js';
import { CodegenError, type OperationLowering } from '../../../workloads/language/backend/lowering.js';
import type { MachineFunction } from '../../../workloads/language/backend/machine-code.js';
import type { IrFunction } from '../../../workloads/language/ir/function.js';
import { lowerFunction } from '../../../workloads/language/ir/lower.js';
import { findBoundaries } from '../../../workloads/language/passes/marks.js';
import { materialise } from '../../../workloads/language/passes/materialise.js';
import { optimise } from '../../../workloads/language/passes/optimise.js';
import type { FunctionDefinition } from '../../../workloads/language/program.js';
import { rememberedCode } from '../../remembered-code.js';
import { REGISTER_NAMES } from '../registers.js';
import { KEPT, LARGEST_FRAME, LR, registerFile, SLOT_BYTES, STACK_ALIGNMENT, type ThumbTarget } from './abi.js';
import { DIVIDE_SIGNED, DIVIDE_UNSIGNED, DIVISION } from './division.js';
import { dropComparisons } from './flags.js';
import { immediates, offsetRange } from './immediates.js';
import { compareAndBranch, extendBranches, mostBytes, placePools, SURELY_IN_REACH } from './reach.js';
import { select, type SelectionContext } from './select.js';

/** How functions become assembly. */
export interface CompileOptions {
  readonly target: ThumbTarget;
  readonly operations: OperationLowering;
  /** Names of functions that are programs of threads: entered with an empty stack, never left. */
  readonly threads?: ReadonlySet<string>;
  /** Assembly symbol of a buffer; default: its name. */
  readonly bufferSymbol?: (name: string) => string;
  /** Assembly symbol of a function; default: its name. */
  readonly functionSymbol?: (name: string) => string;
  /** Lines in front of a function's label, which go on into it; default: none. */
  readonly before?: (name: string) => readonly string[];
  /** False leaves the optimising passes out, for tests of the code generator alone. Default true. */
  readonly optimise?: boolean;
}

/** SUB of SP has 7 bits in words on Armv6-M (DDI0419 A6.7.67). */
const LARGEST_STEP = 508;

const compiledBefore = rememberedCode();

/**
 * Compiles functions, those that they call included in the list, to assembly of one section.
 * @throws CodegenError if an operation has no instructions on the platform.
 */
export function compileFunctions(definitions: readonly FunctionDefinition[], options: CompileOptions): string {
  const functions = definitions.map(lowerFunction);
  const boundaries = findBoundaries(functions);
  const { wide } = options.target;
  const text = functions
    .map((fn, i) =>
      compiledBefore(definitions[i], options, [options.target, options.before?.(definitions[i].name)], () => {
        if (options.optimise !== false)
          optimise(fn, boundaries, { offsets: offsetRange(wide), bounded: false, countsDown: true });
        materialise(fn, immediates(wide), boundaries);
        return generate(fn, options);
      }),
    )
    .join('\n');
  return `${text}${usesDivision(text) ? DIVISION : ''}`;
}

const usesDivision = (text: string): boolean =>
  [DIVIDE_SIGNED, DIVIDE_UNSIGNED].some((routine) => text.includes(`bl ${routine}`));

function generate(fn: IrFunction, options: CompileOptions): string {
  const { target } = options;
  const context: SelectionContext = {
    target,
    operations: options.operations,
    bufferSymbol: options.bufferSymbol ?? ((name) => name),
    functionSymbol: options.functionSymbol ?? ((name) => name),
    returns: options.threads?.has(fn.name) !== true,
  };
  const leaf = fn.blocks.every((b) => b.instructions.every(({ op }) => op !== 'call' && op !== 'operation'));
  const { fn: allocated, slots } = allocate(select(fn, context), registerFile(target));
  const write = (frame: Frame): string =>
    emit(allocated, {
      names: REGISTER_NAMES,
      jump: (label) => `b ${label}`,
      branch: (text, label) => `${text.replace('\n', '\n  ')} ${label}`,
      comment: '@',
      nothing: 'nop',
      retires: () => true,
      ...frame,
    });
  const text = write(frameOf(allocated, slots, leaf, false));
  const far = !target.wide && mostBytes(text.split('\n'), false) > SURELY_IN_REACH;
  const before = (options.before?.(fn.name) ?? []).map((line) => (line.endsWith(':') ? line : `  ${line}`));
  return finish(before, far ? write(frameOf(allocated, slots, leaf, true)) : text, allocated.name, target.wide);
}

/** What depends on where instructions finally are. */
function finish(before: readonly string[], text: string, name: string, wide: boolean): string {
  const lines = [...before, '  .thumb_func', ...dropComparisons(text.trimEnd().split('\n'))];
  const pooled = placePools(lines, wide, (n) => `.L${name}_pool${n}`);
  const placed = wide ? compareAndBranch(pooled) : extendBranches(pooled);
  return `${placed.join('\n')}\n`;
}

interface Frame {
  readonly prologue: readonly string[];
  readonly epilogue: readonly string[];
}

/**
 * Code that saves what the caller relies on and makes the frame, and code that undoes it and returns.
 * @param far True if a jump may need LR.
 */
function frameOf(fn: MachineFunction, slots: number, leaf: boolean, far: boolean): Frame {
  const used = new Set(fn.blocks.flatMap((b) => b.instructions.flatMap((i) => [...i.defs, ...(i.clobbers ?? [])])));
  const kept = fn.returns ? KEPT.filter((r) => used.has(r)) : [];
  // with LR among them the return is part of the POP
  const saved = fn.returns && (kept.length > 0 || used.has(LR) || far) ? [...kept, LR] : [];
  let bytes = slots * SLOT_BYTES;
  const odd = !leaf && (bytes + saved.length * SLOT_BYTES) % STACK_ALIGNMENT !== 0;
  if (odd && (bytes > 0 || saved.length === 0)) bytes += SLOT_BYTES;
  // the result is in r0, so that a fourth register can stand in for the missing word
  else if (odd) saved.unshift(3);
  if (bytes > LARGEST_FRAME) {
    throw new CodegenError(`${fn.name} needs a frame of ${bytes} bytes; ${LARGEST_FRAME} are possible`);
  }
  const list = (last: string): string => `{${[...saved.slice(0, -1).map((r) => REGISTER_NAMES[r]), last].join(', ')}}`;
  return {
    prologue: [...(saved.length > 0 ? [`push ${list('lr')}`] : []), ...moveStack('sub', bytes)],
    epilogue: [...moveStack('add', bytes), ...(saved.length > 0 ? [`pop ${list('pc')}`] : fn.returns ? ['bx lr'] : [])],
  };
}

function moveStack(mnemonic: 'add' | 'sub', bytes: number): readonly string[] {
  const steps: string[] = [];
  for (let left = bytes; left > 0; left -= LARGEST_STEP) {
    steps.push(`${mnemonic} sp, sp, #${Math.min(left, LARGEST_STEP)}`);
  }
  return steps;
}
