import { assemble } from '../../platforms/assembler/assemble.js';
import { cheri } from '../../platforms/cheri/index.js';
import type { Machine, RegisterValue, Stop } from '../../platforms/machine/machine.js';
import { cycles, instructions, physical, virtual } from '../../platforms/machine/units.js';
import { cheriotAssembler } from '../../platforms/riscv/cheriot-assembler.js';

/* Runs functions in one domain on the CHERIoT model, with the capabilities that a compartment has, and counts instructions. */

const CODE = 0x60000000;
export const DATA = 0x60100000;
const STACK = { base: 0x60180000, bytes: 8192 };
const START = 0x60f00000;
const BENCH = 0x10000000;
const FOREVER = cycles(Number.MAX_SAFE_INTEGER);
const ISA = cheriotAssembler();

/** All permissions but store-local: what globals have; all but global: a stack's (research/cheri-cheriot.md sections 1.5, 2.2). */
const GLOBALS_PERMISSIONS = 0x6f;
const STACK_PERMISSIONS = 0x7e;

let machine: Machine | undefined;

/** A word, or a reference to everything from an address of the data to its end. */
export type Argument = { readonly word: number } | { readonly reference: number };

/** Functions to call, and what is there before. */
export interface CheriotProgram {
  /** Assembly of functions, and of `.data` from `DATA`. */
  readonly source: string;
  readonly entry: string;
  readonly given: readonly Argument[];
  /** Bytes of data, also of what is `memory`. */
  readonly dataBytes: number;
  readonly memory?: Uint8Array;
  /** Bytes of `memory` that hold addresses in it: references are stored there. */
  readonly references?: readonly number[];
}

/** What a call did. */
export interface CheriotCall {
  readonly stop: Stop;
  /** a0, unsigned. */
  readonly result: number;
  /** Instructions from the first of the function to its return. */
  readonly instructions: number;
  /** Bytes of code. */
  readonly bytes: number;
  readonly machine: Machine;
  /** Symbols by name. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** Loads a register with a part of memory, from t0, which holds all of it. */
const part = (register: string, base: number, bytes: number, permissions: number): readonly string[] => [
  `li t1, ${base}`,
  `csetaddr ${register}, ct0, t1`,
  `li t1, ${bytes}`,
  `csetbounds ${register}, ${register}, t1`,
  `li t1, ${permissions}`,
  `candperm ${register}, ${register}, t1`,
];

/** Code that makes the domain, calls the function and ends the run. */
function setUp({ entry, given, dataBytes, memory = new Uint8Array(), references = [] }: CheriotProgram): string {
  const view = new DataView(memory.buffer, memory.byteOffset);
  const from = (register: string, address: number): readonly string[] => [
    `li t1, ${address - DATA}`,
    `cincoffset ${register}, cgp, t1`,
  ];
  const lines = [
    'cspecialr ct0, mtdc',
    ...part('csp', STACK.base, STACK.bytes, STACK_PERMISSIONS),
    `li t1, ${STACK.bytes}`,
    'cincoffset csp, csp, t1',
    ...part('cgp', DATA, dataBytes, GLOBALS_PERMISSIONS),
    // what a caller keeps there are references: their tags must survive
    'cmove cs0, cgp',
    'cmove cs1, csp',
    ...references.flatMap((at) => [
      ...from('ct2', view.getUint32(at, true)),
      ...from('ct1', DATA + at),
      'csc ct2, 0(ct1)',
    ]),
    ...given.flatMap((argument, i) =>
      'word' in argument ? [`li a${i}, ${argument.word | 0}`] : from(`ca${i}`, argument.reference),
    ),
    'ready:',
    'li t0, 0',
    `ccall ${entry}`,
    'returned:',
    'cspecialr ct0, mtdc',
    `li t1, ${BENCH}`,
    'csetaddr ct0, ct0, t1',
    'csw zero, 4(ct0)',
  ];
  return `.section .start, "ax"\nstart:\n${lines.map((l) => `  ${l}`).join('\n')}\n.text\n`;
}

/** Registers that a function must leave as they are, tags and all. */
const KEPT = ['csp', 'cgp', 'ctp', 'cs0', 'cs1'];

/**
 * Calls a function. `prepare` may set probes.
 * @throws Error if the function does not assemble, or does not keep the registers that its caller relies on.
 */
export function callCheriot(
  program: CheriotProgram,
  prepare?: (machine: Machine, symbols: ReadonlyMap<string, number>) => void,
): CheriotCall {
  const assembled = assemble(setUp(program) + program.source, {
    file: 'compiled.s',
    isa: ISA,
    sections: { '.text': CODE, '.data': DATA, '.start': START },
  });
  if (!assembled.ok)
    throw new Error(`${assembled.problems.map((p) => JSON.stringify(p)).join('\n')}\n${program.source}`);
  const { image, symbols } = assembled;
  machine ??= cheri.createMachine({ parameters: {}, board: 'bench' });
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(2_000_000));
  machine.load({ ...image, entry: virtual(START) });
  if (program.memory !== undefined) machine.memory.load(physical(DATA), program.memory);
  let entered: number | undefined;
  let returned = 0;
  const kept: (readonly RegisterValue[])[] = [];
  const at = (label: string, handler: (counted: number) => void): void =>
    machine!.probes.add(physical(symbols.get(label)!), () => {
      handler(machine!.counters.instructions);
      return false;
    });
  const note = (): void => {
    kept.push(machine!.registers().filter(({ name }) => KEPT.includes(name)));
  };
  at('ready', note);
  at(program.entry, (counted) => (entered ??= counted));
  at('returned', (counted) => {
    note();
    returned = counted;
  });
  prepare?.(machine, symbols);
  const stop = machine.run(FOREVER);
  const [before, after] = kept.map((registers) => JSON.stringify(registers));
  if (stop.kind === 'exit' && before !== after) throw new Error(`registers are changed: ${before} to ${after}`);
  return {
    stop,
    result: machine.registers().find(({ name }) => name === 'ca0')!.value,
    instructions: returned - (entered ?? returned),
    bytes: image.segments.find((s) => Number(s.physical) === CODE)?.data.length ?? 0,
    machine,
    symbols,
  };
}
