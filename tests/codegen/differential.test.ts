import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { physical } from '../../platforms/machine/units.js';
import { ILP32, registerNumber, type RiscvAbi } from '../../platforms/riscv/codegen/abi.js';
import { compileFunctions } from '../../platforms/riscv/codegen/compile.js';
import { markSymbol } from '../../workloads/language/backend/emit.js';
import { interpret, newBuffer } from '../../workloads/language/ir/interpret.js';
import { lowerFunction } from '../../workloads/language/ir/lower.js';
import type { FunctionDefinition } from '../../workloads/language/program.js';
import { NO_OPERATIONS } from './quality.js';
import { BUFFER_BYTES, BUFFERS, randomProgram, REFERENCES } from './random-programs.js';
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

function compiled(functions: readonly FunctionDefinition[], given: readonly number[], { abi, optimise }: Way): Outcome {
  const text = compileFunctions(functions, { abi, operations: NO_OPERATIONS, optimise });
  const data = [...BUFFERS, REFERENCES].map((name) => `.balign 8\n${name}: .space ${BUFFER_BYTES}\n`).join('');
  const code = assembleFunctions(`${text}\n.data\n${data}`, 'main');
  const symbols = new Map(code.image.symbols.map((s) => [s.name, s.physical]));
  const marks: string[] = [];
  const { stop, result, machine } = callFunction(code, given, [], (probed) => {
    for (const [symbol, address] of symbols) {
      if (!symbol.startsWith(markSymbol(''))) continue;
      probed.probes.add(physical(address), () => {
        marks.push(symbol.slice(markSymbol('').length));
        return false;
      });
    }
  });
  if (stop.kind !== 'exit') throw new Error(`compiled code ends with ${JSON.stringify(stop)}`);
  const memory = BUFFERS.map((name) => [...readMemory(machine, symbols.get(name)!, BUFFER_BYTES)]);
  return { result, memory, marks };
}

/** How a program is compiled. */
interface Way {
  readonly abi: RiscvAbi;
  readonly optimise: boolean;
}

/** So few registers that most values live in the frame. */
const FEW: RiscvAbi = { ...ILP32, allocatable: ['a0', 'a1', 'a2', 'a3', 's0', 's1'].map(registerNumber) };

describe('compiled code does what the interpreter says', () => {
  const tape = fc.array(fc.nat(0xffffff), { minLength: 20, maxLength: 200 });
  const words = fc.tuple(fc.nat(0xffffffff), fc.nat(100));

  test.each<[string, Way]>([
    ['optimised', { abi: ILP32, optimise: true }],
    ['as written', { abi: ILP32, optimise: false }],
    ['optimised, with six registers', { abi: FEW, optimise: true }],
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
        expect(compiled(functions, given, way)).toEqual(expected);
      }),
      { seed: 20, numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS * 0.8);
    expect(passed).toBeGreaterThan(RUNS / 5);
  });
});
