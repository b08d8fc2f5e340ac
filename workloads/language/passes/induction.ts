import {
  type Block,
  constant,
  type Instruction,
  type IrFunction,
  newValue,
  type Operand,
  operandsOf,
  resultsOf,
  terminatorOperands,
  value,
} from '../ir/function.js';
import { analyse, type Graph, type Loop } from '../ir/graph.js';
import { definedIn, hasBoundary } from './hoist.js';
import type { Boundaries } from './marks.js';
import {
  computePolynomial,
  number,
  numberIn,
  numberOf,
  type Polynomial,
  polynomialOf,
  product,
  splitBy,
  sum,
  textOf,
  valuesOf,
  variable,
  withoutNumber,
} from './polynomial.js';
import { type Round, roundOf } from './rounds.js';

/** A loop variable that each round changes by the same amount. */
interface Counter {
  /** Parameter of the header. */
  readonly id: number;
  readonly index: number;
  readonly first: Operand;
  readonly step: Polynomial;
}

/** A reference as `base + distance`. */
interface Address {
  readonly base: Operand;
  readonly distance: Polynomial;
}

/** A reference that moves along with a counter. */
interface Pointer {
  readonly id: number;
  /** Part of the distance that the pointer already contains. */
  readonly offset: number;
}

/**
 * Strength reduction: a reference that a loop computes from its counter (`base + 4 * i`, `base + 4 * (n * k + j)`)
 * becomes a
 * pointer that moves by a fixed distance in each round. References that differ by a number share one.
 * @param bounded True if references must stay in their buffer: only those are reduced that each round accesses memory
 * by, so that
 * the pointer is in bounds until it is not used any more.
 * @returns true if something changed.
 */
export function reduceAddresses(fn: IrFunction, boundaries: Boundaries, bounded: boolean): boolean {
  const graph = analyse(fn);
  let changed = false;
  for (const loop of graph.loops) {
    const round = roundOf(graph, loop);
    if (round === undefined || hasBoundary(graph, loop, boundaries)) continue;
    if (new LoopReduction(fn, graph, round, bounded).run()) changed = true;
  }
  return changed;
}

class LoopReduction {
  private readonly defined: ReadonlySet<number>;
  private readonly definitions = new Map<number, Instruction>();
  private readonly counters: readonly Counter[];
  private readonly pointers = new Map<string, Pointer>();
  private readonly before: Block;
  private readonly loop: Loop;

  constructor(
    private readonly fn: IrFunction,
    private readonly graph: Graph,
    private readonly round: Round,
    private readonly bounded: boolean,
  ) {
    this.loop = round.loop;
    this.defined = definedIn(graph, round.loop);
    this.before = round.preheader;
    for (const id of round.loop.blocks) {
      for (const i of graph.blocks.get(id)!.instructions) resultsOf(i).forEach((r) => this.definitions.set(r, i));
    }
    this.counters = this.findCounters();
  }

  run(): boolean {
    const roots = this.counters.length > 0 ? this.roots() : [];
    let changed = false;
    for (const root of roots) if (this.reduce(root)) changed = true;
    return changed;
  }

  private findCounters(): readonly Counter[] {
    const { header, latch } = this.round;
    const back = latch.terminator;
    const enter = this.before.terminator;
    if (back.op !== 'jump' || enter.op !== 'jump') return [];
    return header.parameters.flatMap((id, index) => {
      const next = back.arguments[index];
      const definition = next.kind === 'value' ? this.definitions.get(next.id) : undefined;
      if (next.kind !== 'value' || definition?.op !== 'binary') return [];
      const split = splitBy(this.polynomial(next), id);
      if (split === undefined || numberOf(split.with) !== 1 || !this.isInvariant(split.rest)) return [];
      return [{ id, index, first: enter.arguments[index], step: split.rest }];
    });
  }

  private polynomial(operand: Operand): Polynomial {
    return polynomialOf(operand, (id) => this.definitions.get(id));
  }

  private isInvariant(p: Polynomial): boolean {
    return valuesOf(p).every((id) => !this.defined.has(id));
  }

  private address(operand: Operand): Address {
    const definition = operand.kind === 'value' ? this.definitions.get(operand.id) : undefined;
    if (definition?.op !== 'advance') return { base: operand, distance: [] };
    const inner = this.address(definition.reference);
    return { base: inner.base, distance: sum(inner.distance, this.polynomial(definition.by)) };
  }

  /** Instructions `advance` of the loop that something else than another `advance` of the loop uses. */
  private roots(): Extract<Instruction, { op: 'advance' }>[] {
    const used = new Set<number>();
    const use = (o: Operand): void => {
      if (o.kind === 'value') used.add(o.id);
    };
    for (const block of this.fn.blocks) {
      for (const i of block.instructions) {
        if (i.op !== 'advance' || !this.loop.blocks.has(block.id)) operandsOf(i).forEach(use);
      }
      terminatorOperands(block.terminator).forEach(use);
    }
    return this.graph.order.flatMap((id) =>
      this.loop.blocks.has(id)
        ? this.graph.blocks.get(id)!.instructions.filter((i) => i.op === 'advance' && used.has(i.result))
        : [],
    ) as Extract<Instruction, { op: 'advance' }>[];
  }

  private reduce(root: Extract<Instruction, { op: 'advance' }>): boolean {
    if (this.bounded && !this.isAccessedEachRound(root.result)) return false;
    const { base, distance } = this.address(value(root.result));
    if (base.kind === 'value' && this.defined.has(base.id)) return false;
    const moving = this.counters.filter(({ id }) => valuesOf(distance).includes(id));
    if (moving.length !== 1) return false;
    const [counter] = moving;
    const split = splitBy(distance, counter.id);
    if (split === undefined || !this.isInvariant(split.with) || !this.isInvariant(split.rest)) return false;
    const pointer = this.pointerFor(base, distance, counter, split);
    const by = constant(numberIn(distance) - pointer.offset);
    for (const id of this.loop.blocks) {
      const block = this.graph.blocks.get(id)!;
      block.instructions = block.instructions.map((i) =>
        i === root ? { ...root, reference: value(pointer.id), by } : i,
      );
    }
    return true;
  }

  /** True if every round loads or stores exactly where a reference points. */
  private isAccessedEachRound(id: number): boolean {
    return [...this.loop.blocks].some(
      (block) =>
        this.graph.dominates(block, this.round.latch.id) &&
        this.graph.blocks
          .get(block)!
          .instructions.some(
            (i) => (i.op === 'load' || i.op === 'store') && i.reference.kind === 'value' && i.reference.id === id,
          ),
    );
  }

  private pointerFor(
    base: Operand,
    distance: Polynomial,
    counter: Counter,
    split: { readonly with: Polynomial; readonly rest: Polynomial },
  ): Pointer {
    const key = `${JSON.stringify(base)} ${textOf(withoutNumber(distance))}`;
    const known = this.pointers.get(key);
    if (known !== undefined) return known;
    const id = newValue(this.fn, 'reference');
    const next = newValue(this.fn, 'reference');
    const start = newValue(this.fn, 'reference');
    const pointer = { id, offset: numberIn(distance) };
    const first = counter.first.kind === 'constant' ? number(counter.first.value) : variable(idOf(counter.first));
    const way = sum(product(split.with, first), split.rest);
    const by = computePolynomial(this.fn, way, this.before.instructions);
    this.before.instructions.push({ op: 'advance', result: start, reference: base, by });
    const step = computePolynomial(this.fn, product(split.with, counter.step), this.before.instructions);
    this.addParameter(id, value(start), value(next));
    this.round.end.instructions.push({ op: 'advance', result: next, reference: value(id), by: step });
    this.pointers.set(key, pointer);
    return pointer;
  }

  private addParameter(id: number, first: Operand, next: Operand): void {
    const { header, latch } = this.round;
    header.parameters = [...header.parameters, id];
    for (const [block, operand] of [
      [this.before, first],
      [latch, next],
    ] as const) {
      const { terminator } = block;
      if (terminator.op !== 'jump') throw new RangeError(`b${block.id} does not end with a jump`);
      block.terminator = { ...terminator, arguments: [...terminator.arguments, operand] };
    }
  }
}

function idOf(operand: Operand): number {
  if (operand.kind !== 'value') throw new RangeError('a counter begins with a word');
  return operand.id;
}
