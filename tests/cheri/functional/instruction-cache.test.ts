import { describe, expect, test } from 'vitest';
import { outputsOf } from './guest.js';

const SONATA = { preset: 'sonata' };

/** `settle` waits until the lines are cleared, `timed` outputs the cycles that a call takes. */
const MACROS = `
  .macro settle
    li a0, 140
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

/** Calls a subroutine of `count` jumps, `stride` bytes apart, five times; `between` runs before each call. */
const calls = (stride: number, count: number, between = '', on = 'csrsi 0x7c0, 1'): string => `
  ${MACROS}
  ${on}
  settle
  ${`${between}\ntimed steps\n`.repeat(5)}
  exit
  .p2align 11
  .space 0x400
  steps: ${`j . + ${stride}\n.space ${stride - 4}\n`.repeat(count - 1)}
  cjr cra`;

/** Straight code of mixed lengths, beginning in the middle of a line. */
const straight = `
  ${MACROS}
  csrsi 0x7c0, 1
  settle
  ${'timed mixed\n'.repeat(4)}
  exit
  .p2align 3
  .option rvc
  .space 6
  mixed: ${'addi a2, a2, 1\nxor a3, a3, a2\nlui a4, 77\n'.repeat(30)}
  cjr cra`;

// The figures are those of the core's RTL (lowRISC/sonata-system 158a03fd), Verilated, for the same programs.
describe('instruction cache', () => {
  test('is off after reset, and then takes the time of a core without one', () => {
    const off = calls(64, 4, '', '');
    expect(outputsOf(off, SONATA)).toEqual(outputsOf(off, { multiplier: 'single-cycle' }));
  });

  test('two lines of a set stay, three drive each other out', () => {
    expect(outputsOf(calls(2048, 2), SONATA)).toEqual([9, 11, 8, 8, 7]);
    expect(outputsOf(calls(2048, 3), SONATA)).toEqual([13, 13, 13, 13, 12]);
  });

  // With the lines being cleared it is as fast as without a cache: words are asked for before the lookup has answered.
  test('fence.i empties it, and it does not fill while its lines are cleared', () => {
    expect(outputsOf(calls(72, 4), SONATA)).toEqual([17, 13, 12, 12, 11]);
    expect(outputsOf(calls(72, 4, 'fence.i\nsettle'), SONATA)).toEqual([17, 23, 20, 23, 20]);
    expect(outputsOf(calls(72, 4, 'fence.i'), SONATA)).toEqual([11, 11, 11, 11, 11]);
  });

  test('a fetch into the middle of a line, and straight code of both lengths', () => {
    expect(outputsOf(straight, SONATA)).toEqual([96, 97, 95, 97]);
  });
});
