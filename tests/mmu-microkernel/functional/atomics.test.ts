import { describe, expect, test } from 'vitest';
import { DATA, outputsOf } from './guest.js';
import { ATOMICS } from './reference.js';
import { agrees } from './tables.js';

describe('atomics (chapter 8)', () => {
  test.each(Object.entries(ATOMICS))('%s returns the old word and leaves the model’s', (mnemonic, model) => {
    for (const place of ['sp', 'gp']) {
      const base = place === 'sp' ? DATA + 0x20000 : 0x50000000;
      const code = `li ${place}, ${base}\n sw t0, 0(${place})\n`;
      agrees(`${code} ${mnemonic} t2, t1, (${place})`, (a) => a);
      agrees(`${code} ${mnemonic} t2, t1, (${place})\n lw t2, 0(${place})`, model);
    }
    agrees(`li sp, ${DATA + 0x20000}\n sw t0, 0(sp)\n ${mnemonic} zero, t1, (sp)\n lw t2, 0(sp)`, model);
    agrees(`li sp, ${DATA + 0x20000}\n sw t0, 0(sp)\n ${mnemonic}.aqrl t1, t1, (sp)\n mv t2, t1`, (a) => a);
    agrees(`li sp, ${DATA + 0x20000}\n sw sp, 0(sp)\n mv t2, sp\n ${mnemonic} t2, t1, (t2)\n sub t2, t2, sp`, () => 0);
  });

  /** Outcome of sc.w (0 = stored) after some code between lr.w and it. */
  const conditional = (between: string, address = '(a0)'): readonly number[] =>
    outputsOf(`
      _start: la t0, handler
        csrw mtvec, t0
        li a0, ${DATA}
        li a1, 42
        sw zero, 0(a0)
        sw zero, 64(a0)
        lr.w a2, (a0)
        ${between}
        sc.w a3, a1, ${address}
        out a3
        lw t0, 0(a0)
        out t0
        lw t0, 64(a0)
        out t0
        exit
      .balign 4
      handler: csrr t0, mepc
        addi t0, t0, 4
        csrw mepc, t0
        csrr t0, mstatus
        mret
    `);

  test('sc.w stores after lr.w and says 0', () => {
    expect(conditional('')).toEqual([0, 42, 0]);
    expect(conditional('addi a4, a2, 1')).toEqual([0, 42, 0]);
  });

  test('lr.w reads the word, with every ordering', () => {
    for (const suffix of ['', '.aq', '.rl', '.aqrl']) {
      const code = `li t0, -5\n sw t0, 0(a0)\n lr.w${suffix} t1, (a0)\n sc.w${suffix} t2, t0, (a0)\n out t1\n out t2`;
      expect(outputsOf(`_start: li a0, ${DATA}\n ${code}\n exit`)).toEqual([0xfffffffb, 0]);
    }
  });

  test('sc.w may write its result over its operands', () => {
    const code = `li a2, ${DATA}
      li a1, 5
      lr.w a0, (a2)
      sc.w a1, a1, (a2)
      mv a3, a2
      lr.w a0, (a2)
      sc.w a3, a0, (a3)
      lw a4, 0(a2)
      out a1
      out a3
      out a4
      exit`;
    expect(outputsOf(`_start: ${code}`)).toEqual([0, 0, 5]);
  });

  test('sc.w without a reservation stores nothing and says 1', () => {
    expect(conditional('sc.w zero, zero, (a0)')).toEqual([1, 0, 0]);
    expect(outputsOf(`_start: li a0, ${DATA}\n sc.w t0, a0, (a0)\n out t0\n lw t0, 0(a0)\n out t0\n exit`)).toEqual([
      1, 0,
    ]);
  });

  test('the reservation is one flag without address (vectors/README section 3, fact 6)', () => {
    expect(conditional('addi a5, a0, 64', '(a5)')).toEqual([0, 0, 42]);
  });

  test.each(['sb zero, 64(a0)', 'sh zero, 66(a0)', 'sw zero, 64(a0)', 'sw zero, 32(tp)', 'amoadd.w zero, zero, (a0)'])(
    'a store in between ends the reservation: %s',
    (code) => {
      expect(conditional(code)[0]).toBe(1);
    },
  );

  // What the RTL does (DataCache lrSc.reserved changes with lr, sc and stores only); seen on VexRiscv_CramSoC.v.
  test.each(['lw a4, 0(a0)', 'lw a4, 32(tp)', 'fence', 'csrr a4, mscratch', '.option norvc\n ecall', 'lw a4, 1(a0)'])(
    'it outlives a load, a fence, a CSR access and a trap, as in the RTL: %s',
    (code) => {
      expect(conditional(code)[0]).toBe(0);
    },
  );
});
