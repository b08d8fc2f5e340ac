import { Codec } from './codecs.js';
import type { Operands, Pattern } from './instruction.js';

/**
 * The notation of the tables: encodings and operands, once for decoder, assembler and disassembler.
 *
 * An encoding is written from the highest bit down, as in the manual's diagrams: `0` and `1` are fixed, `(0)` and `(1)` are
 * bits that should have this value and are not looked at (the manuals say UNPREDICTABLE; cores ignore them), `-` is any
 * value, a letter is a bit of a field. Equal letters make one field, the first of them its highest bit. Blanks do not count.
 */
export type Letter = 'd' | 'n' | 'm' | 'a' | 'i' | 'j' | 's' | 'p';

/** `bits` bits of the word starting at bit `word` are the field's bits starting at bit `value`. */
export interface Piece {
  readonly word: number;
  readonly bits: number;
  readonly value: number;
}

/** A field: its pieces and its number of bits. */
export interface Layout {
  readonly pieces: readonly Piece[];
  readonly width: number;
}

/** What an encoding says. */
export interface Encoding extends Pattern {
  readonly length: 2 | 4;
  /** `match` and the bits that should be one: the word that an assembler begins with. */
  readonly base: number;
  readonly layouts: ReadonlyMap<string, Layout>;
}

/**
 * Reads an encoding.
 * @throws RangeError if it has not 16 or 32 bits: a mistake in a table.
 */
export function readEncoding(encoding: string): Encoding {
  const bits = encoding.match(/\([01]\)|[01a-z-]/g) ?? [];
  if (bits.length !== 16 && bits.length !== 32) {
    throw new RangeError(`encoding "${encoding}" has ${bits.length} bits`);
  }
  let match = 0;
  let mask = 0;
  let base = 0;
  const places = new Map<string, number[]>();
  bits.forEach((bit, index) => {
    const at = bits.length - 1 - index;
    if (bit === '1' || bit === '(1)') base |= 1 << at;
    if (bit === '1') match |= 1 << at;
    if (bit === '0' || bit === '1') mask |= 1 << at;
    if (/[a-z]/.test(bit)) places.set(bit, [...(places.get(bit) ?? []), at]);
  });
  const layouts = new Map([...places].map(([letter, list]) => [letter, layout(list)]));
  return { length: bits.length === 16 ? 2 : 4, match, mask, base, layouts };
}

/** The layout of a field whose bits, highest first, are at these places of the word. */
function layout(places: readonly number[]): Layout {
  const pieces: Piece[] = [];
  places.forEach((word, index) => {
    const value = places.length - 1 - index;
    const last = pieces.at(-1);
    if (last !== undefined && last.word === word + 1) {
      pieces[pieces.length - 1] = { word, bits: last.bits + 1, value };
    } else pieces.push({ word, bits: 1, value });
  });
  return { pieces, width: places.length };
}

/** The field's bits in `word`. */
export function extract(field: Layout, word: number): number {
  let raw = 0;
  for (const p of field.pieces) raw |= ((word >>> p.word) & ((1 << p.bits) - 1)) << p.value;
  return raw;
}

/** The bits of a word that hold `raw`. */
export function insert(field: Layout, raw: number): number {
  let word = 0;
  for (const p of field.pieces) word |= ((raw >>> p.value) & ((1 << p.bits) - 1)) << p.word;
  return word;
}

/** Registers that an operand may be, beyond r0 to r12 and r14. */
export type Allowed =
  /** None, but a decoder takes r13 where it is a source. */
  | 'general'
  /** SP. */
  | 'sp'
  /** SP and PC. */
  | 'any';

/** A member of `Operands` that holds a register. */
export type RegisterSlot = 'rd' | 'rn' | 'rm' | 'ra';

export interface RegisterField {
  readonly kind: 'register';
  readonly letter: Letter;
  readonly slots: readonly RegisterSlot[];
  readonly allowed: Allowed;
  /** True if the instruction writes the register: r13 is then UNDEFINED unless allowed. */
  readonly written: boolean;
}

/** How an operand that is no register is written. */
export type Form =
  /** `#value`. */
  | 'number'
  /** A label; relative to the address + 4, or to that aligned to 4. */
  | 'target'
  | 'literal'
  /** `{r0, r4-r7}`. */
  | 'list'
  /** Name of a special register (MRS), with its mask (MSR). */
  | 'special'
  | 'special mask'
  /** `sy` and the like. */
  | 'barrier'
  /** `i`, `f` or both. */
  | 'interrupt flags'
  /** `p10`, `c7`. */
  | 'coprocessor';

export interface ImmediateField {
  readonly kind: 'immediate';
  readonly letter: Letter;
  readonly form: Form;
  readonly codec: Codec;
  /** Place of the value in `Operands.imm`. */
  readonly at: number;
}

/** A part that is left out where it does nothing, or whose value depends on another field. */
export interface ShiftField {
  readonly kind: 'shift';
  /**
   * `any`: type and amount; `lsl`, `asr`: an amount; `rotation`: `ror #8`; `msb`, `width`: the width of a bit field, which
   * the word holds as the number of its highest bit or less one.
   */
  readonly shift: 'any' | 'lsl' | 'asr' | 'rotation' | 'msb' | 'width';
  readonly letter: Letter;
  /** Place of the value in `Operands.imm`. */
  readonly at: number;
}

export type Field = RegisterField | ImmediateField | ShiftField;

const register = (
  letter: Letter,
  slots: readonly RegisterSlot[],
  written: boolean,
  allowed: Allowed = 'general',
): RegisterField => ({ kind: 'register', letter, slots, allowed, written });

const number = (codec: Codec, letter: Letter = 'i', at = 0): ImmediateField => ({
  kind: 'immediate',
  letter,
  form: 'number',
  codec,
  at,
});

const formed = (form: Form, codec: Codec, letter: Letter = 'i', at = 0): ImmediateField => ({
  kind: 'immediate',
  letter,
  form,
  codec,
  at,
});

const shifted = (shift: ShiftField['shift'], letter: Letter = 'i', at = 0): ShiftField => ({
  kind: 'shift',
  shift,
  letter,
  at,
});

/** Every name that may stand in `Instruction.operands`. */
export const FIELDS = {
  // Registers. A name of two is one field for both: source and destination
  rd: register('d', ['rd'], true),
  'rd.sp': register('d', ['rd'], true, 'sp'),
  'rd.any': register('d', ['rd'], true, 'any'),
  rdn: register('d', ['rd', 'rn'], true),
  'rdn.sp': register('d', ['rd', 'rn'], true, 'sp'),
  rdm: register('d', ['rd', 'rm'], true),
  'rdm.sp': register('d', ['rd', 'rm'], true, 'sp'),
  rt: register('d', ['rd'], false),
  'rt.sp': register('d', ['rd'], false, 'sp'),
  rn: register('n', ['rn'], false),
  'rn.sp': register('n', ['rn'], false, 'sp'),
  'rn.any': register('n', ['rn'], false, 'any'),
  rm: register('m', ['rm'], false),
  'rm.sp': register('m', ['rm'], false, 'sp'),
  'rm.any': register('m', ['rm'], false, 'any'),
  ra: register('a', ['ra'], false),
  rd2: register('a', ['ra'], true),

  // Constants and offsets
  imm: number(Codec.UNSIGNED),
  'imm.2': number(Codec.UNSIGNED_2),
  'imm.4': number(Codec.UNSIGNED_4),
  'imm.down': number(Codec.NEGATIVE),
  'imm.updown': number(Codec.UP_DOWN),
  'imm.updown4': number(Codec.UP_DOWN_4),
  'imm.right': number(Codec.RIGHT_SHIFT),
  'imm.plus1': number(Codec.PLUS_ONE),
  'imm.const': number(Codec.CONSTANT),
  'imm.16': number(Codec.IMM16),
  'sat.plus1': number(Codec.PLUS_ONE, 'j'),
  sat: number(Codec.UNSIGNED, 'j'),

  // Parts of shifted and extended operands, left out where they do nothing
  shift: shifted('any'),
  lsl: shifted('lsl'),
  asr: shifted('asr'),
  rotation: shifted('rotation'),
  'sat.lsl': shifted('lsl', 'i', 8),
  'sat.asr': shifted('asr', 'i', 8),
  msb: shifted('msb', 'j', 8),
  width: shifted('width', 'j', 8),

  // Addresses
  'to.cbz': formed('target', Codec.UNSIGNED_2),
  'to.short': formed('target', Codec.BRANCH),
  'to.20': formed('target', Codec.BRANCH_20),
  'to.24': formed('target', Codec.BRANCH_24),
  'at.4': formed('literal', Codec.UNSIGNED_4),
  'at.up': formed('literal', Codec.UNSIGNED),
  'at.down': formed('literal', Codec.NEGATIVE),
  'at.updown': formed('literal', Codec.UP_DOWN),
  'at.updown4': formed('literal', Codec.UP_DOWN_4),

  list: formed('list', Codec.LIST),
  'list.lr': formed('list', Codec.LIST_LR),
  'list.pc': formed('list', Codec.LIST_PC),
  'list.store': formed('list', Codec.LIST_STORE),
  'list.load': formed('list', Codec.LIST_LOAD),

  sysm: formed('special', Codec.UNSIGNED),
  'sysm.mask': formed('special mask', Codec.UNSIGNED, 'j', 10),
  option: formed('barrier', Codec.UNSIGNED),
  iflags: formed('interrupt flags', Codec.UNSIGNED),
  coprocessor: formed('coprocessor', Codec.UNSIGNED),
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof FIELDS;

/** A part of an assembler form: a field, or a literal (punctuation, `sp`, `pc`, `#0`, `lsl1` for `lsl #1`). */
export type OperandPart =
  { readonly kind: 'field'; readonly name: FieldName } | { readonly kind: 'literal'; readonly text: string };

const isField = (text: string): text is FieldName => Object.hasOwn(FIELDS, text);

/**
 * Splits `Instruction.operands` into its parts.
 * @throws RangeError for a name that is no field: a mistake in a table.
 */
export function operandParts(operands: string): OperandPart[] {
  return (operands.match(/[,[\]!]|[^,[\]! ]+/g) ?? []).map((text) => {
    if (isField(text)) return { kind: 'field', name: text };
    if (/^(sp|pc|#0|lsl1|[,[\]!])$/.test(text)) return { kind: 'literal', text };
    throw new RangeError(`operand field "${text}" does not exist`);
  });
}

/** The fields of an assembler form, in order. */
export function operandFields(operands: string): FieldName[] {
  return operandParts(operands).flatMap((part) => (part.kind === 'field' ? [part.name] : []));
}

/** Members of `Operands`, all zero: to begin with. */
export function noOperands(): Operands {
  return { rd: 0, rn: 0, rm: 0, ra: 0, imm: 0, shift: 0, carry: 0, flags: 0, mode: 0, size: 0 };
}
