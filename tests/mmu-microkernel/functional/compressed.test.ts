import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../platforms/machine/machine.js';
import { CODE, DATA, freshMachine, peek, poke, register, step } from './guest.js';
import { rvcEffect, type RvcEffect } from './rvc-reference.js';

const NAMES =
  'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'.split(' ');
const NOP = 0x00010001;
/** Far from where the tested instruction is, so that no jump reaches it by chance. */
const HANDLER = CODE + 0x8000;
const AT = CODE + 0x4000;

/** Every register points somewhere into memory, at different words; a0 and a1 are 0 at times. */
function registersFor(half: number): number[] {
  return NAMES.map((_, i) => {
    if (i === 0) return 0;
    // so that branches go both ways
    if ((i === 10 || i === 11) && half % 4 === 1 && half % 3 === 0) return 0;
    return (DATA + 0x1000 * i + 64 * (half % 32)) >>> 0;
  });
}

/** What one step did, in the terms of the reference. */
function observe(machine: Machine, x: readonly number[]): { effect: RvcEffect; changed: string[] } {
  const pc = machine.pc;
  const after = machine.registers();
  const changed = NAMES.filter((_, i) => after[i + 1].value !== x[i]);
  if (pc === HANDLER + 2) {
    const cause = register(machine, 'mcause');
    return { effect: { kind: cause === 3 ? 'breakpoint' : 'illegal' }, changed };
  }
  return { effect: { kind: 'jump', target: pc, link: after[2].value === AT + 2 }, changed };
}

describe('every 16-bit word does what tables 16.5 to 16.7 say', () => {
  test.each([0, 1, 2])('quadrant %i', (quadrant) => {
    const machine = freshMachine();
    poke(machine, HANDLER, NOP, NOP);
    machine.setRegister('mtvec', HANDLER);
    const data = Array.from({ length: 33 * 1024 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 0);
    poke(machine, DATA, ...data);
    const wrong: string[] = [];
    for (let half = quadrant; half < 0x10000; half += 4) {
      const x = registersFor(half);
      NAMES.forEach((name, i) => machine.setRegister(name, x[i]));
      machine.setRegister('pc', AT);
      poke(machine, AT, (half | (NOP << 16)) >>> 0);
      const expected = rvcEffect(half, { pc: AT, x, word: (a) => peek(machine, a)[0] });
      const memory = expected.kind === 'store' ? expected.address : DATA;
      if (expected.kind === 'store') poke(machine, memory, 0x5a5a5a5a);
      step(machine);
      const { effect, changed } = observe(machine, x);
      let fits: boolean;
      switch (expected.kind) {
        case 'illegal':
        case 'breakpoint':
          fits = effect.kind === expected.kind && changed.length === 0 && register(machine, 'mepc') === AT;
          break;
        case 'jump': {
          const link = expected.link ? ['ra'] : [];
          fits = effect.kind === 'jump' && effect.target === expected.target && changed.join() === link.join();
          fits &&= effect.kind === 'jump' && effect.link === expected.link;
          break;
        }
        case 'write': {
          const name = NAMES[expected.rd];
          fits = machine.pc === AT + 2 && changed.every((c) => c === name);
          fits &&= expected.rd === 0 || register(machine, name) === expected.value;
          break;
        }
        case 'store':
          fits = machine.pc === AT + 2 && changed.length === 0 && peek(machine, memory)[0] === expected.value;
          break;
      }
      if (!fits) wrong.push(`${half.toString(16).padStart(4, '0')} should be ${JSON.stringify(expected)}`);
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });
});
