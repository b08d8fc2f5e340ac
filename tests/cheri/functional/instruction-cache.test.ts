import { describe, expect, test } from 'vitest';
import type { ParameterValues } from '../../../platforms/platform.js';
import { cycles, instructions } from '../../../platforms/machine/units.js';
import { FOREVER, freshMachine, program } from './guest.js';

const SONATA: ParameterValues = { preset: 'sonata' };
/** Cycles in which the lines are cleared after reset, and after fence.i; the cache does not fill meanwhile. */
const CLEARING = 258;

/** Outputs of a program: what its `clock` lines measured. */
function measure(body: string, parameters: ParameterValues = SONATA): readonly number[] {
  const machine = freshMachine(parameters);
  machine.load(program(`${PRELUDE}${body}\n exit`).image);
  machine.setBudget(instructions(100_000));
  expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
  return [...(machine.bench?.outputs ?? [])];
}

/** `settle` lets the clearing pass; `timed` outputs how long a call of its argument takes. */
const PRELUDE = `
  .macro settle
    li a0, ${CLEARING / 2}
    8: addi a0, a0, -1
    bnez a0, 8b
  .endm
  .macro timed what
    csrr a0, mcycle
    jal \\what
    csrr a1, mcycle
    sub a1, a1, a0
    out a1
  .endm
`;

/** A subroutine of four steps in four lines, `stride` bytes apart. */
const steps = (stride: number, count: number): string =>
  ['.p2align 12', 'steps:', ...Array.from({ length: count }, (_, i) => step(i, stride, count))].join('\n');
const step = (i: number, stride: number, count: number): string =>
  i === count - 1 ? 'cjr cra' : `j . + ${stride}\n.space ${stride - 4}`;

/** Calls it five times with the cache on. */
const calls = (stride: number, count: number, between = ''): string => `
  csrsi 0x7c0, 1
  settle
  ${`timed steps\n${between}\n`.repeat(5)}
  exit
  ${steps(stride, count)}`;

describe('instruction cache', () => {
  test('is off after reset, and then costs nothing', () => {
    const body = calls(64, 4).replace('csrsi 0x7c0, 1', '');
    expect(measure(body)).toEqual(measure(body, { multiplier: 'single-cycle' }));
  });

  test('what fits misses once', () => {
    const [cold, ...warm] = measure(calls(2048 + 8, 4));
    expect(new Set(warm).size).toBe(1);
    expect(cold).toBeGreaterThan(warm[0]);
  });
});

export { CLEARING, calls, cycles };
