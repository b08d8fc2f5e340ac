import { type Command, Option } from 'commander';
import { markdownTable } from 'markdown-table';
import type { RegisterValue } from '../../platforms/machine/machine.js';
import { hex32 } from '../../platforms/machine/units.js';
import type { Platform } from '../../platforms/platform.js';
import { readAddress, readProgram, readRam } from '../exec/load.js';
import { type Passages, passageTable } from '../exec/passages.js';
import { execute, type ExecResult } from '../exec/run.js';
import { BadInput, EXIT, must } from '../failure.js';
import { readSettings } from '../parameters.js';
import { findPlatform } from '../platforms.js';
import { describeStop } from '../stop.js';
import { suggestion } from '../suggest.js';
import { collect, type Context, conventions, numberOption } from './command.js';
import { printable, type Terminal } from './terminal.js';

interface Options {
  readonly platform: string;
  readonly set?: readonly string[];
  readonly board?: string;
  readonly format: 'elf' | 'flat';
  readonly load?: number;
  readonly entry?: number;
  readonly vectors?: number;
  readonly ram?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly maxInstructions?: number;
  readonly trace?: string;
  readonly json?: true;
}

function chooseBoard({ id, boards }: Platform, name: string | undefined): string {
  if (name === undefined) return boards[0];
  if (boards.includes(name)) return name;
  throw new BadInput(`--board ${name}`, `platform ${id} has no such board`, suggestion(name, boards));
}

/** @throws BadInput if the program is to start in a way that the platform's core does not. */
function checkStart({ id, startsFromVectors }: Platform, { entry, vectors }: Options): void {
  if (startsFromVectors === true && entry !== undefined) {
    throw new BadInput('--entry', `platform ${id} starts with what its vector table says`, 'give --vectors ADDR');
  }
  if (startsFromVectors !== true && vectors !== undefined) {
    throw new BadInput(
      '--vectors',
      `platform ${id} starts at an address, not from a vector table`,
      'give --entry ADDR',
    );
  }
}

/** Registers as text, four a line; of a capability the metadata word and the tag, too. */
function registerLines(registers: readonly RegisterValue[]): string {
  const show = ({ name, value, metadata, tag }: RegisterValue): string => {
    const rest = metadata === undefined ? '' : `:${hex32(metadata)}${tag === true ? '' : ' untagged'}`;
    return `${name.padEnd(10)} ${hex32(value)}${rest}`.padEnd(24);
  };
  const lines: string[] = [];
  for (let i = 0; i < registers.length; i += 4)
    lines.push(
      registers
        .slice(i, i + 4)
        .map(show)
        .join(' ')
        .trimEnd(),
    );
  return `${lines.join('\n')}\n`;
}

function printPassages(
  terminal: Terminal,
  { passages, notListed, unmatchedFrom, unmatchedTo }: Passages,
  options: Options,
): void {
  const total = passages.length + notListed;
  terminal.out(`\n${total} ${total === 1 ? 'passage' : 'passages'} from ${options.from} to ${options.to}`);
  terminal.out(`; unmatched: ${unmatchedFrom} from, ${unmatchedTo} to\n`);
  if (passages.length === 0) return;
  const [header, ...lines] = passageTable(passages);
  terminal.out(`\n${markdownTable([header, ...lines], { align: header.map(() => 'r') })}\n`);
  if (notListed > 0) terminal.out(`\n${notListed} more passages are not listed.\n`);
}

function print(terminal: Terminal, result: ExecResult, options: Options): void {
  const { end, console: output, counters, registers, passages } = result;
  if (output !== '') terminal.out(printable(output) + (output.endsWith('\n') ? '' : '\n'));
  const facts: [string, string | number][] = [
    ['end', describeStop(end)],
    ['code', end.kind === 'exit' ? end.code : '-'],
    ['cycles', counters.cycles],
    ['instructions', counters.instructions],
    ['traps', counters.traps],
  ];
  for (const [name, value] of facts) terminal.out(`${name.padEnd(14)}${value}\n`);
  if (options.trace !== undefined) terminal.out(`${'trace'.padEnd(14)}${options.trace}\n`);
  if (registers !== undefined) terminal.out(`\n${registerLines(registers)}`);
  if (passages !== undefined) printPassages(terminal, passages, options);
}

/** The result as one JSON object. */
function toJson(file: string, platform: Platform, result: ExecResult): string {
  const { end, console: output, counters, registers, passages } = result;
  return JSON.stringify({
    file,
    platform: platform.id,
    modelVersion: platform.modelVersion,
    end: { ...end, text: describeStop(end) },
    code: end.kind === 'exit' ? end.code : null,
    ...counters,
    console: output,
    registers,
    ...passages,
  });
}

async function exec(file: string, options: Options, { terminal, platforms, exit }: Context): Promise<void> {
  if ((options.from === undefined) !== (options.to === undefined)) {
    const missing = options.from === undefined ? '--from' : '--to';
    throw new BadInput('exec', `${missing} is missing`, 'a passage needs both --from NAME and --to NAME');
  }
  const platform = must(await findPlatform(options.platform, platforms));
  const parameters = must(readSettings(platform, options.set ?? []));
  const board = chooseBoard(platform, options.board);
  const ram = options.ram?.map(readRam);
  checkStart(platform, options);
  const image = readProgram(file, options, platform);
  const { vectors, from, to, maxInstructions, trace } = options;
  const request = { platform, parameters, board, image, file, ram, vectors, from, to, maxInstructions, trace };
  const result = await execute(request);
  if (result.end.kind !== 'exit' || result.end.code !== 0) exit(EXIT.checkFailed);
  if (options.json === true) terminal.out(`${toJson(file, platform, result)}\n`);
  else print(terminal, result, options);
}

/** `bulkhead exec`: runs any program on a bare modelled machine. */
export function addExec(program: Command, context: Context): void {
  conventions(program.command('exec'), 'bulkhead exec', context.terminal, [
    'bulkhead exec program.elf --platform mmu-microkernel',
    'bulkhead exec program.elf --platform mmu-microkernel --set mmu-microkernel.memoryLatency=4 --json',
    'bulkhead exec kernel.elf --platform mmu-microkernel --from trap_entry --to trap_return --trace kernel.trace',
    'bulkhead exec code.bin --platform mmu-microkernel --format flat --load 0x60000000',
  ])
    .description(
      'run a program on a bare machine and print its console output, why it ended, its code, cycles and instructions. It ends by ' +
        'the exit device or semihosting, by a store to the symbol tohost (1 = pass, else the failure number is value >> 1), ' +
        'or when the budget of instructions is used up. With --from and --to: instructions, cycles, traps, protection operations and ' +
        'the cycle ledger of every passage between two places. Exit code 1 if the guest does not end with code 0.',
    )
    .argument('<FILE>', 'the program')
    .requiredOption('--platform <ID>', 'platform: id, path of a module, or package')
    .option('--set <platform.name=value>', 'set a parameter of the platform; may be repeated', collect)
    .option('--board <NAME>', "board; default: the platform's first")
    .addOption(new Option('--format <FORMAT>', 'format of the file').choices(['elf', 'flat']).default('elf'))
    .option('--load <ADDR>', 'where a flat file goes', (text) => readAddress('--load', text))
    .option('--entry <ADDR>', "start here; default: the ELF file's entry, a flat file's first byte", (text) =>
      readAddress('--entry', text),
    )
    .option(
      '--vectors <ADDR>',
      'where the vector table is, if not at the lowest loaded address (cores that start from one)',
      (text) => readAddress('--vectors', text),
    )
    .option('--ram <START:SIZE>', "RAM instead of the board's; sizes may end in K, M, G; may be repeated", collect)
    .option('--from <NAME>', 'passages start when the instruction at this symbol or physical address retires')
    .option('--to <NAME>', 'passages end when the instruction at this symbol or physical address retires')
    .option(
      '--max-instructions <N>',
      'budget; default 1000000000',
      numberOption('--max-instructions', 1, Number.MAX_SAFE_INTEGER, true),
    )
    .option('--trace <FILE>', 'write a line for every retired instruction and trap')
    .option('--json', 'one JSON object')
    .action((file: string, options: Options) => exec(file, options, context));
}
