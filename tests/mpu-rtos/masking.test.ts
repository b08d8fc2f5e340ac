import { describe, expect, it } from 'vitest';
import { EQUATES, type CoreName, run } from './guest.js';

/* Intervals in which interrupts are masked, as the ledger has them. */

const SETUP = `${EQUATES}
.equ ISER, 0xe000e100
.equ IPR, 0xe000e400
.equ SHPR2, 0xe000ed1c
`;

/** A long stretch; the interval that it lies in is longer than any without it. */
const LONG = ' movs r5, #200\n1: subs r5, #1\n bne 1b\n';
const STRETCH = 400;

/** The longest masked interval of a program that may enable irq0 before it makes a system call of priority 0x80. */
const longest = (handler: string, before = '', core: CoreName = 'm4'): number => {
  const source = `${SETUP}
svcall: ${handler}
  bx lr
.pool
start: ldr r0, =SHPR2
  ldr r1, =0x80000000
  str r1, [r0]
  ${before}
  svc #0
  exit
`;
  const { machine, stop } = run(source, { core });
  expect(stop).toMatchObject({ kind: 'exit', code: 0 });
  return machine.ledger.read(machine.counters.cycles).longestMasked.cycles;
};

const enable = (priority: number): string => `ldr r0, =IPR
  movs r1, #${priority}
  str r1, [r0]
  ldr r0, =ISER
  movs r1, #1
  str r1, [r0]
`;

describe.each(['m0plus', 'm4', 'm33'] as const)('%s: interrupts are masked', (core) => {
  it('in a handler that no enabled interrupt preempts, by priority', () => {
    expect(longest(LONG, enable(0x80), core)).toBeGreaterThan(STRETCH);
    expect(longest(LONG, enable(0xc0), core)).toBeGreaterThan(STRETCH);
    expect(longest(LONG, '', core)).toBeGreaterThan(STRETCH);
    expect(longest(LONG, enable(0x40), core)).toBe(0);
  });

  it('until a store enables one that preempts, or makes it more urgent', () => {
    expect(longest(enable(0) + LONG, '', core)).toBeLessThan(STRETCH);
    expect(longest(`${enable(0x40)}${LONG}`, enable(0xc0), core)).toBeLessThan(STRETCH);
    expect(longest(`${enable(0xc0)}${LONG}`, enable(0x40), core)).toBeGreaterThan(STRETCH);
  });

  it('by PRIMASK, in thread mode too', () => {
    expect(longest('nop', `${enable(0)} cpsid i\n${LONG} cpsie i\n`, core)).toBeGreaterThan(STRETCH);
    expect(longest('nop', `${enable(0)}${LONG}`, core)).toBeLessThan(STRETCH);
  });
});

describe('m4: interrupts are masked', () => {
  const basepri = (priority: number): string => ` movs r0, #${priority}\n msr basepri, r0\n`;

  it('by BASEPRI unless an enabled one is above it', () => {
    expect(longest('nop', `${enable(0x40)}${basepri(0x40)}${LONG}${basepri(0)}`)).toBeGreaterThan(STRETCH);
    expect(longest('nop', `${enable(0x40)}${basepri(0x60)}${LONG}${basepri(0)}`)).toBe(0);
  });

  it('by FAULTMASK', () => {
    expect(longest('nop', `${enable(0)} cpsid f\n${LONG} cpsie f\n`)).toBeGreaterThan(STRETCH);
  });
});
