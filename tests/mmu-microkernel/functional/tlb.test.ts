import { describe, expect, test } from 'vitest';
import type { ParameterValues } from '../../../platforms/platform.js';
import { DATA, hexOf, MMIO, poke, run, type Run } from './guest.js';
import { G, PageTables, pte, RWX } from './page-table.js';

const PAGE = 0x80000000;
/** Virtual address at which the guest finds the leaf table of `PAGE`, to change it. */
const TABLE = 0xa0000000;

/** Page n of the test area is mapped to this frame. */
const frame = (n: number): number => DATA + 4096 * n;

/**
 * Runs code in S-mode with 64 pages mapped at `PAGE`, each full of its own number plus 1000, and the leaf table of these
 * pages at `TABLE`. s0 = `PAGE`, s1 = `TABLE`. The macros use t4 and t5.
 */
function translated(body: string, parameters: ParameterValues = {}, more?: (tables: PageTables) => void): Run {
  const source = `
    .option norvc
    .macro page register, number       # register := address of page number
      li \\register, ${PAGE} + (\\number) * 4096
    .endm
    .macro map number, frame           # page number leads to another frame from now on; no fence
      li t4, ${pte(DATA, RWX)} + (\\frame) * 1024
      sw t4, (\\number) * 4 (s1)
    .endm
    .macro see number                  # outputs what page number shows
      page t5, \\number
      lw t5, 0(t5)
      out t5
    .endm
    _start: li t0, 0x800
      csrw mstatus, t0
      la t0, body
      csrw mepc, t0
      li s0, ${PAGE}
      li s1, ${TABLE}
      mret
    body: ${body}
      exit`;
  return run(source, {
    parameters,
    prepare: (machine) => {
      const tables = new PageTables(machine);
      tables.superpage(0x60000000, 0x60000000, RWX).superpage(MMIO, MMIO, RWX);
      for (let n = 0; n < 64; n++) {
        tables.page(PAGE + 4096 * n, frame(n), RWX);
        poke(machine, frame(n), ...new Array<number>(1024).fill(1000 + n));
      }
      const leaves = tables.leafEntry(PAGE);
      tables.page(TABLE, leaves - (leaves % 4096), RWX);
      more?.(tables);
      machine.setRegister('satp', tables.satp());
    },
  });
}

describe('stale entries', () => {
  test('a changed PTE is not seen while the old one is in the TLB, and is after sfence.vma', () => {
    expect(translated('see 3\n map 3, 9\n see 3\n see 3\n sfence.vma\n see 3').outputs).toEqual([
      1003, 1003, 1003, 1009,
    ]);
  });

  test.each(['sfence.vma', 'sfence.vma t5', 'sfence.vma zero, t5', 'sfence.vma s0, s0', 'csrw satp, s2'])(
    '%s empties the TLB of the core, whatever its operands',
    (fence) => {
      const { outputs } = translated(`csrr s2, satp\n see 3\n map 3, 9\n li t5, 0x1000\n ${fence}\n see 3`);
      expect(outputs).toEqual([1003, 1009]);
    },
  );

  test('an entry of another page does not matter', () => {
    expect(translated('see 3\n map 4, 9\n see 4\n see 3').outputs).toEqual([1003, 1009, 1003]);
  });

  test('rights are stale, too: a page made read-only can be written until the fence', () => {
    const { outputs } = translated(`
      page t0, 3
      li t1, 5
      sw t1, 0(t0)
      li t2, ${pte(frame(3), RWX) - 4}
      sw t2, 12(s1)
      li t1, 6
      sw t1, 0(t0)
      lw t1, 0(t0)
      out t1
      la t2, refused
      csrw stvec, t2
      sfence.vma
      sw zero, 0(t0)
      .balign 4
      refused: lw t1, 0(t0)
      out t1`);
    expect(outputs[0]).toBe(6);
  });

  /** `body`, with its exceptions going to `handler` in S-mode. */
  const handled = (body: string, handler: string): readonly number[] =>
    translated(
      `la t0, handler
      csrw stvec, t0
      ${body}
      j done
      .balign 4
      handler: outcsr scause
      ${handler}
      done:`,
      {},
      ({ machine }) => machine.setRegister('medeleg', 0xb3f7),
    ).outputs;

  test('an invalid translation is not kept: mapping the page needs no fence', () => {
    const unmapped = 'sw zero, 12(s1)\n sfence.vma\n see 3';
    expect(handled(unmapped, 'map 3, 9\n sret')).toEqual([13, 1009]);
  });

  test('a refused one is kept: more rights need the fence', () => {
    const readOnly = `li t4, ${pte(frame(3), RWX) - 4}\n sw t4, 12(s1)\n sfence.vma\n page t0, 3\n sw zero, 0(t0)\n lw t1, 0(t0)\n out t1`;
    const grant = (fence: string): string => `
      csrr t2, sscratch
      addi t2, t2, 1
      csrw sscratch, t2
      li t3, 3
      beq t2, t3, done
      map 3, 3
      ${fence}
      sret`;
    expect(handled(readOnly, grant(''))).toEqual([15, 15, 15]);
    expect(handled(readOnly, grant('sfence.vma'))).toEqual([15, 0]);
  });

  test('Machine.translate sees the stale entry as the core does', () => {
    const { machine } = translated('see 3\n map 3, 9');
    expect(machine.translate((PAGE + 0x3004) as never)).toBe(frame(3) + 4);
  });

  test('instruction fetches have their own entries', () => {
    const code = (n: number): number[] => [0x00000513 + n * 0x100000, 0x00008067]; // li a0, n; ret
    const { outputs } = translated(
      `
      page t0, 5
      jalr ra, 0(t0)
      out a0
      map 5, 6
      lw t1, 0(t0)       # the data TLB walks now and finds the new page
      out t1
      jalr ra, 0(t0)     # the instruction TLB has the old one
      out a0
      sfence.vma
      jalr ra, 0(t0)
      out a0`,
      {},
      ({ machine }) => {
        poke(machine, frame(5), ...code(1));
        poke(machine, frame(6), ...code(2));
      },
    );
    expect(hexOf(outputs)).toEqual(hexOf([1, code(2)[0], 1, 2]));
  });

  test('the page being executed is stale as well until the fence', () => {
    const code = (n: number): number[] => [
      0x00000513 + n * 0x100000, // li a0, n
      0x01d4a823, // sw t4, 16(s1): this page leads to the other frame
      0x00000593 + n * 0x100000, // li a1, n
      0x12000073, // sfence.vma
      0x00000613 + n * 0x100000, // li a2, n
      0x00008067,
    ];
    const { machine } = translated(`li t4, ${pte(frame(7), RWX)}\n page t0, 4\n jalr ra, 0(t0)`, {}, (tables) => {
      poke(tables.machine, frame(4), ...code(1));
      poke(tables.machine, frame(7), ...code(2));
    });
    const values = ['a0', 'a1', 'a2'].map((name) => machine.registers().find((r) => r.name === name)?.value);
    expect(values).toEqual([1, 1, 2]);
  });
});

describe('size and replacement', () => {
  const touchAll = (base: number, count: number): string =>
    Array.from({ length: count }, (_, i) => `li t5, ${base + 4096 * i}\n lw t5, 0(t5)`).join('\n');

  test.each([4, 5, 8, 16, 61])('round robin: %i entries are replaced in the order they were filled', (entries) => {
    const body = (others: number): string => `
      sfence.vma
      lw t0, 0(s1)       # the table
      li t3, ${MMIO}
      lw t0, 0x20(t3)    # the device
      see 0
      map 0, 1
      ${touchAll(PAGE + 4096, others)}
      see 0`;
    const parameters = { dataTlbEntries: entries };
    // three entries are filled; the one of page 0 is the third to go
    const kept = translated(body(entries - 1), parameters).outputs;
    expect(kept).toEqual([1000, 1000]);
    expect(translated(body(entries), parameters).outputs).toEqual([1000, 1001]);
  });

  test('a superpage needs one entry, its 4 KiB pages one each', () => {
    const reads = (base: number): number =>
      translated(touchAll(base, 16), {}, (t) => void t.superpage(0x90000000, 0x60000000, RWX)).machine.counters
        .pageWalkReads;
    const none = translated('').machine.counters.pageWalkReads;
    expect(reads(0x90000000) - none).toBe(1);
    expect(reads(PAGE) - none).toBe(32);
  });

  test('instruction TLB: as many pages as entries run without a walk, one more does not', () => {
    const walks = (pages: number, entries: number): number => {
      const jumps = Array.from({ length: pages }, (_, i) => `page t0, ${i}\n jalr ra, 0(t0)`).join('\n');
      const body = (rounds: number): string => `sfence.vma\n .rept ${rounds}\n ${jumps}\n .endr`;
      const reads = (rounds: number): number =>
        translated(body(rounds), { instructionTlbEntries: entries }, ({ machine }) => {
          for (let i = 0; i < pages; i++) poke(machine, frame(i), 0x00008067);
        }).machine.counters.pageWalkReads;
      return (reads(5) - reads(1)) / 4;
    };
    for (const entries of [4, 8, 16]) {
      // the caller's superpage takes one
      expect(walks(entries - 1, entries)).toBe(0);
      expect(walks(entries, entries)).toBeGreaterThan(0);
    }
  });

  test('walks are counted: two reads for a page, none on a hit', () => {
    const reads = (body: string): number => translated(body).machine.counters.pageWalkReads;
    const none = reads('');
    expect(reads('page t0, 3\n lw t1, 0(t0)') - none).toBe(2);
    expect(reads('page t0, 3\n lw t1, 0(t0)\n lw t1, 4(t0)\n sw t1, 8(t0)') - none).toBe(2);
    // and again behind a fence, with the superpage of the code
    expect(reads('page t0, 3\n lw t1, 0(t0)\n sfence.vma\n lw t1, 0(t0)') - none).toBe(2 + 2 + 1);
  });

  test('sfence.vma and satp writes are counted', () => {
    const { protection } = translated('sfence.vma\n sfence.vma s0\n csrr t0, satp\n csrw satp, t0').machine.counters;
    expect(protection).toEqual({ mpuStores: 0, satpWrites: 2, sfences: 2, capabilityLoads: 0, capabilityStores: 0 });
  });
});

describe('hypothetical ASIDs', () => {
  /** Switches to an ASID with the same root; t0 and t1 are used. */
  const enter = (id: number): string => `
    csrr t0, satp
    li t1, 0x803fffff
    and t0, t0, t1
    li t1, ${id * 2 ** 22}
    or t0, t0, t1
    csrw satp, t0`;
  const global = (tables: PageTables): void => {
    tables.page(PAGE + 0x5000, frame(5), RWX | G);
  };

  test('a satp write keeps the entries; those of another ASID do not match', () => {
    const body = `${enter(1)}\n see 3\n map 3, 9\n ${enter(2)}\n see 3\n ${enter(1)}\n see 3\n sfence.vma\n see 3`;
    expect(translated(body, { asid: true }).outputs).toEqual([1003, 1009, 1003, 1009]);
  });

  test('on the core the ASID does not matter and satp writes empty the TLB', () => {
    expect(translated(`${enter(1)}\n see 3\n map 3, 9\n ${enter(1)}\n see 3`).outputs).toEqual([1003, 1009]);
  });

  test('G: the entry serves every ASID', () => {
    const body = `${enter(1)}\n see 5\n map 5, 9\n ${enter(2)}\n see 5`;
    expect(translated(body, { asid: true }, global).outputs).toEqual([1005, 1005]);
    expect(translated(body, {}, global).outputs).toEqual([1005, 1009]);
  });

  test('instruction fetches are tagged, too', () => {
    const body = `${enter(1)}\n page t2, 5\n jalr ra, 0(t2)\n out a0\n map 5, 6\n ${enter(2)}\n jalr ra, 0(t2)\n out a0
      ${enter(1)}\n jalr ra, 0(t2)\n out a0`;
    const code = (n: number): number[] => [0x00000513 + n * 0x100000, 0x00008067];
    const { outputs } = translated(body, { asid: true }, ({ machine }) => {
      poke(machine, frame(5), ...code(1));
      poke(machine, frame(6), ...code(2));
    });
    expect(outputs).toEqual([1, 2, 1]);
  });

  // what sees page 3 of ASID 1, page 4 of ASID 1, page 3 of ASID 2, global page 5 afterwards: New or Old
  test.each([
    ['sfence.vma', 'NNNN'],
    ['sfence.vma s3', 'NONO'],
    ['sfence.vma zero, s4', 'NNOO'],
    ['sfence.vma s3, s4', 'NOOO'],
    ['sfence.vma s5', 'OOON'],
    ['sfence.vma s5, s4', 'OOOO'],
    ['sfence.vma zero, s6', 'OONO'],
    ['csrr t0, satp', 'OOOO'],
  ])('%s drops what its operands name: %s (4.2.1)', (fence, expected) => {
    const { outputs } = translated(
      `
      page s3, 3
      page s5, 5
      li s4, 1
      li s6, 2
      ${enter(1)}
      see 3
      see 4
      see 5
      ${enter(2)}
      see 3
      map 3, 13
      map 4, 14
      li t4, ${pte(frame(15), RWX | G)}
      sw t4, 20(s1)
      ${fence}
      ${enter(1)}
      see 3
      see 4
      ${enter(2)}
      see 3
      see 5`,
      { asid: true, dataTlbEntries: 32 },
      global,
    );
    expect(outputs.slice(0, 4)).toEqual([1003, 1004, 1005, 1003]);
    expect(
      outputs
        .slice(4)
        .map((value) => (value >= 1010 ? 'N' : 'O'))
        .join(''),
    ).toBe(expected);
  });
});
