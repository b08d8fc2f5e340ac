import {
  type Instruction,
  type IrFunction,
  isPure,
  mapFunction,
  mapOperands,
  type Operand,
  resultsOf,
  value,
} from '../ir/function.js';
import { analyse } from '../ir/graph.js';
import { printInstruction } from '../ir/print.js';
import type { Boundaries } from './marks.js';

/**
 * Removes computations whose result is known already. In a function with marks only within a block and between marks:
 * what stands
 * in a span is computed in the span.
 * @returns true if something changed.
 */
export function removeCommon(fn: IrFunction, boundaries: Boundaries): boolean {
  const graph = analyse(fn);
  const local = boundaries.inFunction(fn);
  const replaced = new Map<number, Operand>();
  const known = new Map<number, Map<string, number>>();
  const read = (o: Operand): Operand => (o.kind === 'value' ? (replaced.get(o.id) ?? o) : o);

  for (const id of graph.order) {
    const block = graph.blocks.get(id)!;
    const above = graph.immediateDominator(id);
    const here = new Map<string, number>(local || above === undefined ? [] : known.get(above));
    const kept: Instruction[] = [];
    for (const original of block.instructions) {
      const instruction = mapOperands(original, read);
      if (boundaries.is(instruction)) here.clear();
      if (isPure(instruction)) {
        const [result] = resultsOf(instruction);
        const key = printInstruction(instruction).replace(/^%\d+ = /, '');
        const earlier = here.get(key);
        if (earlier !== undefined) {
          replaced.set(result, value(earlier));
          continue;
        }
        here.set(key, result);
      }
      kept.push(instruction);
    }
    block.instructions = kept;
    known.set(id, here);
  }
  mapFunction(fn, read);
  return replaced.size > 0;
}
