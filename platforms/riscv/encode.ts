import type { Operands } from './decode.js';
import { FIELDS, decodeField, encodeField, operandParts } from './fields.js';
import type { OperandField } from './fields.js';
import type { Instruction, Pattern } from './instruction.js';
import { Op } from './operations.js';

const fieldsOf = new WeakMap<Instruction, readonly OperandField[]>();

/** The operand fields of an instruction, in the order of its assembler form. */
export function instructionFields(instruction: Instruction): readonly OperandField[] {
  let fields = fieldsOf.get(instruction);
  if (fields === undefined) {
    const written = operandParts(instruction.operands).flatMap((part) => (part.kind === 'field' ? [part.field] : []));
    fields = [...written, ...(instruction.decodeOnly ?? [])];
    fieldsOf.set(instruction, fields);
  }
  return fields;
}

/**
 * The word of an instruction with these operands, or undefined if it cannot express them: the inverse of
 * `Decoder.decode`. A 16-bit word is in the low half.
 */
export function encode(instruction: Instruction, operands: Operands): number | undefined {
  let word = instruction.match;
  for (const name of instructionFields(instruction)) {
    const field = FIELDS[name];
    word |= encodeField(field, operands[field.slots[0]]);
  }
  const meant = operandsOf(instruction, word);
  const same =
    meant.rd === operands.rd && meant.rs1 === operands.rs1 && meant.rs2 === operands.rs2 && meant.imm === operands.imm;
  return same && (word & instruction.mask) === instruction.match && !matchesAny(instruction.except, word)
    ? word
    : undefined;
}

/** The operands that a word of this instruction has. */
export function operandsOf(instruction: Instruction, word: number): Operands {
  const operands: Operands = { rd: 0, rs1: 0, rs2: 0, imm: 0, ...instruction.implied };
  for (const name of instructionFields(instruction)) {
    const field = FIELDS[name];
    for (const slot of field.slots) {
      operands[slot] = slot === 'imm' ? operands.imm | decodeField(field, word) : decodeField(field, word);
    }
  }
  return operands;
}

function matchesAny(patterns: readonly Pattern[] | undefined, word: number): boolean {
  return patterns?.some((p) => (word & p.mask) === p.match) ?? false;
}

/** A 16-bit word and the instruction it is. */
export interface Compressed {
  readonly instruction: Instruction;
  readonly word: number;
}

/** Finds 16-bit forms of operations. */
export class Compressor {
  private readonly byOperation = new Map<Op, Instruction[]>();

  constructor(table: readonly Instruction[]) {
    for (const instruction of table) {
      if (instruction.length !== 2) continue;
      const list = this.byOperation.get(instruction.op) ?? [];
      list.push(instruction);
      this.byOperation.set(instruction.op, list);
    }
  }

  /**
   * The 16-bit word that does the same, or undefined. Never a HINT. `addi rd, rs, 0` becomes `c.mv`, as GNU as does it.
   */
  compress(op: Op, operands: Operands): Compressed | undefined {
    const { rd, rs1, rs2, imm } = operands;
    const direct = this.find(op, operands);
    if (direct !== undefined) return direct;
    if (op === Op.ADDI && imm === 0 && rs1 !== 0) return this.find(Op.ADD, { rd, rs1: 0, rs2: rs1, imm: 0 });
    // Two-operand forms of commutative operations
    const commutative = op === Op.ADD || op === Op.AND || op === Op.OR || op === Op.XOR;
    return commutative && rd === rs2 ? this.find(op, { rd, rs1: rs2, rs2: rs1, imm }) : undefined;
  }

  private find(op: Op, operands: Operands): Compressed | undefined {
    for (const instruction of this.byOperation.get(op) ?? []) {
      const word = encode(instruction, operands);
      if (word !== undefined && !matchesAny(instruction.hints, word)) return { instruction, word };
    }
    return undefined;
  }
}
