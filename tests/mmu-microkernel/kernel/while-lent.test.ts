import { describe, expect, it } from 'vitest';
import { outputsOf, run } from './system.js';

/** The end of a thread that tries to get rid of the lent page at s4, over connection s0; the page and the thread's stack. */
const UNMAP_AND_LEND = `
    mv a1, s4
    li a2, 4096
    kcall CALL_UNMAP_MEMORY
    out a1
    mv a4, s4
    mv a1, s0
    li a2, KIND_BORROW
    li a5, 4096
    kcall CALL_SEND
    out a1
    idle
    .bss
    .balign 4096
  buffer: .space 4096
  stack: .space 1024`;

describe('while pages are lent', () => {
  it.each(['lw t0, 0(a0)', 'sw t0, 0(a0)'])('while a page is lent, other threads of the lender end by %s', (access) => {
    const outputs = outputsOf({
      server: '_start: server 7\n receive 7\n kcall CALL_YIELD\n kcall CALL_YIELD\n put 5\n lw t0, 0(a4)\n exit',
      client: `
  _start: connect 7
    mv s0, a1
    la a4, buffer
    thread worker, stack
    mv a1, s0
    la a4, buffer
    li a2, KIND_BORROW
    li a5, 4096
    kcall CALL_SEND
    put 1001
  worker: mv s1, a0
    kcall CALL_YIELD
    mv a0, s1
    ${access}
    put 1000
    idle
    .bss
    .balign 4096
  buffer: .space 4096
  stack: .space 1024`,
    });
    expect(outputs).toEqual([5]);
  });

  it('lent and borrowed pages cannot be unmapped, lent on, or moved on', () => {
    const outputs = outputsOf({
      server: `
  _start: server 7
    mv s0, a5
    receive 7
    mv s3, a1
    mv s4, a4
    mv a1, s4
    li a2, 4096
    kcall CALL_UNMAP_MEMORY
    out a1
    ${['KIND_MUTABLE_BORROW', 'KIND_MOVE'].map((kind) => `li a2, ${kind}\n mv a1, s0\n mv a4, s4\n li a5, 4096\n kcall CALL_SEND\n out a1`).join('\n')}
    lw t0, 0(s4)
    out t0
    mv a1, s3
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE`,
      client: `
  _start: connect 7
    mv s0, a1
    la a4, buffer
    thread worker, stack
    mv a1, s0
    la a4, buffer
    li t0, 333
    sw t0, 0(a4)
    li a2, KIND_BORROW
    li a5, 4096
    kcall CALL_SEND
    out a0
    exit
  worker: mv s4, a0
    connect 7
    mv s0, a1
    kcall CALL_YIELD
    ${UNMAP_AND_LEND}`,
    });
    expect(outputs.slice(0, 4)).toEqual([19, 2, 2, 333]);
    expect(outputs.at(-1)).toBe(18);
  });

  it('while its page is lent, a process cannot unmap it or lend it again', () => {
    const outputs = outputsOf({
      server: '_start: server 7\n receive 7\n kcall CALL_YIELD\n kcall CALL_YIELD\n kcall CALL_YIELD\n exit',
      client: `
  _start: connect 7
    mv s0, a1
    la a4, buffer
    mv a5, s0
    thread worker, stack
    mv a1, s0
    la a4, buffer
    li a2, KIND_BORROW
    li a5, 4096
    kcall CALL_SEND
  worker: mv s4, a0
    mv s0, a1
    kcall CALL_YIELD
    ${UNMAP_AND_LEND}`,
    });
    expect(outputs).toEqual([19, 2]);
  });

  it('as shipped, pages before one that cannot go stay lent', () => {
    const { stop, outputs } = run(
      {
        client: `
  _start: connect 7
    li a2, KIND_BORROW
    la a4, buffer
    li a5, 8192
    kcall CALL_SEND
    out a1
    la a4, buffer
    lw t0, 0(a4)
    put 1000
    .bss
    .balign 4096
  buffer: .space 4096`,
        server: '_start: server 7\n receive 7',
      },
      { kernel: { misuse: 'as-shipped' } },
    );
    expect([stop.kind, outputs]).toEqual(['asleep', [2]]);
  });

  it('as shipped, a server may drop a borrowed page and then cannot answer', () => {
    const outputs = outputsOf(
      {
        server: `
  _start: server 7
    receive 7
    mv s3, a1
    mv a1, a4
    mv a2, a5
    kcall CALL_UNMAP_MEMORY
    out a0
    mv a1, s3
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    out a0
    out a1
    exit`,
        client:
          '_start: connect 7\n la a4, buffer\n li a2, KIND_BORROW\n li a5, 4096\n kcall CALL_SEND\n .bss\n .balign 4096\n buffer: .space 4096',
      },
      { kernel: { misuse: 'as-shipped' } },
    );
    expect(outputs).toEqual([0, 1, 19]);
  });
});
