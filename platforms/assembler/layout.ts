import { evaluate } from './expression.js';
import type { Environment, Expression } from './expression.js';
import { Mistake, problemAt } from './problems.js';
import type { Problem } from './problems.js';
import type { Item, Place, Position, Section } from './section.js';
import type { SymbolTable } from './symbols.js';

/** Layout passes after which sizes that still change are taken to swing for ever. */
const MAXIMUM_PASSES = 1000;

/**
 * Gives every item its address within its section, by iteration to a fixed point.
 *
 * The order of steps is that of GNU as (`relax_segment`), because branch sizes have several fixed points and the bytes
 * must be the same: a first pass in which everything further on is still near address 0, then passes that move each item as
 * they reach it, so that distances forward are those of the pass before.
 */
export function layOut(sections: readonly Section[], symbols: SymbolTable, file: string): Problem[] {
  const problems: Problem[] = [];
  const environment = layoutEnvironment(symbols);
  for (const section of sections) guessAddresses(section);
  for (const section of sections) layOutSection(section, environment, true, problems);
  if (problems.length > 0) return problems;
  for (let pass = 0; pass < MAXIMUM_PASSES; pass++) {
    let changed = false;
    for (const section of sections) changed = layOutSection(section, environment, false, problems) || changed;
    if (problems.length > 0 || !changed) return problems;
  }
  return [{ file, line: 0, text: '', message: 'sizes of instructions and gaps depend on each other without end' }];
}

/** Before the first pass, an address counts from the last part whose size is not fixed. */
function guessAddresses(section: Section): void {
  let address = 0;
  for (const item of section.items) {
    item.address = address;
    const fixed = item.content.kind === 'bytes' || item.content.fragment.fixed !== undefined;
    address = fixed ? address + item.size : 0;
  }
}

/** One pass over a section; true if a size changed. */
function layOutSection(section: Section, environment: Environment, first: boolean, problems: Problem[]): boolean {
  let address = 0;
  let changed = false;
  for (const item of section.items) {
    const moved = address - item.address;
    item.address = address;
    const { content } = item;
    if (content.kind === 'fragment' && content.fragment.fixed === undefined) {
      try {
        const size = content.fragment.size(placeOf(section, item, environment, false, moved), first);
        changed ||= size !== item.size;
        item.size = size;
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        problems.push(problemAt(content.location, error.message));
      }
    }
    address += item.size;
  }
  return changed;
}

/** Encodes the sections, whose bases are set. */
export function encode(
  sections: readonly Section[],
  symbols: SymbolTable,
): { bytes: Uint8Array[]; problems: Problem[] } {
  const environment = finalEnvironment(symbols);
  const problems: Problem[] = [];
  const bytes = sections.map((section) => {
    const out = new Uint8Array(section.kind.empty ? 0 : section.size);
    for (const item of section.items) {
      const { content } = item;
      if (content.kind === 'bytes') {
        if (section.kind.empty) continue;
        out.set(content.bytes, item.address);
        continue;
      }
      try {
        const encoded = content.fragment.encode(placeOf(section, item, environment, true));
        if (!section.kind.empty) out.set(encoded, item.address);
        else if (encoded.some((byte) => byte !== 0)) throw new Mistake(`section ${section.name} can hold only zeros`);
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        problems.push(problemAt(content.location, error.message));
      }
    }
    return out;
  });
  return { bytes, problems };
}

/** While the source is read: distances only across parts of fixed size. */
export function readingEnvironment(symbols: SymbolTable): Environment {
  return {
    symbol: (name) => symbols.late(name),
    distance: (a, b) => {
      const bytes = a.section === b.section ? a.section.fixedDistance(a, b) : undefined;
      return bytes === undefined ? undefined : BigInt(bytes);
    },
    address: () => undefined,
  };
}

function layoutEnvironment(symbols: SymbolTable): Environment {
  return {
    symbol: (name) => symbols.late(name),
    distance: (a, b) => (a.section === b.section ? BigInt(inSection(a) - inSection(b)) : undefined),
    address: () => undefined,
  };
}

/** Everything has its address. */
export function finalEnvironment(symbols: SymbolTable): Environment {
  return {
    symbol: (name) => symbols.late(name),
    distance: (a, b) => BigInt(absolute(a) - absolute(b)),
    address: (position) => BigInt(absolute(position)),
  };
}

const inSection = (position: Position): number => position.item.address + position.offset;

/** Address of a position after the layout. */
export const absolute = (position: Position): number => position.section.base + inSection(position);

function placeOf(section: Section, item: Item, environment: Environment, final: boolean, moved = 0): Place {
  return {
    address: item.address + (final ? section.base : 0),
    moved,
    distance(expression) {
      const value = evaluate(expression, environment);
      if (value?.base === undefined || value.base.weak || value.base.position.section !== section) return undefined;
      return inSection(value.base.position) + Number(value.offset) - item.address;
    },
    distanceMoving(expression) {
      const value = evaluate(expression, environment);
      const distance = this.distance(expression);
      if (value?.base === undefined || distance === undefined || moved === 0) return distance;
      return distance + movedAhead(section, item, value.base.position.item, moved);
    },
    label: (expression) => evaluate(expression, environment)?.base,
    constant(expression) {
      const value = evaluate(expression, environment);
      return value?.base === undefined ? value?.offset : undefined;
    },
    value: (expression) => finalValue(expression, environment),
  };
}

/** How far an item further on will have moved when the pass reaches it; 0 for one that it has reached. */
function movedAhead(section: Section, from: Item, to: Item, moved: number): number {
  const first = section.items.indexOf(from);
  const last = section.items.indexOf(to);
  if (last <= first) return 0;
  let left = moved;
  for (let i = first; i < last && left !== 0; i++) {
    const { content } = section.items[i];
    const alignment = content.kind === 'fragment' ? (content.fragment.alignment ?? 1) : 1;
    left -= left % alignment;
  }
  return left;
}

/**
 * The final value of an expression.
 * @throws Mistake if a symbol in it is not defined.
 */
export function finalValue(expression: Expression, environment: Environment): bigint {
  const value = evaluate(expression, environment);
  if (value === undefined) throw new Mistake(undefinedIn(expression, environment));
  if (value.base === undefined) return value.offset;
  return BigInt(absolute(value.base.position)) + value.offset + BigInt(value.base.codeBit);
}

/** Why an expression has no final value. */
function undefinedIn(expression: Expression, environment: Environment): string {
  const name = firstUndefined(expression, environment, new Set());
  if (name === undefined) return 'expression has no value';
  return name.endsWith(':') ? `there is no label "${name}" after this line` : `symbol "${name}" is not defined`;
}

function firstUndefined(expression: Expression, environment: Environment, seen: Set<string>): string | undefined {
  switch (expression.kind) {
    case 'number':
      return undefined;
    case 'label':
      return expression.label.position === undefined ? expression.label.name : undefined;
    case 'symbol': {
      const meaning = environment.symbol(expression.name);
      if (meaning === undefined) return expression.name;
      if (seen.has(expression.name)) return undefined;
      return firstUndefined(meaning, environment, seen.add(expression.name));
    }
    case 'unary':
      return firstUndefined(expression.operand, environment, seen);
    case 'binary':
      return firstUndefined(expression.left, environment, seen) ?? firstUndefined(expression.right, environment, seen);
  }
}
