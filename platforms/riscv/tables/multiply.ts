import type { Instruction, TimingClass } from '../instruction.js';
import { Op } from '../operations.js';

const entry = (mnemonic: string, op: Op, funct3: number, timing: TimingClass, section: string): Instruction => ({
  mnemonic,
  op,
  match: 0x02000033 | (funct3 << 12),
  mask: 0xfe00707f | 0,
  length: 4,
  operands: 'rd,rs1,rs2',
  timing,
  extension: 'M',
  section: `RISC-V Unprivileged ISA 20191213, section ${section}`,
});

/** M extension (chapter 7). */
export const MULTIPLY: readonly Instruction[] = [
  entry('mul', Op.MUL, 0, 'multiply', '7.1'),
  entry('mulh', Op.MULH, 1, 'multiply', '7.1'),
  entry('mulhsu', Op.MULHSU, 2, 'multiply', '7.1'),
  entry('mulhu', Op.MULHU, 3, 'multiply', '7.1'),
  entry('div', Op.DIV, 4, 'divide', '7.2'),
  entry('divu', Op.DIVU, 5, 'divide', '7.2'),
  entry('rem', Op.REM, 6, 'divide', '7.2'),
  entry('remu', Op.REMU, 7, 'divide', '7.2'),
];
