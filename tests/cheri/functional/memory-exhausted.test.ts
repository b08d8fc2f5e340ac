import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../platforms/machine/machine.js';
import { physical } from '../../../platforms/machine/units.js';
import { FOREVER, freshMachine, program } from './guest.js';

/** Cycles in the ledger. */
const booked = (machine: Machine): number => machine.ledger.read().matrix.reduce((a, b) => a + b);

/** Touches page after page behind its code with `access`, and executes nothing else that touches memory. */
const touching = (access: string): string => `
  lui t0, 0x21000
  csetaddr ca0, cgp, t0
  csetaddr ca1, ctp, t0
  lui t1, 1
again: addi a3, a3, 3
  ${access}
  cincoffset ca0, ca0, t1
  cincoffset ca1, ca1, t1
  mul a4, a3, a3
  j again`;

/** Rules, cycle by cycle, and the abstract model. */
const TIMINGS = [{}, { instructionWait: 2, dataWait: 3 }, { timing: 'common', commonWait: 1 }];

describe.each(TIMINGS)('a guest that touches more memory than there is, %j', (parameters) => {
  test.each(['csw a3, 0(ca0)', 'clw a2, 0(ca0)', 'csc ca1, 0(ca0)', 'clc ca2, 0(ca0)'])('%s', (access) => {
    const machine = freshMachine(parameters);
    const other = program('li a0, 77\n div a0, a0, a0\n csc cs1, 0(cs1)\n clc ca1, 0(cs1)\n out a0\n exit');
    const wholeRun = (): unknown => {
      machine.reset();
      machine.load(other.image);
      expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
      return [machine.counters, machine.stateHash(), machine.bench?.outputs];
    };
    const expected = wholeRun();

    machine.reset();
    const guest = program(touching(access));
    machine.load(guest.image);
    let rounds = 0;
    let last = 0;
    machine.probes.add(physical(guest.address('again')), ({ cycle }) => {
      rounds++;
      last = cycle;
      return false;
    });
    const stop = machine.run(FOREVER);
    expect(stop).toMatchObject({ kind: 'memory', reason: expect.stringContaining('16384') as string });
    expect(rounds).toBe(16384);
    expect(booked(machine)).toBe(machine.counters.cycles);
    const { cycles: end } = machine.counters;
    expect(end).toBeGreaterThan(last - 3);
    expect(end).toBeLessThan(last + 20);
    expect(machine.run(FOREVER)).toEqual(stop);
    expect([machine.counters.cycles, booked(machine)]).toEqual([end, end]);

    machine.probes.clear();
    expect(wholeRun()).toEqual(expected);
  });
});
