import { describe, expect, it } from 'vitest';
import { assemble } from '../../platforms/assembler/assemble.js';
import { thumbAssembler } from '../../platforms/thumb/assembler.js';
import { Decoder, isWide } from '../../platforms/thumb/decode.js';
import { disassemble } from '../../platforms/thumb/disassemble.js';
import { noOperands } from '../../platforms/thumb/fields.js';
import { Op } from '../../platforms/thumb/operations.js';
import { INSTRUCTIONS, PROFILES } from '../../platforms/thumb/table.js';
import { Random } from '../assembler/generate.js';
import { canonicalWord } from './words.js';

const architecture = 'armv8-m.main+dsp';
const decoder = new Decoder(INSTRUCTIONS, new Set(PROFILES[architecture]));
const isa = thumbAssembler({ architecture });

/** Operation and operands as text, to compare words that say the same. */
function meaning(word: number): string {
  const operands = noOperands();
  return `${decoder.decode(word, operands)} ${JSON.stringify(operands)}`;
}

/** What each line assembles to, `bytes` bytes each from `base` on; the lines that are refused have undefined. */
function assembled(lines: readonly string[], base: number, bytes: 2 | 4): (number | undefined)[] {
  const filler = bytes === 2 ? '.inst.n 0' : '.inst.w 0';
  const refused = new Set<number>();
  for (;;) {
    const source = lines.map((line, i) => (refused.has(i) ? filler : line)).join('\n');
    const result = assemble(source, { file: 'test.s', isa, sections: { '.text': base } });
    if (result.ok) {
      const [{ size, bytes: code }] = result.sections;
      expect(size - (size % bytes)).toBe(lines.length * bytes);
      const view = new DataView(code.buffer);
      return lines.map((_, i) => {
        if (refused.has(i)) return undefined;
        const first = view.getUint16(i * bytes, true);
        return bytes === 2 ? first : (first << 16) | view.getUint16(i * bytes + 2, true);
      });
    }
    for (const { line } of result.problems) refused.add(line - 1);
  }
}

describe('disassemble', () => {
  it.each([
    [0x1888, 'adds r0, r1, r2'],
    [0x4448, 'add r0, r9'],
    [0xb510, 'push {r4, lr}'],
    [0xc801, 'ldmia r0, {r0}'],
    [0x4801, 'ldr r0, [pc, #4]'],
    [0xd0fe, 'beq.n 0x1000'],
    [0xb123, 'cbz r3, 0x100c'],
    [0xbf1a, 'itte ne'],
    [0xb672, 'cpsid i'],
    [0xf7fffffe, 'bl 0x1000'],
    [0xf04f30ff, 'mov.w r0, #4294967295'],
    [0xeb0a0b0c, 'add.w fp, sl, ip'],
    [0xeb0100d2, 'add.w r0, r1, r2, lsr #3'],
    [0xea4f0032, 'rrx r0, r2'],
    [0xf8521d04, 'ldr.w r1, [r2, #-4]!'],
    [0xf8121b01, 'ldrb.w r1, [r2], #1'],
    [0xe92d4ff0, 'stmdb sp!, {r4, r5, r6, r7, r8, r9, sl, fp, lr}'],
    [0xeb0f0001, '.inst.w 0xeb0f0001'],
    [0xe8dff013, 'tbh [pc, r3, lsl #1]'],
    [0xf3ef8014, 'mrs r0, control'],
    [0xf3818811, 'msr basepri, r1'],
    [0xf3838800, 'msr apsr_nzcvq, r3'],
    [0xf3bf8f5f, 'dmb sy'],
    [0xfb11f302, 'smulbb r3, r1, r2'],
    [0xde00, 'udf #0'],
    [0x47f8, '.inst.n 0x47f8'],
  ] as const)('%#', (word, text) => {
    expect(disassemble(word | 0, 0x1000, decoder)).toBe(text);
  });

  it('puts the condition of an IT block into the mnemonic', () => {
    const inBlock = (word: number): string => disassemble(word | 0, 0x1000, decoder, 'ne');
    expect(inBlock(0x1888)).toBe('addne r0, r1, r2');
    expect(inBlock(0x4448)).toBe('addne r0, r9');
    expect(inBlock(0xf1110001)).toBe('addsne.w r0, r1, #1');
    expect(inBlock(0xf000f800)).toBe('blne 0x1004');
  });

  it('is undone by the assembler for every 16-bit word', () => {
    const words = Array.from({ length: 0x10000 }, (_, word) => word).filter(
      (word) => !isWide(word) && decoder.decode(word, noOperands()) !== Op.IT,
    );
    const base = 0x10000;
    const lines = words.map((word, i) => disassemble(word, base + 2 * i, decoder));
    const again = assembled(lines, base, 2);
    const wrong = words.filter((word, i) => {
      const other = again[i];
      return other === undefined || (other !== word && meaning(other) !== meaning(word));
    });
    expect(wrong.map((word) => `${word.toString(16)} ${disassemble(word, base, decoder)}`)).toEqual([]);
  });

  it('is undone by the assembler for 32-bit words of every entry', () => {
    const random = new Random(5);
    const base = 0x10000000;
    // The mask of an MSR to another register than APSR means nothing
    const plain = (word: number): number => ((word & 0xffe0d000) === (0xf3808000 | 0) ? (word & ~0xc00) | 0x800 : word);
    const words = INSTRUCTIONS.filter((i) => i.length === 4).flatMap((instruction) =>
      Array.from({ length: 8 }, () => plain(canonicalWord(instruction, random.next()))),
    );
    const lines = words.map((word, i) => disassemble(word, base + 4 * i, decoder));
    const again = assembled(lines, base, 4);
    const wrong = words.filter((word, i) => {
      const other = again[i];
      return other !== undefined && other !== word && meaning(other) !== meaning(word);
    });
    expect(wrong.map((word) => `${(word >>> 0).toString(16)} ${disassemble(word, base, decoder)}`)).toEqual([]);
    // What is refused is UNPREDICTABLE: a base that is loaded and written back, and the like
    expect(again.filter((word) => word === undefined).length).toBeLessThan(words.length / 10);
  });
});
