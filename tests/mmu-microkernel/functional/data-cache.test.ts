import { describe, expect, test } from 'vitest';
import type { ParameterValues } from '../../../platforms/platform.js';
import { DATA, outputsOf, run } from './guest.js';

/**
 * Cycles from `csrr mcycle` over a store, other instructions and a load of the stored word to the next `csrr mcycle`, in a
 * loop that has run before: simulated with VexRiscv_CramSoC.v, L=4, without crossbar.
 */
const MEETINGS: readonly (readonly [between: string, cycles: number])[] = [
  ['', 13],
  ['nop', 14],
  ['nop\n nop', 10],
  ['lw t3, 32(tp)', 26],
  ['lw t3, 32(tp)\n nop', 22],
  ['nop\n lw t3, 32(tp)', 21],
  ['lw t3, 32(tp)\n lw t3, 32(tp)', 29],
  ['sw t3, 32(tp)', 14],
  ['div t1, a2, s1', 42],
  ['nop\n div t1, a2, s1', 43],
  ['div t1, a2, s1\n nop', 43],
  ['mul t1, a2, s1', 14],
  ['csrr t3, mscratch', 11],
  ['nop\n csrr t3, mscratch', 12],
  ['amoadd.w t3, t3, (a3)', 15],
  ['nop\n amoadd.w t3, t3, (a3)', 11],
  ['lw t3, 0(a3)', 14],
  ['sw t3, 0(a3)', 14],
  ['sw t3, 0(a3)\n sw t3, 4(a3)', 10],
  ['sll t1, a2, s1\n add t1, t1, t1', 11],
  ['lw t3, 0(a3)\n add t3, t3, t3', 12],
];

describe('a load meets the store to its word, whether or not the engine has looked the page up before', () => {
  test.each(MEETINGS)('with "%s" between: %i cycles', (between, expected) => {
    const outputs = outputsOf(
      `.option norvc
      _start: li sp, ${DATA}
        li a3, ${DATA + 0x1000}
        li s1, 9
        lw t0, 0(sp)
        lw t0, 0(a3)
        li a2, 5
      .balign 32
      again: csrr s4, mcycle
        sw a2, 0(sp)
        ${between}
        lw t2, 0(sp)
        add t2, t2, t1
        csrr s5, mcycle
        sub s5, s5, s4
        out s5
        addi a2, a2, -1
        bnez a2, again
        exit`,
      { parameters: { crossbar: false, memoryLatency: 4 } },
    );
    expect(outputs.slice(2)).toEqual([expected, expected, expected]);
  });
});

describe('write policy', () => {
  const beats = (code: string, parameters: ParameterValues): number =>
    run(`.option norvc\n _start: li a0, ${DATA}\n lw t0, 0(a0)\n ${code}\n exit`, { parameters }).machine.counters
      .busBeats;
  const through = { dataCacheBytes: 1024, dataCacheWays: 1 };
  const back = { ...through, dataCacheWriteBack: true };
  const stores = '.rept 16\n sw t0, 4(a0)\n .endr';

  test('write-through: each store is a beat; write-back: none to a line that is there', () => {
    expect(beats(stores, through) - beats('.rept 16\n nop\n .endr', through)).toBe(16);
    expect(beats(stores, back) - beats('.rept 16\n nop\n .endr', back)).toBe(0);
  });

  test('a miss reads a line of 8 beats: of a load in both, of a store with write-back only', () => {
    const more = (code: string, parameters: ParameterValues): number =>
      beats(code, parameters) - beats('nop', parameters);
    expect([more('lw t0, 64(a0)', through), more('lw t0, 64(a0)', back)]).toEqual([8, 8]);
    expect([more('sw t0, 64(a0)', through), more('sw t0, 64(a0)', back)]).toEqual([1, 8]);
  });

  test('a line that was stored to is written when it is replaced', () => {
    const replace = (code: string): string => `${code}\n li a1, ${DATA + 1024}\n lw t1, 0(a1)`;
    expect(beats(replace('sw t0, 4(a0)'), back) - beats(replace('nop'), back)).toBe(8);
    expect(beats(replace('lw t0, 4(a0)'), back) - beats(replace('nop'), back)).toBe(0);
  });

  test('memory holds what was stored in both', () => {
    for (const parameters of [through, back]) {
      const code = `_start: li a0, ${DATA}\n li t0, 77\n sw t0, 0(a0)\n dcache.flush x0\n lw t1, 0(a0)\n out t1\n exit`;
      expect(outputsOf(code, { parameters })).toEqual([77]);
    }
  });
});
