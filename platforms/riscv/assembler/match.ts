import { Mistake } from '../../assembler/problems.js';
import type { Operands } from '../decode.js';
import { FENCE_LETTERS } from '../disassemble.js';
import { FIELDS, fits, isRegister, operandParts } from '../fields.js';
import type { OperandField, OperandPart } from '../fields.js';
import type { Instruction } from '../instruction.js';
import { SCRS } from '../registers.js';
import type { Alias } from './aliases.js';
import type { Context } from './context.js';
import { constantImmediate } from './operands.js';
import type { Immediate, Operand } from './operands.js';

/** An instruction with its operands; `immediate` where a field holds an expression. */
export interface Match {
  readonly instruction: Instruction;
  readonly operands: Operands;
  readonly immediate?: Immediate;
}

/** The parts of an assembler form between its commas. */
function groups(instruction: Instruction): OperandPart[][] {
  const result: OperandPart[][] = [];
  for (const part of operandParts(instruction.operands)) {
    if (result.length === 0) result.push([]);
    if (part.kind === 'literal' && part.text === ',') result.push([]);
    else result[result.length - 1].push(part);
  }
  return result;
}

const groupsOf = new WeakMap<Instruction, OperandPart[][]>();

function formOf(instruction: Instruction): OperandPart[][] {
  let form = groupsOf.get(instruction);
  if (form === undefined) {
    form = groups(instruction);
    groupsOf.set(instruction, form);
  }
  return form;
}

/** The instruction's operands as written, or undefined if they do not have its form. */
export function matchInstruction(
  context: Context,
  instruction: Instruction,
  written: readonly Operand[],
): Match | undefined {
  const form = formOf(instruction);
  if (form.length !== written.length) return undefined;
  const operands: Operands = { rd: 0, rs1: 0, rs2: 0, imm: 0, ...instruction.implied };
  let immediate: Immediate | undefined;
  const register = (field: OperandField, number: number): boolean => {
    if (!fits(FIELDS[field], number)) return false;
    if (number >= context.registerCount) {
      throw new Mistake(`register ${number} does not exist: the core has ${context.registerCount}`);
    }
    for (const slot of FIELDS[field].slots) operands[slot] = number;
    return true;
  };
  for (let i = 0; i < form.length; i++) {
    const operand = written[i];
    const [first, ...rest] = form[i];
    const base = [first, ...rest].at(-2);
    const isMemory = [first, ...rest].at(-1)?.kind === 'literal' && rest.length > 0;
    if (isMemory) {
      if (operand.kind !== 'memory' || base === undefined) return undefined;
      if (base.kind === 'literal' ? operand.base !== 2 : !register(base.field, operand.base)) return undefined;
      if (first.kind === 'field') immediate = operand.offset ?? constantImmediate(0);
      // `(rs1)`: GNU as lets an offset of 0 be written
      else if (operand.offset !== undefined && context.host.constant(operand.offset.expression) !== 0n)
        return undefined;
    } else if (first.kind === 'literal') {
      if (operand.kind !== 'register' || operand.register !== 2) return undefined;
    } else if (isRegister(FIELDS[first.field])) {
      if (operand.kind !== 'register' || !register(first.field, operand.register)) return undefined;
    } else {
      if (operand.kind !== 'immediate') return undefined;
      const { form: fieldForm } = FIELDS[first.field];
      if (fieldForm === 'fence set') {
        const bits = fenceBits(context, operand.immediate);
        operands.imm |= first.field === 'pred' ? bits << 4 : bits;
      } else if (fieldForm === 'csr') {
        operands.imm = csrNumber(context, operand.immediate);
      } else if (fieldForm === 'scr') {
        operands.imm = scrNumber(context, operand.immediate);
      } else immediate = operand.immediate;
    }
  }
  return immediate === undefined ? { instruction, operands } : { instruction, operands, immediate };
}

/** A CSR by name or number. */
function csrNumber(context: Context, immediate: Immediate): number {
  const named = immediate.name === undefined ? undefined : context.csrs.get(immediate.name);
  if (named !== undefined) return named;
  const value = context.host.constant(immediate.expression);
  if (value === undefined) throw new Mistake(`CSR "${immediate.name ?? ''}" does not exist: write its name or number`);
  if (value < 0n || value > 4095n) throw new Mistake(`CSR ${value} is out of range, 0 to 4095 is possible`);
  return Number(value);
}

/** A special capability register by name or number. */
function scrNumber(context: Context, immediate: Immediate): number {
  const named = immediate.name === undefined ? undefined : SCRS.get(immediate.name);
  if (named !== undefined) return named;
  const value = context.host.constant(immediate.expression);
  if (value === undefined || value < 0n || value > 31n) {
    throw new Mistake(`special register is one of ${[...SCRS.keys()].join(', ')}, or a number from 0 to 31`);
  }
  return Number(value);
}

/** A set such as `rw`: letters in the order i, o, r, w; or its four bits as a number. */
function fenceBits(context: Context, immediate: Immediate): number {
  const { name } = immediate;
  if (name !== undefined && /^i?o?r?w?$/.test(name)) {
    return FENCE_LETTERS.reduce((bits, letter, i) => (name.includes(letter) ? bits | (8 >> i) : bits), 0);
  }
  const value = context.host.constant(immediate.expression);
  if (value === undefined || value < 0n || value > 15n) {
    throw new Mistake('set of accesses is written with the letters i, o, r, w in this order, for instance rw');
  }
  return Number(value);
}

/** The operands of the instruction that a pseudo-instruction stands for, or undefined if these have not its form. */
export function matchAlias(context: Context, alias: Alias, written: readonly Operand[]): Operand[] | undefined {
  if (alias.operands.length !== written.length) return undefined;
  const values = new Map<string, Operand>();
  for (let i = 0; i < written.length; i++) {
    const pattern = alias.operands[i];
    const operand = written[i];
    if (!matchesPattern(context, pattern, operand)) return undefined;
    values.set(pattern, operand);
  }
  return alias.targetOperands.map((text) => targetOperand(context, text, values));
}

function matchesPattern(context: Context, pattern: string, operand: Operand): boolean {
  switch (pattern) {
    case 'd':
    case 's':
    case 't':
      return operand.kind === 'register';
    case 'm':
      return operand.kind === 'memory';
    case 'i':
    case 'p':
    case 'c':
      return operand.kind === 'immediate';
    default:
      return operand.kind === 'register' && operand.register === context.registers.get(pattern);
  }
}

function targetOperand(context: Context, text: string, values: ReadonlyMap<string, Operand>): Operand {
  const written = values.get(text);
  if (written !== undefined) return written;
  const memory = /^(\w+)\((\w+)\)$/.exec(text);
  if (memory) {
    const offset = targetOperand(context, memory[1], values);
    const base = targetOperand(context, memory[2], values);
    if (offset.kind !== 'immediate' || base.kind !== 'register') throw new RangeError(`alias operand ${text}`);
    return { kind: 'memory', base: base.register, offset: offset.immediate };
  }
  const register = context.registers.get(text);
  if (register !== undefined) return { kind: 'register', register };
  const number = Number(text);
  if (!Number.isNaN(number)) return { kind: 'immediate', immediate: constantImmediate(number) };
  return { kind: 'immediate', immediate: { expression: { kind: 'symbol', name: text }, name: text } };
}
