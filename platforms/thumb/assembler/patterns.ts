import { operandParts, readEncoding, FIELDS } from '../fields.js';
import type { Field, ImmediateField, Layout, OperandPart, RegisterField, ShiftField } from '../fields.js';
import type { Instruction } from '../instruction.js';

/** What one operand of an instruction must look like. */
export type Pattern =
  | { readonly kind: 'register'; readonly field: RegisterField; readonly writeBack: boolean }
  | { readonly kind: 'fixed register'; readonly register: number }
  | { readonly kind: 'value'; readonly field: ImmediateField }
  | { readonly kind: 'zero' }
  | { readonly kind: 'shift'; readonly field: ShiftField }
  | {
      readonly kind: 'memory';
      /** A register or its number. */
      readonly base: RegisterField | number;
      readonly offset?: ImmediateField;
      readonly index?: RegisterField;
      /** `lsl #1` (TBH), or the field of the amount. */
      readonly shift?: ShiftField | 1;
      readonly writeBack: boolean;
    };

/** An instruction prepared for assembling. */
export interface Prepared {
  readonly instruction: Instruction;
  readonly patterns: readonly Pattern[];
  readonly layouts: ReadonlyMap<string, Layout>;
  /** The word without operands. */
  readonly base: number;
}

const FIXED: ReadonlyMap<string, number> = new Map([
  ['sp', 13],
  ['pc', 15],
]);

/** Prepares an instruction. */
export function prepare(instruction: Instruction): Prepared {
  const { layouts, base } = readEncoding(instruction.encoding);
  const patterns: Pattern[] = [];
  const parts = operandParts(instruction.operands);
  for (let i = 0; i < parts.length;) {
    const end = operandEnd(parts, i);
    const pattern = patternOf(parts.slice(i, end));
    if (pattern !== undefined) patterns.push(pattern);
    i = end + 1;
  }
  return { instruction, patterns, layouts, base };
}

/** Index of the comma after the operand that begins at `from`, or of the end. */
function operandEnd(parts: readonly OperandPart[], from: number): number {
  let depth = 0;
  for (let i = from; i < parts.length; i++) {
    const text = textOf(parts[i]);
    if (text === '[') depth++;
    if (text === ']') depth--;
    if (text === ',' && depth === 0) return i;
  }
  return parts.length;
}

const textOf = (part: OperandPart): string => (part.kind === 'literal' ? part.text : part.name);
const fieldOf = (part: OperandPart): Field | undefined => (part.kind === 'field' ? FIELDS[part.name] : undefined);

function patternOf(parts: readonly OperandPart[]): Pattern | undefined {
  const [first] = parts;
  const writeBack = textOf(parts[parts.length - 1]) === '!';
  if (textOf(first) === '[') return memoryPattern(parts, writeBack);
  const field = fieldOf(first);
  if (field === undefined) {
    const register = FIXED.get(textOf(first));
    return register === undefined ? { kind: 'zero' } : { kind: 'fixed register', register };
  }
  switch (field.kind) {
    case 'register':
      return { kind: 'register', field, writeBack };
    case 'immediate':
      // The mask belongs to the name of the special register that follows
      return field.form === 'special mask' ? undefined : { kind: 'value', field };
    case 'shift':
      return { kind: 'shift', field };
  }
}

function memoryPattern(parts: readonly OperandPart[], writeBack: boolean): Pattern {
  const fields = parts.map(fieldOf);
  const base = fields[1];
  const second = fields[3];
  const third = fields[5];
  const fixed = FIXED.get(textOf(parts[1]));
  return {
    kind: 'memory',
    base: base?.kind === 'register' ? base : (fixed ?? 0),
    writeBack,
    ...(second?.kind === 'immediate' && { offset: second }),
    ...(second?.kind === 'register' && { index: second }),
    ...(third?.kind === 'shift' && { shift: third }),
    ...(parts.some((part) => textOf(part) === 'lsl1') && { shift: 1 as const }),
  };
}
