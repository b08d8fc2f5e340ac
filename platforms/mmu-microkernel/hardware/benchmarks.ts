import { builtInProgram } from '../../assembler/program.js';
import type { Image } from '../../machine/image.js';
import type { HostBenchmark } from '../../platform.js';
import { riscvAssembler } from '../../riscv/assembler.js';

/** Calls, loops, loads and stores that mostly hit the caches: a CRC, a sort and a copy, each a function. */
const COMPUTE = `
  .equ ROUNDS, 1500
  .equ WORDS, 64
_start:
  lui   sp, 0x60200
  li    s11, ROUNDS
round:
  lui   a0, 0x60100
  li    a1, WORDS
  mv    a2, s11
  call  fill
  lui   a0, 0x60100
  li    a1, WORDS
  call  sort
  lui   a0, 0x60101
  lui   a1, 0x60100
  li    a2, WORDS
  call  copy
  lui   a0, 0x60101
  li    a1, WORDS
  call  crc
  addi  s11, s11, -1
  bnez  s11, round
  lui   t0, 0x40000
  sw    zero, 4(t0)
1: j    1b

fill:                       # a0 words, a1 count, a2 seed: xorshift
1: slli t0, a2, 13
  xor   a2, a2, t0
  srli  t0, a2, 17
  xor   a2, a2, t0
  slli  t0, a2, 5
  xor   a2, a2, t0
  sw    a2, 0(a0)
  addi  a0, a0, 4
  addi  a1, a1, -1
  bnez  a1, 1b
  ret

sort:                       # a0 words, a1 count: insertion sort
  addi  t0, a0, 4
  slli  a1, a1, 2
  add   a1, a0, a1
1: bgeu t0, a1, 4f
  lw    t1, 0(t0)
  mv    t2, t0
2: bgeu a0, t2, 3f
  lw    t3, -4(t2)
  bge   t1, t3, 3f
  sw    t3, 0(t2)
  addi  t2, t2, -4
  j     2b
3: sw   t1, 0(t2)
  addi  t0, t0, 4
  j     1b
4: ret

copy:                       # a0 to, a1 from, a2 words
1: lw   t0, 0(a1)
  addi  a1, a1, 4
  addi  a2, a2, -1
  sw    t0, 0(a0)
  addi  a0, a0, 4
  bnez  a2, 1b
  ret

crc:                        # a0 words, a1 count -> a0
  addi  sp, sp, -16
  sw    ra, 12(sp)
  sw    s0, 8(sp)
  sw    s1, 4(sp)
  mv    s0, a0
  mv    s1, a1
  li    a0, -1
1: lw   a1, 0(s0)
  call  crc_word
  addi  s0, s0, 4
  addi  s1, s1, -1
  bnez  s1, 1b
  lw    ra, 12(sp)
  lw    s0, 8(sp)
  lw    s1, 4(sp)
  addi  sp, sp, 16
  ret

crc_word:                   # a0 sum, a1 word -> a0
  xor   a0, a0, a1
  li    t0, 8
  li    t2, 0xedb88320
1: andi t1, a0, 1
  srli  a0, a0, 1
  beqz  t1, 2f
  xor   a0, a0, t2
2: addi t0, t0, -1
  bnez  t0, 1b
  ret
`;

/**
 * Sv32 on: a linked list over more pages than the data TLB has entries, a system call in each round, and some work on
 * each node, in S-mode and U-mode.
 */
const PAGING = `
  .equ ROUNDS, 12000
  .equ NODES, 12
  .equ ROOT, 0x60004000
  .equ LEAVES, 0x60005000
_start:
  # root: 0x60000000 and 0x40000000 as 4 MiB pages, 0x80000000 by a table; U for code and data, not for the device
  li    t0, ROOT
  li    t1, (0x60000 << 10) | 0xdf
  li    t2, (0x60000000 >> 22) << 2
  add   t2, t0, t2
  sw    t1, 0(t2)
  li    t1, (0x40000 << 10) | 0xc7
  li    t2, (0x40000000 >> 22) << 2
  add   t2, t0, t2
  sw    t1, 0(t2)
  li    t1, (LEAVES >> 12 << 10) | 1
  li    t2, 0x800
  add   t2, t0, t2
  sw    t1, 0(t2)
  # leaves: NODES pages from 0x60010000
  li    t0, LEAVES
  li    t1, (0x60010 << 10) | 0xd7
  li    t3, NODES
1: sw   t1, 0(t0)
  addi  t0, t0, 4
  addi  t1, t1, 0x400
  addi  t3, t3, -1
  bnez  t3, 1b
  # node i at page i, offset 64 i, points to node i+1
  li    t0, 0x60010000
  li    t1, 0x80001040
  li    t3, NODES - 1
  li    t5, 0x1040
2: sw   t1, 0(t0)
  add   t0, t0, t5
  add   t1, t1, t5
  addi  t3, t3, -1
  bnez  t3, 2b
  sw    zero, 0(t0)
  li    t0, 0x100
  csrw  medeleg, t0
  la    t0, system_call
  csrw  stvec, t0
  li    t0, (1 << 31) | (ROOT >> 12)
  csrw  satp, t0
  sfence.vma
  li    t0, 0x1800
  csrc  mstatus, t0
  li    t0, 1 << 18         # SUM: this core's S-mode then runs code in U pages
  csrs  mstatus, t0
  la    t0, user
  csrw  mepc, t0
  mret

system_call:
  csrr  t0, sepc
  addi  t0, t0, 4
  csrw  sepc, t0
  bnez  a7, 1f
  lui   t0, 0x40000
  sw    zero, 4(t0)
1: sret

  .p2align 6
user:
  li    s1, ROUNDS
  li    a7, 1
3: lui  a0, 0x80000
  li    a1, 0
4: lw   a2, 4(a0)
  add   a1, a1, a2
  xor   a1, a1, a0
  slli  a3, a1, 3
  add   a1, a1, a3
  li    a4, 20
5: addi a1, a1, 3
  lw    a5, 8(a0)
  addi  a4, a4, -1
  add   a1, a1, a5
  bnez  a4, 5b
  sw    a1, 4(a0)
  lw    a0, 0(a0)
  bnez  a0, 4b
  ecall
  addi  s1, s1, -1
  bnez  s1, 3b
  li    a7, 0
  ecall
`;

const program = (name: string, source: string): (() => Image) =>
  builtInProgram(name, source, riscvAssembler, 0x60000000);

/** What `bulkhead bench` measures the engine with. */
export const BENCHMARKS: readonly HostBenchmark[] = [
  {
    name: 'compute',
    meaning: 'loops, calls, loads and stores in M-mode',
    parameters: {},
    image: program('compute.s', COMPUTE),
  },
  {
    name: 'paging',
    meaning: 'Sv32: a list over more pages than the data TLB holds, system calls',
    parameters: {},
    image: program('paging.s', PAGING),
  },
];
