import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Codec, constantBits, decodeBits, encodeBits, expandConstant } from '../../platforms/thumb/codecs.js';
import { Decoder, isWide } from '../../platforms/thumb/decode.js';
import { FIELDS, noOperands, operandFields, readEncoding } from '../../platforms/thumb/fields.js';
import { Flags, Mode, Shift, Size } from '../../platforms/thumb/instruction.js';
import type { Instruction } from '../../platforms/thumb/instruction.js';
import { Op } from '../../platforms/thumb/operations.js';
import { INSTRUCTIONS, PROFILES } from '../../platforms/thumb/table.js';
import type { Architecture } from '../../platforms/thumb/table.js';
import { Random } from '../assembler/generate.js';
import { fieldBits } from './words.js';

const decoderOf = (architecture: Architecture): Decoder => new Decoder(INSTRUCTIONS, new Set(PROFILES[architecture]));
const m33 = decoderOf('armv8-m.main+dsp');
const m4 = decoderOf('armv7e-m');
const m3 = decoderOf('armv7-m');
const m0 = decoderOf('armv6-m');

/** Operation and the operands that are not 0. */
function decoded(word: number, decoder = m33): Record<string, number> {
  const operands = noOperands();
  const op = decoder.decode(word | 0, operands);
  return { op, ...Object.fromEntries(Object.entries(operands).filter(([, value]) => value !== 0)) };
}

describe('decode', () => {
  it.each<[string, number, Record<string, number>]>([
    ['adds r0, r1, r2', 0x1888, { op: Op.ADDS_R, rn: 1, rm: 2, flags: Flags.OUTSIDE_IT }],
    ['lsrs r1, r0, #32', 0x0801, { op: Op.LSRS_I, rd: 1, imm: 32, flags: Flags.OUTSIDE_IT }],
    ['movs r0, r1', 0x0008, { op: Op.MOVS_R, rm: 1, flags: Flags.OUTSIDE_IT }],
    ['cmp r0, #255', 0x28ff, { op: Op.CMP_I, imm: 255, flags: Flags.ALWAYS }],
    ['muls r0, r1', 0x4348, { op: Op.MULS, rn: 1, flags: Flags.OUTSIDE_IT }],
    ['add r8, r1', 0x4488, { op: Op.ADD_R, rd: 8, rn: 8, rm: 1 }],
    ['add sp, r1', 0x448d, { op: Op.ADD_SP_X, rd: 13, rn: 13, rm: 1 }],
    ['add pc, r1', 0x448f, { op: Op.ADD_PC, rm: 1 }],
    ['mov pc, lr', 0x46f7, { op: Op.MOV_PC, rm: 14 }],
    ['mov r0, pc', 0x4678, { op: Op.MOV_FROM_PC }],
    ['mov sp, r3', 0x469d, { op: Op.MOV_SP, rd: 13, rm: 3 }],
    ['sub sp, #8', 0xb082, { op: Op.SUB_SP_I, rd: 13, rn: 13, imm: 8 }],
    ['ldr r1, [sp, #4]', 0x9901, { op: Op.LDR_I, rd: 1, rn: 13, imm: 4 }],
    ['push {r4, lr}', 0xb510, { op: Op.STMDB, rn: 13, imm: 0x4010, mode: Mode.WRITE_BACK }],
    ['pop {r4, pc}', 0xbd10, { op: Op.LDMIA, rn: 13, imm: 0x8010, mode: Mode.WRITE_BACK }],
    ['ldmia r1!, {r0}', 0xc901, { op: Op.LDMIA, rn: 1, imm: 1, mode: Mode.WRITE_BACK }],
    ['ldmia r0, {r0}', 0xc801, { op: Op.LDMIA, imm: 1 }],
    ['bne .', 0xd1fe, { op: Op.B_EQ + 1, imm: -4 }],
    ['b .', 0xe7fe, { op: Op.B, imm: -4 }],
    ['cbnz r1, . + 130', 0xbbf9, { op: Op.CBNZ, rn: 1, imm: 126 }],
    ['cpsid i', 0xb672, { op: Op.CPS, imm: 0x12 }],
    ['ite ne', 0xbf14, { op: Op.IT, imm: 0x14 }],
    ['bl . - 16777212', 0xf400d000 | 0, { op: Op.BL, imm: -(2 ** 24) }],
    ['beq.w', 0xf43faffe, { op: Op.B_EQ, imm: -4 }],
    ['movw r1, #0xf81a', 0xf64f011a | 0, { op: Op.MOV_I, rd: 1, imm: 0xf81a }],
    ['mov.w r0, #0xff000000', 0xf04f407f, { op: Op.MOV_I, imm: 0xff000000 | 0, carry: 1 }],
    ['ands.w r0, r1, #0xff00ff', 0xf01110ff, { op: Op.ANDS_I, rn: 1, imm: 0xff00ff, flags: Flags.ALWAYS }],
    ['tst r2, #0x80000000', 0xf0124f00, { op: Op.TST_I, rn: 2, imm: 0x80000000 | 0, carry: 1, flags: Flags.ALWAYS }],
    ['add.w r0, r1, r2', 0xeb010002, { op: Op.ADD_R, rn: 1, rm: 2 }],
    ['add.w r0, r1, r2, rrx', 0xeb010032, { op: Op.ADD_X, rn: 1, rm: 2, shift: Shift.RRX, imm: 1 }],
    ['orr r0, r1, r2, asr #32', 0xea410022, { op: Op.ORR_X, rn: 1, rm: 2, shift: Shift.ASR, imm: 32 }],
    ['rsb r0, r1, r2', 0xebc10002, { op: Op.RSB_X, rn: 1, rm: 2 }],
    ['adr r0, . - 4', 0xf2af0008, { op: Op.ADR, imm: -8 }],
    ['ldr r1, [r2, #-4]!', 0xf8521d04, { op: Op.LDR_W, rd: 1, rn: 2, imm: -4, mode: Mode.PRE }],
    ['strb r1, [r2], #255', 0xf8021bff, { op: Op.STRB_W, rd: 1, rn: 2, imm: 255, mode: Mode.POST }],
    ['ldrsh r1, [r2, r3, lsl #2]', 0xf9321023, { op: Op.LDRSH_R, rd: 1, rn: 2, rm: 3, imm: 2 }],
    ['ldr pc, [r1, #4]', 0xf8d1f004, { op: Op.LDR_PC_I, rn: 1, imm: 4 }],
    ['ldrsb r1, [pc, #-3]', 0xf91f1003, { op: Op.LOAD_LITERAL, rd: 1, imm: -3, size: Size.SIGNED_BYTE }],
    ['ldrht r1, [r2, #3]', 0xf8321e03, { op: Op.LOAD_UNPRIVILEGED, rd: 1, rn: 2, imm: 3, size: Size.HALF }],
    ['ldrd r0, r1, [r2], #-8', 0xe8720102, { op: Op.LDRD, ra: 1, rn: 2, imm: -8, mode: Mode.POST }],
    ['strexb r3, r1, [r2]', 0xe8c21f43, { op: Op.STORE_EXCLUSIVE, rd: 1, rn: 2, ra: 3 }],
    ['ldaex r1, [r2]', 0xe8d21fef, { op: Op.LOAD_EXCLUSIVE, rd: 1, rn: 2, size: Size.WORD }],
    ['bfi r1, r2, #4, #8', 0xf362110b, { op: Op.BFI, rd: 1, rn: 2, imm: 0x804 }],
    ['ubfx r1, r2, #0, #32', 0xf3c2011f, { op: Op.UBFX, rd: 1, rn: 2, imm: 0x2000 }],
    ['ssat r1, #8, r2, asr #4', 0xf3221107, { op: Op.SSAT, rd: 1, rn: 2, imm: 0x408, shift: Shift.ASR }],
    ['usat16 r1, #7, r2', 0xf3a20107, { op: Op.USAT16, rd: 1, rn: 2, imm: 7 }],
    ['sxtah r1, r2, r3, ror #16', 0xfa02f1a3, { op: Op.SXTAH, rd: 1, rn: 2, rm: 3, imm: 16 }],
    ['smulbt r1, r2, r3', 0xfb12f113, { op: Op.SMULXY, rd: 1, rn: 2, rm: 3, imm: 1 }],
    ['umull r0, r1, r2, r3', 0xfba20103, { op: Op.UMULL, ra: 1, rn: 2, rm: 3 }],
    ['msr basepri, r1', 0xf3818811, { op: Op.MSR, rn: 1, imm: 0x811 }],
    ['ttat r1, r2', 0xe842f1c0, { op: Op.TT, rd: 1, rn: 2, imm: 3 }],
    ['vldr s0, [r0]', 0xed900a00, { op: Op.COPROCESSOR, imm: 10 }],
    ['udf.w #1', 0xf7f0a001, { op: Op.UNDEFINED, imm: 1 }],
  ])('%s', (_, word, expected) => {
    expect(decoded(word)).toEqual(expected);
  });

  it('gives each profile its instructions and no more', () => {
    const samples: [string, number, boolean, boolean, boolean, boolean][] = [
      ['movs', 0x2001, true, true, true, true],
      ['bl', 0xf000f800, true, true, true, true],
      ['it', 0xbf08, false, true, true, true],
      ['cbz', 0xb100, false, true, true, true],
      ['movw', 0xf2400001, false, true, true, true],
      ['sdiv', 0xfb91f0f2, false, true, true, true],
      ['qadd', 0xfa82f081, false, false, true, true],
      ['lda', 0xe8d21faf, false, false, false, true],
      ['sg', 0xe97fe97f, false, false, false, true],
      ['vldr', 0xed900a00, false, true, true, true],
    ];
    for (const [name, word, ...has] of samples) {
      const defined = [m0, m3, m4, m33].map((decoder) => decoded(word, decoder).op !== Op.UNDEFINED);
      expect([name, ...defined]).toEqual([name, ...has]);
    }
  });

  it('leaves r15 undefined where the manuals say UNPREDICTABLE', () => {
    // add.w pc, r0, r1; add.w r0, pc, r1; and.w pc, r0, #1; str r0, [pc, #4]; ldrb sp, [r0]; mul r0, pc, r1; blx pc
    const words = [0xeb000f01, 0xeb0f0001, 0xf0000f01, 0xf8cf0004, 0xf890d000, 0xfb0ff001, 0x47f8];
    expect(words.map((word) => decoded(word).op)).toEqual(words.map(() => Op.UNDEFINED));
  });

  it('ignores bits that should be 0 or 1, and knows the empty list as undefined', () => {
    expect(decoded(0xf3bf8f2f)).toEqual({ op: Op.CLREX });
    expect(decoded(0xf3b0802f)).toEqual({ op: Op.CLREX });
    for (const word of [0xb400, 0xbc00, 0xc000, 0xe8800000]) expect(decoded(word).op).toBe(Op.UNDEFINED);
  });

  it('is total: every halfword and 10^5 random words end in an operation below 250', () => {
    const operands = noOperands();
    const isSound = (decoder: Decoder, word: number): boolean => {
      const op = decoder.decode(word, operands);
      const small = [operands.rd, operands.rn, operands.rm, operands.ra].every((r) => r >= 0 && r < 16);
      return op > 0 && op < 250 && small && (operands.imm | 0) === operands.imm;
    };
    const bad: number[] = [];
    const random = new Random(20);
    for (const decoder of [m0, m3, m4, m33]) {
      for (let half = 0; half < 0x10000; half++) if (!isWide(half) && !isSound(decoder, half)) bad.push(half);
    }
    for (let i = 0; i < 100_000; i++) {
      const word = (0xe8000000 + random.below(0x18000000)) | 0;
      if (!isSound(m33, word)) bad.push(word);
    }
    expect(bad).toEqual([]);
  });
});

describe('table', () => {
  it('has no two entries for one word, unless the first is a special case of the second', () => {
    const bad: string[] = [];
    const random = fc.sample(fc.integer(), { numRuns: 64, seed: 1 });
    const single = new Map<Instruction, Decoder>();
    const takes = (instruction: Instruction, word: number): boolean => {
      let decoder = single.get(instruction);
      decoder ??= new Decoder([instruction], new Set([instruction.feature]));
      single.set(instruction, decoder);
      return decoder.find(word) !== undefined;
    };
    INSTRUCTIONS.forEach((a, i) => {
      for (const b of INSTRUCTIONS.slice(i + 1)) {
        if (a.length !== b.length || ((a.match ^ b.match) & a.mask & b.mask) !== 0) continue;
        if ((a.mask & b.mask) === b.mask && a.mask !== b.mask) continue;
        const fixed = a.mask | b.mask;
        const match = a.match | b.match;
        const limit = a.length === 2 ? 0xffff : -1;
        const both = random.map((bits) => (match | (bits & ~fixed)) & limit).filter((w) => takes(a, w) && takes(b, w));
        if (both.length > 0) bad.push(`${a.mnemonic} and ${b.mnemonic}: 0x${(both[0] >>> 0).toString(16)}`);
      }
    });
    expect(bad).toEqual([]);
  });

  it('has a field for every operand, an operand for every field, and bits for all of the word', () => {
    for (const instruction of INSTRUCTIONS) {
      const { layouts } = readEncoding(instruction.encoding);
      const letters = operandFields(instruction.operands).map((name) => FIELDS[name].letter as string);
      const extra = instruction.operands.includes('shift') ? ['s'] : [];
      const copies = layouts.has('p') ? ['p'] : [];
      const used = new Set([...letters, ...extra, ...copies]);
      if (instruction.mnemonic === 'add' && instruction.op === Op.UNDEFINED) continue;
      expect([instruction.encoding, ...[...layouts.keys()].sort()]).toEqual([
        instruction.encoding,
        ...[...used].sort(),
      ]);
    }
  });

  it('puts every field back where it was: encoding inverts decoding', () => {
    for (const instruction of INSTRUCTIONS) {
      const { layouts } = readEncoding(instruction.encoding);
      for (const name of operandFields(instruction.operands)) {
        const field = FIELDS[name];
        const layout = layouts.get(field.letter);
        if (field.kind !== 'immediate' || layout === undefined || field.codec === Codec.CONSTANT) continue;
        for (const raw of fc.sample(fc.integer({ min: 0, max: 2 ** layout.width - 1 }), { numRuns: 20, seed: 7 })) {
          const value = decodeBits(field.codec, raw, layout.width);
          // -0 and +0 are one number
          if (value !== 0) expect(encodeBits(field.codec, value, layout.width)).toBe(raw);
        }
      }
      expect(fieldBits(instruction) & instruction.mask).toBe(0);
    }
  });

  it('pairs operations that leave and set the flags', () => {
    for (const { op, flags, mnemonic } of INSTRUCTIONS) {
      if (op < Op.AND_I || op > Op.MULS) continue;
      expect([mnemonic, op % 2]).toEqual([mnemonic, flags === Flags.NEVER ? 0 : 1]);
    }
  });

  it('has an operation for each encoding, and an encoding for each operation', () => {
    const used = new Set<number>(INSTRUCTIONS.map(({ op }) => op));
    // Even ones of pairs that only IT blocks execute are used by 32-bit forms
    const missing = Array.from({ length: Op.COPROCESSOR }, (_, i) => i + 1).filter((op) => !used.has(op));
    expect(missing).toEqual([]);
  });
});

describe('modified immediate constants', () => {
  it('are what ThumbExpandImm gives (DDI0403E A5.3.2)', () => {
    expect([0x0ab, 0x1ab, 0x2ab, 0x3ab, 0x42b, 0xfab].map((bits) => expandConstant(bits) >>> 0)).toEqual([
      0xab, 0x00ab00ab, 0xab00ab00, 0xabababab, 0xab000000, 0x156,
    ]);
  });

  it('have one encoding for each value, which is found', () => {
    for (let bits = 0; bits < 0x1000; bits++) {
      const found = constantBits(expandConstant(bits));
      expect(found).toBeDefined();
      expect(expandConstant(found ?? -1)).toBe(expandConstant(bits));
    }
    expect(constantBits(0x101)).toBeUndefined();
    expect(constantBits(0xff1)).toBeUndefined();
  });
});
