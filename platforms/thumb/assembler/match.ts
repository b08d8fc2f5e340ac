import type { Expression } from '../../assembler/expression.js';
import { Codec, encodeBits } from '../codecs.js';
import { insert } from '../fields.js';
import type { ImmediateField, Layout, RegisterField, ShiftField } from '../fields.js';
import { Shift } from '../instruction.js';
import type { Feature } from '../instruction.js';
import { APSR_MASKS, BARRIERS, REGISTER_NAMES, SPECIAL_REGISTERS } from '../registers.js';
import { FEATURE_NAMES } from './messages.js';
import type { Operand, WrittenShift } from './operands.js';
import type { Pattern, Prepared } from './patterns.js';

/** A value that has to wait for the layout. */
export interface Pending {
  readonly expression: Expression;
  readonly field: ImmediateField;
  readonly layout: Layout;
}

/** An instruction with its operands in it. */
export interface Matched {
  readonly prepared: Prepared;
  readonly word: number;
  readonly pending?: Pending;
}

/** Why an instruction does not take the operands. `rank` is higher the nearer they came. */
export interface Refused {
  readonly reason: string;
  readonly rank: number;
}

export type MatchResult = Matched | Refused;

/** What the matching needs to know of its surroundings. */
export interface Surroundings {
  readonly features: ReadonlySet<Feature>;
  /** The number, if the expression has one here. */
  constant(expression: Expression): number | undefined;
}

/** The operands are of another kind than the instruction takes. */
const SHAPE: Refused = { reason: '', rank: 0 };

const refuse = (reason: string, rank = 1): Refused => ({ reason, rank });

/** Puts operands into an instruction. */
export function match(around: Surroundings, prepared: Prepared, operands: readonly Operand[]): MatchResult {
  const { patterns } = prepared;
  if (operands.length > patterns.length) return SHAPE;
  const builder = new Builder(around, prepared);
  for (let i = 0; i < patterns.length; i++) {
    const refused = builder.add(patterns[i], operands[i]);
    if (refused !== undefined) return refused;
  }
  return builder.finish();
}

/**
 * Fills the fields of one instruction from left to right. What it refuses it returns: most instructions refuse most operands,
 * and a throw for each would be most of the time that an assembly takes.
 */
class Builder {
  private word: number;
  private pending: Pending | undefined;
  /** The number written before the width of a bit field. */
  private lowestBit = 0;
  private lastRegister = 0;

  constructor(
    private readonly around: Surroundings,
    private readonly prepared: Prepared,
  ) {
    this.word = prepared.base;
  }

  finish(): Matched {
    const { prepared, pending } = this;
    // REV and the like hold their source twice
    const copy = prepared.layouts.get('p');
    const word = this.word | (copy === undefined ? 0 : insert(copy, this.lastRegister));
    return pending === undefined ? { prepared, word } : { prepared, word, pending };
  }

  add(pattern: Pattern, operand: Operand | undefined): Refused | undefined {
    switch (pattern.kind) {
      case 'register':
        if (operand?.kind !== 'register' || operand.writeBack !== pattern.writeBack) return SHAPE;
        return this.register(pattern.field, operand.register);
      case 'fixed register':
        if (operand?.kind !== 'register' || operand.register !== pattern.register) return SHAPE;
        return undefined;
      case 'zero':
        if (operand?.kind !== 'value' || this.around.constant(operand.expression) !== 0) return SHAPE;
        return undefined;
      case 'value':
        return this.value(pattern.field, operand);
      case 'shift':
        return this.shift(pattern.field, operand);
      case 'memory':
        return this.memory(pattern, operand);
    }
  }

  private layout(letter: string): Layout {
    const layout = this.prepared.layouts.get(letter);
    if (layout === undefined) throw new RangeError(`"${this.prepared.instruction.encoding}" has no field ${letter}`);
    return layout;
  }

  private register(field: RegisterField, register: number): Refused | undefined {
    const layout = this.layout(field.letter);
    const name = REGISTER_NAMES[register];
    if (register >= 1 << layout.width) return refuse(`${name} is not one of r0 to r7`);
    if (register === 15 && field.allowed !== 'any') return refuse('pc cannot be this operand', 2);
    if (register === 13 && field.allowed === 'general' && layout.width > 3)
      return refuse('sp cannot be this operand', 2);
    this.word |= insert(layout, register);
    this.lastRegister = register;
    return undefined;
  }

  private value(field: ImmediateField, operand: Operand | undefined): Refused | undefined {
    switch (field.form) {
      case 'number':
      case 'coprocessor':
        if (operand?.kind !== 'value') return SHAPE;
        return this.number(field, operand.expression);
      case 'target':
        if (operand?.kind !== 'value' || operand.hash) return SHAPE;
        return this.wait(field, operand.expression);
      case 'literal':
        if (operand?.kind === 'memory' && operand.base === 15 && operand.index === undefined && !operand.writeBack) {
          return this.number(field, operand.offset ?? { kind: 'number', value: 0n });
        }
        if (operand?.kind === 'value' && !operand.hash) return this.wait(field, operand.expression);
        return SHAPE;
      case 'list': {
        if (operand?.kind !== 'list') return SHAPE;
        const bits = encodeBits(field.codec, operand.list, 16);
        if (bits === undefined) return refuse(`the list may hold ${listLimits(field.codec)}`, 2);
        if (operand.list === 0) return refuse('the list is empty', 2);
        this.word |= insert(this.layout(field.letter), bits);
        return undefined;
      }
      case 'special':
        return this.special(operand);
      case 'special mask':
        return undefined;
      case 'barrier':
        return this.barrier(field, operand);
      case 'interrupt flags':
        if (operand?.kind !== 'value' || operand.name === undefined || !/^(i|f|if)$/i.test(operand.name)) {
          return refuse('i, f or if should follow', 2);
        }
        if (/f/i.test(operand.name) && !this.around.features.has('v7-M'))
          return refuse('Armv6-M has no FAULTMASK: write i', 2);
        this.word |= insert(this.layout('i'), (/i/i.test(operand.name) ? 2 : 0) | (/f/i.test(operand.name) ? 1 : 0));
        return undefined;
    }
  }

  private number(field: ImmediateField, expression: Expression): Refused | undefined {
    const value = this.around.constant(expression);
    if (value === undefined) return this.wait(field, expression);
    const layout = this.layout(field.letter);
    const bits = encodeBits(field.codec, value, layout.width);
    if (bits === undefined) return refuse(outOfRange(field.codec, layout.width, value), 3);
    this.word |= insert(layout, bits);
    if (field.letter === 'i') this.lowestBit = value;
    return undefined;
  }

  private wait(field: ImmediateField, expression: Expression): undefined {
    this.pending = { expression, field, layout: this.layout(field.letter) };
    return undefined;
  }

  private special(operand: Operand | undefined): Refused | undefined {
    if (operand?.kind !== 'value') return SHAPE;
    const mask = this.prepared.layouts.get('j');
    const number = operand.hash ? this.around.constant(operand.expression) : undefined;
    if (number !== undefined) {
      if (number < 0 || number > 255) return refuse(`SYSm ${number} is not 0 to 255`, 3);
      this.word |= insert(this.layout('i'), number) | (mask === undefined ? 0 : insert(mask, 2));
      return undefined;
    }
    const name = operand.name?.toLowerCase() ?? '';
    const parts = /^([a-z]?psr)(_[a-z]+)?$/.exec(name);
    const plain = (parts?.[1] ?? name).replace(/^psr$/, 'xpsr');
    const register = SPECIAL_REGISTERS.get(
      parts?.[2] === undefined || mask === undefined ? name.replace(/^psr$/, 'xpsr') : plain,
    );
    const bits = parts?.[2] === undefined ? 2 : APSR_MASKS.get(parts[2]);
    if (register === undefined || bits === undefined) return refuse(`"${name}" is no special register`, 2);
    if (!this.around.features.has(register.from))
      return refuse(`${name} needs ${FEATURE_NAMES[register.from]}, which this architecture lacks`, 3);
    if ((bits & 1) !== 0 && !this.around.features.has('DSP')) return refuse(`${name} needs the DSP extension`, 3);
    this.word |= insert(this.layout('i'), register.number) | (mask === undefined ? 0 : insert(mask, bits));
    return undefined;
  }

  private barrier(field: ImmediateField, operand: Operand | undefined): Refused | undefined {
    const layout = this.layout(field.letter);
    if (operand === undefined) {
      this.word |= insert(layout, 15);
      return undefined;
    }
    if (operand.kind !== 'value') return SHAPE;
    const named = BARRIERS.get(operand.name?.toLowerCase() ?? '');
    const isb = this.prepared.instruction.mnemonic === 'isb';
    if (named !== undefined && (!isb || named === 15)) {
      this.word |= insert(layout, named);
      return undefined;
    }
    if (operand.hash) return this.number(field, operand.expression);
    return refuse(isb ? 'the option is sy, or nothing' : `the option is one of ${[...BARRIERS.keys()].join(', ')}`, 2);
  }

  private shift(field: ShiftField, operand: Operand | undefined): Refused | undefined {
    if (field.shift === 'msb' || field.shift === 'width') return this.bitFieldWidth(field, operand);
    if (operand === undefined) return field.shift === 'asr' ? SHAPE : undefined;
    if (operand.kind !== 'shift') return SHAPE;
    return this.writtenShift(field, operand.shift);
  }

  /** A constant shift. An amount of 0 is LSL #0, whatever is written, as GNU as does it. */
  private writtenShift(field: ShiftField, shift: WrittenShift): Refused | undefined {
    if (shift.register !== undefined) return refuse('the amount of this shift is a constant', 2);
    const amount = shift.amount === undefined ? 0 : this.around.constant(shift.amount);
    if (amount === undefined) return refuse('the amount of a shift must be known here', 3);
    const layout = this.layout(field.letter);
    if (field.shift === 'any') {
      const most = shift.type === Shift.LSR || shift.type === Shift.ASR ? 32 : 31;
      if (shift.type !== Shift.RRX && (amount < 0 || amount > most)) {
        return refuse(`shift by ${amount}: 0 to ${most}`, 3);
      }
      const [type, bits] = shiftBits(shift.type, amount);
      this.word |= insert(layout, bits) | insert(this.layout('s'), type);
      return undefined;
    }
    const type = field.shift === 'asr' ? Shift.ASR : field.shift === 'rotation' ? Shift.ROR : Shift.LSL;
    if (shift.type !== type && amount !== 0) return SHAPE;
    if (field.shift === 'asr' && (amount < 1 || amount > 32)) return SHAPE;
    const codec = field.shift === 'rotation' ? Codec.BYTES : field.shift === 'asr' ? Codec.RIGHT_SHIFT : Codec.UNSIGNED;
    const bits = encodeBits(codec, amount, layout.width);
    if (bits === undefined) {
      return refuse(
        field.shift === 'rotation'
          ? `rotation by ${amount}: 0, 8, 16 or 24`
          : `shift by ${amount}: 0 to ${2 ** layout.width - 1}`,
        3,
      );
    }
    this.word |= insert(layout, bits);
    return undefined;
  }

  private bitFieldWidth(field: ShiftField, operand: Operand | undefined): Refused | undefined {
    if (operand?.kind !== 'value') return SHAPE;
    const width = this.around.constant(operand.expression);
    if (width === undefined) return refuse('the width must be known here', 3);
    if (width < 1 || width + this.lowestBit > 32) {
      return refuse(`width ${width} from bit ${this.lowestBit}: 1 to ${32 - this.lowestBit}`, 3);
    }
    this.word |= insert(this.layout(field.letter), field.shift === 'msb' ? this.lowestBit + width - 1 : width - 1);
    return undefined;
  }

  private memory(pattern: Extract<Pattern, { kind: 'memory' }>, operand: Operand | undefined): Refused | undefined {
    if (operand?.kind !== 'memory') return SHAPE;
    if (operand.index !== undefined && operand.writeBack) return refuse('an index register cannot be written back', 2);
    if (operand.writeBack !== pattern.writeBack) return SHAPE;
    if ((operand.index === undefined) !== (pattern.index === undefined)) return SHAPE;
    if (operand.offset !== undefined && pattern.offset === undefined) {
      // `[r0, #0]` where there is no offset
      if (pattern.writeBack || this.around.constant(operand.offset) !== 0) return SHAPE;
    }
    if (typeof pattern.base === 'number') {
      if (pattern.base !== operand.base) return SHAPE;
    } else {
      const refused = this.register(pattern.base, operand.base);
      if (refused !== undefined) return refused;
    }
    if (pattern.offset !== undefined) {
      if (operand.minusZero === true && this.prepared.instruction.length === 2) return SHAPE;
      if (operand.offset === undefined && pattern.writeBack) return SHAPE;
      const refused = this.number(pattern.offset, operand.offset ?? { kind: 'number', value: 0n });
      if (refused !== undefined) return refused;
    }
    if (pattern.index === undefined || operand.index === undefined) return undefined;
    const refused = this.register(pattern.index, operand.index);
    if (refused !== undefined) return refused;
    if (pattern.shift === undefined) {
      // Not even `lsl #0`: GNU as takes the 32-bit form for it
      if (operand.shift !== undefined) return SHAPE;
    } else if (pattern.shift === 1) {
      const amount = operand.shift?.amount;
      if (operand.shift?.type !== Shift.LSL || amount === undefined || this.around.constant(amount) !== 1) {
        return refuse('the index should be shifted by lsl #1', 2);
      }
    } else if (operand.shift !== undefined) return this.writtenShift(pattern.shift, operand.shift);
    return undefined;
  }
}

/** Type and amount bits of a constant shift whose amount is possible. */
function shiftBits(type: Shift, amount: number): readonly [number, number] {
  if (type === Shift.RRX) return [Shift.ROR, 0];
  if (amount === 0) return [Shift.LSL, 0];
  return [type, amount & 31];
}

function listLimits(codec: Codec): string {
  switch (codec) {
    case Codec.LIST:
      return 'r0 to r7';
    case Codec.LIST_LR:
      return 'r0 to r7 and lr';
    case Codec.LIST_PC:
      return 'r0 to r7 and pc';
    case Codec.LIST_STORE:
      return 'r0 to r12 and lr';
    default:
      return 'r0 to r12, lr and pc';
  }
}

/** Why a value does not fit, with the range. */
export function outOfRange(codec: Codec, width: number, value: number): string {
  const most = 2 ** width - 1;
  switch (codec) {
    case Codec.UNSIGNED:
      return `${value} is not 0 to ${most}`;
    case Codec.UNSIGNED_2:
      return `${value} is not an even number from 0 to ${2 * most}`;
    case Codec.UNSIGNED_4:
      return `${value} is not a multiple of 4 from 0 to ${4 * most}`;
    case Codec.NEGATIVE:
      return `${value} is not ${-most} to 0`;
    case Codec.UP_DOWN:
      return `${value} is not ${-(most >> 1)} to ${most >> 1}`;
    case Codec.UP_DOWN_4:
      return `${value} is not a multiple of 4 from ${-4 * (most >> 1)} to ${4 * (most >> 1)}`;
    case Codec.PLUS_ONE:
      return `${value} is not 1 to ${most + 1}`;
    case Codec.RIGHT_SHIFT:
      return `${value} is not 1 to 32`;
    case Codec.IMM16:
      return `${value} is not 0 to 65535`;
    case Codec.CONSTANT:
      return `${value} is no constant of this instruction (a rotated byte or one repeated): load it with ldr rX, =${value}`;
    case Codec.BRANCH:
    case Codec.BRANCH_20:
    case Codec.BRANCH_24:
      return `target is ${value} bytes from the address + 4: ${-(2 ** width)} to ${2 ** width - 2}, even`;
    default:
      return `${value} does not fit`;
  }
}
