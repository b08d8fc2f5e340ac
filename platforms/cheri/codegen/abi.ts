import { type AddressForm, RA, type ReferenceForms, registerNumber, type RiscvAbi } from '../../riscv/codegen/abi.js';

/** A buffer among the globals: whether it surely lies within 2047 bytes of the label `globals`, and how many it has. */
export interface GlobalPlace {
  readonly near: boolean;
  readonly bytes: number;
}

/** Largest number of csetbounds with immediate: 12 bits, unsigned (CHERIoT 1.0, CSetBoundsImm). */
const LARGEST_BOUNDS = 4095;

/** What cincoffset with immediate adds at most: 12 bits, signed. */
export const LARGEST_STEP = 2047;
/** auicgp adds its number times 2048 (CHERIoT 1.0, AUICGP). */
const AUICGP_SHIFT = 11;

/** Where cgp points to. */
const GLOBALS = 'globals';

const numbers = (...names: readonly string[]): readonly number[] => names.map(registerNumber);

/** What a call to another compartment changes: all but s0, s1, sp and gp (`kernel/abi.s`). */
export const CALL_REGISTERS = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 't0', 't1', 't2', 'ra'] as const;

const ARGUMENTS = numbers('a0', 'a1', 'a2', 'a3', 'a4', 'a5');
const TEMPORARIES = numbers('t0', 't1', 't2');
const KEPT = numbers('s0', 's1');

/**
 * The calling convention of CHERIoT RTOS (cheriot-rtos, docs; research/cheri-cheriot.md section 1.2): RV32E, arguments in ca0 to
 * ca5, cs0 and cs1 kept, cgp the domain's globals, csp the stack; ctp is left alone. Registers are named as integers: the
 * assembler takes them so in capability instructions.
 * @param places buffers by symbol.
 */
export function cheriotAbi(places: ReadonlyMap<string, GlobalPlace>): RiscvAbi {
  return {
    references: { ...CAPABILITIES, address: (symbol) => globalAddress(symbol, places.get(symbol)) },
    arguments: ARGUMENTS,
    clobbered: [...ARGUMENTS, ...TEMPORARIES, RA],
    kept: KEPT,
    allocatable: [...[...ARGUMENTS].reverse(), ...TEMPORARIES, ...KEPT],
  };
}

/** Capabilities: eight bytes and a tag, which only these instructions keep. */
const CAPABILITIES: Omit<ReferenceForms, 'address'> = {
  load: 'clc',
  store: 'csc',
  advance: 'cincoffset {d0}, {u0}, {u1}',
  advanceBy: 'cincoffset {d0}, {u0}, ',
  copy: 'cmove {d0}, {u0}',
  narrow: { by: 'csetbounds {d0}, {u0}, {u1}', byNumber: 'csetbounds {d0}, {u0}, ', largest: LARGEST_BOUNDS },
  bytes: 8,
};

/** A buffer as a capability over its bytes alone, as CHERIoT's LLVM derives one from cgp. */
export function globalAddress(symbol: string, place: GlobalPlace | undefined): AddressForm {
  if (place === undefined) throw new RangeError(`buffer ${symbol} is not among the globals of its domain`);
  const { near, bytes } = place;
  const scratch = bytes > LARGEST_BOUNDS;
  const distance = `${symbol} - ${GLOBALS}`;
  const lines = [
    ...(near
      ? [`cincoffset {d0}, gp, ${distance}`]
      : [
          `auicgp {d0}, (${distance}) >> ${AUICGP_SHIFT}`,
          `cincoffset {d0}, {d0}, (${distance}) & ${(1 << AUICGP_SHIFT) - 1}`,
        ]),
    ...(scratch ? [`li {d1}, ${bytes}`, 'csetbounds {d0}, {d0}, {d1}'] : [`csetbounds {d0}, {d0}, ${bytes}`]),
  ];
  return { text: lines.join('\n'), scratch };
}
