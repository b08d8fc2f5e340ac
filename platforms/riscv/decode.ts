import { FIELDS, encodeField, fieldBits, isRegister, operandParts } from './fields.js';
import type { Slot } from './fields.js';
import type { Extension, Instruction } from './instruction.js';
import { Op } from './operations.js';

/**
 * Operands of a decoded instruction. `imm` is the sign-extended byte offset or displacement of loads, stores, branches
 * and jumps, the full 32-bit value of lui, auipc, auipcc and auicgp, the shift amount, the CSR number, the number of a
 * special capability register, the byte select of AES, the register rs3 or the raw 12 bits of fence; `rs1` of an immediate
 * CSR instruction is the immediate. Unused members are 0.
 */
export interface Operands {
  rd: number;
  rs1: number;
  rs2: number;
  imm: number;
}

const SLOTS: readonly Slot[] = ['rd', 'rs1', 'rs2', 'imm'];

/** Numbers per entry in the flat pattern table: mask, match, first piece, one past the last piece, bits that must be 0. */
const PATTERN = 5;

/** Numbers per piece: slot, word shift, bit mask, value shift, and spare bits for sign extension (0: none). */
const PIECE = 5;

/** Buckets of 32-bit words: bits 6:2 of the opcode and funct3. */
const BUCKETS = 256;
const bucketOf = (word: number): number => ((word >>> 2) & 31) | ((word >>> 7) & 0xe0);

/**
 * Decodes words with a table of instructions. Building one takes some milliseconds; decoding allocates nothing.
 *
 * 16-bit words have a precomputed answer each; 32-bit words are looked up by opcode and funct3 and compared with the
 * entries of that bucket in table order.
 */
export class Decoder {
  private readonly entries: readonly Instruction[];
  private readonly patterns: Int32Array;
  private readonly constants: Int32Array;
  private readonly pieces: Int32Array;
  private readonly bucketStart = new Int32Array(BUCKETS + 1);
  private readonly bucketEntries: Int32Array;
  /** Entry index of each 16-bit word, -1 for none. */
  private readonly half = new Int16Array(0x10000).fill(-1);

  /**
   * @param registers Integer registers that exist: 32, or 16 for RV32E, where a word that names another is no instruction
   * (RISC-V Unprivileged ISA 20191213, section 4.1).
   */
  constructor(table: readonly Instruction[], extensions: ReadonlySet<Extension>, registers: 16 | 32 = 32) {
    this.entries = table.filter((entry) => extensions.has(entry.extension));
    this.patterns = new Int32Array(this.entries.length * PATTERN);
    this.constants = new Int32Array(this.entries.length * SLOTS.length);
    const pieces: number[] = [];
    this.entries.forEach((entry, index) => {
      const first = pieces.length;
      pieces.push(...entryPieces(entry));
      const absent = registers === 32 ? 0 : upperRegisters(entry);
      this.patterns.set([entry.mask, entry.match, first, pieces.length, absent], index * PATTERN);
      const { rd = 0, rs1 = 0, imm = 0 } = entry.implied ?? {};
      const biases = [rd, rs1, 0, imm];
      for (const field of entryFields(entry)) {
        for (const slot of FIELDS[field].slots) biases[SLOTS.indexOf(slot)] += FIELDS[field].bias;
      }
      this.constants.set(biases, index * SLOTS.length);
    });
    this.pieces = Int32Array.from(pieces);
    this.bucketEntries = Int32Array.from(this.fillBuckets());
    this.fillHalf();
  }

  /** The instruction that `word` is, or undefined. If bits 1:0 are not 3, only the low 16 bits count. */
  find(word: number): Instruction | undefined {
    const index = this.lookup(word);
    return index < 0 ? undefined : this.entries[index];
  }

  /** Puts the operands of `word` into `out` and returns its operation, `Op.ILLEGAL` for no instruction. */
  decode(word: number, out: Operands): Op {
    const index = this.lookup(word);
    if (index < 0) {
      out.rd = 0;
      out.rs1 = 0;
      out.rs2 = 0;
      out.imm = 0;
      return Op.ILLEGAL;
    }
    const constant = index * SLOTS.length;
    let rd = this.constants[constant];
    let rs1 = this.constants[constant + 1];
    let rs2 = this.constants[constant + 2];
    let imm = this.constants[constant + 3];
    let spare = 0;
    const end = this.patterns[index * PATTERN + 3];
    for (let i = this.patterns[index * PATTERN + 2]; i < end; i += PIECE) {
      const value = ((word >>> this.pieces[i + 1]) & this.pieces[i + 2]) << this.pieces[i + 3];
      switch (this.pieces[i]) {
        case 0:
          rd += value;
          break;
        case 1:
          rs1 += value;
          break;
        case 2:
          rs2 += value;
          break;
        default:
          imm |= value;
          spare = this.pieces[i + 4];
      }
    }
    out.rd = rd;
    out.rs1 = rs1;
    out.rs2 = rs2;
    out.imm = (imm << spare) >> spare;
    return this.entries[index].op;
  }

  private lookup(word: number): number {
    if ((word & 3) !== 3) return this.half[word & 0xffff];
    const bucket = bucketOf(word);
    const end = this.bucketStart[bucket + 1];
    for (let i = this.bucketStart[bucket]; i < end; i++) {
      const index = this.bucketEntries[i];
      if (
        (word & this.patterns[index * PATTERN]) === this.patterns[index * PATTERN + 1] &&
        !this.excepted(index, word)
      ) {
        return (word & this.patterns[index * PATTERN + 4]) === 0 ? index : -1;
      }
    }
    return -1;
  }

  private excepted(index: number, word: number): boolean {
    const except = this.entries[index].except;
    if (except === undefined) return false;
    for (const p of except) if ((word & p.mask) === p.match) return true;
    return false;
  }

  private fillBuckets(): number[] {
    const filled: number[] = [];
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.bucketStart[bucket] = filled.length;
      const word = ((bucket & 31) << 2) | ((bucket & 0xe0) << 7);
      this.entries.forEach((entry, index) => {
        if (entry.length === 4 && ((word ^ entry.match) & entry.mask & 0x707c) === 0) filled.push(index);
      });
    }
    this.bucketStart[BUCKETS] = filled.length;
    return filled;
  }

  private fillHalf(): void {
    const taken = new Uint8Array(0x10000);
    this.entries.forEach((entry, index) => {
      if (entry.length !== 2) return;
      const free = ~entry.mask & 0xffff;
      const absent = this.patterns[index * PATTERN + 4];
      // All values of the free bits: each step adds one to the number they form
      let bits = 0;
      do {
        const word = entry.match | bits;
        if (taken[word] === 0 && !this.excepted(index, word)) {
          taken[word] = 1;
          if ((word & absent) === 0) this.half[word] = index;
        }
        bits = (bits - free) & free;
      } while (bits !== 0);
    });
  }
}

/** Fields that count in decoding. */
function entryFields(entry: Instruction): (keyof typeof FIELDS)[] {
  const fields = operandParts(entry.operands).flatMap((part) => (part.kind === 'field' ? [part.field] : []));
  return [...fields, ...(entry.decodeOnly ?? [])];
}

/** Bits of the word that are set if a register field holds 16 or more. */
function upperRegisters(entry: Instruction): number {
  let bits = 0;
  for (const name of entryFields(entry)) {
    const field = FIELDS[name];
    // The three-bit fields of compressed formats reach x15 at most
    if (isRegister(field) && field.bias === 0) bits |= encodeField(field, 16);
  }
  return bits;
}

function entryPieces(entry: Instruction): number[] {
  const result: number[] = [];
  for (const name of entryFields(entry)) {
    const field = FIELDS[name];
    const spare = field.signed ? 32 - fieldBits(field) : 0;
    for (const slot of field.slots) {
      for (const p of field.pieces) {
        const mask = p.bits === 32 ? -1 : (1 << p.bits) - 1;
        result.push(SLOTS.indexOf(slot), p.word, mask, p.value, spare);
      }
    }
  }
  return result;
}
