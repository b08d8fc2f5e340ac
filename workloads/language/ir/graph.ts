import { type Block, type IrFunction, successors } from './function.js';

/** A loop: its header and every block that can come back to it without leaving. */
export interface Loop {
  readonly header: number;
  readonly blocks: ReadonlySet<number>;
  /** Blocks that jump back to the header. */
  readonly latches: readonly number[];
  /** The only block that enters the loop, if it ends with a jump to the header. */
  readonly preheader: number | undefined;
}

/** Control flow of a function at one moment. */
export interface Graph {
  readonly blocks: ReadonlyMap<number, Block>;
  /** Reachable blocks, each before those it dominates. */
  readonly order: readonly number[];
  readonly predecessors: ReadonlyMap<number, readonly number[]>;
  /** True if every way to `block` goes through `by`. */
  dominates(by: number, block: number): boolean;
  /** The next block up the dominator tree; undefined for the entry. */
  immediateDominator(block: number): number | undefined;
  /** Innermost first. */
  readonly loops: readonly Loop[];
  /** Number of loops around a block. */
  depth(block: number): number;
}

/** Analyses a function. The result is of no use after blocks have changed. */
export function analyse(fn: IrFunction): Graph {
  const blocks = new Map(fn.blocks.map((b) => [b.id, b]));
  const order = reversePostorder(fn, blocks);
  const predecessors = new Map<number, number[]>(order.map((id) => [id, []]));
  for (const id of order) {
    for (const next of successors(blocks.get(id)!.terminator)) predecessors.get(next)!.push(id);
  }
  const dominators = immediateDominators(order, predecessors);
  const dominates = (by: number, block: number): boolean => {
    for (let at: number | undefined = block; at !== undefined; at = dominators.get(at)) if (at === by) return true;
    return false;
  };
  const loops = findLoops(blocks, order, predecessors, dominates);
  return {
    blocks,
    order,
    predecessors,
    dominates,
    immediateDominator: (block) => dominators.get(block),
    loops,
    depth: (block) => loops.filter((loop) => loop.blocks.has(block)).length,
  };
}

function reversePostorder(fn: IrFunction, blocks: ReadonlyMap<number, Block>): number[] {
  const seen = new Set<number>();
  const postorder: number[] = [];
  const visit = (id: number): void => {
    seen.add(id);
    // the last successor first, so that `then` comes before `otherwise` in the order
    for (const next of [...successors(blocks.get(id)!.terminator)].reverse()) if (!seen.has(next)) visit(next);
    postorder.push(id);
  };
  visit(fn.blocks[0].id);
  return postorder.reverse();
}

/** Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001). */
function immediateDominators(
  order: readonly number[],
  predecessors: ReadonlyMap<number, readonly number[]>,
): ReadonlyMap<number, number> {
  const position = new Map(order.map((id, i) => [id, i]));
  const dominators = new Map<number, number>([[order[0], order[0]]]);
  const common = (a: number, b: number): number => {
    while (a !== b) {
      while (position.get(a)! > position.get(b)!) a = dominators.get(a)!;
      while (position.get(b)! > position.get(a)!) b = dominators.get(b)!;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const id of order.slice(1)) {
      const known = predecessors.get(id)!.filter((p) => dominators.has(p));
      const found = known.reduce(common);
      if (dominators.get(id) !== found) {
        dominators.set(id, found);
        changed = true;
      }
    }
  }
  dominators.delete(order[0]);
  return dominators;
}

function findLoops(
  blocks: ReadonlyMap<number, Block>,
  order: readonly number[],
  predecessors: ReadonlyMap<number, readonly number[]>,
  dominates: (by: number, block: number) => boolean,
): Loop[] {
  const loops: Loop[] = [];
  for (const header of order) {
    const latches = predecessors.get(header)!.filter((p) => dominates(header, p));
    if (latches.length === 0) continue;
    const inside = new Set([header]);
    const pending = [...latches];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (inside.has(at)) continue;
      inside.add(at);
      pending.push(...predecessors.get(at)!);
    }
    const entries = predecessors.get(header)!.filter((p) => !inside.has(p));
    const preheader = entries.length === 1 && blocks.get(entries[0])!.terminator.op === 'jump' ? entries[0] : undefined;
    loops.push({ header, blocks: inside, latches, preheader });
  }
  // an inner loop has fewer blocks than one around it
  return loops.sort((a, b) => a.blocks.size - b.blocks.size);
}
