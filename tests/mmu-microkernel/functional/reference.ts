/**
 * What RV32IM instructions compute, in BigInt and written from the manual (unprivileged ISA 20191213), with nothing in
 * common with the simulator. Arguments and results are 32-bit words, unsigned.
 */

const MODULUS = 1n << 32n;
const unsigned = (word: number): bigint => BigInt(word >>> 0);
const signed = (word: number): bigint => BigInt(word | 0);
/** The low 32 bits of an integer as an unsigned word. */
const low = (value: bigint): number => Number(((value % MODULUS) + MODULUS) % MODULUS);
/** Bits 63:32. */
const high = (value: bigint): number => low((value - (((value % MODULUS) + MODULUS) % MODULUS)) / MODULUS);

/** A function of two register values. */
export type Binary = (a: number, b: number) => number;

/** 2.4.2 and chapter 7: register-register operations by mnemonic. */
export const REGISTER_OPERATIONS: Readonly<Record<string, Binary>> = {
  add: (a, b) => low(unsigned(a) + unsigned(b)),
  sub: (a, b) => low(unsigned(a) - unsigned(b)),
  sll: (a, b) => low(unsigned(a) * 2n ** (unsigned(b) % 32n)),
  slt: (a, b) => (signed(a) < signed(b) ? 1 : 0),
  sltu: (a, b) => (unsigned(a) < unsigned(b) ? 1 : 0),
  xor: (a, b) => low(unsigned(a) ^ unsigned(b)),
  srl: (a, b) => low(unsigned(a) / 2n ** (unsigned(b) % 32n)),
  sra: (a, b) => low(signed(a) >> (unsigned(b) % 32n)),
  or: (a, b) => low(unsigned(a) | unsigned(b)),
  and: (a, b) => low(unsigned(a) & unsigned(b)),
  mul: (a, b) => low(signed(a) * signed(b)),
  mulh: (a, b) => high(signed(a) * signed(b)),
  mulhsu: (a, b) => high(signed(a) * unsigned(b)),
  mulhu: (a, b) => high(unsigned(a) * unsigned(b)),
  div: (a, b) => low(signed(b) === 0n ? -1n : signed(a) / signed(b)),
  divu: (a, b) => low(unsigned(b) === 0n ? MODULUS - 1n : unsigned(a) / unsigned(b)),
  rem: (a, b) => low(signed(b) === 0n ? signed(a) : signed(a) % signed(b)),
  remu: (a, b) => low(unsigned(b) === 0n ? unsigned(a) : unsigned(a) % unsigned(b)),
};

/** 2.4.1: operations with a 12-bit immediate, by mnemonic; the immediate is sign-extended to 32 bits. */
export const IMMEDIATE_OPERATIONS: Readonly<Record<string, Binary>> = {
  addi: REGISTER_OPERATIONS['add'],
  slti: REGISTER_OPERATIONS['slt'],
  sltiu: REGISTER_OPERATIONS['sltu'],
  xori: REGISTER_OPERATIONS['xor'],
  ori: REGISTER_OPERATIONS['or'],
  andi: REGISTER_OPERATIONS['and'],
};

/** 2.4.1: shifts by an immediate. */
export const SHIFT_OPERATIONS: Readonly<Record<string, Binary>> = {
  slli: REGISTER_OPERATIONS['sll'],
  srli: REGISTER_OPERATIONS['srl'],
  srai: REGISTER_OPERATIONS['sra'],
};

/** 2.5.2: whether a branch is taken. */
export const BRANCHES: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  beq: (a, b) => unsigned(a) === unsigned(b),
  bne: (a, b) => unsigned(a) !== unsigned(b),
  blt: (a, b) => signed(a) < signed(b),
  bge: (a, b) => signed(a) >= signed(b),
  bltu: (a, b) => unsigned(a) < unsigned(b),
  bgeu: (a, b) => unsigned(a) >= unsigned(b),
};

/** 8.4: what an AMO leaves in memory, from the old word and the register. */
export const ATOMICS: Readonly<Record<string, Binary>> = {
  'amoswap.w': (_, b) => b >>> 0,
  'amoadd.w': REGISTER_OPERATIONS['add'],
  'amoxor.w': REGISTER_OPERATIONS['xor'],
  'amoand.w': REGISTER_OPERATIONS['and'],
  'amoor.w': REGISTER_OPERATIONS['or'],
  'amomin.w': (a, b) => low(signed(a) < signed(b) ? signed(a) : signed(b)),
  'amomax.w': (a, b) => low(signed(a) > signed(b) ? signed(a) : signed(b)),
  'amominu.w': (a, b) => low(unsigned(a) < unsigned(b) ? unsigned(a) : unsigned(b)),
  'amomaxu.w': (a, b) => low(unsigned(a) > unsigned(b) ? unsigned(a) : unsigned(b)),
};

/** Words at which instructions go wrong. */
export const EDGES = [
  0, 1, 2, 3, 5, 7, 0x1f, 0x20, 0x21, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x10001, 0x7ffffffe,
  0x7fffffff, 0x80000000, 0x80000001, 0xaaaaaaaa, 0x55555555, 0xfffffffe, 0xffffffff, 0xffff0000, 0xffff8000,
] as const;
