import { describe, expect, it } from 'vitest';
import { CONNECT, ERROR, OK, outputsOf, send } from './system.js';

describe('errors of senders', () => {
  const client = (body: string): number[] => {
    const outputs = outputsOf({
      client: `_start: ${CONNECT} ${body} out a0\n out a1\n exit\n .bss\n .balign 4096\n buffer: .space 8192`,
      server: '_start: server 7\n receive 7\n put 1234\n',
    });
    return [...outputs];
  };
  const memory = (kind: string, address: string, bytes: string): string => `
    mv a1, s0
    li a2, ${kind}
    ${address}
    ${bytes}
    kcall CALL_SEND
  `;
  const BUFFER = 'la a4, buffer';

  it.each([
    ['CID below the first', `li s0, 1\n ${send('KIND_SCALAR', [0])}`, 9],
    ['CID beyond the last', `li s0, 34\n ${send('KIND_SCALAR', [0])}`, 9],
    ['CID far beyond', `li s0, -1\n ${send('KIND_SCALAR', [0])}`, 9],
    ['CID that leads nowhere', `li s0, 20\n ${send('KIND_SCALAR', [0])}`, 9],
    ['kind 0', send('0', [0]), 18],
    ['kind 6', send('6', [0]), 18],
    ['no pages', memory('KIND_BORROW', BUFFER, 'li a5, 0'), 2],
    ['address not at a page', memory('KIND_BORROW', 'la a4, buffer + 8', 'li a5, 4096'), 1],
    ['length of no pages', memory('KIND_MUTABLE_BORROW', BUFFER, 'li a5, 100'), 1],
    ['a move that is not aligned', memory('KIND_MOVE', BUFFER, 'li a5, 100'), 2],
    ['an unmapped page', memory('KIND_BORROW', 'li a4, 0x50000000', 'li a5, 4096'), 2],
    ['an unmapped page behind a good one', memory('KIND_BORROW', BUFFER, 'li a5, 0x10000'), 2],
    ['a move with an unmapped page behind a good one', memory('KIND_MOVE', BUFFER, 'li a5, 0x10000'), 2],
    ['kernel memory', memory('KIND_BORROW', 'li a4, 0xff801000', 'li a5, 4096'), 2],
    ['a range that wraps', memory('KIND_MOVE', 'li a4, 0xfffff000', 'li a5, 0x2000'), 2],
    ['more than a window', memory('KIND_BORROW', BUFFER, 'li a5, 0x00800000'), 3],
    ['a device', memory('KIND_MUTABLE_BORROW', 'li a4, BENCH', 'li a5, 4096'), 2],
  ])('%s', (_, body, code) => {
    expect(client(body)).toEqual([ERROR, code]);
  });

  it('a lend that is too large does not spoil the next', () => {
    const body = `${memory('KIND_BORROW', BUFFER, 'li a5, 0x00800000')} out a1
    mv a1, s0
    li a2, KIND_SCALAR
    kcall CALL_SEND
    ${memory('KIND_MOVE', BUFFER, 'li a5, 8192')}`;
    expect(client(body)).toEqual([3, 0, 2]); // Ok, and a1 still holds the CID
  });

  it('every page of a range that could not go is back, with what was in it', () => {
    const outputs = outputsOf({
      client: `
  _start: ${CONNECT}
    la s3, buffer
    li t0, 4096
    add s4, s3, t0
    li t1, 11
    sw t1, 0(s3)
    li t1, 22
    sw t1, 0(s4)
    ${memory('KIND_MOVE', 'mv a4, s3', 'li a5, 0x3000')}
    out a1
    ${memory('KIND_BORROW', 'mv a4, s3', 'li a5, 0x3000')}
    out a1
    lw t1, 0(s3)
    out t1
    lw t1, 0(s4)
    out t1
    sw zero, 0(s3)
    sw zero, 0(s4)
    ${memory('KIND_MUTABLE_BORROW', 'mv a4, s3', 'li a5, 0x2000')}
    out a0
    exit
    .bss
    .balign 4096
  buffer: .space 8192`,
      server: `
  _start: server 7
    receive 7
  1: lw t0, 0(a4)
    out t0
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    j 1b`,
    });
    expect(outputs).toEqual([2, 2, 11, 22, 0, 18]);
  });
});

describe('numbers beyond a table', () => {
  it('a CID that would be the joiner of a thread', () => {
    const outputs = outputsOf({
      one: `
  _start: server 7
    server 8
    thread worker, stack
    li s0, 36
    ${send('KIND_SCALAR', [1, 2, 3, 4])}
    out a0
    out a1
    li a1, 36
    kcall CALL_DISCONNECT
    out a0
    exit
  worker: li a1, 2
    kcall CALL_JOIN_THREAD
    .bss
  stack: .space 1024`,
    });
    expect(outputs).toEqual([ERROR, 9, ERROR]);
  });

  it('a server in a token that would be an interrupt record', () => {
    const outputs = outputsOf({
      one: `
  _start: li a1, 1
    la a2, _start
    kcall CALL_CLAIM_INTERRUPT
    li a1, 0x02900000
    kcall CALL_RETURN_SCALAR1
    out a0
    out a1
    exit`,
    });
    expect(outputs).toEqual([ERROR, 9]);
  });
});

describe('errors of servers', () => {
  /** A server that got a blocking scalar and makes a call with its token in s3; the client is answered afterwards. */
  const server = (body: string, misuse = 'hardened'): number[] => {
    const outputs = outputsOf(
      {
        server: `
  _start: server 7
    receive 7
    mv s3, a1
    mv a1, s3
    ${body}
    out a0
    out a1
    mv a1, s3
    li a2, 1
    kcall CALL_RETURN_SCALAR1
    out a0
    out a1
    kcall CALL_YIELD
    kcall CALL_YIELD
    exit`,
        client: `_start: ${CONNECT} ${send('KIND_BLOCKING_SCALAR', [1, 2, 3, 4])} put 1000\n idle`,
      },
      { kernel: { misuse } },
    );
    return [...outputs].sort((a, b) => b - a);
  };
  const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => b - a);
  const good = (tag: number, code: number): number[] => [tag, code, OK, 3 << 24, 1000];

  it.each([
    ['a slot that does not exist', 'ori a1, a1, 0xff\n kcall CALL_RETURN_SCALAR1', 2],
    ['a slot that is free', 'ori a1, a1, 1\n kcall CALL_RETURN_SCALAR1', 25],
    ['a server that does not exist', 'li t0, 0x50000\n or a1, a1, t0\n kcall CALL_RETURN_SCALAR1', 9],
    ['a server beyond the table', 'li t0, 0xff0000\n or a1, a1, t0\n kcall CALL_RETURN_SCALAR1', 9],
    ['a memory answer to a scalar', 'li a2, 0\n li a3, 4096\n kcall CALL_RETURN_MEMORY', 25],
    ['an answer with 3 words', 'li a7, 3\n kcall CALL_REPLY_AND_RECEIVE', 18],
  ])('%s', (_, body, code) => {
    expect(server(body)).toEqual(sorted(good(ERROR, code)));
  });

  it('as shipped, a wrong kind of answer costs the client its answer', () => {
    const outputs = server('li a2, 0\n li a3, 4096\n kcall CALL_RETURN_MEMORY', 'as-shipped');
    expect(outputs).toEqual(sorted([ERROR, 25, ERROR, 25]));
  });

  it('answering twice', () => {
    const outputs = outputsOf({
      server: `
  _start: server 7
    receive 7
    mv s3, a1
    kcall CALL_RETURN_SCALAR1
    out a0
    mv a1, s3
    kcall CALL_RETURN_SCALAR1
    out a0
    out a1
    exit`,
      client: `_start: ${CONNECT} ${send('KIND_BLOCKING_SCALAR', [1, 2, 3, 4])} idle`,
    });
    expect(outputs).toEqual([OK, ERROR, 25]);
  });

  it('a message of another process', () => {
    const outputs = outputsOf({
      server: '_start: server 7\n receive 7\n kcall CALL_YIELD\n kcall CALL_YIELD\n kcall CALL_YIELD\n exit',
      thief: `
  _start: kcall CALL_YIELD
    li a1, 0x04000000
    kcall CALL_RETURN_SCALAR1
    out a0
    out a1
    li a1, 0x04000000
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    out a1
    sid 7
    kcall CALL_RECEIVE
    out a1
    idle`,
      client: `_start: ${CONNECT} ${send('KIND_BLOCKING_SCALAR', [1, 2, 3, 4])} put 1000`,
    });
    expect(outputs).toEqual([ERROR, 9, 9, 9]);
  });

  it('a memory answer with another address or length', () => {
    const outputs = outputsOf({
      server: `
  _start: server 7
    receive 7
    mv s3, a1
    mv s4, a4
    mv s5, a5
    li a2, 0x10000
    mv a3, s5
    kcall CALL_RETURN_MEMORY
    out a1
    mv a1, s3
    mv a2, s4
    li a3, 8192
    kcall CALL_RETURN_MEMORY
    out a1
    mv a1, s3
    kcall CALL_RETURN_SCALAR1
    out a1
    mv a1, s3
    mv a2, s4
    mv a3, s5
    li a4, 123
    li a5, 456
    kcall CALL_RETURN_MEMORY
    receive 7`,
      client: `
  _start: ${CONNECT}
    mv a1, s0
    li a2, KIND_BORROW
    la a4, buffer
    li a5, 4096
    kcall CALL_SEND
    out a0
    out a1
    out a2
    exit
    .bss
    .balign 4096
  buffer: .space 4096`,
    });
    expect(outputs).toEqual([2, 2, 25, 18, 123, 456]);
  });
});
