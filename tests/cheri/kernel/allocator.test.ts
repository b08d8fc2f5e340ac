import { describe, expect, it } from 'vitest';
import { fromCompartment } from '../../../platforms/cheri/kernel/compartments.js';
import type { Quota } from '../../../platforms/cheri/kernel/system.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { heapReports, QUOTA } from './heap.js';

const minus = (n: number): number => -n >>> 0;

const HEAP = fromCompartment('allocator', 'heap_allocate', 'heap_free', 'heap_claim', 'quota_left', 'quarantine_flush');

/** Pointers are kept at 8(csp) and on. */
const MACROS = `
.macro allocate bytes, quota=mine
  timeout
  load_import ca1, \\quota
  li a2, \\bytes
  cross_call heap_allocate
.endm
.macro release pointer, quota=mine
  cmove ca1, \\pointer
  load_import ca0, \\quota
  cross_call heap_free
.endm
`;

const QUOTAS = [
  { name: 'mine', bytes: QUOTA },
  { name: 'yours', bytes: 256 },
];
const heap = (body: string, kernel: ParameterValues = {}, quotas: readonly Quota[] = QUOTAS): readonly number[] =>
  heapReports(MACROS, body, HEAP, quotas, kernel);

const DESCRIBE = `
.macro describe cd
  cgettag t0, \\cd
  report t0
  cgetlen t0, \\cd
  report t0
.endm
`;

describe('heap_allocate', () => {
  it('gives zeroed memory with exact bounds, charged to the quota with its header', () => {
    expect(
      heap(
        `${DESCRIBE} allocate 24\n  describe ca0\n  clw t0, 0(ca0)\n  report t0\n  clw t0, 20(ca0)\n  report t0\n  left`,
      ),
    ).toEqual([1, 24, 0, 0, QUOTA - 32]);
  });

  it.each([1, 7, 8, 100, 511, 513, 1000, 4096, 5000, 20000])('%d bytes: bounds hold them and little more', (bytes) => {
    const [tag, length] = heap(`${DESCRIBE} allocate ${bytes}\n  describe ca0`);
    expect(tag).toBe(1);
    expect(length).toBeGreaterThanOrEqual(bytes);
    expect(length).toBeLessThanOrEqual(bytes * 1.004 + 1);
  });

  it.each([
    ['more than the quota', 'allocate 0x8000', minus(12)],
    ['more than memory', 'allocate 0x40000000', minus(12)],
    ['nothing', 'allocate 0', minus(22)],
    ['without a quota', 'timeout\n  li a1, 0\n  li a2, 8\n  cross_call heap_allocate', minus(1)],
    ['with a pointer for a quota', 'timeout\n  cmove ca1, cgp\n  li a2, 8\n  cross_call heap_allocate', minus(1)],
    ['without a timeout', 'li a0, 0\n  load_import ca1, mine\n  li a2, 8\n  cross_call heap_allocate', minus(22)],
  ])('%s: an error, and the next works', (_, body, error) => {
    const after = 'cgettag t0, ca0\n  report t0\n  report a0\n  allocate 16\n  cgettag t0, ca0\n  report t0';
    expect(heap(`${body}\n  ${after}`)).toEqual([0, error, 1]);
  });
});

describe('heap_free', () => {
  const twice = 'allocate 32\n  csc ca0, 8(csp)\n  release ca0\n  report a0';

  it('gives the quota back', () => {
    expect(heap(`${twice}\n  left`)).toEqual([0, QUOTA]);
  });

  it.each(['hardware', 'software'])('%s: what was kept in memory cannot be used any more', (revocation) => {
    expect(heap(`${twice}\n  clc ca1, 8(csp)\n  cgettag t0, ca1\n  report t0`, { revocation })).toEqual([0, 0]);
  });

  it('refuses a second time', () => {
    expect(heap(`${twice}\n  clc ca1, 8(csp)\n  load_import ca0, mine\n  cross_call heap_free\n  report a0`)).toEqual([
      0,
      minus(22),
    ]);
  });

  it.each([
    ['part of an object', 'allocate 32\n  cincoffset ca0, ca0, 8\n  csetbounds ca0, ca0, 8\n  release ca0', minus(22)],
    ['globals', 'release cgp', minus(22)],
    ['the stack', 'release csp', minus(22)],
    ['a number', 'li a0, 0x20060000\n  release ca0', minus(22)],
    ["another's object", 'allocate 32\n  release ca0, yours', minus(1)],
    ['without a quota', 'allocate 32\n  cmove ca1, ca0\n  li a0, 0\n  cross_call heap_free', minus(1)],
  ])('%s: an error', (_, body, error) => {
    expect(heap(`${body}\n  report a0\n  allocate 16\n  cgettag t0, ca0\n  report t0`)).toEqual([error, 1]);
  });
});

describe('memory runs out', () => {
  it('an error while everything is in use, and what is freed can be had again', () => {
    const body = `
  li s0, 0
1:
  allocate 0x6000, much
  cgettag t0, ca0
  beqz t0, 2f
  csc ca0, 8(csp)
  addi s0, s0, 1
  j 1b
2:
  report a0
  sltiu s0, s0, 8
  report s0
  clc ca0, 8(csp)
  release ca0, much
  allocate 0x6000, much
  cgettag t0, ca0
  report t0`;
    const quotas = [...QUOTAS, { name: 'much', bytes: 0x100000 }];
    expect(heap(body, {}, quotas)).toEqual([minus(12), 0, 1]);
  });

  it('a sweep that cannot end in time is a time-out', () => {
    const body = `
  allocate 0x7000
  release ca0
  timeout
  csw zero, 4(csp)
  cross_call quarantine_flush
  report a0
  allocate 16
  cgettag t0, ca0
  report t0`;
    expect(heap(body)).toEqual([minus(116), 1]);
  });
});

describe('heap_claim', () => {
  const CLAIM = `
.macro claim quota
  load_import ca0, \\quota
  clc ca1, 8(csp)
  cross_call heap_claim
  report a0
.endm
  allocate 32
  csc ca0, 8(csp)
  claim yours
`;
  const usable = '  clc ca1, 8(csp)\n  cgettag t0, ca1\n  report t0\n';
  const free = (quota: string): string => `  clc ca0, 8(csp)\n  release ca0, ${quota}\n  report a0\n`;

  it('keeps memory that is freed, until it is given up', () => {
    const body = `${CLAIM}${free('mine')}${usable}${free('yours')}${usable}  left mine\n  left yours`;
    expect(heap(body)).toEqual([32, 0, 1, 0, 0, QUOTA, 256]);
  });

  it('given up first it leaves the memory to its owner', () => {
    const body = `${CLAIM}${free('yours')}${usable}  left yours\n${free('mine')}${usable}  left mine`;
    expect(heap(body)).toEqual([32, 0, 1, 256, 0, 0, QUOTA]);
  });

  it('counts, and is charged once', () => {
    const body = `${CLAIM}  claim yours\n  left yours\n${free('mine')}${free('yours')}${usable}${free('yours')}${usable}`;
    expect(heap(body)).toEqual([32, 32, 256 - 40, 0, 0, 1, 0, 0]);
  });

  it('refuses who has none, twice, and who cannot pay', () => {
    const again = `${CLAIM}${free('yours')}${free('yours')}`;
    expect(heap(again)).toEqual([32, 0, minus(1)]);
    expect(
      heap(
        '  allocate 4096\n  csc ca0, 8(csp)\n  load_import ca0, yours\n  clc ca1, 8(csp)\n  cross_call heap_claim\n  report a0',
      ),
    ).toEqual([minus(12)]);
  });
});

describe('memory is used again', () => {
  // four times what the heap holds, without a word left behind
  const churn = `
  li s0, 32
1:
  allocate 0x7000
  csc ca0, 8(csp)
  cgettag t0, ca0
  beqz t0, 2f
  clw t0, 0(ca0)
  bnez t0, 2f
  csw s0, 0(ca0)
  csw s0, 128(ca0)
  release ca0
  bnez a0, 2f
  addi s0, s0, -1
  bnez s0, 1b
2:
  report s0
  timeout
  cross_call quarantine_flush
  report a0
  left`;

  it.each(['hardware', 'software', 'none'])('%s', (revocation) => {
    expect(heap(churn, { revocation })).toEqual([0, 0, QUOTA]);
  });
});
