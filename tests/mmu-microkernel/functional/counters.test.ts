import { describe, expect, test } from 'vitest';
import { DATA, hexOf, outputsOf, run } from './guest.js';

const ALL = 0xffffffff;

describe('counters', () => {
  /** Cycles and instructions between two marks of the guest, from probes. */
  function between(code: string): { cycles: number; instructions: number; outputs: readonly number[] } {
    const seen: [number, number][] = [];
    const { outputs } = run(code, {
      prepare: (machine, guest) => {
        for (const label of ['first', 'second']) {
          machine.probes.add(guest.address(label) as never, (event) => {
            seen.push([event.cycle, event.instructions]);
            return false;
          });
        }
      },
    });
    return { cycles: seen[1][0] - seen[0][0], instructions: seen[1][1] - seen[0][1], outputs };
  }

  test.each(['mcycle', 'cycle'])('%s counts the machine’s cycles', (csr) => {
    const code = `_start: li s1, 3
      again:
      first: csrr a0, ${csr}
      .rept 50
      div t0, t1, s1
      lw t2, 0(sp)
      .endr
      second: csrr a1, ${csr}
      sub a1, a1, a0
      out a1
      exit`;
    const { cycles, outputs } = between(code.replace('_start:', `_start: li sp, ${DATA}\n`));
    expect(outputs).toEqual([cycles]);
    expect(cycles).toBeGreaterThan(1500);
  });

  test.each(['minstret', 'instret'])('%s counts retired instructions, not those that trap', (csr) => {
    const code = `
      .option norvc
      _start: la t0, handler
        csrw mtvec, t0
      first: csrr a0, ${csr}
        nop
        ecall
        nop
      second: csrr a1, ${csr}
        sub a1, a1, a0
        out a1
        exit
      .balign 4
      handler: csrr t0, mepc
        addi t0, t0, 4
        csrw mepc, t0
        csrr t0, mstatus
        mret`;
    const { instructions, outputs } = between(code);
    expect(instructions).toBe(8);
    expect(outputs).toEqual([8]);
  });

  test('minstret: the writing instruction itself is counted (RTL)', () => {
    const code = '_start: li t0, 100\n csrw minstret, t0\n csrr t1, minstret\n out t1\n csrw minstret, t0\n';
    expect(outputsOf(`${code} nop\n nop\n csrr t1, minstret\n out t1\n exit`)).toEqual([101, 103]);
  });

  test('mcycle has the written value in the next cycle (RTL: read again 3 cycles later, it is 2 more)', () => {
    const code = `_start: li t0, 100
      .balign 32
      nop
      csrw mcycle, t0
      csrr t1, mcycle
      out t1
      exit`;
    expect(outputsOf(code)).toEqual([102]);
  });

  test.each([
    ['mcycle', 'mcycleh'],
    ['minstret', 'minstreth'],
  ])('%s carries into %s; each half is written alone', (low, high) => {
    const outputs = outputsOf(`
      _start: li t0, -1
        csrwi ${high}, 5
        csrw ${low}, t0
        nop
        nop
        csrr t1, ${high}
        out t1
        csrr t2, ${low}
        srli t2, t2, 8
        out t2
        csrw ${high}, t0
        csrr t1, ${high}
        out t1
        csrw ${low}, t0
        nop
        nop
        csrr t1, ${high}
        out t1
        csrr t2, ${low.slice(1)}h
        out t2
        exit`);
    expect(hexOf(outputs)).toEqual(hexOf([6, 0, ALL, 0, 0]));
  });

  test('the user’s views follow what M-mode wrote', () => {
    const outputs = outputsOf(`
      _start: lui t0, 0x12345
        csrw mcycle, t0
        csrr t1, cycle
        srli t1, t1, 12
        out t1
        csrwi mcycleh, 9
        csrr t1, cycleh
        out t1
        csrw minstret, t0
        csrr t1, instret
        srli t1, t1, 12
        out t1
        csrwi minstreth, 7
        csrr t1, instreth
        out t1
        exit`);
    expect(hexOf(outputs)).toEqual(hexOf([0x12345, 9, 0x12345, 7]));
  });

  test('writing them does not touch the machine’s own counts', () => {
    const { machine } = run('_start: csrw mcycle, zero\n csrw minstret, zero\n exit');
    expect(machine.counters.instructions).toBe(3);
    expect(machine.counters.cycles).toBeGreaterThan(132);
  });
});
