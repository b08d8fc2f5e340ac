import { SymbolTable } from '../../platforms/machine/symbols.js';
import type { Image } from '../../platforms/machine/image.js';
import type { Counters, Machine, RegisterValue, Stop } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import type { ParameterValues, Platform, RamRange } from '../../platforms/platform.js';
import { BadInput } from '../failure.js';
import { findPlace } from './load.js';
import { PassageRecorder, type Passages } from './passages.js';
import { traced } from './trace-file.js';

/** One program on one bare machine. */
export interface ExecRequest {
  readonly platform: Platform;
  readonly parameters: ParameterValues;
  readonly board: string;
  readonly image: Image;
  /** The program's name, for messages. */
  readonly file: string;
  readonly ram?: readonly RamRange[] | undefined;
  /** Where the core's vector table is, on platforms that start from one. */
  readonly vectors?: number | undefined;
  /** Symbols or addresses between which passages are measured; both or none. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly maxInstructions?: number | undefined;
  /** File for a line per retired instruction and trap. */
  readonly trace?: string | undefined;
}

/** How a program ended. */
export interface ExecResult {
  readonly end: Stop;
  readonly console: string;
  readonly counters: Counters;
  /** The registers that explain it, if the core cannot go on. */
  readonly registers?: readonly RegisterValue[];
  readonly passages?: Passages;
}

/** Cycles between which a signal can end the run: about a tenth of a second of host time, with a trace and without. */
const SLICE = { traced: 100_000, plain: 20_000_000 };

/** Gives signal handlers a turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function build({ platform, parameters, board, ram, vectors, image, file }: ExecRequest): Machine {
  let machine: Machine;
  try {
    machine = platform.createMachine({
      parameters,
      board,
      ...(ram === undefined ? {} : { ram }),
      ...(vectors === undefined ? {} : { resetVector: vectors }),
    });
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    const options = ['--set', '--board', ...(vectors === undefined ? [] : ['--vectors'])].join(', ');
    throw new BadInput(`platform ${platform.id}`, thrown.message, `correct ${options} or --ram`);
  }
  try {
    machine.reset();
    machine.load(image);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new BadInput(file, thrown.message, 'link it for the memory of the board, or give --ram START:SIZE');
  }
  return machine;
}

/** @param check may end the run between two slices by throwing */
async function runToEnd(machine: Machine, slice: number, check?: () => void): Promise<Stop> {
  for (;;) {
    const stop = machine.run(cycles(machine.counters.cycles + slice));
    check?.();
    if (stop.kind !== 'limit' && stop.kind !== 'probe') return stop;
    await breathe();
  }
}

/** Runs a machine to its end while every retired instruction and trap goes to a file. */
async function runTraced(path: string, machine: Machine, platform: Platform, symbols: SymbolTable): Promise<Stop> {
  const names = {
    place: (pc: number, space: number): string => symbols.labelVirtual(pc, space) || symbols.labelVirtual(pc),
    disassemble: (word: number, pc: number): string => platform.disassemble(word, pc),
  };
  const interrupted = (): never => process.exit(130);
  // in front of the file, which goes when the process exits
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    return await traced(path, (trace) => {
      machine.setTrace((event) => trace.write(event, names));
      return runToEnd(machine, SLICE.traced, () => trace.check());
    });
  } finally {
    machine.setTrace(undefined);
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

/**
 * Runs a program from reset to its end.
 * @throws BadInput if the program does not fit the machine, a symbol is unknown or the trace cannot be written.
 * @throws LedgerMismatch if a passage's cycles do not add up: a defect of the model.
 */
export async function execute(request: ExecRequest): Promise<ExecResult> {
  const { image, from, to, maxInstructions, trace } = request;
  const symbols = new SymbolTable(image);
  const ends =
    from === undefined || to === undefined
      ? undefined
      : { from: findPlace('--from', from, image, symbols), to: findPlace('--to', to, image, symbols) };
  const machine = build(request);
  machine.setToHost(symbols.find('tohost')?.physical);
  if (maxInstructions !== undefined) machine.setBudget(instructions(maxInstructions));
  const recorder = ends === undefined ? undefined : new PassageRecorder(machine, ends.from, ends.to);
  const end = await (trace === undefined
    ? runToEnd(machine, SLICE.plain)
    : runTraced(trace, machine, request.platform, symbols));
  return {
    end,
    console: machine.console,
    counters: machine.counters,
    ...(end.kind === 'wedged' ? { registers: machine.registers() } : {}),
    ...(recorder === undefined ? {} : { passages: recorder.read() }),
  };
}
