import { assemble } from '../../platforms/assembler/assemble.js';
import { cheri } from '../../platforms/cheri/index.js';
import type { Machine, RegisterValue } from '../../platforms/machine/machine.js';
import { cycles, instructions, physical, virtual } from '../../platforms/machine/units.js';
import { cheriotAssembler } from '../../platforms/riscv/cheriot-assembler.js';
import { type Callable, type Called, CODE, DATA, type Placed } from './run-rv32.js';

/* Runs functions on the CHERIoT model, with the capabilities that a compartment has, and counts their instructions. */

const STACK = { base: 0x60180000, bytes: 8192 };
/** What makes the capabilities, and the table that tells it which. */
const START = 0x60f00000;
const TABLE = 0x60f80000;
const BENCH = 0x10000000;
const FOREVER = cycles(Number.MAX_SAFE_INTEGER);
const ISA = cheriotAssembler();

/** Bytes that cgp reaches when nothing is placed in memory: the buffers of a program. */
const GLOBALS_BYTES = 192;

/** All permissions but store-local: what globals have; all but global: a stack's (research/cheri-cheriot.md sections 1.5, 2.2). */
const GLOBALS_PERMISSIONS = 0x6f;
const STACK_PERMISSIONS = 0x7e;

const ARGUMENTS = 6;

let machine: Machine | undefined;

/** Loads a register with a part of memory, from ct0, which holds all of it; `bytes` is in t2. */
const part = (register: string, base: number, permissions: number): readonly string[] => [
  `li t1, ${base}`,
  `csetaddr ${register}, ct0, t1`,
  `csetbounds ${register}, ${register}, t2`,
  `li t1, ${permissions}`,
  `candperm ${register}, ${register}, t1`,
];

/**
 * Makes the domain from the table (bytes of data; for each argument whether it is a reference, and its value; pairs of a
 * place and the reference to be stored there, as distances from cgp, until -1), calls the function and ends the run.
 */
const setUp = (entry: string): readonly string[] => [
  'start:',
  'cspecialr ct0, mtdc',
  `li t1, ${TABLE}`,
  'csetaddr cs0, ct0, t1',
  `li t2, ${STACK.bytes}`,
  ...part('csp', STACK.base, STACK_PERMISSIONS),
  'cincoffset csp, csp, t2',
  'clw t2, 0(cs0)',
  ...part('cgp', DATA, GLOBALS_PERMISSIONS),
  'cincoffset cs1, cs0, ' + (4 + 8 * ARGUMENTS),
  '1:',
  'clw t0, 0(cs1)',
  'bltz t0, 2f',
  'clw t1, 4(cs1)',
  'cincoffset ct0, cgp, t0',
  'cincoffset ct1, cgp, t1',
  'csc ct1, 0(ct0)',
  'cincoffset cs1, cs1, 8',
  'j 1b',
  '2:',
  ...Array.from({ length: ARGUMENTS }, (_, i) => [
    `clw t0, ${4 + 8 * i}(cs0)`,
    `clw a${i}, ${8 + 8 * i}(cs0)`,
    'beqz t0, 3f',
    `cincoffset ca${i}, cgp, a${i}`,
    '3:',
  ]).flat(),
  // what a caller keeps there are references: their tags must survive
  'cmove cs0, cgp',
  'cmove cs1, csp',
  'ready:',
  'li t2, 0',
  `ccall ${entry}`,
  'returned:',
  'cspecialr ct0, mtdc',
  `li t1, ${BENCH}`,
  'csetaddr ct0, ct0, t1',
  'csw zero, 4(ct0)',
];

/** Registers that a function must leave as they are, tags and all. */
const KEPT = ['csp', 'cgp', 'ctp', 'cs0', 'cs1'];

/** Assembles functions and finds one of them. */
export function assembleFunctions(source: string, entry: string): Callable {
  const lines = ['.section .start, "ax"', ...setUp(entry), '.data', 'globals:', '.text', source];
  const assembled = assemble(lines.join('\n'), {
    file: 'compiled.s',
    isa: ISA,
    sections: { '.text': CODE, '.data': DATA, '.start': START },
  });
  if (!assembled.ok) throw new Error(`${assembled.problems.map((p) => JSON.stringify(p)).join('\n')}\n${source}`);
  const address = assembled.symbols.get(entry);
  if (address === undefined) throw new RangeError(`there is no function ${entry}`);
  const text = assembled.image.segments.find((s) => Number(s.physical) === CODE);
  return { image: assembled.image, address, bytes: text?.data.length ?? 0 };
}

/**
 * Calls a function. An argument that is an address of what is placed in memory is a reference to there, up to its end.
 * @throws Error if the function does not keep the registers that its caller relies on.
 */
export function callFunction(
  { image, address }: Callable,
  given: readonly number[],
  memory: readonly Placed[] = [],
  prepare?: (machine: Machine) => void,
): Called {
  machine ??= cheri.createMachine({ parameters: {}, board: 'bench' });
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(2_000_000));
  machine.load({ ...image, entry: virtual(START) });
  for (const { address: at, bytes } of memory) machine.memory.load(physical(at), bytes);
  machine.memory.load(physical(TABLE), tableOf(given, memory));
  const counted: number[] = [];
  const kept: (readonly RegisterValue[])[] = [];
  const count = (): void => void counted.push(machine!.counters.instructions);
  const note = (): void => void kept.push(machine!.registers().filter(({ name }) => KEPT.includes(name)));
  const at = (place: number, handler: () => void): void =>
    machine!.probes.add(physical(place), () => {
      handler();
      return false;
    });
  const label = (name: string): number => image.symbols.find((s) => s.name === name)!.physical;
  at(label('ready'), note);
  // a probe comes when its instruction has retired; a function may call itself
  at(address, () => {
    if (counted.length === 0) count();
  });
  at(label('returned'), () => {
    note();
    count();
  });
  prepare?.(machine);
  const stop = machine.run(FOREVER);
  const [before, after] = kept.map((registers) => JSON.stringify(registers));
  if (stop.kind === 'exit' && before !== after) throw new Error(`registers are changed: ${before} to ${after}`);
  return {
    stop,
    result: machine.registers().find(({ name }) => name === 'ca0')!.value,
    instructions: counted.length === 2 ? counted[1] - counted[0] : 0,
    machine,
  };
}

function tableOf(given: readonly number[], memory: readonly Placed[]): Uint8Array {
  const end = Math.max(DATA, ...memory.map(({ address, bytes }) => address + bytes.length));
  const isReference = (value: number): boolean => value >= DATA && value < end;
  const words = [end > DATA ? end - DATA : GLOBALS_BYTES];
  for (let i = 0; i < ARGUMENTS; i++) {
    const value = (given[i] ?? 0) >>> 0;
    words.push(...(isReference(value) ? [1, value - DATA] : [0, value]));
  }
  for (const { address, bytes, references = [] } of memory) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (const at of references) words.push(address + at - DATA, view.getUint32(at, true) - DATA);
  }
  return new Uint8Array(Uint32Array.from([...words, -1]).buffer);
}
