import type { Comparison } from '../program.js';
import { compute, holds, INVERSE } from '../ir/arithmetic.js';
import {
  constant,
  type Instruction,
  type IrFunction,
  mapFunction,
  mapOperands,
  mapTerminator,
  type Operand,
  resultsOf,
  type Terminator,
} from '../ir/function.js';
import { analyse } from '../ir/graph.js';

type Binary = Extract<Instruction, { op: 'binary' }>;
type Advance = Extract<Instruction, { op: 'advance' }>;
type Branch = Extract<Terminator, { op: 'branch' }>;

const ALL_ONES = 0xffffffff;
const COMMUTATIVE: ReadonlySet<string> = new Set(['add', 'mul', 'and', 'or', 'xor']);
/** Constants of a chain `(x op a) op b` that combine into one. */
const ASSOCIATIVE: ReadonlySet<string> = new Set(['add', 'and', 'or', 'xor']);

/**
 * Constant folding, identities, and one form for what can be written in several ways: constants on the right, `sub` of
 * a constant
 * as `add`, `mul` and unsigned division by powers of two as shifts, comparisons inside the branch that tests them.
 * @returns true if something changed.
 */
export function simplify(fn: IrFunction): boolean {
  return new Simplifier(fn).run();
}

class Simplifier {
  private readonly replaced = new Map<number, Operand>();
  private readonly definitions = new Map<number, Instruction>();
  private changed = false;

  constructor(private readonly fn: IrFunction) {}

  run(): boolean {
    const { blocks, order } = analyse(this.fn);
    for (const id of order) {
      const block = blocks.get(id)!;
      const kept: Instruction[] = [];
      for (const original of block.instructions) {
        const read = mapOperands(original, (o) => this.current(o));
        const simpler = this.instruction(read);
        if (simpler === undefined) {
          this.changed = true;
          continue;
        }
        if (simpler !== read) this.changed = true;
        for (const result of resultsOf(simpler)) this.definitions.set(result, simpler);
        kept.push(simpler);
      }
      block.instructions = kept;
      const read = mapTerminator(block.terminator, (o) => this.current(o));
      block.terminator = read.op === 'branch' ? this.branch(read) : read;
      if (block.terminator !== read) this.changed = true;
    }
    // a block may be read before the one that replaces its operands: arguments of back edges
    mapFunction(this.fn, (o) => this.current(o));
    return this.changed;
  }

  private current(operand: Operand): Operand {
    let at = operand;
    while (at.kind === 'value') {
      const next = this.replaced.get(at.id);
      if (next === undefined) return at;
      at = next;
    }
    return at;
  }

  private definition(operand: Operand): Instruction | undefined {
    return operand.kind === 'value' ? this.definitions.get(operand.id) : undefined;
  }

  /** A simpler instruction, or undefined if its result is an operand that is there already. */
  private instruction(i: Instruction): Instruction | undefined {
    switch (i.op) {
      case 'copy':
        return this.becomes(i.result, i.source);
      case 'binary':
        return this.binary(i);
      case 'compare':
        if (i.left.kind === 'constant' && i.right.kind === 'constant') {
          return this.becomes(i.result, constant(holds(i.comparison, i.left.value, i.right.value) ? 1 : 0));
        }
        return i;
      case 'advance':
        return this.advance(i);
      default:
        return i;
    }
  }

  private becomes(result: number, operand: Operand): undefined {
    this.replaced.set(result, operand);
    return undefined;
  }

  private binary(i: Binary): Instruction | undefined {
    const { operator, result } = i;
    let { left, right } = i;
    if (left.kind === 'constant' && right.kind === 'constant') {
      const folded = compute(operator, left.value, right.value);
      return folded === undefined ? i : this.becomes(result, constant(folded));
    }
    if (left.kind === 'constant' && COMMUTATIVE.has(operator)) [left, right] = [right, left];
    if (left.kind === 'value' && right.kind === 'value' && left.id === right.id) {
      if (operator === 'sub' || operator === 'xor') return this.becomes(result, constant(0));
      if (operator === 'and' || operator === 'or') return this.becomes(result, left);
    }
    if (right.kind !== 'constant') return left === i.left ? i : { ...i, left, right };
    const n = right.value;
    const identity = identityOf(i, left, n);
    if (identity !== undefined) return this.becomes(result, identity);
    const shifted = powerOfTwo(n);
    if (operator === 'sub') return { ...i, operator: 'add', left, right: constant(-n) };
    if (operator === 'mul' && shifted !== undefined) return { ...i, operator: 'shl', left, right: constant(shifted) };
    if (operator === 'divu' && shifted !== undefined) return { ...i, operator: 'shr', left, right: constant(shifted) };
    if (operator === 'remu' && shifted !== undefined) return { ...i, operator: 'and', left, right: constant(n - 1) };
    const inner = this.definition(left);
    if (inner?.op === 'binary' && inner.right.kind === 'constant' && ASSOCIATIVE.has(operator)) {
      if (inner.operator === operator) {
        return { ...i, left: inner.left, right: constant(compute(operator, inner.right.value, n)!) };
      }
    }
    return left === i.left ? i : { ...i, left, right };
  }

  /** Constant distances one after the other become one. */
  private advance(i: Advance): Instruction | undefined {
    const { reference, by, result } = i;
    if (by.kind !== 'constant') return i;
    if (by.value === 0) return this.becomes(result, reference);
    const inner = this.definition(reference);
    if (inner?.op !== 'advance' || inner.by.kind !== 'constant') return i;
    return { ...i, reference: inner.reference, by: constant(inner.by.value + by.value) };
  }

  private branch(b: Branch): Terminator {
    const { comparison, left, right } = b;
    if (left.kind === 'constant' && right.kind === 'constant') {
      const target = holds(comparison, left.value, right.value) ? b.then : b.otherwise;
      return { op: 'jump', target, arguments: [] };
    }
    if (left.kind === 'value' && right.kind === 'value' && left.id === right.id) {
      return { op: 'jump', target: holds(comparison, 0, 0) ? b.then : b.otherwise, arguments: [] };
    }
    const tested = this.definition(left);
    const zero = right.kind === 'constant' && right.value === 0;
    if (tested?.op === 'compare' && zero && (comparison === 'eq' || comparison === 'ne')) {
      const inner: Comparison = comparison === 'ne' ? tested.comparison : INVERSE[tested.comparison];
      return { ...b, comparison: inner, left: tested.left, right: tested.right };
    }
    return againstZero(b) ?? b;
  }
}

/** The operand that the result equals, if there is one. */
function identityOf({ operator }: Binary, left: Operand, n: number): Operand | undefined {
  switch (operator) {
    case 'add':
    case 'sub':
    case 'xor':
    case 'shl':
    case 'shr':
    case 'sar':
      return n === 0 ? left : undefined;
    case 'or':
      return n === 0 ? left : n === ALL_ONES ? constant(n) : undefined;
    case 'and':
      return n === 0 ? constant(0) : n === ALL_ONES ? left : undefined;
    case 'mul':
      return n === 0 ? constant(0) : n === 1 ? left : undefined;
    case 'divu':
    case 'divs':
      return n === 1 ? left : undefined;
    case 'remu':
    case 'rems':
      return n === 1 ? constant(0) : undefined;
  }
}

/** Unsigned comparisons with 0 and 1 as comparisons for equality with 0. */
function againstZero(b: Branch): Branch | undefined {
  const { comparison, left, right } = b;
  const same = (operand: Operand, n: number): boolean => operand.kind === 'constant' && operand.value === n;
  if (comparison === 'ltu' && same(right, 1)) return { ...b, comparison: 'eq', right: constant(0) };
  if (comparison === 'geu' && same(right, 1)) return { ...b, comparison: 'ne', right: constant(0) };
  if (comparison === 'ltu' && same(left, 0)) return { ...b, comparison: 'ne', left: right, right: left };
  if (comparison === 'geu' && same(left, 0)) return { ...b, comparison: 'eq', left: right, right: left };
  return undefined;
}

/** k for 2^k with k from 1 to 31. */
function powerOfTwo(n: number): number | undefined {
  const k = Math.log2(n);
  return n > 1 && Number.isInteger(k) ? k : undefined;
}
