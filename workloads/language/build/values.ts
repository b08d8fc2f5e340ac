import type {
  Comparison,
  ConditionExpression,
  Operator,
  ReferenceExpression,
  ValueType,
  WordExpression,
} from '../program.js';

/** What stands for a word: an expression, or a number from -2^31 to 2^32 - 1. */
export type WordLike = Word | number;

/** The expression of a word. @throws RangeError if a number is no 32-bit integer. */
export function wordExpression(value: WordLike): WordExpression {
  if (typeof value !== 'number') return value.expression;
  if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
    throw new RangeError(`${value} is not a 32-bit word`);
  }
  return { kind: 'constant', value: value >>> 0 };
}

/**
 * A 32-bit word: a formula over variables and numbers. It is evaluated where a statement uses it, with the values the
 * variables
 * have then; `FunctionBuilder.let` fixes a value.
 */
export class Word {
  constructor(readonly expression: WordExpression) {}

  add(other: WordLike): Word {
    return this.binary('add', other);
  }
  sub(other: WordLike): Word {
    return this.binary('sub', other);
  }
  mul(other: WordLike): Word {
    return this.binary('mul', other);
  }
  /** Unsigned quotient; the divisor must not be 0. */
  divideUnsigned(other: WordLike): Word {
    return this.binary('divu', other);
  }
  /** Signed quotient, rounded towards 0; the divisor must not be 0. */
  divideSigned(other: WordLike): Word {
    return this.binary('divs', other);
  }
  remainderUnsigned(other: WordLike): Word {
    return this.binary('remu', other);
  }
  remainderSigned(other: WordLike): Word {
    return this.binary('rems', other);
  }
  and(other: WordLike): Word {
    return this.binary('and', other);
  }
  or(other: WordLike): Word {
    return this.binary('or', other);
  }
  xor(other: WordLike): Word {
    return this.binary('xor', other);
  }
  /** Shift by 0 to 31. */
  shiftLeft(by: WordLike): Word {
    return this.binary('shl', by);
  }
  /** Logical shift by 0 to 31. */
  shiftRight(by: WordLike): Word {
    return this.binary('shr', by);
  }
  /** Arithmetic shift by 0 to 31. */
  shiftRightSigned(by: WordLike): Word {
    return this.binary('sar', by);
  }

  equals(other: WordLike): Condition {
    return this.compare('eq', other);
  }
  differs(other: WordLike): Condition {
    return this.compare('ne', other);
  }
  /** Unsigned `<`. */
  below(other: WordLike): Condition {
    return this.compare('ltu', other);
  }
  /** Unsigned `>=`. */
  atLeast(other: WordLike): Condition {
    return this.compare('geu', other);
  }
  /** Unsigned `>`. */
  above(other: WordLike): Condition {
    return toWord(other).compare('ltu', this);
  }
  /** Unsigned `<=`. */
  atMost(other: WordLike): Condition {
    return toWord(other).compare('geu', this);
  }
  /** Signed `<`. */
  lessThan(other: WordLike): Condition {
    return this.compare('lts', other);
  }
  /** Signed `>`. */
  greaterThan(other: WordLike): Condition {
    return toWord(other).compare('lts', this);
  }
  /** Signed `>=`. */
  notLessThan(other: WordLike): Condition {
    return this.compare('ges', other);
  }
  /** Signed `<=`. */
  notGreaterThan(other: WordLike): Condition {
    return toWord(other).compare('ges', this);
  }

  /** 1 if the comparison holds, else 0. */
  is(comparison: Comparison, other: WordLike): Word {
    return new Word({ kind: 'compare', comparison, left: this.expression, right: wordExpression(other) });
  }

  private binary(operator: Operator, other: WordLike): Word {
    return new Word({ kind: 'binary', operator, left: this.expression, right: wordExpression(other) });
  }

  private compare(comparison: Comparison, other: WordLike): Condition {
    return new Condition({ kind: 'compare', comparison, left: this.expression, right: wordExpression(other) });
  }
}

const toWord = (value: WordLike): Word => (typeof value === 'number' ? new Word(wordExpression(value)) : value);

/** Authority over a part of a buffer. It may be moved and narrowed, never made from a number. */
export class Reference {
  constructor(readonly expression: ReferenceExpression) {}

  /** Moved by a number of bytes, forward or back. It must stay within its buffer or just behind it. */
  advance(bytes: WordLike): Reference {
    if (bytes === 0) return this;
    return new Reference({ kind: 'advance', reference: this.expression, by: wordExpression(bytes) });
  }

  /** The same place with authority over only so many bytes. */
  narrow(bytes: WordLike): Reference {
    return new Reference({ kind: 'narrow', reference: this.expression, bytes: wordExpression(bytes) });
  }

  equals(other: Reference): Condition {
    return new Condition({ kind: 'compare', comparison: 'eq', left: this.expression, right: other.expression });
  }

  differs(other: Reference): Condition {
    return new Condition({ kind: 'compare', comparison: 'ne', left: this.expression, right: other.expression });
  }
}

/** Something that holds or not; `and` and `or` evaluate their second part only if it matters. */
export class Condition {
  constructor(readonly expression: ConditionExpression) {}

  and(other: Condition): Condition {
    return new Condition({ kind: 'and', left: this.expression, right: other.expression });
  }

  or(other: Condition): Condition {
    return new Condition({ kind: 'or', left: this.expression, right: other.expression });
  }

  not(): Condition {
    return new Condition({ kind: 'not', of: this.expression });
  }
}

/** A word that `FunctionBuilder.set` may change. */
export class WordVariable extends Word {
  constructor(readonly variable: number) {
    super({ kind: 'variable', variable });
  }
}

/** A reference that `FunctionBuilder.set` may change. */
export class ReferenceVariable extends Reference {
  constructor(readonly variable: number) {
    super({ kind: 'variable', variable });
  }
}

/** The builder's value of a type. */
export type ValueOf<T extends ValueType> = T extends 'word' ? Word : Reference;

/** The builder's values of a list of types. */
export type ValuesOf<T extends readonly ValueType[]> = { readonly [K in keyof T]: ValueOf<T[K]> };
