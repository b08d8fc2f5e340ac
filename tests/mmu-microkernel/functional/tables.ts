import fc from 'fast-check';
import { expect } from 'vitest';
import { DATA, FOREVER, freshMachine, hexOf, peek, poke, program } from './guest.js';
import { type Binary, EDGES } from './reference.js';

/** Two register values. */
export type Pair = readonly [number, number];

/** Any word, the awkward ones often. */
export const word = fc.oneof(
  fc.constantFrom(...EDGES),
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.integer({ min: -40, max: 40 }).map((n) => n >>> 0),
);
const pairs = fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 200 });
const everyEdge: readonly Pair[] = EDGES.flatMap((a) => EDGES.map((b): Pair => [a, b]));

/** A guest that applies `code` (t2 from t0 and t1) to a table of pairs. */
export function tableProgram(code: string): (table: readonly Pair[]) => number[] {
  const guest = program(`
    _start:
    again:
      lw t0, 0(a0)
      lw t1, 4(a0)
      ${code}
      sw t2, 0(a1)
      addi a0, a0, 8
      addi a1, a1, 4
      addi a2, a2, -1
      bnez a2, again
      exit
  `);
  return (table: readonly Pair[]): number[] => {
    const machine = freshMachine();
    machine.load(guest.image);
    poke(machine, DATA, ...table.flat());
    const results = DATA + 0x10000;
    machine.setRegister('a0', DATA);
    machine.setRegister('a1', results);
    machine.setRegister('a2', table.length);
    expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
    return peek(machine, results, table.length);
  };
}

/** Compares `code` with a model: on every pair of edges, then on random pairs. */
export function agrees(code: string, model: Binary): void {
  const apply = tableProgram(code);
  const compare = (table: readonly Pair[]): void => {
    expect(hexOf(apply(table))).toEqual(hexOf(table.map(([a, b]) => model(a, b))));
  };
  compare(everyEdge);
  fc.assert(fc.property(pairs, compare), { seed: 1, numRuns: 30 });
}
