import { Mistake } from './problems.js';
import type { Location } from './problems.js';

/** Comment characters of an instruction set's assembler syntax. */
export interface Lexical {
  /** Characters that begin a comment anywhere in a line (RISC-V `#`, Arm `@`). */
  readonly comment: string;
  /** Characters that begin a comment only as the first of a line (Arm `#`). */
  readonly lineComment: string;
}

/** One statement: a line, or a part of a line between semicolons, without comments. */
export type Statement = Location;

/** A lexical unit of a statement. */
export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly kind: 'number';
      readonly value: bigint;
      readonly text: string;
      readonly start: number;
      readonly end: number;
    }
  /** A reference to a numeric label: `1b`, `2f`. */
  | {
      readonly kind: 'local';
      readonly label: number;
      readonly forward: boolean;
      readonly text: string;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'string';
      readonly bytes: readonly number[];
      readonly text: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'punctuation'; readonly text: string; readonly start: number; readonly end: number };

/** First characters of a symbol and the following ones. */
export const NAME = '[A-Za-z_.$][A-Za-z0-9_.$]*';

/**
 * Splits a source into statements: removes comments (the instruction set's, `//` and block comments) and divides lines
 * at semicolons. A block comment that never ends is a problem of its first line.
 */
export function splitStatements(
  source: string,
  file: string,
  lexical: Lexical,
): { statements: Statement[]; problem?: Location & { message: string } } {
  const statements: Statement[] = [];
  let text = '';
  let line = 1;
  let first = true;
  const flush = (): void => {
    if (text.trim() !== '') statements.push({ file, line, text });
    text = '';
  };
  for (let i = 0; i < source.length;) {
    const c = source[i];
    if (c === '\n') {
      flush();
      line++;
      first = true;
      i++;
    } else if (c === ';') {
      flush();
      i++;
    } else if (c === '"' || c === "'") {
      const end = c === '"' ? stringEnd(source, i) : characterEnd(source, i);
      text += source.slice(i, end);
      i = end;
      first = false;
    } else if (source.startsWith('/*', i)) {
      const end = source.indexOf('*/', i + 2);
      if (end < 0) {
        const problem = { file, line, text: source.slice(i).split('\n')[0], message: 'comment has no end: write */' };
        return { statements, problem };
      }
      line += source.slice(i, end).split('\n').length - 1;
      text += ' ';
      i = end + 2;
    } else if (
      source.startsWith('//', i) ||
      // `\\@` is the number of a macro expansion
      (lexical.comment.includes(c) && source[i - 1] !== '\\') ||
      (first && lexical.lineComment.includes(c))
    ) {
      const end = source.indexOf('\n', i);
      i = end < 0 ? source.length : end;
    } else {
      if (c !== ' ' && c !== '\t' && c !== '\r') first = false;
      text += c === '\r' ? ' ' : c;
      i++;
    }
  }
  flush();
  return { statements };
}

/** Index after the string that begins at `from`; a string ends at the latest with its line. */
function stringEnd(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
    else if (text[i] === '\n') return i;
  }
  return text.length;
}

/** Index after a character constant `'a`, `'a'`, `'\n'`. */
function characterEnd(text: string, from: number): number {
  let end = from + (text[from + 1] === '\\' ? 3 : 2);
  if (text[end] === "'") end++;
  const newline = text.indexOf('\n', from);
  return Math.min(end, newline < 0 ? text.length : newline);
}

const PUNCTUATION = ['<<', '>>', '<=', '>=', '==', '!=', '<>', '&&', '||'];
const BLANK = /\s/;
const NAME_AT = new RegExp(NAME, 'y');
const NUMBER_AT = /0[xX][0-9a-fA-F]+|0[bB][01]+|\d+/y;
const LOCAL_AT = /(\d+)([bf])(?![A-Za-z0-9_.$])/y;

/**
 * Splits a statement into tokens.
 * @throws Mistake for a malformed number, string or character constant.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < text.length;) {
    if (BLANK.test(text[i])) {
      i++;
      continue;
    }
    const token = tokenAt(text, i);
    tokens.push(token);
    i = token.end;
  }
  return tokens;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function tokenAt(text: string, start: number): Token {
  const c = text[start];
  const name = match(NAME_AT, text, start);
  if (name) return { kind: 'name', text: name[0], start, end: start + name[0].length };
  if (c >= '0' && c <= '9') return numberAt(text, start);
  if (c === '"') {
    const end = stringEnd(text, start);
    if (end < start + 2 || text[end - 1] !== '"') throw new Mistake('string has no closing quote');
    return {
      kind: 'string',
      bytes: unescape(text.slice(start + 1, end - 1)),
      text: text.slice(start, end),
      start,
      end,
    };
  }
  if (c === "'") {
    const end = characterEnd(text, start);
    const bytes = unescape(text.slice(start + 1, end).replace(/^(\\?.)'$/s, '$1'));
    if (bytes.length !== 1) throw new Mistake(`character constant ${text.slice(start, end)} is not one character`);
    return { kind: 'number', value: BigInt(bytes[0]), text: text.slice(start, end), start, end };
  }
  const long = PUNCTUATION.find((p) => text.startsWith(p, start));
  const symbol = long ?? c;
  return { kind: 'punctuation', text: symbol, start, end: start + symbol.length };
}

function numberAt(text: string, start: number): Token {
  const local = match(LOCAL_AT, text, start);
  if (local) {
    const end = start + local[0].length;
    return { kind: 'local', label: Number(local[1]), forward: local[2] === 'f', text: local[0], start, end };
  }
  const found = match(NUMBER_AT, text, start);
  const digits = found?.[0] ?? '';
  const end = start + digits.length;
  const octal = /^0[0-7]+$/.test(digits);
  if (end < text.length && /[A-Za-z0-9_.$]/.test(text[end])) {
    const word = /^[A-Za-z0-9_.$]+/.exec(text.slice(start))?.[0] ?? '';
    throw new Mistake(`"${word}" is not a number: write decimal, 0x, 0b, or octal with a leading 0`);
  }
  if (/^0\d/.test(digits) && !octal) throw new Mistake(`"${digits}" has a digit that octal does not have`);
  return { kind: 'number', value: BigInt(octal ? `0o${digits.slice(1)}` : digits), text: digits, start, end };
}

const ESCAPES: Readonly<Record<string, number>> = { b: 8, f: 12, n: 10, r: 13, t: 9, '\\': 92, '"': 34, "'": 39 };

/** Bytes of the inside of a string: UTF-8, with C escapes. Hexadecimal escapes take all digits and keep the low byte. */
function unescape(inside: string): number[] {
  const bytes: number[] = [];
  const escape = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]+)|(.))|[^\\]+|\\/gs;
  for (const [whole, octal, hexadecimal, letter] of inside.matchAll(escape)) {
    if (octal !== undefined) bytes.push(parseInt(octal, 8) & 0xff);
    else if (hexadecimal !== undefined) bytes.push(parseInt(hexadecimal.slice(-2), 16));
    else if (letter !== undefined) {
      if (!(letter in ESCAPES))
        throw new Mistake(`\\${letter} is no escape: write \\n \\t \\r \\b \\f \\\\ \\" \\ooo \\xhh`);
      bytes.push(ESCAPES[letter]);
    } else bytes.push(...new TextEncoder().encode(whole));
  }
  return bytes;
}
