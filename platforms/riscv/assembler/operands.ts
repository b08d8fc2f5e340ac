import type { Cursor } from '../../assembler/cursor.js';
import type { Expression } from '../../assembler/expression.js';
import { Mistake } from '../../assembler/problems.js';

/**
 * Relocation operators (RISC-V Assembly Programmer's Manual, "Assembler Relocation Functions"), and those of CHERIoT's LLVM
 * for what is reached by way of PCC: `_hi` and `_code_hi` are the same.
 */
export const MODIFIERS = [
  'hi',
  'lo',
  'pcrel_hi',
  'pcrel_lo',
  'cheriot_compartment_hi',
  'cheriot_compartment_code_hi',
  'cheriot_compartment_lo_i',
  'cheriot_compartment_lo_s',
] as const;

/** Which part of a value an operand wants. */
export type Modifier = (typeof MODIFIERS)[number];

/** An expression, with the operator written around it. */
export interface Immediate {
  readonly expression: Expression;
  readonly modifier?: Modifier;
  /** The operand, if it is one name: a CSR, a fence set, an opcode. */
  readonly name?: string;
}

/** An operand as written. */
export type Operand =
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'immediate'; readonly immediate: Immediate }
  /** `(base)`, or `offset(base)`. */
  | { readonly kind: 'memory'; readonly base: number; readonly offset?: Immediate };

export const constantImmediate = (value: number): Immediate => ({
  expression: { kind: 'number', value: BigInt(value) },
});

/** Reads all operands. */
export function readOperands(cursor: Cursor, registers: ReadonlyMap<string, number>): Operand[] {
  const operands: Operand[] = [];
  if (cursor.atEnd) return operands;
  do operands.push(readOperand(cursor, registers));
  while (cursor.accept(','));
  return operands;
}

/** Reads one operand. */
export function readOperand(cursor: Cursor, registers: ReadonlyMap<string, number>): Operand {
  const register = registerHere(cursor, registers);
  if (register !== undefined) {
    cursor.next();
    return { kind: 'register', register };
  }
  const base = readBase(cursor, registers);
  if (base !== undefined) return { kind: 'memory', base };
  const immediate = readImmediate(cursor);
  const withOffset = readBase(cursor, registers);
  return withOffset === undefined
    ? { kind: 'immediate', immediate }
    : { kind: 'memory', base: withOffset, offset: immediate };
}

/** The number of the register that is next, unread. */
function registerHere(cursor: Cursor, registers: ReadonlyMap<string, number>, ahead = 0): number | undefined {
  const token = cursor.peek(ahead);
  return token?.kind === 'name' ? registers.get(token.text) : undefined;
}

/** Reads `(register)` if that is next. */
function readBase(cursor: Cursor, registers: ReadonlyMap<string, number>): number | undefined {
  const open = cursor.peek();
  const base = registerHere(cursor, registers, 1);
  if (open?.kind !== 'punctuation' || open.text !== '(' || base === undefined) return undefined;
  cursor.next();
  cursor.next();
  cursor.expect(')');
  return base;
}

const isModifier = (text: string): text is Modifier => MODIFIERS.some((modifier) => modifier === text);

function readImmediate(cursor: Cursor): Immediate {
  if (cursor.accept('%')) {
    const modifier = cursor.name('relocation operator');
    if (!isModifier(modifier)) {
      const family = MODIFIERS.filter((name) => name.startsWith('cheriot') === modifier.startsWith('cheriot'));
      throw new Mistake(`%${modifier} is not supported: ${family.map((name) => `%${name}`).join(', ')}`);
    }
    cursor.expect('(');
    const expression = cursor.expression();
    cursor.expect(')');
    return { expression, modifier };
  }
  const name = cursor.peekName();
  const before = cursor.mark();
  const expression = cursor.expression();
  return name !== undefined && cursor.mark() === before + 1 ? { expression, name } : { expression };
}
