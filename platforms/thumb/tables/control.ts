import type { Instruction } from '../instruction.js';
import { Op } from '../operations.js';
import { CONDITIONS, binary, entries } from './define.js';

const v6 = entries('v6-M');
const v7 = entries('v7-M');
const v8 = entries('v8-M');
const security = entries('Security');

const ONES = '(1)(1)(1)(1)';

/** Branches (DDI0403E A5.3.4). */
const BRANCHES: readonly Instruction[] = [
  v7('tbb', Op.TBB, `111010001101 nnnn ${ONES} (0)(0)(0)(0) 0000 mmmm`, '[rn.any,rm]', 'table branch', 'TBB, TBH'),
  v7('tbh', Op.TBH, `111010001101 nnnn ${ONES} (0)(0)(0)(0) 0001 mmmm`, '[rn.any,rm,lsl1]', 'table branch', 'TBB, TBH'),
  ...CONDITIONS.map((condition, number) =>
    v7(
      `b${condition}`,
      Op.B_EQ + number,
      `11110 i ${binary(number, 4)} iiiiii 10 i 0 i iiiiiiiiiii`,
      'to.20',
      'branch conditional',
      'B',
    ),
  ),
  v7('b', Op.B, '11110 i iiiiiiiiii 10 i 1 i iiiiiiiiiii', 'to.24', 'branch', 'B'),
  v6('bl', Op.BL, '11110 i iiiiiiiiii 11 i 1 i iiiiiiiiiii', 'to.24', 'branch link', 'BL'),
  security('bxns', Op.BXNS, '010001110 mmmm 100', 'rm.sp', 'branch register', 'BX, BXNS'),
  security('blxns', Op.BLXNS, '010001111 mmmm 100', 'rm.sp', 'branch register', 'BLX, BLXNS'),
];

const hint = (mnemonic: string, op: Op, number: number, timing: 'nop' | 'hint' = 'hint'): Instruction =>
  v7(mnemonic, op, `111100111010 ${ONES} 10(0)0(0)000 ${binary(number, 8)}`, '', timing, mnemonic.toUpperCase());

const barrier = (mnemonic: string, op: Op, opcode: string): Instruction =>
  v6(mnemonic, op, `111100111011 ${ONES} 10(0)0 ${ONES} ${opcode} iiii`, 'option', 'barrier', mnemonic.toUpperCase());

/** Special registers, hints, barriers and what raises exceptions. */
const SYSTEM: readonly Instruction[] = [
  v6('mrs', Op.MRS, `11110011111(0) ${ONES} 10(0)0 dddd iiiiiiii`, 'rd,sysm', 'special register', 'B4.2 MRS'),
  // Armv6-M has no mask field: 2 should stand there
  v6(
    'msr',
    Op.MSR,
    '11110011100(0) nnnn 10(0)0 jj(0)(0) iiiiiiii',
    'sysm.mask,sysm,rn',
    'special register',
    'B4.2 MSR (register)',
  ),
  hint('nop', Op.NOP, 0, 'nop'),
  hint('yield', Op.NOP, 1),
  hint('wfe', Op.WFE, 2),
  hint('wfi', Op.WFI, 3),
  hint('sev', Op.SEV, 4),
  hint('csdb', Op.NOP, 0x14),
  v7('dbg', Op.NOP, `111100111010 ${ONES} 10(0)0(0)000 1111 iiii`, 'imm', 'hint', 'DBG'),
  v7('hint', Op.NOP, `111100111010 ${ONES} 10(0)0(0)000 --------`, '', 'nop', 'A5.3.4', { decodeOnly: true }),
  barrier('dsb', Op.DSB, '0100'),
  barrier('dmb', Op.DMB, '0101'),
  barrier('isb', Op.ISB, '0110'),
  v6('udf', Op.UNDEFINED, '111101111111 iiii 1010 iiiiiiiiiiii', 'imm', 'undefined', 'UDF'),
  security('sg', Op.SG, '1110100101111111 1110100101111111', '', 'test target', 'SG'),
  v8('tt', Op.TT, '111010000100 nnnn 1111 dddd 00(0)(0)(0)(0)(0)(0)', 'rd,rn', 'test target', 'TT, TTT, TTA, TTAT'),
  v8('ttt', Op.TT, '111010000100 nnnn 1111 dddd 01(0)(0)(0)(0)(0)(0)', 'rd,rn', 'test target', 'TT, TTT, TTA, TTAT', {
    implied: { imm: 1 },
  }),
  security(
    'tta',
    Op.TT,
    '111010000100 nnnn 1111 dddd 10(0)(0)(0)(0)(0)(0)',
    'rd,rn',
    'test target',
    'TT, TTT, TTA, TTAT',
    {
      implied: { imm: 2 },
    },
  ),
  security(
    'ttat',
    Op.TT,
    '111010000100 nnnn 1111 dddd 11(0)(0)(0)(0)(0)(0)',
    'rd,rn',
    'test target',
    'TT, TTT, TTA, TTAT',
    {
      implied: { imm: 3 },
    },
  ),
];

/**
 * The coprocessor space, floating point included: no core here has a coprocessor, and the check for one (NOCP) comes before
 * any other meaning. Advanced SIMD and what else begins with 111x1111 is UNDEFINED.
 */
const COPROCESSOR: readonly Instruction[] = ['1110', '1111'].flatMap((start) =>
  ['110-', '1110'].map((kind) =>
    v7(
      'coprocessor',
      Op.COPROCESSOR,
      `${start} ${kind} -------- ---- iiii --------`,
      'coprocessor',
      'coprocessor',
      'A5.3.18',
      {
        decodeOnly: true,
      },
    ),
  ),
);

/** 32-bit branches and system instructions, and those of the Security Extension. */
export const CONTROL: readonly Instruction[] = [...BRANCHES, ...SYSTEM, ...COPROCESSOR];
