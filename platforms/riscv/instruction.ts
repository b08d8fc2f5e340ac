import type { OperandField } from './fields.js';
import type { Op } from './operations.js';

/** Extension an instruction belongs to; a core accepts a set of them. `machine` and `supervisor` are privileged. */
export type Extension =
  | 'I'
  | 'M'
  | 'A'
  | 'C'
  | 'Zicsr'
  | 'Zifencei'
  | 'Zkn'
  | 'Zba'
  | 'Zbb'
  | 'Zbc'
  | 'Zbs'
  /** What draft 0.93 of the bit-manipulation extension has beyond Zba, Zbb, Zbc and Zbs. */
  | 'Zb draft'
  | 'CHERIoT'
  | 'machine'
  | 'supervisor'
  | 'custom';

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
  | 'aes'
  // Bit manipulation
  | 'rotate'
  | 'permute'
  | 'carry-less multiply'
  | 'crc'
  | 'bit gather'
  | 'three operands'
  // CHERIoT
  | 'capability'
  | 'set bounds'
  | 'load capability'
  | 'store capability'
  | 'special register';

/** Words with `(word & mask) === match`. */
export interface Pattern {
  readonly match: number;
  readonly mask: number;
}

/**
 * One instruction: its encoding, operands, assembler form, timing class and manual section. The only home of these facts.
 * A word w is this instruction if `(w & mask) === match` and no pattern of `except` matches; the first entry in table
 * order wins.
 */
export interface Instruction extends Pattern {
  readonly mnemonic: string;
  /** Operation the interpreter executes. A compressed instruction has that of the instruction it expands to. */
  readonly op: Op;
  /** Code points inside the pattern that are reserved (illegal), or another instruction of the table. */
  readonly except?: readonly Pattern[];
  /** HINTs inside the pattern: legal, without effect, and never chosen when an assembler compresses by itself. */
  readonly hints?: readonly Pattern[];
  readonly length: 2 | 4;
  /**
   * Assembler operands in order, as GNU as prints them: names of `OperandField`, literal `sp` or `csp`, and the
   * punctuation `,` `(` `)`; for instance `rd,imm.i(rs1)`. Empty for none.
   */
  readonly operands: string;
  /** Operands of the operation that no field holds (`c.jal` writes x1). */
  readonly implied?: { readonly rd?: number; readonly rs1?: number; readonly imm?: number };
  /**
   * Present on encodings that cores must accept and software should not use: never assembled from the mnemonic. The
   * fields count in decoding.
   */
  readonly decodeOnly?: readonly OperandField[];
  readonly timing: TimingClass;
  readonly extension: Extension;
  /** Manual and section. */
  readonly section: string;
}
