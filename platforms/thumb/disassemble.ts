import { Codec, decodeBits, decodeShift } from './codecs.js';
import type { Decoder } from './decode.js';
import { FIELDS, extract, operandParts, readEncoding } from './fields.js';
import type { FieldName, ImmediateField, Layout, OperandPart, ShiftField } from './fields.js';
import { Flags, Shift } from './instruction.js';
import type { Instruction } from './instruction.js';
import { Op } from './operations.js';
import { APSR_MASKS, BARRIERS, CONDITION_NAMES, REGISTER_NAMES, specialName } from './registers.js';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** An instruction's form, read once. */
interface Form {
  readonly parts: readonly OperandPart[];
  readonly layouts: ReadonlyMap<string, Layout>;
}

const forms = new WeakMap<Instruction, Form>();

function formOf(instruction: Instruction): Form {
  let form = forms.get(instruction);
  if (form === undefined) {
    form = { parts: operandParts(instruction.operands), layouts: readEncoding(instruction.encoding).layouts };
    forms.set(instruction, form);
  }
  return form;
}

/** `{r0, r4-r7}` as objdump writes it: every register by name. */
export function listText(list: number): string {
  const names = REGISTER_NAMES.filter((_, i) => ((list >>> i) & 1) !== 0);
  return `{${names.join(', ')}}`;
}

const SHIFT_NAMES = ['lsl', 'lsr', 'asr', 'ror'];

/** The operands that a word holds, with what a part needs to know of the others. */
class Text {
  constructor(
    private readonly instruction: Instruction,
    private readonly form: Form,
    private readonly word: number,
    private readonly address: number,
  ) {}

  /** All operands. What is left out because it does nothing takes the comma before it along. */
  operands(): string {
    let text = '';
    for (const part of this.form.parts) {
      const next = part.kind === 'field' ? this.field(part.name) : this.literal(part.text);
      if (next === undefined) text = text.replace(/, $/, '');
      else text += next;
    }
    return text;
  }

  private literal(text: string): string {
    switch (text) {
      case ',':
        return ', ';
      case 'lsl1':
        return 'lsl #1';
      case '!':
        return this.keepsBase() ? '' : '!';
      default:
        return text;
    }
  }

  /** A 16-bit load with its base in the list writes nothing back. */
  private keepsBase(): boolean {
    const { op, length } = this.instruction;
    return op === Op.LDMIA && length === 2 && ((this.raw('i') >> this.raw('n')) & 1) !== 0;
  }

  /** Bits of the field with this letter. */
  private raw(letter: string): number {
    const layout = this.form.layouts.get(letter);
    return layout === undefined ? 0 : extract(layout, this.word);
  }

  private field(name: FieldName): string | undefined {
    const field = FIELDS[name];
    switch (field.kind) {
      case 'register':
        return REGISTER_NAMES[this.raw(field.letter)];
      case 'immediate':
        return this.immediate(field);
      case 'shift':
        return this.shift(field);
    }
  }

  private immediate(field: ImmediateField): string | undefined {
    const raw = this.raw(field.letter);
    const width = this.form.layouts.get(field.letter)?.width ?? 0;
    const value = decodeBits(field.codec, raw, width);
    switch (field.form) {
      case 'number':
        if (field.codec === Codec.CONSTANT) return `#${value >>> 0}`;
        return value === 0 && isNegativeZero(field.codec, raw) ? '#-0' : `#${value}`;
      case 'target':
        return hex(this.address + 4 + value);
      case 'literal':
        return `[pc, #${value === 0 && isNegativeZero(field.codec, raw) ? '-0' : value}]`;
      case 'list':
        return listText(value);
      case 'special':
        return specialName(value) ?? `#${value}`;
      case 'special mask':
        // Written together with the register that follows
        return undefined;
      case 'barrier':
        if (this.instruction.op === Op.ISB && value !== 15) return `#${value}`;
        return [...BARRIERS].find(([, option]) => option === value)?.[0] ?? `#${value}`;
      case 'interrupt flags':
        return `${(raw & 2) !== 0 ? 'i' : ''}${(raw & 1) !== 0 ? 'f' : ''}`;
      case 'coprocessor':
        return `p${value}`;
    }
  }

  private shift(field: ShiftField): string | undefined {
    const raw = this.raw(field.letter);
    switch (field.shift) {
      case 'any': {
        const packed = decodeShift(this.raw('s'), raw);
        if (packed >> 8 === Shift.RRX) return 'rrx';
        return packed === 0 ? undefined : `${SHIFT_NAMES[packed >> 8]} #${packed & 0xff}`;
      }
      case 'lsl':
        return raw === 0 ? undefined : `lsl #${raw}`;
      case 'asr':
        return `asr #${raw === 0 ? 32 : raw}`;
      case 'rotation':
        return raw === 0 ? undefined : `ror #${raw * 8}`;
      case 'msb':
        return `#${raw - this.raw('i') + 1}`;
      case 'width':
        return `#${raw + 1}`;
    }
  }

  /** MSR: the register with what is written of it. */
  maskedSpecial(): string {
    const sysm = this.raw('i');
    const mask = this.raw('j');
    const name = specialName(sysm) ?? `#${sysm}`;
    const suffix = sysm < 4 ? ([...APSR_MASKS].find(([, bits]) => bits === mask)?.[0] ?? '') : '';
    return `${name}${suffix}, ${REGISTER_NAMES[this.raw('n')]}`;
  }

  /** IT: the condition, and then and else of the following instructions as part of the mnemonic. */
  ifThen(): string {
    const state = this.raw('i');
    const first = state >> 4;
    let letters = '';
    for (let bit = 3; (state & ((1 << bit) - 1)) !== 0; bit--) {
      letters += ((state >> bit) & 1) === (first & 1) ? 't' : 'e';
    }
    return `it${letters} ${CONDITION_NAMES[first]}`;
  }
}

const isNegativeZero = (codec: Codec, raw: number): boolean =>
  raw === 0 && (codec === Codec.UP_DOWN || codec === Codec.UP_DOWN_4 || codec === Codec.NEGATIVE);

/**
 * One line of assembly for the instruction `word` at `address`: the mnemonics and the order of operands of objdump, targets
 * as absolute addresses. Wide instructions that have a narrow namesake end in `.w`, narrow branches in `.n`.
 *
 * @param condition name of the condition if the instruction is in an IT block, else empty.
 */
export function disassemble(word: number, address: number, decoder: Decoder, condition = ''): string {
  const wide = word >>> 16 !== 0;
  const instruction = decoder.find(word);
  if (instruction === undefined || instruction.decodeOnly) {
    return wide
      ? `.inst.w 0x${(word >>> 0).toString(16).padStart(8, '0')}`
      : `.inst.n 0x${word.toString(16).padStart(4, '0')}`;
  }
  const text = new Text(instruction, formOf(instruction), word, address);
  if (instruction.op === Op.IT) return text.ifThen();
  const operands = instruction.op === Op.MSR ? text.maskedSpecial() : text.operands();
  return `${nameOf(instruction, wide, condition, decoder)} ${operands}`.trim();
}

function nameOf(instruction: Instruction, wide: boolean, condition: string, decoder: Decoder): string {
  let { mnemonic } = instruction;
  if (condition !== '') {
    if (instruction.flags === Flags.OUTSIDE_IT) mnemonic = mnemonic.slice(0, -1);
    mnemonic += condition;
  }
  if (wide) return decoder.hasNarrow(instruction) ? `${mnemonic}.w` : mnemonic;
  // Without it, an assembler gives an absolute target the long form
  return instruction.operands === 'to.short' ? `${mnemonic}.n` : mnemonic;
}
