import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cheriotAbi } from '../../platforms/cheri/codegen/abi.js';
import type { Machine, Stop } from '../../platforms/machine/machine.js';
import { physical } from '../../platforms/machine/units.js';
import { ILP32, registerNumber, type RiscvAbi } from '../../platforms/riscv/codegen/abi.js';
import { compileFunctions } from '../../platforms/riscv/codegen/compile.js';
import { markSymbol } from '../../workloads/language/backend/emit.js';
import { interpret, newBuffer } from '../../workloads/language/ir/interpret.js';
import { lowerFunction } from '../../workloads/language/ir/lower.js';
import type { FunctionDefinition } from '../../workloads/language/program.js';
import { NO_OPERATIONS } from './quality.js';
import { BUFFER_BYTES, BUFFERS, randomProgram, REFERENCES } from './random-programs.js';
import { callCheriot } from './run-cheriot.js';
import { assembleFunctions, callFunction, readMemory } from './run-rv32.js';

/* Random programs: what the interpreter of the unoptimised intermediate form says is what compiled code does. */

const RUNS = process.env['BULKHEAD_LONG'] === '1' ? 20_000 : 50;
const BUDGET = 200_000;

/** What a program leaves behind. */
interface Outcome {
  readonly result: number;
  readonly memory: readonly (readonly number[])[];
  /** Marks in the order they were passed. */
  readonly marks: readonly string[];
}

function interpreted(functions: readonly FunctionDefinition[], given: readonly number[]): Outcome | undefined {
  const buffers = [...BUFFERS, REFERENCES].map((name) => newBuffer(name, BUFFER_BYTES));
  const marks: string[] = [];
  const outcome = interpret(
    {
      functions: new Map(functions.map((f) => [f.name, lowerFunction(f)])),
      buffers: new Map(buffers.map((b) => [b.name, b])),
      operation: () => [],
      mark: (name) => marks.push(name),
      budget: BUDGET,
    },
    'main',
    given,
  );
  if (outcome.kind === 'budget') return undefined;
  if (outcome.kind !== 'returned') throw new Error(`the interpreter ends with ${JSON.stringify(outcome)}`);
  const memory = buffers.slice(0, BUFFERS.length).map(({ bytes }) => [...bytes]);
  return { result: outcome.values[0] as number, memory, marks };
}

/** Compiles and runs a program. */
type Way = (functions: readonly FunctionDefinition[], given: readonly number[]) => Outcome;

const ALL_BUFFERS = [...BUFFERS, REFERENCES];
const DATA_TEXT = `.data\n${ALL_BUFFERS.map((name) => `.balign 8\n${name}: .space ${BUFFER_BYTES}\n`).join('')}`;

/** Lets a machine note the marks that it passes. */
function noteMarks(machine: Machine, symbols: ReadonlyMap<string, number>, marks: string[]): void {
  for (const [symbol, address] of symbols) {
    if (!symbol.startsWith(markSymbol(''))) continue;
    machine.probes.add(physical(address), () => {
      marks.push(symbol.slice(markSymbol('').length));
      return false;
    });
  }
}

/** What memory and marks are after a run that must have come to its end. */
function outcomeOf(
  { stop, result, machine }: { readonly stop: Stop; readonly result: number; readonly machine: Machine },
  symbols: ReadonlyMap<string, number>,
  marks: readonly string[],
): Outcome {
  if (stop.kind !== 'exit') throw new Error(`compiled code ends with ${JSON.stringify(stop)}`);
  const memory = BUFFERS.map((name) => [...readMemory(machine, symbols.get(name)!, BUFFER_BYTES)]);
  return { result, memory, marks };
}

/** RV32 on VexRiscv. */
const pointers =
  (abi: RiscvAbi, optimise: boolean): Way =>
  (functions, given) => {
    const text = compileFunctions(functions, { abi, operations: NO_OPERATIONS, optimise });
    const code = assembleFunctions(`${text}\n${DATA_TEXT}`, 'main');
    const symbols = new Map(code.image.symbols.map((s) => [s.name, s.physical]));
    const marks: string[] = [];
    const called = callFunction(code, given, [], (machine) => noteMarks(machine, symbols, marks));
    return outcomeOf(called, symbols, marks);
  };

/** RV32E with capabilities on CHERIoT-Ibex: each reference ends with the buffer that it is for. */
const capabilities =
  (allocatable: readonly number[] | undefined, optimise: boolean): Way =>
  (functions, given) => {
    const places = ALL_BUFFERS.map((name, i) => [name, { offset: i * BUFFER_BYTES, bytes: BUFFER_BYTES }] as const);
    const cheriot = cheriotAbi(new Map(places));
    const abi = { ...cheriot, allocatable: allocatable ?? cheriot.allocatable };
    const text = compileFunctions(functions, { abi, operations: NO_OPERATIONS, optimise });
    const marks: string[] = [];
    const called = callCheriot(
      {
        source: `${text}\n${DATA_TEXT}`,
        entry: 'main',
        given: given.map((word) => ({ word })),
        dataBytes: ALL_BUFFERS.length * BUFFER_BYTES,
      },
      (machine, symbols) => noteMarks(machine, symbols, marks),
    );
    return outcomeOf(called, called.symbols, marks);
  };

/** So few registers that most values live in the frame. */
const FEW = ['a0', 'a1', 'a2', 'a3', 's0', 's1'].map(registerNumber);

describe('compiled code does what the interpreter says', () => {
  const tape = fc.array(fc.nat(0xffffff), { minLength: 20, maxLength: 200 });
  const words = fc.tuple(fc.nat(0xffffffff), fc.nat(100));

  test.each<[string, Way]>([
    ['RV32, optimised', pointers(ILP32, true)],
    ['RV32, as written', pointers(ILP32, false)],
    ['RV32, optimised, with six registers', pointers({ ...ILP32, allocatable: FEW }, true)],
    ['CHERIoT, optimised', capabilities(undefined, true)],
    ['CHERIoT, as written', capabilities(undefined, false)],
    ['CHERIoT, optimised, with six registers', capabilities(FEW, true)],
  ])('%s', (_, way) => {
    let compared = 0;
    let passed = 0;
    fc.assert(
      fc.property(tape, words, (numbers, given) => {
        const { functions } = randomProgram(numbers);
        const expected = interpreted(functions, given);
        if (expected === undefined) return;
        compared++;
        passed += expected.marks.length;
        expect(way(functions, given)).toEqual(expected);
      }),
      { seed: 20, numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS * 0.8);
    expect(passed).toBeGreaterThan(RUNS / 5);
  });
});
