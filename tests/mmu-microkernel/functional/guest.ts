import type { Machine, Stop } from '../../../platforms/machine/machine.js';
import { instructions } from '../../../platforms/machine/units.js';
import { mmuMicrokernel } from '../../../platforms/mmu-microkernel/index.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { riscvAssembler } from '../../../platforms/riscv/assembler.js';
import {
  assembleGuest,
  FOREVER,
  machinesOf,
  outputsAfterExit,
  type Program,
  registerOf,
  type Run,
} from '../../guest.js';

export * from '../../guest.js';

/** Where programs are assembled to, and free memory for their data. Both are cached memory. */
export const CODE = 0x60000000;
export const DATA = 0x60100000;
/** The test device of board `bench`; `tp` holds its address when a program starts. */
export const MMIO = 0x40000000;

const ISA = riscvAssembler();

/** What every test program may use. `out` appends a register to the outputs, `exit` ends the run. */
const PRELUDE = `
.macro out reg
  sw \\reg, 0(tp)
.endm
.macro outcsr csr
  csrr t6, \\csr
  sw t6, 0(tp)
.endm
.macro exit
  sw zero, 4(tp)
.endm
.macro settle         # longer than an interrupt needs to arrive
  .rept 24
  nop
  .endr
.endm
`;

/** Assembles a test program at `CODE`; other sections by name. */
export const program = (source: string, sections: Readonly<Record<string, number>> = {}): Program =>
  assembleGuest(PRELUDE + source, ISA, { '.text': CODE, ...sections });

/** The words of a piece of code, as they lie in memory at `CODE`. */
export function encode(source: string): Uint8Array {
  const { segments } = program(source).image;
  return segments[0].data;
}

const machines = machinesOf(mmuMicrokernel);

/** A machine in reset state. */
export function freshMachine(parameters: ParameterValues = {}): Machine {
  const machine = machines(parameters);
  machine.setRegister('tp', MMIO);
  return machine;
}

/** How to run a program. */
export interface RunOptions {
  readonly parameters?: ParameterValues;
  readonly sections?: Readonly<Record<string, number>>;
  /** Called when the program is in memory, before it runs. */
  readonly prepare?: (machine: Machine, guest: Program) => void;
}

/** Runs a program to its end, whatever that is. */
export function run(source: string, options: RunOptions = {}): Run {
  const guest = program(source, options.sections);
  const machine = freshMachine(options.parameters);
  machine.load(guest.image);
  options.prepare?.(machine, guest);
  const stop = machine.run(FOREVER);
  return { machine, guest, stop, outputs: machine.bench!.outputs };
}

/** Runs a program that must end by `exit`. @returns its outputs. */
export const outputsOf = (source: string, options: RunOptions = {}): readonly number[] =>
  outputsAfterExit(run(source, options));

/** Value of a register or CSR, unsigned. */
export const register = (machine: Machine, name: string): number => registerOf(machine, name).value;

/**
 * Executes one instruction. One that traps does not retire: the first instruction of its handler is executed as well.
 */
export function step(machine: Machine): Stop {
  machine.setBudget(instructions(machine.counters.instructions + 1));
  return machine.run(FOREVER);
}
