import { NAME } from './lexer.js';
import type { Statement } from './lexer.js';
import { Mistake } from './problems.js';

/** A formal parameter of a macro. */
interface Parameter {
  readonly name: string;
  readonly initial: string;
  readonly kind: 'optional' | 'required' | 'rest';
}

/** A macro: its parameters and the statements between `.macro` and `.endm`. */
export interface Macro {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
}

/** Characters between which a blank separates arguments; around all others blanks mean nothing. */
const WORD = /[A-Za-z0-9_.$"'\\@]/;

/** Removes blanks that separate nothing, outside strings: `1 + 2` is one argument, `1 2` are two. */
function squeeze(text: string): string {
  let out = '';
  let pending = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (/\s/.test(c)) {
      pending = true;
      continue;
    }
    if (pending && out !== '' && WORD.test(out[out.length - 1]) && WORD.test(c)) out += ' ';
    pending = false;
    if (c === '"') {
      const end = quoteEnd(text, i);
      out += text.slice(i, end);
      i = end - 1;
    } else out += c;
  }
  return out;
}

function quoteEnd(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

/** An argument and all of the text from it to the end. */
interface Argument {
  readonly text: string;
  readonly rest: string;
}

/** Splits at commas and blanks outside strings, parentheses and brackets. A comma after a comma is an empty argument. */
function readArguments(text: string): Argument[] {
  const squeezed = squeeze(text);
  const list: Argument[] = [];
  let start = 0;
  let depth = 0;
  for (let i = 0; i < squeezed.length; i++) {
    const c = squeezed[i];
    if (c === '"') i = quoteEnd(squeezed, i) - 1;
    else if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth--;
    else if (depth === 0 && (c === ',' || c === ' ')) {
      list.push({ text: squeezed.slice(start, i), rest: squeezed.slice(start) });
      start = i + 1;
    }
  }
  if (start < squeezed.length || list.length > 0)
    list.push({ text: squeezed.slice(start), rest: squeezed.slice(start) });
  return list;
}

/** The arguments of `.irp` and of conditionals on text. */
export function splitArguments(text: string): string[] {
  return readArguments(text).map((argument) => unquote(argument.text));
}

/** An argument in quotes stands for what is inside. */
function unquote(argument: string): string {
  return /^".*"$/s.test(argument) && quoteEnd(argument, 0) === argument.length ? argument.slice(1, -1) : argument;
}

const HEAD = new RegExp(`^\\s*(${NAME})\\s*,?\\s*(.*)$`, 's');
const FORMAL = new RegExp(`^(${NAME})(?::([a-z]+))?(?:=(.*))?$`, 's');

/** Reads what follows `.macro`: the name and the parameters. */
export function macroHeader(text: string): { name: string; parameters: Parameter[] } {
  const head = HEAD.exec(text);
  if (!head) throw new Mistake('.macro needs a name: .macro name parameter, parameter=default, parameter:req');
  const parameters = readArguments(head[2])
    .filter((formal) => formal.text !== '')
    .map((formal) => parameter(formal.text));
  const names = parameters.map((p) => p.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Mistake(`macro parameter "${twice}" appears twice`);
  if (parameters.slice(0, -1).some((p) => p.kind === 'rest'))
    throw new Mistake('only the last parameter can be :vararg');
  return { name: head[1], parameters };
}

function parameter(text: string): Parameter {
  const formal = FORMAL.exec(text);
  if (!formal) throw new Mistake(`"${text}" is no macro parameter: write name, name=default, name:req or name:vararg`);
  const [, name, qualifier, initial] = formal as unknown as [string, string, string?, string?];
  if (qualifier !== undefined && qualifier !== 'req' && qualifier !== 'vararg') {
    throw new Mistake(`":${qualifier}" is no parameter kind: write :req or :vararg`);
  }
  const kind = qualifier === 'req' ? 'required' : qualifier === 'vararg' ? 'rest' : 'optional';
  return { name, initial: unquote(initial ?? ''), kind };
}

const KEYWORD = new RegExp(`^(${NAME})=(?!=)(.*)$`, 's');

/** The values of a macro's parameters in a call. */
export function macroArguments(macro: Macro, text: string): Map<string, string> {
  const values = new Map<string, string>();
  let position = 0;
  for (const { text: argument, rest } of readArguments(text)) {
    const keyword = KEYWORD.exec(argument);
    if (keyword && macro.parameters.some((p) => p.name === keyword[1])) {
      values.set(keyword[1], unquote(keyword[2]));
      continue;
    }
    const formal = macro.parameters.at(position++);
    if (formal === undefined) {
      const count = macro.parameters.length;
      throw new Mistake(
        `macro ${macro.name} takes ${count} ${count === 1 ? 'argument' : 'arguments'}, not "${argument}"`,
      );
    }
    if (formal.kind === 'rest') {
      values.set(formal.name, rest);
      break;
    }
    if (argument !== '') values.set(formal.name, unquote(argument));
  }
  for (const formal of macro.parameters) {
    if (values.has(formal.name)) continue;
    if (formal.kind === 'required') throw new Mistake(`macro ${macro.name} needs a value for "${formal.name}"`);
    values.set(formal.name, formal.initial);
  }
  return values;
}

const REFERENCE = /\\(?:(\(\))|(@)|([A-Za-z_][A-Za-z0-9_.$]*))/g;

/** Replaces `\name`, `\@` and `\()` in a statement. Names that are no parameters stay. */
export function substitute(text: string, values: ReadonlyMap<string, string>, count: number): string {
  return text.replace(REFERENCE, (whole: string, empty?: string, counter?: string, name?: string) => {
    if (empty !== undefined) return '';
    if (counter !== undefined) return String(count);
    return (name === undefined ? undefined : longestParameter(name, values)) ?? whole;
  });
}

/** `\a.b` is parameter `a.b` if there is one, else parameter `a` followed by `.b`. */
function longestParameter(name: string, values: ReadonlyMap<string, string>): string | undefined {
  for (let end = name.length; end > 0; end = Math.max(name.lastIndexOf('.', end - 1), 0)) {
    const value = values.get(name.slice(0, end));
    if (value !== undefined) return value + name.slice(end);
  }
  return undefined;
}
