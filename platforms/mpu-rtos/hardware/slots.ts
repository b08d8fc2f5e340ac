import { PAGE_BYTES, type PhysicalMemory } from '../../machine/memory.js';
import { Decoder, isWide } from '../../thumb/decode.js';
import { type Feature, Flags, type Operands } from '../../thumb/instruction.js';
import { Op } from '../../thumb/operations.js';
import { type Architecture, INSTRUCTIONS, PROFILES } from '../../thumb/table.js';
import type { CoreName } from './system-control-config.js';

/** The instruction set of each core. */
export const ARCHITECTURES: Readonly<Record<CoreName, Architecture>> = {
  m0plus: 'armv6-m',
  m3: 'armv7-m',
  m4: 'armv7e-m',
  m33: 'armv8-m.main+dsp',
};

const decoders = new Map<string, Decoder>();

/** The decoder of a core, built once: decoding depends on nothing but the table. */
export function decoderOf(core: CoreName, security: 'none' | 'secure'): Decoder {
  const key = `${core} ${security}`;
  let decoder = decoders.get(key);
  if (decoder === undefined) {
    const features = new Set<Feature>(PROFILES[ARCHITECTURES[core]]);
    if (security === 'none') features.delete('Security');
    decoder = new Decoder(INSTRUCTIONS, features);
    decoders.set(key, decoder);
  }
  return decoder;
}

/** Operations of slots that are no instructions. They follow the last `Op`. */
export const enum SlotOp {
  /** A probe or a phase mark is on this address; the instruction is in `DecodedSlots.covered`. */
  MARKED = 250,
  /** One past the last instruction of a page: fetching goes on in another page. */
  PAGE_END = 251,
  /** A 32-bit instruction whose second half is in another page: decoded anew each time. */
  TRANSIENT = 252,
  /** An instruction of an IT block whose condition does not hold. Never in a slot: the interpreter puts it there. */
  SKIPPED = 253,
}

/** Slots per page: one per halfword, one for the `PAGE_END`, and one because a 32-bit instruction may end behind it. */
export const PAGE_SLOTS = PAGE_BYTES / 2 + 2;

/** Fields of `DecodedSlots.packed` above the operation: registers, 4 bits each. */
export const SLOT_RD = 8;
export const SLOT_RN = 12;
export const SLOT_RM = 16;
export const SLOT_RA = 20;
/** Bit: the instruction has 32 bits. */
export const SLOT_LONG = 1 << 24;
/** Bit: the flag-setting form, `op - 1` in an IT block. */
export const SLOT_OUTSIDE_IT = 1 << 25;
/** 3 bits: `Shift` of a shifted operand, or `Size` of an access. */
export const SLOT_SHIFT = 26;
export const SLOT_SIZE = 26;
/** Bit: a shifted-operand operation sets the flags; a logical immediate gives C. */
export const SLOT_FLAGS = 1 << 29;
/** 2 bits: `Mode`. */
export const SLOT_MODE = 29;
/**
 * Sign bit. Of a branch: the target is in another page and `immediate` is its address. Of BX: the target is PC. Of a load or
 * store: rn is written back, or the stack pointer is loaded, whose low bits are always 0.
 */
export const SLOT_SPECIAL = 1 << 31;

/** Slot number of an arena offset. */
export const slotOf = (offset: number): number => (offset >>> 12) * PAGE_SLOTS + ((offset & 0xfff) >>> 1);

/** Arena offset of a slot number (of an instruction, not of a `PAGE_END`). */
export const offsetOf = (slot: number): number => {
  const page = (slot / PAGE_SLOTS) | 0;
  return page * PAGE_BYTES + (slot - page * PAGE_SLOTS) * 2;
};

const isBranch = (op: number): boolean => (op >= Op.B_EQ && op <= Op.BL) || op === Op.CBZ || op === Op.CBNZ;
const isPcRelative = (op: number): boolean =>
  op === Op.ADR || (op >= Op.LDR_LITERAL && op <= Op.LDRD_LITERAL) || op === Op.MOV_FROM_PC || op === Op.ADD_FROM_PC;
/** One operation whether or not the flags are set. */
const choosesFlags = (op: number): boolean =>
  (op >= Op.AND_X && op <= Op.MVN_X) || (op >= Op.ADD_SP_I && op <= Op.SUB_SP_X);
const loadsWord = (op: number): boolean =>
  op === Op.LDR_I || op === Op.LDR_R || op === Op.LDR_W || op === Op.LDR_LITERAL;

/**
 * Decoded instructions by physical halfword. A slot is decoded at the first execution and forgotten when its line is
 * stored to. There is no address translation: whatever depends on the program counter is folded into `immediate`.
 *
 * `packed` holds operation and registers, `immediate` the immediate: of a branch inside its page the displacement in slots,
 * of a far one (`SLOT_SPECIAL`) and of PC-relative instructions an address, of BL the return address is the next slot's.
 */
export class DecodedSlots {
  readonly packed: Int32Array;
  readonly immediate: Int32Array;
  /** Of a load or store: the packed form of the instruction that came before it last, and what that cost; see `pairing`. */
  readonly pairedWith: Int32Array;
  readonly pairCost: Int8Array;
  /** What a `MARKED` slot covers, by slot. */
  readonly covered = new Map<number, number>();
  private readonly operands: Operands = {
    rd: 0,
    rn: 0,
    rm: 0,
    ra: 0,
    imm: 0,
    shift: 0,
    carry: 0,
    flags: 0,
    mode: 0,
    size: 0,
  };

  /**
   * @param pages pages of the memory arena.
   * @param decoder of the core's instruction set.
   */
  constructor(
    pages: number,
    private readonly decoder: Decoder,
  ) {
    this.packed = new Int32Array((pages + 1) * PAGE_SLOTS);
    this.immediate = new Int32Array((pages + 1) * PAGE_SLOTS);
    this.pairedWith = new Int32Array((pages + 1) * PAGE_SLOTS);
    this.pairCost = new Int8Array((pages + 1) * PAGE_SLOTS);
  }

  /**
   * Decodes the instruction at `address` into `slot`, which is halfword `half` of its page. Returns the packed form.
   * @param word as `Decoder.decode` takes it. @param wide it has 32 bits.
   */
  decode(slot: number, half: number, address: number, word: number, wide: boolean): number {
    const o = this.operands;
    const op = this.decoder.decode(word, o);
    let packed = op | (o.rd << SLOT_RD) | (o.rn << SLOT_RN) | (o.rm << SLOT_RM) | (o.ra << SLOT_RA);
    let immediate = o.imm;
    if (wide) packed |= SLOT_LONG;
    if (o.flags === Flags.OUTSIDE_IT) packed |= SLOT_OUTSIDE_IT;
    packed |= (o.shift | o.size) << SLOT_SHIFT;
    if (op >= Op.LDR_I) packed |= o.mode << SLOT_MODE;
    else if (o.carry !== 0 || (choosesFlags(op) && o.flags !== Flags.NEVER)) packed |= SLOT_FLAGS;
    if (isBranch(op)) {
      const target = half + 2 + (immediate >> 1);
      if (target >= 0 && target < PAGE_BYTES / 2) {
        immediate = (immediate >> 1) + 2;
      } else {
        packed |= SLOT_SPECIAL;
        immediate = (address + 4 + immediate) | 0;
      }
    } else if (isPcRelative(op)) {
      const pc = address + 4;
      immediate = op === Op.MOV_FROM_PC || op === Op.ADD_FROM_PC ? pc : ((pc & ~3) + immediate) | 0;
    } else if (op >= Op.LDR_W && op <= Op.LDR_PC_W) {
      packed |= SLOT_SPECIAL;
    }
    const movesStack = (loadsWord(op) || op === Op.MOV_FROM_PC || op === Op.ADD_FROM_PC) && o.rd === 13;
    if (movesStack || (op === Op.BX && o.rm === 15)) packed |= SLOT_SPECIAL;
    this.packed[slot] = packed;
    this.immediate[slot] = immediate;
    this.pairedWith[slot] = 0;
    this.pairCost[slot] = 0;
    this.packed[slot - half + PAGE_BYTES / 2] = SlotOp.PAGE_END;
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
    const slot = slotOf(line);
    this.packed.fill(0, slot, slot + 16);
    if ((line & 0xfff) !== 0) this.packed[slot - 1] = 0;
  }

  /** Forgets everything in arena pages 1 to `pages` - 1. */
  forgetAll(pages: number): void {
    this.packed.fill(0, 0, pages * PAGE_SLOTS);
    this.covered.clear();
  }
}

/** The word of the instruction to come as a trace shows it: 16 bits, or the first halfword in the upper half. */
export function instructionWord(core: { readonly slot: number; readonly memory: PhysicalMemory }): number {
  const at = offsetOf(core.slot) >> 1;
  const first = core.memory.halves[at];
  return isWide(first) ? ((first << 16) | core.memory.halves[at + 1]) >>> 0 : first;
}
