import { type IrFunction, mapFunction, type Operand, sameOperand } from '../ir/function.js';

/**
 * Copy propagation: a block parameter that gets the same operand on every way is replaced by it.
 * @returns true if something changed.
 */
export function replaceTrivialParameters(fn: IrFunction): boolean {
  let changed = false;
  for (const block of fn.blocks) {
    for (let i = 0; i < block.parameters.length; ) {
      const parameter = block.parameters[i];
      const only = onlyArgument(fn, block.id, i, parameter);
      if (only === undefined) {
        i++;
        continue;
      }
      removeParameter(fn, block.id, i);
      mapFunction(fn, (o) => (o.kind === 'value' && o.id === parameter ? only : o));
      changed = true;
    }
  }
  return changed;
}

/** The one operand that comes in for a parameter, itself not counted. */
function onlyArgument(fn: IrFunction, block: number, index: number, parameter: number): Operand | undefined {
  let only: Operand | undefined;
  for (const { terminator } of fn.blocks) {
    if (terminator.op !== 'jump' || terminator.target !== block) continue;
    const given = terminator.arguments[index];
    if (given.kind === 'value' && given.id === parameter) continue;
    if (only !== undefined && !sameOperand(only, given)) return undefined;
    only = given;
  }
  return only;
}

/** Takes a parameter out of a block and its argument out of every jump to it. */
export function removeParameter(fn: IrFunction, block: number, index: number): void {
  const without = <T>(list: readonly T[]): T[] => list.filter((_, i) => i !== index);
  for (const other of fn.blocks) {
    if (other.id === block) other.parameters = without(other.parameters);
    const { terminator } = other;
    if (terminator.op === 'jump' && terminator.target === block) {
      other.terminator = { ...terminator, arguments: without(terminator.arguments) };
    }
  }
}
