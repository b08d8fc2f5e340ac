import type { Instruction, Pattern, TimingClass } from '../instruction.js';
import { Op } from '../operations.js';
import { BASE } from './base.js';
import { COMPRESSED } from './compressed.js';

const OPCODE = 0x7f;
const FUNCT3 = 0x707f;
const FUNCT7 = 0xfe00707f | 0;
const UNARY = 0xfff0707f | 0;

/** The major opcode custom-2, which holds most of CHERIoT. */
const CHERIOT_OPCODE = 0x5b;

function entry(
  name: string,
  mnemonic: string,
  op: Op,
  match: number,
  mask: number,
  operands: string,
  timing: TimingClass = 'capability',
): Instruction {
  return {
    mnemonic,
    op,
    match: match | 0,
    mask,
    length: 4,
    operands,
    timing,
    extension: 'CHERIoT',
    section: `CHERIoT Architecture 1.0, section ${name}`,
  };
}

/** Two operands: funct7 tells the operation. */
const binary = (
  name: string,
  mnemonic: string,
  op: Op,
  funct7: number,
  operands: string,
  timing?: TimingClass,
): Instruction => entry(name, mnemonic, op, (funct7 << 25) | CHERIOT_OPCODE, FUNCT7, operands, timing);

/** One operand: funct7 is 0x7f and the field of rs2 tells the operation. */
const unary = (
  name: string,
  mnemonic: string,
  op: Op,
  selector: number,
  operands: string,
  timing?: TimingClass,
): Instruction => entry(name, mnemonic, op, 0xfe000000 | (selector << 20) | CHERIOT_OPCODE, UNARY, operands, timing);

/** The instructions that CHERIoT adds, with the mnemonics of LLVM; the section is the architecture's name. */
export const CHERIOT: readonly Instruction[] = [
  // In place of auipc: the immediate counts units of 2 KiB
  entry('AUIPCC', 'auipcc', Op.AUIPCC, 0x17, OPCODE, 'cd,imm.u11'),
  entry('AUICGP', 'auicgp', Op.AUICGP, 0x7b, OPCODE, 'cd,imm.u11'),
  entry('CLC', 'clc', Op.CLC, 0x3003, FUNCT3, 'cd,imm.i(cs1)', 'load capability'),
  entry('CSC', 'csc', Op.CSC, 0x3023, FUNCT3, 'cs2,imm.s(cs1)', 'store capability'),
  binary('CSpecialRW', 'cspecialrw', Op.CSPECIALRW, 0x01, 'cd,scr,cs1', 'special register'),
  binary('CSetBounds', 'csetbounds', Op.CSETBOUNDS, 0x08, 'cd,cs1,rs2', 'set bounds'),
  binary('CSetBoundsExact', 'csetboundsexact', Op.CSETBOUNDSEXACT, 0x09, 'cd,cs1,rs2', 'set bounds'),
  binary('CSetBoundsRoundDown', 'csetboundsrounddown', Op.CSETBOUNDSROUNDDOWN, 0x0a, 'cd,cs1,rs2', 'set bounds'),
  binary('CSeal', 'cseal', Op.CSEAL, 0x0b, 'cd,cs1,cs2'),
  binary('CUnseal', 'cunseal', Op.CUNSEAL, 0x0c, 'cd,cs1,cs2'),
  binary('CAndPerm', 'candperm', Op.CANDPERM, 0x0d, 'cd,cs1,rs2'),
  binary('CSetAddr', 'csetaddr', Op.CSETADDR, 0x10, 'cd,cs1,rs2'),
  binary('CIncAddr', 'cincoffset', Op.CINCADDR, 0x11, 'cd,cs1,rs2'),
  entry('CIncAddrImm', 'cincoffset', Op.CINCADDRIMM, 0x1000 | CHERIOT_OPCODE, FUNCT3, 'cd,cs1,imm.i'),
  entry(
    'CSetBoundsImm',
    'csetbounds',
    Op.CSETBOUNDSIMM,
    0x2000 | CHERIOT_OPCODE,
    FUNCT3,
    'cd,cs1,uimm.i',
    'set bounds',
  ),
  binary('CSub', 'csub', Op.CSUB, 0x14, 'rd,cs1,cs2'),
  binary('CSetHigh', 'csethigh', Op.CSETHIGH, 0x16, 'cd,cs1,rs2'),
  binary('CTestSubset', 'ctestsubset', Op.CTESTSUBSET, 0x20, 'rd,cs1,cs2'),
  binary('CSetEqualExact', 'cseqx', Op.CSETEQUALEXACT, 0x21, 'rd,cs1,cs2'),
  unary('CGetPerm', 'cgetperm', Op.CGETPERM, 0x00, 'rd,cs1'),
  unary('CGetType', 'cgettype', Op.CGETTYPE, 0x01, 'rd,cs1'),
  unary('CGetBase', 'cgetbase', Op.CGETBASE, 0x02, 'rd,cs1'),
  unary('CGetLen', 'cgetlen', Op.CGETLEN, 0x03, 'rd,cs1'),
  unary('CGetTag', 'cgettag', Op.CGETTAG, 0x04, 'rd,cs1'),
  unary('CRoundRepresentableLength', 'crrl', Op.CRRL, 0x08, 'rd,rs1', 'set bounds'),
  unary('CRepresentableAlignmentMask', 'cram', Op.CRAM, 0x09, 'rd,rs1', 'set bounds'),
  unary('CMove', 'cmove', Op.CMOVE, 0x0a, 'cd,cs1'),
  unary('CClearTag', 'ccleartag', Op.CCLEARTAG, 0x0b, 'cd,cs1'),
  unary('CGetAddr', 'cgetaddr', Op.CGETADDR, 0x0f, 'rd,cs1'),
  unary('CGetHigh', 'cgethigh', Op.CGETHIGH, 0x17, 'rd,cs1'),
  unary('CGetTop', 'cgettop', Op.CGETTOP, 0x18, 'rd,cs1'),
];

/**
 * The base ISA as CHERIoT has it: loads and stores by way of a capability, jumps that make and take sentries, no auipc.
 * The encodings are those of the base ISA.
 */
export const CHERIOT_BASE: readonly Instruction[] = BASE.filter(({ op }) => op !== Op.AUIPC).map((instruction) => {
  const { mnemonic, operands, timing, section } = instruction;
  const rename = (capability: string): Instruction => ({
    ...instruction,
    mnemonic: `c${mnemonic}`,
    operands: capability,
    section: `${section}; CHERIoT Architecture 1.0, section C${mnemonic.toUpperCase()}`,
  });
  switch (timing) {
    case 'load':
    case 'store':
      return rename(operands.replace('(rs1)', '(cs1)'));
    case 'jump':
    case 'jump register':
      return rename(operands.replace('rd', 'cd').replace('(rs1)', '(cs1)'));
    default:
      return instruction;
  }
});

const COMPRESSED_FUNCT3 = 0xe003;

function compressed(
  mnemonic: string,
  op: Op,
  match: number,
  operands: string,
  timing: TimingClass,
  extra: Pick<Instruction, 'implied' | 'except' | 'mask'>,
): Instruction {
  return {
    mnemonic,
    op,
    match,
    length: 2,
    operands,
    timing,
    extension: 'C',
    section: 'CHERIoT Architecture 1.0, section Compressed instructions',
    ...extra,
  };
}

/** c.addi by 0. */
const ADD_ZERO: Pattern = { match: 0x0001, mask: 0xf07f };

/** Where CHERIoT gives a 16-bit encoding another meaning, or one that RV32C reserves. */
const CHANGED: readonly Instruction[] = [
  compressed('c.cincoffset4cspn', Op.CINCADDRIMM, 0x0000, "c.cd',csp,c.uimm.4spn", 'capability', {
    mask: COMPRESSED_FUNCT3,
    implied: { rs1: 2 },
    except: [{ match: 0x0000, mask: 0xffe3 }],
  }),
  compressed('c.cincoffset16csp', Op.CINCADDRIMM, 0x6101, 'csp,c.imm.16sp', 'capability', {
    mask: 0xef83,
    implied: { rd: 2, rs1: 2 },
    except: [{ match: 0x6101, mask: 0xffff }],
  }),
  compressed('c.clc', Op.CLC, 0x6000, "c.cd',c.uimm.lc(c.cs1')", 'load capability', { mask: COMPRESSED_FUNCT3 }),
  compressed('c.csc', Op.CSC, 0xe000, "c.cs2',c.uimm.lc(c.cs1')", 'store capability', { mask: COMPRESSED_FUNCT3 }),
  compressed('c.clccsp', Op.CLC, 0x6002, 'c.cd,c.uimm.lcsp(csp)', 'load capability', {
    mask: COMPRESSED_FUNCT3,
    implied: { rs1: 2 },
    except: [{ match: 0x6002, mask: 0xef83 }],
  }),
  compressed('c.csccsp', Op.CSC, 0xe002, 'c.cs2,c.uimm.scsp(csp)', 'store capability', {
    mask: COMPRESSED_FUNCT3,
    implied: { rs1: 2 },
  }),
  // A HINT, which must leave the capability in rd as it is: addi would make it an integer
  { ...compressed('c.addi', Op.ADDI, ADD_ZERO.match, '', 'alu', { mask: ADD_ZERO.mask }), decodeOnly: ['c.rs1'] },
];

const NAMES: ReadonlyMap<string, string> = new Map([
  ['c.lw', 'c.clw'],
  ['c.sw', 'c.csw'],
  ['c.lwsp', 'c.clwcsp'],
  ['c.swsp', 'c.cswcsp'],
  ['c.jal', 'c.cjal'],
  ['c.jr', 'c.cjr'],
  ['c.jalr', 'c.cjalr'],
]);

/** Those that CHERIoT leaves out or gives another meaning. */
const LEFT_OUT: ReadonlySet<string> = new Set(['c.addi4spn', 'c.addi16sp']);

/**
 * The C extension as CHERIoT has it: capability offsets of the stack pointer, capability loads and stores in place of the
 * encodings of doublewords, and bases that are capabilities.
 */
export const CHERIOT_COMPRESSED: readonly Instruction[] = [
  ...CHANGED,
  ...COMPRESSED.filter(({ mnemonic }) => !LEFT_OUT.has(mnemonic)).map((instruction) => {
    if (instruction.mnemonic === 'c.addi') return { ...instruction, except: [ADD_ZERO] };
    const mnemonic = NAMES.get(instruction.mnemonic);
    if (mnemonic === undefined) return instruction;
    const operands = instruction.operands.replace(/c\.rs1/, 'c.cs1').replace('(sp)', '(csp)');
    return { ...instruction, mnemonic, operands };
  }),
];
