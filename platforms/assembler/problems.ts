/** Where a statement was written. A statement that a macro produced also knows the statement that called the macro. */
export interface Location {
  readonly file: string;
  readonly line: number;
  /** Text of the statement. */
  readonly text: string;
  readonly calledFrom?: Location;
}

/** One mistake in a source: where, and one line that says what is wrong and what would be right. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  /** Text of the statement, after expansion of macro arguments. */
  readonly text: string;
  readonly message: string;
}

/**
 * Thrown while one statement is assembled and turned into a `Problem` at its end; assembly goes on with the next
 * statement. It never leaves `assemble`.
 */
export class Mistake extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Mistake';
  }
}

/** A problem at a location; for code from macros the message names the outermost call. */
export function problemAt(location: Location, message: string): Problem {
  let outermost = location;
  while (outermost.calledFrom !== undefined) outermost = outermost.calledFrom;
  const call = outermost === location ? '' : ` (expanded from ${outermost.file}:${outermost.line})`;
  return { file: location.file, line: location.line, text: location.text.trim(), message: message + call };
}
