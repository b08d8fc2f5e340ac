import type { Machine, Stop } from '../../../platforms/machine/machine.js';
import { instructions } from '../../../platforms/machine/units.js';
import { XOUS_BOARD } from '../../../platforms/mmu-microkernel/devices/board.js';
import { mmuMicrokernel } from '../../../platforms/mmu-microkernel/index.js';
import { type LinkedSystem, linkSystem } from '../../../platforms/mmu-microkernel/kernel/link.js';
import { kernelConfig } from '../../../platforms/mmu-microkernel/kernel/parameters.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { FOREVER, machinesOf } from '../../guest.js';

export { FOREVER };

/** Where every test program sees the test device, the timer and the interrupt lines. */
export const BENCH = 0xa0000000;
export const TIMER = 0xa0001000;
export const LINES = 0xa0002000;
export const DEVICES = [
  { virtual: BENCH, physical: XOUS_BOARD.bench },
  { virtual: TIMER, physical: XOUS_BOARD.timer },
  { virtual: LINES, physical: XOUS_BOARD.interrupts },
];

/** True if tests that take long are wanted (`BULKHEAD_LONG=1`). */
export const LONG = process.env.BULKHEAD_LONG === '1';

const BUDGET = 5_000_000;
/** Enough for a program that does something for ever to be seen doing it. */
export const FOR_EVER = 200_000;

/** What every test program may use. `out` appends a register to the outputs, `exit` ends the run; both use t6. */
const PRELUDE = `
.equ BENCH, ${BENCH}
.equ TIMER, ${TIMER}
.equ LINES, ${LINES}
.macro out reg
  li t6, BENCH
  sw \\reg, 0(t6)
.endm
.macro put number
  li t5, \\number
  out t5
.endm
.macro exit
  li t6, BENCH
  sw zero, 4(t6)
.endm
.macro kcall number        # a1 to a7 are set
  li a0, \\number
  ecall
.endm
.macro sid first           # the name of a server
  li a1, \\first
  li a2, 2
  li a3, 3
  li a4, 4
.endm
.macro server first        # creates it; its CID in a5
  sid \\first
  kcall CALL_CREATE_SERVER
.endm
.macro connect first       # waits until it is there; CID in a1
8: sid \\first
  kcall CALL_CONNECT
  li t6, TAG_CONNECTION
  beq a0, t6, 9f
  kcall CALL_YIELD
  j 8b
9:
.endm
.macro thread entry, stack # begins there with a4 to a7, on 1 KiB of stack
  la a1, \\entry
  la a2, \\stack
  li a3, 1024
  kcall CALL_CREATE_THREAD
.endm
.macro idle                # does nothing for ever, but lets others run
7: kcall CALL_YIELD
  j 7b
.endm
.macro receive first
  sid \\first
  kcall CALL_RECEIVE
.endm
`;

const freshMachine = machinesOf(mmuMicrokernel);

/** How to run a system. */
export interface Options {
  /** Kernel parameters. */
  readonly kernel?: ParameterValues;
  readonly hardware?: ParameterValues;
  /** Instructions after which the run ends; less than usual where a program is expected to run for ever. */
  readonly budget?: number;
  /** Called when the system is in memory, before it runs. */
  readonly prepare?: (machine: Machine, system: LinkedSystem) => void;
}

/** A system that has run. */
export interface Ran {
  readonly machine: Machine;
  readonly system: LinkedSystem;
  readonly stop: Stop;
  /** What its programs stored to the output register, unsigned. */
  readonly outputs: readonly number[];
}

/** Links programs by name with the kernel. */
export function link(programs: Readonly<Record<string, string>>, kernel: ParameterValues = {}): LinkedSystem {
  const sources = Object.entries(programs).map(([name, text]) => ({
    name,
    program: `${PRELUDE}\n${text}`,
    devices: DEVICES,
  }));
  return linkSystem(kernelConfig(kernel), sources);
}

/** Runs programs to the end of the run, whatever that is. */
export function run(programs: Readonly<Record<string, string>>, options: Options = {}): Ran {
  const system = link(programs, { ...options.hardware, ...options.kernel });
  const machine = freshMachine(options.hardware, 'xous');
  machine.load(system.image);
  options.prepare?.(machine, system);
  machine.setBudget(instructions(options.budget ?? BUDGET));
  const stop = machine.run(FOREVER);
  return { machine, system, stop, outputs: machine.bench!.outputs };
}

/** Runs programs that must end by `exit`. @returns their outputs. */
export function outputsOf(programs: Readonly<Record<string, string>>, options: Options = {}): readonly number[] {
  const { stop, outputs, machine } = run(programs, options);
  if (stop.kind === 'exit') return outputs;
  throw new Error(
    `the run ended with ${JSON.stringify(stop)} at 0x${machine.pc.toString(16)}, outputs ${outputs.join()}`,
  );
}

/** Outputs of a system of one program that does no more than `body` and exits. */
export const one = (body: string): readonly number[] => outputsOf({ one: `_start: ${body}\n exit` });

/** Results in a0 (`TAG_OK`, `TAG_ERROR`, `TAG_MESSAGE`). */
export const OK = 0;
export const ERROR = 1;
export const MESSAGE = 9;

/** Maps `bytes` of a device, or of memory (`physical` 0), at `address`; all are operands. */
export const map = (physical: string, address: string, bytes: string, rights = 'RIGHT_READ | RIGHT_WRITE'): string => `
  li a1, ${physical}
  li a2, ${address}
  li a3, ${bytes}
  li a4, ${rights}
  kcall CALL_MAP_MEMORY
`;
/** Unmaps them. */
export const unmap = (address: string, bytes: string): string =>
  `li a1, ${address}\n li a2, ${bytes}\n kcall CALL_UNMAP_MEMORY\n`;

/** Connects to server 7; its CID in s0. */
export const CONNECT = 'connect 7\n mv s0, a1\n';

/** Sends words a4 to a7 of a kind over CID s0. */
export const send = (kind: string, words: readonly number[], call = 'CALL_SEND', id = 77): string => `
  mv a1, s0
  li a2, ${kind}
  li a3, ${id}
  ${words.map((w, i) => `li a${4 + i}, ${w}`).join('\n')}
  kcall ${call}
`;
