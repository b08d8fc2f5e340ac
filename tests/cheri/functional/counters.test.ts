import { describe, expect, test } from 'vitest';
import { outputsOf } from './guest.js';

/*
 * mcountinhibit of Ibex: a register, so a write stops or starts a counter from the next cycle on (rtl/ibex_cs_registers.sv);
 * a written value is loaded as it is, whether the counter counts or not (rtl/ibex_counter.sv).
 */

describe('mcountinhibit', () => {
  test.each(['mcycle', 'minstret'])('%s reads what was written while it stands still', (name) => {
    const source = `csrwi mcountinhibit, 5
      csrwi ${name}, 9
      csrr a0, ${name}
      csrr a1, ${name}
      out a0\n out a1\n exit`;
    expect(outputsOf(source)).toEqual([9, 9]);
  });

  test('mcycle counts the cycle in which it is stopped, and no other', () => {
    const source = (write: string): string => `csrr a0, mcycle
      ${write}
      csrr a1, mcycle
      nop
      csrr a2, mcycle
      sub a2, a2, a1
      sub a1, a1, a0
      out a1\n out a2\n exit`;
    const [running, later] = outputsOf(source('csrwi mcounteren, 0'));
    expect(later).toBeGreaterThan(0);
    expect(outputsOf(source('csrwi mcountinhibit, 1'))).toEqual([running, 0]);
  });

  test('a jump that faults does not move minstret while it stands still', () => {
    const source = `csrwi mcountinhibit, 4
      csrwi minstret, 9
      cmove ca0, cnull
      cjr ca0
      csrr a0, minstret
      out a0\n exit`;
    expect(outputsOf(source).at(-1)).toBe(9);
  });
});
