import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FOR_EVER, LONG, outputsOf } from './system.js';

const OK = 0;
const ERROR = 1;
const MESSAGE = 9;

/** Sends words a4 to a7 of a kind over CID s0. */
const send = (kind: string, words: readonly number[], call = 'CALL_SEND', id = 77): string => `
  mv a1, s0
  li a2, ${kind}
  li a3, ${id}
  ${words.map((w, i) => `li a${4 + i}, ${w}`).join('\n')}
  kcall ${call}
`;

const CONNECT = 'connect 7\n mv s0, a1\n';
const outAll = 'out a0\n out a1\n out a2\n out a3\n out a4\n out a5\n out a6\n out a7\n';

describe('scalars', () => {
  const words = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 4, maxLength: 4 });

  /** A server that puts out what it receives, and answers `answer` through ReplyAndReceiveNext with `count` words. */
  const replier = (count: number, answer: readonly number[]): string => `
  _start: server 7
    receive 7
  1: ${outAll}
    ${answer.map((w, i) => `li a${2 + i}, ${w}`).join('\n')}
    li a7, ${count}
    kcall CALL_REPLY_AND_RECEIVE
    j 1b`;

  it.each([
    [1, 14],
    [2, 15],
    [5, 20],
  ])('a blocking scalar carries four words, its answer %i', (count, tag) => {
    fc.assert(
      fc.property(
        words,
        fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 5, maxLength: 5 }),
        (w, answer) => {
          const outputs = outputsOf({
            server: replier(count, answer),
            client: `_start: ${CONNECT} ${send('KIND_BLOCKING_SCALAR', w)} ${outAll} exit`,
          });
          // registers that carry no word keep what the caller had
          const before = [0, 0, 5, 77, ...w];
          const expected = [tag, ...answer.slice(0, count), ...before.slice(count + 1)];
          expect(outputs).toEqual([MESSAGE, 3 << 24, 4, 77, ...w, ...expected]);
        },
      ),
      { numRuns: LONG ? 20 : 2, seed: 1 },
    );
  });

  it.each([
    ['CALL_RETURN_SCALAR1', 14, 1],
    ['CALL_RETURN_SCALAR2', 15, 2],
    ['CALL_RETURN_SCALAR5', 20, 5],
  ])('%s answers', (call, tag, count) => {
    const outputs = outputsOf({
      server: `
  _start: server 7
    receive 7
    li a2, 11
    li a3, 12
    li a4, 13
    li a5, 14
    li a6, 15
    kcall ${call}
    put 1000
    out a0
    receive 7`,
      client: `_start: ${CONNECT} ${send('KIND_BLOCKING_SCALAR', [1, 2, 3, 4])} ${outAll} kcall CALL_YIELD
    kcall CALL_YIELD
    exit`,
    });
    const client = [tag, ...[11, 12, 13, 14, 15].slice(0, count), ...[0, 0, 5, 77, 1, 2, 3, 4].slice(count + 1)];
    // who owns the quantum decides which side runs first
    expect([
      [...client, 1000, OK],
      [1000, OK, ...client],
    ]).toContainEqual(outputs);
  });

  it('an answer waits for its reader: the server goes on if it owns the quantum or has more to do', () => {
    const outputs = outputsOf({
      server: `
  _start: server 7
    kcall CALL_YIELD
    kcall CALL_YIELD
    receive 7
  1: out a3
    mv a2, a3
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    j 1b`,
      one: `_start: ${CONNECT} ${send('KIND_BLOCKING_SCALAR', [1], 'CALL_SEND', 101)} out a1\n idle`,
      two: `_start: ${CONNECT} ${send('KIND_BLOCKING_SCALAR', [1], 'CALL_SEND', 102)} out a1
    kcall CALL_YIELD
    kcall CALL_YIELD
    exit`,
    });
    expect(outputs).toEqual([101, 102, 102, 101]);
  });

  it('a scalar without answer reaches a waiting server and a busy one, in order', () => {
    const outputs = outputsOf({
      server: `
  _start: server 7
  1: receive 7
    out a0
    out a1
    out a2
    out a3
    out a4
    li t0, 4
    bne a3, t0, 1b
    exit`,
      client: `
  _start: ${CONNECT} ${[1, 2, 3, 4].map((id) => send('KIND_SCALAR', [id * 10, 0, 0, 0], 'CALL_SEND', id)).join('')}
    idle`,
    });
    const token = (3 << 24) | 0xff;
    expect(outputs).toEqual([1, 2, 3, 4].flatMap((id) => [MESSAGE, token, 3, id, id * 10]));
  });

  it('messages are taken in the order in which they came, wherever their slots are', () => {
    const outputs = outputsOf({
      one: `
  _start: server 7
    mv s0, a5
    ${[1, 2, 3].map((id) => send('KIND_SCALAR', [0, 0, 0, 0], 'CALL_SEND', id)).join('')}
    receive 7
    out a3
    ${send('KIND_SCALAR', [0, 0, 0, 0], 'CALL_SEND', 4)}
    ${'receive 7\n out a3\n'.repeat(3)}
    exit`,
    });
    expect(outputs).toEqual([1, 2, 3, 4]);
  });

  it('more messages than generations', () => {
    const outputs = outputsOf({
      one: `
  _start: server 7
    mv s0, a5
    li s1, 600
  1: ${send('KIND_SCALAR', [0, 0, 0, 0])}
    receive 7
    li t0, TAG_MESSAGE
    bne a0, t0, 2f
    addi s1, s1, -1
    bnez s1, 1b
  2: out s1
    exit`,
    });
    expect(outputs).toEqual([0]);
  });

  it('several messages are open at a time and answered in any order', () => {
    const client = (id: number): string =>
      `_start: ${CONNECT} ${send('KIND_BLOCKING_SCALAR', [0, 0, 0, 0], 'CALL_SEND', id)} out a1\n idle`;
    const outputs = outputsOf({
      server: `
  _start: server 7
    receive 7
    mv s1, a1
    mv s3, a3
    receive 7
    mv s2, a1
    mv s4, a3
    receive 7
    mv a2, a3
    kcall CALL_RETURN_SCALAR1
    mv a1, s1
    mv a2, s3
    kcall CALL_RETURN_SCALAR1
    mv a1, s2
    mv a2, s4
    kcall CALL_RETURN_SCALAR1
    ${'kcall CALL_YIELD\n'.repeat(4)}
    exit`,
      one: client(101),
      two: client(102),
      three: client(103),
    });
    expect([...outputs].sort()).toEqual([101, 102, 103]);
  });

  it('the last slot of a queue is as good as the others', () => {
    const outputs = outputsOf({
      client: `_start: ${CONNECT} li s1, 127\n 1: ${send('KIND_SCALAR', [0, 0, 0, 0])}
    addi s1, s1, -1
    bnez s1, 1b
    ${send('KIND_BLOCKING_SCALAR', [0, 0, 0, 0])} out a0
    out a1
    exit`,
      server: `
  _start: server 7
    ${'kcall CALL_YIELD\n'.repeat(3)}
  1: receive 7
    li t0, KIND_BLOCKING_SCALAR - 1
    bne a2, t0, 1b
    andi t0, a1, 0xff
    out t0
    li a2, 9
    kcall CALL_RETURN_SCALAR1
    receive 7`,
    });
    expect(outputs).toEqual([127, 14, 9]);
  });

  it.each(['KIND_BLOCKING_SCALAR', 'KIND_BORROW'])('hundreds of calls leave nothing behind, %s', (kind) => {
    const outputs = outputsOf({
      server: '_start: server 7\n receive 7\n 1: li a7, 1\n kcall CALL_REPLY_AND_RECEIVE\n j 1b',
      client: `
  _start: ${CONNECT} li s1, 200
  1: mv a1, s0
    li a2, ${kind}
    la a4, buffer
    li a5, 4096
    kcall CALL_TRY_SEND
    li t0, TAG_ERROR
    beq a0, t0, 2f
    addi s1, s1, -1
    bnez s1, 1b
  2: out s1
    exit
    .bss
    .balign 4096
  buffer: .space 4096`,
    });
    expect(outputs).toEqual([0]);
  });

  it('the second server of a system is not the first', () => {
    const outputs = outputsOf({
      both: `
  _start: server 8
    server 7
    mv s0, a5
    la a1, worker
    la a2, stack
    li a3, 1024
    kcall CALL_CREATE_THREAD
    ${send('KIND_SCALAR', [0, 0, 0, 0])}
    ${send('KIND_SCALAR', [0, 0, 0, 0])}
    kcall CALL_YIELD
    ${send('KIND_BLOCKING_SCALAR', [0, 0, 0, 0])}
    out a1
    exit
  worker: receive 7
    out a1
    receive 7
    out a1
    receive 7
    out a1
    li a2, 6
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    .bss
  stack: .space 1024`,
    });
    expect(outputs).toEqual([0x020100ff, 0x020100ff, 0x02010000, 6]);
  });

  it('TryReceive takes a message or says that there is none', () => {
    const outputs = outputsOf({
      server: `
  _start: server 7
    sid 7
    kcall CALL_TRY_RECEIVE
    out a0
    kcall CALL_YIELD
    kcall CALL_YIELD
    sid 7
    kcall CALL_TRY_RECEIVE
    out a0
    out a3
    exit`,
      client: `_start: ${CONNECT} ${send('KIND_SCALAR', [1, 2, 3, 4])} idle`,
    });
    expect(outputs).toEqual([17, MESSAGE, 77]);
  });

  it('two threads of a process call each other', () => {
    const outputs = outputsOf({
      both: `
  _start: server 7
    mv s0, a5
    la a1, worker
    la a2, stack
    li a3, 1024
    kcall CALL_CREATE_THREAD
    ${send('KIND_BLOCKING_SCALAR', [1, 2, 3, 4])}
    out a0
    out a1
    exit
  worker: receive 7
    out a1
    out a7
    li a2, 99
    li a7, 1
    kcall CALL_REPLY_AND_RECEIVE
    .bss
    .balign 16
  stack: .space 1024`,
    });
    expect(outputs).toEqual([2 << 24, 4, 14, 99]);
  });
});

describe('a full queue', () => {
  const fill = `
    li s1, 128
  1: ${send('KIND_SCALAR', [1, 2, 3, 4], 'CALL_TRY_SEND')}
    bnez a0, 2f
    addi s1, s1, -1
    bnez s1, 1b
  2: out s1
`;

  it('TrySend is refused, SendMessage waits for room', () => {
    const outputs = outputsOf({
      client: `
  _start: ${CONNECT} ${fill}
    ${send('KIND_SCALAR', [1, 2, 3, 4], 'CALL_TRY_SEND')}
    out a0
    out a1
    ${send('KIND_SCALAR', [1, 2, 3, 4], 'CALL_SEND', 500)}
    out a0
    idle`,
      server: `
  _start: server 7
    li s1, 200
  1: addi s1, s1, -1
    kcall CALL_YIELD
    bnez s1, 1b
    li s1, 0
  2: receive 7
    addi s1, s1, 1
    li t0, 500
    bne a3, t0, 2b
    out s1
    exit`,
    });
    expect(outputs).toEqual([0, ERROR, 15, OK, 129]);
  });

  it('pages do not go into a full queue', () => {
    const program = {
      client: `
  _start: ${CONNECT} ${fill}
    la s3, buffer
    sw s1, 0(s3)
    mv a1, s0
    li a2, KIND_MUTABLE_BORROW
    mv a4, s3
    li a5, 4096
    kcall CALL_TRY_SEND
    out a1
    lw t0, 0(s3)
    put 5
    exit
    .bss
    .balign 4096
  buffer: .space 4096`,
      server: `
  _start: server 7
  1: kcall CALL_YIELD
    j 1b`,
    };
    expect(outputsOf(program)).toEqual([0, 15, 5]);
    // as shipped the page is gone: the client ends, and the server yields for ever
    expect(() => outputsOf(program, { kernel: { misuse: 'as-shipped' }, budget: FOR_EVER })).toThrow(
      /budget.*outputs 0,15$/,
    );
  });
});

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
    la a1, worker
    la a2, stack
    li a3, 1024
    kcall CALL_CREATE_THREAD
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
