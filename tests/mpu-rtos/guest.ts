import type { Machine, TraceEvent } from '../../platforms/machine/machine.js';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { thumbAssembler } from '../../platforms/thumb/assembler.js';
import {
  assembleGuest,
  FOREVER,
  machinesOf,
  outputsAfterExit,
  peek,
  type Program,
  registerOf,
  type Run,
} from '../guest.js';

export * from '../guest.js';

/** Free memory for data, and the top of the main stack. */
export const DATA = 0x20000000;
export const STACK = 0x20004000;

/** Registers of the system control space by name. */
export const EQUATES = `
.equ SHCSR, 0xe000ed24
.equ CFSR, 0xe000ed28
.equ HFSR, 0xe000ed2c
.equ BFAR, 0xe000ed38
.equ SHPR3, 0xe000ed20
.equ ICSR, 0xe000ed04
.equ CCR, 0xe000ed14
.equ SYST, 0xe000e010
.equ MPU, 0xe000ed90
`;

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
 * A vector table for the handlers that the source has; the others point to `stuck`. `out` stores a register to the list of
 * results that r7 walks along, `out_word` the word at an address, `out_stacked_pc` the return address in the frame of a handler,
 * `exit` ends the run by semihosting. `systick_from_r1` starts SysTick with the reload value in r1. They use r0 and r1.
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
.macro out_word address
  ldr r0, =\\address
  ldr r1, [r0]
  out r1
.endm
.macro out_stacked_pc
  ldr r1, [sp, #24]
  out r1
.endm
.macro systick_from_r1 control
  ldr r0, =0xe000e010
  str r1, [r0, #4]
  movs r1, #0
  str r1, [r0, #8]
  movs r1, #\\control
  str r1, [r0]
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

const ARCHITECTURE = { m0plus: 'armv6-m', m3: 'armv7-m', m4: 'armv7e-m', m33: 'armv8-m.main+dsp' } as const;
export type CoreName = keyof typeof ARCHITECTURE;
export const CORES = Object.keys(ARCHITECTURE) as CoreName[];

/** Assembles a test program at address 0. It begins at `start`, with r7 at `DATA`. */
export const program = (source: string, core: CoreName = 'm4'): Program =>
  assembleGuest(`${prelude(source)}\n${source}\n.pool\n`, thumbAssembler({ architecture: ARCHITECTURE[core] }), {
    '.text': 0,
  });

/** A machine in reset state. */
export const freshMachine = machinesOf(mpuRtos);

/** How to run a program. */
export interface RunOptions {
  readonly core?: CoreName;
  readonly parameters?: ParameterValues;
  /** Called when the program is in memory, before it runs. */
  readonly prepare?: (machine: Machine, guest: Program) => void;
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
export const outputsOf = (source: string, options: RunOptions = {}): readonly number[] =>
  outputsAfterExit(run(source, options));

/** Value of a register, unsigned. */
export const register = (machine: Machine, name: string): number => registerOf(machine, name).value;

/** Every event of a run, copied. */
export function trace(machine: Machine): TraceEvent[] {
  const events: TraceEvent[] = [];
  machine.setTrace((event) => events.push({ ...event }));
  return events;
}
