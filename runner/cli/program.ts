import { Command } from 'commander';
import { type Workload, WORKLOADS } from '../../workloads/index.js';
import { BenchmarkFailed } from '../bench/host-speed.js';
import { BadInput, EXIT, messageOf } from '../failure.js';
import { BUILT_IN, type KnownPlatform } from '../platforms.js';
import { type SiliconEntry, siliconEntries } from '../silicon/entries.js';
import { version } from '../version.js';
import { addBench } from './bench.js';
import { type Context, conventions, Displayed } from './command.js';
import { addExec } from './exec.js';
import { addCompare } from './compare.js';
import { addMerge } from './merge.js';
import { addReproduce } from './reproduce.js';
import { addSweep } from './sweep.js';
import { addList } from './list.js';
import { addReport } from './report.js';
import { addShow } from './show.js';
import { addRun } from './run.js';
import { printable, type Terminal } from './terminal.js';
import { addValidate } from './validate.js';

/**
 * Runs the command line.
 * @param args the arguments after the command's name
 * @returns the exit code.
 */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  platforms: readonly KnownPlatform[] = BUILT_IN,
  silicon?: readonly SiliconEntry[],
  workloads: readonly Workload[] = WORKLOADS,
): Promise<number> {
  let code: number = EXIT.fine;
  const context: Context = {
    terminal,
    platforms,
    workloads,
    silicon: () => silicon ?? siliconEntries(),
    exit: (c) => (code = c),
  };
  const program = conventions(new Command('bulkhead'), 'bulkhead', terminal, [
    'bulkhead run',
    'bulkhead list',
    'bulkhead report results/run-1',
    'bulkhead reproduce',
    'bulkhead validate cores --summary',
    'bulkhead validate silicon',
    'bulkhead exec program.elf --platform mmu-microkernel --from start --to done',
    'bulkhead bench',
    'bulkhead validate cores --help',
  ])
    .description(
      'Comparative benchmark suite for isolation kernels: MPU, MMU and CHERI, in guest cycles held to hardware.',
    )
    .version(version(), '--version', 'print the version');
  addRun(program, context);
  addList(program, context);
  addShow(program, context);
  addCompare(program, context);
  addSweep(program, context);
  addMerge(program, context);
  addReport(program, context);
  addReproduce(program, context);
  addValidate(program, context);
  addExec(program, context);
  addBench(program, context);
  if (args.length === 0) {
    program.outputHelp();
    return code;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof Displayed) return EXIT.fine;
    terminal.err(`bulkhead: ${printable(failureLine(thrown))}\n`);
    if (process.env['BULKHEAD_DEBUG'] !== undefined) throw thrown;
    return thrown instanceof BadInput ? EXIT.badInput : EXIT.checkFailed;
  }
}

/** What went wrong as place, cause and remedy in one line. */
function failureLine(thrown: unknown): string {
  const text = messageOf(thrown).replace(/\s*\n\s*/g, ' ');
  if (thrown instanceof BadInput) return text.replace(/^bulkhead(?=:)/, 'arguments').replace(/^bulkhead /, '');
  if (thrown instanceof BenchmarkFailed) return `bench: ${text}; the benchmark must end with code 0`;
  return `internal error: ${text}; this is a defect of Bulkhead, BULKHEAD_DEBUG=1 shows where`;
}
