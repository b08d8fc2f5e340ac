import { parseExpression } from './expression.js';
import type { Expression, Scope } from './expression.js';
import { tokenize } from './lexer.js';
import type { Token } from './lexer.js';
import { Mistake } from './problems.js';

/** Reads the operands of one statement from left to right. */
export class Cursor {
  private readonly tokens: readonly Token[];
  private index = 0;

  /** @throws Mistake if the text has a malformed number or string. */
  constructor(
    private readonly text: string,
    private readonly scope: Scope,
  ) {
    this.tokens = tokenize(text);
  }

  /** True if nothing is left. */
  get atEnd(): boolean {
    return this.index >= this.tokens.length;
  }

  /** The token `ahead` places further on, which stays unread. */
  peek(ahead = 0): Token | undefined {
    return this.tokens[this.index + ahead];
  }

  /** Reads a token; undefined at the end. */
  next(): Token | undefined {
    return this.tokens[this.index++];
  }

  /** Reads the punctuation if it is next. */
  accept(punctuation: string): boolean {
    const token = this.peek();
    if (token?.kind !== 'punctuation' || token.text !== punctuation) return false;
    this.index++;
    return true;
  }

  /** Reads the punctuation. */
  expect(punctuation: string): void {
    if (!this.accept(punctuation)) throw new Mistake(`"${punctuation}" is missing ${this.where()}`);
  }

  /** The next token's text if it is a name; it stays unread. */
  peekName(): string | undefined {
    const token = this.peek();
    return token?.kind === 'name' ? token.text : undefined;
  }

  /** Reads a name; `what` says in a message what it should have been. */
  name(what: string): string {
    const token = this.peek();
    if (token?.kind !== 'name') throw new Mistake(`${what} is missing ${this.where()}`);
    this.index++;
    return token.text;
  }

  /** Reads a string's bytes. */
  string(): readonly number[] {
    const token = this.peek();
    if (token?.kind !== 'string') throw new Mistake(`string in double quotes is missing ${this.where()}`);
    this.index++;
    return token.bytes;
  }

  /** Reads an expression. */
  expression(): Expression {
    return parseExpression(this, this.scope);
  }

  /** The unread text, as written. */
  rest(): string {
    const token = this.peek();
    return token === undefined ? '' : this.text.slice(token.start);
  }

  /** Reads everything that is left, for directives that record nothing. */
  skip(): void {
    this.index = this.tokens.length;
  }

  /** A position to come back to. */
  mark(): number {
    return this.index;
  }

  /** Back to a position of `mark`. */
  back(mark: number): void {
    this.index = mark;
  }

  /** Ends the statement: anything left is a mistake. */
  finish(): void {
    if (!this.atEnd) throw new Mistake(`"${this.rest().trim()}" is left over at the end of the statement`);
  }

  private where(): string {
    const token = this.peek();
    return token === undefined ? 'at the end of the statement' : `before "${token.text}"`;
  }
}
