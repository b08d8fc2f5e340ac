import { expect, it } from 'vitest';
import type { ParameterValues } from '../../platforms/platform.js';
import {
  CODE,
  DATA,
  EXIT,
  leafEntry,
  outputs,
  PAGING,
  PTE,
  pte,
  rootEntry,
  rootTable,
  run,
  SATP,
  TEST,
  USER_CODE,
  type Words,
} from './guest.js';

const ACCESSES = ['load', 'store', 'amo', 'fetch'] as const;
const TABLE = 0x60300000;
const FAULTS = { load: 13, store: 15, amo: 15, fetch: 12 } as const;

/** The rules of privileged ISA 4.3.2, with the core's A/D and SUM-fetch quirks. */
function expected(leaf: number, user: boolean, sum: boolean, mxr: boolean, access: (typeof ACCESSES)[number]): number {
  const has = (bit: number): boolean => (leaf & bit) !== 0;
  const valid = has(PTE.V) && (has(PTE.R) || !has(PTE.W)) && (has(PTE.R) || has(PTE.X));
  const mode = user ? has(PTE.U) : !has(PTE.U) || sum;
  const readable = has(PTE.R) || (mxr && has(PTE.X));
  const granted = { load: readable, store: has(PTE.W), amo: readable && has(PTE.W), fetch: has(PTE.X) }[access];
  return valid && mode && granted ? (user ? 8 : 9) : FAULTS[access];
}

it('every PTE, mode, access, SUM and MXR agrees with the rules', () => {
  const cases = ACCESSES.flatMap((access) =>
    [false, true].flatMap((user) =>
      [0, 1, 2, 3].flatMap((bits) => Array.from({ length: 256 }, (_, leaf) => ({ access, user, bits, leaf }))),
    ),
  );
  const words = cases.flatMap(({ access, user, bits, leaf }) => [
    (bits << 18) | (user ? 0 : 0x800),
    ((DATA >>> 12) << 10) | leaf,
    ACCESSES.indexOf(access) * 16 + (user ? USER_CODE - CODE : 0),
    0,
  ]);
  const source = `_start:
    la t0, trap\n csrw mtvec, t0\n li s0, ${TABLE}\n li s1, ${cases.length}\n li s2, ${TEST}\n li s3, ${leafEntry(TEST)}
    li t0, ${SATP}\n csrw satp, t0\n la s4, bodies
  next: lw t0, 0(s0)\n csrw mstatus, t0\n lw t0, 4(s0)\n sw t0, 0(s3)\n sfence.vma
    lw t0, 8(s0)\n add t0, t0, s4\n csrw mepc, t0\n mret
    .p2align 2
  trap: csrr t0, mcause\n sw t0, 12(s0)\n addi s0, s0, 16\n addi s1, s1, -1\n bnez s1, next\n${EXIT}
    .p2align 4
    .option norvc
  bodies: lw a1, 0(s2)\n ecall\n .p2align 4\n sw a1, 0(s3)\n ecall`.replace(
    'sw a1, 0(s3)\n ecall',
    `sw s5, 0(s2)\n ecall
    .p2align 4\n amoor.w a1, x0, (s2)\n ecall\n .p2align 4\n jr s2\n ecall`,
  );
  const memory = { ...PAGING, [TABLE]: words, [DATA]: [0x73] };
  const result = run(source.replace('csrw satp, t0\n', 'csrw satp, t0\n li s5, 0x73\n'), { memory, budget: 1_000_000 });
  expect(result.stop).toEqual({ kind: 'exit', code: 0 });
  const seen = result.words(TABLE, words.length);
  cases.forEach(({ access, user, bits, leaf }, i) => {
    const wanted = expected(leaf, user, (bits & 1) !== 0, (bits & 2) !== 0, access);
    if (seen[i * 4 + 3] !== wanted)
      expect({ access, user, bits, leaf, cause: seen[i * 4 + 3] }).toEqual({ cause: wanted });
  });
});

const { V, R, W, X, A, D, G } = PTE;
const DATA_PAGE = V | R | W | X | A | D;
const S_MODE = `li t0, 0x1800\n csrc mstatus, t0\n li t0, 0x800\n csrs mstatus, t0\n la t0, 9f\n csrw mepc, t0
  la t0, trap\n csrw mtvec, t0\n li s1, ${TEST}\n lui gp, 0x40000\n mret
  .p2align 2\ntrap: csrr t0, mcause\n lui gp, 0x40000\n sw t0, 0(gp)\n${EXIT}\n9:`;
/** Runs S-mode code with translation on; a trap ends it and its cause is the last output. */
function supervised(code: string, memory: Words, parameters: ParameterValues = {}, satp = SATP): readonly number[] {
  const source = `_start: li t0, ${satp}\n csrw satp, t0\n ${S_MODE}\n ${code}\n${EXIT}`;
  return outputs(source, { memory: { ...PAGING, ...memory }, parameters });
}
const show = (place: string): string => `lw a0, ${place}\n sw a0, 0(gp)\n`;

it('superpages translate 22 bits of offset; misaligned ones fault', () => {
  const root = (extra: number): Words => ({
    [rootEntry(TEST)]: [pte(0x60400000 + extra, DATA_PAGE)],
    [0x60723458]: [77],
  });
  const code = `li s2, ${TEST + 0x323458}\n ${show('0(s2)')}`;
  expect(supervised(code, root(0))).toEqual([77]);
  for (const extra of [0x1000, 0x80000, 0x200000]) expect(supervised(code, root(extra)), `${extra}`).toEqual([13]);
});

it('an old translation stays until sfence.vma', () => {
  const memory = { [leafEntry(TEST)]: [pte(DATA, DATA_PAGE)], [DATA]: [1], [DATA + 0x1000]: [2] };
  const rewrite = `li t1, ${leafEntry(TEST)}\n li t2, ${pte(DATA + 0x1000, DATA_PAGE)}\n sw t2, 0(t1)\n`;
  const code = show('0(s1)') + rewrite + show('0(s1)') + 'sfence.vma\n' + show('0(s1)');
  expect(supervised(code, memory)).toEqual([1, 1, 2]);
});

/** A second root table whose test page shows 2 instead of 1. */
const OTHER = 0x60110000;
const twoSpaces = (bits: number): Words => ({
  ...rootTable(OTHER, OTHER + 0x1000),
  [leafEntry(TEST)]: [pte(DATA, DATA_PAGE | bits)],
  [OTHER + 0x1000]: [pte(DATA + 0x1000, DATA_PAGE | bits)],
  [DATA]: [1, 0],
  [DATA + 0x1000]: [2, 0],
});
const switchTo = (satp: number): string => `li t1, ${satp >>> 0}\n csrw satp, t1\n`;

it('a satp write changes the address space at once; with tags, only another ASID does', () => {
  const other = (0x80000000 | (OTHER >>> 12)) >>> 0;
  const tagged = (other | (5 << 22)) >>> 0;
  const visit = (satp: number): string =>
    show('0(s1)') + switchTo(satp) + show('0(s1)') + switchTo(SATP) + show('0(s1)');
  expect(supervised(visit(other), twoSpaces(0))).toEqual([1, 2, 1]);
  expect(supervised(visit(tagged), twoSpaces(0))).toEqual([1, 2, 1]);
  expect(supervised(visit(tagged), twoSpaces(0), { asid: true })).toEqual([1, 2, 1]);
  expect(supervised(visit(other), twoSpaces(0), { asid: true })).toEqual([1, 1, 1]);
  expect(supervised(visit(tagged), twoSpaces(G), { asid: true })).toEqual([1, 1, 1]);
});

it('the data TLB holds as many pages as its parameter says', () => {
  for (const dataTlbEntries of [4, 8, 16]) {
    for (const extra of [0, 1]) {
      // The device's superpage takes one entry.
      const pages = dataTlbEntries - 1 + extra;
      const leaves = Array.from({ length: pages }, (_, i) => pte(DATA + i * 0x1000, DATA_PAGE));
      const touch = leaves.map((_, i) => `li t1, ${TEST + i * 0x1000}\n lw a0, 0(t1)\n`).join('');
      const clear = `li t1, ${leafEntry(TEST)}\n`;
      const code = `sw x0, 0(gp)\n ${touch} lui t2, 0x60101\n sw x0, 0(gp)`;
      const { machine } = run(
        `_start: li t0, ${SATP}\n csrw satp, t0\n ${S_MODE}\n ${code}\n ${touch}\n${EXIT}${clear}`,
        {
          memory: { ...PAGING, [leafEntry(TEST)]: leaves },
          parameters: { dataTlbEntries },
        },
      );
      const before = machine.counters.pageWalkReads;
      const again = extra === 0 ? 0 : 2 * pages;
      // Code and device are superpages: one read each; the device is evicted and walked again with one page too many.
      expect(before - 2 - 2 * pages >= again, `${dataTlbEntries} +${extra}`).toBe(true);
      if (extra === 0) expect(before).toBe(2 + 2 * pages);
    }
  }
});
