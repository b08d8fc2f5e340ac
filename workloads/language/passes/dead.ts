import {
  type Instruction,
  type IrFunction,
  isPure,
  type Operand,
  operandsOf,
  resultsOf,
  terminatorOperands,
} from '../ir/function.js';
import { incomingOperands, keepParameters } from './parameters.js';

/**
 * Removes computations and block parameters that nothing depends on. Loads stay: a program that touches memory means
 * it.
 * @returns true if something changed.
 */
export function removeDeadCode(fn: IrFunction): boolean {
  const needed = neededValues(fn);
  let changed = false;
  for (const block of fn.blocks) {
    const kept = block.instructions.filter((i) => !isPure(i) || resultsOf(i).some((r) => needed.has(r)));
    if (kept.length < block.instructions.length) changed = true;
    if (!block.parameters.every((p) => needed.has(p))) changed = true;
    block.instructions = kept;
  }
  if (changed) keepParameters(fn, (id) => needed.has(id));
  return changed;
}

/** Values that something with an effect reads, directly or through others. */
function neededValues(fn: IrFunction): ReadonlySet<number> {
  const needed = new Set<number>();
  const pending: number[] = [];
  const need = (operand: Operand): void => {
    if (operand.kind !== 'value' || needed.has(operand.id)) return;
    needed.add(operand.id);
    pending.push(operand.id);
  };
  const definitions = new Map<number, Instruction>();
  const incoming = incomingOperands(fn);
  for (const block of fn.blocks) {
    for (const instruction of block.instructions) {
      for (const result of resultsOf(instruction)) definitions.set(result, instruction);
      if (!isPure(instruction)) operandsOf(instruction).forEach(need);
    }
    const { terminator } = block;
    if (terminator.op !== 'jump') terminatorOperands(terminator).forEach(need);
  }
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const definition = definitions.get(id);
    if (definition !== undefined) operandsOf(definition).forEach(need);
    incoming.get(id)?.forEach(need);
  }
  return needed;
}
