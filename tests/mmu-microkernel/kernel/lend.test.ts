import { describe, expect, it } from 'vitest';
import { FOR_EVER, map, outputsOf, run } from './system.js';

describe('pages lent with a message', () => {
  /** A server that reads and writes what it gets, and a client that looks before and after. */
  const visit = (kind: string, server: string, client: string): Record<string, string> => ({
    server: `
  _start: server 7
    receive 7
  1: mv s4, a4
    mv s3, a1
    ${server}
    mv a1, s3
    li a2, 21
    li a3, 22
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    j 1b`,
    client: `
  _start: connect 7
    mv s0, a1
    la s1, buffer
    li t0, 1111
    sw t0, 0(s1)
    li t1, 4096
    add s2, s1, t1
    li t0, 2222
    sw t0, 0(s2)
    mv a1, s0
    li a2, ${kind}
    li a3, 3
    mv a4, s1
    li a5, 8192
    li a6, 66
    li a7, 77
    kcall CALL_SEND
    ${client}
    exit
    .bss
    .balign 4096
  buffer: .space 8192`,
  });
  const READ = 'lw t0, 0(s4)\n out t0\n li t1, 4096\n add t1, t1, s4\n lw t0, 0(t1)\n out t0';

  it.each(['KIND_BORROW', 'KIND_MUTABLE_BORROW'])(
    '%s: the server sees the bytes; address, length, offset, valid',
    (kind) => {
      const outputs = outputsOf(
        visit(
          kind,
          `out a2\n out a3\n out a4\n out a5\n out a6\n out a7\n ${READ}`,
          'out a0\n out a1\n out a2\n lw t0, 0(s1)\n out t0',
        ),
      );
      const number = kind === 'KIND_BORROW' ? 1 : 0;
      expect(outputs).toEqual([number, 3, 0x40000000, 8192, 66, 77, 1111, 2222, 18, 21, 22, 1111]);
    },
  );

  it.each([
    ['head', false],
    ['ideal', false],
    ['ideal', true],
    ['head', false, 'as-shipped'],
  ])(
    'a mutable borrow comes back changed, again and again (%s, ASIDs %s, %s)',
    (generation, asid, misuse = 'hardened') => {
      const again = `mv a1, s0
    li a2, KIND_MUTABLE_BORROW
    mv a4, s2
    li a5, 4096
    kcall CALL_SEND
    lw t0, 0(s2)
    out t0
`;
      const outputs = outputsOf(
        visit('KIND_MUTABLE_BORROW', 'lw t0, 0(s4)\n addi t0, t0, 1\n sw t0, 0(s4)', again.repeat(3)),
        { kernel: { generation, misuse }, hardware: { asid } },
      );
      expect(outputs).toEqual([2223, 2224, 2225]);
    },
  );

  it('a mutable borrow comes back with what was stored', () => {
    const outputs = outputsOf(
      visit('KIND_MUTABLE_BORROW', 'sw s3, 0(s4)', 'lw t0, 0(s1)\n out t0\n lw t0, 0(s2)\n out t0'),
    );
    expect(outputs).toEqual([3 << 24, 2222]);
  });

  it.each([
    [
      'writes to a borrow',
      visit('KIND_BORROW', 'sw s3, 0(s4)', 'out a0\n out a1\n lw t0, 0(s1)\n out t0\n sw t0, 0(s1)'),
    ],
    [
      'executes a borrow',
      visit('KIND_MUTABLE_BORROW', 'jalr s4', 'out a0\n out a1\n lw t0, 0(s1)\n out t0\n sw t0, 0(s1)'),
    ],
    [
      'reads beyond it',
      visit(
        'KIND_BORROW',
        'li t0, 8192\n add t0, t0, s4\n lw t0, 0(t0)',
        'out a0\n out a1\n lw t0, 0(s1)\n out t0\n sw t0, 0(s1)',
      ),
    ],
  ])('a server that %s ends; the client has its pages and an error', (_, programs) => {
    expect(outputsOf(programs)).toEqual([1, 9, 1111]);
  });

  it('a lent page is not executable, even if it was', () => {
    const outputs = outputsOf({
      server: '_start: server 7\n receive 7\n jalr a4\n put 1000\n idle',
      client: `
  _start: connect 7
    mv s0, a1
    ${map('0', '0x20000000', '0x1000', 'RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE')}
    li a4, 0x20000000
    li t0, 0x00008067         # ret
    sw t0, 0(a4)
    mv a1, s0
    li a2, KIND_MUTABLE_BORROW
    li a5, 4096
    kcall CALL_SEND
    out a0
    out a1
    exit`,
    });
    expect(outputs).toEqual([1, 9]);
  });

  it('pages lent to a busy server go and come back as to a waiting one', () => {
    const programs = visit('KIND_MUTABLE_BORROW', READ, 'out a0\n lw t0, 0(s1)\n out t0\n lw t0, 0(s2)\n out t0');
    const busy = {
      ...programs,
      server: programs.server.replace('receive 7', `${'kcall CALL_YIELD\n'.repeat(4)} receive 7`),
    };
    expect(outputsOf(busy)).toEqual([1111, 2222, 18, 1111, 2222]);
  });

  it('as shipped, a server that writes to a borrow tries for ever', () => {
    const { stop } = run(visit('KIND_BORROW', 'sw s3, 0(s4)', ''), {
      kernel: { misuse: 'as-shipped' },
      budget: FOR_EVER,
    });
    expect(stop.kind).toBe('budget');
  });

  it('after the answer the server has the page no more', () => {
    const outputs = outputsOf({
      server: `
  _start: server 7
    receive 7
    mv s4, a4
    lw t0, 0(s4)
    out t0
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    out a3
    lw t0, 0(s4)
    put 1000`,
      client: `
  _start: connect 7
    mv s0, a1
    mv a1, s0
    la a4, buffer
    li a2, KIND_BORROW
    li a5, 4096
    kcall CALL_SEND
    mv a1, s0
    li a2, KIND_BLOCKING_SCALAR
    li a3, 5
    kcall CALL_SEND
    out a1
    exit
    .bss
    .balign 4096
  buffer: .space 4096`,
    });
    expect(outputs).toEqual([0, 5, 9]);
  });

  it('reserved pages become real when they are lent', () => {
    const outputs = outputsOf({
      server:
        '_start: server 7\n receive 7\n 1: li t0, 4096\n add t0, t0, a4\n lw t1, 0(t0)\n out t1\n li a7, 1\n kcall CALL_REPLY_AND_RECEIVE\n j 1b',
      client: `
  _start: connect 7
    mv s0, a1
    ${map('0', '0x20000000', '0x2000')}
    li a4, 0x20000000
    mv a1, s0
    li a2, KIND_BORROW
    li a5, 0x2000
    kcall CALL_SEND
    out a0
    exit`,
    });
    expect(outputs).toEqual([0, 18]);
  });
});
