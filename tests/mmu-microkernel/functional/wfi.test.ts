import { describe, expect, test } from 'vitest';
import type { Stop } from '../../../platforms/machine/machine.js';
import { hexOf, outputsOf, run } from './guest.js';

describe('wfi', () => {
  /** Sleeps in a mode; the timer line rises after 500 cycles. Outputs what came after, or the trap. */
  const sleep = (
    mode: 0 | 1 | 3,
    mie: number,
    status: number,
    mideleg = 0,
  ): Stop & { outputs: readonly number[]; after: number } => {
    const { stop, outputs, guest } = run(`
      .option norvc
      _start: la t0, handler
        csrw mtvec, t0
        la t0, supervisor
        csrw stvec, t0
        la t0, body
        csrw mepc, t0
        li t0, ${mie}
        csrw mie, t0
        li t0, ${mideleg}
        csrw mideleg, t0
        li t0, ${(mode << 11) | status}
        csrw mstatus, t0
        li t0, 500
        sw t0, 12(tp)
        mret
      body: wfi
      after: outcsr instret
        exit
      .balign 4
      handler: outcsr mcause
        outcsr mepc
        exit
      .balign 4
      supervisor: outcsr scause
        outcsr sepc
        exit`);
    return { ...stop, outputs, after: guest.address('after') };
  };

  test.each([0, 1, 3] as const)('mode %i: an enabled interrupt wakes it, masked or not', (mode) => {
    const masked = sleep(mode, 0x80, 0);
    if (mode === 3) {
      expect(masked.kind).toBe('exit');
      expect(masked.outputs).toHaveLength(1);
    } else {
      expect(hexOf(masked.outputs)).toEqual(hexOf([0x80000007, masked.after]));
    }
    const open = sleep(mode, 0x80, 0x80);
    expect(hexOf(open.outputs)).toEqual(hexOf([0x80000007, open.after]));
  });

  test.each([0, 1, 3] as const)('mode %i: one that is not enabled does not, the run ends asleep', (mode) => {
    expect(sleep(mode, 0, 0x80)).toMatchObject({ kind: 'asleep', outputs: [] });
    expect(sleep(mode, 0x808, 0x80)).toMatchObject({ kind: 'asleep', outputs: [] });
  });

  test('a pending one makes it a nop', () => {
    const { machine, outputs } = run(`
      _start: csrwi mie, 2
        csrwi mip, 2
        rdcycle t0
        wfi
        wfi
        rdcycle t1
        sub t1, t1, t0
        out t1
        exit`);
    expect(outputs[0]).toBeLessThan(30);
    expect(machine.counters.instructions).toBe(9);
  });

  test('S-mode with a delegated interrupt: masked it goes on, open it traps to S', () => {
    const source = (sie: number): string => `
      .option norvc
      _start: la t0, supervisor
        csrw stvec, t0
        la t0, body
        csrw mepc, t0
        li t0, 0x222
        csrw mideleg, t0
        csrw mie, t0
        csrwi 0x9c0, 1
        li t0, ${0x800 | sie}
        csrw mstatus, t0
        mret
      body: li t0, 4
        sw t0, 8(tp)
        wfi
      after: settle
        outcsr sip
        exit
      .balign 4
      supervisor: outcsr scause
        exit`;
    expect(hexOf(outputsOf(source(0)))).toEqual(hexOf([0x200]));
    expect(hexOf(outputsOf(source(2)))).toEqual(hexOf([0x80000009]));
  });

  test('it retires once, and time passes in it', () => {
    const { machine, outputs } = run(`
      _start: li t0, 0x80
        csrw mie, t0
        li t0, 5000
        rdcycle s0
        rdinstret s2
        sw t0, 12(tp)
        wfi
        rdinstret s3
        rdcycle s1
        sub s1, s1, s0
        sub s3, s3, s2
        out s1
        out s3
        exit`);
    expect(outputs[0]).toBeGreaterThan(5000);
    expect(outputs[0]).toBeLessThan(5060);
    expect(outputs[1]).toBe(3);
    expect(machine.bench?.timerRises).toHaveLength(1);
  });
});
