import { describe, expect, test } from 'vitest';
import { freshMachine, hexOf, outputsOf, poke, register, run, step } from './guest.js';

describe('the status stack', () => {
  const bit = (value: number, position: number): number => Math.floor(value / 2 ** position) % 2;
  const every = (...choices: readonly (readonly number[])[]): number[][] =>
    choices.reduce<number[][]>((lists, c) => lists.flatMap((l) => c.map((v) => [...l, v])), [[]]);
  const binary = [0, 1];

  test('trap entry to M: MPP the mode, MPIE the old MIE, MIE off, S’s bits stay', () => {
    for (const [mode, mie, sie, spie, spp] of every([0, 1, 3], binary, binary, binary, binary)) {
      const machine = freshMachine();
      poke(machine, 0x60000000, 0x73, 0x13);
      machine.setRegister('mtvec', 0x60000004);
      machine.setRegister('mstatus', (mie << 3) | (sie << 1) | (spie << 5) | (spp << 8));
      machine.setRegister('privilege', mode);
      step(machine);
      expect(register(machine, 'mstatus')).toBe((mode << 11) | (mie << 7) | (sie << 1) | (spie << 5) | (spp << 8));
      expect(register(machine, 'privilege')).toBe(3);
    }
  });

  test('trap entry to S: SPP the mode, SPIE the old SIE, SIE off, M’s bits stay', () => {
    for (const [mode, mie, sie, mpie, mpp] of every([0, 1], binary, binary, binary, [0, 1, 3])) {
      const machine = freshMachine();
      poke(machine, 0x60000000, 0x73, 0x13);
      machine.setRegister('stvec', 0x60000004);
      machine.setRegister('medeleg', 0x300);
      machine.setRegister('mstatus', (mie << 3) | (sie << 1) | (mpie << 7) | (mpp << 11));
      machine.setRegister('privilege', mode);
      step(machine);
      expect(register(machine, 'mstatus')).toBe((mie << 3) | (mpie << 7) | (mpp << 11) | (sie << 5) | (mode << 8));
      expect(register(machine, 'privilege')).toBe(1);
    }
  });

  test('mret: mode from MPP, MIE from MPIE, MPIE on, MPP user, MPRV off below M', () => {
    for (const [mpp, mpie, mie, mprv, others] of every([0, 1, 3], binary, binary, binary, [0, 0xc0122])) {
      const machine = freshMachine();
      poke(machine, 0x60000000, 0x30200073);
      machine.setRegister('mepc', 0x60000100);
      machine.setRegister('mstatus', (mpp << 11) | (mpie << 7) | (mie << 3) | (mprv << 17) | others);
      step(machine);
      const left = mpp === 3 ? mprv << 17 : 0;
      expect(register(machine, 'mstatus')).toBe((1 << 7) | (mpie << 3) | left | others);
      expect([register(machine, 'privilege'), machine.pc]).toEqual([mpp, 0x60000100]);
    }
  });

  test('sret from S and from M: mode from SPP, SIE from SPIE, SPIE on, SPP user, MPRV off', () => {
    for (const [from, spp, spie, sie, mprv, others] of every([1, 3], binary, binary, binary, binary, [0, 0xc1888])) {
      const machine = freshMachine();
      poke(machine, 0x60000000, 0x10200073);
      machine.setRegister('sepc', 0x60000100);
      machine.setRegister('mstatus', (spp << 8) | (spie << 5) | (sie << 1) | (mprv << 17) | others);
      machine.setRegister('privilege', from);
      step(machine);
      expect(register(machine, 'mstatus')).toBe((1 << 5) | (spie << 1) | others);
      expect([register(machine, 'privilege'), machine.pc]).toEqual([spp, 0x60000100]);
      expect(bit(register(machine, 'mstatus'), 17)).toBe(0);
    }
  });

  test('traps nest: U calls S, S calls M, and both return', () => {
    const outputs = outputsOf(`
      .option norvc
      _start: la t0, machine
        csrw mtvec, t0
        la t0, supervisor
        csrw stvec, t0
        li t0, 0x100
        csrw medeleg, t0
        la t0, user
        csrw mepc, t0
        csrw mstatus, zero
        mret
      user: li a0, 1
        ecall
        out a0
        exit
      .balign 4
      supervisor: csrr s1, sepc
        addi a0, a0, 10
        outcsr scause
        ecall
        addi a0, a0, 1000
        addi s1, s1, 4
        csrw sepc, s1
        sret
      .balign 4
      machine: csrr s2, mepc
        outcsr mcause
        outcsr mstatus
        addi a0, a0, 100
        addi s2, s2, 4
        csrw mepc, s2
        mret
    `);
    expect(hexOf(outputs)).toEqual(hexOf([8, 9, 0x800, 1111]));
  });

  test('a trap inside a handler of M overwrites its registers', () => {
    const { outputs, guest } = run(`
      .option norvc
      _start: la t0, first
        csrw mtvec, t0
        csrwi mstatus, 8
        ecall
      .balign 4
      first: la t0, second
        csrw mtvec, t0
      inner: ebreak
      .balign 4
      second: outcsr mcause
        outcsr mepc
        outcsr mstatus
        exit
    `);
    expect(hexOf(outputs)).toEqual(hexOf([3, guest.address('inner'), 0x1800]));
  });

  test('xtvec: the mode bits do not vector', () => {
    for (const low of [0, 1, 2, 3]) {
      const machine = freshMachine();
      poke(machine, 0x60000000, 0x73, 0x13, 0x13);
      machine.setRegister('mtvec', 0x60000004 + low);
      step(machine);
      expect(machine.pc).toBe(0x60000008);
    }
  });
});
