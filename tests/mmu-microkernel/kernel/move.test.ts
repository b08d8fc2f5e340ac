import { describe, expect, it } from 'vitest';
import { map, outputsOf, run } from './system.js';

describe('pages moved with a message', () => {
  it("a moved page is the server's, with the rights it had; the sender has it no more", () => {
    const { outputs, stop } = run({
      server: `
  _start: server 7
    receive 7
    out a2
    lw t0, 0(a4)
    out t0
    sw zero, 0(a4)
    mv a1, a4
    mv a2, a5
    kcall CALL_UNMAP_MEMORY
    out a0
    kcall CALL_YIELD
    put 7
    exit`,
      client: `
  _start: connect 7
    mv s0, a1
    la s1, buffer
    li t0, 999
    sw t0, 0(s1)
    mv a1, s0
    mv a4, s1
    li a2, KIND_MOVE
    li a5, 4096
    kcall CALL_SEND
    out a0
    lw t0, 0(s1)
    put 1000
    .bss
    .balign 4096
  buffer: .space 4096`,
    });
    expect(stop.kind).toBe('exit');
    expect([...outputs].sort((a, b) => a - b)).toEqual([0, 0, 2, 7, 999]);
  });

  it('many messages fill the window once round, and several stay open at a time', () => {
    const outputs = outputsOf({
      server: `
  _start: server 7
    li s1, 40
  1: receive 7
    add s2, s2, a5
    lw t0, 0(a4)
    add s3, s3, t0
    mv s4, a4
    addi s1, s1, -1
    bnez s1, 1b
    out s2
    out s3
    out s4
    exit`,
      client: `
  _start: connect 7
    mv s0, a1
    li s1, 40
  1: ${map('0', '0x20000000', '0x3000')}
    li t0, 0x20000000
    sw s1, 0(t0)
    mv a1, s0
    li a2, KIND_MOVE
    mv a4, t0
    li a5, 0x3000
    kcall CALL_SEND
    addi s1, s1, -1
    bnez s1, 1b
    idle`,
    });
    expect(outputs).toEqual([40 * 0x3000, 820, 0x40000000 + 39 * 0x3000]);
  });
});

describe('pages in a message to a thread of the same process', () => {
  it.each(['hardened', 'as-shipped'])('messages within a process move nothing, %s', (misuse) => {
    const outputs = outputsOf(
      {
        both: `
  _start: server 7
    mv s0, a5
    thread worker, stack
    la a4, buffer
    mv a1, s0
    li a2, KIND_MUTABLE_BORROW
    li a5, 4096
    kcall CALL_SEND
    out a0
    la t0, buffer
    lw t0, 0(t0)
    out t0
    mv a1, s0
    li a2, KIND_BORROW
    la a4, buffer
    li a5, 0x10000
    kcall CALL_SEND
    out a1
    exit
  worker: receive 7
    la t0, buffer
    sub t0, t0, a4
    out t0
    li t0, 8
    sw t0, 0(a4)
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    .bss
    .balign 4096
  buffer: .space 4096
  stack: .space 1024`,
      },
      { kernel: { misuse } },
    );
    expect(outputs).toEqual([0, 18, 8, 2]);
  });
});
