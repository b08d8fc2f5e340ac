import type { Checked } from '../platforms/platform.js';

/** Exit codes of every command, as `--help` states them. */
export const EXIT = { fine: 0, checkFailed: 1, badInput: 2 } as const;

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();

/**
 * Input that cannot be used: an option, a parameter, a file. Ends the command with exit code 2 and this one line on the
 * error output.
 */
export class BadInput extends Error {
  /**
   * @param place the option, or file and field
   * @param wrong what is wrong there
   * @param remedy what would be right, or where to look
   */
  constructor(place: string, wrong: string, remedy: string) {
    // an empty name is seen
    super(oneLine(`${place || "''"}: ${wrong}; ${remedy}`));
    this.name = 'BadInput';
  }

  /** A problem that already says place, cause and remedy. */
  static of(problem: string): BadInput {
    const failure = new BadInput('', '', '');
    failure.message = oneLine(problem);
    return failure;
  }
}

/**
 * The value of a checked result.
 * @throws BadInput with the result's problem.
 */
export function must<T>(result: Checked<T>): T {
  if (!result.ok) throw BadInput.of(result.problem);
  return result.value;
}

/** The message of whatever was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Why the operating system refused a file, in words: `ENOENT: no such file..., open 'x'` becomes `no such file or directory`. */
export const fileReason = (thrown: unknown): string =>
  messageOf(thrown)
    .replace(/^E[A-Z0-9]+: /, '')
    .replace(/, [a-z]+( '.*')?$/, '');
