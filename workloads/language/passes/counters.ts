import {
  type Block,
  constant,
  type Instruction,
  type IrFunction,
  newValue,
  type Operand,
  operandsOf,
  resultsOf,
  sameOperand,
  terminatorOperands,
  value,
} from '../ir/function.js';
import { analyse, type Graph } from '../ir/graph.js';
import { definedIn, hasBoundary } from './hoist.js';
import { knownOutcome } from './known-tests.js';
import type { Boundaries } from './marks.js';
import { type Round, roundOf, sinkNextValues } from './rounds.js';

/** Rounds below which computing the end of the way costs more than it saves. */
const FEWEST_ROUNDS = 3;
/** A way through memory is shorter than this: no buffer has more bytes. */
const LONGEST_WAY = 2 ** 31;

/**
 * Where a counter only counts rounds and a pointer moves along, the pointer's end is tested instead and the counter
 * disappears; where there is no pointer, it counts down to 0 if that is cheaper.
 * Afterwards what is left for the next round is computed at the end of the round.
 * @param down True if counting down to 0 is cheaper than up to a limit.
 * @returns true if something changed.
 */
export function replaceCounters(fn: IrFunction, boundaries: Boundaries, down: boolean): boolean {
  const graph = analyse(fn);
  let changed = false;
  for (const loop of graph.loops) {
    const round = roundOf(graph, loop);
    if (round === undefined || hasBoundary(graph, loop, boundaries)) continue;
    if (replaceCounter(fn, graph, round, down)) changed = true;
    if (sinkNextValues(fn, round, graph)) changed = true;
    if (down) testLast(round.end);
  }
  return changed;
}

/** A header parameter, what it begins with and what it goes on with. */
interface Parameter {
  readonly id: number;
  readonly first: Operand;
  readonly next: Operand;
}

/** Puts the computation of what is compared with 0 right in front of the test, if nothing else there reads it. */
function testLast(end: Block): void {
  const { instructions, terminator: test } = end;
  if (test.op !== 'branch' || !sameOperand(test.right, constant(0))) return;
  const at = instructions.findIndex((i) => i.op === 'binary' && sameOperand(test.left, value(i.result)));
  if (at < 0 || instructions.slice(at).some((i) => operandsOf(i).some((o) => sameOperand(o, test.left)))) return;
  end.instructions = [...instructions.slice(0, at), ...instructions.slice(at + 1), instructions[at]];
}

function replaceCounter(fn: IrFunction, graph: Graph, round: Round, down: boolean): boolean {
  const { end, latch, header, preheader } = round;
  const { terminator: test } = end;
  if (test.op !== 'branch' || test.then !== latch.id || (test.comparison !== 'ltu' && test.comparison !== 'ne')) {
    return false;
  }
  const defined = definedIn(graph, round.loop);
  const limit = test.right;
  if (limit.kind === 'value' && defined.has(limit.id)) return false;
  const parameters = parametersOf(header, preheader, latch);
  const counter = parameters.find(({ next }) => sameOperand(next, test.left));
  if (counter === undefined || !onlyCounts(fn, counter, end, latch) || counter.first.kind !== 'constant') return false;

  const pointers = parameters.flatMap(({ id, first, next }) => {
    const step = stepOf(graph, round, id, next);
    return step !== undefined && fn.types[id] === 'reference' ? [{ id, first, next, step }] : [];
  });
  const pointer = pointers.find(({ id, step }) => wayIsKnown(graph, round, counter.first, limit, id, step));
  if (pointer === undefined) return down && countDown(graph, round, counter, limit);
  const last = newValue(fn, 'reference');
  const bytes = wayOf(fn, preheader, counter.first.value, limit, pointer.step);
  preheader.instructions.push({ op: 'advance', result: last, reference: pointer.first, by: bytes });
  end.terminator = { ...test, comparison: 'ne', left: pointer.next, right: value(last) };
  return true;
}

/** The counter begins with the number of rounds and ends with 0. */
function countDown(graph: Graph, { loop, end, header, preheader }: Round, counter: Parameter, limit: Operand): boolean {
  const { first, next, id } = counter;
  const { terminator: test } = end;
  const { terminator: enter } = preheader;
  if (test.op !== 'branch' || enter.op !== 'jump' || first.kind !== 'constant') return false;
  const rounds = limit.kind === 'constant' ? constant(limit.value - first.value) : limit;
  const known = limit.kind === 'constant' ? limit.value > first.value : first.value === 0 && isEntered(graph, preheader.id, limit);
  if (!known) return false;
  const index = header.parameters.indexOf(id);
  preheader.terminator = { ...enter, arguments: enter.arguments.map((a, i) => (i === index ? rounds : a)) };
  for (const inside of loop.blocks) {
    const block = graph.blocks.get(inside)!;
    block.instructions = block.instructions.map((i) =>
      i.op === 'binary' && sameOperand(value(i.result), next) ? { ...i, right: constant(-1) } : i,
    );
  }
  end.terminator = { ...test, comparison: 'ne', left: next, right: constant(0) };
  return true;
}

function parametersOf(header: Block, preheader: Block, latch: Block): readonly Parameter[] {
  const [enter, back] = [preheader.terminator, latch.terminator];
  if (enter.op !== 'jump' || back.op !== 'jump') return [];
  return header.parameters.map((id, i) => ({ id, first: enter.arguments[i], next: back.arguments[i] }));
}

/** True if the counter grows by 1 and is read only to do so and to test it. */
function onlyCounts(fn: IrFunction, { id, next }: Parameter, end: Block, latch: Block): boolean {
  if (next.kind !== 'value') return false;
  let counts = false;
  for (const block of fn.blocks) {
    for (const i of block.instructions) {
      const reads = operandsOf(i).some((o) => o.kind === 'value' && (o.id === id || o.id === next.id));
      if (!reads) continue;
      if (i.op !== 'binary' || i.operator !== 'add' || i.result !== next.id) return false;
      if (i.right.kind !== 'constant' || i.right.value !== 1) return false;
      counts = true;
    }
    const ends = terminatorOperands(block.terminator).filter(
      (o) => o.kind === 'value' && (o.id === id || o.id === next.id),
    );
    if (ends.length > 0 && block !== end && block !== latch) return false;
    if (block === latch && ends.length !== 1) return false;
  }
  return counts;
}

/** Bytes that a pointer moves in a round, if that is a number above 0 and known before the test. */
function stepOf(graph: Graph, { loop, end }: Round, id: number, next: Operand): number | undefined {
  if (next.kind !== 'value') return undefined;
  for (const inside of loop.blocks) {
    const definition = graph.blocks.get(inside)!.instructions.find((i) => resultsOf(i).includes(next.id));
    if (definition === undefined) continue;
    if (definition.op !== 'advance' || definition.by.kind !== 'constant' || !graph.dominates(inside, end.id)) {
      return undefined;
    }
    const from = definition.reference;
    const step = definition.by.value | 0;
    return from.kind === 'value' && from.id === id && step > 0 ? step : undefined;
  }
  return undefined;
}

/**
 * True if the pointer meets its end exactly when the counter meets the limit: the whole way is shorter than any buffer.
 * With a limit
 * that is only known at run time this follows from the program: each of its rounds accesses memory through the pointer.
 */
function wayIsKnown(
  graph: Graph,
  round: Round,
  first: Operand,
  limit: Operand,
  pointer: number,
  step: number,
): boolean {
  if (first.kind !== 'constant') return false;
  if (limit.kind === 'constant') {
    const rounds = limit.value - first.value;
    return rounds >= FEWEST_ROUNDS && rounds * step < LONGEST_WAY;
  }
  if (first.value !== 0 || !isEntered(graph, round.preheader.id, limit)) return false;
  const { loop, end, latch } = round;
  for (const id of loop.blocks) {
    const { terminator } = graph.blocks.get(id)!;
    const nexts = terminator.op === 'branch' ? [terminator.then, terminator.otherwise] : [];
    if (terminator.op === 'return' || terminator.op === 'stop') return false;
    if (id !== end.id && nexts.some((next) => !loop.blocks.has(next))) return false;
  }
  return [...loop.blocks].some(
    (id) =>
      graph.dominates(id, latch.id) && graph.blocks.get(id)!.instructions.some((i) => accessesThrough(i, pointer)),
  );
}

/** True if a test in front of the loop made sure that the limit is not 0. */
function isEntered(graph: Graph, preheader: number, limit: Operand): boolean {
  return (
    knownOutcome(graph, preheader, 'ne', limit, constant(0)) === true ||
    knownOutcome(graph, preheader, 'ltu', constant(0), limit) === true
  );
}

const accessesThrough = (i: Instruction, pointer: number): boolean =>
  (i.op === 'load' || i.op === 'store') && i.reference.kind === 'value' && i.reference.id === pointer;

/** Bytes from the pointer's first place to its last, computed in front of the loop. */
function wayOf(fn: IrFunction, preheader: Block, first: number, limit: Operand, step: number): Operand {
  if (limit.kind === 'constant') return constant((limit.value - first) * step);
  const result = newValue(fn, 'word');
  preheader.instructions.push({ op: 'binary', result, operator: 'mul', left: limit, right: constant(step) });
  return value(result);
}
