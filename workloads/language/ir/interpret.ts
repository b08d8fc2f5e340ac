import type { PortableOperation } from '../operations.js';
import type { Width } from '../program.js';
import { compute, holds } from './arithmetic.js';
import type { Block, Instruction, IrFunction, Operand } from './function.js';

/** A reference while a program is interpreted: a place in a buffer and the bytes it has authority over. */
export interface Place {
  readonly buffer: InterpretedBuffer;
  /** Byte of the buffer; may lie outside of the authority as long as nothing is accessed. */
  readonly at: number;
  readonly first: number;
  /** Behind the last byte. */
  readonly end: number;
}

/** A buffer's bytes, and the references stored in it by offset. */
export interface InterpretedBuffer {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly references: Map<number, Place>;
}

export type InterpretedValue = number | Place;

/** What the interpreter needs around the functions. */
export interface InterpretedSystem {
  readonly functions: ReadonlyMap<string, IrFunction>;
  readonly buffers: ReadonlyMap<string, InterpretedBuffer>;
  /** Carries out an operation. @returns its results. */
  operation(operation: PortableOperation, given: readonly InterpretedValue[]): readonly InterpretedValue[];
  /** Called at each mark that is passed. */
  mark?(name: string): void;
  /** Instructions that may be executed in all. */
  readonly budget: number;
}

/** How a function ended. */
export type InterpretedOutcome =
  | { readonly kind: 'returned'; readonly values: readonly InterpretedValue[] }
  /** A thread ended itself. */
  | { readonly kind: 'stopped' }
  /** The program did what the language gives no meaning to. */
  | { readonly kind: 'error'; readonly problem: string }
  | { readonly kind: 'budget' };

/** A buffer of zeros. */
export function newBuffer(name: string, bytes: number): InterpretedBuffer {
  return { name, bytes: new Uint8Array(bytes), references: new Map() };
}

/** A reference to a whole buffer. */
export function placeOf(buffer: InterpretedBuffer): Place {
  return { buffer, at: 0, first: 0, end: buffer.bytes.length };
}

/** Runs a function: the reference that compiled code is compared with. */
export function interpret(
  system: InterpretedSystem,
  name: string,
  given: readonly InterpretedValue[],
): InterpretedOutcome {
  const interpreter = new Interpreter(system);
  try {
    return { kind: 'returned', values: interpreter.call(name, given) };
  } catch (error) {
    if (error instanceof Ended) return error.outcome;
    throw error;
  }
}

/** Deepest nesting of calls. */
const DEPTH = 200;

class Ended extends Error {
  constructor(readonly outcome: InterpretedOutcome) {
    super(outcome.kind);
  }
}

const fail = (problem: string): never => {
  throw new Ended({ kind: 'error', problem });
};

class Interpreter {
  private executed = 0;
  private depth = 0;

  constructor(private readonly system: InterpretedSystem) {}

  call(name: string, given: readonly InterpretedValue[]): readonly InterpretedValue[] {
    const fn = this.system.functions.get(name) ?? fail(`there is no function ${name}`);
    if (++this.depth > DEPTH) fail('calls are nested too deep');
    const values: InterpretedValue[] = [];
    fn.parameters.forEach((id, i) => (values[id] = given[i]));
    const result = this.run(fn, values);
    this.depth--;
    return result;
  }

  private run(fn: IrFunction, values: InterpretedValue[]): readonly InterpretedValue[] {
    const blocks = new Map(fn.blocks.map((b) => [b.id, b]));
    let block: Block = fn.blocks[0];
    for (;;) {
      for (const instruction of block.instructions) {
        this.count();
        this.execute(instruction, values);
      }
      this.count();
      const { terminator } = block;
      switch (terminator.op) {
        case 'jump': {
          block = blocks.get(terminator.target)!;
          const given = terminator.arguments.map((a) => this.read(a, values));
          block.parameters.forEach((id, i) => (values[id] = given[i]));
          break;
        }
        case 'branch': {
          const left = this.read(terminator.left, values);
          const right = this.read(terminator.right, values);
          const holding = holds(terminator.comparison, ...comparable(left, right));
          block = blocks.get(holding ? terminator.then : terminator.otherwise)!;
          break;
        }
        case 'return':
          return terminator.values.map((v) => this.read(v, values));
        case 'stop':
          throw new Ended({ kind: 'stopped' });
      }
    }
  }

  private count(): void {
    if (++this.executed > this.system.budget) throw new Ended({ kind: 'budget' });
  }

  private read(operand: Operand, values: readonly InterpretedValue[]): InterpretedValue {
    switch (operand.kind) {
      case 'value':
        return values[operand.id] ?? fail(`%${operand.id} is read before it is written`);
      case 'constant':
        return operand.value;
      case 'buffer':
        return placeOf(this.system.buffers.get(operand.name) ?? fail(`there is no buffer ${operand.name}`));
    }
  }

  private execute(i: Instruction, values: InterpretedValue[]): void {
    switch (i.op) {
      case 'binary': {
        const left = word(this.read(i.left, values));
        const right = word(this.read(i.right, values));
        values[i.result] = compute(i.operator, left, right) ?? fail(`${i.operator} ${left}, ${right} has no result`);
        break;
      }
      case 'compare': {
        const operands = comparable(this.read(i.left, values), this.read(i.right, values));
        values[i.result] = holds(i.comparison, ...operands) ? 1 : 0;
        break;
      }
      case 'advance': {
        const from = place(this.read(i.reference, values));
        const by = word(this.read(i.by, values)) | 0;
        values[i.result] = { ...from, at: from.at + by };
        break;
      }
      case 'narrow': {
        const from = place(this.read(i.reference, values));
        const bytes = word(this.read(i.bytes, values));
        if (from.at < from.first || from.at + bytes > from.end)
          fail(`${from.buffer.name} is narrowed beyond its bytes`);
        values[i.result] = { ...from, first: from.at, end: from.at + bytes };
        break;
      }
      case 'copy':
        values[i.result] = this.read(i.source, values);
        break;
      case 'load':
        values[i.result] = load(place(this.read(i.reference, values)), i.offset, i.width, i.signed);
        break;
      case 'store':
        store(place(this.read(i.reference, values)), i.offset, i.width, this.read(i.value, values));
        break;
      case 'call': {
        const given = i.arguments.map((a) => this.read(a, values));
        const results = this.call(i.function, given);
        i.results.forEach((id, n) => (values[id] = results[n]));
        break;
      }
      case 'operation': {
        const given = i.arguments.map((a) => this.read(a, values));
        const results = this.system.operation(i.operation, given);
        i.results.forEach((id, n) => (values[id] = results[n]));
        break;
      }
      case 'mark':
        this.system.mark?.(i.name);
        break;
    }
  }
}

function word(value: InterpretedValue): number {
  return typeof value === 'number' ? value >>> 0 : fail('a reference is used as a word');
}

function place(value: InterpretedValue): Place {
  return typeof value === 'number' ? fail('a word is used as a reference') : value;
}

/** The numbers to compare: words, or addresses within one buffer. */
function comparable(left: InterpretedValue, right: InterpretedValue): [number, number] {
  if (typeof left === 'number' || typeof right === 'number') return [word(left), word(right)];
  return left.buffer === right.buffer ? [left.at, right.at] : [0, 1];
}

/** Checks an access. @returns the first byte. */
function access({ buffer, at, first, end }: Place, offset: number, width: Width): number {
  const bytes = width === 'reference' ? 8 : width;
  const start = at + offset;
  if (start < first || start + bytes > end)
    fail(`access to byte ${start} of ${buffer.name}, allowed are ${first} to ${end - 1}`);
  if (start % bytes !== 0) fail(`access to byte ${start} of ${buffer.name} is not aligned to ${bytes}`);
  return start;
}

function load(from: Place, offset: number, width: Width, signed: boolean): InterpretedValue {
  const start = access(from, offset, width);
  const { bytes, references } = from.buffer;
  if (width === 'reference')
    return references.get(start) ?? fail(`no reference at byte ${start} of ${from.buffer.name}`);
  let result = 0;
  for (let i = width - 1; i >= 0; i--) result = (result << 8) | bytes[start + i];
  const unused = 32 - 8 * width;
  return (signed ? (result << unused) >> unused : result) >>> 0;
}

function store(to: Place, offset: number, width: Width, stored: InterpretedValue): void {
  const start = access(to, offset, width);
  const { bytes, references } = to.buffer;
  references.delete(start - (start % 8));
  if (width === 'reference') {
    references.set(start, place(stored));
    return;
  }
  for (let i = 0; i < width; i++) bytes[start + i] = word(stored) >>> (8 * i);
}
