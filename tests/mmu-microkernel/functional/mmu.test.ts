import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../platforms/machine/machine.js';
import { DATA, FOREVER, freshMachine, hexOf, MMIO, outputsOf, peek, poke, program, register, step } from './guest.js';
import { A, D, G, PageTables, pte, R, RWX, U, V, W, X } from './page-table.js';

/** Where the page under test is mapped; the code that accesses it is in another 4 MiB. */
const PAGE = 0x80002000;
const HANDLER = 0x60001000;
/** Offset of two nops in the page, apart from the word that is loaded and stored. */
const FETCHED = 64;
const PATTERN = 0x600dda7a;

const STATUS = { SUM: 1 << 18, MXR: 1 << 19, MPRV: 1 << 17 };

const ACCESSES = {
  load: 0x00052583, // lw a1, 0(a0)
  store: 0x00b52023, // sw a1, 0(a0)
  amo: 0x00b525af, // amoadd.w a1, a1, (a0)
  reserve: 0x100525af, // lr.w a1, (a0)
  conditional: 0x18b525af, // sc.w a1, a1, (a0), without a reservation
  fetch: 0x00050067, // jr a0
} as const;
type AccessName = keyof typeof ACCESSES;

/** Cause of the page fault that an access takes if it is refused. */
const CAUSES: Readonly<Record<AccessName, number>> = {
  load: 13,
  store: 15,
  amo: 15,
  reserve: 13,
  conditional: 15,
  fetch: 12,
};

interface Regime {
  /** Mode the access is made in, and MPP where M-mode accesses through MPRV. */
  readonly mode: 0 | 1 | 3;
  readonly mpp?: 0 | 1;
  readonly sum: boolean;
  readonly mxr: boolean;
}

interface Quirks {
  readonly ignoreAccessedDirty: boolean;
  readonly supervisorFetchesUser: boolean;
  readonly mprvIgnoresUser: boolean;
}

/**
 * Whether Sv32 lets an access through a leaf (privileged ISA 20211203, sections 3.1.6.3, 4.3.1 and 4.3.2), step by step as
 * the algorithm there.
 */
function allowed(
  flags: number,
  superpageAligned: boolean,
  access: AccessName,
  regime: Regime,
  quirks: Quirks,
): boolean {
  const has = (bit: number): boolean => (flags & bit) !== 0;
  // step 3
  if (!has(V) || (!has(R) && has(W))) return false;
  // step 4: not a leaf
  if (!has(R) && !has(X)) return false;
  // step 5: permissions
  const writes = access === 'store' || access === 'amo' || access === 'conditional';
  const reads = access === 'load' || access === 'amo' || access === 'reserve';
  if (writes && !has(W)) return false;
  if (reads && !has(R) && !(regime.mxr && has(X))) return false;
  if (access === 'fetch' && !has(X)) return false;
  const mode = regime.mode === 3 ? regime.mpp! : regime.mode;
  const checksUser = !(regime.mode === 3 && quirks.mprvIgnoresUser);
  if (checksUser && mode === 0 && !has(U)) return false;
  if (checksUser && mode === 1 && has(U)) {
    if (!regime.sum) return false;
    if (access === 'fetch' && !quirks.supervisorFetchesUser) return false;
  }
  // step 6
  if (!superpageAligned) return false;
  // step 7
  if (!quirks.ignoreAccessedDirty && (!has(A) || (writes && !has(D)))) return false;
  return true;
}

/** Sets a machine up for single accesses to `PAGE`; the code that makes them may run in any mode. */
class Bench {
  readonly tables: PageTables;
  private readonly code = { 0: 0x61000000, 1: 0x62000000, 3: 0x60000000 } as const;

  constructor(readonly machine: Machine) {
    this.tables = new PageTables(machine);
    this.tables.superpage(0x61000000, 0x60000000, RWX | U).superpage(0x62000000, 0x60000000, RWX);
    poke(machine, HANDLER, 0x13);
    poke(machine, DATA + FETCHED, 0x13, 0x13);
    machine.setRegister('mtvec', HANDLER);
    machine.setRegister('satp', this.tables.satp());
  }

  /** @returns 0 if the access went through, else the cause of its trap. */
  try(access: AccessName, regime: Regime, address = PAGE): number {
    const { machine } = this;
    poke(machine, 0x60000000, ACCESSES[access]);
    const bits = (regime.sum ? STATUS.SUM : 0) | (regime.mxr ? STATUS.MXR : 0);
    machine.setRegister('mstatus', bits | (regime.mode === 3 ? STATUS.MPRV | (regime.mpp! << 11) : 0));
    machine.setRegister('mcause', 0);
    machine.setRegister('a0', access === 'fetch' ? address + FETCHED : address);
    machine.setRegister('a1', PATTERN);
    machine.setRegister('privilege', regime.mode);
    machine.setRegister('pc', this.code[regime.mode]);
    step(machine);
    // a jump retires before its target is fetched
    if (access === 'fetch' && machine.pc === address + FETCHED) step(machine);
    return machine.pc === HANDLER + 4 ? register(machine, 'mcause') : 0;
  }
}

const binary = [false, true];
const REGIMES: readonly Regime[] = binary.flatMap((sum) =>
  binary.flatMap((mxr): Regime[] => [
    { mode: 0, sum, mxr },
    { mode: 1, sum, mxr },
    { mode: 3, mpp: 0, sum, mxr },
    { mode: 3, mpp: 1, sum, mxr },
  ]),
);

describe('every permission bit, mode and access against the algorithm of the manual', () => {
  const names = Object.keys(ACCESSES) as AccessName[];
  const quirkSets: readonly Quirks[] = [
    { ignoreAccessedDirty: true, supervisorFetchesUser: true, mprvIgnoresUser: true },
    { ignoreAccessedDirty: false, supervisorFetchesUser: false, mprvIgnoresUser: false },
  ];

  describe.each([
    ['4 KiB pages', 'page'],
    ['4 MiB pages', 'superpage'],
    ['misaligned 4 MiB pages', 'misaligned'],
  ] as const)('%s', (_, size) => {
    test.each([
      ['the core', quirkSets[0]],
      ['the specification', quirkSets[1]],
    ] as const)('%s', (__, quirks) => {
      const bench = new Bench(freshMachine({ ...quirks }));
      const wrong: string[] = [];
      let passed = 0;
      for (const low of Array.from({ length: 32 }, (___, i) => i)) {
        for (const accessed of [0, A, D, A | D]) {
          const flags = low | accessed;
          if (size === 'page') bench.tables.page(PAGE, DATA, flags);
          else if (size === 'superpage') bench.tables.superpage(PAGE, 0x60000000, flags);
          else bench.tables.superpage(PAGE, 0x60000000 + 4096 * (1 << (low % 10)), flags);
          // a root entry without R and X is no leaf: what it points at is empty
          for (const regime of REGIMES) {
            for (const access of names) {
              if (regime.mode === 3 && access === 'fetch') continue; // MPRV does not concern fetches
              bench.machine.setRegister('satp', bench.tables.satp());
              const got = bench.try(access, regime, size === 'page' ? PAGE : PAGE + 0x1000 * 0xfe);
              const passes = allowed(flags, size !== 'misaligned', access, regime, quirks);
              if (passes) passed++;
              if (got !== (passes ? 0 : CAUSES[access])) {
                wrong.push(`flags ${flags} ${access} ${JSON.stringify(regime)}: ${got}`);
              }
            }
          }
        }
      }
      expect(wrong.slice(0, 10)).toEqual([]);
      expect(passed > 0).toBe(size !== 'misaligned');
    });
  });
});

describe('translation', () => {
  const supervisor: Regime = { mode: 1, sum: false, mxr: false };

  test('4 KiB: every bit of both page numbers counts', () => {
    const bench = new Bench(freshMachine());
    for (let bit = 12; bit < 32; bit++) {
      const virtual = (PAGE ^ (2 ** bit)) >>> 0;
      if (virtual === 0x61002000 || virtual === 0x62002000) continue;
      const to = (0x60400000 ^ (2 ** bit)) >>> 0;
      if (to >= 0xf0000000 || to < 0x1000 || to === 0x40000000) continue;
      bench.tables.page(virtual, to, RWX);
      poke(bench.machine, to + 0x123c, 0);
      poke(bench.machine, to + 0x23c, 0xabc00000 + bit);
      bench.machine.setRegister('satp', bench.tables.satp());
      expect(bench.try('load', supervisor, virtual + 0x23c)).toBe(0);
      expect(register(bench.machine, 'a1')).toBe(0xabc00000 + bit);
      expect(bench.machine.translate((virtual + 0x23c) as never)).toBe(to + 0x23c);
    }
  });

  test('4 MiB: the low 22 bits of the address are kept', () => {
    const bench = new Bench(freshMachine());
    bench.tables.superpage(0x90000000, 0x64c00000, RWX);
    bench.machine.setRegister('satp', bench.tables.satp());
    for (const offset of [0, 4, 0xffc, 0x1000, 0x2aaaa8, 0x155554, 0x3ffffc]) {
      poke(bench.machine, 0x64c00000 + offset, offset + 1);
      expect(bench.try('load', supervisor, 0x90000000 + offset)).toBe(0);
      expect(register(bench.machine, 'a1')).toBe(offset + 1);
    }
    // one walk for all of them
    expect(bench.try('load', supervisor, 0x90400000)).toBe(13);
  });

  test('the two top bits of a 34-bit physical address do not exist', () => {
    const bench = new Bench(freshMachine());
    poke(bench.machine, bench.tables.leafEntry(PAGE), pte(DATA, RWX) + 2 ** 30);
    poke(bench.machine, DATA, 77);
    bench.machine.setRegister('satp', bench.tables.satp());
    expect(bench.try('load', supervisor)).toBe(0);
    expect(register(bench.machine, 'a1')).toBe(77);
  });

  test('a valid entry without R and X in the leaf table is a page fault', () => {
    const bench = new Bench(freshMachine());
    for (const flags of [V, V | U, V | A | D, V | G]) {
      bench.tables.page(PAGE, DATA, flags);
      bench.machine.setRegister('satp', bench.tables.satp());
      for (const access of Object.keys(ACCESSES) as AccessName[]) {
        expect(bench.try(access, supervisor)).toBe(CAUSES[access]);
      }
    }
  });

  test('the root entry’s U, A, D and G do not matter where it is no leaf', () => {
    const bench = new Bench(freshMachine({ ignoreAccessedDirty: false }));
    bench.tables.page(PAGE, DATA, RWX);
    const at = bench.tables.rootEntry(PAGE);
    const [entry] = peek(bench.machine, at);
    for (const flags of [0, U, A, D, G, U | A | D | G]) {
      poke(bench.machine, at, entry | flags);
      bench.machine.setRegister('satp', bench.tables.satp());
      expect(bench.try('load', supervisor)).toBe(0);
    }
  });

  test('M-mode and satp.MODE = 0 are untranslated', () => {
    const machine = freshMachine();
    const tables = new PageTables(machine);
    poke(machine, 0x60000000, 0x00052583);
    machine.setRegister('a0', DATA);
    poke(machine, DATA, 5);
    for (const [mode, satp] of [
      [3, tables.satp()],
      [1, tables.satp() - 2 ** 31],
      [0, tables.satp() - 2 ** 31],
    ]) {
      machine.setRegister('satp', satp);
      machine.setRegister('privilege', mode);
      machine.setRegister('pc', 0x60000000);
      machine.setRegister('a1', 0);
      step(machine);
      expect(register(machine, 'a1')).toBe(5);
    }
  });

  test('two roots: a satp write shows the other space at once', () => {
    const outputs = outputsOf(
      `
      _start: li t0, 0x800
        csrw mstatus, t0
        la t0, body
        csrw mepc, t0
        li s2, ${PAGE}
        mret
      body:
        li s0, 0x80060200
        li s1, 0x80060300
        .rept 3
        csrw satp, s0
        lw t0, 0(s2)
        out t0
        csrw satp, s1
        lw t0, 0(s2)
        out t0
        .endr
        exit`,
      {
        prepare: (machine) => {
          for (const [root, to] of [
            [0x60200000, DATA],
            [0x60300000, DATA + 4096],
          ]) {
            const tables = new PageTables(machine, root);
            tables.superpage(0x60000000, 0x60000000, RWX).superpage(MMIO, MMIO, RWX).page(PAGE, to, RWX);
            machine.setRegister('satp', tables.satp());
            poke(machine, to, root);
          }
        },
      },
    );
    expect(hexOf(outputs)).toEqual(hexOf([0x60200000, 0x60300000, 0x60200000, 0x60300000, 0x60200000, 0x60300000]));
  });

  test('turning translation on under the running code: the next instruction is fetched through it', () => {
    // the same virtual page holds other code in another physical page
    const guest = program(`
      .option norvc
      .org 0x0
      _start: li t0, 0x80060200
      li t1, 0x800
      csrw mstatus, t1
      la t1, 1f
      csrw mepc, t1
      mret
      1: csrw satp, t0
      li a0, 1
      exit`);
    const machine = freshMachine();
    machine.load(guest.image);
    const { data } = guest.image.segments[0];
    machine.memory.load(0x60400000 as never, data);
    const at = [...data.keys()].find(
      (i) => i % 4 === 0 && new DataView(data.buffer, data.byteOffset).getUint32(i, true) === 0x00100513,
    )!;
    poke(machine, 0x60400000 + at, 0x00200513); // li a0, 2
    new PageTables(machine).page(0x60000000, 0x60400000, RWX).superpage(MMIO, MMIO, RWX);
    expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
    expect(register(machine, 'a0')).toBe(2);
  });

  test('code at two virtual addresses of one physical page knows where it is', () => {
    const outputs = outputsOf(
      `
      .option norvc
      _start: li t0, 0x800
        csrw mstatus, t0
        la t0, body
        csrw mepc, t0
        mret
      body: la a0, f
        jalr ra, 0(a0)
        out a1
        li t1, ${0x90000000 - 0x60000000}
        add a0, a0, t1
        jalr ra, 0(a0)
        out a1
        exit
      f: auipc a1, 0
        ret`,
      {
        prepare: (machine) => {
          const tables = new PageTables(machine);
          tables.superpage(0x60000000, 0x60000000, RWX).superpage(0x90000000, 0x60000000, RWX);
          machine.setRegister('satp', tables.superpage(MMIO, MMIO, RWX).satp());
        },
      },
    );
    expect(outputs[1] - outputs[0]).toBe(0x30000000);
  });

  test('one data page under two addresses', () => {
    const bench = new Bench(freshMachine());
    bench.tables.page(PAGE, DATA, RWX).page(PAGE + 0x5000, DATA, RWX);
    bench.machine.setRegister('satp', bench.tables.satp());
    expect(bench.try('store', supervisor, PAGE + 8)).toBe(0);
    expect(bench.try('load', supervisor, PAGE + 0x5008)).toBe(0);
    expect(register(bench.machine, 'a1')).toBe(PATTERN);
  });
});
