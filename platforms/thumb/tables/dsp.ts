import { Parallel } from '../instruction.js';
import type { Instruction } from '../instruction.js';
import { Op } from '../operations.js';
import { binary, entries } from './define.js';

const dsp = entries('DSP');

/** Extension with addition (DDI0403E A5.3.12). Without an addend (rn = 15) it is the plain extension. */
const extend = (mnemonic: string, op: Op, opcode: number): Instruction =>
  dsp(
    mnemonic,
    op,
    `11111010 0 ${binary(opcode, 3)} nnnn 1111 dddd 1(0) ii mmmm`,
    'rd,rn,rm,rotation',
    'alu',
    mnemonic.toUpperCase(),
  );

const extend16 = (mnemonic: string, op: Op, opcode: number): Instruction =>
  dsp(
    mnemonic,
    op,
    `11111010 0 ${binary(opcode, 3)} 1111 1111 dddd 1(0) ii mmmm`,
    'rd,rm,rotation',
    'alu',
    mnemonic.toUpperCase(),
  );

const PREFIXES: readonly (readonly [string, Parallel])[] = [
  ['s', Parallel.SIGNED],
  ['q', Parallel.SATURATING],
  ['sh', Parallel.HALVING],
  ['u', Parallel.UNSIGNED],
  ['uq', Parallel.UNSIGNED_SATURATING],
  ['uh', Parallel.UNSIGNED_HALVING],
];

/** Parallel additions and subtractions, signed and unsigned (A5.3.13, A5.3.14). */
const parallel = (name: string, op: Op, opcode: number): Instruction[] =>
  PREFIXES.map(([prefix, kind]) =>
    dsp(
      prefix + name,
      op,
      `11111010 1 ${binary(opcode, 3)} nnnn 1111 dddd 0 ${binary(kind, 3)} mmmm`,
      'rd,rn,rm',
      'alu',
      (prefix + name).toUpperCase(),
      { implied: { imm: kind } },
    ),
  );

const saturating = (mnemonic: string, op: Op, opcode: number): Instruction =>
  dsp(
    mnemonic,
    op,
    `111110101000 nnnn 1111 dddd 10 ${binary(opcode, 2)} mmmm`,
    'rd,rm,rn',
    'saturate',
    mnemonic.toUpperCase(),
  );

/** Names of the halves of two operands, by `imm`: rn in bit 1, rm in bit 0. */
const HALVES = ['bb', 'bt', 'tb', 'tt'];

/** Multiplications of A5.3.16: `variant` goes to bits 5:4 and to `imm`. */
const multiply = (
  mnemonic: string,
  op: Op,
  opcode: number,
  variant: number,
  accumulate: boolean,
  section: string,
): Instruction =>
  dsp(
    mnemonic,
    op,
    `11111011 0 ${binary(opcode, 3)} nnnn ${accumulate ? 'aaaa' : '1111'} dddd 00 ${binary(variant, 2)} mmmm`,
    accumulate ? 'rd,rn,rm,ra' : 'rd,rn,rm',
    accumulate ? 'multiply accumulate' : 'multiply',
    section,
    { implied: { imm: variant } },
  );

/** With and without the accumulator; Ra = 15 is the form without. */
const withVariants = (
  product: string,
  sum: string,
  ops: readonly [Op, Op],
  opcode: number,
  variants: readonly string[],
): Instruction[] =>
  variants.flatMap((suffix, variant) => [
    multiply(product + suffix, ops[0], opcode, variant, false, product.toUpperCase()),
    multiply(sum + suffix, ops[1], opcode, variant, true, sum.toUpperCase()),
  ]);

const long = (mnemonic: string, op: Op, opcode: string, imm: number, section: string): Instruction =>
  dsp(
    mnemonic,
    op,
    `111110111 ${opcode.slice(0, 3)} nnnn dddd aaaa ${opcode.slice(3)} mmmm`,
    'rd,rd2,rn,rm',
    'long multiply',
    section,
    {
      implied: { imm },
    },
  );

/** DSP extension. */
export const DSP: readonly Instruction[] = [
  dsp('pkhbt', Op.PKHBT, '111010101100 nnnn (0)000 dddd 0000 mmmm', 'rd,rn,rm', 'alu', 'PKHBT, PKHTB'),
  dsp('pkhbt', Op.PKHBT, '111010101100 nnnn (0)iii dddd ii00 mmmm', 'rd,rn,rm,lsl', 'alu shifted', 'PKHBT, PKHTB'),
  dsp('pkhtb', Op.PKHTB, '111010101100 nnnn (0)iii dddd ii10 mmmm', 'rd,rn,rm,asr', 'alu shifted', 'PKHBT, PKHTB'),
  dsp('ssat16', Op.SSAT16, '11110(0)110010 nnnn 0000 dddd 00(0)(0) iiii', 'rd,imm.plus1,rn', 'saturate', 'SSAT16'),
  dsp('usat16', Op.USAT16, '11110(0)111010 nnnn 0000 dddd 00(0)(0) iiii', 'rd,imm,rn', 'saturate', 'USAT16'),

  extend('sxtah', Op.SXTAH, 0),
  extend('uxtah', Op.UXTAH, 1),
  extend16('sxtb16', Op.SXTB16, 2),
  extend('sxtab16', Op.SXTAB16, 2),
  extend16('uxtb16', Op.UXTB16, 3),
  extend('uxtab16', Op.UXTAB16, 3),
  extend('sxtab', Op.SXTAB, 4),
  extend('uxtab', Op.UXTAB, 5),

  ...parallel('add8', Op.PARALLEL_ADD8, 0),
  ...parallel('add16', Op.PARALLEL_ADD16, 1),
  ...parallel('asx', Op.PARALLEL_ASX, 2),
  ...parallel('sub8', Op.PARALLEL_SUB8, 4),
  ...parallel('sub16', Op.PARALLEL_SUB16, 5),
  ...parallel('sax', Op.PARALLEL_SAX, 6),
  saturating('qadd', Op.QADD, 0),
  saturating('qdadd', Op.QDADD, 1),
  saturating('qsub', Op.QSUB, 2),
  saturating('qdsub', Op.QDSUB, 3),
  dsp('sel', Op.SEL, '111110101010 nnnn 1111 dddd 1000 mmmm', 'rd,rn,rm', 'alu', 'SEL'),

  ...withVariants('smul', 'smla', [Op.SMULXY, Op.SMLAXY], 1, HALVES),
  ...withVariants('smuad', 'smlad', [Op.SMUAD, Op.SMLAD], 2, ['', 'x']),
  ...withVariants('smulw', 'smlaw', [Op.SMULWY, Op.SMLAWY], 3, ['b', 't']),
  ...withVariants('smusd', 'smlsd', [Op.SMUSD, Op.SMLSD], 4, ['', 'x']),
  ...withVariants('smmul', 'smmla', [Op.SMMUL, Op.SMMLA], 5, ['', 'r']),
  multiply('smmls', Op.SMMLS, 6, 0, true, 'SMMLS'),
  multiply('smmlsr', Op.SMMLS, 6, 1, true, 'SMMLS'),
  multiply('usad8', Op.USAD8, 7, 0, false, 'USAD8'),
  multiply('usada8', Op.USADA8, 7, 0, true, 'USADA8'),
  ...HALVES.map((suffix, variant) =>
    long(`smlal${suffix}`, Op.SMLALXY, `10010${binary(variant, 2)}`, variant, 'SMLALBB, SMLALBT, SMLALTB, SMLALTT'),
  ),
  long('smlald', Op.SMLALD, '1001100', 0, 'SMLALD'),
  long('smlaldx', Op.SMLALD, '1001101', 1, 'SMLALD'),
  long('smlsld', Op.SMLSLD, '1011100', 0, 'SMLSLD'),
  long('smlsldx', Op.SMLSLD, '1011101', 1, 'SMLSLD'),
  long('umaal', Op.UMAAL, '1100110', 0, 'UMAAL'),
];
