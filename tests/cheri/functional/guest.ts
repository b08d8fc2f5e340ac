import { assemble } from '../../../platforms/assembler/assemble.js';
import { cheri } from '../../../platforms/cheri/index.js';
import type { Image } from '../../../platforms/machine/image.js';
import type { Machine, RegisterValue, Stop } from '../../../platforms/machine/machine.js';
import { cycles, instructions } from '../../../platforms/machine/units.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { cheriotAssembler } from '../../../platforms/riscv/cheriot-assembler.js';

export { bytesOf, hexOf, peek, poke, Random } from '../../mmu-microkernel/functional/guest.js';

/** Where programs are assembled to, and free memory for their data: in the revocable heap. */
export const CODE = 0x20000000;
export const DATA = 0x20050000;

/** Never reached. */
export const FOREVER = cycles(Number.MAX_SAFE_INTEGER);
const BUDGET = 1_000_000;

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

/** An assembled test program. */
export interface Program {
  readonly image: Image;
  /** Address of a label. */
  address(label: string): number;
}

/** Assembles a test program behind the prelude. */
export function program(source: string): Program {
  const assembled = assemble(PRELUDE + source, { file: 'test.s', isa: ISA, sections: { '.text': CODE } });
  if (!assembled.ok) throw new Error(assembled.problems.map((p) => JSON.stringify(p)).join('\n'));
  const { image, symbols } = assembled;
  return {
    image,
    address(label) {
      const found = symbols.get(label);
      if (found === undefined) throw new RangeError(`the program has no label ${label}`);
      return found;
    },
  };
}

const machines = new Map<string, Machine>();

/** A machine in reset state. One is built for each set of parameters and file; it is reused. */
export function freshMachine(parameters: ParameterValues = {}, board = 'bench'): Machine {
  const key = JSON.stringify([board, ...Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);
  let machine = machines.get(key);
  if (machine === undefined) {
    machine = cheri.createMachine({ parameters, board });
    machines.set(key, machine);
  }
  machine.setTrace(undefined);
  machine.probes.clear();
  machine.setBudget(instructions(BUDGET));
  machine.reset();
  return machine;
}

/** A program that has run. */
export interface Run {
  readonly machine: Machine;
  readonly guest: Program;
  readonly stop: Stop;
  /** What it stored to the output register, unsigned. */
  readonly outputs: readonly number[];
}

/** Runs a program to its end, whatever that is. */
export function run(source: string, parameters: ParameterValues = {}): Run {
  const guest = program(source);
  const machine = freshMachine(parameters);
  machine.load(guest.image);
  const stop = machine.run(FOREVER);
  return { machine, guest, stop, outputs: machine.bench!.outputs };
}

/** Runs a program that must end by `exit`. @returns its outputs. */
export function outputsOf(source: string, parameters: ParameterValues = {}): readonly number[] {
  const { stop, outputs } = run(source, parameters);
  if (stop.kind !== 'exit') throw new Error(`the program ended with ${JSON.stringify(stop)}`);
  return outputs;
}

/** A register with its tag and metadata word. */
export function register(machine: Machine, name: string): RegisterValue {
  const found = machine.registers().find((r) => r.name === name);
  if (found === undefined) throw new RangeError(`no register ${name}`);
  return found;
}

/** mtval of a capability fault: the violation and the register, 32 + n for a special one (CHERIoT 1.0, exceptions). */
export const violation = (cause: number, number: number): number => cause | (number << 5);
