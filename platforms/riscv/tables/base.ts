import type { Instruction, TimingClass } from '../instruction.js';
import { Op } from '../operations.js';

/** Bits that formats fix: opcode; funct3 and opcode; funct7, funct3 and opcode (Unprivileged ISA 20191213, section 2.2). */
const OPCODE = 0x7f;
const FUNCT3 = 0x707f;
const FUNCT7 = 0xfe00707f | 0;

const isa = (section: string): string => `RISC-V Unprivileged ISA 20191213, section ${section}`;

function base(
  mnemonic: string,
  op: Op,
  match: number,
  mask: number,
  operands: string,
  timing: TimingClass,
  section: string,
): Instruction {
  return { mnemonic, op, match: match | 0, mask, length: 4, operands, timing, extension: 'I', section: isa(section) };
}

const immediate = (mnemonic: string, op: Op, funct3: number): Instruction =>
  base(mnemonic, op, 0x13 | (funct3 << 12), FUNCT3, 'rd,rs1,imm.i', 'alu', '2.4.1');

const shiftImmediate = (mnemonic: string, op: Op, match: number): Instruction =>
  base(mnemonic, op, match, FUNCT7, 'rd,rs1,shamt', 'shift', '2.4.1');

const register = (mnemonic: string, op: Op, match: number, timing: TimingClass = 'alu'): Instruction =>
  base(mnemonic, op, match, FUNCT7, 'rd,rs1,rs2', timing, '2.4.2');

const branch = (mnemonic: string, op: Op, funct3: number): Instruction =>
  base(mnemonic, op, 0x63 | (funct3 << 12), FUNCT3, 'rs1,rs2,imm.b', 'branch', '2.5.2');

const load = (mnemonic: string, op: Op, funct3: number): Instruction =>
  base(mnemonic, op, 0x03 | (funct3 << 12), FUNCT3, 'rd,imm.i(rs1)', 'load', '2.6');

const store = (mnemonic: string, op: Op, funct3: number): Instruction =>
  base(mnemonic, op, 0x23 | (funct3 << 12), FUNCT3, 'rs2,imm.s(rs1)', 'store', '2.6');

/** RV32I. */
export const BASE: readonly Instruction[] = [
  base('lui', Op.LUI, 0x37, OPCODE, 'rd,imm.u', 'alu', '2.4.1'),
  base('auipc', Op.AUIPC, 0x17, OPCODE, 'rd,imm.u', 'alu', '2.4.1'),
  base('jal', Op.JAL, 0x6f, OPCODE, 'rd,imm.j', 'jump', '2.5.1'),
  base('jalr', Op.JALR, 0x67, FUNCT3, 'rd,imm.i(rs1)', 'jump register', '2.5.1'),
  branch('beq', Op.BEQ, 0),
  branch('bne', Op.BNE, 1),
  branch('blt', Op.BLT, 4),
  branch('bge', Op.BGE, 5),
  branch('bltu', Op.BLTU, 6),
  branch('bgeu', Op.BGEU, 7),
  load('lb', Op.LB, 0),
  load('lh', Op.LH, 1),
  load('lw', Op.LW, 2),
  load('lbu', Op.LBU, 4),
  load('lhu', Op.LHU, 5),
  store('sb', Op.SB, 0),
  store('sh', Op.SH, 1),
  store('sw', Op.SW, 2),
  immediate('addi', Op.ADDI, 0),
  immediate('slti', Op.SLTI, 2),
  immediate('sltiu', Op.SLTIU, 3),
  immediate('xori', Op.XORI, 4),
  immediate('ori', Op.ORI, 6),
  immediate('andi', Op.ANDI, 7),
  // shamt[5] = 1 is reserved in RV32: the mask covers it
  shiftImmediate('slli', Op.SLLI, 0x00001013),
  shiftImmediate('srli', Op.SRLI, 0x00005013),
  shiftImmediate('srai', Op.SRAI, 0x40005013),
  register('add', Op.ADD, 0x00000033),
  register('sub', Op.SUB, 0x40000033),
  register('sll', Op.SLL, 0x00001033, 'shift'),
  register('slt', Op.SLT, 0x00002033),
  register('sltu', Op.SLTU, 0x00003033),
  register('xor', Op.XOR, 0x00004033),
  register('srl', Op.SRL, 0x00005033, 'shift'),
  register('sra', Op.SRA, 0x40005033, 'shift'),
  register('or', Op.OR, 0x00006033),
  register('and', Op.AND, 0x00007033),
  { ...base('fence.tso', Op.FENCE, 0x8330000f, -1, '', 'fence', '2.7'), implied: { imm: 0x833 } },
  base('fence', Op.FENCE, 0x0000000f, 0xf00fffff | 0, 'pred,succ', 'fence', '2.7'),
  // "Base implementations shall ignore these fields": rd, rs1 and any other fm are a fence too
  { ...base('fence', Op.FENCE, 0x0000000f, FUNCT3, '', 'fence', '2.7'), decodeOnly: ['fm', 'pred', 'succ'] },
  base('ecall', Op.ECALL, 0x00000073, -1, '', 'trap', '2.8'),
  base('ebreak', Op.EBREAK, 0x00100073, -1, '', 'trap', '2.8'),
];

/** Zifencei. Its unused fields are to be ignored, too. */
export const FENCE_I: readonly Instruction[] = [
  { ...base('fence.i', Op.FENCE_I, 0x0000100f, -1, '', 'fence.i', '3'), extension: 'Zifencei' },
  { ...base('fence.i', Op.FENCE_I, 0x0000100f, FUNCT3, '', 'fence.i', '3'), extension: 'Zifencei', decodeOnly: [] },
];
