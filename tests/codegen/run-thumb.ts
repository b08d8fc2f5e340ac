import { assemble } from '../../platforms/assembler/assemble.js';
import type { Image, Segment } from '../../platforms/machine/image.js';
import type { Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions, physical, virtual } from '../../platforms/machine/units.js';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import { thumbAssembler } from '../../platforms/thumb/assembler.js';
import type { Architecture } from '../../platforms/thumb/table.js';
import { type Callable, type Called, DATA, type Placed } from './run-rv32.js';

/* Runs functions on the Cortex-M models and counts their instructions. Data is where it is on RV32, in external RAM. */

export const CODE = 0x8000;
const STACK_TOP = 0x20008000;
/** Where a function returns to: an instruction that ends the run. */
const RETURN = 0x1000;
const RETURN_CODE = Uint8Array.from([0x00, 0xbf]); // nop
const FOREVER = cycles(Number.MAX_SAFE_INTEGER);

/** Cores that code is compiled for. */
export const CORES = { m0plus: 'armv6-m', m4: 'armv7e-m' } as const satisfies Record<string, Architecture>;
export type Core = keyof typeof CORES;

const machines = new Map<Core, Machine>();

/** Registers that a function must leave as they are, with what they hold before the call. */
const KEPT: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 8 }, (_, i) => [`r${i + 4}`, 0x11110000 + 257 * i] as const),
);

const segment = (start: number, data: Uint8Array): Segment => ({
  physical: physical(start),
  data,
  bytes: data.length,
  writable: false,
  executable: true,
});

/** Assembles functions and finds one of them. */
export function assembleFunctions(core: Core, source: string, entry: string, data = DATA): Callable {
  const assembled = assemble(`.syntax unified\n.text\n${source}`, {
    file: 'compiled.s',
    isa: thumbAssembler({ architecture: CORES[core] }),
    sections: { '.text': CODE, '.data': data },
  });
  if (!assembled.ok) throw new Error(`${assembled.problems.map((p) => JSON.stringify(p)).join('\n')}\n${source}`);
  const address = assembled.symbols.get(entry);
  if (address === undefined) throw new RangeError(`there is no function ${entry}`);
  const text = assembled.image.segments.find((s) => Number(s.physical) === CODE);
  return { image: assembled.image, address: address & ~1, bytes: text?.data.length ?? 0 };
}

/**
 * Calls a function with words as arguments, with bytes placed in memory before. `prepare` may set probes. A run that comes
 * back ends as with exit code 0.
 * @throws Error if it does not keep the registers that its caller relies on.
 */
export function callFunction(
  core: Core,
  { image, address }: Callable,
  given: readonly number[],
  memory: readonly Placed[] = [],
  prepare?: (machine: Machine) => void,
): Called {
  let machine = machines.get(core);
  if (machine === undefined) {
    const ram = [
      { start: 0, bytes: 1 << 20 },
      { start: 0x20000000, bytes: 1 << 16 },
      { start: DATA, bytes: 1 << 20 },
    ];
    machine = mpuRtos.createMachine({ parameters: { core }, board: 'mps2', ram });
    machines.set(core, machine);
  }
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(2_000_000));
  machine.load(withVectors(image, address));
  for (const { address: at, bytes } of memory) machine.memory.load(physical(at), bytes);
  for (const [name, value] of KEPT) machine.setRegister(name, value);
  given.forEach((value, i) => machine.setRegister(`r${i}`, value >>> 0));
  machine.setRegister('lr', RETURN | 1);
  let returned = false;
  machine.probes.add(physical(RETURN), () => (returned = true));
  prepare?.(machine);
  const stop = machine.run(FOREVER);
  const registers = new Map(machine.registers().map(({ name, value }) => [name, value]));
  if (returned) {
    for (const [name, value] of [...KEPT, ['sp', STACK_TOP] as const]) {
      if (registers.get(name) !== value) throw new Error(`${name} is changed to ${registers.get(name)?.toString(16)}`);
    }
  }
  return {
    stop: returned ? { kind: 'exit', code: 0 } : stop,
    result: registers.get('r0')!,
    instructions: machine.counters.instructions - 1,
    machine,
  };
}

/** The image with a vector table that starts a function, and the place where that returns to. */
function withVectors(image: Image, address: number): Image {
  const vectors = new Uint8Array(Uint32Array.of(STACK_TOP, address | 1).buffer);
  return {
    ...image,
    entry: virtual(address),
    segments: [segment(0, vectors), segment(RETURN, RETURN_CODE), ...image.segments],
  };
}
