import type { Cursor } from './cursor.js';
import { Mistake } from './problems.js';
import type { Label, Position } from './section.js';

/** An expression as written. Symbols that were defined before it are already replaced by what they stood for. */
export type Expression =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'label'; readonly label: Label }
  /** A symbol that is defined later, or never. */
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type UnaryOperator = '-' | '~' | '!' | '+';

/** Operators and their precedence as GNU as has them (Using as, section 6.2.4 "Infix Operators"): not that of C. */
const PRECEDENCE = {
  '*': 6,
  '/': 6,
  '%': 6,
  '<<': 6,
  '>>': 6,
  '|': 5,
  '&': 5,
  '^': 5,
  '!': 5,
  '+': 4,
  '-': 4,
  '==': 3,
  '!=': 3,
  '<>': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '&&': 2,
  '||': 1,
} as const;

export type BinaryOperator = keyof typeof PRECEDENCE;

/** What names mean while an expression is read. */
export interface Scope {
  /** The location counter. */
  here(): Label;
  /** The symbol's meaning at this point of the source. */
  symbol(name: string): Expression;
  /** A numeric label, `1b` or `1f`. */
  local(label: number, forward: boolean): Expression;
}

const isBinary = (text: string): text is BinaryOperator => Object.hasOwn(PRECEDENCE, text);

/** Reads one expression. */
export function parseExpression(cursor: Cursor, scope: Scope, minimum = 1): Expression {
  let left = parseOperand(cursor, scope);
  for (;;) {
    const token = cursor.peek();
    if (token?.kind !== 'punctuation' || !isBinary(token.text)) return left;
    const precedence = PRECEDENCE[token.text];
    if (precedence < minimum) return left;
    cursor.next();
    // `a !! b` is exclusive or, as in GNU as
    const operator = token.text === '!' && cursor.accept('!') ? '^' : token.text;
    left = { kind: 'binary', operator, left, right: parseExpression(cursor, scope, precedence + 1) };
  }
}

function parseOperand(cursor: Cursor, scope: Scope): Expression {
  const token = cursor.next();
  switch (token?.kind) {
    case 'number':
      return { kind: 'number', value: token.value };
    case 'local':
      return scope.local(token.label, token.forward);
    case 'name':
      return token.text === '.' ? { kind: 'label', label: scope.here() } : scope.symbol(token.text);
    case 'punctuation':
      if (token.text === '(') {
        const inner = parseExpression(cursor, scope);
        cursor.expect(')');
        return inner;
      }
      if (token.text === '-' || token.text === '~' || token.text === '!' || token.text === '+') {
        return { kind: 'unary', operator: token.text, operand: parseOperand(cursor, scope) };
      }
      throw new Mistake(`"${token.text}" where a number, symbol or ( should be`);
    case 'string':
      throw new Mistake(`string ${token.text} where a number or symbol should be`);
    case undefined:
      throw new Mistake('expression is missing');
  }
}

/**
 * Value of an expression: a number, or a label (which has a place) plus a number. Arithmetic is 64-bit two's complement as in
 * GNU as for this target: shifts to the right are logical, comparisons give -1 for true.
 */
export interface Value {
  readonly base?: Label & { readonly position: Position };
  readonly offset: bigint;
}

/** What is known about labels and symbols at the moment of evaluation. */
export interface Environment {
  /** Meaning of a symbol, or undefined while (or if) there is none. */
  symbol(name: string): Expression | undefined;
  /** `a - b` in bytes, or undefined if it is not known yet. */
  distance(a: Position, b: Position): bigint | undefined;
  /** Address of a position, or undefined before the layout is final. */
  address(position: Position): bigint | undefined;
}

const MAXIMUM_DEPTH = 200;

/** Evaluates; undefined means that the value is not known (yet). */
export function evaluate(expression: Expression, environment: Environment, depth = 0): Value | undefined {
  if (depth > MAXIMUM_DEPTH) throw new Mistake('symbol is defined by itself');
  switch (expression.kind) {
    case 'number':
      return { offset: wrap(expression.value) };
    case 'label': {
      return isPlaced(expression.label) ? { base: expression.label, offset: 0n } : undefined;
    }
    case 'symbol': {
      const meaning = environment.symbol(expression.name);
      return meaning === undefined ? undefined : evaluate(meaning, environment, depth + 1);
    }
    case 'unary': {
      const operand = number(evaluate(expression.operand, environment, depth + 1), environment);
      return operand === undefined ? undefined : { offset: wrap(unary(expression.operator, operand)) };
    }
    case 'binary': {
      const left = evaluate(expression.left, environment, depth + 1);
      const right = evaluate(expression.right, environment, depth + 1);
      if (left === undefined || right === undefined) return undefined;
      return binary(expression.operator, left, right, environment);
    }
  }
}

const isPlaced = (label: Label): label is Label & { readonly position: Position } => label.position !== undefined;

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

/** The value as a number: a place counts once its address is known. */
function number(value: Value | undefined, environment: Environment): bigint | undefined {
  if (value?.base === undefined) return value?.offset;
  const address = environment.address(value.base.position);
  return address === undefined ? undefined : address + value.offset;
}

function unary(operator: UnaryOperator, operand: bigint): bigint {
  switch (operator) {
    case '-':
      return -operand;
    case '+':
      return operand;
    case '~':
      return ~operand;
    case '!':
      return operand === 0n ? 1n : 0n;
  }
}

function binary(operator: BinaryOperator, left: Value, right: Value, environment: Environment): Value | undefined {
  if (operator === '+' && (left.base === undefined || right.base === undefined)) {
    return place(left.base ?? right.base, left.offset + right.offset);
  }
  if (operator === '-' && right.base === undefined) return place(left.base, left.offset - right.offset);
  if (left.base !== undefined && right.base !== undefined) {
    // Differences and comparisons need only the distance, which may be known before the addresses are
    const distance = environment.distance(left.base.position, right.base.position);
    if (distance !== undefined && operator !== '+') {
      const relative = compute(operator, distance + left.offset, right.offset, true);
      if (relative !== undefined) return { offset: wrap(relative) };
    }
  }
  const a = number(left, environment);
  const b = number(right, environment);
  if (a === undefined || b === undefined) return undefined;
  const result = compute(operator, a, b, false);
  return result === undefined ? undefined : { offset: wrap(result) };
}

function place(base: Value['base'], offset: bigint): Value {
  return base === undefined ? { offset: wrap(offset) } : { base, offset: wrap(offset) };
}

/** The operation on two numbers. With `relative`, the numbers are places of one section: only some operations make sense. */
function compute(operator: BinaryOperator, a: bigint, b: bigint, relative: boolean): bigint | undefined {
  const truth = (condition: boolean): bigint => (condition ? -1n : 0n);
  switch (operator) {
    case '-':
      return a - b;
    case '==':
      return truth(a === b);
    case '!=':
    case '<>':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '<=':
      return truth(a <= b);
    case '>':
      return truth(a > b);
    case '>=':
      return truth(a >= b);
    case '*':
    case '/':
    case '%':
    case '<<':
    case '>>':
    case '|':
    case '&':
    case '^':
    case '!':
    case '+':
    case '&&':
    case '||':
      return relative ? undefined : arithmetic(operator, a, b);
  }
}

function arithmetic(
  operator: '*' | '/' | '%' | '<<' | '>>' | '|' | '&' | '^' | '!' | '+' | '&&' | '||',
  a: bigint,
  b: bigint,
): bigint {
  switch (operator) {
    case '*':
      return a * b;
    case '/':
    case '%':
      if (b === 0n) throw new Mistake('division by zero');
      return operator === '/' ? a / b : a % b;
    case '<<':
      return b < 0n || b > 63n ? 0n : a << b;
    case '>>':
      return b < 0n || b > 63n ? 0n : BigInt.asUintN(64, a) >> b;
    case '|':
      return a | b;
    case '&':
      return a & b;
    case '^':
      return a ^ b;
    case '!':
      return a | ~b;
    case '+':
      return a + b;
    case '&&':
      return a !== 0n && b !== 0n ? 1n : 0n;
    case '||':
      return a !== 0n || b !== 0n ? 1n : 0n;
  }
}
