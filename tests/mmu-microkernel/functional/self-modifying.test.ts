import { describe, expect, test } from 'vitest';
import { DATA, MMIO, outputsOf } from './guest.js';
import { PageTables, RWX } from './page-table.js';

describe('self-modifying code', () => {
  const source = (address: number): string => `
    .option norvc
    _start: la a0, target
      li a2, ${address}
      bnez a2, 1f
      mv a2, a0
    1: li a3, 0
      li a4, 3
      lw t0, 0(a2)
    again: addi t0, t0, 0
      jalr ra, 0(a0)
      out a1
      lui t1, 0x100     # one more in the immediate
      add t0, t0, t1
      sw t0, 0(a2)
      fence.i
      addi a4, a4, -1
      bnez a4, again
      exit
      .balign 64
    target: li a1, 1
      ret`;

  test.each([{}, { timing: 'common' }, { dataCacheWriteBack: true }, { crossbar: false, memoryLatency: 0 }])(
    'after fence.i new code is seen: %o',
    (parameters) => {
      expect(outputsOf(source(0), { parameters })).toEqual([1, 2, 3]);
    },
  );

  test.each([{}, { timing: 'common' }])('an instruction that a store replaces over itself, %o', (parameters) => {
    const self = `
      .option norvc
      _start: li a1, 0
        la a0, here
        lw t0, other
        li a2, 2
      here: sw t0, 0(a0)
        fence.i
        addi a2, a2, -1
        bnez a2, here
        out a1
        exit
      .balign 4
      other: addi a1, a1, 5`;
    expect(outputsOf(self, { parameters })).toEqual([5]);
  });

  test('through another virtual address of the code', () => {
    const outputs = outputsOf(
      `.option norvc
       _start: li t0, 0x800
        csrw mstatus, t0
        la t0, body
        csrw mepc, t0
        mret
      body: la a0, target
        li a2, ${0x90000000 - 0x60000000}
        add a2, a2, a0
        jalr ra, 0(a0)
        out a1
        li t0, 0x00700593 # li a1, 7
        sw t0, 0(a2)
        fence.i
        jalr ra, 0(a0)
        out a1
        jalr ra, 0(a2)
        out a1
        exit
      target: li a1, 1
        ret`,
      {
        prepare: (machine) => {
          const tables = new PageTables(machine);
          tables.superpage(0x60000000, 0x60000000, RWX).superpage(0x90000000, 0x60000000, RWX);
          machine.setRegister('satp', tables.superpage(MMIO, MMIO, RWX).satp());
        },
      },
    );
    expect(outputs).toEqual([1, 7, 7]);
  });

  test('code written for the first time, at the end of a page and into the next one', () => {
    const outputs = outputsOf(`
      .option norvc
      _start: li a0, ${DATA + 0xffe}
        li t0, 0x0593      # addi a1, zero, 9, in halves
        sh t0, 0(a0)
        li t0, 0x0090
        sh t0, 2(a0)
        li t0, 0x8082      # ret
        sh t0, 4(a0)
        fence.i
        jalr ra, 0(a0)
        out a1
        li t0, 0x0080      # now 8: the half in the second page
        sh t0, 2(a0)
        fence.i
        jalr ra, 0(a0)
        out a1
        exit`);
    expect(outputs).toEqual([9, 8]);
  });
});
