import type { OperandField } from '../fields.js';
import type { Extension, Instruction, TimingClass } from '../instruction.js';
import { Op } from '../operations.js';

/** Fixed bits of the formats: funct7 and funct3; the same and rs2; funct2 and funct3 of format R4. */
const FUNCT7 = 0xfe00707f | 0;
const UNARY = 0xfff0707f | 0;
const R4 = 0x0600707f;

const REGISTER = 0x33;
const IMMEDIATE = 0x13;

type Ratified = 'Zba' | 'Zbb' | 'Zbc' | 'Zbs';

const section = (extension: Extension): string =>
  extension === 'Zb draft'
    ? 'RISC-V Bitmanip Extension 0.93 (draft of 2021-01-10), section 2'
    : `RISC-V Bit-Manipulation ISA-extensions 1.0.0, section ${extension}`;

function entry(
  extension: Ratified | 'Zb draft',
  mnemonic: string,
  op: Op,
  match: number,
  mask: number,
  operands: string,
  timing: TimingClass,
): Instruction {
  return {
    mnemonic,
    op,
    match: match | 0,
    mask,
    length: 4,
    operands,
    timing,
    extension,
    section: section(extension),
  };
}

type Row = readonly [mnemonic: string, op: Op, funct7: number, funct3: number, timing?: TimingClass];

/** `rd, rs1, rs2`. */
const binary = (extension: Ratified | 'Zb draft', rows: readonly Row[]): Instruction[] =>
  rows.map(([mnemonic, op, funct7, funct3, timing = 'alu']) =>
    entry(extension, mnemonic, op, (funct7 << 25) | (funct3 << 12) | REGISTER, FUNCT7, 'rd,rs1,rs2', timing),
  );

/** `rd, rs1, shamt` with five bits. */
const immediate = (extension: Ratified | 'Zb draft', rows: readonly Row[]): Instruction[] =>
  rows.map(([mnemonic, op, funct7, funct3, timing = 'shift']) =>
    entry(extension, mnemonic, op, (funct7 << 25) | (funct3 << 12) | IMMEDIATE, FUNCT7, 'rd,rs1,shamt', timing),
  );

/** `rd, rs1`: the operation is in the field of rs2, or of the shift amount. */
const unary = (
  extension: Ratified | 'Zb draft',
  rows: readonly (readonly [mnemonic: string, op: Op, immediate: number, timing?: TimingClass])[],
): Instruction[] =>
  rows.map(([mnemonic, op, imm, timing = 'alu']) =>
    entry(extension, mnemonic, op, (imm << 20) | 0x1000 | IMMEDIATE, UNARY, 'rd,rs1', timing),
  );

/** Zba, Zbb, Zbc and Zbs. */
export const BITMANIP: readonly Instruction[] = [
  ...binary('Zba', [
    ['sh1add', Op.SH1ADD, 0x10, 2],
    ['sh2add', Op.SH2ADD, 0x10, 4],
    ['sh3add', Op.SH3ADD, 0x10, 6],
  ]),
  ...binary('Zbb', [
    ['andn', Op.ANDN, 0x20, 7],
    ['orn', Op.ORN, 0x20, 6],
    ['xnor', Op.XNOR, 0x20, 4],
    ['max', Op.MAX, 0x05, 6],
    ['maxu', Op.MAXU, 0x05, 7],
    ['min', Op.MIN, 0x05, 4],
    ['minu', Op.MINU, 0x05, 5],
    ['rol', Op.ROL, 0x30, 1, 'rotate'],
    ['ror', Op.ROR, 0x30, 5, 'rotate'],
  ]),
  ...immediate('Zbb', [['rori', Op.RORI, 0x30, 5, 'rotate']]),
  ...unary('Zbb', [
    ['clz', Op.CLZ, 0x600],
    ['ctz', Op.CTZ, 0x601],
    ['cpop', Op.CPOP, 0x602],
    ['sext.b', Op.SEXT_B, 0x604],
    ['sext.h', Op.SEXT_H, 0x605],
  ]),
  // One code point each of what the draft calls pack, gorci and grevi
  entry('Zbb', 'zext.h', Op.PACK, 0x08004033, UNARY, 'rd,rs1', 'alu'),
  { ...entry('Zbb', 'orc.b', Op.GORCI, 0x28705013, UNARY, 'rd,rs1', 'permute'), implied: { imm: 7 } },
  { ...entry('Zbb', 'rev8', Op.GREVI, 0x69805013, UNARY, 'rd,rs1', 'permute'), implied: { imm: 24 } },
  ...binary('Zbc', [
    ['clmul', Op.CLMUL, 0x05, 1, 'carry-less multiply'],
    ['clmulr', Op.CLMULR, 0x05, 2, 'carry-less multiply'],
    ['clmulh', Op.CLMULH, 0x05, 3, 'carry-less multiply'],
  ]),
  ...binary('Zbs', [
    ['bclr', Op.BCLR, 0x24, 1, 'shift'],
    ['bext', Op.BEXT, 0x24, 5, 'shift'],
    ['binv', Op.BINV, 0x34, 1, 'shift'],
    ['bset', Op.BSET, 0x14, 1, 'shift'],
  ]),
  ...immediate('Zbs', [
    ['bclri', Op.BCLRI, 0x24, 1],
    ['bexti', Op.BEXTI, 0x24, 5],
    ['binvi', Op.BINVI, 0x34, 1],
    ['bseti', Op.BSETI, 0x14, 1],
  ]),
];

const ternary = (mnemonic: string, op: Op, match: number, operands: string): Instruction =>
  entry('Zb draft', mnemonic, op, match, R4, operands, 'three operands');

/** An encoding whose bits of `ignored` the draft fixes and a core may not look at. */
const ignoring = (instruction: Instruction, ignored: number, shamt: OperandField = 'shamt'): Instruction => ({
  ...instruction,
  mask: instruction.mask & ~ignored,
  operands: '',
  decodeOnly: ['rd', 'rs1', shamt],
});

const DRAFT_IMMEDIATE = immediate('Zb draft', [
  ['sloi', Op.SLOI, 0x10, 1],
  ['sroi', Op.SROI, 0x10, 5],
  ['grevi', Op.GREVI, 0x34, 5, 'permute'],
  ['gorci', Op.GORCI, 0x14, 5, 'permute'],
]);

const shuffle = (mnemonic: string, op: Op, match: number): Instruction =>
  entry('Zb draft', mnemonic, op, match, 0xff00707f | 0, 'rd,rs1,shamt.4', 'permute');

const SHUFFLE_IMMEDIATE = [shuffle('shfli', Op.SHFLI, 0x08001013), shuffle('unshfli', Op.UNSHFLI, 0x08005013)];

/** What draft 0.93 has beyond Zba to Zbs, as an RV32 core has it: Zbp, Zbf, Zbe, Zbt and Zbr. */
export const BITMANIP_DRAFT: readonly Instruction[] = [
  ...binary('Zb draft', [
    ['pack', Op.PACK, 0x04, 4],
    ['packu', Op.PACKU, 0x24, 4],
    ['packh', Op.PACKH, 0x04, 7],
    ['grev', Op.GREV, 0x34, 5, 'permute'],
    ['gorc', Op.GORC, 0x14, 5, 'permute'],
    ['shfl', Op.SHFL, 0x04, 1, 'permute'],
    ['unshfl', Op.UNSHFL, 0x04, 5, 'permute'],
    ['xperm.n', Op.XPERM_N, 0x14, 2, 'permute'],
    ['xperm.b', Op.XPERM_B, 0x14, 4, 'permute'],
    ['xperm.h', Op.XPERM_H, 0x14, 6, 'permute'],
    ['slo', Op.SLO, 0x10, 1, 'shift'],
    ['sro', Op.SRO, 0x10, 5, 'shift'],
    ['bfp', Op.BFP, 0x24, 7],
    ['bcompress', Op.BCOMPRESS, 0x04, 6, 'bit gather'],
    ['bdecompress', Op.BDECOMPRESS, 0x24, 6, 'bit gather'],
  ]),
  ...DRAFT_IMMEDIATE,
  ...SHUFFLE_IMMEDIATE,
  ...unary('Zb draft', [
    ['crc32.b', Op.CRC32_B, 0x610, 'crc'],
    ['crc32.h', Op.CRC32_H, 0x611, 'crc'],
    ['crc32.w', Op.CRC32_W, 0x612, 'crc'],
    ['crc32c.b', Op.CRC32C_B, 0x618, 'crc'],
    ['crc32c.h', Op.CRC32C_H, 0x619, 'crc'],
    ['crc32c.w', Op.CRC32C_W, 0x61a, 'crc'],
  ]),
  ternary('cmix', Op.CMIX, 0x06001033, 'rd,rs2,rs1,rs3'),
  ternary('cmov', Op.CMOV, 0x06005033, 'rd,rs2,rs1,rs3'),
  ternary('fsl', Op.FSL, 0x04001033, 'rd,rs1,rs3,rs2'),
  ternary('fsr', Op.FSR, 0x04005033, 'rd,rs1,rs3,rs2'),
  entry('Zb draft', 'fsri', Op.FSRI, 0x04005013, 0x0400707f, 'rd,rs1,fsri.rs3,shamt.6', 'three operands'),
];

/**
 * Reserved encodings of the draft that Ibex takes for the instruction beside them: it looks neither at bit 25 of these
 * immediates, nor at bit 26 of sloi, nor at bit 24 of the shuffles (cheriot-ibex a3e4caf, rtl/ibex_decoder.sv, OPCODE_OP_IMM).
 */
export const IBEX_BITMANIP: readonly Instruction[] = [
  ...DRAFT_IMMEDIATE.map((instruction) => ignoring(instruction, instruction.op === Op.SLOI ? 0x06000000 : 0x02000000)),
  ...SHUFFLE_IMMEDIATE.map((instruction) => ignoring(instruction, 0x03000000, 'shamt.4')),
];
