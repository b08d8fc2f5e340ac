import type { Command, CommanderError } from 'commander';
import type { Workload } from '../../workloads/index.js';
import { BadInput } from '../failure.js';
import type { KnownPlatform } from '../platforms.js';
import type { SiliconEntry } from '../silicon/entries.js';
import type { Terminal } from './terminal.js';

/** What every command is given. */
export interface Context {
  readonly terminal: Terminal;
  /** Platforms known by id. */
  readonly platforms: readonly KnownPlatform[];
  /** The workloads of the suite. */
  readonly workloads: readonly Workload[];
  /** Programs with published cycles. */
  readonly silicon: () => readonly SiliconEntry[];
  /** Sets the exit code of the process. */
  readonly exit: (code: number) => void;
}

const EXIT_CODES = 'Exit codes: 0 fine, 1 a check failed, 2 bad input (one line on the error output says what).';

/** Turns commander's complaint into one line with place, cause and remedy. */
export function asBadInput(path: string, error: CommanderError): BadInput {
  if (error.code === 'commander.help') {
    return new BadInput(path, 'a command must follow', `see '${path} --help'`);
  }
  const lines = error.message.replace(/^error: /, '').split('\n');
  const near = /^\(Did you mean (.*)\?\)$/.exec(lines[1] ?? '')?.[1];
  return new BadInput(
    path,
    lines[0].replace(/\.$/, ''),
    near === undefined ? `see '${path} --help'` : `did you mean ${near}?`,
  );
}

const helpOrVersion = new Set(['commander.helpDisplayed', 'commander.version']);

/** Thrown instead of ending the process when help or the version has been printed. */
export class Displayed extends Error {}

/** Gives a command the conventions of Bulkhead: bad input is thrown as `BadInput`, help shows examples and exit codes. */
export function conventions(command: Command, path: string, terminal: Terminal, examples: readonly string[]): Command {
  const help = ['', ...(examples.length > 0 ? ['Examples:', ...examples.map((e) => `  ${e}`), ''] : []), EXIT_CODES];
  return command
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: () => undefined,
      outputError: () => undefined,
    })
    .exitOverride((error) => {
      throw helpOrVersion.has(error.code) ? new Displayed() : asBadInput(path, error);
    })
    .addHelpText('after', help.join('\n'));
}

/** For options that may be given several times. */
export const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

/** Adds the option that names platforms. */
export const addPlatforms = (command: Command): Command =>
  command.option('--platform <ID>', 'only this platform: id, path of a module, or package; may be repeated', collect);

/** Reads a number option. @throws BadInput naming the option if the text is no number of the range. */
export function numberOption(
  option: string,
  minimum: number,
  maximum: number,
  integer: boolean,
): (text: string) => number {
  return (text) => {
    const value = /^(\d+\.?\d*(e[+-]?\d+)?|\.\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : NaN;
    if (value >= minimum && value <= maximum && (!integer || Number.isInteger(value))) return value;
    const range = Number.isFinite(maximum) ? `from ${minimum} to ${maximum}` : `of at least ${minimum}`;
    throw new BadInput(
      `${option} ${text}`,
      'not a number it can take',
      `give ${integer ? 'an integer' : 'a number'} ${range}`,
    );
  };
}
