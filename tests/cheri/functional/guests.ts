import type { Image } from '../../../platforms/machine/image.js';
import { readCore } from '../../../runner/validate/read.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { program } from './guest.js';

/** Configurations that between them use every part of the timing model. */
export const VARIANTS: readonly (readonly [name: string, parameters: ParameterValues])[] = [
  ['safe33', {}],
  ['safe33_1port', { memoryPorts: 1 }],
  ['waits on both ports, 65 bits', { instructionWait: 1, dataWait: 2, dataBusBits: 65 }],
  ['sonata, no filter', { multiplier: 'single-cycle', instructionCache: true, loadFilter: false }],
  ['common timing, w=4', { timing: 'common', commonWait: 4 }],
];

/** Interrupts, wfi, traps, and a revoker that works behind them, an instruction cache that is on: what the random programs do not have. */
const INTERRUPTED = program(`
    csrsi 0x7c0, 1
    cspecialrw ca5, mtcc, cnull
  0: auipcc ct0, %cheriot_compartment_hi(interrupt)
    cincoffset ct0, ct0, %cheriot_compartment_lo_i(0b)
    cspecialrw cnull, mtcc, ct0
    li t0, 0x88
    csrw mie, t0
    li a1, ${0x20050000}
    csw a1, 0x40(cs0)
    li a1, ${0x20050400}
    csw a1, 0x44(cs0)
    li a3, 40
    li a4, 61
    csc cs1, 64(cs1)
    csetbounds ca2, cs1, 32
    csc ca2, 128(cs1)
    li t0, 0x200fe000
    csetaddr ca1, cgp, t0
    li t0, -1
    csw t0, 0x400(ca1)
    csw t0, 0x100(ca1)
  again: csrsi mstatus, 8
    csw a4, 12(cs0)
    csw zero, 0x48(cs0)
    .rept 9
    div t1, a4, a3
    clw t2, 0(cs1)
    clc ca0, 64(cs1)
    csw t1, 4(cs1)
    csc ca0, 72(cs1)
    .endr
    csrci mstatus, 8
    andi t1, a3, 1
    beqz t1, 1f
    csw a4, 12(cs0)
    wfi
    csw zero, 8(cs0)
  1: addi a4, a4, 5
    clc ca0, 128(cs1)
    cgettag t0, ca0
    out t0
    ecall
    addi a3, a3, -1
    bnez a3, again
    exit
  .p2align 2
  interrupt: cspecialrw ca0, mscratchc, ca0
    csrr a0, mcause
    out a0
    bltz a0, 2f
    cspecialrw ca0, mepcc, cnull
    cincoffset ca0, ca0, 4
    cspecialrw cnull, mepcc, ca0
    j 3f
  2: csw zero, 8(cs0)
  3: li a0, 0x1800
    csrs mstatus, a0
    cspecialrw ca0, mscratchc, ca0
    mret`).image;

/** A program, and what it must store to the outputs, if that is known. */
export interface Guest {
  readonly name: string;
  readonly image: Image;
  readonly outputs: readonly number[];
}

const suites = readCore(
  { directory: 'tests/vectors', cores: ['cheriot-ibex'], functional: [] },
  'cheriot-ibex',
  (kind, index) => kind === 'random' && index % 10 === 1,
);

/** Random programs of the vectors. */
export const RANDOM: readonly Guest[] = suites.flatMap(({ programs }) =>
  programs.flatMap((p) =>
    p.kind === 'random' ? [{ name: p.random.name, image: p.image, outputs: p.random.mmio }] : [],
  ),
);

/** Those and one with interrupts. */
export const GUESTS: readonly Guest[] = [
  ...RANDOM.slice(0, 3),
  { name: 'interrupts, wfi, revoker', image: INTERRUPTED, outputs: [] },
];
