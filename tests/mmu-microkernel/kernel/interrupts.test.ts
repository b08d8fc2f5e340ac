import { describe, expect, it } from 'vitest';
import { XOUS_LINES } from '../../../platforms/mmu-microkernel/devices/board.js';
import { physical } from '../../../platforms/machine/units.js';
import { FOR_EVER, outputsOf, run } from './system.js';

const FIRST = XOUS_LINES.firstInterrupt;

const claim = (line: number | string, handler: string, argument = 'LINES'): string => `
    li a1, ${line}
    la a2, ${handler}
    li a3, ${argument}
    kcall CALL_CLAIM_INTERRUPT
`;
/** Raises lines of the interrupt device, as bits from the first. */
const raise = (bits: number): string => `li t0, LINES\n li t1, ${bits}\n sw t1, 4(t0)\n`;
const lower = (bits: number): string => `li t0, LINES\n li t1, ${bits}\n sw t1, 8(t0)\n`;

describe('handlers', () => {
  it('get line and argument on the stack of the last thread, and return to what they interrupted', () => {
    const outputs = outputsOf({
      driver: `
  _start: ${claim(FIRST, 'handler', '4711')}
    out a0
    mv s0, sp
    addi sp, sp, -64
    server 7
    receive 7
  handler: out a0
    out a1
    sub t1, s0, sp
    ${lower(1)}
    li t1, 0x7fffffc0
    sub t1, sp, t1
    out t1
    ret`,
      client: `_start: kcall CALL_YIELD\n li s0, 42\n ${raise(1)} ${'nop\n'.repeat(30)} out s0\n exit`,
    });
    expect(outputs).toEqual([0, FIRST, 4711, 0, 42]);
  });

  it('interrupt the process they belong to as well, on its own stack', () => {
    const outputs = outputsOf({
      driver: `
  _start: ${claim(FIRST, 'handler')}
    li s0, 42
    li s1, 43
    addi sp, sp, -16
    ${raise(1)} ${'nop\n'.repeat(30)}
    out s0
    out s1
    exit
  handler: li s0, 0
    out sp
    ${lower(1)}
    ret`,
    });
    expect(outputs).toEqual([0x7ffffff0, 42, 43]);
  });

  it('use the stack as it is now, every time', () => {
    const outputs = outputsOf({
      driver: `
  _start: ${claim(FIRST, 'handler')}
    ${raise(1)} ${'nop\n'.repeat(30)}
    addi sp, sp, -32
    ${raise(1)} ${'nop\n'.repeat(30)}
    addi sp, sp, 16
    ${raise(1)} ${'nop\n'.repeat(30)}
    exit
  handler: out sp
    ${lower(1)}
    ret`,
    });
    expect(outputs).toEqual([0x80000000, 0x7fffffe0, 0x7ffffff0]);
  });

  it('wake a machine that has nothing to do', () => {
    const outputs = outputsOf({
      driver: `
  _start: ${claim(XOUS_LINES.timer, 'handler', 'TIMER')}
    li t0, TIMER
    li t1, 20000
    sw t1, 8(t0)
    sw zero, 12(t0)
    server 7
    receive 7
    out a3
    exit
  handler: li t1, -1
    sw t1, 8(a1)
    li a1, 2
    li a2, KIND_SCALAR
    li a3, 314
    kcall CALL_TRY_SEND
    out a0
    ret`,
    });
    expect(outputs).toEqual([0, 314]);
  });

  it('run with lines masked, one after the other, the lowest line first', () => {
    const outputs = outputsOf({
      driver: `
  _start: ${claim(FIRST, 'low')} ${claim(FIRST + 1, 'high')}
    ${raise(3)} ${'nop\n'.repeat(40)}
    exit
  low: put 1
    ${'nop\n'.repeat(40)}
    put 2
    ${lower(1)}
    ret
  high: put 3
    ${lower(2)}
    ret`,
    });
    expect(outputs).toEqual([1, 2, 3]);
  });

  it('may not wait, and may do the rest', () => {
    const calls = [3, 7, 14, 15, 16, 17, 18, 19, 22, 36, 41, 2, 32, 33, 34, 35];
    const allowed = [5, 6, 20, 24, 25, 26, 27, 28, 40];
    const outputs = outputsOf({
      driver: `
  _start: ${claim(FIRST, 'handler')}
    ${raise(1)} ${'nop\n'.repeat(30)}
    exit
  handler: ${calls.map((n) => `kcall ${n}\n out a1`).join('\n')}
    ${allowed.map((n) => `li a1, 77\n kcall ${n}\n out a1`).join('\n')}
    ${lower(1)}
    li ra, RETURN_FROM_HANDLER
    ret`,
    });
    expect(outputs).toEqual([...calls.map(() => 18), 5, 5, ...allowed.slice(2).map(() => 9)]);
  });

  it('may send what needs no answer, but nothing that does', () => {
    const kinds = ['KIND_BLOCKING_SCALAR', 'KIND_BORROW', 'KIND_MUTABLE_BORROW', 'KIND_SCALAR', 'KIND_MOVE'];
    const outputs = outputsOf({
      driver: `
  _start: server 7
    ${claim(FIRST, 'handler')}
    ${raise(1)} ${'nop\n'.repeat(30)}
    exit
  handler: ${kinds
    .map((kind) => `li a1, 2\n li a2, ${kind}\n la a4, buffer\n li a5, 4096\n kcall CALL_TRY_SEND\n out a0\n`)
    .join('')}
    ${lower(1)}
    li ra, RETURN_FROM_HANDLER
    ret
    .bss
    .balign 4096
  buffer: .space 4096`,
    });
    expect(outputs).toEqual([1, 1, 1, 0, 0]);
  });

  it('answers from a handler do not switch', () => {
    const outputs = outputsOf({
      server: `
  _start: server 7
    receive 7
    la t0, token
    sw a1, 0(t0)
    ${claim(FIRST, 'handler')}
    ${raise(1)} ${'nop\n'.repeat(30)}
    put 2
    idle
  handler: la t0, token
    lw a1, 0(t0)
    li a2, 5
    kcall CALL_RETURN_SCALAR1
    out a0
    ${lower(1)}
    put 1
    li ra, RETURN_FROM_HANDLER
    ret
    .data
  token: .word 0`,
      client: '_start: connect 7\n li a2, KIND_BLOCKING_SCALAR\n kcall CALL_SEND\n out a1\n exit',
    });
    expect(outputs).toEqual([0, 1, 2, 5]);
  });
});

describe('claims', () => {
  it('a line has one owner, who alone can free it', () => {
    const outputs = outputsOf({
      one: `
  _start: ${claim(FIRST, '_start')} out a0
    ${claim(FIRST, '_start')} out a0
    out a1
    ${claim(32, '_start')} out a1
    ${claim(-1, '_start')} out a1
    kcall CALL_YIELD
    li a1, ${FIRST}
    kcall CALL_FREE_INTERRUPT
    out a0
    li a1, ${FIRST}
    kcall CALL_FREE_INTERRUPT
    out a1
    li a1, 32
    kcall CALL_FREE_INTERRUPT
    out a1
    ${claim(FIRST, '_start')} out a0
    exit`,
      two: `_start: li a1, ${FIRST}\n kcall CALL_FREE_INTERRUPT\n out a1\n idle`,
    });
    expect(outputs).toEqual([0, 1, 6, 5, 5, 5, 0, 5, 5, 0]);
  });

  it('a line beyond the table names nothing of the kernel', () => {
    // where record 96 would be, the kernel holds the number of the running process
    const outputs = outputsOf({
      one: `_start: li a1, 96\n kcall CALL_FREE_INTERRUPT\n out a1\n ${claim(95, '_start')} out a1\n exit`,
    });
    expect(outputs).toEqual([5, 5]);
  });

  it('a line that nobody claims, or that was freed, interrupts nobody', () => {
    const outputs = outputsOf({
      one: `
  _start: ${raise(2)} ${'nop\n'.repeat(20)} put 1
    ${claim(FIRST, 'handler')}
    li a1, ${FIRST}
    kcall CALL_FREE_INTERRUPT
    ${raise(1)} ${'nop\n'.repeat(20)} put 2
    exit
  handler: put 1000
    ${lower(1)}
    ret`,
    });
    expect(outputs).toEqual([1, 2]);
  });

  it('in a handler they take effect when it returns', () => {
    const outputs = outputsOf({
      one: `
  _start: ${claim(FIRST, 'handler')}
    ${raise(3)} ${'nop\n'.repeat(60)} put 4
    exit
  handler: ${claim(FIRST + 1, 'second')}
    li a1, ${FIRST}
    kcall CALL_FREE_INTERRUPT
    ${'nop\n'.repeat(20)}
    put 1
    li ra, RETURN_FROM_HANDLER
    ret
  second: put 2
    ${lower(2)}
    ret`,
    });
    expect(outputs).toEqual([1, 2, 4]);
  });
});

describe('pre-emption', () => {
  const ticker = `
  _start: ${claim(XOUS_LINES.timer, 'tick', 'TIMER')}
    li t0, TIMER
    li t1, 3000
    sw t1, 16(t0)
    sw t1, 8(t0)
    sw zero, 12(t0)
    server 7
    receive 7
  tick: mv s0, a1
    mv s1, ra
    kcall CALL_RETURN_TO_PARENT
    li t1, 1
    sw t1, 20(s0)
    jr s1`;
  const counter = (limit: number): string => `
  _start: li s0, 0
    li s1, ${limit}
  1: addi s0, s0, 1
    bne s0, s1, 1b
    kcall CALL_GET_PROCESS_ID
    out a1
    ${limit > 9000 ? 'exit' : 'idle'}`;

  it('programs that never call share the processor', () => {
    expect(outputsOf({ ticker, one: counter(9000), two: counter(8000), three: counter(20000) })).toEqual([4, 3, 5]);
  });

  it('a tick while nobody runs leaves the scheduler as it was', () => {
    const { outputs, machine, system } = run({
      ticker: ticker.replace(
        'jr s1',
        'la t0, left\n lw t1, 0(t0)\n addi t1, t1, -1\n sw t1, 0(t0)\n out t1\n bnez t1, 9f\n exit\n 9: jr s1\n .data\n left: .word 5',
      ),
    });
    expect(outputs).toEqual([4, 3, 2, 1, 0]);
    const record = system.kernel('P_READY') + (system.kernel('SCHEDULER') << system.kernel('P_SHIFT'));
    const data = system.image.spaceWord! - (system.image.spaceWord! % 4096);
    expect([...machine.memory.dump(physical(data + (record & 0xfff)), 4)]).toEqual([0, 0, 0, 0]);
  });

  it('ReturnToParent outside of a handler is a yield', () => {
    const outputs = outputsOf({
      one: '_start: put 1\n kcall CALL_RETURN_TO_PARENT\n out a0\n exit',
      two: '_start: put 2\n idle',
    });
    expect(outputs).toEqual([1, 2, 0]);
  });
});

describe('misuse', () => {
  it('a handler that faults ends its process; what it interrupted goes on, and other lines work', () => {
    const outputs = outputsOf({
      bad: `_start: ${claim(FIRST, 'handler')}\n server 7\n receive 7\n handler: ${lower(1)} lw t0, 0(zero)`,
      good: `_start: ${claim(FIRST + 1, 'handler')}\n server 8\n receive 8\n handler: ${lower(2)} put 5\n ret`,
      client: `_start: kcall CALL_YIELD\n ${raise(1)} ${'nop\n'.repeat(30)} put 1\n ${raise(2)} ${'nop\n'.repeat(30)} put 2\n ${claim(FIRST, '_start')} out a0\n exit`,
    });
    expect(outputs).toEqual([1, 5, 2, 0]);
  });

  it('a handler that is its own victim ends with it', () => {
    const outputs = outputsOf({
      bad: `_start: ${claim(FIRST, 'handler')} ${raise(1)} ${'nop\n'.repeat(30)} put 1000\n idle\n handler: ${lower(1)} li t0, EXIT_THREAD\n jr t0`,
      client: '_start: kcall CALL_YIELD\n put 1\n exit',
    });
    expect(outputs).toEqual([1]);
  });

  it('jumping to the return of a handler without one: hardened ends, as shipped tries for ever', () => {
    const programs = {
      bad: '_start: li t0, RETURN_FROM_HANDLER\n jr t0',
      client: '_start: kcall CALL_YIELD\n put 1\n exit',
    };
    expect(outputsOf(programs)).toEqual([1]);
    const { stop, outputs } = run(programs, { kernel: { misuse: 'as-shipped' }, budget: FOR_EVER });
    expect([stop.kind, outputs]).toEqual(['budget', []]);
  });
});
