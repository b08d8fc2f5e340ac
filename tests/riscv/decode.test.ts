import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decoder } from '../../platforms/riscv/decode.js';
import type { Operands } from '../../platforms/riscv/decode.js';
import { encode, instructionFields, operandsOf } from '../../platforms/riscv/encode.js';
import { FIELDS, decodeField, fieldMask, fieldRange, isRegister } from '../../platforms/riscv/fields.js';
import type { Extension, Instruction } from '../../platforms/riscv/instruction.js';
import { Op } from '../../platforms/riscv/operations.js';
import { CHERIOT_EXTENSIONS, CHERIOT_INSTRUCTIONS } from '../../platforms/riscv/cheriot.js';
import { INSTRUCTIONS } from '../../platforms/riscv/table.js';
import { describeRiscvGnu, gnuDisassemble } from '../assembler/gnu.js';

const empty = (): Operands => ({ rd: 0, rs1: 0, rs2: 0, imm: 0 });

/** Operands that an instruction can express. */
function operandsFor(instruction: Instruction): fc.Arbitrary<Operands> {
  const fields = instructionFields(instruction).map((name) => {
    const field = FIELDS[name];
    const { minimum, maximum, step } = fieldRange(field);
    const last = (maximum - minimum) / step;
    // The ends of the range and 0, which reserved encodings and HINTs are made of
    const edges = fc.constantFrom(0, last, Math.max(0, -minimum / step));
    return fc
      .oneof(edges, fc.integer({ min: 0, max: last }))
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

/** The tables that cores have: the name, the instructions, their decoder, and their operations. */
const TABLES = [
  {
    table: 'INSTRUCTIONS',
    instructions: INSTRUCTIONS,
    decoder: new Decoder(INSTRUCTIONS, new Set(INSTRUCTIONS.map((instruction) => instruction.extension))),
  },
  {
    table: 'CHERIOT_INSTRUCTIONS',
    instructions: CHERIOT_INSTRUCTIONS,
    decoder: new Decoder(CHERIOT_INSTRUCTIONS, CHERIOT_EXTENSIONS),
  },
];
const [{ decoder }, { decoder: cheriot }] = TABLES;

/** Words of every kind: legal ones of a random instruction, often with some bits changed. */
const wordsOf = (table: readonly Instruction[]): fc.Arbitrary<number> => {
  const instructions = fc.constantFrom(...table);
  return fc.oneof(
    fc.tuple(instructions, fc.integer()).map(([i, bits]) => i.match | (bits & ~i.mask)),
    fc.tuple(instructions, fc.integer(), fc.nat(31)).map(([i, bits, n]) => (i.match | (bits & ~i.mask)) ^ (1 << n)),
    fc.integer(),
  );
};

/** The numbers of the operations, which a `const enum` does not have at run time. */
const operations = new Map(
  [
    ...readFileSync(new URL('../../../platforms/riscv/operations.ts', import.meta.url), 'utf8').matchAll(
      /^ {2}([A-Z_0-9]+) = (\d+),$/gm,
    ),
  ].map(([, name, value]) => [name, Number(value)]),
);

/** First operation after those of VexRiscv and the numbers that its interpreter uses for itself. */
const FIRST_OF_OTHER_CORES = 104;

describe('operations', () => {
  it('have numbers of their own, in two runs without a gap', () => {
    const numbers = [...operations.values()];
    const run = (first: number, last: number): number[] =>
      Array.from({ length: last - first + 1 }, (_, i) => first + i);
    expect(numbers).toEqual([...run(0, Op.ILLEGAL), ...run(FIRST_OF_OTHER_CORES, Math.max(...numbers))]);
  });

  it('are each that of an instruction of a table', () => {
    const used = new Set<number>(TABLES.flatMap(({ instructions }) => instructions.map(({ op }) => op)));
    const unused = [...operations].filter(([, number]) => !used.has(number)).map(([name]) => name);
    expect(unused).toEqual(['NONE', 'ILLEGAL']);
  });

  it('of VexRiscv stay below the numbers that its interpreter uses for itself', () => {
    const highest = Math.max(...INSTRUCTIONS.map(({ op }) => op));
    expect(highest).toBeLessThan(Op.ILLEGAL);
  });
});

describe.each(TABLES)('$table', ({ instructions, decoder }) => {
  const words = wordsOf(instructions);

  it('has operand fields exactly where the mask leaves bits free', () => {
    for (const instruction of instructions) {
      const fields = instructionFields(instruction).reduce((bits, name) => bits | fieldMask(FIELDS[name]), 0);
      const width = instruction.length === 2 ? 0xffff : -1;
      const where = `${instruction.mnemonic} ${instruction.operands}`;
      expect(fields & instruction.mask, where).toBe(0);
      if (instruction.decodeOnly === undefined) expect((fields | instruction.mask) & width, where).toBe(width);
      expect(instruction.match & ~instruction.mask, where).toBe(0);
    }
  });

  it('names the manual for every entry', () => {
    for (const instruction of instructions) expect(instruction.section).toMatch(/section|README/);
  });

  it('says right what is 16 bits long', () => {
    for (const { length, match, mnemonic } of instructions) expect((match & 3) === 3, mnemonic).toBe(length === 4);
  });

  it('is decoded to what was encoded, for every instruction', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...instructions).chain((i) => fc.tuple(fc.constant(i), operandsFor(i))),
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

  it('is decoded as the fields say, and encode gives the word back', () => {
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

  it('gives a word to the first entry that matches', () => {
    fc.assert(
      fc.property(words, (word) => {
        const own = (word & 3) === 3 ? word : word & 0xffff;
        const first = instructions.find(
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
});

describe('Decoder', () => {
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

describe('CHERIOT_INSTRUCTIONS, as CHERIoT-Ibex decodes them', () => {
  const decoded = (word: number): number[] => {
    const out = empty();
    return [cheriot.decode(word | 0, out), out.rd, out.rs1, out.rs2, out.imm];
  };

  it('have the operands that the interpreter expects', () => {
    expect(decoded(0x1ab4055b)).toEqual([Op.CANDPERM, 10, 8, 11, 0]);
    expect(decoded(0xfea000db)).toEqual([Op.CMOVE, 1, 0, 0, 0]);
    expect(decoded(0xa001965b)).toEqual([Op.CINCADDRIMM, 12, 3, 0, -1536]);
    expect(decoded(0xffc5255b)).toEqual([Op.CSETBOUNDSIMM, 10, 10, 0, 0xffc]);
    expect(decoded(0x03d0045b)).toEqual([Op.CSPECIALRW, 8, 0, 0, 29]);
    expect(decoded(0x00004717)).toEqual([Op.AUIPCC, 14, 0, 0, 4 * 2048]);
    expect(decoded(0x80000717)).toEqual([Op.AUIPCC, 14, 0, 0, -0x40000000]);
    expect(decoded(0xfffff77b)).toEqual([Op.AUICGP, 14, 0, 0, -2048]);
    expect(decoded(0x4e813483)).toEqual([Op.CLC, 9, 2, 0, 1256]);
    expect(decoded(0x4e113c23)).toEqual([Op.CSC, 0, 2, 1, 1272]);
    expect(decoded(0x64a2)).toEqual([Op.CLC, 9, 2, 0, 8]);
    expect(decoded(0xec06)).toEqual([Op.CSC, 0, 2, 1, 24]);
    expect(decoded(0x713d)).toEqual([Op.CINCADDRIMM, 2, 2, 0, -32]);
    expect(decoded(0x0048)).toEqual([Op.CINCADDRIMM, 10, 2, 0, 4]);
    expect(decoded(0x8082)).toEqual([Op.JALR, 0, 1, 0, 0]);
    expect(decoded(0x9082)).toEqual([Op.JALR, 1, 1, 0, 0]);
  });

  it('have zext.h, orc.b and rev8 with the operations of the draft', () => {
    expect(decoded(0x0805c533)).toEqual([Op.PACK, 10, 11, 0, 0]);
    expect(decoded(0x2875d513)).toEqual([Op.GORCI, 10, 11, 0, 7]);
    expect(decoded(0x6985d513)).toEqual([Op.GREVI, 10, 11, 0, 24]);
  });

  it('have rs3 as the immediate, or as rs2 where the immediate is a shift amount', () => {
    expect(decoded(0x6ec59533)).toEqual([Op.CMIX, 10, 11, 12, 13]);
    expect(decoded(0x6e35d513)).toEqual([Op.FSRI, 10, 11, 13, 0x23]);
  });

  it('have a c.addi by 0 that leaves its register alone', () => {
    expect(decoded(0x0501)).toEqual([Op.ADDI, 0, 10, 0, 0]);
    expect(decoded(0x0505)).toEqual([Op.ADDI, 10, 10, 0, 1]);
  });

  it.each<[string, number]>([
    ['funct7 0', 0x0000005b],
    ['selector 5 of the one-operand group', 0xfe50055b],
    ['funct3 3', 0x0000305b],
    ['ld with funct3 7', 0x00007003],
    ['c.clccsp to c0', 0x6002],
    ['c.cincoffset4cspn with immediate 0', 0x0008],
    ['c.cincoffset16csp with immediate 0', 0x6101],
    ['sret', 0x10200073],
    ['sfence.vma', 0x12000073],
    ['lr.w', 0x1005252f],
    ['rori by 32', 0x6205d513],
    ['bexti of bit 32', 0x4a05d513],
    ['clz with selector 3', 0x60359513],
  ])('leave out %s', (_, word) => {
    expect(cheriot.find(word | 0)).toBeUndefined();
  });

  it.each<[string, number, Op]>([
    ['grevi with bit 25', 0x6a05d513, Op.GREVI],
    ['gorci with bit 25', 0x2a05d513, Op.GORCI],
    ['sloi with bits 26 and 25', 0x26059513, Op.SLOI],
    ['sroi with bit 25', 0x2205d513, Op.SROI],
    ['shfli with bits 25 and 24', 0x0b059513, Op.SHFLI],
    ['unshfli with bit 24', 0x0905d513, Op.UNSHFLI],
  ])('have %s, where the draft has no instruction', (_, word, op) => {
    expect(cheriot.decode(word, empty())).toBe(op);
  });
});

describe('Decoder with 16 registers', () => {
  const sixteen = new Decoder(CHERIOT_INSTRUCTIONS, CHERIOT_EXTENSIONS, 16);

  /** True if a register field of the instruction holds 16 or more. */
  const namesUpper = (instruction: Instruction, word: number): boolean =>
    instructionFields(instruction).some((name) => isRegister(FIELDS[name]) && decodeField(FIELDS[name], word) > 15);

  it('takes a word that names x16 to x31 for no instruction, and any other as before', () => {
    fc.assert(
      fc.property(wordsOf(CHERIOT_INSTRUCTIONS), (word) => {
        const instruction = cheriot.find(word);
        const own = (word & 3) === 3 ? word : word & 0xffff;
        const absent = instruction !== undefined && namesUpper(instruction, own);
        expect(sixteen.find(word)).toBe(absent ? undefined : instruction);
        expect(sixteen.decode(word, empty()) === Op.ILLEGAL).toBe(absent || instruction === undefined);
      }),
      { numRuns: 10_000 },
    );
  });

  it.each<[string, number]>([
    ['a CSR immediate of 31', 0x300fd073],
    ['fence with rs1 and rd of 31', 0x0fff8f8f],
    ['mtcc in the field of rs2', 0x03c0055b],
    ['a store offset with bit 4', 0x00b52823],
    ['shift by 31', 0x01f51513],
  ])('does not take %s for a register', (_, word) => {
    expect(sixteen.find(word)).toBeDefined();
  });
});

const MARCH = 'rv32imac_zicsr_zifencei_zknd_zkne';
describeRiscvGnu('Decoder against objdump', () => {
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
    const long = wordsOf(INSTRUCTIONS).filter((word) => (word & 3) === 3 && (word & 0x1c) !== 0x1c);
    compare(fc.sample(long, { numRuns: 20_000, seed: 1 }));
  });
});
