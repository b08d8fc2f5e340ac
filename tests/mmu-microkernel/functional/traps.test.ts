import { describe, expect, test } from 'vitest';
import { DATA, peek, poke, register } from './guest.js';
import { type PageTables, pte, R, RWX, U, V, W, X } from './page-table.js';
import { type BodyOptions, type Mode, runBody, trapOf } from './trap-guest.js';

/** An instruction at label `at` that traps. */
interface Case {
  readonly name: string;
  readonly body: string;
  readonly cause: number | Readonly<Record<Mode, number>>;
  /** xtval; a label's address if it is a text. */
  readonly value: number | string;
  /** xepc, if it is not `at`. */
  readonly epc?: number;
  /** Modes in which it traps; all if it is absent. */
  readonly modes?: readonly Mode[];
}

/** Bits of medeleg that exist: fact 5 of vectors/README.md section 3. */
const DELEGABLE = 0xb3f7;

const at = (instruction: string, before = ''): string => `${before}\n at: ${instruction}`;
const word = (value: number): string => `.word ${value >>> 0}`;
const pointer = (address: number): string => `li a0, ${address}`;
const misaligned = (instruction: string, offset: number, cause: number): Case => ({
  name: `${instruction} at offset ${offset}`,
  body: at(instruction, pointer(DATA + offset)),
  cause,
  value: DATA + offset,
});

const CASES: readonly Case[] = [
  { name: 'ecall', body: at('ecall'), cause: { U: 8, S: 9, M: 11 }, value: 0x73 },
  { name: 'ebreak', body: at('ebreak'), cause: 3, value: 0x00100073 },
  { name: 'c.ebreak', body: at('.option rvc\n c.ebreak\n c.nop'), cause: 3, value: 0x00100073 },

  ...[0xffffffff, 0x0000007f, 0x00000077, 0x00003003, 0x00003023, 0x00002063, 0x02001013, 0xfe000033, 0x00001067].map(
    (w) => ({ name: `illegal word ${w.toString(16)}`, body: at(word(w)), cause: 2, value: w }),
  ),
  { name: 'all zeros', body: at(word(0)), cause: 2, value: 0 },
  // The decompressor of the core hands on 0 for a halfword that is no instruction (seen on the RTL).
  ...[0x2000, 0x6000, 0x8000, 0xa000, 0xe000, 0x2002, 0xa002, 0xe002].map((w) => ({
    name: `illegal halfword ${w.toString(16)}`,
    body: at(`.option rvc\n .half ${w}\n c.nop`),
    cause: 2,
    value: 0,
  })),
  { name: 'a system word of no meaning', body: at(word(0x30300073)), cause: 2, value: 0x30300073 },
  { name: 'funct3 4 of SYSTEM', body: at(word(0x30004073)), cause: 2, value: 0x30004073 },
  { name: 'mret below M', body: at('mret'), cause: 2, value: 0x30200073, modes: ['S', 'U'] },
  { name: 'sret in U', body: at('sret'), cause: 2, value: 0x10200073, modes: ['U'] },
  { name: 'a CSR that is not there', body: at('csrr t1, mcounteren'), cause: 2, value: 0x30602373 },
  { name: 'a machine CSR', body: at('csrr t1, mscratch'), cause: 2, value: 0x34002373, modes: ['S', 'U'] },
  {
    name: 'a machine CSR by immediate',
    body: at('csrrci a5, mtval, 17'),
    cause: 2,
    value: 0x3438f7f3,
    modes: ['S', 'U'],
  },
  { name: 'a supervisor CSR', body: at('csrrw zero, satp, a1'), cause: 2, value: 0x18059073, modes: ['U'] },
  { name: 'writing a read-only CSR', body: at('csrw cycle, a1'), cause: 2, value: 0xc0059073 },
  { name: 'writing it by immediate', body: at('csrwi instreth, 3'), cause: 2, value: 0xc821d073 },

  ...[1, 2, 3].flatMap((o) => [
    misaligned('lw t1, 0(a0)', o, 4),
    misaligned('sw t1, 0(a0)', o, 6),
    misaligned('lr.w t1, (a0)', o, 4),
    misaligned('sc.w t1, t2, (a0)', o, 6),
    misaligned('amoadd.w t1, t2, (a0)', o, 6),
    misaligned('amomaxu.w t1, t2, (a0)', o, 6),
  ]),
  ...[1, 3].flatMap((o) => [
    misaligned('lh t1, 0(a0)', o, 4),
    misaligned('lhu t1, 0(a0)', o, 4),
    misaligned('sh t1, 0(a0)', o, 6),
  ]),
  {
    name: 'c.lw at offset 2',
    body: at('.option rvc\n c.lw a1, 4(a0)\n c.nop', pointer(DATA - 2)),
    cause: 4,
    value: DATA + 2,
  },
  // Misalignment is found before the address is looked at.
  { name: 'misaligned where nothing is', body: at('lw t1, 2(zero)'), cause: 4, value: 2 },

  ...[0, 0xffc, 0xf0000000, 0xfffffffc].flatMap((address): Case[] => [
    { name: `lw of ${address.toString(16)}`, body: at('lw t1, 0(a0)', pointer(address)), cause: 5, value: address },
    {
      name: `lbu of ${address.toString(16)}`,
      body: at('lbu t1, 3(a0)', pointer(address)),
      cause: 5,
      value: address + 3,
    },
    { name: `lr.w of ${address.toString(16)}`, body: at('lr.w t1, (a0)', pointer(address)), cause: 5, value: address },
    {
      name: `amoor.w of ${address.toString(16)}`,
      body: at('amoor.w t1, t1, (a0)', pointer(address)),
      cause: 7,
      value: address,
    },
    {
      name: `jump to ${address.toString(16)}`,
      body: at('jr a0', pointer(address)),
      cause: 1,
      value: address,
      epc: address,
    },
  ]),
  { name: 'jump to a device', body: at('jr a0', pointer(0x40000000)), cause: 1, value: 0x40000000, epc: 0x40000000 },
  {
    name: 'jump to a halfword where nothing is',
    body: at('jr a0', pointer(0xf0000002)),
    cause: 1,
    value: 0xf0000000,
    epc: 0xf0000002,
  },
];

describe.each(['M', 'S', 'U'] as const)('exceptions in %s', (mode) => {
  const here = CASES.filter((c) => c.modes?.includes(mode) ?? true);
  test.each(here)('$name', ({ body, cause, value, epc }) => {
    const code = typeof cause === 'number' ? cause : cause[mode];
    for (const medeleg of [0, 0xffffffff]) {
      const { trap, guest } = trapOf(body, { mode, medeleg });
      const delegated = mode !== 'M' && ((medeleg & DELEGABLE) >>> code) % 2 === 1;
      expect(trap).toMatchObject({
        handler: delegated ? 'S' : 'M',
        cause: code,
        epc: epc ?? guest.address('at'),
        value: typeof value === 'string' ? guest.address(value) : value,
      });
    }
  });

  test('a faulting instruction leaves its destination and memory alone', () => {
    const bodies = ['lw a1, 2(a0)', 'lh a1, 1(a0)', 'amoadd.w a1, a1, (a2)', 'lr.w a1, (a2)', 'csrrw a1, 0x7ff, a1'];
    for (const body of bodies) {
      const { machine } = runBody(`li a0, ${DATA}\n li a2, ${DATA + 1}\n li a1, 1234\n ${body}`, { mode });
      expect([body, register(machine, 'a1')]).toEqual([body, 1234]);
      expect(peek(machine, DATA, 2)).toEqual([0, 0]);
    }
  });

  test('only the bit of its own cause delegates', () => {
    for (const medeleg of [1 << 2, 0xffff & ~(1 << 2)]) {
      const { trap } = trapOf(at(word(0xffffffff)), { mode, medeleg });
      expect(trap?.handler).toBe(mode !== 'M' && medeleg === 4 ? 'S' : 'M');
    }
  });

  test('a store to nothing is lost, not trapped', () => {
    expect(trapOf('li a0, 0xf0000000\n sw a0, 0(a0)\n sw a0, 16(zero)', { mode }).trap).toBeUndefined();
  });
});

test('a line that was loaded with an error refuses stores, and sc.w without a reservation', () => {
  for (const store of ['sw t1, 8(zero)', 'sb t1, 9(zero)', 'sc.w t1, t1, (a0)', 'amoadd.w t1, t1, (a0)']) {
    const body = `li a0, 12
      la t0, loaded
      csrw mtvec, t0
      lw t1, 8(zero)
      .balign 4
      loaded: la t0, m_handler
      csrw mtvec, t0
      at: ${store}`;
    const { trap, guest } = trapOf(body, { mode: 'M' });
    expect(trap).toMatchObject({ cause: 7, epc: guest.address('at') });
  }
});

describe('page faults', () => {
  const faults = (body: string, options: Partial<BodyOptions> & { mode: Mode }) => {
    const results = [0, 0xffffffff].map((medeleg) => trapOf(body, { ...options, medeleg, translated: true }));
    expect(results.map((r) => r.trap?.handler)).toEqual(['M', 'S']);
    const [{ trap: first, guest }, { trap: second }] = results;
    expect([second?.cause, second?.epc, second?.value]).toEqual([first?.cause, first?.epc, first?.value]);
    return { ...first, at: guest.address('at') };
  };
  const virtual = 0x80002000;

  test.each(['S', 'U'] as const)(
    'load, store and AMO of an unmapped page in %s: 13, 15, 15, xtval the address',
    (mode) => {
      for (const [instruction, cause, offset] of [
        ['lw t1, 8(a0)', 13, 8],
        ['lb t1, 7(a0)', 13, 7],
        ['lr.w t1, (a0)', 13, 0],
        ['sw t1, 8(a0)', 15, 8],
        ['sb t1, -1(a0)', 15, -1],
        ['amoswap.w t1, t1, (a0)', 15, 0],
        ['sc.w t1, t1, (a0)', 15, 0],
      ] as const) {
        const found = faults(at(instruction, pointer(virtual)), { mode });
        expect(found).toMatchObject({ cause, epc: found.at, value: virtual + offset });
      }
    },
  );

  test.each(['S', 'U'] as const)('misaligned comes first in %s', (mode) => {
    expect(faults(at('lw t1, 2(a0)', pointer(virtual)), { mode })).toMatchObject({ cause: 4, value: virtual + 2 });
    expect(faults(at('sh t1, 1(a0)', pointer(virtual)), { mode })).toMatchObject({ cause: 6, value: virtual + 1 });
    expect(faults(at('amoadd.w t1, t1, (a0)', pointer(virtual + 2)), { mode })).toMatchObject({ cause: 6 });
  });

  test.each(['S', 'U'] as const)('an access fault behind a translation in %s has the virtual address', (mode) => {
    const map = (t: PageTables) => t.page(virtual, 0xf0003000, mode === 'U' ? RWX | U : RWX);
    expect(faults(at('lw t1, 4(a0)', pointer(virtual)), { mode, map })).toMatchObject({ cause: 5, value: virtual + 4 });
    const jump = faults(at('jr a0', pointer(virtual + 8)), { mode, map });
    expect(jump).toMatchObject({ cause: 1, value: virtual + 8, epc: virtual + 8 });
  });

  test.each(['S', 'U'] as const)('fetch of an unmapped page in %s: 12, the word that is fetched', (mode) => {
    expect(faults(at('jr a0', pointer(virtual + 6)), { mode })).toMatchObject({
      cause: 12,
      epc: virtual + 6,
      value: virtual + 4,
    });
    const exact = { mode, parameters: { fetchFaultAtWord: false } };
    expect(faults(at('jr a0', pointer(virtual + 6)), exact)).toMatchObject({ epc: virtual + 6, value: virtual + 6 });
  });

  test('jalr and jal write their link before the target’s fault, a branch has retired too', () => {
    for (const [code, link] of [
      ['jalr ra, 0(a0)', true],
      ['jalr zero, 0(a0)', false],
    ] as const) {
      const { machine, guest } = runBody(`li ra, 7\n li a0, ${virtual}\n at: ${code}\n next:`, {
        mode: 'S',
        translated: true,
      });
      expect(register(machine, 'ra')).toBe(link ? guest.address('next') : 7);
      expect(register(machine, 'mepc')).toBe(virtual);
    }
  });

  /** Code at the end of a mapped page whose second page is `second`. */
  const straddling = (first: readonly number[], offset: number, second: number | undefined): BodyOptions => ({
    mode: 'S',
    translated: true,
    map: (t) => {
      t.page(virtual, DATA, RWX);
      if (second !== undefined) t.page(virtual + 4096, second, RWX);
    },
    prepare: (machine) => {
      const bytes = new Uint8Array(first.flatMap((half) => [half & 0xff, half >>> 8]));
      machine.memory.load((DATA + offset) as never, bytes);
      poke(machine, DATA + 0x8000, 0x00010000 + 0x0080); // upper half of addi a0, a0, 8; c.nop
    },
  });

  test('a 4-byte instruction whose second half is on a faulting page: epc its own address, xtval the second page', () => {
    const addi = [0x0513, 0x0000]; // addi a0, zero, ...
    const body = `li a1, ${virtual + 0xffe}\n jr a1`;
    expect(trapOf(body, straddling(addi.slice(0, 1), 0xffe, undefined)).trap).toMatchObject({
      cause: 12,
      epc: virtual + 0xffe,
      value: virtual + 0x1000,
    });
    expect(trapOf(body, straddling(addi.slice(0, 1), 0xffe, 0xf0000000)).trap).toMatchObject({
      cause: 1,
      epc: virtual + 0xffe,
      value: virtual + 0x1000,
    });
    // reached by falling into it
    const fall = `li a1, ${virtual + 0xff8}\n jr a1`;
    const code = [0x0001, 0x0001, 0x0001, 0x0513];
    expect(trapOf(fall, straddling(code, 0xff8, undefined)).trap).toMatchObject({ cause: 12, epc: virtual + 0xffe });
  });

  test('a 2-byte instruction at the end of a page does not touch the next one', () => {
    const body = `li a1, ${virtual + 0xffe}\n jr a1`;
    expect(trapOf(body, straddling([0x0505], 0xffe, undefined)).trap).toMatchObject({
      cause: 12,
      epc: virtual + 0x1000,
      value: virtual + 0x1000,
    });
  });

  test('an instruction over two pages that are far apart in memory', () => {
    const { machine } = runBody(
      `li a0, 1\n li a1, ${virtual + 0xffe}\n jr a1`,
      straddling([0x0513], 0xffe, DATA + 0x8000),
    );
    expect(register(machine, 'a0')).toBe(8);
  });

  test('R, W and X are asked for by loads, stores and fetches', () => {
    const rights = (flags: number) => (t: PageTables) => t.page(virtual, DATA, flags | V | 0xc0);
    expect(faults(at('sw t1, 0(a0)', pointer(virtual)), { mode: 'S', map: rights(R | X) })).toMatchObject({
      cause: 15,
    });
    expect(faults(at('lw t1, 0(a0)', pointer(virtual)), { mode: 'S', map: rights(X) })).toMatchObject({ cause: 13 });
    expect(faults(at('jr a0', pointer(virtual)), { mode: 'S', map: rights(R | W) })).toMatchObject({ cause: 12 });
    expect(faults(at('amoadd.w t1, t1, (a0)', pointer(virtual)), { mode: 'S', map: rights(R) })).toMatchObject({
      cause: 15,
    });
  });

  test('a page-table entry that cannot be read is a page fault', () => {
    const map = (t: PageTables) => t.superpage(virtual, 0xf0000000, V);
    expect(faults(at('lw t1, 0(a0)', pointer(virtual)), { mode: 'S', map })).toMatchObject({
      cause: 13,
      value: virtual,
    });
    expect(pte(0xf0000000, V) % 1024).toBe(1);
  });
});
