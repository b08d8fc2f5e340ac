import type { Extension, Instruction, TimingClass } from '../instruction.js';
import { Op } from '../operations.js';

const PRIVILEGED = 'RISC-V Privileged Architecture 20211203, section';

const csr = (mnemonic: string, op: Op, funct3: number): Instruction => ({
  mnemonic,
  op,
  match: 0x73 | (funct3 << 12),
  mask: 0x707f,
  length: 4,
  operands: funct3 < 4 ? 'rd,csr,rs1' : 'rd,csr,uimm',
  timing: 'csr',
  extension: 'Zicsr',
  section: 'RISC-V Unprivileged ISA 20191213, section 9.1',
});

/** Zicsr. */
export const CSR: readonly Instruction[] = [
  csr('csrrw', Op.CSRRW, 1),
  csr('csrrs', Op.CSRRS, 2),
  csr('csrrc', Op.CSRRC, 3),
  csr('csrrwi', Op.CSRRWI, 5),
  csr('csrrsi', Op.CSRRSI, 6),
  csr('csrrci', Op.CSRRCI, 7),
];

const fixed = (
  mnemonic: string,
  op: Op,
  match: number,
  timing: TimingClass,
  extension: Extension,
  section: string,
): Instruction => ({
  mnemonic,
  op,
  match,
  mask: -1,
  length: 4,
  operands: '',
  timing,
  extension,
  section: `${PRIVILEGED} ${section}`,
});

/** Instructions of the privileged architecture. */
export const PRIVILEGED_INSTRUCTIONS: readonly Instruction[] = [
  fixed('mret', Op.MRET, 0x30200073, 'trap return', 'machine', '3.3.2'),
  fixed('wfi', Op.WFI, 0x10500073, 'wait', 'machine', '3.3.3'),
  fixed('sret', Op.SRET, 0x10200073, 'trap return', 'supervisor', '3.3.2'),
  {
    mnemonic: 'sfence.vma',
    op: Op.SFENCE_VMA,
    match: 0x12000073,
    mask: 0xfe007fff | 0,
    length: 4,
    operands: 'rs1,rs2',
    timing: 'sfence',
    extension: 'supervisor',
    section: `${PRIVILEGED} 4.2.1`,
  },
];
