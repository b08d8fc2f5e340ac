import { constant, type Instruction, type IrFunction, newValue, type Operand, value } from '../ir/function.js';

/** Offsets that every target's loads and stores of a width can add by themselves. */
export type OffsetRange = (width: 1 | 2 | 4 | 'reference') => { readonly lowest: number; readonly highest: number };

/**
 * Takes constant distances into the offsets of loads and stores.
 * @returns true if something changed.
 */
export function foldAddresses(fn: IrFunction, range: OffsetRange): boolean {
  const definitions = new Map<number, Instruction>();
  for (const block of fn.blocks) {
    for (const i of block.instructions) if (i.op === 'advance') definitions.set(i.result, i);
  }
  let changed = false;
  const fold = <T extends Extract<Instruction, { op: 'load' | 'store' }>>(i: T): T => {
    const definition = i.reference.kind === 'value' ? definitions.get(i.reference.id) : undefined;
    if (definition?.op !== 'advance' || definition.by.kind !== 'constant') return i;
    const offset = i.offset + (definition.by.value | 0);
    const { lowest, highest } = range(i.width);
    if (offset < lowest || offset > highest) return i;
    changed = true;
    return { ...i, reference: definition.reference, offset };
  };
  for (const block of fn.blocks) {
    block.instructions = block.instructions.map((i) => (i.op === 'load' || i.op === 'store' ? fold(i) : i));
  }
  return changed;
}

/**
 * Splits distances `(x + c) << k` and `x + c` so that the constant part comes last, where `foldAddresses` finds it.
 * @returns true if something changed.
 */
export function splitDistances(fn: IrFunction, nearest: number): boolean {
  const definitions = new Map<number, Instruction>();
  for (const block of fn.blocks) {
    for (const i of block.instructions) if (i.op === 'binary') definitions.set(i.result, i);
  }
  let changed = false;
  for (const block of fn.blocks) {
    block.instructions = block.instructions.flatMap((i) => {
      const split = i.op === 'advance' ? distance(fn, definitions, i.by) : undefined;
      if (i.op !== 'advance' || split === undefined || Math.abs(split.constant) > nearest) return [i];
      changed = true;
      const between = newValue(fn, 'reference');
      return [
        ...split.instructions,
        { op: 'advance', result: between, reference: i.reference, by: split.rest },
        { op: 'advance', result: i.result, reference: value(between), by: constant(split.constant) },
      ] satisfies Instruction[];
    });
  }
  return changed;
}

/** A distance as `rest + constant`, with the instructions that compute `rest`. */
function distance(
  fn: IrFunction,
  definitions: ReadonlyMap<number, Instruction>,
  by: Operand,
): { rest: Operand; constant: number; instructions: Instruction[] } | undefined {
  const definition = by.kind === 'value' ? definitions.get(by.id) : undefined;
  if (definition?.op !== 'binary' || definition.right.kind !== 'constant') return undefined;
  const { operator, left, right } = definition;
  if (operator === 'add') return { rest: left, constant: right.value | 0, instructions: [] };
  if (operator !== 'shl') return undefined;
  const inner = distance(fn, definitions, left);
  if (inner === undefined || inner.instructions.length > 0) return undefined;
  const rest = newValue(fn, 'word');
  return {
    rest: value(rest),
    constant: (inner.constant << right.value) | 0,
    instructions: [{ op: 'binary', result: rest, operator: 'shl', left: inner.rest, right }],
  };
}
