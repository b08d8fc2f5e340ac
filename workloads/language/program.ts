import type { PortableOperation } from './operations.js';

/*
 * Programs as data: what the builders of `build/` make and `ir/lower.ts` reads. Everything is plain JSON, so that a
 * scenario
 * can be stored, hashed and printed.
 */

/** A 32-bit word, or a reference to a part of a buffer: a pointer on RV32 and Thumb, a bounded capability on CHERI. */
export type ValueType = 'word' | 'reference';

/**
 * Bytes of a memory access. A stored reference takes 8 bytes, aligned to 8, on every platform, so that data has one
 * layout;
 * platforms with 32-bit pointers use the first four.
 */
export type Width = 1 | 2 | 4 | 'reference';

/**
 * Arithmetic on 32-bit words. Results wrap. A shift by more than 31 and a division by zero are errors of the program.
 */
export type Operator =
  'add' | 'sub' | 'mul' | 'divu' | 'divs' | 'remu' | 'rems' | 'and' | 'or' | 'xor' | 'shl' | 'shr' | 'sar';

/** Comparisons: equal, not equal, less, greater or equal; `s` signed, `u` unsigned. References compare by address. */
export type Comparison = 'eq' | 'ne' | 'lts' | 'ges' | 'ltu' | 'geu';

export type WordExpression =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'variable'; readonly variable: number }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: WordExpression;
      readonly right: WordExpression;
    }
  /** 1 if the comparison holds, else 0. */
  | {
      readonly kind: 'compare';
      readonly comparison: Comparison;
      readonly left: WordExpression;
      readonly right: WordExpression;
    };

export type ReferenceExpression =
  | { readonly kind: 'variable'; readonly variable: number }
  /** A buffer of the domain, from its first byte. */
  | { readonly kind: 'buffer'; readonly name: string }
  | { readonly kind: 'advance'; readonly reference: ReferenceExpression; readonly by: WordExpression }
  /** The same place, but authority over `bytes` from there only; where pointers carry no bounds nothing changes. */
  | { readonly kind: 'narrow'; readonly reference: ReferenceExpression; readonly bytes: WordExpression };

export type Expression = WordExpression | ReferenceExpression;

export type ConditionExpression =
  | { readonly kind: 'compare'; readonly comparison: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: ConditionExpression; readonly right: ConditionExpression }
  | { readonly kind: 'not'; readonly of: ConditionExpression };

export type Statement =
  | { readonly kind: 'set'; readonly variable: number; readonly value: Expression }
  | {
      readonly kind: 'load';
      readonly variable: number;
      readonly width: Width;
      readonly signed: boolean;
      readonly reference: ReferenceExpression;
    }
  | {
      readonly kind: 'store';
      readonly width: Width;
      readonly reference: ReferenceExpression;
      readonly value: Expression;
    }
  | {
      readonly kind: 'if';
      readonly condition: ConditionExpression;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  /** `test` computes what `condition` needs, before each round. */
  | {
      readonly kind: 'while';
      readonly test: readonly Statement[];
      readonly condition: ConditionExpression;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'loop'; readonly body: readonly Statement[] }
  /** Leaves the innermost loop. */
  | { readonly kind: 'break' }
  | {
      readonly kind: 'call';
      readonly function: string;
      readonly arguments: readonly Expression[];
      readonly results: readonly number[];
    }
  | {
      readonly kind: 'operation';
      readonly operation: PortableOperation;
      readonly arguments: readonly Expression[];
      readonly results: readonly number[];
    }
  /** A boundary of spans: no code of its own, and no code moves across it. */
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'return'; readonly values: readonly Expression[] };

export interface Variable {
  readonly name: string;
  readonly type: ValueType;
}

/** A function: the body of a thread, of a service, or one that these call. */
export interface FunctionDefinition {
  readonly name: string;
  /** The first of the variables are the parameters. */
  readonly parameters: number;
  readonly results: readonly ValueType[];
  readonly variables: readonly Variable[];
  readonly body: readonly Statement[];
}

/** Calls `visit` for every statement, nested ones included, in the order of the source. */
export function visitStatements(statements: readonly Statement[], visit: (statement: Statement) => void): void {
  for (const statement of statements) {
    visit(statement);
    switch (statement.kind) {
      case 'if':
        visitStatements(statement.then, visit);
        visitStatements(statement.otherwise, visit);
        break;
      case 'while':
        visitStatements(statement.test, visit);
        visitStatements(statement.body, visit);
        break;
      case 'loop':
        visitStatements(statement.body, visit);
        break;
      default:
    }
  }
}

/**
 * True if a function calls nothing, asks nothing of a kernel, names no buffer and has no mark: what it is compiled to depends on
 * nothing but itself and the target.
 */
export function standsAlone({ body }: FunctionDefinition): boolean {
  let alone = true;
  visitStatements(body, (statement) => {
    if (['call', 'operation', 'mark'].includes(statement.kind)) alone = false;
    visitExpressions(statement, ({ kind }) => {
      if (kind === 'buffer') alone = false;
    });
  });
  return alone;
}

/** Calls `visit` for every expression that a statement itself evaluates, parts before the whole. */
export function visitExpressions(statement: Statement, visit: (expression: Expression) => void): void {
  const walk = (expression: Expression): void => {
    switch (expression.kind) {
      case 'binary':
      case 'compare':
        walk(expression.left);
        walk(expression.right);
        break;
      case 'advance':
        walk(expression.reference);
        walk(expression.by);
        break;
      case 'narrow':
        walk(expression.reference);
        walk(expression.bytes);
        break;
      default:
    }
    visit(expression);
  };
  const walkCondition = (condition: ConditionExpression): void => {
    switch (condition.kind) {
      case 'compare':
        walk(condition.left);
        walk(condition.right);
        break;
      case 'not':
        walkCondition(condition.of);
        break;
      default:
        walkCondition(condition.left);
        walkCondition(condition.right);
    }
  };
  switch (statement.kind) {
    case 'set':
      walk(statement.value);
      break;
    case 'load':
      walk(statement.reference);
      break;
    case 'store':
      walk(statement.reference);
      walk(statement.value);
      break;
    case 'if':
    case 'while':
      walkCondition(statement.condition);
      break;
    case 'call':
    case 'operation':
      statement.arguments.forEach(walk);
      break;
    case 'return':
      statement.values.forEach(walk);
      break;
    default:
  }
}
