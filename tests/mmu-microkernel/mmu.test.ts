import { expect, it } from 'vitest';
import { DATA, EXIT, leafEntry, PAGING, PTE, run, SATP, TEST, USER_CODE, CODE } from './guest.js';

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
