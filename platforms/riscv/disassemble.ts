import { CSR_NAMES } from './csrs.js';
import type { Decoder } from './decode.js';
import { FIELDS, decodeField, fieldRange, operandParts } from './fields.js';
import type { OperandField, OperandPart } from './fields.js';
import type { Instruction } from './instruction.js';
import { CAPABILITY_NAMES, REGISTER_NAMES, SCR_NAMES } from './registers.js';

/** Names to print: of registers by number, in their use as integers, and of CSRs; a CSR without a name is a number. */
export interface Names {
  readonly registers: readonly string[];
  readonly csrs: ReadonlyMap<number, string>;
}

const STANDARD_NAMES: Names = { registers: REGISTER_NAMES, csrs: CSR_NAMES };

/** The letters of fence sets by bit 3 to bit 0 (RISC-V Unprivileged ISA 20191213, section 2.7). */
export const FENCE_LETTERS = ['i', 'o', 'r', 'w'] as const;

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

function fenceSet(bits: number): string {
  return bits === 0 ? '0' : FENCE_LETTERS.filter((_, i) => (bits & (8 >> i)) !== 0).join('');
}

function operandText(field: OperandField, word: number, address: number, names: Names): string {
  const value = decodeField(FIELDS[field], word);
  const { form } = FIELDS[field];
  switch (form) {
    case 'register':
      return names.registers[value];
    case 'capability':
      return CAPABILITY_NAMES[value];
    case 'number':
      return String(value);
    case 'upper':
      return hex((value / fieldRange(FIELDS[field]).step) & 0xfffff);
    case 'target':
      return hex(address + value);
    case 'csr':
      return names.csrs.get(value) ?? hex(value);
    case 'scr':
      return SCR_NAMES.get(value) ?? String(value);
    case 'fence set':
      // The field's value is in its place within the raw immediate: pred is bits 7:4
      return fenceSet(field === 'pred' ? value >>> 4 : value);
  }
}

const partsOf = new WeakMap<Instruction, readonly OperandPart[]>();

function formOf(instruction: Instruction): readonly OperandPart[] {
  let parts = partsOf.get(instruction);
  if (parts === undefined) {
    parts = operandParts(instruction.operands);
    partsOf.set(instruction, parts);
  }
  return parts;
}

/**
 * One line of assembly for the instruction `word` at `address`: the instruction's own mnemonic and ABI register names, no
 * pseudo-instructions, targets as absolute addresses. The assembler turns the line into the same word again, at the same
 * address, if 32-bit instructions are assembled under `.option norvc` (otherwise it would compress them) and 16-bit ones
 * under `.option rvc`.
 *
 * What is no instruction becomes data (`.4byte`, `.2byte`); legal encodings that have no mnemonic become `.insn`.
 */
export function disassemble(word: number, address: number, decoder: Decoder, names: Names = STANDARD_NAMES): string {
  const long = (word & 3) === 3;
  const digits = long ? (word >>> 0).toString(16).padStart(8, '0') : (word & 0xffff).toString(16).padStart(4, '0');
  const instruction = decoder.find(word);
  if (instruction === undefined) return `${long ? '.4byte' : '.2byte'} 0x${digits}`;
  if (instruction.decodeOnly !== undefined) return `.insn 0x${digits}`;
  const operands = formOf(instruction).map((part) => {
    if (part.kind === 'field') return operandText(part.field, word, address, names);
    return part.text === ',' ? ', ' : part.text;
  });
  return `${instruction.mnemonic} ${operands.join('')}`.trim();
}
