import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../platforms/assembler/assemble.js';
import { riscvAssembler } from '../../platforms/riscv/assembler.js';
import { Decoder } from '../../platforms/riscv/decode.js';
import { disassemble } from '../../platforms/riscv/disassemble.js';
import { INSTRUCTIONS } from '../../platforms/riscv/table.js';

const decoder = new Decoder(INSTRUCTIONS, new Set(INSTRUCTIONS.map((instruction) => instruction.extension)));
const isa = riscvAssembler();

/** The words of a program of one section at this address, `bytes` bytes each. */
function words(source: string, address: number, bytes: 2 | 4): number[] {
  const result = assemble(source, { file: 'test.s', isa, sections: { '.text': address } });
  if (!result.ok) throw new Error(result.problems.map((p) => `${p.line} ${p.text}: ${p.message}`).join('\n'));
  const [section] = result.sections;
  const view = new DataView(section.bytes.buffer);
  return Array.from({ length: section.size / bytes }, (_, i) =>
    bytes === 2 ? view.getUint16(2 * i, true) : view.getInt32(4 * i, true),
  );
}

describe('disassemble', () => {
  it('prints what the assembler reads', () => {
    const line = (word: number, address = 0x60000000): string => disassemble(word, address, decoder);
    expect(line(0x00a50513)).toBe('addi a0, a0, 10');
    expect(line(0xfe0504e3 | 0)).toBe('beq a0, zero, 0x5fffffe8');
    expect(line(0x12345537)).toBe('lui a0, 0x12345');
    expect(line(0x300525f3)).toBe('csrrs a1, mstatus, a0');
    expect(line(0x7c0525f3)).toBe('csrrs a1, 0x7c0, a0');
    expect(line(0x0ff0000f)).toBe('fence iorw, iorw');
    expect(line(0x0000000f)).toBe('fence 0, 0');
    expect(line(0xe6b6252f | 0)).toBe('amomaxu.w.aqrl a0, a1, (a2)');
    expect(line(0x00a5a223)).toBe('sw a0, 4(a1)');
    expect(line(0x557e)).toBe('c.lwsp a0, 252(sp)');
    expect(line(0xa001, 0x10)).toBe('c.j 0x10');
    expect(line(0x0000500f)).toBe('dcache.flush zero');
    expect(line(0)).toBe('.2byte 0x0000');
    expect(line(-1)).toBe('.4byte 0xffffffff');
    expect(line(0x9125018f | 0)).toBe('.insn 0x9125018f');
  });

  it('is undone by the assembler for every 16-bit word', () => {
    const list = Array.from({ length: 0x10000 }, (_, word) => word).filter((word) => (word & 3) !== 3);
    const base = 0x60000000;
    const source = list.map((word, i) => disassemble(word, base + 2 * i, decoder)).join('\n');
    expect(words(source, base, 2).slice(0, list.length)).toEqual(list);
  });

  it('is undone by the assembler for 32-bit words at any address', () => {
    const legal = fc
      .tuple(fc.constantFrom(...INSTRUCTIONS.filter((i) => i.length === 4)), fc.integer())
      .map(([i, bits]) => i.match | (bits & ~i.mask));
    const address = fc.integer({ min: 0, max: 0x3fffff00 }).map((n) => n * 4);
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            legal,
            fc.integer().map((n) => n | 3),
          ),
          { maxLength: 50 },
        ),
        address,
        (list, at) => {
          const source = list.map((word, i) => disassemble(word, at + 4 * i, decoder)).join('\n');
          expect(words(`.option norvc\n${source}\n.4byte 0`, at, 4).slice(0, list.length)).toEqual(list);
        },
      ),
      { numRuns: 200 },
    );
  });
});
