import { describe, expect, it } from 'vitest';
import { assemble } from '../../platforms/assembler/assemble.js';
import { riscvAssembler } from '../../platforms/riscv/assembler.js';
import { BITMANIP_ALIASES } from '../../platforms/riscv/assembler/aliases.js';
import { Decoder } from '../../platforms/riscv/decode.js';
import { operandParts } from '../../platforms/riscv/fields.js';
import { REGISTER_NAMES } from '../../platforms/riscv/registers.js';
import { INSTRUCTIONS } from '../../platforms/riscv/table.js';
import { BITMANIP, BITMANIP_DRAFT } from '../../platforms/riscv/tables/bitmanip.js';
import { Random } from './generate.js';
import { DEFAULT_MARCH, describeRiscvGnu, gnuAssemble, gnuDisassemble } from './gnu.js';

const MARCH = `${DEFAULT_MARCH}_zba_zbb_zbc_zbs`;
/** The instructions of Zbkb and Zbkx that the draft has under the same or another name. */
const MARCH_CRYPTOGRAPHY = 'rv32i_zbkb_zbkx';
const TABLE = [...INSTRUCTIONS, ...BITMANIP, ...BITMANIP_DRAFT];
const isa = riscvAssembler({ table: TABLE });
const decoder = new Decoder(TABLE, new Set(TABLE.map(({ extension }) => extension)));

function operand(random: Random, field: string): string {
  return field === 'shamt' || field === 'i' ? String(random.below(32)) : random.pick(REGISTER_NAMES);
}

/** Each instruction and pseudo-instruction of Zba to Zbs, and those of Zbb that are two shifts without it. */
function program(seed: number): string {
  const random = new Random(seed);
  const instructions = BITMANIP.map(({ mnemonic, operands }) => {
    const fields = operandParts(operands).flatMap((part) => (part.kind === 'field' ? [part.field] : []));
    return `${mnemonic} ${fields.map((field) => operand(random, field)).join(', ')}`;
  });
  const aliases = BITMANIP_ALIASES.map(
    ({ mnemonic, operands }) => `${mnemonic} ${operands.map((pattern) => operand(random, pattern)).join(', ')}`,
  );
  return [...instructions, ...aliases].join('\n') + '\n';
}

describeRiscvGnu('bit manipulation and GNU', () => {
  it('gives the same bytes for every instruction with random operands', () => {
    const source = Array.from({ length: 40 }, (_, seed) => program(seed + 1)).join('');
    const own = assemble(source, { file: 'bitmanip.s', isa });
    if (!own.ok) throw new Error(own.problems.map((p) => `${p.line}: ${p.message}`).join('\n'));
    const gnu = gnuAssemble(source, own.sections, MARCH);
    if (!gnu.ok) throw new Error(gnu.messages);
    expect([...own.sections[0].bytes]).toEqual([...(gnu.sections.get('.text') ?? [])]);
  });

  it('decodes to what objdump prints, and to nothing where it prints nothing', () => {
    const random = new Random(1);
    const words = Array.from({ length: 4000 }, () => {
      const { match, mask } = random.pick(BITMANIP);
      return ((match | (random.next() & ~mask)) ^ (random.below(2) === 0 ? 0 : 1 << (20 + random.below(12)))) | 0;
    });
    const ratified = new Decoder([...INSTRUCTIONS, ...BITMANIP], new Set(['I', 'M', 'Zba', 'Zbb', 'Zbc', 'Zbs']));
    const lines = gnuDisassemble(words, MARCH);
    const wrong = words.flatMap((word, i) => {
      const printed = lines[i].split(/[\t ]/)[0];
      const known = printed.startsWith('.') || printed.startsWith('0x') ? undefined : printed;
      const own = ratified.find(word)?.mnemonic;
      // objdump shows shifts whose shamt[5] is set, which RV32 reserves
      const reserved =
        own === undefined && /^(slli|srli|srai|rori|b(clr|ext|inv|set)i)$/.test(printed) && (word & 0x02000000) !== 0;
      return own === known || reserved ? [] : [`${(word >>> 0).toString(16)}: ${own ?? 'none'}, objdump ${lines[i]}`];
    });
    expect(wrong).toEqual([]);
  });

  // The draft itself is in no binutils. These of its code points are ratified elsewhere
  it.each([
    ['pack', 'pack a0, a1, a2', 'pack a0, a1, a2'],
    ['packh', 'packh a0, a1, a2', 'packh a0, a1, a2'],
    ['brev8', 'brev8 a0, a1', 'grevi a0, a1, 7'],
    ['zip', 'zip a0, a1', 'shfli a0, a1, 15'],
    ['unzip', 'unzip a0, a1', 'unshfli a0, a1, 15'],
    ['xperm4', 'xperm4 a0, a1, a2', 'xperm.n a0, a1, a2'],
    ['xperm8', 'xperm8 a0, a1, a2', 'xperm.b a0, a1, a2'],
  ])('has the draft instruction that is %s at its code point', (_, theirs, ours) => {
    const own = assemble(ours, { file: 'draft.s', isa });
    if (!own.ok) throw new Error(own.problems.map((p) => p.message).join('\n'));
    const gnu = gnuAssemble(theirs + '\n', own.sections, MARCH_CRYPTOGRAPHY);
    if (!gnu.ok) throw new Error(gnu.messages);
    expect([...own.sections[0].bytes]).toEqual([...(gnu.sections.get('.text') ?? [])]);
  });
});

describe('draft bit manipulation', () => {
  /** No assembler at hand knows the draft: the code points are those that Ibex decodes (rtl/ibex_decoder.sv, a3e4caf). */
  it.each([
    ['packu a0, a1, a2', 0x48c5c533],
    ['grev a0, a1, a2', 0x68c5d533],
    ['gorc a0, a1, a2', 0x28c5d533],
    ['shfl a0, a1, a2', 0x08c59533],
    ['unshfl a0, a1, a2', 0x08c5d533],
    ['xperm.h a0, a1, a2', 0x28c5e533],
    ['slo a0, a1, a2', 0x20c59533],
    ['sro a0, a1, a2', 0x20c5d533],
    ['sloi a0, a1, 3', 0x20359513],
    ['sroi a0, a1, 3', 0x2035d513],
    ['bfp a0, a1, a2', 0x48c5f533],
    ['bcompress a0, a1, a2', 0x08c5e533],
    ['bdecompress a0, a1, a2', 0x48c5e533],
    ['cmix a0, a2, a1, a3', 0x6ec59533],
    ['cmov a0, a2, a1, a3', 0x6ec5d533],
    ['fsl a0, a1, a3, a2', 0x6cc59533],
    ['fsr a0, a1, a3, a2', 0x6cc5d533],
    ['fsri a0, a1, a3, 35', 0x6e35d513],
    ['crc32.b a0, a1', 0x61059513],
    ['crc32c.w a0, a1', 0x61a59513],
  ])('has %s at its code point', (source, word) => {
    const own = assemble(`.option norvc\n${source}`, { file: 'draft.s', isa });
    expect(own.ok && new DataView(own.sections[0].bytes.buffer).getUint32(0, true)).toBe(word);
    expect(decoder.find(word | 0)?.mnemonic).toBe(source.split(' ')[0]);
  });
});
