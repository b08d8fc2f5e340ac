import { describe, expect, it } from 'vitest';
import type { ParameterValues } from '../../../platforms/platform.js';
import { HEAP_CALLS, heapReports, QUOTA } from './heap.js';

/* heap_free_all: what a micro-reboot gives back. */

const minus = (n: number): number => -n >>> 0;

/** Pointers are kept at 8(csp) and on. */
const MACROS = `
.macro allocate bytes, place, quota=mine
  timeout
  load_import ca1, \\quota
  li a2, \\bytes
  cross_call heap_allocate
  csc ca0, \\place(csp)
.endm
.macro claim place, quota
  load_import ca0, \\quota
  clc ca1, \\place(csp)
  cross_call heap_claim
.endm
.macro free_all quota=mine
  load_import ca0, \\quota
  cross_call heap_free_all
  report a0
.endm
.macro usable place
  clc ca0, \\place(csp)
  cgettag t0, ca0
  report t0
.endm
`;

const QUOTAS = ['mine', 'yours'].map((name) => ({ name, bytes: QUOTA }));
const heap = (body: string, kernel: ParameterValues = {}): readonly number[] =>
  heapReports(MACROS, body, HEAP_CALLS, QUOTAS, kernel);

describe.each(['hardware', 'software'])('heap_free_all, revocation=%s', (revocation) => {
  const free = (body: string): readonly number[] => heap(body, { revocation });

  it('gives back all that a quota has allocated, and nothing of others', () => {
    const body =
      '  allocate 32, 8\n  allocate 600, 16, yours\n  allocate 5000, 24\n  free_all\n  left\n' +
      '  usable 8\n  usable 16\n  usable 24\n  allocate 16, 8\n  usable 8';
    const bytes = heap('  allocate 32, 8\n  allocate 5000, 24\n  left')[0];
    expect(free(body)).toEqual([QUOTA - bytes, QUOTA, 0, 1, 0, 1]);
  });

  it('gives up claims: what nobody else has is freed, what others have stays theirs', () => {
    const body =
      '  allocate 32, 8, yours\n  claim 8, mine\n  allocate 64, 16\n  claim 16, yours\n  free_all\n  left\n' +
      '  usable 8\n  usable 16\n  free_all yours\n  left yours\n  usable 8\n  usable 16';
    const [first, mine, one, two, second, yours, three, four] = free(body);
    expect([mine, one, two, yours, three, four]).toEqual([QUOTA, 1, 1, QUOTA, 0, 0]);
    expect([first, second]).toEqual([40 + 72, 40 + 72]);
  });

  it('a claim counted twice goes at once', () => {
    expect(free('  allocate 32, 8, yours\n  claim 8, mine\n  claim 8, mine\n  free_all\n  left')).toEqual([40, QUOTA]);
  });

  it('a second time, and before anything was allocated, there is nothing', () => {
    expect(free('  free_all\n  allocate 32, 8\n  free_all\n  free_all')).toEqual([0, 40, 0]);
  });

  it('the memory is used again', () => {
    const body = `
  li s0, 9
1:
  allocate 0x3000, 8
  usable 8
  allocate 0x3000, 16
  load_import ca0, mine
  cross_call heap_free_all
  addi s0, s0, -1
  bnez s0, 1b
  timeout
  cross_call quarantine_flush
  report a0
  left`;
    expect(free(body)).toEqual([...Array.from({ length: 9 }, () => 1), 0, QUOTA]);
  });
});

it('refuses who has no quota', () => {
  expect(heap('  li a0, 0\n  cross_call heap_free_all\n  report a0')).toEqual([minus(1)]);
  expect(heap('  cmove ca0, cgp\n  cross_call heap_free_all\n  report a0')).toEqual([minus(1)]);
});
