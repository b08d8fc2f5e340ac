import { Flags, Mode } from '../instruction.js';
import type { Instruction, TimingClass } from '../instruction.js';
import { Op } from '../operations.js';
import { CONDITIONS, binary, entries } from './define.js';
import type { More } from './define.js';

const v6 = entries('v6-M');
const v7 = entries('v7-M');

/** 16-bit forms set the flags only outside an IT block. */
const OUTSIDE_IT: More = { flags: Flags.OUTSIDE_IT };
const ALWAYS: More = { flags: Flags.ALWAYS };

/** An empty register list is UNPREDICTABLE: UNDEFINED here. */
const NO_LIST: More['except'] = [{ mask: 0xff, match: 0 }];
const NO_LIST_NINE: More['except'] = [{ mask: 0x1ff, match: 0 }];

/** CPS that names neither PRIMASK nor FAULTMASK. */
const NO_FLAGS: More['except'] = [{ mask: 3, match: 0 }];

const twoRegisters = (mnemonic: string, op: Op, opcode: number, section: string): Instruction =>
  v6(mnemonic, op, `010000 ${binary(opcode, 4)} mmm ddd`, 'rdn,rm', 'alu', section, OUTSIDE_IT);

const COMPUTATION: readonly Instruction[] = [
  // MOV before MOVS: in an IT block, `moveq r0, r1` is the former
  v6('mov', Op.MOV_PC, '01000110 1 mmmm 111', 'pc,rm.any', 'branch register', 'MOV (register)'),
  v6('mov', Op.MOV_FROM_PC, '01000110 d 1111 ddd', 'rd.sp,pc', 'alu', 'MOV (register)'),
  v6('mov', Op.MOV_SP, '01000110 1 mmmm 101', 'sp,rm.sp', 'alu', 'MOV (register)', { implied: { rd: 13 } }),
  v6('mov', Op.MOV_R, '01000110 d mmmm ddd', 'rd,rm.sp', 'alu', 'MOV (register)'),
  // LSL by 0 is MOVS; in an IT block, where MOVS is UNPREDICTABLE, it leaves the flags like the others
  v6('movs', Op.MOVS_R, '0000000000 mmm ddd', 'rd,rm', 'alu', 'MOV (register)', OUTSIDE_IT),
  v6('lsls', Op.LSLS_I, '00000 iiiii mmm ddd', 'rd,rm,imm', 'alu', 'LSL (immediate)', OUTSIDE_IT),
  v6('lsrs', Op.LSRS_I, '00001 iiiii mmm ddd', 'rd,rm,imm.right', 'alu', 'LSR (immediate)', OUTSIDE_IT),
  v6('asrs', Op.ASRS_I, '00010 iiiii mmm ddd', 'rd,rm,imm.right', 'alu', 'ASR (immediate)', OUTSIDE_IT),
  v6('adds', Op.ADDS_R, '0001100 mmm nnn ddd', 'rd,rn,rm', 'alu', 'ADD (register)', OUTSIDE_IT),
  v6('subs', Op.SUBS_R, '0001101 mmm nnn ddd', 'rd,rn,rm', 'alu', 'SUB (register)', OUTSIDE_IT),
  v6('movs', Op.MOVS_I, '00100 ddd iiiiiiii', 'rd,imm', 'alu', 'MOV (immediate)', OUTSIDE_IT),
  v6('cmp', Op.CMP_I, '00101 nnn iiiiiiii', 'rn,imm', 'alu', 'CMP (immediate)', ALWAYS),
  v6('adds', Op.ADDS_I, '00110 ddd iiiiiiii', 'rdn,imm', 'alu', 'ADD (immediate)', OUTSIDE_IT),
  v6('subs', Op.SUBS_I, '00111 ddd iiiiiiii', 'rdn,imm', 'alu', 'SUB (immediate)', OUTSIDE_IT),
  // After the 8-bit ones: an assembler prefers those for one register
  v6('adds', Op.ADDS_I, '0001110 iii nnn ddd', 'rd,rn,imm', 'alu', 'ADD (immediate)', OUTSIDE_IT),
  v6('subs', Op.SUBS_I, '0001111 iii nnn ddd', 'rd,rn,imm', 'alu', 'SUB (immediate)', OUTSIDE_IT),

  twoRegisters('ands', Op.ANDS_R, 0, 'AND (register)'),
  twoRegisters('eors', Op.EORS_R, 1, 'EOR (register)'),
  twoRegisters('lsls', Op.LSLS_R, 2, 'LSL (register)'),
  twoRegisters('lsrs', Op.LSRS_R, 3, 'LSR (register)'),
  twoRegisters('asrs', Op.ASRS_R, 4, 'ASR (register)'),
  twoRegisters('adcs', Op.ADCS_R, 5, 'ADC (register)'),
  twoRegisters('sbcs', Op.SBCS_R, 6, 'SBC (register)'),
  twoRegisters('rors', Op.RORS_R, 7, 'ROR (register)'),
  v6('tst', Op.TST_R, '0100001000 mmm nnn', 'rn,rm', 'alu', 'TST (register)', ALWAYS),
  v6('rsbs', Op.RSBS_I, '0100001001 nnn ddd', 'rd,rn,#0', 'alu', 'RSB (immediate)', OUTSIDE_IT),
  v6('cmp', Op.CMP_R, '0100001010 mmm nnn', 'rn,rm', 'alu', 'CMP (register)', ALWAYS),
  v6('cmn', Op.CMN_R, '0100001011 mmm nnn', 'rn,rm', 'alu', 'CMN (register)', ALWAYS),
  twoRegisters('orrs', Op.ORRS_R, 12, 'ORR (register)'),
  v6('muls', Op.MULS, '0100001101 nnn ddd', 'rdm,rn', 'multiply', 'MUL', OUTSIDE_IT),
  twoRegisters('bics', Op.BICS_R, 14, 'BIC (register)'),
  v6('mvns', Op.MVNS_R, '0100001111 mmm ddd', 'rd,rm', 'alu', 'MVN (register)', OUTSIDE_IT),

  // High registers. `add pc, pc` is UNPREDICTABLE: UNDEFINED here
  v6('add', Op.UNDEFINED, '01000100 1 1111 111', '', 'undefined', 'ADD (register)', { decodeOnly: true }),
  v6('add', Op.ADD_PC, '01000100 1 mmmm 111', 'pc,rm.sp', 'branch register', 'ADD (register)'),
  v6('add', Op.ADD_FROM_PC, '01000100 d 1111 ddd', 'rdn.sp,pc', 'alu', 'ADD (register)'),
  v6('add', Op.ADD_SP_X, '01000100 1 mmmm 101', 'sp,rm.sp', 'alu', 'ADD (SP plus register)', {
    implied: { rd: 13, rn: 13 },
  }),
  v6('add', Op.ADD_R, '01000100 d mmmm ddd', 'rdn,rm.sp', 'alu', 'ADD (register)'),
  // Both registers low is UNPREDICTABLE: compares like the others
  v6('cmp', Op.CMP_R, '01000101 n mmmm nnn', 'rn.sp,rm.sp', 'alu', 'CMP (register)', ALWAYS),

  v6('adr', Op.ADR, '10100 ddd iiiiiiii', 'rd,at.4', 'alu', 'ADR'),
  v6('add', Op.ADD_I, '10101 ddd iiiiiiii', 'rd,sp,imm.4', 'alu', 'ADD (SP plus immediate)', { implied: { rn: 13 } }),
  v6('add', Op.ADD_SP_I, '101100000 iiiiiii', 'sp,sp,imm.4', 'alu', 'ADD (SP plus immediate)', {
    implied: { rd: 13, rn: 13 },
  }),
  v6('sub', Op.SUB_SP_I, '101100001 iiiiiii', 'sp,sp,imm.4', 'alu', 'SUB (SP minus immediate)', {
    implied: { rd: 13, rn: 13 },
  }),
  v6('sxth', Op.SXTH, '1011001000 mmm ddd', 'rd,rm', 'alu', 'SXTH'),
  v6('sxtb', Op.SXTB, '1011001001 mmm ddd', 'rd,rm', 'alu', 'SXTB'),
  v6('uxth', Op.UXTH, '1011001010 mmm ddd', 'rd,rm', 'alu', 'UXTH'),
  v6('uxtb', Op.UXTB, '1011001011 mmm ddd', 'rd,rm', 'alu', 'UXTB'),
  v6('rev', Op.REV, '1011101000 mmm ddd', 'rd,rm', 'alu', 'REV'),
  v6('rev16', Op.REV16, '1011101001 mmm ddd', 'rd,rm', 'alu', 'REV16'),
  v6('revsh', Op.REVSH, '1011101011 mmm ddd', 'rd,rm', 'alu', 'REVSH'),
];

const memoryRegister = (mnemonic: string, op: Op, opcode: number, timing: TimingClass, section: string): Instruction =>
  v6(mnemonic, op, `0101 ${binary(opcode, 3)} mmm nnn ddd`, 'rt,[rn,rm]', timing, section);

const memoryImmediate = (
  mnemonic: string,
  op: Op,
  opcode: string,
  offset: string,
  timing: TimingClass,
  section: string,
): Instruction => v6(mnemonic, op, `${opcode} iiiii nnn ddd`, `rt,[rn,${offset}]`, timing, section);

const MEMORY: readonly Instruction[] = [
  v6('ldr', Op.LDR_LITERAL, '01001 ddd iiiiiiii', 'rd,at.4', 'load', 'LDR (literal)'),
  memoryRegister('str', Op.STR_R, 0, 'store', 'STR (register)'),
  memoryRegister('strh', Op.STRH_R, 1, 'store', 'STRH (register)'),
  memoryRegister('strb', Op.STRB_R, 2, 'store', 'STRB (register)'),
  memoryRegister('ldrsb', Op.LDRSB_R, 3, 'load', 'LDRSB (register)'),
  memoryRegister('ldr', Op.LDR_R, 4, 'load', 'LDR (register)'),
  memoryRegister('ldrh', Op.LDRH_R, 5, 'load', 'LDRH (register)'),
  memoryRegister('ldrb', Op.LDRB_R, 6, 'load', 'LDRB (register)'),
  memoryRegister('ldrsh', Op.LDRSH_R, 7, 'load', 'LDRSH (register)'),
  memoryImmediate('str', Op.STR_I, '01100', 'imm.4', 'store', 'STR (immediate)'),
  memoryImmediate('ldr', Op.LDR_I, '01101', 'imm.4', 'load', 'LDR (immediate)'),
  memoryImmediate('strb', Op.STRB_I, '01110', 'imm', 'store', 'STRB (immediate)'),
  memoryImmediate('ldrb', Op.LDRB_I, '01111', 'imm', 'load', 'LDRB (immediate)'),
  memoryImmediate('strh', Op.STRH_I, '10000', 'imm.2', 'store', 'STRH (immediate)'),
  memoryImmediate('ldrh', Op.LDRH_I, '10001', 'imm.2', 'load', 'LDRH (immediate)'),
  v6('str', Op.STR_I, '10010 ddd iiiiiiii', 'rt,[sp,imm.4]', 'store', 'STR (immediate)', { implied: { rn: 13 } }),
  v6('ldr', Op.LDR_I, '10011 ddd iiiiiiii', 'rt,[sp,imm.4]', 'load', 'LDR (immediate)', { implied: { rn: 13 } }),
  v6('push', Op.STMDB, '1011010 iiiiiiiii', 'list.lr', 'store multiple', 'PUSH', {
    implied: { rn: 13, mode: Mode.WRITE_BACK },
    except: NO_LIST_NINE,
  }),
  v6('pop', Op.LDMIA, '1011110 iiiiiiiii', 'list.pc', 'load multiple', 'POP', {
    implied: { rn: 13, mode: Mode.WRITE_BACK },
    except: NO_LIST_NINE,
  }),
  v6('stmia', Op.STMIA, '11000 nnn iiiiiiii', 'rn!,list', 'store multiple', 'STM', {
    implied: { mode: Mode.WRITE_BACK },
    except: NO_LIST,
  }),
  // Without `!` if rn is in the list; the decoder knows that such a load writes nothing back
  v6('ldmia', Op.LDMIA, '11001 nnn iiiiiiii', 'rn!,list', 'load multiple', 'LDM', {
    implied: { mode: Mode.WRITE_BACK },
    except: NO_LIST,
  }),
];

const BRANCHES: readonly Instruction[] = [
  v6('bx', Op.BX, '010001110 mmmm 000', 'rm.any', 'branch register', 'BX'),
  v6('blx', Op.BLX, '010001111 mmmm (0)(0)(0)', 'rm.sp', 'branch register', 'BLX (register)'),
  ...CONDITIONS.map((condition, number) =>
    v6(`b${condition}`, Op.B_EQ + number, `1101 ${binary(number, 4)} iiiiiiii`, 'to.short', 'branch conditional', 'B'),
  ),
  v6('b', Op.B, '11100 iiiiiiiiiii', 'to.short', 'branch', 'B'),
  v7('cbz', Op.CBZ, '1011 00i1 iiiii nnn', 'rn,to.cbz', 'compare branch', 'CBNZ, CBZ'),
  v7('cbnz', Op.CBNZ, '1011 10i1 iiiii nnn', 'rn,to.cbz', 'compare branch', 'CBNZ, CBZ'),
];

const SYSTEM: readonly Instruction[] = [
  v6('udf', Op.UNDEFINED, '11011110 iiiiiiii', 'imm', 'undefined', 'UDF'),
  v6('svc', Op.SVC, '11011111 iiiiiiii', 'imm', 'exception', 'SVC'),
  v6('bkpt', Op.BKPT, '10111110 iiiiiiii', 'imm', 'exception', 'BKPT'),
  v6('nop', Op.NOP, '10111111 0000 0000', '', 'nop', 'NOP'),
  v6('yield', Op.NOP, '10111111 0001 0000', '', 'hint', 'YIELD'),
  v6('wfe', Op.WFE, '10111111 0010 0000', '', 'hint', 'WFE'),
  v6('wfi', Op.WFI, '10111111 0011 0000', '', 'hint', 'WFI'),
  v6('sev', Op.SEV, '10111111 0100 0000', '', 'hint', 'SEV'),
  v6('hint', Op.NOP, '10111111 ---- 0000', '', 'nop', 'A5.2.5', { decodeOnly: true }),
  // Condition 15 is UNPREDICTABLE: UNDEFINED here. 14 with more than one instruction works as "always"
  v7('it', Op.IT, '10111111 iiiiiiii', 'imm', 'it', 'IT', { except: [{ mask: 0xf0, match: 0xf0 }] }),
  // CPS for nothing is UNPREDICTABLE: nothing happens
  v6('hint', Op.NOP, '10110110 011- (0)(0)00', '', 'cps', 'B4.2 CPS', { decodeOnly: true }),
  v6('cpsie', Op.CPS, '10110110 0110 (0)(0)ii', 'iflags', 'cps', 'B4.2 CPS', { except: NO_FLAGS }),
  v6('cpsid', Op.CPS, '10110110 0111 (0)(0)ii', 'iflags', 'cps', 'B4.2 CPS', {
    implied: { imm: 16 },
    except: NO_FLAGS,
  }),
];

/** The 16-bit instructions. */
export const NARROW: readonly Instruction[] = [...COMPUTATION, ...MEMORY, ...BRANCHES, ...SYSTEM];
