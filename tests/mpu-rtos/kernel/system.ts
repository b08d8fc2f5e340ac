import type { Machine, Stop } from '../../../platforms/machine/machine.js';
import { cycles, instructions } from '../../../platforms/machine/units.js';
import { CMRX_BOARD } from '../../../platforms/mpu-rtos/devices/board.js';
import { mpuRtos } from '../../../platforms/mpu-rtos/index.js';
import {
  type InterruptSource,
  type LinkedSystem,
  linkSystem,
  type ProcessSource,
  type ThreadSource,
} from '../../../platforms/mpu-rtos/kernel/link.js';
import { kernelConfig, type KernelCore } from '../../../platforms/mpu-rtos/kernel/parameters.js';
import type { ParameterValues } from '../../../platforms/platform.js';

export const CORES: readonly KernelCore[] = ['m0plus', 'm3', 'm4', 'm33'];
export const FOREVER = cycles(Number.MAX_SAFE_INTEGER);
/** True if tests that take long are wanted (`BULKHEAD_LONG=1`). */
export const LONG = process.env.BULKHEAD_LONG === '1';
/** The cores of a test: these, or all of them with `BULKHEAD_LONG=1`. Between them the files run every mechanism on every architecture. */
export const coresOf = (...some: readonly KernelCore[]): readonly KernelCore[] => (LONG ? CORES : some);
const BUDGET = 2_000_000;

/** What every test program may use. `out` appends a register to the outputs, `put` a number, `exit` ends the run; all use r6 and r7. */
const PRELUDE = `
.equ BENCH, ${CMRX_BOARD.bench}
.equ INTERRUPTS, ${CMRX_BOARD.interrupts}
.macro out reg
  ldr r7, =BENCH
  str \\reg, [r7]
.endm
.macro put number
  ldr r6, =\\number
  out r6
.endm
.macro exit
  ldr r7, =BENCH
  movs r6, #0
  str r6, [r7, #4]
.endm
.macro rpc object, method     @ words in r0 to r3, result in r0; uses r6, r7
  sub sp, #16
  ldr r7, =\\object
  str r7, [sp, #0]
  ldr r7, =\\method
  str r7, [sp, #4]
  ldr r7, =RPC_CANARY
  str r7, [sp, #8]
  bl rpc_call
  add sp, #16
.endm
.macro fill value             @ r4 to r11
  ldr r4, =\\value
  adds r5, r4, #1
  adds r6, r4, #2
  mov r8, r4
  mov r9, r5
  mov r10, r6
  adds r7, r4, #3
  mov r11, r7
.endm
`;

const machines = new Map<string, Machine>();

/** A machine in reset state, reused for each set of hardware parameters. */
export function freshMachine(parameters: ParameterValues): Machine {
  const key = JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)));
  let machine = machines.get(key);
  if (machine === undefined) {
    machine = mpuRtos.createMachine({ parameters, board: 'cmrx' });
    machines.set(key, machine);
  }
  machine.setTrace(undefined);
  machine.probes.clear();
  machine.reset();
  return machine;
}

/** A process of a test; it may use both devices unless it says otherwise. */
export type TestProcess = Omit<ProcessSource, 'name'>;

/** A thread as `process.label`, with its priority. */
export type TestThread = readonly [entry: string, priority: number, data?: number];

/** A system of a test. */
export interface TestSystem {
  readonly processes: Readonly<Record<string, string | TestProcess>>;
  readonly threads: readonly TestThread[];
  readonly interrupts?: readonly InterruptSource[];
  readonly timers?: boolean;
}

/** How to run a system. */
export interface Options {
  readonly core?: KernelCore;
  readonly kernel?: ParameterValues;
  readonly hardware?: ParameterValues;
  /** Instructions after which the run ends. */
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

const DEVICES = [
  { start: CMRX_BOARD.bench, bytes: CMRX_BOARD.deviceBytes },
  { start: CMRX_BOARD.interrupts, bytes: CMRX_BOARD.deviceBytes },
];

export function link({ processes, threads, interrupts, timers }: TestSystem, kernel: ParameterValues): LinkedSystem {
  return linkSystem(kernelConfig(kernel), {
    processes: Object.entries(processes).map(([name, process]): ProcessSource => {
      const source = typeof process === 'string' ? { program: process } : process;
      return { name, mmio: DEVICES, ...source, program: `${PRELUDE}\n.text\n${source.program}\n.text\n.pool\n` };
    }),
    threads: threads.map(([place, priority, data = 0]): ThreadSource => {
      const [process, ...entry] = place.split('.');
      return { process, entry: entry.join('.'), priority, data };
    }),
    ...(interrupts === undefined ? {} : { interrupts }),
    ...(timers === undefined ? {} : { timers }),
  });
}

/** Runs a system to the end of the run, whatever that is. */
export function run(source: TestSystem, options: Options = {}): Ran {
  const { core = 'm4', kernel, hardware, prepare, budget } = options;
  const system = link(source, { core, ...kernel });
  const machine = freshMachine({ core, ...hardware });
  machine.load(system.image);
  prepare?.(machine, system);
  machine.setBudget(instructions(budget ?? BUDGET));
  const stop = machine.run(FOREVER);
  return { machine, system, stop, outputs: machine.bench!.outputs };
}

/** Runs a system that must end by `exit`. @returns its outputs. */
export function outputsOf(source: TestSystem, options: Options = {}): readonly number[] {
  const { stop, outputs, machine } = run(source, options);
  if (stop.kind === 'exit') return outputs;
  throw new Error(
    `the run ended with ${JSON.stringify(stop)} at 0x${machine.pc.toString(16)}, outputs ${outputs.join()}`,
  );
}
