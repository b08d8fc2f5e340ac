import type { Command } from 'commander';
import { EXIT } from '../failure.js';
import { choose, compareWithSilicon, entryJson, entryTable, siliconJson, siliconTable } from '../silicon/compare.js';
import { collect, type Context, conventions } from './command.js';
import { printable } from './terminal.js';

interface Options {
  readonly elf?: readonly string[];
  readonly json?: true;
}

async function validateSilicon(options: Options, context: Context): Promise<void> {
  const { terminal, platforms, exit } = context;
  const silicon = context.silicon();
  if (options.elf === undefined) {
    if (options.json === true) for (const entry of silicon) terminal.out(`${entryJson(entry)}\n`);
    else {
      terminal.out(`${entryTable(silicon)}\n`);
      terminal.out(
        'Their code is not part of Bulkhead: build a program that calls the function, then --elf NAME=PATH.\n',
      );
    }
    return;
  }
  const chosen = await choose(options.elf, silicon, platforms);
  const rows = chosen.map(compareWithSilicon);
  if (rows.some((row) => row.simulated === null)) exit(EXIT.checkFailed);
  if (options.json === true) for (const row of rows) terminal.out(`${siliconJson(row)}\n`);
  else terminal.out(printable(siliconTable(rows)));
}

/** `bulkhead validate silicon`: simulated cycles beside those that were published for real chips. */
export function addValidateSilicon(validate: Command, context: Context): void {
  conventions(validate.command('silicon'), 'bulkhead validate silicon', context.terminal, [
    'bulkhead validate silicon',
    'bulkhead validate silicon --elf x25519-cm0=x25519.elf',
  ])
    .description(
      'run programs whose cycles are published for real chips and print simulated and published cycles and the error. The ' +
        'span is the first call of a named function, from the end of the calling instruction to the end of the return. ' +
        'Without --elf: the programs with published figures, their conditions and sources. Exit code 1 if a function is ' +
        'never called or does not return.',
    )
    .option('--elf <NAME=PATH>', 'an ELF file that holds the program NAME and calls it; may be repeated', collect)
    .option('--json', 'one JSON object a line')
    .action((options: Options) => validateSilicon(options, context));
}
