import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONNECT, ERROR, FOR_EVER, LONG, MESSAGE, OK, outputsOf, send } from './system.js';

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
    thread worker, stack
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
    thread worker, stack
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
