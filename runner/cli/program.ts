import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Platform } from '../../platforms/platform.js';
import { BadInput, EXIT } from '../failure.js';
import { BUILT_IN } from '../platforms.js';
import { type Context, conventions, Displayed } from './command.js';
import { printable, type Terminal } from './terminal.js';
import { addValidate } from './validate.js';

/** The version in package.json; this file is dist/runner/cli/program.js. */
function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/**
 * Runs the command line.
 * @param args the arguments after the command's name
 * @returns the exit code.
 */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  platforms: readonly Platform[] = BUILT_IN,
): Promise<number> {
  let code: number = EXIT.fine;
  const context: Context = { terminal, platforms, exit: (c) => (code = c) };
  const program = conventions(new Command('bulkhead'), 'bulkhead', terminal, [
    'bulkhead validate cores --summary',
    'bulkhead validate cores --help',
  ])
    .description(
      'Comparative benchmark suite for isolation kernels: MPU, MMU and CHERI, in guest cycles held to hardware.',
    )
    .version(version(), '--version', 'print the version');
  addValidate(program, context);
  if (args.length === 0) {
    program.outputHelp();
    return code;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof Displayed) return EXIT.fine;
    if (!(thrown instanceof BadInput)) throw thrown;
    terminal.err(
      `bulkhead: ${printable(thrown.message.replace(/^bulkhead(?=:)/, 'arguments').replace(/^bulkhead /, ''))}\n`,
    );
    return EXIT.badInput;
  }
}
