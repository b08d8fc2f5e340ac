import { describe, expect, it } from 'vitest';
import { FOR_EVER, outputsOf, run } from './system.js';

const map = (physical: string, address: string, bytes: string, rights = 'RIGHT_READ | RIGHT_WRITE'): string => `
  li a1, ${physical}
  li a2, ${address}
  li a3, ${bytes}
  li a4, ${rights}
  kcall CALL_MAP_MEMORY
`;
const unmap = (address: string, bytes: string): string =>
  `li a1, ${address}\n li a2, ${bytes}\n kcall CALL_UNMAP_MEMORY\n`;
const one = (body: string): readonly number[] => outputsOf({ one: `_start: ${body}\n exit` });

describe('MapMemory and UnmapMemory', () => {
  it('memory appears where it was asked for, zero, and keeps what is stored', () => {
    const outputs = one(`
    ${map('0', '0x12345000', '0x2000')}
    out a0
    out a1
    out a2
    li s0, 0x12346ffc
    lw t0, 0(s0)
    out t0
    sw s0, 0(s0)
    lw t0, 0(s0)
    out t0`);
    expect(outputs).toEqual([3, 0x12345000, 0x2000, 0, 0x12346ffc]);
  });

  it('without an address it finds room, not twice the same; room that was given back is found again', () => {
    const outputs = one(`
    ${map('0', '0', '0x3000')} out a1
    ${map('0', '0', '0x1000')} out a1
    ${unmap('0x60000000', '0x3000')} out a0
    ${map('0', '0', '0x0fffe000')} out a1
    ${map('0', '0', '0x2000')} out a1
    ${map('0', '0', '0x20000000')} out a1
    ${map('0', '0', '0xf0000000')} out a1`);
    expect(outputs).toEqual([0x60000000, 0x60003000, 0, 3, 0x60004000, 3, 3]);
  });

  it('room is looked for from the start again when the end is reached', () => {
    const outputs = one(`
    ${map('0', '0', '0x3000')} out a1
    ${map('0', '0', '0x1000')} out a1
    ${unmap('0x60000000', '0x4000')} out a0
    ${map('0', '0', '0x0fffe000')} out a1`);
    expect(outputs).toEqual([0x60000000, 0x60003000, 0, 0x60000000]);
  });

  it.each([
    ['nothing', map('0', '0x12345000', '0'), 2],
    ['an address that is not at a page', map('0', '0x12345004', '0x1000'), 1],
    ['a size that is no page', map('0', '0x12345000', '0x1004'), 1],
    ['a device address that is not at a page', map('0x40000010', '0x12345000', '0x1000'), 1],
    ['memory of the kernel', map('0', '0xff400000', '0x1000'), 2],
    ['a range into the kernel', map('0', '0xfefff000', '0x2000'), 2],
    ['a range that wraps', map('0', '0xfefff000', '0x02000000'), 2],
    ['no right to read', map('0', '0x12345000', '0x1000', 'RIGHT_WRITE'), 23],
    ['a place in use', map('0', '0x10000', '0x1000'), 4],
    ['a place in use further on', map('0', '0xf000', '0x2000'), 4],
    ['RAM', map('0x61000000', '0x12345000', '0x1000'), 23],
    ['the end of RAM', map('0x611ff000', '0x12345000', '0x1000'), 23],
    ['a range with RAM in it', map('0x60fff000', '0x12345000', '0x2000'), 23],
    ['a physical range that wraps', map('0xfffff000', '0x12345000', '0x2000'), 2],
  ])('%s cannot be mapped', (_, body, code) => {
    expect(one(`${body} out a0\n out a1`)).toEqual([1, code]);
  });

  it.each([
    ['nothing', unmap('0x10000', '0'), 2],
    ['an address that is not at a page', unmap('0x10004', '0x1000'), 1],
    ['a page that is not there', unmap('0x50000000', '0x1000'), 2],
    ['a page that is not there, in a table that is', unmap('0x50000', '0x1000'), 2],
    ['memory of the kernel', unmap('0xff801000', '0x1000'), 2],
  ])('%s cannot be unmapped', (_, body, code) => {
    expect(one(`${body} out a0\n out a1`)).toEqual([1, code]);
  });

  it('a device: pages in order, and only what was asked for', () => {
    const outputs = one(`
    ${map('0x58001000', '0x12345000', '0x2000')}
    out a0
    li s0, 0x12346000
    lw t1, 0(s0)
    out t1
    ${unmap('0x12345000', '0x2000')}
    out a0`);
    expect(outputs).toEqual([3, 0, 0]);
  });

  it("physical memory behind RAM is nobody's", () => {
    const outputs = one(`
    ${map('0x61200000', '0x12345000', '0x1000')} out a0
    server 7
    mv a1, a5
    li a2, KIND_MOVE
    li a4, 0x12345000
    li a5, 4096
    kcall CALL_SEND
    out a1
    ${unmap('0x12345000', '0x1000')} out a0`);
    expect(outputs).toEqual([3, 2, 0]);
  });

  it('a queue begins empty, whatever its page held before', () => {
    const outputs = one(`
    ${map('0', '0x12345000', '0x1000')}
    li s0, 0x12345000
    li s1, 0x12346000
    li t0, -1
  1: sw t0, 0(s0)
    addi s0, s0, 4
    bne s0, s1, 1b
    ${unmap('0x12345000', '0x1000')}
    server 7
    mv a1, a5
    li a2, KIND_SCALAR
    li a3, 5
    kcall CALL_SEND
    sid 7
    kcall CALL_TRY_RECEIVE
    out a3`);
    expect(outputs).toEqual([5]);
  });

  it('rights are those that were asked for', () => {
    const outcome = (rights: string, access: string): unknown =>
      run({ one: `_start: ${map('0', '0x12345000', '0x1000', rights)} li s0, 0x12345000\n ${access}\n put 1\n exit` })
        .outputs;
    expect(outcome('RIGHT_READ', 'lw t0, 0(s0)')).toEqual([1]);
    expect(outcome('RIGHT_READ', 'lw t0, 0(s0)\n sw t0, 0(s0)')).toEqual([]);
    expect(outcome('RIGHT_READ | RIGHT_WRITE', 'sw t0, 0(s0)')).toEqual([1]);
    const jump = 'li t0, 0x00008067\n sw t0, 0(s0)\n fence.i\n jalr s0';
    expect(outcome('RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE', jump)).toEqual([1]);
    expect(outcome('RIGHT_READ | RIGHT_WRITE', jump)).toEqual([]);
  });

  it('a page that was given back is used again, and is zero', () => {
    const outputs = one(`
    li s1, 500                # more than there are free pages
    li s0, 0x12345000
  1: ${map('0', '0x12345000', '0x1000')}
    lw t0, 0(s0)
    or s2, s2, t0
    lw t0, 2044(s0)
    or s2, s2, t0
    li t0, -1
    sw t0, 0(s0)
    sw t0, 2044(s0)
    ${unmap('0x12345000', '0x1000')}
    addi s1, s1, -1
    bnez s1, 1b
    out s2`);
    expect(outputs).toEqual([0]);
  });
});

describe('demand', () => {
  it('every word of a page is zero, whoever had it before', () => {
    const sum = `
    li s0, 0x20000000
    li s1, 0
    li s2, 0x20002000
  2: lw t0, 0(s0)
    or s1, s1, t0
    sw s2, 0(s0)
    addi s0, s0, 4
    bne s0, s2, 2b
    out s1
`;
    const outputs = outputsOf({
      first: `_start: ${map('0', '0x20000000', '0x2000')} ${sum} kcall CALL_TERMINATE`,
      second: `_start: kcall CALL_YIELD\n kcall CALL_YIELD\n ${map('0', '0x20000000', '0x2000')} ${sum} exit`,
    });
    expect(outputs).toEqual([0, 0]);
  });

  it('the whole stack is there, and nothing below it', () => {
    const program = (bytes: string): Record<string, string> => ({
      one: `_start: li t0, ${bytes}\n sub t0, sp, t0\n sw sp, 0(t0)\n lw t1, 0(t0)\n out t1\n exit`,
    });
    expect(run(program('0x20000')).outputs).toEqual([0x80000000]);
    expect(run(program('0x20004')).outputs).toEqual([]);
  });

  it('a process that finds no memory ends, and its memory is free again', () => {
    const outputs = outputsOf({
      glutton: `_start: ${map('0', '0x20000000', '0x400000')}
    li s0, 0x20000000
    li t1, 4096
  1: sw s0, 0(s0)
    add s0, s0, t1
    j 1b`,
      other: `_start: kcall CALL_YIELD
    ${map('0', '0x20000000', '0x100000')}
    li s0, 0x20000000
    li s2, 0x20100000
    li t1, 4096
  1: sw s0, 0(s0)
    add s0, s0, t1
    bne s0, s2, 1b
    put 6
    exit`,
    });
    expect(outputs).toEqual([6]);
  });

  it('no memory for tables: the call says so', () => {
    const outputs = outputsOf({
      server: '_start: server 7\n receive 7',
      client: `
  _start: connect 7
    mv s0, a1
  1: addi s3, s3, 1
    li a1, 0
    slli a2, s3, 22
    li a3, 4096
    li a4, RIGHT_READ
    kcall CALL_MAP_MEMORY
    li t0, TAG_RANGE
    beq a0, t0, 1b
    out a0
    out a1
    mv a1, s0                 # the server has no table for its window yet
    li a2, KIND_BORROW
    la a4, buffer
    li a5, 4096
    kcall CALL_SEND
    out a0
    out a1
    lw t0, 0(a4)
    out t0
    server 8
    out a0
    out a1
    exit
    .bss
    .balign 4096
  buffer: .space 4096`,
    });
    expect(outputs).toEqual([1, 3, 1, 3, 0, 1, 3]);
  });
});

describe('pages in messages', () => {
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

  it.each(['lw t0, 0(a0)', 'sw t0, 0(a0)'])('while a page is lent, other threads of the lender end by %s', (access) => {
    const outputs = outputsOf({
      server: '_start: server 7\n receive 7\n kcall CALL_YIELD\n kcall CALL_YIELD\n put 5\n lw t0, 0(a4)\n exit',
      client: `
  _start: connect 7
    mv s0, a1
    la a1, worker
    la a2, stack
    li a3, 1024
    la a4, buffer
    kcall CALL_CREATE_THREAD
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
    la a1, worker
    la a2, stack
    li a3, 1024
    la a4, buffer
    kcall CALL_CREATE_THREAD
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
  stack: .space 1024`,
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
    la a1, worker
    la a2, stack
    li a3, 1024
    la a4, buffer
    mv a5, s0
    kcall CALL_CREATE_THREAD
    mv a1, s0
    la a4, buffer
    li a2, KIND_BORROW
    li a5, 4096
    kcall CALL_SEND
  worker: mv s4, a0
    mv s0, a1
    kcall CALL_YIELD
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
  stack: .space 1024`,
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

  it.each(['hardened', 'as-shipped'])('messages within a process move nothing, %s', (misuse) => {
    const outputs = outputsOf(
      {
        both: `
  _start: server 7
    mv s0, a5
    la a1, worker
    la a2, stack
    li a3, 1024
    kcall CALL_CREATE_THREAD
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
