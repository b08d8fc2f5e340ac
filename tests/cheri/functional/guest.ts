import { cheri } from '../../../platforms/cheri/index.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { cheriotAssembler } from '../../../platforms/riscv/cheriot-assembler.js';
import {
  assembleGuest,
  FOREVER,
  machinesOf,
  outputsAfterExit,
  type Program,
  registerOf,
  type Run,
} from '../../guest.js';

export * from '../../guest.js';

/** Where programs are assembled to, and free memory for their data: in the revocable heap. */
export const CODE = 0x20000000;
export const DATA = 0x20050000;

const ISA = cheriotAssembler();

/**
 * What every test program begins with: MTCC points to `handler`, which stores mcause, mtval and the address of MEPCC to the
 * outputs and goes on behind the instruction, or at the address in ct2 if that is not 0. Registers afterwards: cs0 the test
 * device, cs1 data memory from `DATA` with all rights, cgp the memory root, ctp the executable root. `out` appends a register
 * to the outputs, `describe` a capability (address, metadata word, tag), `exit` ends the run.
 */
const PRELUDE = `
.macro out reg
  csw \\reg, 0(cs0)
.endm
.macro describe reg
  csw \\reg, 0(cs0)
  cgethigh t0, \\reg
  csw t0, 0(cs0)
  cgettag t0, \\reg
  csw t0, 0(cs0)
.endm
.macro exit
  csw zero, 4(cs0)
.endm
.option norvc
.org 0x80
_start:
  cspecialrw cgp, mtdc, cnull
  cspecialrw ctp, mtcc, cnull
  lui t0, 0x10000
  csetaddr cs0, cgp, t0
  lui t0, 0x20050
  csetaddr cs1, cgp, t0
0: auipcc ct0, %cheriot_compartment_hi(handler)
  cincoffset ct0, ct0, %cheriot_compartment_lo_i(0b)
  cspecialrw cnull, mtcc, ct0
  li t0, 0
  li t2, 0
  j main
.p2align 2
handler:
  csrr t0, mcause
  out t0
  csrr t0, mtval
  out t0
  cspecialrw ct0, mepcc, cnull
  out t0
  bnez t2, 1f
  cincoffset ct0, ct0, 4
  cgettag t1, ct0
  bnez t1, 2f
1: csetaddr ct0, ctp, t2
  li t2, 0
2: cspecialrw cnull, mepcc, ct0
  li t0, 0x1800
  csrs mstatus, t0
  mret
.p2align 2
main:
`;

/** Assembles a test program behind the prelude. */
export const program = (source: string): Program => assembleGuest(PRELUDE + source, ISA, { '.text': CODE });

/** A machine in reset state. */
export const freshMachine = machinesOf(cheri);

/** Runs a program to its end, whatever that is. */
export function run(source: string, parameters: ParameterValues = {}): Run {
  const guest = program(source);
  const machine = freshMachine(parameters);
  machine.load(guest.image);
  const stop = machine.run(FOREVER);
  return { machine, guest, stop, outputs: machine.bench!.outputs };
}

/** Runs a program that must end by `exit`. @returns its outputs. */
export const outputsOf = (source: string, parameters: ParameterValues = {}): readonly number[] =>
  outputsAfterExit(run(source, parameters));

/** A register with its tag and metadata word. */
export const register = registerOf;

/** mtval of a capability fault: the violation and the register, 32 + n for a special one (CHERIoT 1.0, exceptions). */
export const violation = (cause: number, number: number): number => cause | (number << 5);
