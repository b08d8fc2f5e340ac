import { assemble } from '../../platforms/assembler/assemble.js';
import type { Image } from '../../platforms/machine/image.js';
import type { Machine, Stop } from '../../platforms/machine/machine.js';
import { cycles, instructions, physical, virtual } from '../../platforms/machine/units.js';
import { mmuMicrokernel } from '../../platforms/mmu-microkernel/index.js';
import { riscvAssembler } from '../../platforms/riscv/assembler.js';

/* Runs functions in M-mode on the VexRiscv model and counts their instructions. */

export const CODE = 0x60000000;
export const DATA = 0x60100000;
const STACK_TOP = 0x60180000;
const BENCH = 0x40000000;
/** Where a function returns to: one instruction that ends the run. */
const RETURN = 0x60fff000;
const RETURN_CODE = Uint8Array.from([0x23, 0x22, 0x02, 0x00]); // sw zero, 4(tp)
const FOREVER = cycles(Number.MAX_SAFE_INTEGER);
const ISA = riscvAssembler();

let machine: Machine | undefined;

/** A function in memory, ready to be called. */
export interface Callable {
  readonly image: Image;
  readonly address: number;
  /** Bytes of code, of every function in the image. */
  readonly bytes: number;
}

/** Assembles functions and finds one of them. */
export function assembleFunctions(source: string, entry: string, data = DATA): Callable {
  const assembled = assemble(source, {
    file: 'compiled.s',
    isa: ISA,
    sections: { '.text': CODE, '.data': data },
  });
  if (!assembled.ok) throw new Error(`${assembled.problems.map((p) => JSON.stringify(p)).join('\n')}\n${source}`);
  const address = assembled.symbols.get(entry);
  if (address === undefined) throw new RangeError(`there is no function ${entry}`);
  const text = assembled.image.segments.find((s) => Number(s.physical) === CODE);
  return { image: assembled.image, address, bytes: text?.data.length ?? 0 };
}

/** Bytes in memory before a call. */
export interface Placed {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Those of them, by their distance from the first, that hold a reference to a place in `bytes`, as an address. */
  readonly references?: readonly number[];
}

/** What a call did. */
export interface Called {
  readonly stop: Stop;
  /** a0, unsigned. */
  readonly result: number;
  /** Instructions from the first of the function to its return. */
  readonly instructions: number;
  readonly machine: Machine;
}

/** Registers that a function must leave as they are, with what they hold before the call. */
export const KEPT: ReadonlyMap<string, number> = new Map(
  ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 'gp'].map((name, i) => [
    name,
    0x11110000 + 257 * i,
  ]),
);

/**
 * Calls a function with words as arguments, with bytes placed in memory before. `prepare` may set probes.
 * @throws Error if it does not keep the registers that its caller relies on.
 */
export function callFunction(
  { image, address }: Callable,
  given: readonly number[],
  memory: readonly Placed[] = [],
  prepare?: (machine: Machine) => void,
): Called {
  machine ??= mmuMicrokernel.createMachine({ parameters: {}, board: 'bench' });
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(2_000_000));
  machine.load({ ...image, entry: virtual(address) });
  machine.memory.load(physical(RETURN), RETURN_CODE);
  for (const { address: at, bytes } of memory) machine.memory.load(physical(at), bytes);
  for (const [name, value] of KEPT) machine.setRegister(name, value);
  given.forEach((value, i) => machine!.setRegister(`a${i}`, value >>> 0));
  machine.setRegister('ra', RETURN);
  machine.setRegister('sp', STACK_TOP);
  machine.setRegister('tp', BENCH);
  prepare?.(machine);
  const stop = machine.run(FOREVER);
  const registers = new Map(machine.registers().map(({ name, value }) => [name, value]));
  if (stop.kind === 'exit') {
    for (const [name, value] of [...KEPT, ['sp', STACK_TOP] as const]) {
      if (registers.get(name) !== value) throw new Error(`${name} is changed to ${registers.get(name)?.toString(16)}`);
    }
  }
  return {
    stop,
    result: registers.get('a0')!,
    instructions: machine.counters.instructions - 1,
    machine,
  };
}

/** Bytes in memory. */
export const readMemory = (from: Machine, address: number, bytes: number): Uint8Array =>
  Uint8Array.from(from.memory.dump(physical(address), bytes));
