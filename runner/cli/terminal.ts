/** Where a command writes. Commands get it as an argument, so that a test can read what they print. */
export interface Terminal {
  /** Writes results. */
  out(text: string): void;
  /** Writes the one line of bad input, and notes that must not mix with results. */
  err(text: string): void;
  /** Shows a line that the next one replaces; an empty one takes it away. Absent where nobody watches. */
  progress?(text: string): void;
  /** Colours may be used: the output is a terminal and NO_COLOR is not set. */
  readonly color: boolean;
}

/** Removes what a terminal would interpret in a guest's or a file's text: control characters except tab and newline. */
export const printable = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');

/** Text in bold, where colours may be used. */
export const bold = (terminal: Terminal, text: string): string =>
  terminal.color ? `\u001b[1m${text}\u001b[22m` : text;

/** Text in red, where colours may be used. */
export const red = (terminal: Terminal, text: string): string =>
  terminal.color ? `\u001b[31m${text}\u001b[39m` : text;

/** The process's own output. A reader that goes away (`bulkhead ... | head`) ends the process quietly. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
  const { NO_COLOR: noColor } = process.env;
  const width = (): number => (process.stderr.columns || 80) - 1;
  return {
    ...(process.stderr.isTTY
      ? { progress: (text) => void process.stderr.write(`\r\u001b[K${text.slice(0, width())}`) }
      : {}),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    color: process.stdout.isTTY === true && (noColor === undefined || noColor === ''),
  };
}
