/** Names of the integer registers in the order of their numbers (RISC-V ABIs 1.0, section 1.1 "Integer Register Convention"). */
export const REGISTER_NAMES: readonly string[] = [
  'zero',
  'ra',
  'sp',
  'gp',
  'tp',
  't0',
  't1',
  't2',
  's0',
  's1',
  'a0',
  'a1',
  'a2',
  'a3',
  'a4',
  'a5',
  'a6',
  'a7',
  's2',
  's3',
  's4',
  's5',
  's6',
  's7',
  's8',
  's9',
  's10',
  's11',
  't3',
  't4',
  't5',
  't6',
];

/** Numbers of registers by every name an assembler knows: ABI names, `x0` to `x31`, and `fp` for s0. */
export const REGISTERS: ReadonlyMap<string, number> = new Map([
  ...REGISTER_NAMES.map((name, number) => [name, number] as const),
  ...REGISTER_NAMES.map((_, number) => [`x${number}`, number] as const),
  ['fp', 8],
]);

/**
 * Names of the registers as capabilities, in the order of their numbers (CHERIoT Architecture 1.0, ABI: c0 is cnull).
 * Only c0 to c15 exist on CHERIoT; the rest is named for cores with more.
 */
export const CAPABILITY_NAMES: readonly string[] = REGISTER_NAMES.map((name) =>
  name === 'zero' ? 'cnull' : `c${name}`,
);

/** Numbers of registers by every name a CHERIoT assembler knows: integer names, ABI capability names, `c0` to `c31`. */
export const CAPABILITY_REGISTERS: ReadonlyMap<string, number> = new Map([
  ...REGISTERS,
  ...CAPABILITY_NAMES.map((name, number) => [name, number] as const),
  ...REGISTER_NAMES.map((_, number) => [`c${number}`, number] as const),
  ['czero', 0],
  ['cfp', 8],
]);

/**
 * Numbers of special capability registers by name. The architecture has the last four (CHERIoT Architecture 1.0, special
 * capability registers); `ztopc` is Ibex's stack zeroer (cheriot-ibex a3e4caf, rtl/cheri_pkg.sv).
 */
export const SCRS: ReadonlyMap<string, number> = new Map([
  ['ztopc', 27],
  ['mtcc', 28],
  ['mtdc', 29],
  ['mscratchc', 30],
  ['mepcc', 31],
]);

/** Names of special capability registers by number. */
export const SCR_NAMES: ReadonlyMap<number, string> = new Map([...SCRS].map(([name, number]) => [number, name]));
