import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { physical } from '../../platforms/machine/units.js';
import { markSymbol } from '../../workloads/language/backend/emit.js';
import { interpret, newBuffer } from '../../workloads/language/ir/interpret.js';
import { lowerFunction } from '../../workloads/language/ir/lower.js';
import type { FunctionDefinition } from '../../workloads/language/program.js';
import { BUFFER_BYTES, BUFFERS, randomProgram, REFERENCES } from './random-programs.js';
import { readMemory } from './run-rv32.js';
import { type CompilerTarget, TARGETS, type Way } from './targets.js';

/* Random programs: what the interpreter of the unoptimised intermediate form says is what compiled code does. */

const LONG = process.env['BULKHEAD_LONG'] === '1';
/** Programs for each way to compile. */
const RUNS = {
  rv32: LONG ? 20_000 : 70,
  m0plus: LONG ? 20_000 : 20,
  m4: LONG ? 20_000 : 20,
  cheriot: LONG ? 20_000 : 20,
};
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

function compiled(
  target: CompilerTarget,
  functions: readonly FunctionDefinition[],
  given: readonly number[],
  way: Way,
): Outcome {
  const text = target.compile(functions, way);
  const data = [...BUFFERS, REFERENCES].map((name) => `.balign 8\n${name}: .space ${BUFFER_BYTES}\n`).join('');
  const code = target.assemble(`${text}\n.data\n${data}`, 'main');
  const symbols = new Map(code.image.symbols.map((s) => [s.name, s.physical]));
  const marks: string[] = [];
  const { stop, result, machine } = target.call(code, given, [], (probed) => {
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

describe.each(TARGETS)('$name: compiled code does what the interpreter says', (target) => {
  const runs = RUNS[target.name];
  const tape = fc.array(fc.nat(0xffffff), { minLength: 20, maxLength: 200 });
  const words = fc.tuple(fc.nat(0xffffffff), fc.nat(100));

  test.each<[string, Way]>([
    ['optimised', { few: false, optimise: true }],
    ['as written', { few: false, optimise: false }],
    ['optimised, with six registers', { few: true, optimise: true }],
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
        expect(compiled(target, functions, given, way)).toEqual(expected);
      }),
      { seed: 20, numRuns: runs },
    );
    expect(compared).toBeGreaterThan(runs * 0.8);
    expect(passed).toBeGreaterThan(runs / 2);
  });
});
