import { type IrFunction, mapFunction, type Operand, sameOperand } from '../ir/function.js';

/**
 * Copy propagation: a block parameter that gets the same operand on every way is replaced by it.
 * @returns true if something changed.
 */
export function replaceTrivialParameters(fn: IrFunction): boolean {
  const incoming = incomingOperands(fn);
  const replaced = new Map<number, Operand>();
  const current = (operand: Operand): Operand => {
    let at = operand;
    for (let next = replacementOf(at); next !== undefined; next = replacementOf(at)) at = next;
    return at;
  };
  const replacementOf = (o: Operand): Operand | undefined => (o.kind === 'value' ? replaced.get(o.id) : undefined);
  for (let size = -1; size !== replaced.size;) {
    size = replaced.size;
    for (const [parameter, operands] of incoming) {
      if (replaced.has(parameter)) continue;
      const others = operands.map(current).filter((o) => o.kind !== 'value' || o.id !== parameter);
      if (others.length > 0 && others.every((o) => sameOperand(o, others[0]))) replaced.set(parameter, others[0]);
    }
  }
  if (replaced.size === 0) return false;
  keepParameters(fn, (id) => !replaced.has(id));
  mapFunction(fn, current);
  return true;
}

/** Operands that come in for each block parameter, one for each jump. */
export function incomingOperands(fn: IrFunction): ReadonlyMap<number, readonly Operand[]> {
  const parameters = new Map(fn.blocks.map((b) => [b.id, b.parameters]));
  const incoming = new Map<number, Operand[]>(fn.blocks.flatMap((b) => b.parameters.map((p) => [p, []])));
  for (const { terminator } of fn.blocks) {
    if (terminator.op !== 'jump') continue;
    parameters.get(terminator.target)!.forEach((p, i) => incoming.get(p)!.push(terminator.arguments[i]));
  }
  return incoming;
}

/** Takes all other parameters out of their blocks, and their arguments out of the jumps. */
export function keepParameters(fn: IrFunction, keep: (id: number) => boolean): void {
  const kept = new Map(fn.blocks.map((b) => [b.id, b.parameters.map(keep)]));
  for (const block of fn.blocks) {
    block.parameters = block.parameters.filter(keep);
    const { terminator } = block;
    if (terminator.op !== 'jump') continue;
    const mask = kept.get(terminator.target)!;
    block.terminator = { ...terminator, arguments: terminator.arguments.filter((_, i) => mask[i]) };
  }
}
