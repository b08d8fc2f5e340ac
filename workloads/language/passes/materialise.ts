import {
  type Block,
  type Instruction,
  type IrFunction,
  mapOperands,
  newValue,
  type Operand,
  operandsOf,
  type Terminator,
  value,
} from '../ir/function.js';
import { analyse, type Graph } from '../ir/graph.js';
import { hasBoundary } from './hoist.js';
import type { Boundaries } from './marks.js';

/** What a target's instructions can contain. */
export interface Immediates {
  /** True if the operand needs no register where the instruction reads it. */
  fits(instruction: Instruction, index: number, operand: Operand): boolean;
  /** The same for the operands of a branch. */
  fitsBranch(branch: Extract<Terminator, { op: 'branch' }>, index: number, operand: Operand): boolean;
}

/**
 * Gives numbers and addresses that do not fit into instructions a register: in front of the outermost loop without
 * marks around the
 * use, else right before it. Arguments of calls, operations, jumps and returns are left: they have their own registers.
 */
export function materialise(fn: IrFunction, immediates: Immediates, boundaries: Boundaries): void {
  const graph = analyse(fn);
  const hoisted = new Map<number, Map<string, number>>();
  for (const block of fn.blocks) {
    const front = frontOf(graph, block.id, boundaries);
    const local = new Map<string, number>();
    const out: Instruction[] = [];
    const register = (operand: Operand): Operand => {
      const key = JSON.stringify(operand);
      const into = front === undefined ? out : front.instructions;
      const known = front === undefined ? local : (hoisted.get(front.id) ?? new Map<string, number>());
      if (front !== undefined) hoisted.set(front.id, known);
      let id = known.get(key);
      if (id === undefined) {
        id = newValue(fn, operand.kind === 'buffer' ? 'reference' : 'word');
        known.set(key, id);
        into.push({ op: 'copy', result: id, source: operand });
      }
      return value(id);
    };
    for (const instruction of block.instructions) {
      if (boundaries.is(instruction) || instruction.op === 'call' || instruction.op === 'operation') local.clear();
      const operands = operandsOf(instruction);
      let index = 0;
      out.push(
        mapOperands(instruction, (operand) => {
          const at = index++;
          if (operand.kind === 'value' || takesAnything(instruction)) return operand;
          return immediates.fits(instruction, at, operands[at]) ? operand : register(operand);
        }),
      );
    }
    const { terminator } = block;
    if (terminator.op === 'branch') {
      const read = (operand: Operand, index: number): Operand =>
        operand.kind === 'value' || immediates.fitsBranch(terminator, index, operand) ? operand : register(operand);
      block.terminator = { ...terminator, left: read(terminator.left, 0), right: read(terminator.right, 1) };
    }
    block.instructions = out;
  }
}

const takesAnything = ({ op }: Instruction): boolean => op === 'call' || op === 'operation' || op === 'copy';

/** The block in front of the outermost loop around a block that has no mark; undefined if there is none. */
function frontOf(graph: Graph, block: number, boundaries: Boundaries): Block | undefined {
  let front: Block | undefined;
  for (const loop of graph.loops) {
    if (!loop.blocks.has(block)) continue;
    if (hasBoundary(graph, loop, boundaries)) break;
    if (loop.preheader !== undefined) front = graph.blocks.get(loop.preheader);
  }
  return front;
}
