import { builtInProgram } from '../../assembler/program.js';
import type { Image } from '../../machine/image.js';
import type { HostBenchmark } from '../../platform.js';
import { cheriotAssembler } from '../../riscv/cheriot-assembler.js';

/** Calls, loops, loads and stores through capabilities with bounds: a CRC, a sort and a copy, each a function. */
const COMPUTE = `
  .equ ROUNDS, 1500
  .equ WORDS, 64
  .org 0x80
_start:
  cspecialrw ct0, mtdc, cnull
  lui   t1, 0x20070
  csetaddr csp, ct0, t1
  lui   t1, 0x20050
  csetaddr cs0, ct0, t1
  csetbounds cs0, cs0, WORDS * 4
  lui   t1, 0x20051
  csetaddr cs1, ct0, t1
  csetbounds cs1, cs1, WORDS * 4
  cmove cgp, ct0
  li    tp, ROUNDS
round:
  cmove ca0, cs0
  li    a1, WORDS
  mv    a2, tp
  cjal  cra, fill
  cmove ca0, cs0
  li    a1, WORDS
  cjal  cra, sort
  cmove ca0, cs1
  cmove ca1, cs0
  li    a2, WORDS
  cjal  cra, copy
  cmove ca0, cs1
  li    a1, WORDS
  cjal  cra, crc
  addi  tp, tp, -1
  bnez  tp, round
  lui   t0, 0x10000
  csetaddr ct0, cgp, t0
  csw   zero, 4(ct0)
1: j    1b

fill:                       # ca0 words, a1 count, a2 seed: xorshift
1: slli t0, a2, 13
  xor   a2, a2, t0
  srli  t0, a2, 17
  xor   a2, a2, t0
  slli  t0, a2, 5
  xor   a2, a2, t0
  csw   a2, 0(ca0)
  cincoffset ca0, ca0, 4
  addi  a1, a1, -1
  bnez  a1, 1b
  cret

sort:                       # ca0 words, a1 count: insertion sort
  cincoffset ct0, ca0, 4
  slli  a1, a1, 2
  add   a1, a0, a1
1: bgeu t0, a1, 4f
  clw   t1, 0(ct0)
  cmove ct2, ct0
2: bgeu a0, t2, 3f
  clw   a3, -4(ct2)
  bge   t1, a3, 3f
  csw   a3, 0(ct2)
  cincoffset ct2, ct2, -4
  j     2b
3: csw  t1, 0(ct2)
  cincoffset ct0, ct0, 4
  j     1b
4: cret

copy:                       # ca0 to, ca1 from, a2 words
1: clw  t0, 0(ca1)
  cincoffset ca1, ca1, 4
  addi  a2, a2, -1
  csw   t0, 0(ca0)
  cincoffset ca0, ca0, 4
  bnez  a2, 1b
  cret

crc:                        # ca0 words, a1 count -> a0
  cincoffset csp, csp, -32
  csc   cra, 24(csp)
  csc   cs0, 16(csp)
  csc   cs1, 8(csp)
  cmove cs0, ca0
  mv    s1, a1
  li    a0, -1
1: clw  a1, 0(cs0)
  cjal  cra, crc_word
  cincoffset cs0, cs0, 4
  addi  s1, s1, -1
  bnez  s1, 1b
  clc   cra, 24(csp)
  clc   cs0, 16(csp)
  clc   cs1, 8(csp)
  cincoffset csp, csp, 32
  cret

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
  cret
`;

/**
 * Calls into another compartment: the entry is a sealed pointer that a switcher unseals, registers go through a trusted
 * stack, the stack is cut to its unused part and the callee clears what it wrote.
 */
const COMPARTMENTS = `
  .equ ROUNDS, 60000
  .equ KEY, 9
  .org 0x80
_start:
  cspecialrw ct0, mtdc, cnull
  lui   t1, 0x20070
  csetaddr csp, ct0, t1
  csetaddr cs0, ct0, t1
  li    t1, 0x1000
  cincoffset csp, csp, -2048
  csetbounds csp, csp, t1
  cincoffset csp, csp, 2040
  # the trusted stack
  lui   t1, 0x20060
  csetaddr ca5, ct0, t1
  csetbounds ca5, ca5, 1024
  cspecialrw cnull, mtdc, ca5
  # the callee, with bounds of its own, sealed
  cspecialrw ct1, mtcc, cnull
0: auipcc ct2, %cheriot_compartment_hi(callee)
  cincoffset ct2, ct2, %cheriot_compartment_lo_i(0b)
  csetbounds ct2, ct2, callee_end - callee
  lui   t1, 0x20061
  csetaddr cs1, ct0, t1
  csetbounds cs1, cs1, 16
  csc   ct2, 0(cs1)
  cspecialrw ca4, mscratchc, cnull
  li    t1, KEY
  csetaddr ca4, ca4, t1
  cseal cs1, cs1, ca4
  lui   t1, 0x20062
  csetaddr ca3, ct0, t1
  csc   ca4, 0(ca3)
  cmove cgp, ct0
  li    tp, ROUNDS
1: cmove ct1, cs1
  li    a0, 5
  cjal  cra, switcher
  addi  tp, tp, -1
  bnez  tp, 1b
  lui   t0, 0x10000
  csetaddr ct0, cgp, t0
  csw   zero, 4(ct0)
2: j    2b

switcher:                   # ct1 sealed entry
  cspecialrw ct0, mtdc, cnull
  csc   cra, 0(ct0)
  csc   csp, 8(ct0)
  csc   cgp, 16(ct0)
  csc   cs0, 24(ct0)
  csc   cs1, 32(ct0)
  csc   ca3, 40(ct0)
  cgetbase t2, csp
  sub   a1, sp, t2
  csetaddr csp, csp, t2
  csetboundsrounddown csp, csp, a1
  add   a1, a1, t2
  csetaddr csp, csp, a1
  clc   ca2, 0(ca3)
  cunseal ct1, ct1, ca2
  clc   ct1, 0(ct1)
  cmove cs1, cnull
  cmove ca3, cnull
  cjalr cra, ct1
  cspecialrw ct0, mtdc, cnull
  clc   cra, 0(ct0)
  clc   csp, 8(ct0)
  clc   cgp, 16(ct0)
  clc   cs0, 24(ct0)
  clc   cs1, 32(ct0)
  clc   ca3, 40(ct0)
  cret

  .p2align 6
callee:                     # a0 -> a0, with a frame that it clears
  cincoffset csp, csp, -32
  csw   a0, 0(csp)
  li    a1, 6
1: clw  a2, 0(csp)
  add   a0, a0, a2
  addi  a1, a1, -1
  bnez  a1, 1b
  csc   cnull, 0(csp)
  csc   cnull, 8(csp)
  cincoffset csp, csp, 32
  cret
  .p2align 6
callee_end:
`;

const program = (name: string, source: string): (() => Image) =>
  builtInProgram(name, source, cheriotAssembler, 0x20000000);

/** What `bulkhead bench` measures the engine with. */
export const BENCHMARKS: readonly HostBenchmark[] = [
  {
    name: 'compute',
    meaning: 'loops, calls, loads and stores through capabilities',
    parameters: {},
    image: program('compute.s', COMPUTE),
  },
  {
    name: 'compartments',
    meaning: 'calls through a switcher into another compartment',
    parameters: {},
    image: program('compartments.s', COMPARTMENTS),
  },
];
