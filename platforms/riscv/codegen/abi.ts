import type { RegisterFile } from '../../../workloads/language/backend/machine-code.js';
import type { ValueType } from '../../../workloads/language/program.js';
import { REGISTER_NAMES, REGISTERS } from '../registers.js';

/**
 * How references are kept in registers and memory; the rest of the code generator is the same for pointers and
 * capabilities.
 */
export interface ReferenceForms {
  /** Load and store of a reference, in the form `lw {d0}, N({u0})` without operands. */
  readonly load: string;
  readonly store: string;
  /** `{d0}` = `{u0}` moved by `{u1}`, by a 12-bit number, and copied. */
  readonly advance: string;
  readonly advanceBy: string;
  readonly copy: string;
  /** Loads a reference to the buffer with this symbol. */
  address(symbol: string): AddressForm;
  /** How a reference gets authority over fewer bytes; undefined where pointers have no bounds. */
  readonly narrow: NarrowForms | undefined;
  /** Bytes of a slot of the frame. */
  readonly bytes: 4 | 8;
}

/** Instructions that load `{d0}` with a reference; they change `{d1}` as well if they need a scratch register. */
export interface AddressForm {
  readonly text: string;
  readonly scratch: boolean;
}

/** `{d0}` = `{u0}` with authority over `{u1}` bytes, and over a number of bytes up to `largest`, without operand. */
export interface NarrowForms {
  readonly by: string;
  readonly byNumber: string;
  readonly largest: number;
}

/** Plain 32-bit pointers (ILP32). */
export const POINTERS: ReferenceForms = {
  load: 'lw',
  store: 'sw',
  advance: 'add {d0}, {u0}, {u1}',
  advanceBy: 'addi {d0}, {u0}, ',
  copy: 'mv {d0}, {u0}',
  address: (symbol) => ({ text: `la {d0}, ${symbol}`, scratch: false }),
  narrow: undefined,
  bytes: 4,
};

/** Registers and calling convention of a RISC-V platform. */
export interface RiscvAbi {
  readonly references: ReferenceForms;
  /** Registers that hold the first arguments and results. */
  readonly arguments: readonly number[];
  /** Registers that a called function may change. */
  readonly clobbered: readonly number[];
  /** Registers that it must keep. */
  readonly kept: readonly number[];
  /** All of these, best first. */
  readonly allocatable: readonly number[];
}

const numbers = (...names: readonly string[]): readonly number[] => names.map(registerNumber);

/** Number of a register. @throws RangeError for a name that is none. */
export function registerNumber(name: string): number {
  const found = REGISTERS.get(name);
  if (found === undefined) throw new RangeError(`there is no register ${name}`);
  return found;
}

export const ZERO = 0;
export const RA = 1;
export const SP = 2;

const ARGUMENTS = numbers('a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7');
const TEMPORARIES = numbers('t1', 't3', 't4', 't5', 't6', 't0', 't2');
const KEPT = numbers('s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11');

/**
 * RISC-V ABIs 1.0, section 1.1, ILP32. The order prefers registers that compressed instructions can name (x8 to x15),
 * and among
 * these ones that carry no argument of a short call.
 */
export const ILP32: RiscvAbi = {
  references: POINTERS,
  arguments: ARGUMENTS,
  clobbered: [...ARGUMENTS, ...TEMPORARIES, RA],
  kept: KEPT,
  allocatable: [...[...ARGUMENTS.slice(0, 6)].reverse(), ...ARGUMENTS.slice(6), ...TEMPORARIES, ...KEPT],
};

/** What the register allocator needs. Slots lie at the bottom of the frame. */
export function registerFile({ references, allocatable }: RiscvAbi): RegisterFile {
  const place = (slot: number): string => `${slot * references.bytes}(sp)`;
  const load = (type: ValueType): string => (type === 'reference' ? references.load : 'lw');
  const store = (type: ValueType): string => (type === 'reference' ? references.store : 'sw');
  return {
    names: REGISTER_NAMES,
    allocatable,
    copy: (to, from) => ({ text: references.copy, defs: [to], uses: [from], copy: true }),
    reload: (to, slot, type) => ({ text: `${load(type)} {d0}, ${place(slot)}`, defs: [to], uses: [] }),
    spill: (from, slot, type) => ({ text: `${store(type)} {u0}, ${place(slot)}`, defs: [], uses: [from] }),
  };
}
