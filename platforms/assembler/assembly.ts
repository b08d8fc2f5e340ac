import { Conditionals } from './conditionals.js';
import { Cursor } from './cursor.js';
import { evaluate } from './expression.js';
import type { Environment, Expression, Scope } from './expression.js';
import { alignFragment, dataBytes, dataFragment } from './fragments.js';
import type { Host, IsaPlugin, IsaSession } from './isa.js';
import { readingEnvironment } from './layout.js';
import { NAME, splitStatements } from './lexer.js';
import type { Lexical, Statement } from './lexer.js';
import { macroArguments, substitute } from './macros.js';
import type { Macro } from './macros.js';
import { Mistake, problemAt } from './problems.js';
import type { Location, Problem } from './problems.js';
import { Section } from './section.js';
import type { Fragment, Label, Position, SectionKind } from './section.js';
import { SourceStack } from './source.js';
import { SymbolTable, newLabel } from './symbols.js';

/** Obeys a directive whose operands are tokens. What it leaves unread is a mistake. */
export type Directive = (assembly: Assembly, operands: Cursor) => void;

/** Obeys a directive whose operands need not be tokens. */
export type TextDirective = (assembly: Assembly, text: string) => void;

/** Directives by name, with the dot. */
export interface Directives {
  /** Obeyed even in a branch that does not count. */
  readonly conditional: ReadonlyMap<string, TextDirective>;
  readonly text: ReadonlyMap<string, TextDirective>;
  readonly ordinary: ReadonlyMap<string, Directive>;
}

/** A place at which the phase changes. */
export interface PhasePosition {
  readonly position: Position;
  readonly phase: number;
}

const MAXIMUM_PROBLEMS = 100;
const LABEL = new RegExp(`^\\s*(?:(${NAME})|(\\d+))\\s*:`);
const ASSIGNMENT = new RegExp(`^\\s*(${NAME})\\s*=(=?)(?!=)(.*)$`, 's');
const WORD = /^\s*([^\s"',()[\]{}]+)(.*)$/s;

/** Reads the source of one program: the state between statements. */
export class Assembly implements Host {
  readonly symbols = new SymbolTable();
  readonly macros = new Map<string, Macro>();
  readonly conditionals = new Conditionals();
  readonly source = new SourceStack();
  readonly phases: PhasePosition[] = [];
  readonly sections = new Map<string, Section>();
  readonly problems: Problem[] = [];
  readonly isa: IsaSession;
  section: Section;
  /** The section before the last change, for `.previous`. */
  previous: Section;
  readonly sectionStack: { section: Section; previous: Section }[] = [];
  /** Macro expansions so far: `\@`. */
  expansions = 0;
  /** The statement being assembled. */
  location: Location;
  private readonly lexical: Lexical;
  private readonly reading: Environment;
  private readonly scope: Scope;

  constructor(
    plugin: IsaPlugin,
    private readonly directives: Directives,
    private readonly include: (name: string) => string | undefined,
    file: string,
  ) {
    this.lexical = plugin.lexical;
    this.location = { file, line: 1, text: '' };
    this.reading = readingEnvironment(this.symbols);
    this.scope = {
      here: () => this.here(),
      symbol: (name) => this.symbols.use(name),
      local: (label, forward) => this.symbols.local(label, forward),
    };
    this.section = this.sectionNamed('.text', { writable: false, executable: true, empty: false });
    this.previous = this.section;
    this.isa = plugin.open(this);
    this.section.alignment = this.isa.codeAlignment;
  }

  /** Reads a whole source. */
  read(source: string, file: string): void {
    this.attempt(() => this.pushFile(source, file));
    for (let statement = this.source.next(); statement !== undefined; statement = this.source.next()) {
      this.location = statement;
      const { text } = statement;
      this.attempt(() => this.statement(text));
      if (this.problems.length >= MAXIMUM_PROBLEMS) return;
    }
    this.attempt(() => this.isa.finish());
    this.padCode();
    const unclosed = this.conditionals.unclosed;
    if (unclosed !== undefined) this.problems.push(problemAt(unclosed, '.if is never closed: write .endif'));
  }

  /** Code sections end at a multiple of their alignment, as GNU as does it. */
  private padCode(): void {
    for (const section of this.sections.values()) {
      if (!section.kind.executable || section.items.length === 0) continue;
      this.section = section;
      this.pad(Math.min(section.alignment, this.isa.endAlignment ?? Infinity), undefined, 0);
    }
  }

  /** Reads a file that the source includes. */
  includeFile(name: string): void {
    const source = this.include(name);
    if (source === undefined) throw new Mistake(`file "${name}" to include does not exist`);
    this.pushFile(source, name);
  }

  /** Reads these statements next, each expanded with the values. */
  expand(
    kind: 'macro' | 'repetition',
    body: readonly Statement[],
    values: ReadonlyMap<string, string>,
    calledFrom: Location,
  ): void {
    const count = this.expansions;
    const statements = body.flatMap((statement) => {
      const { file, line } = statement;
      const text = statement.text.includes('\\') ? substitute(statement.text, values, count) : statement.text;
      if (text === statement.text) return [{ file, line, text, calledFrom }];
      // An argument may have brought a semicolon along
      const split = splitStatements(text, file, { comment: '', lineComment: '' }).statements;
      return split.map((part) => ({ file, line, text: part.text, calledFrom }));
    });
    this.source.push(kind, statements, this.conditionals.depth);
  }

  /** The section of this name, made with these attributes if it is new. */
  sectionNamed(name: string, kind: SectionKind): Section {
    const known = this.sections.get(name);
    if (known !== undefined) return known;
    const section = new Section(name, kind);
    this.sections.set(name, section);
    return section;
  }

  /** Goes on in another section. */
  enter(section: Section): void {
    this.previous = this.section;
    this.section = section;
  }

  /** Operands in other text than the statement's own rest. */
  cursor(text: string): Cursor {
    return new Cursor(text, this.scope);
  }

  /** A number that must be known at this point. */
  number(expression: Expression, what: string): number {
    const value = this.constant(expression);
    if (value === undefined) throw new Mistake(`${what} must be a number that is known here`);
    return Number(value);
  }

  // Host

  bytes(bytes: readonly number[]): void {
    if (this.section.kind.empty && bytes.some((byte) => byte !== 0)) {
      throw new Mistake(`section ${this.section.name} can hold only zeros: .data holds values`);
    }
    this.markLine();
    this.section.append(bytes);
  }

  fragment(fragment: Fragment): void {
    this.markLine();
    this.section.appendFragment(fragment, this.location);
  }

  data(expression: Expression, size: number): void {
    const value = this.constant(expression);
    if (value === undefined) this.fragment(dataFragment(expression, size));
    else this.bytes(dataBytes(value, size));
  }

  align(bytes: number, fill?: readonly number[], maximum = 0): void {
    const { section } = this;
    section.alignment = Math.max(section.alignment, bytes);
    if (fill === undefined && section.kind.executable && bytes <= this.isa.instructionAlignment) return;
    this.pad(bytes, fill, maximum);
  }

  private pad(bytes: number, fill: readonly number[] | undefined, maximum: number): void {
    if (bytes <= 1) return;
    const { section } = this;
    const filler = (count: number): readonly number[] => {
      if (fill !== undefined) return Array.from({ length: count }, (_, i) => fill[i % fill.length]);
      return section.kind.executable ? this.isa.padding(count) : new Array<number>(count).fill(0);
    };
    this.fragment(alignFragment(bytes, maximum, filler));
  }

  here(): Label {
    return newLabel('.', this.section.here());
  }

  within(section: Host['section'], work: () => void): void {
    const current = this.section;
    const wanted = [...this.sections.values()].find((known) => known === section);
    if (wanted === undefined) throw new RangeError('the section is not one of this assembly');
    this.section = wanted;
    work();
    this.section = current;
  }

  newLabel(name: string): Label {
    return newLabel(name);
  }

  place(label: Label): void {
    label.position = this.section.here();
  }

  constant(expression: Expression): bigint | undefined {
    const value = evaluate(expression, this.reading);
    return value?.base === undefined ? value?.offset : undefined;
  }

  // Statements

  private pushFile(source: string, file: string): void {
    const { statements, problem } = splitStatements(source, file, this.lexical);
    if (problem !== undefined) this.problems.push(problemAt(problem, problem.message));
    this.source.push('file', statements, this.conditionals.depth);
  }

  /** Runs a part of the work; what it finds wrong becomes a problem of the present statement. */
  private attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      this.problems.push(problemAt(this.location, error.message));
    }
  }

  private statement(text: string): void {
    let rest = text;
    for (let label = LABEL.exec(rest); label !== null; label = LABEL.exec(rest)) {
      rest = rest.slice(label[0].length);
      if (this.conditionals.active) this.defineLabel(label);
    }
    const assignment = ASSIGNMENT.exec(rest);
    if (assignment) {
      if (this.conditionals.active) this.assign(assignment[1], assignment[3], assignment[2] === '=');
      return;
    }
    const word = WORD.exec(rest);
    if (word) this.operation(word[1], word[2]);
    else if (rest.trim() !== '' && this.conditionals.active) {
      throw new Mistake(`"${rest.trim()}" is neither instruction nor directive`);
    }
  }

  private defineLabel(match: RegExpExecArray): void {
    const position = this.section.here();
    if (match[1] === undefined) {
      this.symbols.defineLocal(Number(match[2]), position);
      return;
    }
    const label = this.symbols.define(match[1], position);
    this.isa.labelDefined?.(label);
  }

  private assign(name: string, text: string, constant: boolean): void {
    const operands = this.cursor(text);
    const value = operands.expression();
    operands.finish();
    this.setSymbol(name, value, constant);
  }

  /** Gives a symbol the present value of an expression. */
  setSymbol(name: string, value: Expression, constant: boolean): void {
    if (name === '.') throw new Mistake('the location counter is moved with .org, .space or .align');
    const known = this.constant(value);
    this.symbols.set(name, known === undefined ? value : { kind: 'number', value: known }, constant);
  }

  private operation(name: string, text: string): void {
    const lower = name.toLowerCase();
    const conditional = this.directives.conditional.get(lower);
    if (conditional !== undefined) {
      conditional(this, text);
      return;
    }
    if (!this.conditionals.active) return;
    const macro = this.macros.get(lower);
    if (macro !== undefined) {
      const values = macroArguments(macro, text);
      this.expand('macro', macro.body, values, this.location);
      this.expansions++;
      return;
    }
    const textDirective = this.directives.text.get(lower);
    if (textDirective !== undefined) {
      textDirective(this, text);
      return;
    }
    const operands = this.cursor(text);
    const directive = this.directives.ordinary.get(lower);
    if (directive !== undefined) directive(this, operands);
    else if (lower.startsWith('.')) {
      if (!this.isa.directive(lower, operands)) throw new Mistake(`directive ${name} does not exist`);
    } else if (!this.isa.instruction(lower, operands)) {
      throw new Mistake(`there is no instruction or macro "${name}"`);
    }
    operands.finish();
  }

  private markLine(): void {
    this.section.lines.push({ position: this.section.here(), location: this.location });
  }
}
