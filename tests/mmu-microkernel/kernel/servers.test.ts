import { describe, expect, it } from 'vitest';
import { physical } from '../../../platforms/machine/units.js';
import { outputsOf, run } from './system.js';

const call = (id: number): string => `
  mv a1, s0
  li a2, KIND_BLOCKING_SCALAR
  li a3, ${id}
  kcall CALL_SEND
`;

describe('connections', () => {
  it('creating a server gives its name and a connection', () => {
    const outputs = outputsOf({
      one: '_start: server 7\n out a0\n out a1\n out a2\n out a3\n out a4\n out a5\n server 7\n out a0\n out a1\n exit',
    });
    expect(outputs).toEqual([8, 7, 2, 3, 4, 2, 1, 8]);
  });

  it('connecting twice gives the same connection; names differ in any word', () => {
    const outputs = outputsOf({
      one: `
  _start: server 7
    ${[1, 2, 3, 4].map((i) => `sid 7\n li a${i}, 100\n kcall CALL_CREATE_SERVER\n out a5`).join('\n')}
    ${[1, 2, 3, 4].map((i) => `sid 7\n li a${i}, 100\n kcall CALL_CONNECT\n out a1`).join('\n')}
    ${[1, 2, 3, 4].map((i) => `sid 7\n li a${i}, 101\n kcall CALL_CONNECT\n out a1`).join('\n')}
    exit`,
    });
    expect(outputs).toEqual([3, 4, 5, 6, 3, 4, 5, 6, 9, 9, 9, 9]);
  });

  it('a connection that was cut leads nowhere, its place is given out again', () => {
    const outputs = outputsOf({
      one: `
  _start: server 7
    mv s0, a5
    mv a1, s0
    kcall CALL_DISCONNECT
    out a0
    mv a1, s0
    kcall CALL_DISCONNECT
    out a1
    ${call(1)}
    out a1
    li a1, 40
    kcall CALL_DISCONNECT
    out a1
    server 8
    out a5
    exit`,
    });
    expect(outputs).toEqual([0, 9, 9, 9, 2]);
  });

  it('a process has 32 connections, the system 128 servers', () => {
    const create = `
    li s1, 0
  1: addi s1, s1, 1
    sid 0
    mv a1, s1
    add a2, a2, s3
    kcall CALL_CREATE_SERVER
    li t0, TAG_NEW_SERVER
    beq a0, t0, 1b
    out s1
    out a1
    put 7
`;
    const names = ['a', 'b', 'c', 'd', 'e'];
    const outputs = outputsOf(
      Object.fromEntries(
        names.map((n, i) => [n, `_start: li s3, ${100 * i}\n ${create} ${n === 'e' ? 'exit' : 'idle'}`]),
      ),
    );
    // each fills its own 32 places; the fifth finds no server left
    expect(outputs).toEqual([...[1, 2, 3, 4].flatMap(() => [33, 3, 7]), 1, 3, 7]);
  });
});

describe('the end of a server', () => {
  const three = (server: string): Record<string, string> => ({
    server,
    one: `_start: connect 7
    mv s0, a1
    ${call(1)} out a0
    out a1
    ${call(1)} out a1
    idle`,
    two: `_start: connect 7
    mv s0, a1
    mv a1, s0
    li a2, KIND_MUTABLE_BORROW
    la a4, buffer
    li a5, 4096
    kcall CALL_SEND
    out a0
    out a1
    la t0, buffer
    sw a0, 0(t0)
    idle
    .bss
    .balign 4096
  buffer: .space 4096`,
    last: `_start: li s1, 30
  1: kcall CALL_YIELD
    addi s1, s1, -1
    bnez s1, 1b
    put 55
    exit`,
  });

  it('DestroyServer undoes messages that wait and tells their senders', () => {
    const outputs = outputsOf(
      three(`_start: server 7
    kcall CALL_YIELD
    kcall CALL_YIELD
    sid 7
    kcall CALL_DESTROY_SERVER
    out a0
    sid 7
    kcall CALL_DESTROY_SERVER
    out a1
    server 7
    out a5
    idle`),
    );
    // the new server gets another place in its owner's connections: the old one is a tombstone
    expect([...outputs].sort((a, b) => a - b)).toEqual([0, 1, 1, 3, 9, 9, 9, 9, 55]);
  });

  it('DestroyServer is refused while an answer is due, and to anybody else', () => {
    const outputs = outputsOf(
      three(`_start: server 7
    receive 7
    sid 7
    kcall CALL_DESTROY_SERVER
    out a1
    put 1000
    idle`),
    );
    expect(outputs.slice(0, 2)).toEqual([15, 1000]);
    const thief = outputsOf({
      server: '_start: server 7\n receive 7',
      thief: '_start: connect 7\n sid 7\n kcall CALL_DESTROY_SERVER\n out a1\n exit',
    });
    expect(thief).toEqual([9]);
  });

  it('pages that were moved to it and not received are free again', () => {
    const outputs = outputsOf({
      server: `
  _start: li s1, 170
  1: server 7
    kcall CALL_YIELD
    sid 7
    kcall CALL_DESTROY_SERVER
    mv a1, a5
    kcall CALL_DISCONNECT
    li a1, 2
    kcall CALL_DISCONNECT
    addi s1, s1, -1
    bnez s1, 1b
    out s1
    exit`,
      client: `
  _start: li a1, 0
    li a2, 0x20000000
    li a3, 0x4000             # if only the first page came back, memory would not last
    li a4, RIGHT_READ | RIGHT_WRITE
    kcall CALL_MAP_MEMORY
    connect 7
    mv s0, a1
    li a2, KIND_MOVE
    li a4, 0x20000000
    li a5, 0x4000
    kcall CALL_SEND
    mv s2, a0
    mv a1, s0
    kcall CALL_DISCONNECT
    beqz s2, 1f
    out s2
  1: kcall CALL_YIELD
    j _start`,
    });
    expect(outputs).toEqual([0]);
  });

  it('DestroyServer sees every answer that is due', () => {
    const client = '_start: connect 7\n li a2, KIND_BLOCKING_SCALAR\n kcall CALL_SEND\n idle';
    const outputs = outputsOf({
      server: `_start: server 7
    receive 7
    mv s1, a1
    receive 7
    mv a1, s1
    kcall CALL_RETURN_SCALAR1
    sid 7
    kcall CALL_DESTROY_SERVER
    out a1
    exit`,
      one: client,
      two: client,
    });
    expect(outputs).toEqual([15]);
  });

  it('senders who wait for nothing are not disturbed', () => {
    const outputs = outputsOf({
      server: `_start: server 7
    kcall CALL_YIELD
    kcall CALL_YIELD
    sid 7
    kcall CALL_DESTROY_SERVER
    kcall CALL_YIELD
    exit`,
      client: `_start: connect 7
    li a2, KIND_SCALAR
    kcall CALL_SEND
    mv s1, a1
    kcall CALL_YIELD
    out a0
    sub s1, a1, s1
    out s1
    idle`,
    });
    expect(outputs).toEqual([0, 0]);
  });

  it('a server that dies after its client leaves the others alone', () => {
    const outputs = outputsOf({
      server: '_start: server 7\n receive 7\n kcall CALL_YIELD\n kcall CALL_YIELD\n lw t0, 0(zero)',
      client: `_start: thread worker, stack
    lw t0, 0(zero)
  worker: connect 7
    li a2, KIND_BLOCKING_SCALAR
    kcall CALL_SEND
    .bss
  stack: .space 1024`,
      other: '_start: li s1, 9\n 1: kcall CALL_YIELD\n addi s1, s1, -1\n bnez s1, 1b\n put 5\n exit',
    });
    expect(outputs).toEqual([5]);
  });

  it('threads that wait in it are told', () => {
    const outputs = outputsOf({
      server: `
  _start: server 7
    thread worker, stack
    sid 7
    kcall CALL_DESTROY_SERVER
    out a0
    kcall CALL_YIELD
    exit
  worker: receive 7
    out a0
    out a1
    idle
    .bss
  stack: .space 1024`,
    });
    expect(outputs).toEqual([0, 1, 9]);
  });

  const dying = (body: string): Record<string, string> =>
    three(`_start: server 7
    receive 7
    kcall CALL_YIELD
    kcall CALL_YIELD
    ${body}`);

  it.each(['lw t0, 0(zero)', 'kcall CALL_TERMINATE', '.word 0', 'ebreak'])(
    'hardened: a server that dies by %s leaves nobody waiting',
    (body) => {
      const outputs = outputsOf(dying(body));
      expect([...outputs].sort((a, b) => a - b)).toEqual([1, 1, 9, 9, 9, 55]);
    },
  );

  it('as shipped, its clients wait for ever', () => {
    const outputs = outputsOf(dying('lw t0, 0(zero)'), { kernel: { misuse: 'as-shipped' } });
    expect(outputs).toEqual([55]);
  });
});

describe('the end of a client', () => {
  it.each(['KIND_BORROW', 'KIND_MUTABLE_BORROW'])(
    'what it had queued is delivered, but owes no answer; pages go to the server: %s',
    (kind) => {
      const outputs = outputsOf({
        server: `
  _start: server 7
    li s1, 8
  1: kcall CALL_YIELD
    addi s1, s1, -1
    bnez s1, 1b
    receive 7
    out a2
    andi t0, a1, 0xff
    out t0
    receive 7
    out a2
    lw t0, 0(a4)
    out t0
    andi t0, a1, 0xff
    out t0
    mv a1, a4
    mv a2, a5
    kcall CALL_UNMAP_MEMORY
    out a0
    exit`,
        client: `
  _start: connect 7
    mv s0, a1
    thread worker, stack
    thread borrower, stack2
    lw t0, 0(zero)
  worker: ${call(1)}
  borrower: la a4, buffer
    li t0, 1234
    sw t0, 0(a4)
    mv a1, s0
    connect 7
    li a2, ${kind}
    la a4, buffer
    li a5, 4096
    kcall CALL_SEND
    .bss
  stack: .space 1024
  stack2: .space 1024
    .balign 4096
  buffer: .space 4096`.replace(`worker: ${call(1)}`, `worker: connect 7\n mv s0, a1\n ${call(1)}`),
      });
      expect(outputs).toEqual([3, 0xff, 2, 1234, 0xff, 0]);
    },
  );

  it.each([
    ['CALL_RETURN_SCALAR1', 'full', false],
    ['CALL_RETURN_MEMORY', 'full', true],
    ['CALL_REPLY_AND_RECEIVE', 'full', false],
    ['CALL_REPLY_AND_RECEIVE', 'full', true],
    ['CALL_RETURN_SCALAR1', 'path', false],
  ])(
    'a message that was delivered is forgotten by %s, and its slot is free again (isolation=%s, pages %s)',
    (answer, isolation, memory) => {
      const { outputs, machine, system, stop } = run(
        {
          server: `
  _start: server 7
    receive 7
    mv s3, a1
    mv s4, a4
    kcall CALL_YIELD
    kcall CALL_YIELD
    ${memory ? 'lw t0, 0(s4)\n out t0' : ''}
    mv a1, s3
    li a7, 1
    kcall ${answer}
    out a0
    out a1
    ${memory ? 'mv a1, s4\n li a2, 4096\n kcall CALL_UNMAP_MEMORY\n out a1' : ''}
    exit`,
          client: `
  _start: connect 7
    mv s0, a1
    thread worker, stack
    lw t0, 0(zero)
  worker: connect 7
    mv s0, a1
    ${
      memory
        ? `la a4, buffer
    li a5, 4096
    sw a5, 0(a4)
    mv a1, s0
    li a2, KIND_BORROW
    kcall CALL_SEND`
        : call(1)
    }
    .bss
  stack: .space 1024
    .balign 4096
  buffer: .space 4096`,
          other: `_start: connect 7
    mv s0, a1
    kcall CALL_YIELD
    kcall CALL_YIELD
    kcall CALL_YIELD
    mv a1, s0
    li a2, KIND_SCALAR
    kcall CALL_SEND
    idle`,
        },
        { kernel: { isolation } },
      );
      // the pages were there until the answer, and are not to be unmapped afterwards
      const withPages = (own: number[]): number[] => (memory ? [4096, ...own, 2] : own);
      expect(stop.kind).toBe('exit');
      if (answer === 'CALL_REPLY_AND_RECEIVE') expect(outputs).toEqual(withPages([9, ((4 << 24) | 0xff) >>> 0]));
      else expect(outputs).toEqual(withPages([1, 10]));
      const data = system.image.spaceWord! - (system.image.spaceWord! % 4096);
      // nothing in RAM belongs to the dead process any more
      expect([...machine.memory.dump(physical(data), 512)]).not.toContain(3);
    },
  );
});
