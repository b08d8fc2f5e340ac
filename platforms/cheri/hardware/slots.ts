import { PAGE_BYTES } from '../../machine/memory.js';
import { CHERIOT_EXTENSIONS, CHERIOT_INSTRUCTIONS, CHERIOT_REGISTER_COUNT } from '../../riscv/cheriot.js';
import { Decoder, type Operands } from '../../riscv/decode.js';
import { Op } from '../../riscv/operations.js';

/** The core's decoder, built once: decoding depends on nothing but the table. */
export const DECODER = new Decoder(CHERIOT_INSTRUCTIONS, CHERIOT_EXTENSIONS, CHERIOT_REGISTER_COUNT);

/** Operations of slots that are no instructions. They follow the last `Op`. */
export const enum SlotOp {
  /** A probe or a phase mark is on this address; the instruction is in `DecodedSlots.covered`. */
  MARKED = 240,
  /** Decoded anew each time: its second half is in another page. */
  TRANSIENT = 241,
}

/** Slots per page: one per halfword, so that a slot's number is half its arena offset. */
export const PAGE_SLOTS = PAGE_BYTES / 2;

/** Register number that stands for a destination of x0: writes go there, nothing reads it. */
export const SINK = 16;

/** Fields of `DecodedSlots.packed` above the operation: rd (0 is `SINK`), rs1, rs2; see `SLOT_FAR`, `SLOT_LONG`. */
export const SLOT_OP = 255;
export const SLOT_RD = 8;
export const SLOT_RS1 = 13;
export const SLOT_RS2 = 17;
/** Bit: the instruction has 32 bits. */
export const SLOT_LONG_SHIFT = 21;
export const SLOT_LONG = 1 << SLOT_LONG_SHIFT;
/** Bit: the target of this branch or jump is in another page. */
export const SLOT_FAR = 1 << 22;

/**
 * Decoded instructions by physical halfword. A slot is decoded at the first execution and forgotten when its line is stored
 * to.
 *
 * `packed` holds operation and registers, `immediate` the immediate; of a branch or jump inside its page it holds the
 * displacement in slots, of a far one (`SLOT_FAR`) in bytes.
 */
export class DecodedSlots {
  readonly packed: Int32Array;
  readonly immediate: Int32Array;
  /** What a `MARKED` slot covers, by slot. */
  readonly covered = new Map<number, number>();
  private readonly operands: Operands = { rd: 0, rs1: 0, rs2: 0, imm: 0 };

  /** @param pages pages of the memory arena, the unused first one included. */
  constructor(pages: number) {
    this.packed = new Int32Array(pages * PAGE_SLOTS);
    this.immediate = new Int32Array(pages * PAGE_SLOTS);
  }

  /** Decodes `word` into `slot`. Returns the packed form. */
  decode(slot: number, word: number): number {
    const o = this.operands;
    const op = DECODER.decode(word, o);
    const long = (word & 3) === 3;
    let packed = op | ((o.rd === 0 ? SINK : o.rd) << SLOT_RD) | (o.rs1 << SLOT_RS1) | (o.rs2 << SLOT_RS2);
    if (long) packed |= SLOT_LONG;
    let immediate = o.imm;
    if (op === Op.JAL || (op >= Op.BEQ && op <= Op.BGEU)) {
      const target = (slot & (PAGE_SLOTS - 1)) + (immediate >> 1);
      if (target >= 0 && target < PAGE_SLOTS) immediate >>= 1;
      else packed |= SLOT_FAR;
    } else if (op >= Op.CSRRWI && op <= Op.CSRRCI) {
      // The immediate is no register: it must not look like a hazard.
      immediate |= o.rs1 << 12;
      packed &= ~(15 << SLOT_RS1) & ~(1 << (SLOT_RS1 + 4));
    } else if (op === Op.AUICGP) {
      packed |= GLOBALS << SLOT_RS1;
    } else if (op === Op.ILLEGAL) {
      immediate = long ? word : word & 0xffff;
    }
    this.packed[slot] = packed;
    this.immediate[slot] = immediate;
    return packed;
  }

  /** Immediate of the last `peek`. */
  peeked = 0;

  /** The packed form of `word` as if it were in the first slot, and its immediate in `peeked`. Nothing is remembered. */
  peek(word: number): number {
    const packed = this.decode(0, word);
    this.packed[0] = 0;
    this.peeked = this.immediate[0];
    return packed;
  }

  /** Puts a mark on a decoded slot. */
  cover(slot: number): void {
    const packed = this.packed[slot];
    this.covered.set(slot, packed);
    this.packed[slot] = SlotOp.MARKED | (packed & SLOT_LONG);
  }

  /** Forgets the instructions of the 32-byte line at arena offset `line`, and one that reaches into it from before. */
  forgetLine(line: number): void {
    const slot = line >>> 1;
    this.packed.fill(0, slot, slot + 16);
    if ((line & 0xfff) !== 0) this.packed[slot - 1] = 0;
  }

  /** Forgets everything in the first `pages` arena pages. */
  forgetAll(pages: number): void {
    this.packed.fill(0, 0, pages * PAGE_SLOTS);
    this.covered.clear();
  }
}

/** Whether a slot holds a load or store. */
export const accessesMemory = (packed: number): boolean => {
  const op = packed & SLOT_OP;
  return (op >= Op.LB && op <= Op.SW) || op === Op.CLC || op === Op.CSC;
};

/** Number of the globals register, which auicgp reads without naming it. */
const GLOBALS = 3;
