import { expect } from 'vitest';
import { rtosBoard } from '../../../platforms/cheri/devices/board.js';
import { CheriotMachine } from '../../../platforms/cheri/hardware/machine.js';
import { coreConfig } from '../../../platforms/cheri/hardware/parameters.js';
import { linkSystem, type LinkedSystem } from '../../../platforms/cheri/kernel/link.js';
import { kernelConfig } from '../../../platforms/cheri/kernel/parameters.js';
import type { Compartment, System, Thread } from '../../../platforms/cheri/kernel/system.js';
import type { Stop } from '../../../platforms/machine/machine.js';
import { cycles, instructions } from '../../../platforms/machine/units.js';
import type { ParameterValues } from '../../../platforms/platform.js';

/** Far more than any guest here needs. */
const BUDGET = 4_000_000;
const FOREVER = cycles(Number.MAX_SAFE_INTEGER);

/** Parts of a system; what is missing is empty. */
export const system = (parts: Partial<System>): System => ({
  compartments: [],
  libraries: [],
  threads: [],
  objects: [],
  quotas: [],
  ...parts,
});

/** A thread with room for everything. */
export const thread = (compartment: string, entry: string, more: Partial<Thread> = {}): Thread => ({
  name: `${compartment}.${entry}`,
  compartment,
  entry,
  priority: 1,
  stackBytes: 1024,
  trustedFrames: 4,
  ...more,
});

/** A compartment with the test device: `report reg` appends a register to the outcome, `exit` ends the run. */
export const compartment = (name: string, program: string, more: Partial<Compartment> = {}): Compartment => ({
  name,
  program: `${MACROS}\n${program}`,
  exports: [],
  ...more,
  imports: [{ kind: 'device', name: 'bench', device: 'bench' }, ...(more.imports ?? [])],
});

const MACROS = `
.macro report reg
  load_import ct2, bench
  csw \\reg, 0(ct2)
.endm
.macro exit
  load_import ct2, bench
  csw zero, 4(ct2)
.endm
`;

/** A machine whose memory can be looked at word by word. */
export class WalkedMachine extends CheriotMachine {
  /** A word of RAM, unsigned. */
  word(address: number): number {
    return this.memory.read(address, 4, 0)! >>> 0;
  }
}

const machines = new Map<string, WalkedMachine>();

/** A machine with the kernel's board; one for each set of parameters. */
export function freshMachine(parameters: ParameterValues = {}): WalkedMachine {
  const key = JSON.stringify(parameters);
  let machine = machines.get(key);
  if (machine === undefined) {
    machine = new WalkedMachine(coreConfig(parameters), rtosBoard({ parameters, board: 'rtos' }));
    machines.set(key, machine);
  }
  machine.setTrace(undefined);
  machine.probes.clear();
  machine.setBudget(instructions(BUDGET));
  machine.reset();
  return machine;
}

/** A system that has run. */
export interface Run {
  readonly machine: WalkedMachine;
  readonly linked: LinkedSystem;
  readonly stop: Stop;
  readonly reports: readonly number[];
}

/** Links a system and runs it to its end. @param watch is called before the run. */
export function run(
  parts: Partial<System>,
  options: {
    readonly kernel?: ParameterValues;
    readonly hardware?: ParameterValues;
    readonly watch?: (machine: WalkedMachine, linked: LinkedSystem) => void;
  } = {},
): Run {
  const linked = linkSystem(kernelConfig(options.kernel ?? {}), system(parts));
  const machine = freshMachine(options.hardware);
  machine.load(linked.image);
  options.watch?.(machine, linked);
  const stop = machine.run(FOREVER);
  return { machine, linked, stop, reports: machine.bench!.outputs };
}

/** `timeout n`: ca0 = a timeout of n ticks at 0(csp), of the thread's own stack. */
export const TIMEOUT_MACRO = `
.macro timeout ticks=0x100000
  csw zero, 0(csp)
  li t0, \\ticks
  csw t0, 4(csp)
  cincoffset ca0, csp, 0
  csetbounds ca0, ca0, 8
.endm
`;

/** Runs a system; what `look` sees at each of the marks, in order of their passing. The run must end well. */
export function seenAt<T>(
  parts: Partial<System>,
  marks: readonly string[],
  look: (machine: WalkedMachine) => T,
): { readonly seen: readonly T[]; readonly reports: readonly number[] } {
  const seen: T[] = [];
  const { stop, reports } = run(parts, {
    watch: (machine, { symbol }) => {
      for (const mark of marks) {
        machine.probes.add(symbol(mark).physical, () => {
          seen.push(look(machine));
          return false;
        });
      }
    },
  });
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  return { seen, reports };
}
