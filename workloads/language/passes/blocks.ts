import { type Block, type IrFunction, mapFunction, type Operand } from '../ir/function.js';
import { analyse } from '../ir/graph.js';

/**
 * Drops blocks that control never reaches, joins a block with the only one before it, and leads jumps past empty
 * blocks.
 * @returns true if something changed.
 */
export function simplifyBlocks(fn: IrFunction): boolean {
  let changed = dropUnreachable(fn);
  while (passEmpty(fn) || mergeChains(fn)) changed = true;
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

/** Appends blocks to the only one before them, if that one always goes there. */
function mergeChains(fn: IrFunction): boolean {
  const { blocks, order, predecessors } = analyse(fn);
  /** Block that a merged one has become a part of. */
  const hosts = new Map<number, Block>();
  const given = new Map<number, Operand>();
  for (const id of order.slice(1)) {
    const before = predecessors.get(id)!;
    if (before.length !== 1) continue;
    const host = hosts.get(before[0]) ?? blocks.get(before[0])!;
    const block = blocks.get(id)!;
    const { terminator } = host;
    if (host === block || terminator.op !== 'jump') continue;
    block.parameters.forEach((parameter, i) => given.set(parameter, terminator.arguments[i]));
    host.instructions = [...host.instructions, ...block.instructions];
    host.terminator = block.terminator;
    hosts.set(id, host);
  }
  if (hosts.size === 0) return false;
  fn.blocks = fn.blocks.filter(({ id }) => !hosts.has(id));
  mapFunction(fn, (operand) => {
    let at = operand;
    while (at.kind === 'value') {
      const next = given.get(at.id);
      if (next === undefined) return at;
      at = next;
    }
    return at;
  });
  return true;
}
