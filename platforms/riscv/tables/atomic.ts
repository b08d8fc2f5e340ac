import type { Instruction, TimingClass } from '../instruction.js';
import { Op } from '../operations.js';

/** Ordering suffixes: bit 26 is aq, bit 25 is rl (section 8.1). */
const ORDERINGS = [
  { suffix: '', bits: 0 },
  { suffix: '.aq', bits: 1 << 26 },
  { suffix: '.rl', bits: 1 << 25 },
  { suffix: '.aqrl', bits: 3 << 25 },
];

/** The four orderings of one operation. The fixed bits hold aq and rl, so that the mnemonic tells them. */
function orderings(
  mnemonic: string,
  op: Op,
  funct5: number,
  timing: TimingClass,
  operands = 'rd,rs2,(rs1)',
  mask = 0xfe00707f | 0,
): Instruction[] {
  const section = timing === 'amo' ? '8.4' : '8.2';
  return ORDERINGS.map(({ suffix, bits }) => ({
    mnemonic: mnemonic + suffix,
    op,
    match: 0x0000202f | (funct5 << 27) | bits,
    mask,
    length: 4,
    operands,
    timing,
    extension: 'A',
    section: `RISC-V Unprivileged ISA 20191213, section ${section}`,
  }));
}

/** A extension (chapter 8). */
export const ATOMIC: readonly Instruction[] = [
  ...orderings('lr.w', Op.LR_W, 0x02, 'load reserved', 'rd,(rs1)', 0xfff0707f | 0),
  ...orderings('sc.w', Op.SC_W, 0x03, 'store conditional'),
  ...orderings('amoswap.w', Op.AMOSWAP_W, 0x01, 'amo'),
  ...orderings('amoadd.w', Op.AMOADD_W, 0x00, 'amo'),
  ...orderings('amoxor.w', Op.AMOXOR_W, 0x04, 'amo'),
  ...orderings('amoand.w', Op.AMOAND_W, 0x0c, 'amo'),
  ...orderings('amoor.w', Op.AMOOR_W, 0x08, 'amo'),
  ...orderings('amomin.w', Op.AMOMIN_W, 0x10, 'amo'),
  ...orderings('amomax.w', Op.AMOMAX_W, 0x14, 'amo'),
  ...orderings('amominu.w', Op.AMOMINU_W, 0x18, 'amo'),
  ...orderings('amomaxu.w', Op.AMOMAXU_W, 0x1c, 'amo'),
];
