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

const SHAPE: Refused = { reason: '', rank: 0 };

/** Thrown inside this file only: the operands do not fit. No `Error`: its stack would cost more than all of the matching. */
class NoMatch {
  constructor(readonly refused: Refused) {}
}

function refuse(reason: string, rank = 1): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  throw new NoMatch({ reason, rank });
}

/** The operands are of another kind than the instruction takes. */
function misfit(): never {
  refuse(SHAPE.reason, SHAPE.rank);
}

/** Puts operands into an instruction. */
export function match(around: Surroundings, prepared: Prepared, operands: readonly Operand[]): MatchResult {
  const { patterns } = prepared;
  if (operands.length > patterns.length) return SHAPE;
  const builder = new Builder(around, prepared);
  try {
    patterns.forEach((pattern, i) => builder.add(pattern, operands[i]));
    return builder.finish();
  } catch (error) {
    if (error instanceof NoMatch) return error.refused;
    throw error;
  }
}

/** Fills the fields of one instruction from left to right. */
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

  add(pattern: Pattern, operand: Operand | undefined): void {
    switch (pattern.kind) {
      case 'register':
        if (operand?.kind !== 'register' || operand.writeBack !== pattern.writeBack) misfit();
        this.register(pattern.field, operand.register);
        return;
      case 'fixed register':
        if (operand?.kind !== 'register' || operand.register !== pattern.register) misfit();
        return;
      case 'zero':
        if (operand?.kind !== 'value' || this.around.constant(operand.expression) !== 0) misfit();
        return;
      case 'value':
        this.value(pattern.field, operand);
        return;
      case 'shift':
        this.shift(pattern.field, operand);
        return;
      case 'memory':
        this.memory(pattern, operand);
    }
  }

  private layout(letter: string): Layout {
    const layout = this.prepared.layouts.get(letter);
    if (layout === undefined) throw new RangeError(`"${this.prepared.instruction.encoding}" has no field ${letter}`);
    return layout;
  }

  private register(field: RegisterField, register: number): void {
    const layout = this.layout(field.letter);
    const name = REGISTER_NAMES[register];
    if (register >= 1 << layout.width) refuse(`${name} is not one of r0 to r7`);
    if (register === 15 && field.allowed !== 'any') refuse('pc cannot be this operand', 2);
    if (register === 13 && field.allowed === 'general' && layout.width > 3) refuse('sp cannot be this operand', 2);
    this.word |= insert(layout, register);
    this.lastRegister = register;
  }

  private value(field: ImmediateField, operand: Operand | undefined): void {
    switch (field.form) {
      case 'number':
      case 'coprocessor':
        if (operand?.kind !== 'value') misfit();
        this.number(field, operand.expression);
        return;
      case 'target':
        if (operand?.kind !== 'value' || operand.hash) misfit();
        this.wait(field, operand.expression);
        return;
      case 'literal':
        if (operand?.kind === 'memory' && operand.base === 15 && operand.index === undefined && !operand.writeBack) {
          this.number(field, operand.offset ?? { kind: 'number', value: 0n });
        } else if (operand?.kind === 'value' && !operand.hash) this.wait(field, operand.expression);
        else misfit();
        return;
      case 'list': {
        if (operand?.kind !== 'list') misfit();
        const bits = encodeBits(field.codec, operand.list, 16);
        if (bits === undefined) refuse(`the list may hold ${listLimits(field.codec)}`, 2);
        if (operand.list === 0) refuse('the list is empty', 2);
        this.word |= insert(this.layout(field.letter), bits);
        return;
      }
      case 'special':
        this.special(operand);
        return;
      case 'special mask':
        return;
      case 'barrier':
        this.barrier(field, operand);
        return;
      case 'interrupt flags':
        if (operand?.kind !== 'value' || operand.name === undefined || !/^(i|f|if)$/i.test(operand.name)) {
          refuse('i, f or if should follow', 2);
        }
        if (/f/i.test(operand.name) && !this.around.features.has('v7-M'))
          refuse('Armv6-M has no FAULTMASK: write i', 2);
        this.word |= insert(this.layout('i'), (/i/i.test(operand.name) ? 2 : 0) | (/f/i.test(operand.name) ? 1 : 0));
    }
  }

  private number(field: ImmediateField, expression: Expression): void {
    const value = this.around.constant(expression);
    if (value === undefined) {
      this.wait(field, expression);
      return;
    }
    const layout = this.layout(field.letter);
    const bits = encodeBits(field.codec, value, layout.width);
    if (bits === undefined) refuse(outOfRange(field.codec, layout.width, value), 3);
    this.word |= insert(layout, bits);
    if (field.letter === 'i') this.lowestBit = value;
  }

  private wait(field: ImmediateField, expression: Expression): void {
    this.pending = { expression, field, layout: this.layout(field.letter) };
  }

  private special(operand: Operand | undefined): void {
    if (operand?.kind !== 'value') misfit();
    const mask = this.prepared.layouts.get('j');
    const number = operand.hash ? this.around.constant(operand.expression) : undefined;
    if (number !== undefined) {
      if (number < 0 || number > 255) refuse(`SYSm ${number} is not 0 to 255`, 3);
      this.word |= insert(this.layout('i'), number) | (mask === undefined ? 0 : insert(mask, 2));
      return;
    }
    const name = operand.name?.toLowerCase() ?? '';
    const parts = /^([a-z]?psr)(_[a-z]+)?$/.exec(name);
    const plain = (parts?.[1] ?? name).replace(/^psr$/, 'xpsr');
    const register = SPECIAL_REGISTERS.get(
      parts?.[2] === undefined || mask === undefined ? name.replace(/^psr$/, 'xpsr') : plain,
    );
    const bits = parts?.[2] === undefined ? 2 : APSR_MASKS.get(parts[2]);
    if (register === undefined || bits === undefined) refuse(`"${name}" is no special register`, 2);
    if (!this.around.features.has(register.from))
      refuse(`${name} needs ${FEATURE_NAMES[register.from]}, which this architecture lacks`, 3);
    if ((bits & 1) !== 0 && !this.around.features.has('DSP')) refuse(`${name} needs the DSP extension`, 3);
    this.word |= insert(this.layout('i'), register.number) | (mask === undefined ? 0 : insert(mask, bits));
  }

  private barrier(field: ImmediateField, operand: Operand | undefined): void {
    const layout = this.layout(field.letter);
    if (operand === undefined) {
      this.word |= insert(layout, 15);
      return;
    }
    if (operand.kind !== 'value') misfit();
    const named = BARRIERS.get(operand.name?.toLowerCase() ?? '');
    const isb = this.prepared.instruction.mnemonic === 'isb';
    if (named !== undefined && (!isb || named === 15)) this.word |= insert(layout, named);
    else if (operand.hash) this.number(field, operand.expression);
    else refuse(isb ? 'the option is sy, or nothing' : `the option is one of ${[...BARRIERS.keys()].join(', ')}`, 2);
  }

  private shift(field: ShiftField, operand: Operand | undefined): void {
    if (field.shift === 'msb' || field.shift === 'width') {
      this.bitFieldWidth(field, operand);
      return;
    }
    if (operand === undefined) {
      if (field.shift === 'asr') misfit();
      return;
    }
    if (operand.kind !== 'shift') misfit();
    this.writtenShift(field, operand.shift);
  }

  /** A constant shift. An amount of 0 is LSL #0, whatever is written, as GNU as does it. */
  private writtenShift(field: ShiftField, shift: WrittenShift): void {
    if (shift.register !== undefined) refuse('the amount of this shift is a constant', 2);
    const amount = shift.amount === undefined ? 0 : this.around.constant(shift.amount);
    if (amount === undefined) refuse('the amount of a shift must be known here', 3);
    const layout = this.layout(field.letter);
    if (field.shift === 'any') {
      const [type, bits] = shiftBits(shift.type, amount);
      this.word |= insert(layout, bits) | insert(this.layout('s'), type);
      return;
    }
    const type = field.shift === 'asr' ? Shift.ASR : field.shift === 'rotation' ? Shift.ROR : Shift.LSL;
    if (shift.type !== type && amount !== 0) misfit();
    if (field.shift === 'asr' && (amount < 1 || amount > 32)) misfit();
    const codec = field.shift === 'rotation' ? Codec.BYTES : field.shift === 'asr' ? Codec.RIGHT_SHIFT : Codec.UNSIGNED;
    const bits = encodeBits(codec, amount, layout.width);
    if (bits === undefined) {
      refuse(
        field.shift === 'rotation'
          ? `rotation by ${amount}: 0, 8, 16 or 24`
          : `shift by ${amount}: 0 to ${2 ** layout.width - 1}`,
        3,
      );
    }
    this.word |= insert(layout, bits);
  }

  private bitFieldWidth(field: ShiftField, operand: Operand | undefined): void {
    if (operand?.kind !== 'value') misfit();
    const width = this.around.constant(operand.expression);
    if (width === undefined) refuse('the width must be known here', 3);
    if (width < 1 || width + this.lowestBit > 32) {
      refuse(`width ${width} from bit ${this.lowestBit}: 1 to ${32 - this.lowestBit}`, 3);
    }
    this.word |= insert(this.layout(field.letter), field.shift === 'msb' ? this.lowestBit + width - 1 : width - 1);
  }

  private memory(pattern: Extract<Pattern, { kind: 'memory' }>, operand: Operand | undefined): void {
    if (operand?.kind !== 'memory') misfit();
    if (operand.index !== undefined && operand.writeBack) refuse('an index register cannot be written back', 2);
    if (operand.writeBack !== pattern.writeBack) misfit();
    if ((operand.index === undefined) !== (pattern.index === undefined)) misfit();
    if (operand.offset !== undefined && pattern.offset === undefined) {
      // `[r0, #0]` where there is no offset
      if (pattern.writeBack || this.around.constant(operand.offset) !== 0) misfit();
    }
    if (typeof pattern.base !== 'number') this.register(pattern.base, operand.base);
    else if (pattern.base !== operand.base) misfit();
    if (pattern.offset !== undefined) {
      if (operand.minusZero === true && this.prepared.instruction.length === 2) misfit();
      if (operand.offset === undefined && pattern.writeBack) misfit();
      this.number(pattern.offset, operand.offset ?? { kind: 'number', value: 0n });
    }
    if (pattern.index === undefined || operand.index === undefined) return;
    this.register(pattern.index, operand.index);
    if (pattern.shift === undefined) {
      // Not even `lsl #0`: GNU as takes the 32-bit form for it
      if (operand.shift !== undefined) misfit();
    } else if (pattern.shift === 1) {
      const amount = operand.shift?.amount;
      if (operand.shift?.type !== Shift.LSL || amount === undefined || this.around.constant(amount) !== 1) {
        refuse('the index should be shifted by lsl #1', 2);
      }
    } else if (operand.shift !== undefined) this.writtenShift(pattern.shift, operand.shift);
  }
}

/** Type and amount bits of a constant shift. */
export function shiftBits(type: Shift, amount: number): readonly [number, number] {
  if (type === Shift.RRX) return [Shift.ROR, 0];
  if (amount === 0) return [Shift.LSL, 0];
  const most = type === Shift.LSR || type === Shift.ASR ? 32 : 31;
  if (amount < 0 || amount > most) refuse(`shift by ${amount}: 0 to ${most}`, 3);
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
      return `target is ${value} bytes from the address + 4: ${-(2 ** width)} to ${2 ** width - 2}, even`;
    case Codec.BRANCH_20:
    case Codec.BRANCH_24:
      return `target is ${value} bytes from the address + 4: ${-(2 ** width)} to ${2 ** width - 2}, even`;
    default:
      return `${value} does not fit`;
  }
}
