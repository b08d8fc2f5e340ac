import { PAGE_BYTES } from '../../machine/memory.js';
import { Decoder, type Operands } from '../../riscv/decode.js';
import type { Extension } from '../../riscv/instruction.js';
import { Op } from '../../riscv/operations.js';
import { INSTRUCTIONS } from '../../riscv/table.js';

const EXTENSIONS: readonly Extension[] = [
  'I',
  'M',
  'A',
  'C',
  'Zicsr',
  'Zifencei',
  'Zkn',
  'machine',
  'supervisor',
  'custom',
];

/** The core's decoder, built once: decoding depends on nothing but the table. */
export const DECODER = new Decoder(INSTRUCTIONS, new Set(EXTENSIONS));

/** Operations of slots that are no instructions. They follow the last `Op`. */
export const enum SlotOp {
  /** A probe or a phase mark is on this address; the instruction is in `DecodedSlots.covered`. */
  MARKED = 100,
  /** One past the last instruction of a page: fetching goes on in another page. */
  PAGE_END = 101,
  /** Decoded anew each time: its second half is in another page, or its line has just left the cache. */
  TRANSIENT = 102,
}

/** Slots per page: one per halfword and one line of 16 for the `PAGE_END`, so that a slot's place in its line is its low 4 bits. */
export const PAGE_SLOTS = PAGE_BYTES / 2 + 16;

/** Fields of `DecodedSlots.packed`: operation, rd (0 is 32: a register nobody reads), rs1, rs2; see `SLOT_FAR`, `SLOT_LONG`. */
export const SLOT_RD = 7;
export const SLOT_RS1 = 13;
export const SLOT_RS2 = 18;
/** Bit: the instruction has 32 bits. */
export const SLOT_LONG = 1 << 30;
/** Sign bit: the target of this branch or jump is in another page. */
export const SLOT_FAR = 1 << 31;

/** Slot number of an arena offset. */
export const slotOf = (offset: number): number => (offset >>> 12) * PAGE_SLOTS + ((offset & 0xfff) >>> 1);

/** Arena offset of a slot number (of an instruction, not of a `PAGE_END`). */
export const offsetOf = (slot: number): number => {
  const page = (slot / PAGE_SLOTS) | 0;
  return page * PAGE_BYTES + (slot - page * PAGE_SLOTS) * 2;
};

/**
 * Decoded instructions by physical halfword. A slot is decoded at the first execution and forgotten when its line leaves
 * the instruction cache or is stored to.
 *
 * `packed` holds operation and registers, `immediate` the immediate; of a branch or jump inside its page it holds the
 * displacement in slots, of a far one (`SLOT_FAR`) in bytes.
 */
export class DecodedSlots {
  readonly packed: Int32Array;
  readonly immediate: Int32Array;
  /**
   * 1 if a redirect from the memory stage two cycles before the instruction in this slot would retire finds nothing amiss
   * behind it, late results of older instructions apart: see `followWrongPath`.
   */
  readonly harmless: Uint8Array;
  /** What a `MARKED` slot covers, by slot. */
  readonly covered = new Map<number, number>();
  private readonly operands: Operands = { rd: 0, rs1: 0, rs2: 0, imm: 0 };

  /** @param pages pages of the memory arena. */
  constructor(pages: number) {
    this.packed = new Int32Array((pages + 1) * PAGE_SLOTS);
    this.immediate = new Int32Array((pages + 1) * PAGE_SLOTS);
    this.harmless = new Uint8Array(pages * PAGE_SLOTS);
  }

  /** Decodes `word` into `slot`, which is halfword `half` of its page. Returns the packed form. */
  decode(slot: number, half: number, word: number, ends = true): number {
    const o = this.operands;
    const op = DECODER.decode(word, o);
    const long = (word & 3) === 3;
    let packed =
      op | ((o.rd === 0 ? 32 : o.rd) << SLOT_RD) | (o.rs1 << SLOT_RS1) | (o.rs2 << SLOT_RS2) | (long ? SLOT_LONG : 0);
    let immediate = o.imm;
    if (op === Op.JAL || (op >= Op.BEQ && op <= Op.BGEU)) {
      const target = half + (immediate >> 1);
      if (target >= 0 && target < PAGE_BYTES / 2) immediate >>= 1;
      else packed |= SLOT_FAR;
    } else if (op >= Op.CSRRWI && op <= Op.CSRRCI) {
      // The immediate is no register: it must not look like a hazard.
      immediate |= o.rs1 << 12;
      packed &= ~(31 << SLOT_RS1);
    } else if (op === Op.ILLEGAL) {
      // For xtval. The decompressor hands on 0 for a halfword that is no instruction.
      immediate = long ? word : 0;
    }
    this.packed[slot] = packed;
    this.immediate[slot] = immediate;
    if (ends) this.packed[slot - half + PAGE_BYTES / 2] = SlotOp.PAGE_END;
    return packed;
  }

  /**
   * The packed form of `word`, halfword `half` of its page, as `decode` makes it; its immediate is in `peeked`. Nothing is
   * remembered.
   */
  peek(half: number, word: number): number {
    const spare = this.packed.length - PAGE_SLOTS;
    const packed = this.decode(spare, half, word, false);
    this.peeked = this.immediate[spare];
    this.packed[spare] = 0;
    return packed;
  }
  peeked = 0;

  /** Puts a mark on a decoded slot. */
  cover(slot: number): void {
    const packed = this.packed[slot];
    this.covered.set(slot, packed);
    this.packed[slot] = SlotOp.MARKED | (packed & SLOT_LONG);
  }

  /** Forgets the instructions of the 32-byte line at arena offset `line`, and one that reaches into it from before. */
  forgetLine(line: number): void {
    const slot = slotOf(line);
    this.packed.fill(0, slot, slot + 16);
    // Two instructions of 4 bytes before the line reach into it.
    this.harmless.fill(0, Math.max(0, slot - 4), slot + 16);
    if ((line & 0xfff) !== 0) this.packed[slot - 1] = 0;
  }

  /** Forgets everything in arena pages 1 to `pages` - 1. */
  forgetAll(pages: number): void {
    this.packed.fill(0, 0, pages * PAGE_SLOTS);
    this.harmless.fill(0, 0, pages * PAGE_SLOTS);
    this.covered.clear();
  }
}
