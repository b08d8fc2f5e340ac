import { describe, expect, test } from 'vitest';
import { expectMemoryExhausted, FOREVER, freshMachine, program } from './guest.js';

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
    expectMemoryExhausted(machine, guest, 2);
    expect(wholeRun()).toEqual(expected);
  });
});
