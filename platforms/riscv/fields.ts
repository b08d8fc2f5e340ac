/**
 * Where the bits of an operand are, once for decoder, assembler and disassembler.
 *
 * Register fields give a register number, immediate fields are named after the formats of the manual (RISC-V
 * Unprivileged ISA 20191213, section 2.3 and, for names with `c.`, section 16.2), which fix scaling, sign and bit order.
 */

/** Name of an operand field in `Instruction.operands`. */
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
  | 'fm'
  | 'pred'
  | 'succ'
  | 'rs3'
  | 'fsri.rs3'
  | 'shamt.6'
  | 'shamt.4'
  | 'cd'
  | 'cs1'
  | 'cs2'
  | 'scr'
  | 'imm.u11'
  | 'uimm.i'
  | 'c.rd'
  | 'c.rs1'
  | 'c.rs2'
  | 'c.rd.rs1'
  | "c.rd'"
  | "c.rs1'"
  | "c.rs2'"
  | "c.rd.rs1'"
  | 'c.imm'
  | 'c.shamt'
  | 'c.imm.lui'
  | 'c.imm.16sp'
  | 'c.uimm.4spn'
  | 'c.uimm.lw'
  | 'c.uimm.lwsp'
  | 'c.uimm.swsp'
  | 'c.imm.b'
  | 'c.imm.j'
  | 'c.cs1'
  | 'c.cd'
  | 'c.cs2'
  | "c.cd'"
  | "c.cs1'"
  | "c.cs2'"
  | 'c.uimm.lc'
  | 'c.uimm.lcsp'
  | 'c.uimm.scsp';

/** Member of the decoded operands that a field fills. */
export type Slot = 'rd' | 'rs1' | 'rs2' | 'imm';

/**
 * How the assembler writes a field: a register by its integer name or, where it is used as a capability, by its
 * capability name; a plain number; the value without its low zero bits (`upper`); a target relative to pc.
 */
export type FieldForm = 'register' | 'capability' | 'number' | 'upper' | 'target' | 'csr' | 'scr' | 'fence set';

/** `bits` bits of the word starting at bit `word` are the value's bits starting at bit `value`. */
export interface Piece {
  readonly word: number;
  readonly bits: number;
  readonly value: number;
}

/** Layout of a field. */
export interface Field {
  readonly slots: readonly Slot[];
  readonly form: FieldForm;
  readonly pieces: readonly Piece[];
  /** The value is sign-extended from its highest bit. */
  readonly signed: boolean;
  /** Added to the encoded number: 8 for the registers x8 to x15 of compressed formats. */
  readonly bias: number;
}

/** Pieces in the notation of the manual: `31:12>12` is bits 31 to 12 of the word, placed at bit 12 of the value. */
function pieces(notation: string): Piece[] {
  return notation.split(' ').map((piece) => {
    const [range = '', place = '0'] = piece.split('>');
    const [high = '', low = high] = range.split(':');
    return { word: Number(low), bits: Number(high) - Number(low) + 1, value: Number(place) };
  });
}

function register(slots: readonly Slot[], notation: string, bias = 0): Field {
  return { slots, form: 'register', pieces: pieces(notation), signed: false, bias };
}

function capability(slots: readonly Slot[], notation: string, bias = 0): Field {
  return { ...register(slots, notation, bias), form: 'capability' };
}

function signed(form: FieldForm, notation: string): Field {
  return { slots: ['imm'], form, pieces: pieces(notation), signed: true, bias: 0 };
}

function unsigned(form: FieldForm, notation: string, slot: Slot = 'imm'): Field {
  return { slots: [slot], form, pieces: pieces(notation), signed: false, bias: 0 };
}

/** The layout of every field. */
export const FIELDS: Readonly<Record<OperandField, Field>> = {
  // 2.2, 2.3: base formats
  rd: register(['rd'], '11:7'),
  rs1: register(['rs1'], '19:15'),
  rs2: register(['rs2'], '24:20'),
  'imm.i': signed('number', '31:20'),
  'imm.s': signed('number', '31:25>5 11:7'),
  'imm.b': signed('target', '31>12 7>11 30:25>5 11:8>1'),
  'imm.u': signed('upper', '31:12>12'),
  'imm.j': signed('target', '31>20 19:12>12 20>11 30:21>1'),
  shamt: unsigned('number', '24:20'),
  // 9.1: CSR number and the five-bit immediate in place of rs1
  csr: unsigned('csr', '31:20'),
  uimm: unsigned('number', '19:15', 'rs1'),
  // Scalar cryptography 1.0.1, section 3.1: byte select
  bs: unsigned('number', '31:30'),
  // 2.7: the three together are the raw immediate of fence
  fm: unsigned('number', '31:28>8'),
  pred: unsigned('fence set', '27:24>4'),
  succ: unsigned('fence set', '23:20'),

  // Bit manipulation, draft 0.93, section 3: format R4 of the ternary instructions, and their immediate shift
  rs3: register(['imm'], '31:27'),
  'fsri.rs3': register(['rs2'], '31:27'),
  'shamt.6': unsigned('number', '25:20'),
  'shamt.4': unsigned('number', '23:20'),

  // CHERIoT: the formats of the base ISA with capability registers, special registers, and immediates of its own
  cd: capability(['rd'], '11:7'),
  cs1: capability(['rs1'], '19:15'),
  cs2: capability(['rs2'], '24:20'),
  scr: unsigned('scr', '24:20'),
  'imm.u11': signed('upper', '31:12>11'),
  'uimm.i': unsigned('number', '31:20'),

  // 16.2: compressed formats; a prime marks the three-bit fields for x8 to x15
  'c.rd': register(['rd'], '11:7'),
  'c.rs1': register(['rs1'], '11:7'),
  'c.rs2': register(['rs2'], '6:2'),
  'c.rd.rs1': register(['rd', 'rs1'], '11:7'),
  "c.rd'": register(['rd'], '4:2', 8),
  "c.rs1'": register(['rs1'], '9:7', 8),
  "c.rs2'": register(['rs2'], '4:2', 8),
  "c.rd.rs1'": register(['rd', 'rs1'], '9:7', 8),
  // 16.3 to 16.5
  'c.imm': signed('number', '12>5 6:2'),
  'c.shamt': unsigned('number', '6:2'),
  'c.imm.lui': signed('upper', '12>17 6:2>12'),
  'c.imm.16sp': signed('number', '12>9 4:3>7 5>6 2>5 6>4'),
  'c.uimm.4spn': unsigned('number', '10:7>6 12:11>4 5>3 6>2'),
  'c.uimm.lw': unsigned('number', '5>6 12:10>3 6>2'),
  'c.uimm.lwsp': unsigned('number', '3:2>6 12>5 6:4>2'),
  'c.uimm.swsp': unsigned('number', '8:7>6 12:9>2'),
  'c.imm.b': signed('target', '12>8 6:5>6 2>5 11:10>3 4:3>1'),
  'c.imm.j': signed('target', '12>11 8>10 10:9>8 6>7 7>6 2>5 11>4 5:3>1'),
  // The same with capability registers; offsets as those of doublewords
  'c.cs1': capability(['rs1'], '11:7'),
  'c.cd': capability(['rd'], '11:7'),
  'c.cs2': capability(['rs2'], '6:2'),
  "c.cd'": capability(['rd'], '4:2', 8),
  "c.cs1'": capability(['rs1'], '9:7', 8),
  "c.cs2'": capability(['rs2'], '4:2', 8),
  'c.uimm.lc': unsigned('number', '6:5>6 12:10>3'),
  'c.uimm.lcsp': unsigned('number', '4:2>6 12>5 6:5>3'),
  'c.uimm.scsp': unsigned('number', '9:7>6 12:10>3'),
};

/** Number of bits of the value, low zero bits included. */
export function fieldBits(field: Field): number {
  return Math.max(...field.pieces.map((p) => p.value + p.bits));
}

/** Smallest and largest value a field can hold, and the step between values. */
export function fieldRange(field: Field): {
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
} {
  const bits = fieldBits(field);
  const step = 2 ** Math.min(...field.pieces.map((p) => p.value));
  const span = 2 ** bits;
  const minimum = field.signed ? -span / 2 : field.bias;
  const maximum = (field.signed ? span / 2 : span) - step + field.bias;
  return { minimum, maximum, step };
}

/** True if the field can hold the value. */
export function fits(field: Field, value: number): boolean {
  const { minimum, maximum, step } = fieldRange(field);
  return value >= minimum && value <= maximum && value % step === 0;
}

/** The bits of the word that hold the field. */
export function fieldMask(field: Field): number {
  return encodeField(field, field.signed ? -1 : field.bias - 1);
}

/** The word bits that hold `value`; bits that do not fit are dropped. */
export function encodeField(field: Field, value: number): number {
  const biased = (value - field.bias) | 0;
  let word = 0;
  for (const p of field.pieces) word |= ((biased >>> p.value) & bitMask(p.bits)) << p.word;
  return word;
}

/** The value that the field has in `word`. */
export function decodeField(field: Field, word: number): number {
  let value = 0;
  for (const p of field.pieces) value |= ((word >>> p.word) & bitMask(p.bits)) << p.value;
  const spare = 32 - fieldBits(field);
  return (field.signed ? (value << spare) >> spare : value) + field.bias;
}

function bitMask(bits: number): number {
  return bits === 32 ? -1 : (1 << bits) - 1;
}

/** True for a field that holds the number of a register. */
export const isRegister = ({ form }: Field): boolean => form === 'register' || form === 'capability';

/** A part of an assembler form: a field, or a literal (punctuation or the stack pointer). */
export type OperandPart =
  { readonly kind: 'field'; readonly field: OperandField } | { readonly kind: 'literal'; readonly text: string };

const isField = (text: string): text is OperandField => Object.hasOwn(FIELDS, text);

/**
 * Splits `Instruction.operands` into its parts.
 * @throws RangeError for a name that is no field: a mistake in a table.
 */
export function operandParts(operands: string): OperandPart[] {
  return (operands.match(/[,()]|[^,()]+/g) ?? []).map((text) => {
    if (isField(text)) return { kind: 'field', field: text };
    if (text === 'sp' || text === 'csp' || /^[,()]$/.test(text)) return { kind: 'literal', text };
    throw new RangeError(`operand field "${text}" does not exist`);
  });
}
