import { assemble } from '../../platforms/assembler/assemble.js';
import type { Machine, Stop } from '../../platforms/machine/machine.js';
import { cycles, instructions, physical } from '../../platforms/machine/units.js';
import { mmuMicrokernel } from '../../platforms/mmu-microkernel/index.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { riscvAssembler } from '../../platforms/riscv/assembler.js';

/** Where programs are assembled to. */
export const CODE = 0x60000000;
/** Memory for a test's own data. */
export const DATA = 0x60200000;
/** The bench device. */
export const DEVICE = 0x40000000;

/** Assembler text that ends a run with exit code 0; uses t0. */
export const EXIT = `
  lui   t0, 0x40000
  sw    zero, 4(t0)
1: j    1b
`;

/** CSRs of the core that the standard does not name. */
const CUSTOM_CSRS = new Map([
  ['mmask', 0xbc0],
  ['mpending', 0xfc0],
  ['smask', 0x9c0],
  ['spending', 0xdc0],
  ['dcacheinfo', 0xcc0],
]);

/** Words to be in memory before the program starts, by address. */
export type Words = Readonly<Record<number, readonly number[]>>;

export interface RunOptions {
  readonly parameters?: ParameterValues;
  readonly memory?: Words;
  /** Instructions; a program that needs more is stuck. */
  readonly budget?: number;
}

/** A finished run. */
export interface Result {
  readonly stop: Stop;
  /** What was stored to the bench device, in order. */
  readonly outputs: readonly number[];
  readonly machine: Machine;
  /** Labels and numeric symbols of the program. */
  symbol(name: string): number;
  /** A general register, unsigned. */
  register(name: string): number;
  /** Words of memory, unsigned. */
  words(address: number, count: number): number[];
}

const machines = new Map<string, Machine>();

/** One machine per parameter set and process: they are slow to build. */
function machineFor(parameters: ParameterValues): Machine {
  const key = JSON.stringify(Object.entries(parameters).sort());
  let machine = machines.get(key);
  if (machine === undefined) {
    machine = mmuMicrokernel.createMachine({ board: 'bench', parameters });
    machines.set(key, machine);
  }
  return machine;
}

/** Assembles a program at `CODE` and runs it to its end on a machine that has just been reset. */
export function run(source: string, { parameters = {}, memory = {}, budget = 100_000 }: RunOptions = {}): Result {
  const assembled = assemble(source, {
    file: 'guest.s',
    isa: riscvAssembler({ csrs: CUSTOM_CSRS }),
    sections: { '.text': CODE },
  });
  if (!assembled.ok) throw new Error(assembled.problems.map((p) => `${p.line}: ${p.message}`).join('\n') + source);
  const machine = machineFor(parameters);
  machine.reset();
  machine.load(assembled.image);
  for (const [address, words] of Object.entries(memory)) {
    machine.memory.load(physical(Number(address)), bytesOf(words));
  }
  machine.setBudget(instructions(budget));
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  return {
    stop,
    outputs: machine.bench?.outputs.slice() ?? [],
    machine,
    symbol(name) {
      const value = assembled.symbols.get(name);
      if (value === undefined) throw new Error(`the program has no symbol ${name}`);
      return value >>> 0;
    },
    register(name) {
      const found = machine.registers().find((r) => r.name === name);
      if (found === undefined) throw new Error(`no register ${name}`);
      return found.value;
    },
    words(address, count) {
      const view = new DataView(machine.memory.dump(physical(address), count * 4).buffer);
      return Array.from({ length: count }, (_, i) => view.getUint32(i * 4, true));
    },
  };
}

/** Runs a program that is to exit by itself and gives what it stored to the device. */
export function outputs(source: string, options: RunOptions = {}): readonly number[] {
  const result = run(source, options);
  if (result.stop.kind !== 'exit') throw new Error(`the guest did not exit: ${JSON.stringify(result.stop)}`);
  return result.outputs;
}

/** A program of straight-line code that stores registers to the device and exits. */
export function values(code: string, registers: readonly string[], options: RunOptions = {}): readonly number[] {
  const stores = registers.map((r) => `  sw ${r}, 0(gp)\n`).join('');
  return outputs(`_start:\n${code}\n  lui gp, 0x40000\n${stores}${EXIT}`, options);
}

export function bytesOf(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(i * 4, word >>> 0, true));
  return bytes;
}

/** PTE bits. */
export const PTE = { V: 1, R: 2, W: 4, X: 8, U: 16, G: 32, A: 64, D: 128 } as const;

/** Page-table entry for physical address `address`. */
export const pte = (address: number, bits: number): number => (((address >>> 12) << 10) | bits) >>> 0;

/** Root page table of `PAGING`. */
export const ROOT = 0x60100000;
/** Level-0 table of the virtual addresses from `TEST`. */
export const LEAVES = 0x60101000;
/** 4 MiB of virtual addresses that `LEAVES` maps; nothing is mapped to begin with. */
export const TEST = 0x80000000;
/** U-mode sees the 4 MiB from `CODE` here. */
export const USER_CODE = 0x00400000;

const { V, R, W, X, U, A, D } = PTE;
/** Address of the root entry of a virtual address. */
export const rootEntry = (virtual: number, root = ROOT): number => root + (virtual >>> 22) * 4;
/** Address of the level-0 entry in `LEAVES` of an address from `TEST`. */
export const leafEntry = (virtual: number): number => LEAVES + ((virtual >>> 12) & 0x3ff) * 4;

/** The entries of a root table: identity for supervisor code and device, code for U-mode, `leaves` from `TEST`. */
export const rootTable = (root = ROOT, leaves = LEAVES): Words => ({
  [rootEntry(CODE, root)]: [pte(CODE, V | R | W | X | A | D)],
  [rootEntry(DEVICE, root)]: [pte(DEVICE, V | R | W | A | D)],
  [rootEntry(USER_CODE, root)]: [pte(CODE, V | R | W | X | U | A | D)],
  [rootEntry(TEST, root)]: [pte(leaves, V)],
});

/** Memory and `satp` with translation on. */
export const PAGING: Words = rootTable();
export const SATP = (0x80000000 | (ROOT >>> 12)) >>> 0;
