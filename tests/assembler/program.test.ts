import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PHASES } from '../../platforms/machine/ledger.js';
import { riscvAssembler } from '../../platforms/riscv/assembler.js';
import { INSTRUCTIONS } from '../../platforms/riscv/table.js';
import { bytes, good, problems } from './helpers.js';

describe('image', () => {
  const source = `
_start: nop
    .phase validate
check:
    li a0, 1
    .phase switch-protection
    csrw satp, a0
    .phase inherit
    nop
.data
word: .word check
.bss
zeros: .space 8
.section .rodata
.L1: .byte 1
`;

  it('has a segment for each section, with its rights', () => {
    const { image } = good(source, { sections: { '.text': 0x60000000, '.data': 0x61000000 } });
    expect(
      image.segments.map(({ physical, bytes: size, data, writable, executable }) => [
        physical,
        size,
        data.length,
        writable,
        executable,
      ]),
    ).toEqual([
      [0x60000000, 10, 10, false, true],
      [0x6000000a, 1, 1, false, false],
      [0x61000000, 4, 4, true, false],
      [0x61000004, 8, 0, true, false],
    ]);
  });

  it('has the labels, without those that begin with .L', () => {
    const { image, symbols } = good(source, { sections: { '.text': 0x60000000 } });
    expect(image.symbols.map((symbol) => symbol.name)).toEqual(['_start', 'check', 'word', 'zeros']);
    expect(image.symbols.find((symbol) => symbol.name === 'check')).toEqual({
      name: 'check',
      space: 0,
      virtual: 0x60000002,
      physical: 0x60000002,
    });
    expect(symbols.get('check')).toBe(0x60000002);
  });

  it('has phase marks where .phase sets one; inherit sets none', () => {
    const { image } = good(source, { sections: { '.text': 0x60000000 } });
    expect(image.phases.map(({ physical, phase }) => [physical, PHASES[phase]])).toEqual([
      [0x60000002, 'validate'],
      [0x60000004, 'switch protection'],
    ]);
  });

  it('takes every phase of the ledger', () => {
    const marks = PHASES.map((phase) => `.phase ${phase.replaceAll(' ', '-')}\nnop`).join('\n');
    expect(good(marks).image.phases.map(({ phase }) => PHASES[phase])).toEqual([...PHASES]);
  });

  it('starts at _start, else at the lowest code', () => {
    expect(good('nop\n_start: nop').image.entry).toBe(2);
    expect(good('.data\n.word 1\n.text\nnop', { sections: { '.text': 0x2000, '.data': 0x1000 } }).image.entry).toBe(
      0x2000,
    );
  });

  it('says which line made which bytes', () => {
    const { image } = good('nop\n\n.macro two\n nop\n ret\n.endm\n two\nebreak; nop\n.rept 2\n li a0, 1\n.endr\n');
    expect(image.lines.map(({ physical, line }) => [physical, line])).toEqual([
      [0, 1],
      [2, 4],
      [4, 5],
      [6, 8],
      [10, 10],
    ]);
  });

  it('begins with the given symbols', () => {
    const source = '.ifdef SIZE\n.data\n.word SIZE * 2\n.endif';
    expect([...good(source, { define: { SIZE: 21 } }).sections[0].bytes]).toEqual([42, 0, 0, 0]);
    expect(good(source).sections).toEqual([]);
  });

  it('reads included files where they are named', () => {
    const files: Record<string, string> = { 'a.s': '.byte 2\n.include "b.s"\n', 'b.s': '.byte 3\n' };
    const { sections } = good('.data\n.byte 1\n.include "a.s"\n.byte 4', { include: (name) => files[name] });
    expect([...sections[0].bytes]).toEqual([1, 2, 3, 4]);
  });
});

describe('what goes beyond GNU as', () => {
  it('takes // comments', () => {
    expect(bytes('.data\n.byte 1 // one\n// nothing\n.byte 2')).toEqual([1, 2]);
  });

  it('takes distances of labels as numbers once they are known', () => {
    const { sections } = good(
      'a: nop\nnop\nb: li a0, b - a\n .if b - a > 2\n nop\n .endif\n addi a0, a0, end - a\nend:',
    );
    expect(sections[0].bytes.length).toBe(12);
  });

  it('takes absolute targets', () => {
    const { sections } = good('j 0x60000010\nbeqz a0, 0x60000000\n', { sections: { '.text': 0x60000000 } });
    expect(sections[0].bytes.length).toBe(8);
  });

  it('knows the cache flush of VexRiscv', () => {
    const { sections } = good('dcache.flush\ndcache.flush a0\n.insn i MISC_MEM, 5, x0, a0, 0\n');
    const words = new Int32Array(sections[0].bytes.buffer);
    expect([words[0], words[1]]).toEqual([0x500f, words[2]]);
  });

  it('knows CSRs of a core by name', () => {
    const isa = riscvAssembler({ csrs: new Map([['dcsr_custom', 0x7c0]]) });
    expect(good('csrw dcsr_custom, a0', { isa }).sections[0].bytes).toEqual(good('csrw 0x7c0, a0').sections[0].bytes);
  });
});

describe('a core with less', () => {
  it('has only its own instructions', () => {
    const isa = riscvAssembler({ extensions: new Set(['I'] as const) });
    expect(problems('mul a0, a0, a0', { isa })).toEqual(['1: mul needs extension M, which this core does not have']);
    expect(good('nop\nmv a0, a1', { isa }).sections[0].bytes.length).toBe(8);
  });

  it('may have a table of its own', () => {
    const isa = riscvAssembler({ table: INSTRUCTIONS.filter((i) => i.length === 4) });
    expect(problems('.option rvc', { isa })).toEqual(['1: this core has no compressed instructions']);
  });
});

describe('expressions', () => {
  /** An expression, with the value it has when every part is in parentheses. */
  const tree: fc.Arbitrary<{ text: string; value: bigint }> = fc.letrec<{ tree: { text: string; value: bigint } }>(
    (tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.integer({ min: 0, max: 1000 }).map((n) => ({ text: String(n), value: BigInt(n) })),
        fc.tuple(fc.constantFrom('+', '-', '*', '&', '|', '^'), tie('tree'), tie('tree')).map(([operator, a, b]) => ({
          text: `(${a.text} ${operator} ${b.text})`,
          value: BigInt.asIntN(64, compute(operator, a.value, b.value)),
        })),
        tie('tree').map((a) => ({ text: `-${a.text}`, value: BigInt.asIntN(64, -a.value) })),
        tie('tree').map((a) => ({ text: `~(${a.text})`, value: ~a.value })),
      ),
    }),
  ).tree;

  function compute(operator: string, a: bigint, b: bigint): bigint {
    switch (operator) {
      case '+':
        return a + b;
      case '-':
        return a - b;
      case '*':
        return a * b;
      case '&':
        return a & b;
      case '|':
        return a | b;
      default:
        return a ^ b;
    }
  }

  it("are 64-bit two's complement", () => {
    fc.assert(
      fc.property(tree, ({ text, value }) => {
        const data = Uint8Array.from(bytes(`.data\n.dword ${text}`));
        expect(new DataView(data.buffer).getBigInt64(0, true)).toBe(value);
      }),
      { numRuns: 300 },
    );
  });

  it('do not depend on whether symbols are defined before or after', () => {
    fc.assert(
      fc.property(tree, tree, (a, b) => {
        const before = bytes(`.data\nx = ${a.text}\ny = ${b.text}\n.dword x + y * 3`);
        const after = bytes(`.data\n.dword x + y * 3\nx = ${a.text}\ny = ${b.text}`);
        expect(after).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });
});
