import { describe, expect, it } from 'vitest';
import { run, values } from './guest.js';

const read = (csr: string): number => values(`csrr a0, ${csr}`, ['a0'])[0];
const written = (csr: string, value: number): number =>
  values(`li a1, ${value}\n csrw ${csr}, a1\n csrr a0, ${csr}`, ['a0'])[0];

describe('CSRs', () => {
  it('have their reset values', () => {
    const known = {
      mstatus: 0x1900,
      misa: 0x40000000,
      mvendorid: 1,
      marchid: 2,
      mimpid: 3,
      mhartid: 0,
      sstatus: 0x100,
    };
    for (const [csr, value] of Object.entries(known)) expect(read(csr), csr).toBe(value);
    for (const csr of ['medeleg', 'mideleg', 'mie', 'mip', 'mscratch', 'mepc', 'mcause', 'mtval', 'satp', 'sepc']) {
      expect(read(csr), csr).toBe(0);
    }
  });

  it('have the writable bits of the core', () => {
    const masks = { medeleg: 0xb3f7, mideleg: 0x222, mie: 0xaaa, sie: 0x222, mip: 0x222, sip: 0x222 };
    for (const [csr, mask] of Object.entries(masks)) expect(written(csr, -1), csr).toBe(mask);
    for (const csr of ['mcause', 'scause']) expect(written(csr, -1), csr).toBe(0x8000000f);
    for (const csr of ['mscratch', 'sscratch', 'mtvec', 'stvec', 'mepc', 'sepc', 'mtval', 'stval', 'mmask', 'smask']) {
      expect([written(csr, -1), written(csr, 0), written(csr, 0x5a5a5a5a)], csr).toEqual([0xffffffff, 0, 0x5a5a5a5a]);
    }
    expect(written('mstatus', -1)).toBe(0xe19aa);
    expect(written('mstatus', 0x1000)).toBe(0x1800);
  });

  it('csrrs, csrrc and the immediate forms give the old value and set or clear bits', () => {
    const code = `li a0, 0xf0\n csrw mscratch, a0\n li a1, 0x3c\n csrrs a2, mscratch, a1\n csrrc a3, mscratch, a1
      csrrwi a4, mscratch, 21\n csrrsi a5, mscratch, 10\n csrrci a6, mscratch, 1\n csrrw a1, mscratch, a1\n csrr a7, mscratch`;
    const registers = ['a2', 'a3', 'a4', 'a5', 'a6', 'a1', 'a7'];
    expect(values(code, registers)).toEqual([0xf0, 0xfc, 0xc0, 21, 31, 30, 0x3c]);
  });

  it('minstret counts what retires, and a written counter carries on in its high half', () => {
    expect(values('csrr a0, minstret\n nop\n nop\n csrr a1, minstret\n sub a0, a1, a0', ['a0'])).toEqual([3]);
    const code = 'li a0, -1\n csrw mcycleh, x0\n csrw mcycle, a0\n nop\n nop\n csrr a1, mcycleh';
    expect(values(code, ['a1'])).toEqual([1]);
  });

  it('the external array is masked by mode and shown in mip', () => {
    const code = `lui s0, 0x40000\n li a0, 0x14\n sw a0, 8(s0)\n fence\n lw x0, 0(s0)\n csrr a1, mpending\n csrr a2, mip
      li a0, 4\n csrw mmask, a0\n csrr a3, mpending\n csrr a4, mip\n csrw smask, a0\n csrr a5, spending\n csrr a6, mip`;
    expect(values(code, ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'])).toEqual([0, 0, 4, 0x800, 4, 0xa00]);
  });

  it('a CSR that does not exist traps', () => {
    for (const csr of ['time', 'mcounteren', 'scounteren', 'pmpcfg0', 'mhpmcounter3']) {
      const { machine } = run(`_start: la t0, 1f\n csrw mtvec, t0\n csrr a0, ${csr}\n .p2align 2\n1: wfi`);
      expect(machine.registers().find((r) => r.name === 'mcause')?.value, csr).toBe(2);
    }
  });
});
describe('interrupts', () => {
  const take = (mie: number, mideleg: number, lines: number, soft = 0): number[] => {
    const { machine } = run(
      `_start: la t0, 1f\n csrw mtvec, t0\n la t0, 2f\n csrw stvec, t0\n li t0, ${mideleg}
      csrw mideleg, t0\n li t0, ${mie}\n csrw mie, t0\n li t0, -1\n csrw mmask, t0\n li t0, ${soft}\n csrw mip, t0
      lui s0, 0x40000\n li t0, ${lines}\n sw t0, 8(s0)\n lw x0, 0(s0)\n la t0, 3f\n csrw mepc, t0\n csrw mstatus, x0\n mret
      .p2align 2\n1: csrw mie, x0\n wfi\n .p2align 2\n2: csrw sie, x0\n wfi\n .p2align 2\n3: j 3b`,
      { budget: 2000 },
    );
    return ['mcause', 'scause'].map((name) => machine.registers().find((r) => r.name === name)?.value ?? -1);
  };

  it('are taken in U-mode by priority, and delegated by mideleg', () => {
    expect(take(0xaaa, 0, 7)).toEqual([0x8000000b, 0]);
    expect(take(0xaaa, 0, 3)).toEqual([0x80000003, 0]);
    expect(take(0xaaa, 0, 1)).toEqual([0x80000007, 0]);
    expect(take(0xaaa, 0x222, 0, 0x222)).toEqual([0, 0x80000009]);
    expect(take(0xaaa, 0x222, 1, 0x222)).toEqual([0x80000007, 0]);
    expect(take(0, 0x222, 7, 0x222)).toEqual([0, 0]);
  });
});
