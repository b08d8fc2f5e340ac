import type { Instruction } from '../instruction.js';
import { Op } from '../operations.js';

const aes = (mnemonic: string, op: Op, funct5: number, section: string): Instruction => ({
  mnemonic,
  op,
  match: 0x00000033 | (funct5 << 25),
  mask: 0x3e00707f,
  length: 4,
  operands: 'rd,rs1,rs2,bs',
  timing: 'aes',
  extension: 'Zkn',
  section: `RISC-V Cryptography Extensions Volume I 1.0.1, section ${section}`,
});

/** AES of Zkn for RV32 (Zknd and Zkne). */
export const AES: readonly Instruction[] = [
  aes('aes32dsi', Op.AES32DSI, 0x15, '3.1'),
  aes('aes32dsmi', Op.AES32DSMI, 0x17, '3.2'),
  aes('aes32esi', Op.AES32ESI, 0x11, '3.3'),
  aes('aes32esmi', Op.AES32ESMI, 0x13, '3.4'),
];

/** Custom instructions of VexRiscv. */
export const VEXRISCV: readonly Instruction[] = [
  {
    mnemonic: 'dcache.flush',
    op: Op.DCACHE_FLUSH,
    match: 0x0000500f,
    mask: 0xfff07fff | 0,
    length: 4,
    // x0: the whole cache; any other register: the line that holds its address
    operands: 'rs1',
    timing: 'cache flush',
    extension: 'custom',
    section: 'VexRiscv README, "DBusCachedPlugin", data-cache management',
  },
];
