import { builtInProgram } from '../../assembler/program.js';
import type { Image } from '../../machine/image.js';
import type { HostBenchmark } from '../../platform.js';
import { thumbAssembler } from '../../thumb/assembler.js';
import { rp2040js } from '../rivals/rp2040js.js';

/** Vector table, and the end of a run by semihosting SYS_EXIT with ADP_Stopped_ApplicationExit. */
const START = `
  .syntax unified
  .thumb
  .equ STACK, 0x20008000
  .word STACK, start + 1, fault + 1, fault + 1, fault + 1, fault + 1, fault + 1, 0, 0, 0, 0, service + 1
fault:
  movs  r0, #0x18
  movs  r1, #0
  bkpt  0xab
finish:
  movs  r0, #0x18
  ldr   r1, =0x20026
  bkpt  0xab
  .pool
`;

/** Calls, loops, loads and stores: a CRC, a sort and a copy, each a function. */
const COMPUTE = `${START}
  .equ ROUNDS, 1500
  .equ WORDS, 64
  .equ DATA, 0x20000000
  .equ COPY, 0x20001000
service:
  bx    lr
start:
  ldr   r4, =ROUNDS
round:
  ldr   r0, =DATA
  movs  r1, #WORDS
  mov   r2, r4
  bl    fill
  ldr   r0, =DATA
  movs  r1, #WORDS
  bl    sort
  ldr   r0, =COPY
  ldr   r1, =DATA
  movs  r2, #WORDS
  bl    copy
  ldr   r0, =COPY
  movs  r1, #WORDS
  bl    crc
  subs  r4, r4, #1
  bne   round
  b     finish
  .pool

fill:                       @ r0 words, r1 count, r2 seed: xorshift
  lsls  r3, r2, #13
  eors  r2, r2, r3
  lsrs  r3, r2, #17
  eors  r2, r2, r3
  lsls  r3, r2, #5
  eors  r2, r2, r3
  str   r2, [r0]
  adds  r0, r0, #4
  subs  r1, r1, #1
  bne   fill
  bx    lr

sort:                       @ r0 words, r1 count: insertion sort
  push  {r4, r5, r6, lr}
  lsls  r1, r1, #2
  adds  r1, r0, r1
  adds  r2, r0, #4
1: cmp  r2, r1
  bhs   4f
  ldr   r3, [r2]
  mov   r4, r2
2: cmp  r4, r0
  bls   3f
  subs  r5, r4, #4
  ldr   r6, [r5]
  cmp   r3, r6
  bge   3f
  str   r6, [r4]
  mov   r4, r5
  b     2b
3: str  r3, [r4]
  adds  r2, r2, #4
  b     1b
4: pop  {r4, r5, r6, pc}

copy:                       @ r0 to, r1 from, r2 words
  ldr   r3, [r1]
  adds  r1, r1, #4
  str   r3, [r0]
  adds  r0, r0, #4
  subs  r2, r2, #1
  bne   copy
  bx    lr

crc:                        @ r0 words, r1 count -> r0
  push  {r4, r5, lr}
  mov   r4, r0
  mov   r5, r1
  movs  r0, #0
  mvns  r0, r0
1: ldr  r1, [r4]
  bl    crc_word
  adds  r4, r4, #4
  subs  r5, r5, #1
  bne   1b
  pop   {r4, r5, pc}

crc_word:                   @ r0 sum, r1 word -> r0
  eors  r0, r0, r1
  movs  r2, #8
  ldr   r3, =0xedb88320
1: lsrs r0, r0, #1
  bcc   2f
  eors  r0, r0, r3
2: subs r2, r2, #1
  bne   1b
  bx    lr
  .pool
`;

/**
 * Unprivileged code on the process stack with the MPU on, as a kernel runs it: 4 regions, a linked list with some work on each
 * node, and in each round a system call that loads two regions anew.
 */
const MPU = `${START}
  .equ ROUNDS, 12000
  .equ NODES, 12
  .equ LIST, 0x20010000
  .equ PSTACK, 0x20021000
  .equ MPU_CTRL, 0xe000ed94
start:
  @ node i at LIST + 0x140 i points to node i + 1
  ldr   r0, =LIST
  movs  r1, #NODES - 1
1: mov  r2, r0
  adds  r0, r0, #0xa0
  adds  r0, r0, #0xa0
  str   r0, [r2]
  subs  r1, r1, #1
  bne   1b
  str   r1, [r0]
  ldr   r0, =regions
  bl    load_regions
  ldr   r0, =MPU_CTRL
  movs  r1, #5
  str   r1, [r0]
  dsb
  isb
  ldr   r0, =PSTACK
  msr   psp, r0
  movs  r0, #3
  msr   control, r0
  isb
  ldr   r0, =user + 1
  bx    r0
  .pool

load_regions:               @ r0 table of RBAR with VALID and RASR, ends with 0
  ldr   r2, =0xe000ed9c
1: ldr  r1, [r0]
  cmp   r1, #0
  beq   2f
  str   r1, [r2]
  ldr   r1, [r0, #4]
  str   r1, [r2, #4]
  adds  r0, r0, #8
  b     1b
2: bx   lr
  .pool

service:
  push  {r4, lr}
  mrs   r0, psp
  ldr   r1, [r0]            @ the caller's r0
  cmp   r1, #0
  bne   1f
  b     finish
1: ldr  r0, =data_regions
  bl    load_regions
  pop   {r4, pc}
  .pool
  .balign 4
regions:
  .word 0x00000010, 0x06020027     @ 1 MiB of code, read only, executable
data_regions:
  .word 0x20010011, 0x1303001f     @ 64 KiB of data, no execution
  .word 0x20020012, 0x13030017     @ 4 KiB of stack
  .word 0

user:
  ldr   r5, =ROUNDS
2: ldr  r0, =LIST
  movs  r1, #0
3: ldr  r2, [r0, #4]
  adds  r1, r1, r2
  eors  r1, r1, r0
  lsls  r3, r1, #3
  adds  r1, r1, r3
  movs  r4, #20
4: adds r1, r1, #3
  ldr   r2, [r0, #8]
  subs  r4, r4, #1
  add   r1, r1, r2
  bne   4b
  push  {r1, r2, r3}
  pop   {r1, r2, r3}
  str   r1, [r0, #4]
  ldr   r0, [r0]
  cmp   r0, #0
  bne   3b
  movs  r0, #1
  svc   #0
  subs  r5, r5, #1
  bne   2b
  movs  r0, #0
  svc   #0
  .pool
`;

/** Armv6-M, so that every core runs the same instructions. */
const program = (name: string, source: string): (() => Image) =>
  builtInProgram(name, source, () => thumbAssembler({ architecture: 'armv6-m' }), 0);

/** What `bulkhead bench` measures the engine with. */
export const BENCHMARKS: readonly HostBenchmark[] = [
  {
    name: 'compute',
    meaning: 'loops, calls, loads and stores of privileged code without MPU',
    parameters: {},
    image: program('compute.s', COMPUTE),
  },
  {
    name: 'compute, m0plus',
    meaning: 'the same on the Cortex-M0+, compared with another simulator of it',
    parameters: { core: 'm0plus' },
    image: program('compute.s', COMPUTE),
    rivals: [rp2040js],
  },
  {
    name: 'mpu',
    meaning: 'unprivileged code with the MPU on, and system calls that load two regions',
    parameters: {},
    image: program('mpu.s', MPU),
  },
];
