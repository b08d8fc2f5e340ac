import type { Image } from '../../../platforms/machine/image.js';
import { INSTRUCTIONS } from '../../../platforms/riscv/table.js';
import { program, type Random } from './guest.js';
import { A, D, pte, R, RWX, U, V, W, X } from './page-table.js';

/** Random words begin here. */
export const CODE = 0x60001000;
export const CODE_WORDS = 512;
const HANDLERS = 0x60000000;
/** S-mode sees its handler here, whatever the tables say about `HANDLERS`. */
const ALIAS = 0x90000000;
const ROOT = 0x60004000;
const LEAVES = 0x60005000;
const DATA = 0x60008000;
/** Virtual addresses that the random tables are likely to map. */
const WINDOW = 0x80000000;
const DEVICE = 0x40000000;

/**
 * A trap handler that lets the random words go on: it skips an instruction that traps, goes on at another place of the
 * random words when the program counter is lost (a fetch fault, or zeros), and turns interrupts off.
 */
const handler = (x: string): string => `
  .balign 4
  ${x}_handler: csrr t6, ${x}cause
    bltz t6, 3f
    addi t6, t6, -1
    beqz t6, 2f
    addi t6, t6, -11
    beqz t6, 2f
    csrr t6, ${x}tval
    beqz t6, 2f
    csrr t6, ${x}epc
    addi t6, t6, 4
  1: csrw ${x}epc, t6
    ${x}ret
  2: csrr t6, ${x}scratch
    addi t6, t6, 70
    andi t6, t6, ${4 * CODE_WORDS - 2}
    csrw ${x}scratch, t6
    lui t5, ${CODE / 4096}
    add t6, t6, t5
    j 1b
  3: csrw ${x}ie, zero
    ${x}ret`;
const GUEST = program(`_start: ${handler('m')} ${handler('s')}`);

const CSR_INSTRUCTIONS = INSTRUCTIONS.filter((i) => i.timing === 'csr');
const CSR_NUMBERS = [
  ...[0x100, 0x104, 0x105, 0x140, 0x141, 0x142, 0x143, 0x144, 0x180, 0x300, 0x301, 0x302, 0x303, 0x304, 0x305, 0x340],
  ...[0x341, 0x342, 0x343, 0x344, 0x9c0, 0xbc0, 0xdc0, 0xfc0, 0xb00, 0xb02, 0xb80, 0xb82, 0xc00, 0xc82, 0xcc0, 0xf14],
];

const GENERAL = 'ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'.split(
  ' ',
);
const ANYTHING = 'medeleg mideleg mie mip mscratch sscratch mcause scause machineMask supervisorMask mstatus'.split(
  ' ',
);

/** A random state of machine and memory. */
export class FuzzState {
  /** The trap handlers, to be loaded first. */
  readonly handlers: Image = GUEST.image;
  private readonly privilege: number;

  constructor(private readonly random: Random) {
    this.privilege = random.pick([0, 1, 3]);
  }

  /** An address that may be code, tables, data, uncached memory, the device, an error range or nothing in particular. */
  private address(): number {
    const { random } = this;
    const places = [CODE, CODE, ROOT, DATA, DATA, WINDOW, WINDOW, 0xa0000000, DEVICE, 0xf0000000, 0, -1];
    const place = random.pick(places);
    if (place === -1) return random.word();
    const near = place + random.below(random.once(3) ? 0x4000 : 0x800);
    return random.once(3) ? near : near - (near % 4);
  }

  /** A word of any kind, or (mostly) one with the fixed bits of a real instruction; two halves may be two of them. */
  private instruction(): number {
    const { random } = this;
    if (random.once(8)) return random.word();
    if (random.once(20)) {
      const csr = random.pick(CSR_NUMBERS) * 2 ** 20;
      return (random.pick(CSR_INSTRUCTIONS).match + csr + (random.word() & 0xf8f80)) >>> 0;
    }
    const { match, mask, length } = random.pick(INSTRUCTIONS);
    const value = ((random.word() & ~mask) | match) >>> 0;
    if (length === 4) return value;
    const upper = random.once(2) ? 0 : this.instruction() % 0x10000;
    return (value % 0x10000) + upper * 0x10000;
  }

  /** A PTE: a leaf near the code, a pointer, one with random flags, or anything. */
  private entry(): number {
    const { random } = this;
    if (random.once(10)) return random.word();
    const page = random.pick([CODE, CODE + 0x1000, DATA, DATA + 0x1000, DEVICE, 0xf0000000, ROOT]);
    const some = [RWX, RWX | U, V | R | X | A, V | R | W | A | D | U, V | X | U | A, V, random.word() % 256];
    return pte(page, random.pick(some));
  }

  /** Root entries are superpages, of the code where it runs, the leaf table, or as bad as the others. */
  private rootEntry(index: number): number {
    const { random } = this;
    if (index === CODE >>> 22 && !random.once(12)) return pte(HANDLERS, this.privilege === 0 ? RWX | U : RWX);
    if (index === ALIAS >>> 22) return pte(HANDLERS, RWX);
    if (index === WINDOW >>> 22 && !random.once(8)) return pte(LEAVES, V);
    if (random.once(4)) return 0;
    if (random.once(3)) return this.entry();
    return pte(random.below(1024) * 2 ** 22, random.pick([RWX, RWX | U, V | R, V | X | U]));
  }

  private list(count: number, make: (index: number) => number): number[] {
    return Array.from({ length: count }, (_, i) => make(i));
  }

  /** Random instruction words. */
  words(count: number): number[] {
    return this.list(count, () => this.instruction());
  }

  /** Page tables and data, by address. */
  memory(): [address: number, words: number[]][] {
    const roots = (virtual: number, count: number): [number, number[]] => {
      const first = virtual >>> 22;
      return [ROOT + 4 * first, this.list(count, (i) => this.rootEntry(first + i))];
    };
    return [
      roots(0, 4),
      roots(CODE, 2),
      roots(WINDOW, 4),
      roots(ALIAS, 1),
      roots(DEVICE, 1),
      [LEAVES, this.list(8, () => this.entry())],
      [DATA, this.list(64, () => this.address())],
    ];
  }

  /** Registers and CSRs, the privilege and the program counter last. */
  registers(): [name: string, value: number][] {
    const { random } = this;
    // delegation mostly leads to the handler of S-mode where it can run
    const translated = !random.once(3);
    const satp = random.once(12) ? random.word() : ROOT / 4096 + 2 ** 31 + random.below(4) * 2 ** 22;
    const supervisor = GUEST.address('s_handler') + (translated ? ALIAS - HANDLERS : 0);
    return [
      ...GENERAL.map((name): [string, number] => [name, random.once(3) ? random.word() : this.address()]),
      ...ANYTHING.map((name): [string, number] => [name, random.word()]),
      ['satp', translated ? satp : 0],
      ['mtvec', random.once(32) ? this.address() : GUEST.address('m_handler')],
      ['stvec', random.once(16) ? this.address() : supervisor],
      ['privilege', this.privilege],
      ['pc', random.once(20) ? this.address() : CODE + 2 * random.below(CODE_WORDS)],
    ];
  }
}
