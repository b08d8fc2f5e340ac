import { type IrFunction, mapFunction, type Operand } from '../ir/function.js';
import { analyse } from '../ir/graph.js';

/**
 * Drops blocks that control never reaches, joins a block with the only one before it, and leads jumps past empty blocks.
 * @returns true if something changed.
 */
export function simplifyBlocks(fn: IrFunction): boolean {
  let changed = dropUnreachable(fn);
  while (passEmpty(fn) || mergeOne(fn)) changed = true;
  return changed;
}

function dropUnreachable(fn: IrFunction): boolean {
  const reachable = new Set(analyse(fn).order);
  const kept = fn.blocks.filter(({ id }) => reachable.has(id));
  const changed = kept.length < fn.blocks.length;
  fn.blocks = kept;
  return changed;
}

/** A jump to an empty block without parameters goes on to where that block jumps. */
function passEmpty(fn: IrFunction): boolean {
  const blocks = new Map(fn.blocks.map((b) => [b.id, b]));
  let changed = false;
  for (const block of fn.blocks) {
    const { terminator } = block;
    if (terminator.op !== 'jump') continue;
    const next = blocks.get(terminator.target)!;
    if (next === block || next.parameters.length > 0 || next.instructions.length > 0) continue;
    if (next.terminator.op !== 'jump' || next.terminator.target === next.id) continue;
    block.terminator = next.terminator;
    changed = true;
  }
  return changed && (dropUnreachable(fn), true);
}

/** Appends a block to the only one before it, if that one always goes there. */
function mergeOne(fn: IrFunction): boolean {
  const { blocks, order, predecessors } = analyse(fn);
  for (const id of order.slice(1)) {
    const before = predecessors.get(id)!;
    if (before.length !== 1 || before[0] === id) continue;
    const first = blocks.get(before[0])!;
    const second = blocks.get(id)!;
    if (first.terminator.op !== 'jump') continue;
    const given = new Map<number, Operand>();
    const { terminator } = first;
    second.parameters.forEach((parameter, i) => given.set(parameter, terminator.arguments[i]));
    first.instructions = [...first.instructions, ...second.instructions];
    first.terminator = second.terminator;
    fn.blocks = fn.blocks.filter((b) => b !== second);
    mapFunction(fn, (o) => (o.kind === 'value' ? (given.get(o.id) ?? o) : o));
    return true;
  }
  return false;
}
