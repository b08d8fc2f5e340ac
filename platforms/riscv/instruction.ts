import type { Op } from './operations.js';

/** Extension an instruction belongs to; a core accepts a set of them. `machine` and `supervisor` are privileged. */
export type Extension = 'I' | 'M' | 'A' | 'C' | 'Zicsr' | 'Zifencei' | 'Zkn' | 'machine' | 'supervisor' | 'custom';

/**
 * What the pipeline does with an instruction. A core's timing model gives each class its cycles; the class says nothing
 * about any particular core.
 */
export type TimingClass =
  | 'alu'
  | 'shift'
  | 'multiply'
  | 'divide'
  | 'branch'
  | 'jump'
  | 'jump register'
  | 'load'
  | 'store'
  | 'load reserved'
  | 'store conditional'
  | 'amo'
  | 'csr'
  | 'fence'
  | 'fence.i'
  | 'sfence'
  | 'cache flush'
  | 'trap'
  | 'trap return'
  | 'wait'
  | 'aes';

/**
 * Where an operand's bits are. Register fields give a register number; immediate fields name the format of the manual
 * (unprivileged ISA, section 2.3 and, for compressed ones, chapter "C"), which fixes scaling, sign and bit order.
 */
export type OperandField =
  | 'rd'
  | 'rs1'
  | 'rs2'
  | 'imm.i'
  | 'imm.s'
  | 'imm.b'
  | 'imm.u'
  | 'imm.j'
  | 'shamt'
  | 'csr'
  | 'uimm'
  | 'bs'
  | 'pred'
  | 'succ'
  | 'fm'
  | 'aq'
  | 'rl'
  | string;

/** One instruction: its encoding, operands, assembler form, timing class and manual section. The only home of these facts. */
export interface Instruction {
  readonly mnemonic: string;
  /** Operation the interpreter executes. A compressed instruction has that of the instruction it expands to. */
  readonly op: Op;
  /** Bits that are fixed: an instruction word w is this one if (w & mask) === match (first entry in table order wins). */
  readonly match: number;
  readonly mask: number;
  readonly length: 2 | 4;
  /** Assembler operands in order, in the syntax GNU as prints them, for instance `rd,rs1,imm.i` or `rd,imm.i(rs1)`. */
  readonly operands: string;
  readonly timing: TimingClass;
  readonly extension: Extension;
  /** Manual and section. */
  readonly section: string;
}
