import type { Cursor } from '../../assembler/cursor.js';
import { Mistake } from '../../assembler/problems.js';
import type { Fragment } from '../../assembler/section.js';
import { FIELDS, encodeField, fieldRange, fits } from '../fields.js';
import type { Field, OperandField } from '../fields.js';
import type { Context } from './context.js';
import { highPart, lowPart, wordBytes } from './emit.js';
import { readOperand } from './operands.js';
import type { Immediate, Operand } from './operands.js';

/** Major opcodes (RISC-V Unprivileged ISA 20191213, table 24.1) and quadrants (16.2) by the names GNU as gives them. */
const OPCODES: ReadonlyMap<string, number> = new Map([
  ['C0', 0x0],
  ['C1', 0x1],
  ['C2', 0x2],
  ['LOAD', 0x03],
  ['LOAD_FP', 0x07],
  ['CUSTOM_0', 0x0b],
  ['MISC_MEM', 0x0f],
  ['OP_IMM', 0x13],
  ['AUIPC', 0x17],
  ['STORE', 0x23],
  ['STORE_FP', 0x27],
  ['CUSTOM_1', 0x2b],
  ['AMO', 0x2f],
  ['OP', 0x33],
  ['LUI', 0x37],
  ['MADD', 0x43],
  ['MSUB', 0x47],
  ['NMSUB', 0x4b],
  ['NMADD', 0x4f],
  ['OP_FP', 0x53],
  ['CUSTOM_2', 0x5b],
  ['BRANCH', 0x63],
  ['JALR', 0x67],
  ['JAL', 0x6f],
  ['SYSTEM', 0x73],
  ['CUSTOM_3', 0x7b],
]);

/** A part of a format: a number of some bits at a place, a field of the table, or `field(register)`. */
type Part =
  | { readonly kind: 'bits'; readonly name: string; readonly at: number; readonly bits: number }
  | { readonly kind: 'field'; readonly field: OperandField }
  | { readonly kind: 'memory'; readonly field: OperandField; readonly base: OperandField }
  /** Bits of a compressed format that have no order of their own: filled from the lowest. */
  | { readonly kind: 'raw'; readonly field: Field };

interface Format {
  readonly length: 2 | 4;
  readonly parts: readonly Part[];
}

const bits = (name: string, at: number, count: number): Part => ({ kind: 'bits', name, at, bits: count });
const field = (name: OperandField): Part => ({ kind: 'field', field: name });
const memory = (name: OperandField, base: OperandField): Part => ({ kind: 'memory', field: name, base });
const raw = (...pieces: readonly (readonly [word: number, bits: number, value: number])[]): Part => ({
  kind: 'raw',
  field: {
    slots: ['imm'],
    form: 'number',
    pieces: pieces.map(([word, count, value]) => ({ word, bits: count, value })),
    signed: false,
    bias: 0,
  },
});

const OPCODE = bits('opcode', 0, 7);
const QUADRANT = bits('quadrant', 0, 2);
const FUNCT3 = bits('funct3', 12, 3);
const CFUNCT3 = bits('funct3', 13, 3);
const LOW5 = raw([5, 2, 0], [10, 3, 2]);

const format = (length: 2 | 4, ...parts: readonly Part[]): Format => ({ length, parts });

const R = format(4, OPCODE, FUNCT3, bits('funct7', 25, 7), field('rd'), field('rs1'), field('rs2'));
const R4 = format(
  4,
  OPCODE,
  FUNCT3,
  bits('funct2', 25, 2),
  field('rd'),
  field('rs1'),
  field('rs2'),
  bits('rs3', 27, 5),
);
const BRANCH = format(4, OPCODE, FUNCT3, field('rs1'), field('rs2'), field('imm.b'));
const JUMP = format(4, OPCODE, field('rd'), field('imm.j'));

/** Formats of `.insn` by type (Using as, section 9.38.4 "RISC-V Instruction Formats"). Several forms are tried in order. */
const FORMATS: ReadonlyMap<string, readonly Format[]> = new Map([
  ['r', [R, R4]],
  ['r4', [R4]],
  [
    'i',
    [
      format(4, OPCODE, FUNCT3, field('rd'), field('rs1'), field('imm.i')),
      format(4, OPCODE, FUNCT3, field('rd'), memory('imm.i', 'rs1')),
    ],
  ],
  ['s', [format(4, OPCODE, FUNCT3, field('rs2'), memory('imm.s', 'rs1'))]],
  ['b', [BRANCH]],
  ['sb', [BRANCH]],
  ['u', [format(4, OPCODE, field('rd'), field('imm.u'))]],
  ['j', [JUMP]],
  ['uj', [JUMP]],
  ['cr', [format(2, QUADRANT, bits('funct4', 12, 4), field('c.rd'), field('c.rs2'))]],
  ['ci', [format(2, QUADRANT, CFUNCT3, field('c.rd'), field('c.imm'))]],
  ['ciw', [format(2, QUADRANT, CFUNCT3, field("c.rd'"), raw([5, 8, 0]))]],
  ['css', [format(2, QUADRANT, CFUNCT3, field('c.rs2'), raw([7, 6, 0]))]],
  ['cl', [format(2, QUADRANT, CFUNCT3, field("c.rd'"), LOW5, field("c.rs1'"))]],
  ['cs', [format(2, QUADRANT, CFUNCT3, field("c.rs2'"), LOW5, field("c.rs1'"))]],
  ['ca', [format(2, QUADRANT, bits('funct6', 10, 6), bits('funct2', 5, 2), field("c.rd.rs1'"), field("c.rs2'"))]],
  ['cb', [format(2, QUADRANT, CFUNCT3, field("c.rs1'"), field('c.imm.b'))]],
  ['cj', [format(2, QUADRANT, CFUNCT3, field('c.imm.j'))]],
]);

/** `.insn type operands`, `.insn value`, `.insn length, value`. */
export function insn(context: Context, operands: Cursor): void {
  const type = operands.peekName();
  const formats = type === undefined ? undefined : FORMATS.get(type);
  if (formats === undefined) {
    rawInstruction(context, operands);
    return;
  }
  operands.next();
  const written: Operand[] = [];
  do written.push(readOperand(operands, context.registers));
  while (operands.accept(','));
  for (const candidate of formats) if (emitFormat(context, candidate, written)) return;
  throw new Mistake(`.insn ${type ?? ''} takes ${formats.map(describe).join(', or ')}`);
}

function rawInstruction(context: Context, operands: Cursor): void {
  const known = (what: string): bigint => {
    const value = context.host.constant(operands.expression());
    if (value === undefined)
      throw new Mistake(`${what} of .insn must be a number that is known here, or a format: r, i, s`);
    return value;
  };
  let value = known('value');
  let length: bigint | undefined;
  if (operands.accept(',')) {
    length = value;
    value = known('value');
  }
  const own = (value & 3n) === 3n ? 4 : 2;
  if (length !== undefined && length !== BigInt(own))
    throw new Mistake(`this instruction has ${own} bytes, not ${length}`);
  if (value < 0n || value >= 1n << BigInt(8 * own)) throw new Mistake(`value does not fit in ${own} bytes`);
  context.host.bytes(wordBytes(Number(value), own));
}

function describe({ parts }: Format): string {
  const texts = parts.map((part, i) => {
    switch (part.kind) {
      case 'bits':
        return part.name;
      case 'field':
        return part.field.replace(/^c\.|'$/g, '');
      case 'memory':
        return `${part.field}(${part.base})`;
      case 'raw':
        return i + 1 < parts.length ? 'offset(rs1)' : 'immediate';
    }
  });
  return texts.join(', ');
}

/** A field whose value is an expression that may need the layout. */
interface Pending {
  readonly field: Field;
  readonly immediate: Immediate;
}

/** Emits the operands in this format; false if they do not have its form. */
function emitFormat(context: Context, { length, parts }: Format, written: readonly Operand[]): boolean {
  let word = 0;
  const pending: Pending[] = [];
  let next = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    const operand = written.at(next++);
    if (operand === undefined) return false;
    switch (part.kind) {
      case 'bits': {
        const value =
          part.name === 'rs3' && operand.kind === 'register' ? operand.register : numberOf(context, operand, part);
        if (value === undefined) return false;
        word |= value << part.at;
        break;
      }
      case 'field': {
        const target = FIELDS[part.field];
        if (target.form === 'register') {
          if (operand.kind !== 'register' || !fits(target, operand.register)) return false;
          word |= encodeField(target, operand.register);
        } else if (operand.kind === 'immediate') pending.push({ field: target, immediate: operand.immediate });
        else return false;
        break;
      }
      case 'memory': {
        if (operand.kind !== 'memory') return false;
        word |= encodeField(FIELDS[part.base], operand.base);
        if (operand.offset) pending.push({ field: FIELDS[part.field], immediate: operand.offset });
        break;
      }
      case 'raw': {
        // In formats CL and CS the register follows in parentheses
        const base = parts.at(i + 1);
        if (base?.kind === 'field') {
          if (operand.kind !== 'memory' || !fits(FIELDS[base.field], operand.base)) return false;
          word |= encodeField(FIELDS[base.field], operand.base);
          if (operand.offset) pending.push({ field: part.field, immediate: operand.offset });
          i++;
        } else if (operand.kind === 'immediate') pending.push({ field: part.field, immediate: operand.immediate });
        else return false;
        break;
      }
    }
  }
  if (next !== written.length) return false;
  context.host.fragment(formatFragment(word, length, pending));
  return true;
}

function numberOf(context: Context, operand: Operand, part: Extract<Part, { kind: 'bits' }>): number | undefined {
  if (operand.kind !== 'immediate') return undefined;
  const named = operand.immediate.name === undefined ? undefined : OPCODES.get(operand.immediate.name);
  const value = named ?? context.host.constant(operand.immediate.expression);
  if (value === undefined) throw new Mistake(`${part.name} must be a number or the name of an opcode, such as OP_IMM`);
  const number = Number(value);
  if (number < 0 || number >= 2 ** part.bits)
    throw new Mistake(`${part.name} ${number} does not fit in ${part.bits} bits`);
  return number;
}

function formatFragment(word: number, length: 2 | 4, pending: readonly Pending[]): Fragment {
  return {
    fixed: length,
    size: () => length,
    encode: (place) => {
      let filled = word;
      for (const { field: target, immediate } of pending) {
        const value = Number(BigInt.asIntN(32, place.value(immediate.expression)));
        filled |= encodeField(target, checked(target, partOf(target, immediate, value, place.address)));
      }
      return wordBytes(filled, length);
    },
  };
}

function partOf(target: Field, immediate: Immediate, value: number, address: number): number {
  if (target.form === 'target') return (value - address) | 0;
  if (immediate.modifier === undefined) return target.form === 'upper' ? (value << 12) | 0 : value;
  switch (immediate.modifier) {
    case 'hi':
      return highPart(value);
    case 'lo':
      return lowPart(value);
    default:
      throw new Mistake(`%${immediate.modifier} is not supported in .insn`);
  }
}

function checked(target: Field, value: number): number {
  if (fits(target, value)) return value;
  const { minimum, maximum } = fieldRange(target);
  throw new Mistake(`.insn: ${value} is out of range, ${minimum} to ${maximum} is possible`);
}
