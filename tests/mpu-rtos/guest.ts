import { assemble } from '../../platforms/assembler/assemble.js';
import type { Image } from '../../platforms/machine/image.js';
import type { Machine, Stop, TraceEvent } from '../../platforms/machine/machine.js';
import { cycles, hex32, instructions, physical } from '../../platforms/machine/units.js';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { thumbAssembler } from '../../platforms/thumb/assembler.js';

/** Never reached. */
export const FOREVER = cycles(Number.MAX_SAFE_INTEGER);
const BUDGET = 1_000_000;

/** Free memory for data, and the top of the main stack. */
export const DATA = 0x20000000;
export const STACK = 0x20004000;

/** Handlers that a vector table may name, in the order of the exception numbers from NMI. */
const HANDLERS = [
  'nmi',
  'hardfault',
  'memmanage',
  'busfault',
  'usagefault',
  '',
  '',
  '',
  '',
  'svcall',
  '',
  '',
  'pendsv',
  'systick',
  'irq0',
  'irq1',
] as const;

/**
 * A vector table for the handlers that the source has; the others point to \`stuck\`. \`out\` stores a register to the list of
 * results that r8 walks along, \`exit\` ends the run by semihosting.
 */
function prelude(source: string): string {
  const has = (label: string): boolean => label !== '' && new RegExp(`^${label}:`, 'm').test(source);
  const vectors = HANDLERS.map((label) => `.word ${has(label) ? `${label} + 1` : 'stuck + 1'}`).join('\n');
  return `
.syntax unified
.thumb
.macro out reg
  str \\reg, [r7]
  adds r7, r7, #4
.endm
.macro exit
  movs r0, #0x18
  ldr r1, =0x20026
  bkpt 0xab
.endm
.word ${STACK}, start + 1
${vectors}
stuck:
  movs r0, #0x18
  movs r1, #0
  bkpt 0xab
.pool
`;
}

/** An assembled test program. */
export interface Program {
  readonly image: Image;
  /** Address of a label. */
  address(label: string): number;
}

const ARCHITECTURE = { m0plus: 'armv6-m', m3: 'armv7-m', m4: 'armv7e-m', m33: 'armv8-m.main+dsp' } as const;
export type CoreName = keyof typeof ARCHITECTURE;
export const CORES = Object.keys(ARCHITECTURE) as CoreName[];

/** Assembles a test program at address 0. It begins at `start`, with r7 at `DATA`. */
export function program(source: string, core: CoreName = 'm4'): Program {
  const isa = thumbAssembler({ architecture: ARCHITECTURE[core] });
  const assembled = assemble(`${prelude(source)}\n${source}\n.pool\n`, {
    file: 'test.s',
    isa,
    sections: { '.text': 0 },
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

const machines = new Map<string, Machine>();

/** A machine in reset state. One is built for each set of parameters; it is reused. */
export function freshMachine(parameters: ParameterValues = {}): Machine {
  const key = JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)));
  let machine = machines.get(key);
  if (machine === undefined) {
    machine = mpuRtos.createMachine({ parameters, board: 'mps2' });
    machines.set(key, machine);
  }
  machine.setTrace(undefined);
  machine.probes.clear();
  machine.setBudget(instructions(BUDGET));
  machine.reset();
  return machine;
}

/** How to run a program. */
export interface RunOptions {
  readonly core?: CoreName;
  readonly parameters?: ParameterValues;
  /** Called when the program is in memory, before it runs. */
  readonly prepare?: (machine: Machine, guest: Program) => void;
}

/** A program that has run. */
export interface Run {
  readonly machine: Machine;
  readonly guest: Program;
  readonly stop: Stop;
  /** The words it stored with \`out\`, unsigned. */
  readonly outputs: readonly number[];
}

/** Puts a program into a machine, ready to run. */
export function load(source: string, options: RunOptions = {}): { machine: Machine; guest: Program } {
  const core = options.core ?? 'm4';
  const guest = program(source, core);
  const machine = freshMachine({ core, ...options.parameters });
  machine.load(guest.image);
  machine.setRegister('r7', DATA);
  options.prepare?.(machine, guest);
  return { machine, guest };
}

/** Runs a program to its end, whatever that is. */
export function run(source: string, options: RunOptions = {}): Run {
  const { machine, guest } = load(source, options);
  const stop = machine.run(FOREVER);
  const count = Math.min(64, Math.max(0, (register(machine, 'r7') - DATA) >> 2));
  return { machine, guest, stop, outputs: peek(machine, DATA, count) };
}

/** Runs a program that must end by `exit`. @returns its outputs. */
export function outputsOf(source: string, options: RunOptions = {}): readonly number[] {
  const { stop, outputs } = run(source, options);
  if (stop.kind !== 'exit' || stop.code !== 0) throw new Error(`the program ended with ${JSON.stringify(stop)}`);
  return outputs;
}

/** Value of a register, unsigned. */
export function register(machine: Machine, name: string): number {
  const found = machine.registers().find((r) => r.name === name);
  if (found === undefined) throw new RangeError(`no register ${name}`);
  return found.value;
}

/** Values as text that a failed comparison shows well. */
export const hexOf = (values: Iterable<number>): string[] => [...values].map(hex32);

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

/** Every event of a run, copied. */
export function trace(machine: Machine): TraceEvent[] {
  const events: TraceEvent[] = [];
  machine.setTrace((event) => events.push({ ...event }));
  return events;
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

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}
