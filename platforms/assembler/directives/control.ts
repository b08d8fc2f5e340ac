import type { Assembly, Directive, TextDirective } from '../assembly.js';
import { macroHeader, splitArguments } from '../macros.js';
import { Mistake } from '../problems.js';

// Conditionals

/** The value that `.if` decides by. */
function condition(assembly: Assembly, text: string): bigint {
  const operands = assembly.cursor(text);
  const expression = operands.expression();
  operands.finish();
  const value = assembly.constant(expression);
  if (value === undefined) throw new Mistake('condition must be a number that is known here');
  return value;
}

function isDefined(assembly: Assembly, text: string): boolean {
  const operands = assembly.cursor(text);
  const name = operands.name('symbol name');
  operands.finish();
  return assembly.symbols.isDefined(name);
}

function sameText(text: string): boolean {
  const parts = splitArguments(text);
  if (parts.length > 2) throw new Mistake('.ifc compares two texts: .ifc text, text');
  return (parts[0] ?? '').trim() === (parts[1] ?? '').trim();
}

const opens =
  (test: (assembly: Assembly, text: string) => boolean): TextDirective =>
  (assembly, text) =>
    assembly.conditionals.open(assembly.location, () => test(assembly, text));

/** Conditional directives (Using as, section 7.54 `.if`). */
export const CONDITIONALS: ReadonlyMap<string, TextDirective> = new Map<string, TextDirective>([
  ['.if', opens((assembly, text) => condition(assembly, text) !== 0n)],
  ['.ifne', opens((assembly, text) => condition(assembly, text) !== 0n)],
  ['.ifeq', opens((assembly, text) => condition(assembly, text) === 0n)],
  ['.ifgt', opens((assembly, text) => condition(assembly, text) > 0n)],
  ['.ifge', opens((assembly, text) => condition(assembly, text) >= 0n)],
  ['.iflt', opens((assembly, text) => condition(assembly, text) < 0n)],
  ['.ifle', opens((assembly, text) => condition(assembly, text) <= 0n)],
  ['.ifdef', opens(isDefined)],
  ['.ifndef', opens((assembly, text) => !isDefined(assembly, text))],
  ['.ifnotdef', opens((assembly, text) => !isDefined(assembly, text))],
  ['.ifb', opens((_assembly, text) => text.trim() === '')],
  ['.ifnb', opens((_assembly, text) => text.trim() !== '')],
  ['.ifc', opens((_assembly, text) => sameText(text))],
  ['.ifnc', opens((_assembly, text) => !sameText(text))],
  ['.ifeqs', opens((_assembly, text) => sameText(text))],
  ['.ifnes', opens((_assembly, text) => !sameText(text))],
  ['.elseif', (assembly, text) => assembly.conditionals.elseIf(() => condition(assembly, text) !== 0n)],
  ['.else', (assembly) => assembly.conditionals.else()],
  ['.endif', (assembly) => assembly.conditionals.close()],
]);

// Macros and repetition take their text unread: it need not be made of tokens

const MACRO = { opening: /^\s*\.macro\b/i, closing: /^\s*\.endm\b/i };
const REPETITION = { opening: /^\s*\.(rept|irp|irpc)\b/i, closing: /^\s*\.endr\b/i };

const macro: TextDirective = (assembly, text) => {
  // The body goes first, so that a mistake in the header does not make instructions of it
  const body = assembly.source.body(MACRO.opening, MACRO.closing, '.macro is never closed: write .endm');
  const { name, parameters } = macroHeader(text);
  if (assembly.macros.has(name.toLowerCase()))
    throw new Mistake(`macro "${name}" is already defined: .purgem forgets it`);
  assembly.macros.set(name.toLowerCase(), { name, parameters, body });
};

const purge: Directive = (assembly, operands) => {
  const name = operands.name('macro name');
  if (!assembly.macros.delete(name.toLowerCase())) throw new Mistake(`macro "${name}" does not exist`);
};

const repetitionBody = (assembly: Assembly, directive: string): ReturnType<Assembly['source']['body']> =>
  assembly.source.body(REPETITION.opening, REPETITION.closing, `${directive} is never closed: write .endr`);

const MAXIMUM_REPETITIONS = 1_000_000;

const repeat: TextDirective = (assembly, text) => {
  const body = repetitionBody(assembly, '.rept');
  const operands = assembly.cursor(text);
  const count = assembly.number(operands.expression(), 'count of .rept');
  operands.finish();
  if (count < 0 || count * body.length > MAXIMUM_REPETITIONS) {
    throw new Mistake(`.rept ${count} is out of range: 0 to ${MAXIMUM_REPETITIONS} statements in all`);
  }
  const all = Array.from({ length: count }, () => body).flat();
  assembly.expand('repetition', all, new Map(), assembly.location);
};

/** `.irp name, values` and `.irpc name, characters`: the body once for each, at least once. */
const iterate =
  (directive: string, split: (text: string) => readonly string[]): TextDirective =>
  (assembly, text) => {
    const body = repetitionBody(assembly, directive);
    const [, name, rest] = /^\s*([A-Za-z_][A-Za-z0-9_.$]*)\s*,?\s*(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw new Mistake(`${directive} needs a name and values: ${directive} reg, a0, a1`);
    const values = split(rest ?? '');
    // The last pushed is read first
    for (const value of (values.length === 0 ? [''] : values).toReversed()) {
      assembly.expand('repetition', body, new Map([[name, value]]), assembly.location);
    }
  };

const leave: Directive = (assembly) => assembly.conditionals.closeTo(assembly.source.leaveMacro());

const refuse =
  (message: string): Directive =>
  () => {
    throw new Mistake(message);
  };

const include: Directive = (assembly, operands) => {
  assembly.includeFile(new TextDecoder().decode(Uint8Array.from(operands.string())));
};

/** `.error "text"`, `.err`. */
const fail: Directive = (_assembly, operands) => {
  throw new Mistake(
    operands.atEnd ? '.err in the source' : new TextDecoder().decode(Uint8Array.from(operands.string())),
  );
};

/** Directives that read statements or text (Using as, chapter 7). */
export const TEXT: ReadonlyMap<string, TextDirective> = new Map<string, TextDirective>([
  ['.macro', macro],
  ['.rept', repeat],
  ['.irp', iterate('.irp', splitArguments)],
  ['.irpc', iterate('.irpc', (text) => [...text.trim()])],
]);

/** Other directives that steer what is read. */
export const CONTROL: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ['.purgem', purge],
  ['.exitm', leave],
  ['.endm', refuse('.endm has no .macro')],
  ['.endr', refuse('.endr has no .rept')],
  ['.include', include],
  ['.error', fail],
  ['.err', fail],
]);
