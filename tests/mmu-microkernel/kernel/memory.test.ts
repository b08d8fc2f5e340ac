import { describe, expect, it } from 'vitest';
import { map, one, outputsOf, run, unmap } from './system.js';

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
