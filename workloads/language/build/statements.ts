import { describeOperation } from '../operations.js';
import {
  type Expression,
  type FunctionDefinition,
  type Statement,
  type ValueType,
  type Variable,
  visitExpressions,
  type Width,
} from '../program.js';
import { ends } from './ends.js';
import type { BufferHandle, FunctionHandle } from './handles.js';
import { ScenarioError } from './problem.js';
import {
  type Condition,
  Reference,
  ReferenceVariable,
  type ValuesOf,
  Word,
  wordExpression,
  type WordLike,
  WordVariable,
} from './values.js';

/** What a function builder asks of the scenario around it. */
export interface Surroundings {
  /** The domain the code runs in; undefined for functions that any domain may call. */
  readonly domain: string | undefined;
  /** True if the handle was made by this scenario. */
  knows(handle: { readonly kind: string; readonly name: string }): boolean;
  /** True if a buffer may be handed to services. */
  isPassed(buffer: string): boolean;
  /** Called for each mark. @throws ScenarioError if the name is taken. */
  addMark(name: string, place: string): void;
}

/** A variable with the block of statements it is known in. */
interface Declared extends Variable {
  readonly scope: number;
}

/**
 * Writes a function statement by statement: what a machine without a kernel can run; `FunctionBuilder` adds the
 * operations of kernels. Values
 * that loads, calls and operations give are computed at that place; other expressions are computed where they are used.
 */
export class StatementBuilder {
  private readonly variables: Declared[] = [];
  private readonly scopes: number[] = [0];
  private nextScope = 1;
  protected statements: Statement[] = [];
  private loops = 0;
  private marksAllowed = true;

  constructor(
    readonly place: string,
    protected readonly surroundings: Surroundings,
    private readonly results: readonly ValueType[],
  ) {}

  /** A word variable with a first value. */
  word(name: string, value: WordLike): WordVariable {
    const variable = this.declare(name, 'word');
    this.emit({ kind: 'set', variable, value: this.wordOf(value) });
    return new WordVariable(variable);
  }

  /** A reference variable with a first value. */
  reference(name: string, value: Reference): ReferenceVariable {
    const variable = this.declare(name, 'reference');
    this.emit({ kind: 'set', variable, value: value.expression });
    return new ReferenceVariable(variable);
  }

  /** The value that an expression has here, for later use. */
  let(name: string, value: WordLike): Word {
    return this.word(name, value);
  }

  /** A buffer of the domain, from its first byte. */
  buffer(buffer: BufferHandle): Reference {
    this.mustKnow(buffer);
    const { domain } = this.surroundings;
    if (domain !== buffer.domain) {
      const here = domain === undefined ? 'a function that any domain may call' : `domain ${domain}`;
      this.fail(`buffer ${buffer.name} belongs to domain ${buffer.domain}, not to ${here}: pass a reference instead`);
    }
    return new Reference({ kind: 'buffer', name: buffer.name });
  }

  /** Changes a variable. */
  set(variable: WordVariable, value: WordLike): void;
  set(variable: ReferenceVariable, value: Reference): void;
  set(variable: WordVariable | ReferenceVariable, value: WordLike | Reference): void {
    const expression = value instanceof Reference ? value.expression : this.wordOf(value);
    this.emit({ kind: 'set', variable: variable.variable, value: expression });
  }

  /** The byte at a reference, moved by `offset` bytes; as 0 to 255. */
  loadByte(reference: Reference, offset: WordLike = 0): Word {
    return this.loadWidth(1, reference, offset);
  }

  /** Two bytes, little-endian, as 0 to 65535; the address is a multiple of 2. */
  loadHalf(reference: Reference, offset: WordLike = 0): Word {
    return this.loadWidth(2, reference, offset);
  }

  /** A word; the address is a multiple of 4. */
  loadWord(reference: Reference, offset: WordLike = 0): Word {
    return this.loadWidth(4, reference, offset);
  }

  /** A byte from -128 to 127. */
  loadSignedByte(reference: Reference, offset: WordLike = 0): Word {
    return this.loadWidth(1, reference, offset, true);
  }

  /** Two bytes from -32768 to 32767. */
  loadSignedHalf(reference: Reference, offset: WordLike = 0): Word {
    return this.loadWidth(2, reference, offset, true);
  }

  /** A stored reference; the address is a multiple of 8. */
  loadReference(reference: Reference, offset: WordLike = 0): Reference {
    const variable = this.declareResult('r', 'reference');
    this.emit({
      kind: 'load',
      variable,
      width: 'reference',
      signed: false,
      reference: reference.advance(offset).expression,
    });
    return new ReferenceVariable(variable);
  }

  storeByte(reference: Reference, value: WordLike, offset: WordLike = 0): void {
    this.storeWidth(1, reference, this.wordOf(value), offset);
  }

  storeHalf(reference: Reference, value: WordLike, offset: WordLike = 0): void {
    this.storeWidth(2, reference, this.wordOf(value), offset);
  }

  storeWord(reference: Reference, value: WordLike, offset: WordLike = 0): void {
    this.storeWidth(4, reference, this.wordOf(value), offset);
  }

  /** Stores a reference; it takes 8 bytes on every platform. */
  storeReference(reference: Reference, value: Reference, offset: WordLike = 0): void {
    this.storeWidth('reference', reference, value.expression, offset);
  }

  /** `then` if the condition holds, else `otherwise`. */
  if(condition: Condition, then: () => void, otherwise: () => void = () => undefined): void {
    const first = this.block(then);
    const second = this.block(otherwise);
    this.emit({ kind: 'if', condition: condition.expression, then: first, otherwise: second });
  }

  /** Repeats `body` as long as the condition holds; what `test` loads to find out is loaded anew each time. */
  while(test: () => Condition, body: () => void): void {
    let condition: Condition | undefined;
    this.inScope(() => {
      const { marksAllowed } = this;
      this.marksAllowed = false;
      const loads = this.collect(() => {
        condition = test();
      });
      this.marksAllowed = marksAllowed;
      const statements = this.block(body, true);
      if (condition === undefined) return;
      this.emit({ kind: 'while', test: loads, condition: condition.expression, body: statements });
    });
  }

  /** Repeats `body` for ever, or until `break`. */
  loop(body: () => void): void {
    this.emit({ kind: 'loop', body: this.block(body, true) });
  }

  /** Runs `body` `count` times, with the number of rounds done so far. */
  repeat(count: WordLike, body: (index: Word) => void): void {
    this.inScope(() => {
      const index = this.word(`i${this.variables.length}`, 0);
      const limit = typeof count === 'number' ? count : this.let(`n${this.variables.length}`, count);
      this.while(
        () => index.below(limit),
        () => {
          body(new Word(index.expression));
          if (!ends(this.statements)) this.set(index, index.add(1));
        },
      );
    });
  }

  /** Leaves the innermost loop. */
  break(): void {
    if (this.loops === 0) this.fail('break is not in a loop');
    this.emit({ kind: 'break' });
  }

  /** Copies words from one place to another, forward. Both addresses are multiples of 4. */
  copyWords(to: Reference, from: Reference, words: WordLike): void {
    this.repeat(words, (i) => {
      const at = i.shiftLeft(2);
      this.storeWord(to, this.loadWord(from, at), at);
    });
  }

  /** Copies bytes from one place to another, forward. */
  copyBytes(to: Reference, from: Reference, bytes: WordLike): void {
    this.repeat(bytes, (i) => this.storeByte(to, this.loadByte(from, i), i));
  }

  /** Calls a function. */
  call<P extends readonly ValueType[], R extends readonly ValueType[]>(
    callee: FunctionHandle<P, R>,
    ...values: ValuesOf<P>
  ): ValuesOf<R> {
    this.mustBeOwn(callee);
    const given = (values as readonly (Word | Reference)[]).map((value) => value.expression);
    const results = callee.results.map((type) => this.declareResult(callee.name, type));
    this.emit({ kind: 'call', function: callee.name, arguments: given, results });
    return results.map((variable, i) =>
      callee.results[i] === 'word' ? new WordVariable(variable) : new ReferenceVariable(variable),
    ) as unknown as ValuesOf<R>;
  }

  /** A boundary of spans. It becomes a symbol; the span ends or begins with the instruction that follows it. */
  mark(name: string): void {
    if (!this.marksAllowed) this.fail(`mark ${name} is in the test of a loop: put it into the body`);
    this.surroundings.addMark(name, this.place);
    this.emit({ kind: 'mark', name });
  }

  /** Ends the function with its results. */
  return(...values: readonly (WordLike | Reference)[]): void {
    if (values.length !== this.results.length) {
      this.fail(`returns ${values.length} values, and is declared to return ${this.results.length}`);
    }
    this.emit({
      kind: 'return',
      values: values.map((value, i) => {
        const type = value instanceof Reference ? 'reference' : 'word';
        if (type !== this.results[i]) this.fail(`result ${i + 1} is a ${type}, not a ${this.results[i]}`);
        return value instanceof Reference ? value.expression : this.wordOf(value);
      }),
    });
  }

  /** Makes a parameter. Parameters come before every statement. */
  parameter(name: string, type: ValueType): Word | Reference {
    const variable = this.declare(name, type);
    return type === 'word' ? new WordVariable(variable) : new ReferenceVariable(variable);
  }

  /** The finished function. */
  finish(name: string, parameters: number): FunctionDefinition {
    if (this.results.length > 0 && !ends(this.statements)) this.fail('a path ends without return');
    const variables = this.variables.map(({ name: own, type }) => ({ name: own, type }));
    return { name, parameters, results: this.results, variables, body: this.statements };
  }

  protected fail(problem: string): never {
    throw new ScenarioError(this.place, problem);
  }

  protected mustKnow(handle: { readonly kind: string; readonly name: string }): void {
    if (!this.surroundings.knows(handle)) this.fail(`${handle.kind} ${handle.name} is not part of this scenario`);
  }

  /** Fails for a function that another domain keeps to itself. */
  protected mustBeOwn(callee: { readonly kind: 'function'; readonly name: string; readonly domain?: string }): void {
    this.mustKnow(callee);
    const { domain } = this.surroundings;
    if (callee.domain !== undefined && callee.domain !== domain) {
      this.fail(`function ${callee.name} is domain ${callee.domain}'s own: call a service of that`);
    }
  }

  protected declare(name: string, type: ValueType): number {
    this.variables.push({ name, type, scope: this.scopes[this.scopes.length - 1] });
    return this.variables.length - 1;
  }

  /** A variable for a result, with a name of its own. */
  protected declareResult(name: string, type: ValueType): number {
    return this.declare(`${name}${this.variables.length}`, type);
  }

  protected wordOf(value: WordLike): Expression {
    if (value instanceof Reference) this.fail('a reference is not a word');
    try {
      return wordExpression(value);
    } catch (error) {
      if (error instanceof RangeError) this.fail(error.message);
      throw error;
    }
  }

  protected emit(statement: Statement): void {
    if (ends(this.statements)) {
      const what = statement.kind === 'operation' ? describeOperation(statement.operation) : statement.kind;
      this.fail(`${what} is never reached`);
    }
    visitExpressions(statement, (expression) => this.checkExpression(expression));
    if (statement.kind === 'set') {
      const variable = this.variables.at(statement.variable);
      if (variable === undefined || !this.scopes.includes(variable.scope)) this.fail('set of an unknown variable');
    }
    this.statements.push(statement);
  }

  private checkExpression(expression: Expression): void {
    if (expression.kind === 'variable') {
      const variable = this.variables.at(expression.variable);
      if (variable === undefined) this.fail('a variable of another function is used');
      if (!this.scopes.includes(variable.scope)) this.fail(`variable ${variable.name} is used outside of its block`);
    }
    if (expression.kind === 'binary' && expression.right.kind === 'constant') {
      const { operator, right } = expression;
      if (/^sh|^sar/.test(operator) && right.value > 31) this.fail(`a shift by ${right.value}: 0 to 31 are possible`);
      if (/^div|^rem/.test(operator) && right.value === 0) this.fail('a division by 0');
    }
  }

  private inScope(body: () => void): void {
    this.scopes.push(this.nextScope++);
    try {
      body();
    } finally {
      this.scopes.pop();
    }
  }

  /** Statements that `body` writes, in the present scope. */
  private collect(body: () => void): Statement[] {
    const outer = this.statements;
    this.statements = [];
    try {
      body();
      return this.statements;
    } finally {
      this.statements = outer;
    }
  }

  private block(body: () => void, loop = false): Statement[] {
    let statements: Statement[] = [];
    if (loop) this.loops++;
    this.inScope(() => {
      statements = this.collect(body);
    });
    if (loop) this.loops--;
    return statements;
  }

  private loadWidth(width: 1 | 2 | 4, reference: Reference, offset: WordLike, signed = false): Word {
    const variable = this.declareResult('v', 'word');
    this.emit({ kind: 'load', variable, width, signed, reference: reference.advance(offset).expression });
    return new WordVariable(variable);
  }

  private storeWidth(width: Width, reference: Reference, value: Expression, offset: WordLike): void {
    this.emit({ kind: 'store', width, reference: reference.advance(offset).expression, value });
  }
}
