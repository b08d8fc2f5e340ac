import type { Op } from './operations.js';

/** What an instruction needs; a core has a set of them (`PROFILES` in `table.ts`). */
export type Feature =
  /** Armv6-M and everything above. */
  | 'v6-M'
  /** Armv7-M, and Armv8-M with the Main Extension. */
  | 'v7-M'
  /** DSP extension of Armv7E-M and Armv8-M. */
  | 'DSP'
  /** New in Armv8-M, Baseline and Mainline. */
  | 'v8-M'
  /** Security Extension of Armv8-M. */
  | 'Security';

/**
 * What the hardware does with an instruction. A core's timing model gives each class its cycles; the class says nothing
 * about any particular core. What depends on operands (rd = 15, number of registers, taken or not) is not in the class.
 */
export type TimingClass =
  | 'alu'
  /** Shifted-register operand with a shift that is not LSL 0. */
  | 'alu shifted'
  | 'multiply'
  | 'multiply accumulate'
  | 'long multiply'
  | 'divide'
  | 'saturate'
  | 'load'
  | 'store'
  | 'load double'
  | 'store double'
  | 'load multiple'
  | 'store multiple'
  | 'load exclusive'
  | 'store exclusive'
  | 'branch'
  | 'branch conditional'
  | 'branch link'
  | 'branch register'
  | 'compare branch'
  | 'table branch'
  | 'it'
  | 'nop'
  | 'hint'
  | 'preload'
  | 'barrier'
  | 'special register'
  | 'cps'
  | 'exception'
  | 'test target'
  | 'coprocessor'
  | 'undefined';

/** When an instruction writes the condition flags. */
export const enum Flags {
  NEVER = 0,
  ALWAYS = 1,
  /** 16-bit forms: only outside an IT block. */
  OUTSIDE_IT = 2,
}

/** `Operands.shift`. */
export const enum Shift {
  LSL = 0,
  LSR = 1,
  ASR = 2,
  ROR = 3,
  RRX = 4,
}

/** `Operands.mode` of loads and stores. */
export const enum Mode {
  /** [rn + imm], rn unchanged. */
  OFFSET = 0,
  /** rn += imm, then the access at rn. */
  PRE = 1,
  /** The access at rn, then rn += imm. */
  POST = 2,
  /** Load and store multiple: rn is written back. */
  WRITE_BACK = 3,
}

/** `Operands.size`: width of an access and what a load does with it. */
export const enum Size {
  BYTE = 0,
  HALF = 1,
  WORD = 2,
  SIGNED_BYTE = 4,
  SIGNED_HALF = 5,
}

/** `Operands.imm` of the parallel additions and subtractions (prefixes S, Q, SH, U, UQ, UH). */
export const enum Parallel {
  SIGNED = 0,
  SATURATING = 1,
  HALVING = 2,
  UNSIGNED = 4,
  UNSIGNED_SATURATING = 5,
  UNSIGNED_HALVING = 6,
}

/** Words with `(word & mask) === match`. */
export interface Pattern {
  readonly match: number;
  readonly mask: number;
}

/**
 * One instruction: its encoding, operands, assembler form, timing class and manual section. The only home of these facts.
 * A word w is this instruction if `(w & mask) === match`, no pattern of `except` matches and no register field holds a
 * number that it must not; the first entry in table order wins. A 32-bit word has the first halfword in its upper half.
 */
export interface Instruction extends Pattern {
  /** Name without condition and width, with the `s` of flag-setting ones. */
  readonly mnemonic: string;
  readonly op: Op;
  /** Bits from high to low as in the manual's diagrams; `fields.ts` explains the letters. */
  readonly encoding: string;
  readonly except?: readonly Pattern[];
  readonly length: 2 | 4;
  /** Assembler operands: names of `fields.ts` and punctuation. Empty for none. */
  readonly operands: string;
  /** Operands of the operation that no field holds (POP has rn = 13). */
  readonly implied?: Partial<Operands>;
  /** Encodings that cores accept and that have no assembler form. */
  readonly decodeOnly?: true;
  readonly flags: Flags;
  readonly timing: TimingClass;
  readonly feature: Feature;
  /** Manual and section. */
  readonly section: string;
}

/**
 * Operands of a decoded instruction, as plain numbers that an engine packs: four registers, one 32-bit number, and small
 * numbers that together need five bits (`flags` with `shift` or `carry`; `mode`; `size`). Unused members are 0.
 */
export interface Operands {
  /** Destination; Rt of loads and stores; RdLo. */
  rd: number;
  /** First source; base register. */
  rn: number;
  /** Second source; index register; target of a branch to a register. */
  rm: number;
  /** Addend; Rt2; RdHi; status register of STREX. */
  ra: number;
  /**
   * Expanded constant, offset (negative for subtraction), shift amount, register list, or what the operation says. Branch
   * displacements count bytes from the instruction's own address + 4.
   */
  imm: number;
  /** `Shift`: type for `_X` operations and saturation; the amount is in `imm`. */
  shift: number;
  /** 1: flag-setting logical operations take C from bit 31 of `imm`, 0: they leave C (ThumbExpandImm_C). */
  carry: number;
  /** `Flags`. */
  flags: number;
  /** `Mode`. */
  mode: number;
  /** `Size`. */
  size: number;
}
