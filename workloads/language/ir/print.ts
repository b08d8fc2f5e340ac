import { describeOperation } from '../operations.js';
import type { Instruction, IrFunction, Operand, Terminator } from './function.js';

/**
 * A function as text, one instruction a line:
 *
 * ```
 * function sum(%0 data, %1 count)
 * b0:
 *   jump b1(0, %0)
 * b1(%2 i, %3 p):
 *   %4 = load4 %3
 * ```
 */
export function printFunction(fn: IrFunction): string {
  const list = (values: readonly number[]): string => values.map((v) => name(fn, v)).join(', ');
  const blocks = fn.blocks.map(
    (block) =>
      `b${block.id}${block.parameters.length > 0 ? `(${list(block.parameters)})` : ''}:\n` +
      block.instructions.map((i) => `  ${printInstruction(i)}\n`).join('') +
      `  ${printTerminator(block.terminator)}\n`,
  );
  return `function ${fn.name}(${list(fn.parameters)})\n${blocks.join('')}`;
}

const name = (fn: IrFunction, id: number): string => (fn.names[id] === '' ? `%${id}` : `%${id} ${fn.names[id]}`);

const print = (operand: Operand): string => {
  switch (operand.kind) {
    case 'value':
      return `%${operand.id}`;
    case 'constant':
      return operand.value < 1024 ? `${operand.value}` : `0x${operand.value.toString(16)}`;
    case 'buffer':
      return `@${operand.name}`;
  }
};

const all = (operands: readonly Operand[]): string => operands.map(print).join(', ');

const place = (reference: Operand, offset: number): string =>
  offset === 0 ? print(reference) : `${print(reference)} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`;

/** One instruction as `printFunction` shows it. */
export function printInstruction(i: Instruction): string {
  switch (i.op) {
    case 'binary':
      return `%${i.result} = ${i.operator} ${all([i.left, i.right])}`;
    case 'compare':
      return `%${i.result} = is ${i.comparison} ${all([i.left, i.right])}`;
    case 'advance':
      return `%${i.result} = advance ${all([i.reference, i.by])}`;
    case 'narrow':
      return `%${i.result} = narrow ${all([i.reference, i.bytes])}`;
    case 'copy':
      return `%${i.result} = ${print(i.source)}`;
    case 'load':
      return `%${i.result} = load${i.signed ? 's' : ''}${i.width} ${place(i.reference, i.offset)}`;
    case 'store':
      return `store${i.width} ${place(i.reference, i.offset)}, ${print(i.value)}`;
    case 'call':
      return `${results(i.results)}call ${i.function}(${all(i.arguments)})`;
    case 'operation':
      return `${results(i.results)}${describeOperation(i.operation)}(${all(i.arguments)})`;
    case 'mark':
      return `mark ${i.name}`;
  }
}

const results = (ids: readonly number[]): string =>
  ids.length === 0 ? '' : `${ids.map((id) => `%${id}`).join(', ')} = `;

function printTerminator(t: Terminator): string {
  switch (t.op) {
    case 'jump':
      return `jump b${t.target}${t.arguments.length > 0 ? `(${all(t.arguments)})` : ''}`;
    case 'branch':
      return `branch ${t.comparison} ${all([t.left, t.right])}, b${t.then}, b${t.otherwise}`;
    case 'return':
      return `return ${all(t.values)}`.trimEnd();
    case 'stop':
      return 'stop';
  }
}
