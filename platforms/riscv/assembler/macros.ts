import { Mistake } from '../../assembler/problems.js';
import type { Fragment } from '../../assembler/section.js';
import { encode } from '../encode.js';
import type { Instruction } from '../instruction.js';
import { Op } from '../operations.js';
import type { Context } from './context.js';
import { emitWord, highPart, lowPart, wordBytes } from './emit.js';
import type { Immediate, Operand } from './operands.js';

/** A pseudo-instruction that is several instructions, or one of several. False if the operands are not of its form. */
export type MacroInstruction = (context: Context, operands: readonly Operand[]) => boolean;

/** The instruction of a mnemonic that the table is known to have. */
export function instruction(context: Context, mnemonic: string): Instruction {
  const found = context.instructions.get(mnemonic)?.[0];
  if (found === undefined) throw new Mistake(`the instruction set has no ${mnemonic}, which this needs`);
  return found;
}

const addi = (context: Context, rd: number, rs1: number, imm: number, compress = true): void =>
  emitWord(context, instruction(context, 'addi'), { rd, rs1, rs2: 0, imm }, compress ? 'any' : 'never');

/**
 * `li`: one instruction if one is enough, else lui and addi. A value that is written unsigned, such as 0xffffffff for -1,
 * takes the same instructions, but GNU as leaves a single addi uncompressed then.
 */
export function loadConstant(context: Context, rd: number, value: bigint): void {
  if (value < -(1n << 31n) || value >= 1n << 32n) throw new Mistake(`li: ${value} does not fit in 32 bits`);
  const number = Number(BigInt.asIntN(32, value));
  if (number >= -2048 && number < 2048) {
    addi(context, rd, 0, number, rd !== 0 && value === BigInt(number));
    return;
  }
  const low = lowPart(number);
  const lui = { rd, rs1: 0, rs2: 0, imm: highPart(number) };
  emitWord(context, instruction(context, 'lui'), lui, 'any');
  // With rd = x0, GNU as takes the register of the high part for "none" and completes it all the same
  if (low !== 0 || rd === 0) addi(context, rd, rd, low);
}

export const li: MacroInstruction = (context, [rd, value, ...rest]) => {
  if (rd?.kind !== 'register' || value?.kind !== 'immediate' || rest.length > 0) return false;
  const { immediate } = value;
  const constant = context.host.constant(immediate.expression);
  if (immediate.modifier !== undefined)
    throw new Mistake(`%${immediate.modifier} does not belong to li: write lui, addi or la`);
  if (constant === undefined) throw new Mistake('li needs a number that is known here: la loads an address');
  loadConstant(context, rd.register, constant);
  return true;
};

/** An auipc and an instruction that completes its address, 8 bytes in all. */
function pcRelative(
  context: Context,
  scratch: number,
  target: Immediate,
  second: Instruction,
  operands: { rd: number; rs2: number },
): void {
  const { expression, modifier } = target;
  if (modifier !== undefined) throw new Mistake(`%${modifier} does not belong here: the symbol alone does`);
  const first = instruction(context, 'auipc');
  const fragment: Fragment = {
    fixed: 8,
    size: () => 8,
    encode: (place) => {
      const distance = (Number(BigInt.asIntN(32, place.value(expression))) - place.address) | 0;
      const high = encode(first, { rd: scratch, rs1: 0, rs2: 0, imm: highPart(distance) });
      const low = encode(second, { ...operands, rs1: scratch, imm: lowPart(distance) });
      if (high === undefined || low === undefined) throw new Mistake(`${second.mnemonic} cannot have these operands`);
      return [...wordBytes(high, 4), ...wordBytes(low, 4)];
    },
  };
  context.host.fragment(fragment);
}

const la: MacroInstruction = (context, [rd, target, ...rest]) => {
  if (rd?.kind !== 'register' || target?.kind !== 'immediate' || rest.length > 0) return false;
  const constant = context.host.constant(target.immediate.expression);
  if (constant === undefined || target.immediate.modifier !== undefined) {
    pcRelative(context, rd.register, target.immediate, instruction(context, 'addi'), { rd: rd.register, rs2: 0 });
  } else loadConstant(context, rd.register, constant);
  return true;
};

/** `call` links in ra by way of ra; with a register, in that by way of t1. `tail` and `jump` do not link. */
function farJump(context: Context, link: number, scratch: number, target: Operand | undefined): boolean {
  if (target?.kind !== 'immediate') return false;
  pcRelative(context, scratch, target.immediate, instruction(context, 'jalr'), { rd: link, rs2: 0 });
  return true;
}

const RA = 1;
const T1 = 6;

const call: MacroInstruction = (context, operands) => {
  const [first, second] = operands;
  if (operands.length === 1) return farJump(context, RA, RA, first);
  return operands.length === 2 && first.kind === 'register' && farJump(context, first.register, T1, second);
};

const tail: MacroInstruction = (context, operands) => operands.length === 1 && farJump(context, 0, T1, operands[0]);

const jump: MacroInstruction = (context, operands) => {
  const [target, scratch] = operands;
  return operands.length === 2 && scratch.kind === 'register' && farJump(context, 0, scratch.register, target);
};

/** `lw rd, symbol`. */
const loadFrom =
  (mnemonic: string): MacroInstruction =>
  (context, [rd, target, ...rest]) => {
    if (rd?.kind !== 'register' || target?.kind !== 'immediate' || rest.length > 0) return false;
    if (context.host.constant(target.immediate.expression) !== undefined) return false;
    const load = instruction(context, mnemonic);
    pcRelative(context, rd.register, target.immediate, load, { rd: rd.register, rs2: 0 });
    return true;
  };

/** `sw rs, symbol, scratch`. */
const storeTo =
  (mnemonic: string): MacroInstruction =>
  (context, [source, target, scratch, ...rest]) => {
    if (source?.kind !== 'register' || target?.kind !== 'immediate' || scratch?.kind !== 'register') return false;
    if (rest.length > 0 || context.host.constant(target.immediate.expression) !== undefined) return false;
    const store = instruction(context, mnemonic);
    pcRelative(context, scratch.register, target.immediate, store, { rd: 0, rs2: source.register });
    return true;
  };

/** `sext.b` and the like: without Zbb, two shifts. */
const extend =
  (mnemonic: string, bits: number, right: 'srli' | 'srai'): MacroInstruction =>
  (context, [rd, rs, ...rest]) => {
    if (context.instructions.has(mnemonic)) return false;
    if (rd?.kind !== 'register' || rs?.kind !== 'register' || rest.length > 0) return false;
    const imm = 32 - bits;
    emitWord(context, instruction(context, 'slli'), { rd: rd.register, rs1: rs.register, rs2: 0, imm }, 'any');
    emitWord(context, instruction(context, right), { rd: rd.register, rs1: rd.register, rs2: 0, imm }, 'any');
    return true;
  };

const CYCLE = 0xc00;

/** An instruction that is illegal everywhere: the all-zero halfword, or a write of the read-only cycle. */
export const unimplemented: MacroInstruction = (context, operands) => {
  if (operands.length > 0) return false;
  const word = encode(instruction(context, 'csrrw'), { rd: 0, rs1: 0, rs2: 0, imm: CYCLE }) ?? 0;
  context.host.bytes(context.compressed ? wordBytes(0, 2) : wordBytes(word, 4));
  return true;
};

export const shortUnimplemented: MacroInstruction = (context, operands) => {
  if (operands.length > 0) return false;
  context.host.bytes(wordBytes(0, 2));
  return true;
};

/** The macros by mnemonic. A mnemonic may be an instruction, too (`lw`). */
export const MACROS: ReadonlyMap<string, MacroInstruction> = new Map<string, MacroInstruction>([
  ['li', li],
  ['la', la],
  ['lla', la],
  ['call', call],
  ['tail', tail],
  ['jump', jump],
  ...['lb', 'lbu', 'lh', 'lhu', 'lw'].map((mnemonic) => [mnemonic, loadFrom(mnemonic)] as const),
  ...['sb', 'sh', 'sw'].map((mnemonic) => [mnemonic, storeTo(mnemonic)] as const),
  ['sext.b', extend('sext.b', 8, 'srai')],
  ['sext.h', extend('sext.h', 16, 'srai')],
  ['zext.h', extend('zext.h', 16, 'srli')],
  ['unimp', unimplemented],
  ['c.unimp', shortUnimplemented],
]);

/** Operations whose own mnemonic is never compressed: GNU as compresses only `j`, `jr rs` and `jalr rs`. */
export const NEVER_COMPRESSED: ReadonlySet<Op> = new Set([Op.JAL, Op.JALR]);
