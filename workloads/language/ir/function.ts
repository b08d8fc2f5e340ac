import type { PortableOperation } from '../operations.js';
import type { Comparison, Operator, ValueType, Width } from '../program.js';

/*
 * The linear intermediate representation: basic blocks with parameters, values assigned once. Only jumps carry
 * arguments; the
 * targets of a branch have no parameters, so that no edge is critical.
 */

/** What an instruction reads: a value, a number or the address of a buffer. */
export type Operand =
  | { readonly kind: 'value'; readonly id: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'buffer'; readonly name: string };

export type Instruction =
  | {
      readonly op: 'binary';
      readonly result: number;
      readonly operator: Operator;
      readonly left: Operand;
      readonly right: Operand;
    }
  | {
      readonly op: 'compare';
      readonly result: number;
      readonly comparison: Comparison;
      readonly left: Operand;
      readonly right: Operand;
    }
  /** A reference moved by bytes. */
  | { readonly op: 'advance'; readonly result: number; readonly reference: Operand; readonly by: Operand }
  | { readonly op: 'narrow'; readonly result: number; readonly reference: Operand; readonly bytes: Operand }
  /** A number or address in a register of its own. */
  | { readonly op: 'copy'; readonly result: number; readonly source: Operand }
  | {
      readonly op: 'load';
      readonly result: number;
      readonly width: Width;
      readonly signed: boolean;
      readonly reference: Operand;
      /** Bytes beyond the reference, signed. */
      readonly offset: number;
    }
  | {
      readonly op: 'store';
      readonly width: Width;
      readonly reference: Operand;
      readonly offset: number;
      readonly value: Operand;
    }
  | {
      readonly op: 'call';
      readonly results: readonly number[];
      readonly function: string;
      readonly arguments: readonly Operand[];
    }
  | {
      readonly op: 'operation';
      readonly results: readonly number[];
      readonly operation: PortableOperation;
      readonly arguments: readonly Operand[];
    }
  | { readonly op: 'mark'; readonly name: string };

export type Terminator =
  | { readonly op: 'jump'; readonly target: number; readonly arguments: readonly Operand[] }
  | {
      readonly op: 'branch';
      readonly comparison: Comparison;
      readonly left: Operand;
      readonly right: Operand;
      readonly then: number;
      readonly otherwise: number;
    }
  | { readonly op: 'return'; readonly values: readonly Operand[] }
  /** Control never comes here: the operation before ends the thread. */
  | { readonly op: 'stop' };

/** A basic block; `id` is its place in `IrFunction.blocks`' numbering, not its position. */
export interface Block {
  readonly id: number;
  parameters: readonly number[];
  instructions: Instruction[];
  terminator: Terminator;
}

export interface IrFunction {
  readonly name: string;
  readonly parameters: readonly number[];
  readonly results: readonly ValueType[];
  /** Type of each value. */
  readonly types: ValueType[];
  /** Name in the source, for prints; '' if it has none. */
  readonly names: string[];
  /** The entry is the first. */
  blocks: Block[];
}

export const value = (id: number): Operand => ({ kind: 'value', id });
export const constant = (n: number): Operand => ({ kind: 'constant', value: n >>> 0 });

/** True if both name the same value, number or buffer. */
export function sameOperand(a: Operand, b: Operand): boolean {
  switch (a.kind) {
    case 'value':
      return b.kind === 'value' && a.id === b.id;
    case 'constant':
      return b.kind === 'constant' && a.value === b.value;
    case 'buffer':
      return b.kind === 'buffer' && a.name === b.name;
  }
}

/** A new value of a function. */
export function newValue(fn: IrFunction, type: ValueType, name = ''): number {
  fn.types.push(type);
  fn.names.push(name);
  return fn.types.length - 1;
}

/** Values that an instruction defines. */
export function resultsOf(instruction: Instruction): readonly number[] {
  switch (instruction.op) {
    case 'call':
    case 'operation':
      return instruction.results;
    case 'store':
    case 'mark':
      return [];
    default:
      return [instruction.result];
  }
}

/** Operands that an instruction reads, in order. */
export function operandsOf(instruction: Instruction): readonly Operand[] {
  switch (instruction.op) {
    case 'binary':
    case 'compare':
      return [instruction.left, instruction.right];
    case 'advance':
      return [instruction.reference, instruction.by];
    case 'narrow':
      return [instruction.reference, instruction.bytes];
    case 'copy':
      return [instruction.source];
    case 'load':
      return [instruction.reference];
    case 'store':
      return [instruction.reference, instruction.value];
    case 'call':
    case 'operation':
      return instruction.arguments;
    case 'mark':
      return [];
  }
}

/** The instruction with every operand replaced. */
export function mapOperands(instruction: Instruction, map: (operand: Operand) => Operand): Instruction {
  switch (instruction.op) {
    case 'binary':
    case 'compare':
      return { ...instruction, left: map(instruction.left), right: map(instruction.right) };
    case 'advance':
      return { ...instruction, reference: map(instruction.reference), by: map(instruction.by) };
    case 'narrow':
      return { ...instruction, reference: map(instruction.reference), bytes: map(instruction.bytes) };
    case 'copy':
      return { ...instruction, source: map(instruction.source) };
    case 'load':
      return { ...instruction, reference: map(instruction.reference) };
    case 'store':
      return { ...instruction, reference: map(instruction.reference), value: map(instruction.value) };
    case 'call':
    case 'operation':
      return { ...instruction, arguments: instruction.arguments.map(map) };
    case 'mark':
      return instruction;
  }
}

/** Operands that a terminator reads. */
export function terminatorOperands(terminator: Terminator): readonly Operand[] {
  switch (terminator.op) {
    case 'jump':
      return terminator.arguments;
    case 'branch':
      return [terminator.left, terminator.right];
    case 'return':
      return terminator.values;
    case 'stop':
      return [];
  }
}

/** The terminator with every operand replaced. */
export function mapTerminator(terminator: Terminator, map: (operand: Operand) => Operand): Terminator {
  switch (terminator.op) {
    case 'jump':
      return { ...terminator, arguments: terminator.arguments.map(map) };
    case 'branch':
      return { ...terminator, left: map(terminator.left), right: map(terminator.right) };
    case 'return':
      return { ...terminator, values: terminator.values.map(map) };
    case 'stop':
      return terminator;
  }
}

/** Blocks that control may go to next. */
export function successors(terminator: Terminator): readonly number[] {
  switch (terminator.op) {
    case 'jump':
      return [terminator.target];
    case 'branch':
      return [terminator.then, terminator.otherwise];
    case 'return':
    case 'stop':
      return [];
  }
}

/** True if the instruction only computes: removing, repeating or moving it changes nothing else. */
export function isPure(instruction: Instruction): boolean {
  switch (instruction.op) {
    case 'binary':
      return !/^div|^rem/.test(instruction.operator) || isNonZero(instruction.right);
    case 'compare':
    case 'advance':
    case 'narrow':
    case 'copy':
      return true;
    default:
      return false;
  }
}

const isNonZero = (operand: Operand): boolean => operand.kind === 'constant' && operand.value !== 0;

/** Replaces operands in the whole function. */
export function mapFunction(fn: IrFunction, map: (operand: Operand) => Operand): void {
  for (const block of fn.blocks) {
    block.instructions = block.instructions.map((instruction) => mapOperands(instruction, map));
    block.terminator = mapTerminator(block.terminator, map);
  }
}
