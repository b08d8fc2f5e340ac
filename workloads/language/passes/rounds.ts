import type { Block, Instruction, IrFunction, Operand } from '../ir/function.js';
import { isPure, operandsOf, resultsOf, terminatorOperands } from '../ir/function.js';
import type { Graph, Loop } from '../ir/graph.js';

/** A loop in the form that lowering gives it: one way in, and one test at the end of a round that leads back. */
export interface Round {
  readonly loop: Loop;
  readonly preheader: Block;
  readonly header: Block;
  /** Jumps back to the header; empty if the round ends with a test. */
  readonly latch: Block;
  /** Where the round's last instructions stand: the block with the test, or the latch of a loop without one. */
  readonly end: Block;
}

/** The parts of a loop; undefined if it has another form. */
export function roundOf(graph: Graph, loop: Loop): Round | undefined {
  const { preheader, latches, header } = loop;
  if (preheader === undefined || latches.length !== 1) return undefined;
  const latch = graph.blocks.get(latches[0])!;
  const before = graph.predecessors.get(latches[0])!;
  const tested = latch.instructions.length === 0 && before.length === 1 && latches[0] !== header;
  return {
    loop,
    preheader: graph.blocks.get(preheader)!,
    header: graph.blocks.get(header)!,
    latch,
    end: tested ? graph.blocks.get(before[0])! : latch,
  };
}

/**
 * Moves what is computed only for the next round to the round's end, so that old and new value can share a register.
 * @returns true if something changed.
 */
export function sinkNextValues(fn: IrFunction, { loop, latch, end }: Round, graph: Graph): boolean {
  const moved: Instruction[] = [];
  for (const id of loop.blocks) {
    const innermost = graph.loops.find(({ blocks }) => blocks.has(id));
    if (innermost !== loop) continue;
    const block = graph.blocks.get(id)!;
    const sinking = block.instructions.filter(
      (i) => isPure(i) && isForNextRound(fn, resultsOf(i)[0], latch, end) && block.instructions.at(-1) !== i,
    );
    block.instructions = block.instructions.filter((i) => !sinking.includes(i));
    moved.push(...sinking);
  }
  end.instructions.push(...moved);
  return moved.length > 0;
}

/** True if a value is read only where the round ends and by the jump back. */
function isForNextRound(fn: IrFunction, id: number, latch: Block, end: Block): boolean {
  const reads = (o: Operand): boolean => o.kind === 'value' && o.id === id;
  let back = false;
  for (const block of fn.blocks) {
    if (block.instructions.some((i) => operandsOf(i).some(reads))) return false;
    if (!terminatorOperands(block.terminator).some(reads)) continue;
    if (block === latch) back = true;
    else if (block !== end) return false;
  }
  return back;
}
