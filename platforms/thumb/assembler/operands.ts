import type { Cursor } from '../../assembler/cursor.js';
import type { Expression } from '../../assembler/expression.js';
import { Mistake } from '../../assembler/problems.js';
import { Shift } from '../instruction.js';
import { REGISTERS } from '../registers.js';

/** A shift as written: `lsl #2`, `lsl r2`, `rrx`. */
export interface WrittenShift {
  readonly type: Shift;
  readonly amount?: Expression;
  readonly register?: number;
}

/** An operand as written. */
export type Operand =
  /** `r0`, or `r0!`. */
  | { readonly kind: 'register'; readonly register: number; readonly writeBack: boolean }
  | {
      readonly kind: 'value';
      readonly expression: Expression;
      /** With `#`: a number, else perhaps a label. */
      readonly hash: boolean;
      /** The operand if it is one name: a special register, a barrier option. */
      readonly name?: string;
    }
  /** `{r0, r4-r7}`. */
  | { readonly kind: 'list'; readonly list: number }
  | { readonly kind: 'shift'; readonly shift: WrittenShift }
  /** `[r0]`, `[r0, #4]!`, `[r0, r1, lsl #2]`. */
  | {
      readonly kind: 'memory';
      readonly base: number;
      readonly offset?: Expression;
      /** The offset is written `#-0`: no 16-bit form. */
      readonly minusZero?: boolean;
      readonly index?: number;
      readonly shift?: WrittenShift;
      readonly writeBack: boolean;
    }
  /** `=value`. */
  | { readonly kind: 'pool'; readonly expression: Expression };

const SHIFTS: ReadonlyMap<string, Shift> = new Map([
  ['lsl', Shift.LSL],
  ['asl', Shift.LSL],
  ['lsr', Shift.LSR],
  ['asr', Shift.ASR],
  ['ror', Shift.ROR],
  ['rrx', Shift.RRX],
]);

/** The number of the register that is next, unread. */
function registerHere(cursor: Cursor): number | undefined {
  const name = cursor.peekName()?.toLowerCase();
  return name === undefined ? undefined : REGISTERS.get(name);
}

/** Reads a register. */
function readRegister(cursor: Cursor): number {
  const register = registerHere(cursor);
  if (register === undefined) {
    const token = cursor.peek();
    throw new Mistake(`"${token?.text ?? 'end of the statement'}" where a register should be: r0 to r12, sp, lr, pc`);
  }
  cursor.next();
  return register;
}

/** Reads all operands of a statement. */
export function readOperands(cursor: Cursor): Operand[] {
  const operands: Operand[] = [];
  if (cursor.atEnd) return operands;
  do operands.push(readOperand(cursor));
  while (cursor.accept(','));
  return operands;
}

function readOperand(cursor: Cursor): Operand {
  const register = registerHere(cursor);
  if (register !== undefined) {
    cursor.next();
    return { kind: 'register', register, writeBack: cursor.accept('!') };
  }
  const shift = readShift(cursor);
  if (shift !== undefined) return { kind: 'shift', shift };
  if (cursor.accept('{')) return { kind: 'list', list: readList(cursor) };
  if (cursor.accept('[')) return readMemory(cursor);
  if (cursor.accept('=')) return { kind: 'pool', expression: cursor.expression() };
  const hash = cursor.accept('#');
  const name = cursor.peekName();
  const before = cursor.mark();
  const expression = cursor.expression();
  return name !== undefined && !hash && cursor.mark() === before + 1
    ? { kind: 'value', expression, hash, name }
    : { kind: 'value', expression, hash };
}

/** Reads a shift if its name is next. */
function readShift(cursor: Cursor): WrittenShift | undefined {
  const type = SHIFTS.get(cursor.peekName()?.toLowerCase() ?? '');
  if (type === undefined) return undefined;
  cursor.next();
  if (type === Shift.RRX) return { type };
  const register = registerHere(cursor);
  if (register !== undefined) {
    cursor.next();
    return { type, register };
  }
  cursor.accept('#');
  return { type, amount: cursor.expression() };
}

/** Reads a register list after its opening brace. */
function readList(cursor: Cursor): number {
  let list = 0;
  do {
    const first = readRegister(cursor);
    const last = cursor.accept('-') ? readRegister(cursor) : first;
    if (last < first) throw new Mistake('a range of registers goes upwards: {r0-r3}');
    for (let register = first; register <= last; register++) list |= 1 << register;
  } while (cursor.accept(','));
  cursor.expect('}');
  return list;
}

const isMinusZero = (expression: Expression): boolean =>
  expression.kind === 'unary' &&
  expression.operator === '-' &&
  expression.operand.kind === 'number' &&
  expression.operand.value === 0n;

/** Reads an address after its opening bracket. */
function readMemory(cursor: Cursor): Operand {
  const base = readRegister(cursor);
  const address: {
    kind: 'memory';
    base: number;
    writeBack: boolean;
    offset?: Expression;
    minusZero?: boolean;
    index?: number;
    shift?: WrittenShift;
  } = { kind: 'memory', base, writeBack: false };
  if (cursor.accept(',')) {
    const index = registerHere(cursor);
    if (index === undefined) {
      cursor.accept('#');
      const next = cursor.peek(1);
      if (cursor.peek()?.text === '-' && next?.kind === 'name' && REGISTERS.has(next.text.toLowerCase())) {
        throw new Mistake('Thumb has no negative index register: subtract first');
      }
      address.offset = cursor.expression();
      address.minusZero = isMinusZero(address.offset);
    } else {
      cursor.next();
      address.index = index;
      if (cursor.accept(',')) {
        const shift = readShift(cursor);
        if (shift === undefined) throw new Mistake('a shift should follow the index register: [r0, r1, lsl #2]');
        address.shift = shift;
      }
    }
  }
  cursor.expect(']');
  address.writeBack = cursor.accept('!');
  return address;
}
