import { describe, expect, it } from 'vitest';
import type { Compartment } from '../../../platforms/cheri/kernel/system.js';
import { compartment, run, thread } from './system.js';

const FAILED = 0xffffffff;
const minus = (n: number): number => -n >>> 0;

/** A caller that reports both results of one call, then of a second one to something that works. */
const caller = (arguments_ = ''): Compartment =>
  compartment(
    'caller',
    `
main:
  ${arguments_}
  cross_call bad
  report a0
  report a1
  cross_call good
  report a0
  exit
`,
    {
      imports: [
        { kind: 'call', name: 'bad', compartment: 'callee', export: 'bad' },
        { kind: 'call', name: 'good', compartment: 'callee', export: 'good' },
      ],
    },
  );

const callee = (body: string, more: Partial<Compartment> = {}): Compartment =>
  compartment('callee', `.text\nbad:\n${body}\ngood:\n  li a0, 7\n  cret`, {
    ...more,
    exports: [
      { name: 'bad', arguments: 1 },
      { name: 'good', arguments: 0 },
    ],
  });

const outcome = (body: string, more: Partial<Compartment> = {}): readonly number[] => {
  const { stop, reports } = run({
    compartments: [caller('li a0, 3'), callee(body, more)],
    threads: [thread('caller', 'main')],
  });
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  return reports;
};

describe('a fault without handler ends the invocation', () => {
  it.each([
    ['a load through a number', 'li t0, 64\n  clw t0, 0(ct0)\n  cret'],
    ['a store beyond the stack', 'csw zero, 16(csp)\n  cret'],
    ['a jump to a number', 'li t0, 64\n  cjr ct0'],
    ['an illegal instruction', 'unimp'],
    ['a breakpoint', 'ebreak'],
    ['a system register', 'csrr a0, mcause\n  cret'],
    ['the trusted stack', 'cspecialrw ca0, mtdc, cnull\n  cret'],
    ['a return to a number', 'li ra, 64\n  cret'],
    ['a stack pointer that is none', 'li sp, 64\n  csw zero, 0(csp)\n  cret'],
    ['code beyond the compartment', 'cllc ct0, bad\n  li t1, 0x10000\n  cincoffset ct0, ct0, t1\n  cjr ct0'],
    ['falling off the end', 'cllc ct0, past\n  cjr ct0\n.balign 2\n  .text\n  j past\npast:\n  j . + 0x4000'],
  ])('%s', (_, body) => {
    expect(outcome(body)).toEqual([FAILED, 0, 7]);
  });
});

describe('a call that is none', () => {
  const calling = (call: string, more: Partial<Compartment> = {}): readonly number[] => {
    const program = `
main:
  load_import ct2, switcher
  ${call}
  cjalr ct2
  report a0
  exit
`;
    const imports = [{ kind: 'call', name: 'good', compartment: 'callee', export: 'good' }] as const;
    const one = compartment('caller', program, { imports, ...more });
    const { stop, reports } = run({ compartments: [one, callee('cret')], threads: [thread('caller', 'main')] });
    expect(stop).toEqual({ kind: 'exit', code: 0 });
    return reports;
  };

  it.each([
    ['a number', 'li t1, 0x20041000'],
    ['null', 'li t1, 0'],
    ['unsealed memory', 'cmove ct1, cgp'],
    ['code', 'cllc ct1, main'],
    ['a sentry', 'cmove ct1, ct2'],
    ['an import whose address was changed', 'load_import ct1, good\n  cincoffset ct1, ct1, 4'],
    ['an import without its tag', 'load_import ct1, good\n  ccleartag ct1, ct1'],
  ])('%s is refused', (_, call) => {
    expect(calling(call)).toEqual([FAILED]);
  });

  it('a stack without room for the spilled registers', () => {
    expect(calling('load_import ct1, good\n  cgetbase t0, csp\n  csetaddr csp, csp, t0')).toEqual([minus(140)]);
  });
});

describe('error handlers', () => {
  const HANDLER = { errorHandler: 'handler' };
  const FAULT = 'li a1, 64\n  clw a0, 0(ca1)\n  cret';

  it('a rich one sees cause, registers and pc, and goes on where it likes with what it likes', () => {
    const body = `
  li s0, 0x123
  ${FAULT}
handler:
  report a1                            # mcause
  report a2                            # mtval: tag violation, register 11
  clw t0, 64+0(ca0)
  report t0                            # s0
  clw t0, 0(ca0)
  addi t0, t0, 2                       # behind the load, which is compressed
  csw t0, 0(ca0)
  li t0, 99
  csw t0, 80(ca0)                      # a0
  csw zero, 88(ca0)                    # a1
  li a0, INSTALL_CONTEXT
  cret`;
    expect(outcome(body, HANDLER)).toEqual([28, 2 | (11 << 5), 0x123, 99, 0, 7]);
  });

  it('a rich one that gives up', () => {
    expect(outcome(`${FAULT}\nhandler:\n  li a0, FORCE_UNWIND\n  cret`, HANDLER)).toEqual([FAILED, 0, 7]);
  });

  it('one that faults itself', () => {
    expect(outcome(`${FAULT}\nhandler:\n  unimp`, HANDLER)).toEqual([FAILED, 0, 7]);
  });

  it('one that always goes on at the fault is stopped', () => {
    expect(outcome(`${FAULT}\nhandler:\n  li a0, INSTALL_CONTEXT\n  cret`, HANDLER)).toEqual([FAILED, 0, 7]);
  });

  it('one that asks for a pc outside of its compartment', () => {
    const body = `${FAULT}\nhandler:\n  li t0, 0x20040000\n  csw t0, 0(ca0)\n  li a0, INSTALL_CONTEXT\n  cret`;
    expect(outcome(body, HANDLER)).toEqual([FAILED, 0, 7]);
  });

  it('a rich one finds no stack: the stackless one runs, with that of the invocation', () => {
    const body = `
  li sp, 0
  ${FAULT}
handler:
  report a0
quick:
  report a0
  report a1
  csw a0, 0(csp)
  cret`;
    expect(outcome(body, { errorHandler: 'handler', stacklessHandler: 'quick' })).toEqual([
      28,
      2 | (11 << 5),
      FAILED,
      0,
      7,
    ]);
  });
});

describe('calls nested too deep', () => {
  const recursive = compartment(
    'deep',
    'main:\nagain:\n  csc cra, -16(csp)\n  cincoffset csp, csp, -16\n  cross_call again\n  report a0\n  clc cra, 0(csp)\n  cincoffset csp, csp, 16\n  li a0, 0\n  cret',
    {
      imports: [{ kind: 'call', name: 'again', compartment: 'deep', export: 'again' }],
      exports: [{ name: 'again', arguments: 0 }],
    },
  );
  const last = compartment('last', 'main:\n  exit');
  const deep = (more: object): readonly number[] =>
    run({
      compartments: [recursive, last],
      threads: [thread('deep', 'main', { priority: 2, ...more }), thread('last', 'main')],
    }).reports;

  it('no trusted stack frame is left', () => {
    expect(deep({ trustedFrames: 3 })).toEqual([minus(141), 0, 0, 0]);
  });

  it('no stack is left', () => {
    expect(deep({ trustedFrames: 20, stackBytes: 256 })[0]).toBe(minus(140));
  });

  it('a callee that asks for more stack than there is', () => {
    const one = compartment('caller', 'main:\n  cross_call hungry\n  report a0\n  exit', {
      imports: [{ kind: 'call', name: 'hungry', compartment: 'callee', export: 'hungry' }],
    });
    const other = compartment('callee', 'hungry:\n  cret', {
      exports: [{ name: 'hungry', arguments: 0, minimumStack: 512 }],
    });
    const answer = (stackBytes: number): readonly number[] =>
      run({ compartments: [one, other], threads: [thread('caller', 'main', { stackBytes })] }).reports;
    expect(answer(512 + 64)).toEqual([0]);
    expect(answer(512 + 48)).toEqual([minus(140)]);
  });
});
