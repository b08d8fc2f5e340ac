import { littleEndian } from '../../assembler/fragments.js';
import { Mistake } from '../../assembler/problems.js';
import type { Fragment, Place } from '../../assembler/section.js';
import type { Operands } from '../decode.js';
import { encode, instructionFields } from '../encode.js';
import type { Compressed } from '../encode.js';
import { FIELDS, fieldRange, fits, isRegister } from '../fields.js';
import type { Field } from '../fields.js';
import type { Instruction } from '../instruction.js';
import { Op } from '../operations.js';
import type { Compression } from './aliases.js';
import { branchFragment, jumpFragment } from './branches.js';
import type { Context } from './context.js';
import { MODIFIERS } from './operands.js';
import type { Immediate, Modifier } from './operands.js';

/** Bytes of a word. */
export const wordBytes = (word: number, length: 2 | 4): number[] => littleEndian(BigInt(word >>> 0), length);

/** The immediate field of an instruction, if it has one that is one expression. */
export function immediateField(instruction: Instruction): Field | undefined {
  const name = instructionFields(instruction).find(
    (field) => !isRegister(FIELDS[field]) && !['fence set', 'csr', 'scr'].includes(FIELDS[field].form),
  );
  return name === undefined ? undefined : FIELDS[name];
}

/** Operands of an instruction apart from an immediate that is an expression. */
export type RegisterOperands = Pick<Operands, 'rd' | 'rs1' | 'rs2'>;

/** Emits an instruction, compressed where GNU as would do it. */
export function emit(
  context: Context,
  instruction: Instruction,
  operands: Operands,
  immediate: Immediate | undefined,
  compression: Compression,
): void {
  const field = immediateField(instruction);
  if (field === undefined || immediate === undefined) {
    emitWord(context, instruction, operands, compression);
    return;
  }
  if (field.form === 'target') {
    emitTransfer(context, instruction, operands, immediate, compression);
    return;
  }
  const constant = immediate.modifier === undefined ? context.host.constant(immediate.expression) : undefined;
  if (constant !== undefined) {
    const imm = fieldValue(instruction, field, constant);
    // A value such as 0xffffffff counts as -1 but is not compressed: GNU as looks at it before it takes off 2^32
    const allowed = field.signed && constant > 0x7fffffffn && field.form === 'number' ? 'never' : compression;
    emitWord(context, instruction, withImmediate(field, operands, imm), allowed);
    return;
  }
  if (immediate.modifier !== undefined && PC_RELATIVE_HIGH.has(immediate.modifier)) {
    context.highParts.add({ at: { kind: 'label', label: context.host.here() }, target: immediate.expression });
  }
  context.host.fragment(immediateFragment(context, instruction, field, operands, immediate));
}

/** Puts a value where the field has it: `uimm` of CSR instructions takes the place of rs1. */
function withImmediate(field: Field, operands: Operands, value: number): Operands {
  return field.slots[0] === 'rs1' ? { ...operands, rs1: value } : { ...operands, imm: value };
}

/** Emits an instruction whose operands are all known. */
export function emitWord(
  context: Context,
  instruction: Instruction,
  operands: Operands,
  compression: Compression,
): void {
  const short =
    context.compressed && instruction.length === 4
      ? compressTo(context, instruction, operands, compression)
      : undefined;
  if (short !== undefined) {
    context.host.bytes(wordBytes(short.word, 2));
    return;
  }
  const word = encode(instruction, operands);
  if (word === undefined) {
    throw new Mistake(`${instruction.mnemonic} cannot have these operands: they are reserved (${instruction.section})`);
  }
  context.host.bytes(wordBytes(word, instruction.length));
}

function compressTo(
  context: Context,
  instruction: Instruction,
  operands: Operands,
  compression: Compression,
): Compressed | undefined {
  switch (compression) {
    case 'never':
      return undefined;
    case 'any':
      return context.compressor.compress(instruction.op, operands);
    case 'c.addi':
      for (const mnemonic of ['c.addi', 'c.addi4spn', 'c.addi16sp']) {
        for (const candidate of context.instructions.get(mnemonic) ?? []) {
          const word = operands.rd === 0 ? undefined : encode(candidate, operands);
          if (word !== undefined) return { instruction: candidate, word };
        }
      }
      return undefined;
  }
}

/** The value of a constant for a field, after a check of its range. */
export function fieldValue(instruction: Instruction, field: Field, constant: bigint): number {
  if (field.form === 'upper') return upperValue(instruction, field, constant);
  // RV32: 0xffffffff is -1
  const value = Number(
    field.signed && constant > 0x7fffffffn && constant <= 0xffffffffn ? constant - (1n << 32n) : constant,
  );
  if (!fits(field, value)) {
    const { minimum, maximum, step } = fieldRange(field);
    const multiple = step > 1 ? ` in steps of ${step}` : '';
    throw new Mistake(
      `${instruction.mnemonic}: ${value} is out of range, ${minimum} to ${maximum}${multiple} is possible`,
    );
  }
  return value;
}

/**
 * `lui` and `auipc` are written with bits 31:12 of their value, `auipcc` and `auicgp` with bits 30:11; c.lui with 1 to 31 or
 * 0xfffe0 to 0xfffff.
 */
function upperValue(instruction: Instruction, field: Field, constant: bigint): number {
  const value = Number(constant);
  const low = Math.log2(fieldRange(field).step);
  const shifted = (value << 12) >> (12 - low);
  if (value < 0 || value > 0xfffff || !fits(field, shifted)) {
    const range = instruction.length === 2 ? '1 to 31 or 0xfffe0 to 0xfffff' : '0 to 0xfffff';
    throw new Mistake(
      `${instruction.mnemonic}: ${value} is out of range, ${range} is possible (bits ${low + 19}:${low} of the result)`,
    );
  }
  return shifted;
}

/** An instruction whose immediate is known only after the layout. */
function immediateFragment(
  context: Context,
  instruction: Instruction,
  field: Field,
  operands: Operands,
  immediate: Immediate,
): Fragment {
  const { length } = instruction;
  return {
    fixed: length,
    size: () => length,
    encode: (place) => {
      const imm = lateValue(context, instruction, field, immediate, place);
      const word = encode(instruction, withImmediate(field, operands, imm));
      if (word === undefined) throw new Mistake(`${instruction.mnemonic} cannot have these operands`);
      return wordBytes(word, length);
    },
  };
}

/** Bits 31:12 of a value, rounded so that a signed low part completes it. */
export const highPart = (value: number): number => (value + 0x800) & ~0xfff;

/**
 * The part of a distance that auipcc adds: rounded toward zero (LLVM's lld, CHERIOT_COMPARTMENT_HI), because an address below
 * the base of PCC would cost the capability its tag.
 */
export const capabilityHighPart = (distance: number): number => distance - capabilityLowPart(distance);

/** The rest, with the sign of the distance: -2047 to 2047. */
export const capabilityLowPart = (distance: number): number => (distance % 0x800) | 0;

/** Bits 11:0 of a value, signed. */
export const lowPart = (value: number): number => (value << 20) >> 20;

/** Operators of an instruction that a low part names by its label. */
const PC_RELATIVE_HIGH: ReadonlySet<Modifier> = new Set([
  'pcrel_hi',
  'cheriot_compartment_hi',
  'cheriot_compartment_code_hi',
]);

/** The unit in which a field must count for the operator, undefined for low parts. */
const STEPS: Readonly<Record<Modifier, number | undefined>> = {
  hi: 1 << 12,
  pcrel_hi: 1 << 12,
  cheriot_compartment_hi: 1 << 11,
  cheriot_compartment_code_hi: 1 << 11,
  lo: undefined,
  pcrel_lo: undefined,
  cheriot_compartment_lo_i: undefined,
  cheriot_compartment_lo_s: undefined,
};

function lateValue(
  context: Context,
  instruction: Instruction,
  field: Field,
  immediate: Immediate,
  place: Place,
): number {
  const value = place.value(immediate.expression);
  const number = Number(BigInt.asIntN(32, value));
  const { modifier } = immediate;
  if (modifier === undefined) return fieldValue(instruction, field, value);
  const step = field.form === 'upper' ? fieldRange(field).step : undefined;
  if (STEPS[modifier] !== step) {
    const fitting = MODIFIERS.find((name) => STEPS[name] === step) ?? '';
    throw new Mistake(`%${modifier} does not belong to ${instruction.mnemonic}: %${fitting} does`);
  }
  const fromHighPart = (kind: string): number => {
    const target = context.highParts.targetOf(value, (expression) => place.value(expression));
    if (target === undefined) throw new Mistake(`%${modifier} needs the label of an ${kind}`);
    return Number(BigInt.asIntN(32, place.value(target) - value));
  };
  switch (modifier) {
    case 'hi':
      return highPart(number);
    case 'lo':
      return lowPart(number);
    case 'pcrel_hi':
      return highPart(number - place.address);
    case 'pcrel_lo':
      return lowPart(fromHighPart('auipc with %pcrel_hi'));
    case 'cheriot_compartment_hi':
    case 'cheriot_compartment_code_hi':
      if (instruction.op !== Op.AUIPCC) throw new Mistake(`%${modifier} belongs to auipcc: auicgp takes a number`);
      return capabilityHighPart((number - place.address) | 0);
    case 'cheriot_compartment_lo_i':
    case 'cheriot_compartment_lo_s':
      return capabilityLowPart(fromHighPart('auipcc with %cheriot_compartment_hi'));
  }
}

/** Branches and jumps: their size depends on the distance if the target is a label. */
function emitTransfer(
  context: Context,
  instruction: Instruction,
  registers: RegisterOperands,
  immediate: Immediate,
  compression: Compression,
): void {
  if (immediate.modifier !== undefined) throw new Mistake(`%${immediate.modifier} does not belong to a branch or jump`);
  const { expression } = immediate;
  const { host } = context;
  const compressible = context.compressed && compression !== 'never';
  if (host.constant(expression) !== undefined) {
    // An absolute address: the instruction keeps the size it is written with
    host.fragment(immediateOnly(instruction, registers, immediate));
  } else if (instruction.op === Op.JAL) {
    host.fragment(jumpFragment(context, registers.rd, expression, instruction.length === 2 || compressible));
  } else {
    host.fragment(
      branchFragment(context, instruction.op, registers, expression, instruction.length === 2 || compressible),
    );
  }
}

function immediateOnly(instruction: Instruction, registers: RegisterOperands, immediate: Immediate): Fragment {
  const { length } = instruction;
  return {
    fixed: length,
    size: () => length,
    encode: (place) => {
      const imm = Number(place.value(immediate.expression)) - place.address;
      const word = encode(instruction, { ...registers, imm: imm | 0 });
      if (word === undefined) throw new Mistake(`${instruction.mnemonic}: target is ${imm} bytes away, out of range`);
      return wordBytes(word, length);
    },
  };
}
