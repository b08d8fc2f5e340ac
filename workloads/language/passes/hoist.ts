import { type Instruction, type IrFunction, isPure, operandsOf, resultsOf } from '../ir/function.js';
import { analyse, type Graph, type Loop } from '../ir/graph.js';
import type { Boundaries } from './marks.js';

/**
 * Moves computations whose operands do not change in a loop in front of it. Loops with marks stay as they are.
 * @returns true if something changed.
 */
export function hoistInvariants(fn: IrFunction, boundaries: Boundaries): boolean {
  const graph = analyse(fn);
  let changed = false;
  for (const loop of graph.loops) {
    const { preheader } = loop;
    if (preheader === undefined || hasBoundary(graph, loop, boundaries)) continue;
    const defined = definedIn(graph, loop);
    const before = graph.blocks.get(preheader)!;
    for (const id of graph.order.filter((b) => loop.blocks.has(b))) {
      const block = graph.blocks.get(id)!;
      const kept: Instruction[] = [];
      for (const instruction of block.instructions) {
        const invariant = operandsOf(instruction).every((o) => o.kind !== 'value' || !defined.has(o.id));
        if (!isPure(instruction) || !invariant) {
          kept.push(instruction);
          continue;
        }
        before.instructions.push(instruction);
        for (const result of resultsOf(instruction)) defined.delete(result);
        changed = true;
      }
      block.instructions = kept;
    }
  }
  return changed;
}

/** True if control may pass a mark within the loop. */
export function hasBoundary(graph: Graph, loop: Loop, boundaries: Boundaries): boolean {
  return [...loop.blocks].some((id) => graph.blocks.get(id)!.instructions.some((i) => boundaries.is(i)));
}

/** Values that a loop defines. */
export function definedIn(graph: Graph, loop: Loop): Set<number> {
  const defined = new Set<number>();
  for (const id of loop.blocks) {
    const block = graph.blocks.get(id)!;
    block.parameters.forEach((p) => defined.add(p));
    for (const instruction of block.instructions) resultsOf(instruction).forEach((r) => defined.add(r));
  }
  return defined;
}
