import { Mode, Size } from '../instruction.js';
import type { Instruction, Pattern, TimingClass } from '../instruction.js';
import { Op } from '../operations.js';
import { entries } from './define.js';

const v7 = entries('v7-M');
const v8 = entries('v8-M');

/** One width of loads or stores: what changes between them. */
interface Access {
  readonly mnemonic: string;
  readonly size: Size;
  /** Bits 31:20 without bit 23, which is 1 with a 12-bit offset and says "add" in a PC-relative load. */
  readonly head: readonly [string, string];
  readonly offset: Op;
  readonly register: Op;
  readonly indexed: Op;
  /** Registers that Rt may be: names of fields. */
  readonly rt: string;
  readonly timing: 'load' | 'store';
}

/** [rn, #+imm12], [rn, #-imm8], pre- and post-indexed, [rn, rm, lsl #n] (DDI0403E A5.3.7 to A5.3.10). */
function addressing(access: Access): Instruction[] {
  const { mnemonic, head, rt, timing } = access;
  const name = mnemonic.toUpperCase();
  const [high, low] = head;
  const t = rt === 'pc' ? '1111' : 'dddd';
  // Pre- and post-indexed: bit 10 is P, 9 is U, 8 is W
  return [
    v7(
      mnemonic,
      access.offset,
      `${high} 1 ${low} nnnn ${t} iiiiiiiiiiii`,
      `${rt},[rn.sp,imm]`,
      timing,
      `${name} (immediate)`,
    ),
    v7(
      mnemonic,
      access.register,
      `${high} 0 ${low} nnnn ${t} 000000 ii mmmm`,
      `${rt},[rn.sp,rm,lsl]`,
      timing,
      `${name} (register)`,
    ),
    v7(
      mnemonic,
      access.offset,
      `${high} 0 ${low} nnnn ${t} 1100 iiiiiiii`,
      `${rt},[rn.sp,imm.down]`,
      timing,
      `${name} (immediate)`,
    ),
    v7(
      mnemonic,
      access.indexed,
      `${high} 0 ${low} nnnn ${t} 11i1 iiiiiiii`,
      `${rt},[rn.sp,imm.updown]!`,
      timing,
      `${name} (immediate)`,
      {
        implied: { mode: Mode.PRE },
      },
    ),
    v7(
      mnemonic,
      access.indexed,
      `${high} 0 ${low} nnnn ${t} 10i1 iiiiiiii`,
      `${rt},[rn.sp],imm.updown`,
      timing,
      `${name} (immediate)`,
      {
        implied: { mode: Mode.POST },
      },
    ),
  ];
}

const unprivileged = (access: Access): Instruction =>
  v7(
    `${access.mnemonic}t`,
    access.timing === 'load' ? Op.LOAD_UNPRIVILEGED : Op.STORE_UNPRIVILEGED,
    `${access.head[0]} 0 ${access.head[1]} nnnn dddd 1110 iiiiiiii`,
    `${access.timing === 'load' ? 'rd' : 'rt'},[rn.sp,imm]`,
    access.timing,
    `${access.mnemonic.toUpperCase()}T`,
    { implied: { size: access.size } },
  );

const literal = (access: Access): Instruction =>
  v7(
    access.mnemonic,
    Op.LOAD_LITERAL,
    `${access.head[0]} i ${access.head[1]} 1111 dddd iiiiiiiiiiii`,
    'rd,at.updown',
    'load',
    `${access.mnemonic.toUpperCase()} (literal)`,
    { implied: { size: access.size } },
  );

const load = (
  mnemonic: string,
  size: Size,
  head: readonly [string, string],
  ops: readonly [Op, Op, Op],
  rt = 'rd',
): Access => ({
  mnemonic,
  size,
  head,
  offset: ops[0],
  register: ops[1],
  indexed: ops[2],
  rt,
  timing: 'load',
});

const store = (
  mnemonic: string,
  size: Size,
  head: readonly [string, string],
  ops: readonly [Op, Op, Op],
  rt = 'rt',
): Access => ({
  ...load(mnemonic, size, head, ops, rt),
  timing: 'store',
});

const LDRB = load('ldrb', Size.BYTE, ['11111000', '001'], [Op.LDRB_I, Op.LDRB_R, Op.LDRB_W]);
const LDRH = load('ldrh', Size.HALF, ['11111000', '011'], [Op.LDRH_I, Op.LDRH_R, Op.LDRH_W]);
const LDR = load('ldr', Size.WORD, ['11111000', '101'], [Op.LDR_I, Op.LDR_R, Op.LDR_W], 'rd.sp');
const LDR_PC = load('ldr', Size.WORD, ['11111000', '101'], [Op.LDR_PC_I, Op.LDR_PC_R, Op.LDR_PC_W], 'pc');
const LDRSB = load('ldrsb', Size.SIGNED_BYTE, ['11111001', '001'], [Op.LDRSB_I, Op.LDRSB_R, Op.LDRSB_W]);
const LDRSH = load('ldrsh', Size.SIGNED_HALF, ['11111001', '011'], [Op.LDRSH_I, Op.LDRSH_R, Op.LDRSH_W]);
const STRB = store('strb', Size.BYTE, ['11111000', '000'], [Op.STRB_I, Op.STRB_R, Op.STRB_W]);
const STRH = store('strh', Size.HALF, ['11111000', '010'], [Op.STRH_I, Op.STRH_R, Op.STRH_W]);
const STR = store('str', Size.WORD, ['11111000', '100'], [Op.STR_I, Op.STR_R, Op.STR_W], 'rt.sp');

/** A byte or halfword load to r15 that writes nothing back is a preload or a hint that is not allocated. */
function preload(mnemonic: string, head: readonly [string, string], decodeOnly?: true): Instruction[] {
  const [high, low] = head;
  const make = (encoding: string, operands: string): Instruction =>
    v7(
      mnemonic,
      Op.NOP,
      encoding,
      operands,
      'preload',
      decodeOnly ? 'A5.3.8' : mnemonic.toUpperCase(),
      decodeOnly && { decodeOnly },
    );
  return [
    make(`${high} i ${low} 1111 1111 iiiiiiiiiiii`, 'at.updown'),
    make(`${high} 1 ${low} nnnn 1111 iiiiiiiiiiii`, '[rn.sp,imm]'),
    make(`${high} 0 ${low} nnnn 1111 1100 iiiiiiii`, '[rn.sp,imm.down]'),
    make(`${high} 0 ${low} nnnn 1111 000000 ii mmmm`, '[rn.sp,rm,lsl]'),
  ];
}

const SINGLE: readonly Instruction[] = [
  ...preload('pld', LDRB.head),
  ...preload('pli', LDRSB.head),
  ...preload('hint', LDRH.head, true),
  ...preload('hint', LDRSH.head, true),
  ...[LDRB, LDRH, LDRSB, LDRSH].map(literal),
  v7('ldr', Op.LDR_PC_LITERAL, '11111000 i 101 1111 1111 iiiiiiiiiiii', 'pc,at.updown', 'load', 'LDR (literal)'),
  v7('ldr', Op.LDR_LITERAL, '11111000 i 101 1111 dddd iiiiiiiiiiii', 'rd.sp,at.updown', 'load', 'LDR (literal)'),
  ...[LDR_PC, LDR, LDRB, LDRH, LDRSB, LDRSH, STR, STRB, STRH].flatMap(addressing),
  ...[LDR, LDRB, LDRH, LDRSB, LDRSH, STR, STRB, STRH].map(unprivileged),
];

/** Two words: bit 24 is P, 23 is U, 21 is W (A5.3.6). */
function double(mnemonic: string, op: Op, bit20: string, pair: string, timing: TimingClass): Instruction[] {
  const make = (p: string, w: string, address: string, mode: Mode): Instruction =>
    v7(
      mnemonic,
      op,
      `1110100 ${p} i 1 ${w} ${bit20} nnnn dddd aaaa iiiiiiii`,
      `${pair},${address}`,
      timing,
      mnemonic === 'ldrd' ? 'LDRD (immediate)' : 'STRD (immediate)',
      { implied: { mode } },
    );
  return [
    make('1', '0', '[rn.sp,imm.updown4]', Mode.OFFSET),
    make('1', '1', '[rn.sp,imm.updown4]!', Mode.PRE),
    make('0', '1', '[rn.sp],imm.updown4', Mode.POST),
  ];
}

const noRegister = (mask: number): readonly Pattern[] => [{ mask, match: 0 }];

/** Load and store multiple; `w` is bit 21. A list without a register is UNPREDICTABLE: UNDEFINED here; one register works. */
function multiple(mnemonic: string, op: Op, head: string, store: boolean): Instruction[] {
  const list = store ? '(0)i(0)iiiiiiiiiiiii' : 'ii(0)iiiiiiiiiiiii';
  const name = store ? 'list.store' : 'list.load';
  const section = {
    ldmia: 'LDM, LDMIA, LDMFD',
    ldmdb: 'LDMDB, LDMEA',
    stmia: 'STM, STMIA, STMEA',
    stmdb: 'STMDB, STMFD',
  };
  const except = noRegister(store ? 0x5fff : 0xdfff);
  const timing = store ? 'store multiple' : 'load multiple';
  const heading = section[mnemonic as keyof typeof section];
  return [
    v7(mnemonic, op, `${head} 0 ${store ? 0 : 1} nnnn ${list}`, `rn.sp,${name}`, timing, heading, { except }),
    v7(mnemonic, op, `${head} 1 ${store ? 0 : 1} nnnn ${list}`, `rn.sp!,${name}`, timing, heading, {
      except,
      implied: { mode: Mode.WRITE_BACK },
    }),
  ];
}

const SEVERAL: readonly Instruction[] = [
  v7(
    'ldrd',
    Op.LDRD_LITERAL,
    '1110100 1 i 1 0 1 1111 dddd aaaa iiiiiiii',
    'rd,rd2,at.updown4',
    'load double',
    'LDRD (literal)',
  ),
  ...double('ldrd', Op.LDRD, '1', 'rd,rd2', 'load double'),
  ...double('strd', Op.STRD, '0', 'rt,ra', 'store double'),
  ...multiple('stmia', Op.STMIA, '1110100010', true),
  ...multiple('ldmia', Op.LDMIA, '1110100010', false),
  ...multiple('stmdb', Op.STMDB, '1110100100', true),
  ...multiple('ldmdb', Op.LDMDB, '1110100100', false),
];

const ONES = '(1)(1)(1)(1)';

/** Suffix, width and the low bits of the operation field. */
const WIDTHS: readonly (readonly [string, Size, string])[] = [
  ['b', Size.BYTE, '00'],
  ['h', Size.HALF, '01'],
  ['', Size.WORD, '10'],
];

const EXCLUSIVE: readonly Instruction[] = [
  v7(
    'ldrex',
    Op.LOAD_EXCLUSIVE,
    `111010000101 nnnn dddd ${ONES} iiiiiiii`,
    'rd,[rn.sp,imm.4]',
    'load exclusive',
    'LDREX',
    {
      implied: { size: Size.WORD },
    },
  ),
  v7(
    'strex',
    Op.STORE_EXCLUSIVE,
    '111010000100 nnnn dddd aaaa iiiiiiii',
    'rd2,rt,[rn.sp,imm.4]',
    'store exclusive',
    'STREX',
    {
      implied: { size: Size.WORD },
    },
  ),
  ...WIDTHS.slice(0, 2).flatMap(([suffix, size, bits]) => [
    v7(
      `ldrex${suffix}`,
      Op.LOAD_EXCLUSIVE,
      `111010001101 nnnn dddd ${ONES} 01${bits} ${ONES}`,
      'rd,[rn.sp]',
      'load exclusive',
      `LDREX${suffix.toUpperCase()}`,
      { implied: { size } },
    ),
    v7(
      `strex${suffix}`,
      Op.STORE_EXCLUSIVE,
      `111010001100 nnnn dddd ${ONES} 01${bits} aaaa`,
      'rd2,rt,[rn.sp]',
      'store exclusive',
      `STREX${suffix.toUpperCase()}`,
      { implied: { size } },
    ),
  ]),
  v7('clrex', Op.CLREX, `111100111011 ${ONES} 10(0)0 ${ONES} 0010 ${ONES}`, '', 'hint', 'CLREX'),
];

/** Acquire and release of Armv8-M; with one core and accesses in program order, LDAEX is LDREX. */
const ORDERED: readonly Instruction[] = WIDTHS.flatMap(([suffix, size, bits]) => {
  const more = { implied: { size } };
  const upper = suffix.toUpperCase();
  return [
    v8(
      `lda${suffix}`,
      Op.LOAD_ACQUIRE,
      `111010001101 nnnn dddd ${ONES} 10${bits} ${ONES}`,
      'rd,[rn.sp]',
      'load',
      `LDA${upper}`,
      more,
    ),
    v8(
      `ldaex${suffix}`,
      Op.LOAD_EXCLUSIVE,
      `111010001101 nnnn dddd ${ONES} 11${bits} ${ONES}`,
      'rd,[rn.sp]',
      'load exclusive',
      `LDAEX${upper}`,
      more,
    ),
    v8(
      `stl${suffix}`,
      Op.STORE_RELEASE,
      `111010001100 nnnn dddd ${ONES} 10${bits} ${ONES}`,
      'rt,[rn.sp]',
      'store',
      `STL${upper}`,
      more,
    ),
    v8(
      `stlex${suffix}`,
      Op.STORE_EXCLUSIVE,
      `111010001100 nnnn dddd ${ONES} 11${bits} aaaa`,
      'rd2,rt,[rn.sp]',
      'store exclusive',
      `STLEX${upper}`,
      more,
    ),
  ];
});

/** 32-bit loads and stores. */
export const MEMORY: readonly Instruction[] = [...SINGLE, ...SEVERAL, ...EXCLUSIVE, ...ORDERED];
