import type { Comparison } from '../program.js';
import { INVERSE } from '../ir/arithmetic.js';
import { type IrFunction, type Operand, sameOperand } from '../ir/function.js';
import { analyse, type Graph } from '../ir/graph.js';

/**
 * Removes branches whose outcome is known because the same test was made on every way to them. Not for functions with
 * marks: what
 * stands in a span is computed in the span.
 * @returns true if something changed.
 */
export function removeKnownTests(fn: IrFunction): boolean {
  const graph = analyse(fn);
  let changed = false;
  for (const id of graph.order) {
    const block = graph.blocks.get(id)!;
    const { terminator: t } = block;
    if (t.op !== 'branch') continue;
    const outcome = knownOutcome(graph, id, t.comparison, t.left, t.right);
    if (outcome === undefined) continue;
    block.terminator = { op: 'jump', target: outcome ? t.then : t.otherwise, arguments: [] };
    changed = true;
  }
  return changed;
}

/** Whether a comparison holds at the end of a block, if a test above it says so. */
export function knownOutcome(
  graph: Graph,
  block: number,
  comparison: Comparison,
  left: Operand,
  right: Operand,
): boolean | undefined {
  for (let below = block; ;) {
    const above = graph.immediateDominator(below);
    if (above === undefined) return undefined;
    const { terminator: t } = graph.blocks.get(above)!;
    if (t.op === 'branch' && sameOperand(t.left, left) && sameOperand(t.right, right)) {
      const taken = below === t.then ? true : below === t.otherwise ? false : undefined;
      // a block that several ways lead to says nothing about the branch
      if (taken !== undefined && graph.predecessors.get(below)!.length === 1 && t.then !== t.otherwise) {
        if (t.comparison === comparison) return taken;
        if (t.comparison === INVERSE[comparison]) return !taken;
      }
    }
    below = above;
  }
}
