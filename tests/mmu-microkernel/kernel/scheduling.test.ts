import { describe, expect, it } from 'vitest';
import { outputsOf, run } from './system.js';

const yields = (count: number): string => 'kcall CALL_YIELD\n'.repeat(count);

describe('round robin', () => {
  it('every process has its turn, in the order of the table', () => {
    const turns = (name: number): string => `
  _start: li s0, 5
  1: put ${name}
    kcall CALL_YIELD
    addi s0, s0, -1
    bnez s0, 1b
    ${name === 3 ? 'exit' : 'idle'}`;
    expect(outputsOf({ one: turns(1), two: turns(2), three: turns(3) })).toEqual(
      Array.from({ length: 5 }, () => [1, 2, 3]).flat(),
    );
  });

  const thread = (label: string, stack: number): string => `
    la a1, ${label}
    la a2, stacks + ${1024 * stack}
    li a3, 1024
    kcall CALL_CREATE_THREAD`;
  const STACKS = '.bss\n .balign 16\n stacks: .space 8192';

  it('and within it every thread, however many', () => {
    const outputs = outputsOf({
      one: `
  _start: ${thread('worker', 0)} ${thread('worker', 1)} ${thread('worker', 2)}
    li s0, 4
  1: kcall CALL_GET_THREAD_ID
    out a1
    kcall CALL_YIELD
    addi s0, s0, -1
    bnez s0, 1b
    exit
  worker: kcall CALL_GET_THREAD_ID
    mv s0, a1
  2: out s0
    kcall CALL_YIELD
    j 2b
    ${STACKS}`,
      two: '_start: put 100\n kcall CALL_YIELD\n j _start',
    });
    const own = outputs.filter((o) => o < 100).slice(3);
    expect(outputs.filter((o) => o === 100).length).toBeGreaterThan(8);
    const counts = [2, 3, 4, 5].map((t) => own.filter((o) => o === t).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('a thread that is handed messages all the time does not let its siblings starve', () => {
    const outputs = outputsOf({
      server: `
  _start: server 7
    ${thread('three', 0)} ${thread('four', 1)}
    receive 7
  1: li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    j 1b
  three: put 3
    kcall CALL_YIELD
    j three
  four: put 4
    kcall CALL_YIELD
    j four
    ${STACKS}`,
      client: `
  _start: connect 7
    mv s0, a1
    li s1, 20
  1: mv a1, s0
    li a2, KIND_BLOCKING_SCALAR
    kcall CALL_SEND
    kcall CALL_YIELD
    addi s1, s1, -1
    bnez s1, 1b
    exit`,
    });
    const threes = outputs.filter((o) => o === 3).length;
    const fours = outputs.filter((o) => o === 4).length;
    expect(threes + fours).toBeGreaterThan(15);
    expect(Math.abs(threes - fours)).toBeLessThanOrEqual(1);
  });

  it('SwitchTo is for children only', () => {
    const outputs = outputsOf({
      one: `
  _start: ${[0, 1, 2, 3, 40, 64, -1].map((pid) => `li a1, ${pid}\n li a2, 0\n kcall CALL_SWITCH_TO\n out a1`).join('\n')}
    exit`,
      two: '_start: kcall CALL_YIELD\n j _start',
    });
    expect(outputs).toEqual([10, 11, 11, 11, 10, 10, 10]);
  });

  it('GetProcessId and GetThreadId', () => {
    const body = 'kcall CALL_GET_PROCESS_ID\n out a0\n out a1\n kcall CALL_GET_THREAD_ID\n out a0\n out a1\n';
    expect(outputsOf({ one: `_start: ${body} idle`, two: `_start: ${body} exit` })).toEqual([
      11, 2, 10, 2, 11, 3, 10, 2,
    ]);
  });

  it('calls that do not exist are refused', () => {
    const outputs = outputsOf({
      one: `_start: ${[0, 1, 8, 13, 21, 23, 29, 31, 37, 39, 42, 1000, -1].map((n) => `li a0, ${n}\n ecall\n out a0\n out a1`).join('\n')}\n exit`,
    });
    expect(outputs).toEqual(Array.from({ length: 13 }, () => [1, 17]).flat());
  });

  it('with nothing to do the machine sleeps', () => {
    const { stop, machine, system } = run({ one: '_start: server 7\n receive 7' });
    expect(stop.kind).toBe('asleep');
    expect(machine.pc - system.kernel('scheduler')).toBeLessThan(60);
  });
});

describe('threads', () => {
  const STACK = '.bss\n .balign 16\n stack: .space 1024\n stack2: .space 1024';
  const create = (label: string, words: readonly number[] = [], stack = 'stack'): string => `
    ${words.map((w, i) => `li a${4 + i}, ${w}`).join('\n')}
    thread ${label}, ${stack}`;

  it('a new thread runs at once, with its words and its stack; the caller gets its number', () => {
    const { outputs, system } = run({
      one: `
  _start: ${create('worker', [1, 2, 3, 4])}
    out a0
    out a1
    exit
  worker: out a0
    out a1
    out a2
    out a3
    out sp
    out s0
    out a4
    kcall CALL_YIELD
    idle
    ${STACK}`,
    });
    const stack = system.symbol('one.stack').virtual + 1024;
    expect(outputs).toEqual([1, 2, 3, 4, stack, 0, 0, 10, 3]);
  });

  it('nothing of an old thread is left to a new one in its place', () => {
    const outputs = outputsOf({
      one: `
  _start: ${create('first')}
    ${create('second')}
    exit
  first: li s0, 99
    li a5, 98
    ret
  second: out s0
    out a5
    out t0
    kcall CALL_GET_THREAD_ID
    out a1
    kcall CALL_YIELD
    ${STACK}`,
    });
    expect(outputs).toEqual([0, 0, 0, 3]);
  });

  it('JoinThread waits for the end and gets its value', () => {
    const outputs = outputsOf({
      one: `
  _start: ${create('worker', [5])}
    li a1, 3
    kcall CALL_JOIN_THREAD
    out a0
    out a1
    li a1, 3
    kcall CALL_JOIN_THREAD
    out a0
    out a1
    exit
  worker: mv s0, a0
    kcall CALL_YIELD
    put 7
    addi a0, s0, 100
    ret
    ${STACK}`,
    });
    expect(outputs).toEqual([7, 14, 105, 1, 16]);
  });

  it('nobody joins itself, a thread that is joined already, or one that does not exist', () => {
    const outputs = outputsOf({
      one: `
  _start: ${create('waiter')}
    ${[2, 4, 0, 1, 31, -1].map((t) => `li a1, ${t}\n kcall CALL_JOIN_THREAD\n out a1`).join('\n')}
    ${create('waiter2', [], 'stack2')}
    exit
  waiter: li a1, 2
    kcall CALL_JOIN_THREAD
    ${STACK}
    .text
  waiter2: li a1, 2
    kcall CALL_JOIN_THREAD
    out a1
    kcall CALL_YIELD
    idle`,
    });
    expect(outputs).toEqual([16, 16, 16, 16, 16, 16, 16]);
  });

  it('29 threads and no more; a function at 0 is none', () => {
    const outputs = outputsOf({
      one: `
  _start: li s0, 0
  1: ${create('worker')}
    li t0, TAG_THREAD
    bne a0, t0, 2f
    addi s0, s0, 1
    mv s1, a1
    j 1b
  2: out s0
    out s1
    out a1
    li a1, 0
    kcall CALL_CREATE_THREAD
    out a1
    exit
  worker: kcall CALL_YIELD
    j worker
    ${STACK}`,
    });
    expect(outputs).toEqual([28, 30, 16, 2]);
  });

  it('the end of the last thread is the end of the process', () => {
    const outputs = outputsOf({
      server: `_start: server 7
    ${create('worker')}
    li t0, EXIT_THREAD
    jr t0
  worker: ${yields(3)}
    ret
    ${STACK}`,
      client: `
  _start: connect 7
    mv s0, a1
    mv a1, s0
    li a2, KIND_BLOCKING_SCALAR
    kcall CALL_SEND
    out a0
    out a1
    exit`,
    });
    expect(outputs).toEqual([1, 9]);
  });
});
