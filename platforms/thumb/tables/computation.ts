import { Flags, Shift } from '../instruction.js';
import type { Instruction } from '../instruction.js';
import { Op } from '../operations.js';
import { binary, entries } from './define.js';

const v7 = entries('v7-M');

const SP = { rd: 13, rn: 13 };

/** Both forms of an operation, with and without the flags. */
function both(make: (suffix: '' | 's', flags: Flags) => readonly Instruction[]): Instruction[] {
  return [...make('', Flags.NEVER), ...make('s', Flags.ALWAYS)];
}

/**
 * Modified immediate constants (DDI0403E A5.3.1). `op` is the even one of a pair: its odd one sets the flags.
 *
 * A logical operation that sets the flags takes the carry from a rotated constant: the decoder says so in `carry`.
 */
const constant = (mnemonic: string, op: Op, opcode: number, operands: string): Instruction[] =>
  both((suffix, flags) => [
    v7(
      mnemonic + suffix,
      op + flags,
      `11110 i 0 ${binary(opcode, 4)} ${flags} ${operands.includes('rn') ? 'nnnn' : '1111'} 0 iii dddd iiiiiiii`,
      operands,
      'alu',
      `${mnemonic.toUpperCase()} (immediate)`,
      { flags },
    ),
  ]);

const compareConstant = (mnemonic: string, op: Op, opcode: number, rn = 'rn'): Instruction =>
  v7(
    mnemonic,
    op,
    `11110 i 0 ${binary(opcode, 4)} 1 nnnn 0 iii 1111 iiiiiiii`,
    `${rn},imm.const`,
    'alu',
    `${mnemonic.toUpperCase()} (immediate)`,
    { flags: Flags.ALWAYS },
  );

const spConstant = (mnemonic: string, op: Op, opcode: number): Instruction[] =>
  both((suffix, flags) => [
    v7(
      mnemonic + suffix,
      op,
      `11110 i 0 ${binary(opcode, 4)} ${flags} 1101 0 iii 1101 iiiiiiii`,
      'sp,sp,imm.const',
      'alu',
      `${mnemonic.toUpperCase()} (SP)`,
      { flags, implied: SP },
    ),
  ]);

/** Data processing with a modified immediate constant. */
const CONSTANTS: readonly Instruction[] = [
  compareConstant('tst', Op.TST_I, 0),
  ...constant('and', Op.AND_I, 0, 'rd,rn,imm.const'),
  ...constant('bic', Op.BIC_I, 1, 'rd,rn,imm.const'),
  ...constant('mov', Op.MOV_I, 2, 'rd,imm.const'),
  ...constant('orr', Op.ORR_I, 2, 'rd,rn,imm.const'),
  ...constant('mvn', Op.MVN_I, 3, 'rd,imm.const'),
  ...constant('orn', Op.ORN_I, 3, 'rd,rn,imm.const'),
  compareConstant('teq', Op.TEQ_I, 4),
  ...constant('eor', Op.EOR_I, 4, 'rd,rn,imm.const'),
  compareConstant('cmn', Op.CMN_I, 8, 'rn.sp'),
  ...spConstant('add', Op.ADD_SP_I, 8),
  ...constant('add', Op.ADD_I, 8, 'rd,rn.sp,imm.const'),
  ...constant('adc', Op.ADC_I, 10, 'rd,rn,imm.const'),
  ...constant('sbc', Op.SBC_I, 11, 'rd,rn,imm.const'),
  compareConstant('cmp', Op.CMP_I, 13, 'rn.sp'),
  ...spConstant('sub', Op.SUB_SP_I, 13),
  ...constant('sub', Op.SUB_I, 13, 'rd,rn.sp,imm.const'),
  ...constant('rsb', Op.RSB_I, 14, 'rd,rn,imm.const'),
];

/** Data processing with a plain constant (A5.3.3). */
const PLAIN: readonly Instruction[] = [
  v7('adr', Op.ADR, '11110 i 100000 1111 0 iii dddd iiiiiiii', 'rd,at.up', 'alu', 'ADR'),
  v7('addw', Op.ADD_SP_I, '11110 i 100000 1101 0 iii 1101 iiiiiiii', 'sp,sp,imm', 'alu', 'ADD (SP plus immediate)', {
    implied: SP,
  }),
  v7('addw', Op.ADD_I, '11110 i 100000 nnnn 0 iii dddd iiiiiiii', 'rd,rn.sp,imm', 'alu', 'ADD (immediate)'),
  v7('movw', Op.MOV_I, '11110 i 100100 iiii 0 iii dddd iiiiiiii', 'rd,imm.16', 'alu', 'MOV (immediate)'),
  v7('adr', Op.ADR, '11110 i 101010 1111 0 iii dddd iiiiiiii', 'rd,at.down', 'alu', 'ADR'),
  v7('subw', Op.SUB_SP_I, '11110 i 101010 1101 0 iii 1101 iiiiiiii', 'sp,sp,imm', 'alu', 'SUB (SP minus immediate)', {
    implied: SP,
  }),
  v7('subw', Op.SUB_I, '11110 i 101010 nnnn 0 iii dddd iiiiiiii', 'rd,rn.sp,imm', 'alu', 'SUB (immediate)'),
  v7('movt', Op.MOVT, '11110 i 101100 iiii 0 iii dddd iiiiiiii', 'rd,imm.16', 'alu', 'MOVT'),
  v7('ssat', Op.SSAT, '11110(0)110000 nnnn 0 iii dddd ii(0) jjjjj', 'rd,sat.plus1,rn,sat.lsl', 'saturate', 'SSAT'),
  // ASR by 0 is SSAT16 and USAT16
  v7('ssat', Op.SSAT, '11110(0)110010 nnnn 0 iii dddd ii(0) jjjjj', 'rd,sat.plus1,rn,sat.asr', 'saturate', 'SSAT', {
    implied: { shift: Shift.ASR },
    except: [{ mask: 0x70c0, match: 0 }],
  }),
  v7('sbfx', Op.SBFX, '11110(0)110100 nnnn 0 iii dddd ii(0) jjjjj', 'rd,rn,imm,width', 'alu', 'SBFX'),
  v7('bfc', Op.BFC, '11110(0)110110 1111 0 iii dddd ii(0) jjjjj', 'rd,imm,msb', 'alu', 'BFC'),
  v7('bfi', Op.BFI, '11110(0)110110 nnnn 0 iii dddd ii(0) jjjjj', 'rd,rn,imm,msb', 'alu', 'BFI'),
  v7('usat', Op.USAT, '11110(0)111000 nnnn 0 iii dddd ii(0) jjjjj', 'rd,sat,rn,sat.lsl', 'saturate', 'USAT'),
  v7('usat', Op.USAT, '11110(0)111010 nnnn 0 iii dddd ii(0) jjjjj', 'rd,sat,rn,sat.asr', 'saturate', 'USAT', {
    implied: { shift: Shift.ASR },
    except: [{ mask: 0x70c0, match: 0 }],
  }),
  v7('ubfx', Op.UBFX, '11110(0)111100 nnnn 0 iii dddd ii(0) jjjjj', 'rd,rn,imm,width', 'alu', 'UBFX'),
];

/**
 * Shifted registers (A5.3.11). `plain` is the even operation of the pair without a shift, undefined where `shifted` serves.
 */
const register = (
  mnemonic: string,
  plain: Op | undefined,
  shifted: Op,
  opcode: number,
  operands: string,
): Instruction[] => {
  const head = (flags: Flags): string =>
    `1110101 ${binary(opcode, 4)} ${flags} ${operands.includes('rn') ? 'nnnn' : '1111'} (0)`;
  const section = `${mnemonic.toUpperCase()} (register)`;
  return both((suffix, flags) => [
    v7(
      mnemonic + suffix,
      plain === undefined ? shifted : plain + flags,
      `${head(flags)} 000 dddd 0000 mmmm`,
      operands,
      'alu',
      section,
      { flags },
    ),
    v7(mnemonic + suffix, shifted, `${head(flags)} iii dddd iiss mmmm`, `${operands},shift`, 'alu shifted', section, {
      flags,
    }),
  ]);
};

const compareRegister = (mnemonic: string, plain: Op, shifted: Op, opcode: number, rn = 'rn'): Instruction[] => {
  const section = `${mnemonic.toUpperCase()} (register)`;
  const head = `1110101 ${binary(opcode, 4)} 1 nnnn (0)`;
  const flags = Flags.ALWAYS;
  return [
    v7(mnemonic, plain, `${head} 000 1111 0000 mmmm`, `${rn},rm`, 'alu', section, { flags }),
    v7(mnemonic, shifted, `${head} iii 1111 iiss mmmm`, `${rn},rm,shift`, 'alu shifted', section, { flags }),
  ];
};

/** SP = SP +- rm. Shifts beyond LSL #3 are UNPREDICTABLE and work. */
const spRegister = (mnemonic: string, op: Op, opcode: number): Instruction[] =>
  both((suffix, flags) => [
    v7(
      mnemonic + suffix,
      op,
      `1110101 ${binary(opcode, 4)} ${flags} 1101 (0) 000 1101 0000 mmmm`,
      'sp,sp,rm',
      'alu',
      `${mnemonic.toUpperCase()} (SP)`,
      { flags, implied: SP },
    ),
    v7(
      mnemonic + suffix,
      op,
      `1110101 ${binary(opcode, 4)} ${flags} 1101 (0) iii 1101 iiss mmmm`,
      'sp,sp,rm,shift',
      'alu shifted',
      `${mnemonic.toUpperCase()} (SP)`,
      { flags, implied: SP },
    ),
  ]);

/** MOV with a shift has names of its own. */
const moveShifted = (mnemonic: string, op: Op, type: number, amount: string): Instruction[] =>
  both((suffix, flags) => [
    v7(
      mnemonic + suffix,
      op + flags,
      `11101010010 ${flags} 1111 (0) iii dddd ii ${binary(type, 2)} mmmm`,
      `rd,rm,${amount}`,
      'alu',
      `${mnemonic.toUpperCase()} (immediate)`,
      { flags },
    ),
  ]);

const REGISTERS: readonly Instruction[] = [
  ...compareRegister('tst', Op.TST_R, Op.TST_X, 0),
  ...register('and', Op.AND_R, Op.AND_X, 0, 'rd,rn,rm'),
  ...register('bic', Op.BIC_R, Op.BIC_X, 1, 'rd,rn,rm'),
  v7('mov', Op.MOV_SP, '11101010010 0 1111 (0)000 1101 0000 mmmm', 'sp,rm', 'alu', 'MOV (register)', {
    implied: { rd: 13 },
  }),
  v7('mov', Op.MOV_R, '11101010010 0 1111 (0)000 dddd 0000 mmmm', 'rd,rm.sp', 'alu', 'MOV (register)'),
  v7('movs', Op.MOVS_R, '11101010010 1 1111 (0)000 dddd 0000 mmmm', 'rd,rm', 'alu', 'MOV (register)', {
    flags: Flags.ALWAYS,
  }),
  ...both((suffix, flags) => [
    v7(`rrx${suffix}`, Op.RRX + flags, `11101010010 ${flags} 1111 (0)000 dddd 0011 mmmm`, 'rd,rm', 'alu', 'RRX', {
      flags,
    }),
  ]),
  ...moveShifted('lsl', Op.LSL_I, Shift.LSL, 'imm'),
  ...moveShifted('lsr', Op.LSR_I, Shift.LSR, 'imm.right'),
  ...moveShifted('asr', Op.ASR_I, Shift.ASR, 'imm.right'),
  ...moveShifted('ror', Op.ROR_I, Shift.ROR, 'imm'),
  ...register('orr', Op.ORR_R, Op.ORR_X, 2, 'rd,rn,rm'),
  ...register('mvn', Op.MVN_R, Op.MVN_X, 3, 'rd,rm'),
  ...register('orn', undefined, Op.ORN_X, 3, 'rd,rn,rm'),
  ...compareRegister('teq', Op.TEQ_X, Op.TEQ_X, 4),
  ...register('eor', Op.EOR_R, Op.EOR_X, 4, 'rd,rn,rm'),
  ...compareRegister('cmn', Op.CMN_R, Op.CMN_X, 8, 'rn.sp'),
  ...spRegister('add', Op.ADD_SP_X, 8),
  ...register('add', Op.ADD_R, Op.ADD_X, 8, 'rd,rn.sp,rm'),
  ...register('adc', Op.ADC_R, Op.ADC_X, 10, 'rd,rn,rm'),
  ...register('sbc', Op.SBC_R, Op.SBC_X, 11, 'rd,rn,rm'),
  ...compareRegister('cmp', Op.CMP_R, Op.CMP_X, 13, 'rn.sp'),
  ...spRegister('sub', Op.SUB_SP_X, 13),
  ...register('sub', Op.SUB_R, Op.SUB_X, 13, 'rd,rn.sp,rm'),
  ...register('rsb', undefined, Op.RSB_X, 14, 'rd,rn,rm'),
];

/** Shifts by a register, extension, reversal (A5.3.12 to A5.3.15). */
const shiftRegister = (mnemonic: string, op: Op, type: number): Instruction[] =>
  both((suffix, flags) => [
    v7(
      mnemonic + suffix,
      op + flags,
      `11111010 0 ${binary(type, 2)} ${flags} nnnn 1111 dddd 0000 mmmm`,
      'rd,rn,rm',
      'alu',
      `${mnemonic.toUpperCase()} (register)`,
      { flags },
    ),
  ]);

const extend = (mnemonic: string, op: Op, opcode: number): Instruction =>
  v7(
    mnemonic,
    op,
    `11111010 0 ${binary(opcode, 3)} 1111 1111 dddd 1(0) ii mmmm`,
    'rd,rm,rotation',
    'alu',
    mnemonic.toUpperCase(),
  );

/** The source stands twice; different numbers are UNPREDICTABLE: the second counts. */
const reverse = (mnemonic: string, op: Op, encoding: string): Instruction =>
  v7(mnemonic, op, `11111010 1${encoding} mmmm`, 'rd,rm', 'alu', mnemonic.toUpperCase());

const OTHER: readonly Instruction[] = [
  ...shiftRegister('lsl', Op.LSL_R, Shift.LSL),
  ...shiftRegister('lsr', Op.LSR_R, Shift.LSR),
  ...shiftRegister('asr', Op.ASR_R, Shift.ASR),
  ...shiftRegister('ror', Op.ROR_R, Shift.ROR),
  extend('sxth', Op.SXTH, 0),
  extend('uxth', Op.UXTH, 1),
  extend('sxtb', Op.SXTB, 4),
  extend('uxtb', Op.UXTB, 5),
  reverse('rev', Op.REV, '001 pppp 1111 dddd 1000'),
  reverse('rev16', Op.REV16, '001 pppp 1111 dddd 1001'),
  reverse('rbit', Op.RBIT, '001 pppp 1111 dddd 1010'),
  reverse('revsh', Op.REVSH, '001 pppp 1111 dddd 1011'),
  reverse('clz', Op.CLZ, '011 pppp 1111 dddd 1000'),
];

/** Multiplication and division (A5.3.16, A5.3.17). */
const MULTIPLICATION: readonly Instruction[] = [
  v7('mul', Op.MUL, '111110110000 nnnn 1111 dddd 0000 mmmm', 'rd,rn,rm', 'multiply', 'MUL'),
  v7('mla', Op.MLA, '111110110000 nnnn aaaa dddd 0000 mmmm', 'rd,rn,rm,ra', 'multiply accumulate', 'MLA'),
  v7('mls', Op.MLS, '111110110000 nnnn aaaa dddd 0001 mmmm', 'rd,rn,rm,ra', 'multiply accumulate', 'MLS'),
  v7('smull', Op.SMULL, '111110111000 nnnn dddd aaaa 0000 mmmm', 'rd,rd2,rn,rm', 'long multiply', 'SMULL'),
  v7('sdiv', Op.SDIV, '111110111001 nnnn (1)(1)(1)(1) dddd 1111 mmmm', 'rd,rn,rm', 'divide', 'SDIV'),
  v7('umull', Op.UMULL, '111110111010 nnnn dddd aaaa 0000 mmmm', 'rd,rd2,rn,rm', 'long multiply', 'UMULL'),
  v7('udiv', Op.UDIV, '111110111011 nnnn (1)(1)(1)(1) dddd 1111 mmmm', 'rd,rn,rm', 'divide', 'UDIV'),
  v7('smlal', Op.SMLAL, '111110111100 nnnn dddd aaaa 0000 mmmm', 'rd,rd2,rn,rm', 'long multiply', 'SMLAL'),
  v7('umlal', Op.UMLAL, '111110111110 nnnn dddd aaaa 0000 mmmm', 'rd,rd2,rn,rm', 'long multiply', 'UMLAL'),
];

/** 32-bit computation of Armv7-M. */
export const COMPUTATION: readonly Instruction[] = [...CONSTANTS, ...PLAIN, ...REGISTERS, ...OTHER, ...MULTIPLICATION];
