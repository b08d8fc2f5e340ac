import type { Instruction, IrFunction } from '../ir/function.js';

/** Tells where spans may begin or end: code never moves to the other side of such an instruction. */
export interface Boundaries {
  /** True for a mark, and for a call of a function in which control may pass one. */
  is(instruction: Instruction): boolean;
  /** True if a function has such an instruction. */
  inFunction(fn: IrFunction): boolean;
}

/** Finds the functions of a program in which control may pass a mark. */
export function findBoundaries(functions: readonly IrFunction[]): Boundaries {
  const marked = new Set<string>();
  const is = (i: Instruction): boolean => i.op === 'mark' || (i.op === 'call' && marked.has(i.function));
  const inFunction = (fn: IrFunction): boolean => fn.blocks.some((b) => b.instructions.some(is));
  for (let size = -1; size !== marked.size;) {
    size = marked.size;
    for (const fn of functions) if (inFunction(fn)) marked.add(fn.name);
  }
  return { is, inFunction };
}
