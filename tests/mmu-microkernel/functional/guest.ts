import { assemble } from '../../../platforms/assembler/assemble.js';
import type { Image } from '../../../platforms/machine/image.js';
import type { Machine, Stop } from '../../../platforms/machine/machine.js';
import { cycles, hex32, instructions, physical } from '../../../platforms/machine/units.js';
import { mmuMicrokernel } from '../../../platforms/mmu-microkernel/index.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { riscvAssembler } from '../../../platforms/riscv/assembler.js';

/** Where programs are assembled to, and free memory for their data. Both are cached memory. */
export const CODE = 0x60000000;
export const DATA = 0x60100000;
/** The test device of board `bench`; `tp` holds its address when a program starts. */
export const MMIO = 0x40000000;

/** Never reached. */
export const FOREVER = cycles(Number.MAX_SAFE_INTEGER);
const BUDGET = 1_000_000;

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

/** An assembled test program. */
export interface Program {
  readonly image: Image;
  /** Address of a label. */
  address(label: string): number;
}

/** Assembles a test program at `CODE`; other sections by name. */
export function program(source: string, sections: Readonly<Record<string, number>> = {}): Program {
  const assembled = assemble(PRELUDE + source, {
    file: 'test.s',
    isa: ISA,
    sections: { '.text': CODE, ...sections },
  });
  if (!assembled.ok) throw new Error(assembled.problems.map((p) => JSON.stringify(p)).join('\n'));
  const { image, symbols } = assembled;
  return {
    image,
    address(label) {
      const found = symbols.get(label);
      if (found === undefined) throw new RangeError(`the program has no label ${label}`);
      return found;
    },
  };
}

/** The words of a piece of code, as they lie in memory at `CODE`. */
export function encode(source: string): Uint8Array {
  const { segments } = program(source).image;
  return segments[0].data;
}

const machines = new Map<string, Machine>();

/** A machine in reset state. One is built for each set of parameters and file; it is reused. */
export function freshMachine(parameters: ParameterValues = {}): Machine {
  const key = JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)));
  let machine = machines.get(key);
  if (machine === undefined) {
    machine = mmuMicrokernel.createMachine({ parameters, board: 'bench' });
    machines.set(key, machine);
  }
  machine.setTrace(undefined);
  machine.probes.clear();
  machine.setBudget(instructions(BUDGET));
  machine.reset();
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

/** A program that has run. */
export interface Run {
  readonly machine: Machine;
  readonly guest: Program;
  readonly stop: Stop;
  /** What it stored to the output register, unsigned. */
  readonly outputs: readonly number[];
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
export function outputsOf(source: string, options: RunOptions = {}): readonly number[] {
  const { stop, outputs } = run(source, options);
  if (stop.kind !== 'exit') throw new Error(`the program ended with ${JSON.stringify(stop)}`);
  return outputs;
}

/** Value of a register or CSR, unsigned. */
export function register(machine: Machine, name: string): number {
  const found = machine.registers().find((r) => r.name === name);
  if (found === undefined) throw new RangeError(`no register ${name}`);
  return found.value;
}

/** Values of several registers, as text that a failed comparison shows well. */
export const hexOf = (values: Iterable<number>): string[] => [...values].map(hex32);

/**
 * Executes one instruction. One that traps does not retire: the first instruction of its handler is executed as well.
 */
export function step(machine: Machine): Stop {
  machine.setBudget(instructions(machine.counters.instructions + 1));
  return machine.run(FOREVER);
}

/** Little-endian bytes of words. */
export function bytesOf(words: Iterable<number>): Uint8Array {
  return new Uint8Array(Int32Array.from(words, (w) => w | 0).buffer);
}

/** Stores words into memory as a loader does. */
export function poke(machine: Machine, address: number, ...words: readonly number[]): void {
  machine.memory.load(physical(address), bytesOf(words));
}

/** Words in memory, unsigned. */
export function peek(machine: Machine, address: number, count = 1): number[] {
  const { buffer, byteOffset } = machine.memory.dump(physical(address), 4 * count);
  return [...new Uint32Array(buffer, byteOffset, count)];
}

/** A source of the same numbers for the same seed (xorshift, 32 bits); a test's name holds the seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed, 0x9e3779b9) | 1;
  }

  /** Any 32-bit word, unsigned. */
  word(): number {
    let s = this.state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.state = s;
    return Math.imul(s, 0x9e3779b1) >>> 0;
  }

  /** 0 to n - 1. */
  below(n: number): number {
    return Math.floor((this.word() / 2 ** 32) * n);
  }

  /** True once in `n` times. */
  once(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}
