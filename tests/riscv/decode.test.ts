import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decoder } from '../../platforms/riscv/decode.js';
import type { Operands } from '../../platforms/riscv/decode.js';
import { encode, instructionFields, operandsOf } from '../../platforms/riscv/encode.js';
import { FIELDS, fieldMask, fieldRange } from '../../platforms/riscv/fields.js';
import type { Extension, Instruction } from '../../platforms/riscv/instruction.js';
import { Op } from '../../platforms/riscv/operations.js';
import { INSTRUCTIONS } from '../../platforms/riscv/table.js';
import { gnuDisassemble, skipReason } from '../assembler/gnu.js';

const ALL = new Set<Extension>(INSTRUCTIONS.map((instruction) => instruction.extension));
const decoder = new Decoder(INSTRUCTIONS, ALL);

const empty = (): Operands => ({ rd: 0, rs1: 0, rs2: 0, imm: 0 });

/** Operands that an instruction can express. */
function operandsFor(instruction: Instruction): fc.Arbitrary<Operands> {
  const fields = instructionFields(instruction).map((name) => {
    const field = FIELDS[name];
    const { minimum, maximum, step } = fieldRange(field);
    return fc
      .oneof(fc.constantFrom(0, (maximum - minimum) / step), fc.integer({ min: 0, max: (maximum - minimum) / step }))
      .map((n) => ({ slots: field.slots, value: minimum + n * step }));
  });
  return fc.tuple(...fields).map((values) => {
    const operands: Operands = { ...empty(), ...instruction.implied };
    for (const { slots, value } of values) {
      for (const slot of slots) operands[slot] = slot === 'imm' ? operands.imm | value : value;
    }
    return operands;
  });
}

const instructions = fc.constantFrom(...INSTRUCTIONS);

/** Words of every kind: legal ones of a random instruction, often with some bits changed. */
const words = fc.oneof(
  fc.tuple(instructions, fc.integer()).map(([i, bits]) => i.match | (bits & ~i.mask)),
  fc.tuple(instructions, fc.integer(), fc.nat(31)).map(([i, bits, n]) => (i.match | (bits & ~i.mask)) ^ (1 << n)),
  fc.integer(),
);

describe('instruction table', () => {
  it('has an entry for every operation and no operation twice under one mnemonic', () => {
    const operations = new Set<number>(INSTRUCTIONS.map((instruction) => instruction.op));
    const expected = Array.from({ length: Op.ILLEGAL - 1 }, (_, i) => i + 1);
    expect([...operations].sort((a, b) => a - b)).toEqual(expected);
  });

  it('has operand fields exactly where the mask leaves bits free', () => {
    for (const instruction of INSTRUCTIONS) {
      const fields = instructionFields(instruction).reduce((bits, name) => bits | fieldMask(FIELDS[name]), 0);
      const width = instruction.length === 2 ? 0xffff : -1;
      const where = `${instruction.mnemonic} ${instruction.operands}`;
      expect(fields & instruction.mask, where).toBe(0);
      if (instruction.decodeOnly === undefined) expect((fields | instruction.mask) & width, where).toBe(width);
      expect(instruction.match & ~instruction.mask, where).toBe(0);
    }
  });

  it('names the manual for every entry', () => {
    for (const instruction of INSTRUCTIONS) expect(instruction.section).toMatch(/section|README/);
  });

  it('says right what is 16 bits long', () => {
    for (const { length, match, mnemonic } of INSTRUCTIONS) expect((match & 3) === 3, mnemonic).toBe(length === 4);
  });
});

describe('Decoder', () => {
  it('inverts encode for every instruction', () => {
    fc.assert(
      fc.property(
        instructions.chain((i) => fc.tuple(fc.constant(i), operandsFor(i))),
        ([instruction, operands]) => {
          const word = encode(instruction, operands);
          // Reserved combinations have no word
          fc.pre(word !== undefined);
          const out = empty();
          expect(decoder.decode(word, out)).toBe(instruction.op);
          expect(out).toEqual(operands);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('agrees with the fields of the instruction it finds, and encode gives the word back', () => {
    fc.assert(
      fc.property(words, (word) => {
        const out = empty();
        const op = decoder.decode(word, out);
        const instruction = decoder.find(word);
        if (instruction === undefined) {
          expect(op).toBe(Op.ILLEGAL);
          expect(out).toEqual(empty());
          return;
        }
        const own = instruction.length === 2 ? word & 0xffff : word;
        expect(op).toBe(instruction.op);
        expect(out).toEqual(operandsOf(instruction, own));
        if (instruction.decodeOnly === undefined) expect(encode(instruction, out)).toBe(own);
      }),
      { numRuns: 5000 },
    );
  });

  it('finds the first entry of the table that matches', () => {
    fc.assert(
      fc.property(words, (word) => {
        const own = (word & 3) === 3 ? word : word & 0xffff;
        const first = INSTRUCTIONS.find(
          (i) =>
            (i.length === 4) === ((word & 3) === 3) &&
            (own & i.mask) === i.match &&
            !i.except?.some((p) => (own & p.mask) === p.match),
        );
        expect(decoder.find(word)).toBe(first);
      }),
      { numRuns: 5000 },
    );
  });

  it('ignores the upper half after a 16-bit instruction', () => {
    const out = empty();
    expect(decoder.decode(0xffff_4501 | 0, out)).toBe(Op.ADDI);
    expect(out).toEqual({ rd: 10, rs1: 0, rs2: 0, imm: 0 });
  });

  it.each<[string, number]>([
    ['all-zero word', 0x0000],
    ['c.addi4spn with immediate 0', 0x0008],
    ['c.lwsp to x0', 0x4002],
    ['c.lui with immediate 0', 0x6501],
    ['c.addi16sp with immediate 0', 0x6101],
    ['c.jr x0', 0x8002],
    ['c.slli with shamt[5]', 0x1506],
    ['c.srli with shamt[5]', 0x9105],
    ['c.srai with shamt[5]', 0x9505],
    ['c.subw', 0x9d0d],
    ['c.fld', 0x2000],
    ['c.flwsp', 0x6502],
    ['slli with shamt[5]', 0x02051513],
    ['lr.w with rs2', 0x1015252f],
    ['sfence.vma with rd', 0x120000f3],
    ['mret with rs1', 0x302080f3],
    ['jalr with funct3 1', 0x00001067],
    ['branch with funct3 2', 0x00002063],
    ['load with funct3 3', 0x00003003],
    ['cache flush with rd', 0x0000508f],
    ['all ones', 0xffffffff],
  ])('finds no instruction in %s', (_, word) => {
    expect(decoder.find(word | 0)).toBeUndefined();
    expect(decoder.decode(word | 0, empty())).toBe(Op.ILLEGAL);
  });

  it.each<[string, number, Op]>([
    ['c.nop with immediate', 0x0005, Op.ADDI],
    ['c.addi with immediate 0', 0x0501, Op.ADDI],
    ['c.li to x0', 0x4005, Op.ADDI],
    ['c.lui to x0', 0x6005, Op.LUI],
    ['c.mv to x0', 0x802a, Op.ADD],
    ['c.add to x0', 0x902a, Op.ADD],
    ['c.slli by 0', 0x0502, Op.SLLI],
    ['c.srli by 0', 0x8101, Op.SRLI],
    ['fence with rd, rs1 and another fm', 0x9125018f, Op.FENCE],
    ['fence.i with all fields', 0xfff5158f, Op.FENCE_I],
    ['cache flush of everything', 0x0000500f, Op.DCACHE_FLUSH],
  ])('takes %s for what it expands to', (_, word, op) => {
    expect(decoder.decode(word | 0, empty())).toBe(op);
  });

  it('gives the operands that the interpreter expects', () => {
    const decoded = (word: number): number[] => {
      const out = empty();
      return [decoder.decode(word | 0, out), out.rd, out.rs1, out.rs2, out.imm];
    };
    expect(decoded(0x123455b7)).toEqual([Op.LUI, 11, 0, 0, 0x12345000]);
    expect(decoded(0xfffff597)).toEqual([Op.AUIPC, 11, 0, 0, -4096]);
    expect(decoded(0x30055073)).toEqual([Op.CSRRWI, 0, 10, 0, 0x300]);
    expect(decoded(0xfff59573)).toEqual([Op.CSRRW, 10, 11, 0, 0xfff]);
    expect(decoded(0xa6c58533)).toEqual([Op.AES32ESMI, 10, 11, 12, 2]);
    expect(decoded(0xe2c58533)).toEqual([Op.AES32ESI, 10, 11, 12, 3]);
    expect(decoded(0x0ff0000f)).toEqual([Op.FENCE, 0, 0, 0, 0x0ff]);
    expect(decoded(0x8330000f)).toEqual([Op.FENCE, 0, 0, 0, 0x833]);
    expect(decoded(0x00b6252f)).toEqual([Op.AMOADD_W, 10, 12, 11, 0]);
    expect(decoded(0x3fed)).toEqual([Op.JAL, 1, 0, 0, -6]);
    expect(decoded(0x9502)).toEqual([Op.JALR, 1, 10, 0, 0]);
    expect(decoded(0xd17d)).toEqual([Op.BEQ, 0, 10, 0, -26]);
    expect(decoded(0x7101)).toEqual([Op.ADDI, 2, 2, 0, -512]);
    expect(decoded(0x9002)).toEqual([Op.EBREAK, 0, 0, 0, 0]);
  });

  it('leaves out instructions of extensions that the core does not have', () => {
    const base = new Decoder(INSTRUCTIONS, new Set<Extension>(['I']));
    expect(base.find(0x02b50533)).toBeUndefined();
    expect(base.find(0x4501)).toBeUndefined();
    expect(base.find(0x00b50533)?.mnemonic).toBe('add');
  });
});

const MARCH = 'rv32imac_zicsr_zifencei_zknd_zkne';
const reason = skipReason();
describe.skipIf(reason !== undefined)(`Decoder against objdump${reason === undefined ? '' : `: ${reason}`}`, () => {
  /** Encodings that objdump shows under another name than the manual, or shows although the manual reserves them. */
  const same = (own: string | undefined, gnu: string, word: number): boolean => {
    const long = (word & 3) === 3;
    if (own === gnu) return true;
    if (own === 'c.nop') return gnu === 'c.addi';
    // RV128's names of HINTs
    if (own !== undefined && `${own}64` === gnu) return true;
    // shamt[5] set; immediate 0
    if (own === undefined && /^c\.(slli|srli|srai)$/.test(gnu)) return (word & 0x1000) !== 0;
    if (own === undefined && /^(slli|srli|srai)$/.test(gnu)) return (word & 0x02000000) !== 0;
    if (own === undefined && gnu === 'c.addi16sp') return word === 0x6101;
    // fence with unused fields; VexRiscv's own
    if (own === 'fence' || own === 'fence.i' || own === 'dcache.flush') return long;
    // What other extensions have, or nothing
    return own === undefined && !INSTRUCTIONS.some((instruction) => instruction.mnemonic === gnu);
  };

  const compare = (list: readonly number[]): void => {
    const lines = gnuDisassemble(list, MARCH);
    expect(lines.length).toBe(list.length);
    const wrong = list.flatMap((word, i) => {
      const gnu = lines[i].split(/[\t ]/)[0];
      const own = decoder.find(word)?.mnemonic;
      return same(own, gnu, word) ? [] : [`${(word >>> 0).toString(16)}: ${own ?? 'none'}, objdump says ${lines[i]}`];
    });
    expect(wrong).toEqual([]);
  };

  it('agrees on every 16-bit word', () => {
    compare(Array.from({ length: 0x10000 }, (_, word) => word).filter((word) => (word & 3) !== 3));
  });

  it('agrees on 32-bit words', () => {
    const long = words.filter((word) => (word & 3) === 3 && (word & 0x1c) !== 0x1c);
    compare(fc.sample(long, { numRuns: 20_000, seed: 1 }));
  });
});
