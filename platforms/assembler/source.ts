import { Mistake } from './problems.js';
import type { Statement } from './lexer.js';

/** Where statements come from: a file, the expansion of a macro, or a repetition. */
interface Frame {
  readonly kind: 'file' | 'macro' | 'repetition';
  readonly statements: readonly Statement[];
  next: number;
  /** Open conditionals when the frame began: `.exitm` goes back to it. */
  readonly conditionals: number;
}

const MAXIMUM_DEPTH = 200;

/** The stack of everything that is being read. */
export class SourceStack {
  private readonly frames: Frame[] = [];

  /** Reads these statements before anything else. */
  push(kind: Frame['kind'], statements: readonly Statement[], conditionals: number): void {
    if (this.frames.length >= MAXIMUM_DEPTH) {
      throw new Mistake(`macros, repetitions and includes are nested more than ${MAXIMUM_DEPTH} deep: they never end`);
    }
    this.frames.push({ kind, statements, next: 0, conditionals });
  }

  /** The next statement, undefined at the end of the source. */
  next(): Statement | undefined {
    for (;;) {
      const frame = this.frames.at(-1);
      if (frame === undefined) return undefined;
      if (frame.next < frame.statements.length) return frame.statements[frame.next++];
      this.frames.pop();
    }
  }

  /**
   * Reads a body up to the statement that closes it, nested ones of the same sort included.
   * @throws Mistake if the file or expansion ends first.
   */
  body(opening: RegExp, closing: RegExp, what: string): Statement[] {
    const frame = this.frames.at(-1);
    const body: Statement[] = [];
    let depth = 1;
    while (frame !== undefined && frame.next < frame.statements.length) {
      const statement = frame.statements[frame.next++];
      if (opening.test(statement.text)) depth++;
      if (closing.test(statement.text) && --depth === 0) return body;
      body.push(statement);
    }
    throw new Mistake(what);
  }

  /**
   * Leaves the innermost macro expansion and returns how many conditionals were open when it began.
   * @throws Mistake outside a macro.
   */
  leaveMacro(): number {
    if (!this.frames.some((frame) => frame.kind === 'macro'))
      throw new Mistake('.exitm is allowed only inside a macro');
    for (;;) {
      const frame = this.frames.pop();
      if (frame?.kind === 'macro') return frame.conditionals;
    }
  }
}
