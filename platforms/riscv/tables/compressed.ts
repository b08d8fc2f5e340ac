import type { Instruction, TimingClass } from '../instruction.js';
import { Op } from '../operations.js';

type Extra = Pick<Instruction, 'implied' | 'except' | 'hints'>;

function compressed(
  mnemonic: string,
  op: Op,
  match: number,
  mask: number,
  operands: string,
  timing: TimingClass,
  section: string,
  extra: Extra = {},
): Instruction {
  return {
    mnemonic,
    op,
    match,
    mask,
    length: 2,
    operands,
    timing,
    extension: 'C',
    section: `RISC-V Unprivileged ISA 20191213, section ${section}`,
    ...extra,
  };
}

/** Only funct3 and quadrant are fixed (16.2). */
const FUNCT3 = 0xe003;

const hint = (...patterns: readonly (readonly [match: number, mask: number])[]): Pick<Instruction, 'hints'> => ({
  hints: patterns.map(([match, mask]) => ({ match, mask })),
});

/** Code points that are reserved or another instruction's. */
const reserved = (match: number, mask: number): Pick<Instruction, 'except'> => ({ except: [{ match, mask }] });

/**
 * C extension, the integer subset of RV32 (chapter 16). `except` holds the reserved code points of tables 16.5 to 16.7;
 * `hints` those of table 16.3: they decode to what they expand to.
 */
export const COMPRESSED: readonly Instruction[] = [
  // Quadrant 0. Immediate 0 is reserved and covers the all-zero word, "defined illegal" (16.1)
  compressed('c.addi4spn', Op.ADDI, 0x0000, FUNCT3, "c.rd',sp,c.uimm.4spn", 'alu', '16.5', {
    implied: { rs1: 2 },
    ...reserved(0x0000, 0xffe3),
  }),
  compressed('c.lw', Op.LW, 0x4000, FUNCT3, "c.rd',c.uimm.lw(c.rs1')", 'load', '16.3'),
  compressed('c.sw', Op.SW, 0xc000, FUNCT3, "c.rs2',c.uimm.lw(c.rs1')", 'store', '16.3'),

  // Quadrant 1
  compressed('c.nop', Op.ADDI, 0x0001, 0xffff, '', 'alu', '16.5.5'),
  compressed('c.nop', Op.ADDI, 0x0001, 0xef83, 'c.imm', 'alu', '16.7', hint([0x0001, 0xef83])),
  compressed(
    'c.addi',
    Op.ADDI,
    0x0001,
    FUNCT3,
    'c.rd.rs1,c.imm',
    'alu',
    '16.5.2',
    hint([0x0001, 0xf07f], [0x0001, 0xef83]),
  ),
  compressed('c.jal', Op.JAL, 0x2001, FUNCT3, 'c.imm.j', 'jump', '16.4', { implied: { rd: 1 } }),
  compressed('c.li', Op.ADDI, 0x4001, FUNCT3, 'c.rd,c.imm', 'alu', '16.5.1', hint([0x4001, 0xef83])),
  compressed('c.addi16sp', Op.ADDI, 0x6101, 0xef83, 'sp,c.imm.16sp', 'alu', '16.5.2', {
    implied: { rd: 2, rs1: 2 },
    ...reserved(0x6101, 0xffff),
  }),
  compressed('c.lui', Op.LUI, 0x6001, FUNCT3, 'c.rd,c.imm.lui', 'alu', '16.5.1', {
    // Immediate 0 is reserved; rd = x2 is c.addi16sp
    except: [
      { match: 0x6001, mask: 0xf07f },
      { match: 0x6101, mask: 0xef83 },
    ],
    ...hint([0x6001, 0xef83]),
  }),
  // Shifts: bit 12 is shamt[5], not for RV32
  compressed('c.srli', Op.SRLI, 0x8001, 0xfc03, "c.rd.rs1',c.shamt", 'shift', '16.5.2', hint([0x8001, 0xfc7f])),
  compressed('c.srai', Op.SRAI, 0x8401, 0xfc03, "c.rd.rs1',c.shamt", 'shift', '16.5.2', hint([0x8401, 0xfc7f])),
  compressed('c.andi', Op.ANDI, 0x8801, 0xec03, "c.rd.rs1',c.imm", 'alu', '16.5.2'),
  compressed('c.sub', Op.SUB, 0x8c01, 0xfc63, "c.rd.rs1',c.rs2'", 'alu', '16.5.3'),
  compressed('c.xor', Op.XOR, 0x8c21, 0xfc63, "c.rd.rs1',c.rs2'", 'alu', '16.5.3'),
  compressed('c.or', Op.OR, 0x8c41, 0xfc63, "c.rd.rs1',c.rs2'", 'alu', '16.5.3'),
  compressed('c.and', Op.AND, 0x8c61, 0xfc63, "c.rd.rs1',c.rs2'", 'alu', '16.5.3'),
  compressed('c.j', Op.JAL, 0xa001, FUNCT3, 'c.imm.j', 'jump', '16.4'),
  compressed('c.beqz', Op.BEQ, 0xc001, FUNCT3, "c.rs1',c.imm.b", 'branch', '16.4'),
  compressed('c.bnez', Op.BNE, 0xe001, FUNCT3, "c.rs1',c.imm.b", 'branch', '16.4'),

  // Quadrant 2
  compressed(
    'c.slli',
    Op.SLLI,
    0x0002,
    0xf003,
    'c.rd.rs1,c.shamt',
    'shift',
    '16.5.2',
    hint([0x0002, 0xff83], [0x0002, 0xf07f]),
  ),
  compressed('c.lwsp', Op.LW, 0x4002, FUNCT3, 'c.rd,c.uimm.lwsp(sp)', 'load', '16.3.1', {
    implied: { rs1: 2 },
    ...reserved(0x4002, 0xef83),
  }),
  compressed('c.jr', Op.JALR, 0x8002, 0xf07f, 'c.rs1', 'jump register', '16.4', reserved(0x8002, 0xffff)),
  compressed('c.mv', Op.ADD, 0x8002, 0xf003, 'c.rd,c.rs2', 'alu', '16.5.3', {
    ...reserved(0x8002, 0xf07f),
    ...hint([0x8002, 0xff83]),
  }),
  compressed('c.ebreak', Op.EBREAK, 0x9002, 0xffff, '', 'trap', '16.5.6'),
  compressed('c.jalr', Op.JALR, 0x9002, 0xf07f, 'c.rs1', 'jump register', '16.4', {
    implied: { rd: 1 },
    ...reserved(0x9002, 0xffff),
  }),
  compressed('c.add', Op.ADD, 0x9002, 0xf003, 'c.rd.rs1,c.rs2', 'alu', '16.5.3', {
    ...reserved(0x9002, 0xf07f),
    ...hint([0x9002, 0xff83]),
  }),
  compressed('c.swsp', Op.SW, 0xc002, FUNCT3, 'c.rs2,c.uimm.swsp(sp)', 'store', '16.3.1', { implied: { rs1: 2 } }),
];
