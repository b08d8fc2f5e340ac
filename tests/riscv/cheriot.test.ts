import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../platforms/assembler/assemble.js';
import { CHERIOT_OWN_ALIASES } from '../../platforms/riscv/assembler/cheriot.js';
import { cheriotAssembler } from '../../platforms/riscv/cheriot-assembler.js';
import {
  CHERIOT_EXTENSIONS,
  CHERIOT_INSTRUCTIONS,
  CHERIOT_NAMES,
  CHERIOT_REGISTER_COUNT,
} from '../../platforms/riscv/cheriot.js';
import { Decoder } from '../../platforms/riscv/decode.js';
import { disassemble } from '../../platforms/riscv/disassemble.js';
import { describeBenches } from '../assembler/benches.js';

const BASE = 0x20000000;
const isa = cheriotAssembler();
const decoder = new Decoder(CHERIOT_INSTRUCTIONS, CHERIOT_EXTENSIONS, CHERIOT_REGISTER_COUNT);

function assembled(source: string, address = BASE): Uint8Array {
  const result = assemble(source, { file: 'test.s', isa, sections: { '.text': address } });
  if (!result.ok) throw new Error(result.problems.map((p) => `${p.line} ${p.text}: ${p.message}`).join('\n'));
  return result.sections[0]?.bytes ?? new Uint8Array();
}

/** The instructions of a program, as words. */
function words(source: string, address = BASE): number[] {
  const bytes = assembled(source, address);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const half = view.getUint16(at, true);
    const long = (half & 3) === 3;
    result.push(long ? view.getUint32(at, true) : half);
    at += long ? 4 : 2;
  }
  return result;
}

function problems(source: string): string[] {
  const result = assemble(source, { file: 'test.s', isa });
  return result.ok ? [] : result.problems.map((p) => p.message);
}

type Sample = [source: string, word: number, printed?: string];

/**
 * Encodings seen in firmware that CHERIoT's toolchain made (research/cheri-cheriot.md 1.8): assembly as its objdump prints
 * it, the word, and where ours prints something else the line of ours.
 */
const FIRMWARE: Sample[] = [
  ['candperm ca0, cs0, a1', 0x1ab4055b],
  ['ccleartag cs1, cs1', 0xfeb484db],
  ['cgetaddr a0, cs0', 0xfef4055b],
  ['cgettag a2, cs1', 0xfe44865b],
  ['cincoffset csp, ca0, a2', 0x22c5015b],
  ['cincoffset ca4, ca4, 1215', 0x4bf7175b],
  ['cincoffset ca2, cgp, -1536', 0xa001965b],
  ['csetbounds ca4, ca4, 32', 0x0207275b],
  ['csetbounds ca0, ca0, a2', 0x10c5055b],
  ['csetaddr ca0, ca0, a1', 0x20b5055b],
  ['cmove cra, cnull', 0xfea000db],
  ['cseqx a2, cs1, ca1', 0x42b4865b],
  ['csub a1, ca2, ca0', 0x28a605db],
  ['cspecialr cs0, mtdc', 0x03d0045b, 'cspecialrw cs0, mtdc, cnull'],
  ['cspecialw mtcc, ct0', 0x03c2805b, 'cspecialrw cnull, mtcc, ct0'],
  ['auipcc ca4, 4', 0x00004717, 'auipcc ca4, 0x4'],
  ['clc cs1, 1256(csp)', 0x4e813483],
  ['csc cra, 1272(csp)', 0x4e113c23],
  ['clw a2, -4(cs0)', 0xffc42603],
  ['clc ca0, 0(csp)', 0x6502, 'c.clccsp ca0, 0(csp)'],
  ['clc cs1, 8(csp)', 0x64a2, 'c.clccsp cs1, 8(csp)'],
  ['csc cra, 24(csp)', 0xec06, 'c.csccsp cra, 24(csp)'],
  ['cincoffset csp, csp, -32', 0x713d, 'c.cincoffset16csp csp, -32'],
  ['cincoffset csp, csp, 32', 0x6105, 'c.cincoffset16csp csp, 32'],
  ['cret', 0x8082, 'c.cjr cra'],
  ['cjalr cra', 0x9082, 'c.cjalr cra'],
  ['mret', 0x30200073],
  ['wfi', 0x10500073],
];

describe('CHERIoT assembler', () => {
  it.each<Sample>(FIRMWARE)('turns "%s" into the bytes of the firmware', (source, word) => {
    expect(words(source)).toEqual([word]);
  });

  /** Further encodings that LLVM gives (CHERIoT-Platform/llvm-project, llvm/test/MC/RISCV/cheri, its checks). */
  it.each<[string, number]>([
    ['csetboundsrounddown cra, ca5, a5', 0x14f780db],
    ['cgethigh sp, ca5', 0xff77815b],
    ['cram sp, t0', 0xfe92815b],
    ['crrl sp, t0', 0xfe82815b],
    ['cseal ca1, ca2, ca3', 0x16d605db],
    ['cunseal ca5, ca3, ca1', 0x18b687db],
    ['csetboundsexact ca5, ca3, sp', 0x122687db],
    ['csethigh ca5, ca3, t2', 0x2c7687db],
    ['ctestsubset t2, ca5, ca3', 0x40d783db],
    ['auipcc ca0, 12345', 0x03039517],
    ['auicgp cra, 12345', 0x030390fb],
    ['c.clccsp cra, 40(csp)', 0x70a2],
    ['c.csccsp cra, 256(csp)', 0xe206],
    ['c.clc ca2, 16(ca0)', 0x6910],
    ['c.csc ca5, 128(ca3)', 0xe2dc],
    ['c.cincoffset16csp csp, 496', 0x617d],
    ['c.cincoffset4cspn ca3, csp, 1020', 0x1ff4],
  ])('turns "%s" into the bytes of LLVM', (source, word) => {
    expect(words(source)).toEqual([word]);
  });

  it.each([
    ['cincaddr ca0, ca1, a2', 'cincoffset ca0, ca1, a2'],
    ['cincaddr ca0, ca1, 5', 'cincoffset ca0, ca1, 5'],
    ['cincaddrimm ca0, ca1, 5', 'cincoffset ca0, ca1, 5'],
    ['cincoffsetimm ca0, ca1, 5', 'cincoffset ca0, ca1, 5'],
    ['csetboundsimm ca0, ca1, 4095', 'csetbounds ca0, ca1, 4095'],
    ['csetequalexact a0, ca1, ca2', 'cseqx a0, ca1, ca2'],
    ['croundrepresentablelength a0, a1', 'crrl a0, a1'],
    ['crepresentablealignmentmask a0, a1', 'cram a0, a1'],
    ['ct.clc ca0, 8(ca1)', 'clc ca0, 8(ca1)'],
    ['ct.cret', 'cret'],
    ['lw a0, 4(ca1)', 'clw a0, 4(ca1)'],
    ['clw a0, 4(a1)', 'clw a0, 4(ca1)'],
    ['sb a0, 4(x11)', 'csb a0, 4(c11)'],
    ['lc ca0, 8(csp)', 'clc ca0, 8(csp)'],
    ['sc ca0, 8(csp)', 'csc ca0, 8(csp)'],
    ['clc ca0, (ca1)', 'clc ca0, 0(ca1)'],
    ['auipc ca0, 4', 'auipcc ca0, 4'],
    ['cjr ca0', 'cjalr cnull, 0(ca0)'],
    ['cjr 2(c3)', 'cjalr cnull, 2(cgp)'],
    ['cjr c3, 16', 'cjalr cnull, 16(cgp)'],
    ['cjalr c1, c3, 16', 'cjalr cra, 16(cgp)'],
    ['cjalr ca0', 'cjalr cra, 0(ca0)'],
    ['ret', 'cret'],
    ['jr ca0', 'cjr ca0'],
    ['jalr ca0', 'cjalr ca0'],
    ['c.jr ca0', 'c.cjr ca0'],
    ['c.lwsp a0, 4(sp)', 'c.clwcsp a0, 4(csp)'],
    ['c.lcsp ca0, 8(csp)', 'c.clccsp ca0, 8(csp)'],
    ['c.addi16sp sp, 32', 'c.cincoffset16csp csp, 32'],
    ['c.addi4spn a0, sp, 4', 'c.cincoffset4cspn ca0, csp, 4'],
    ['cspecialrw csp, 29, csp', 'cspecialrw csp, mtdc, csp'],
    ['csrr a0, 0xbc1', 'csrr a0, mshwm'],
    ['ror a0, a1, 3', 'rori a0, a1, 3'],
  ])('takes "%s" for "%s"', (other, source) => {
    expect(words(other)).toEqual(words(source));
  });

  it('knows every pseudo-instruction of its own with the operands of its row', () => {
    const operand: Readonly<Record<string, string>> = {
      d: 'a0',
      s: 'ca1',
      t: 'ca2',
      i: '16',
      p: 'here',
      m: '8(csp)',
      c: 'mtdc',
    };
    for (const { mnemonic, operands } of CHERIOT_OWN_ALIASES) {
      // The stack pointer where the 16-bit form has no other, and a mask of registers that fits all
      const first = mnemonic === 'c.addi16sp' ? 'csp' : undefined;
      const written = operands.map((pattern, i) => {
        if (i === 0 && first !== undefined) return first;
        if (pattern === 's' && mnemonic === 'c.addi4spn') return 'csp';
        if (pattern === 'm' && /^c\.(lw|sw|lc|sc)$/.test(mnemonic)) return '8(ca1)';
        return operand[pattern];
      });
      expect(words(`here: ${mnemonic} ${written.join(', ')}`), mnemonic).toHaveLength(1);
    }
  });

  it('compresses capability loads, stores and offsets of the stack pointer where a form fits, as LLVM does', () => {
    const lengths = (source: string): number => assembled(source).length;
    expect(lengths('clc ca0, 248(ca1)')).toBe(2);
    expect(lengths('clc ca0, 256(ca1)')).toBe(4);
    expect(lengths('clc ca0, 4(ca1)')).toBe(4);
    expect(lengths('clc ct0, 8(ca1)')).toBe(4);
    expect(lengths('clc ct0, 504(csp)')).toBe(2);
    expect(lengths('csc cnull, 504(csp)')).toBe(2);
    expect(lengths('csc cnull, 512(csp)')).toBe(4);
    expect(lengths('cincoffset ca0, csp, 1020')).toBe(2);
    expect(lengths('cincoffset ca0, csp, 2')).toBe(4);
    expect(lengths('cincoffset csp, csp, -512')).toBe(2);
    expect(lengths('cincoffset csp, csp, 0')).toBe(4);
    expect(lengths('here: cjal here')).toBe(2);
    expect(lengths('here: jal here')).toBe(4);
    expect(lengths('here: cj here')).toBe(2);
    expect(lengths('cjalr cra, 0(ca0)')).toBe(2);
    expect(lengths('.option norvc\nclc ca0, 0(csp)')).toBe(4);
  });

  it('never makes addi of the stack pointer an offset of the capability, nor of zero a HINT', () => {
    expect(words('addi sp, sp, 32\naddi sp, sp, 4\naddi a0, sp, 16\nadd a0, a0, 0')).toEqual([
      0x02010113, 0x0111, 0x01010513, 0x00050513,
    ]);
  });

  it('reaches symbols by way of PCC, whatever their distance', () => {
    const distances = fc.integer({ min: -(2 ** 20), max: 2 ** 20 }).map((n) => n * 2);
    fc.assert(
      fc.property(distances, (distance) => {
        const pairs = [
          'cllc ca0, target',
          'here: auipcc ca0, %cheriot_compartment_hi(target)\n cincoffset ca0, ca0, %cheriot_compartment_lo_i(here)',
        ];
        for (const pair of pairs) {
          const [auipcc, add] = words(`.set target, ${BASE + distance}\n${pair}`);
          const out = { rd: 0, rs1: 0, rs2: 0, imm: 0 };
          decoder.decode(auipcc | 0, out);
          const high = out.imm;
          decoder.decode(add | 0, out);
          expect(high + out.imm).toBe(distance);
          // what auipcc makes lies between itself and the target: it cannot leave the bounds that hold both
          expect(Math.min(high, out.imm)).toBeGreaterThanOrEqual(Math.min(0, distance));
          expect(Math.max(high, out.imm)).toBeLessThanOrEqual(Math.max(0, distance));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('takes the low part for loads, stores and jumps, too', () => {
    const source = (second: string): string =>
      `here: auipcc ct2, %cheriot_compartment_code_hi(target)\n${second}\n.space 3000\ntarget: nop`;
    const [high, load] = words(source('clc ct2, %cheriot_compartment_lo_i(here)(ct2)'));
    expect([high, load]).toEqual([0x00001397, (3008 - 2048) * 2 ** 20 + 0x0003b383]);
    expect(words(source('csw a0, %cheriot_compartment_lo_s(here)(ct2)'))[1]).toBe(0x3ca3a023);
    const [call, jump] = words('ccall target\n.space 3000\ntarget: nop');
    expect([call, jump]).toEqual([0x00001097, 0x3c0080e7]);
    expect(words('ctail target\n.space 3000\ntarget: nop').slice(0, 2)).toEqual([0x00001317, 0x3c030067]);
  });

  it.each([
    ['add a6, a0, a1', 'register 16 does not exist: the core has 16'],
    ['clw a0, 4(cs2)', 'register 18 does not exist: the core has 16'],
    [
      'cspecialrw ca0, mtvec, ca0',
      'special register is one of ztopc, mtcc, mtdc, mscratchc, mepcc, or a number from 0 to 31',
    ],
    ['cspecialw mtdc, cnull', 'cspecialw from cnull writes nothing: clear another register and write that'],
    ['csetbounds ca0, ca0, 4096', 'csetbounds: 4096 is out of range, 0 to 4095 is possible'],
    ['csetbounds ca0, ca0, -1', 'csetbounds: -1 is out of range, 0 to 4095 is possible'],
    ['cincoffset ca0, ca0, 2048', 'cincoffset: 2048 is out of range, -2048 to 2047 is possible'],
    ['auipcc ca0, 0x100000', 'auipcc: 1048576 is out of range, 0 to 0xfffff is possible (bits 30:11 of the result)'],
    ['x: auipcc ca0, %pcrel_hi(x)', '%pcrel_hi does not belong to auipcc: %cheriot_compartment_hi does'],
    ['x: auicgp ca0, %cheriot_compartment_hi(x)', '%cheriot_compartment_hi belongs to auipcc: auicgp takes a number'],
    ['x: lui a0, %cheriot_compartment_hi(x)', '%cheriot_compartment_hi does not belong to lui: %hi does'],
    [
      'x: clc ca0, %cheriot_compartment_lo_i(x)(ca0)',
      '%cheriot_compartment_lo_i needs the label of an auipcc with %cheriot_compartment_hi',
    ],
    [
      'x: lw a0, %cheriot_lo(x)(ca0)',
      '%cheriot_lo is not supported: %cheriot_compartment_hi, %cheriot_compartment_code_hi, %cheriot_compartment_lo_i, %cheriot_compartment_lo_s',
    ],
    [
      'c.clccsp cnull, 0(csp)',
      'c.clccsp cannot have these operands: they are reserved (CHERIoT Architecture 1.0, section Compressed instructions)',
    ],
    ['clc ca0, ca1', 'clc takes cd, imm(cs1)'],
    ['lw a0', 'lw takes rd, imm(rs1)'],
    ['ccall ca0', 'ccall takes symbol'],
  ])('refuses "%s" with one clear line', (source, message) => {
    expect(problems(source)).toEqual([message]);
  });
});

describe('CHERIoT disassembler', () => {
  it.each<Sample>(FIRMWARE)(
    'prints the word of "%s" as LLVM does without aliases',
    (source, word, printed = source) => {
      expect(disassemble(word | 0, BASE, decoder)).toBe(printed);
    },
  );

  it('prints registers and targets of the base ISA as their use has them', () => {
    expect(disassemble(0x00b52623, BASE, decoder)).toBe('csw a1, 12(ca0)');
    expect(disassemble(0x008000ef, BASE, decoder)).toBe('cjal cra, 0x20000008');
    expect(disassemble(0x00b50533, BASE, decoder)).toBe('add a0, a0, a1');
    expect(disassemble(0xbc1512f3 | 0, BASE, decoder, CHERIOT_NAMES)).toBe('csrrw t0, mshwm, a0');
    expect(disassemble(0x00b50833, BASE, decoder)).toBe('.4byte 0x00b50833');
  });

  it('is undone by the assembler for every 16-bit word', () => {
    const list = Array.from({ length: 0x10000 }, (_, word) => word).filter((word) => (word & 3) !== 3);
    const source = list.map((word, i) => disassemble(word, BASE + 2 * i, decoder)).join('\n');
    const bytes = assembled(source);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    expect(list.map((_, i) => view.getUint16(2 * i, true))).toEqual(list);
  });

  it('is undone by the assembler for 32-bit words at any address', () => {
    const legal = fc
      .tuple(fc.constantFrom(...CHERIOT_INSTRUCTIONS.filter((i) => i.length === 4)), fc.integer())
      .map(([i, bits]) => i.match | (bits & ~i.mask));
    const any = fc.integer().map((n) => n | 3);
    // Half of the words without the registers that CHERIoT does not have
    const lower = legal.map((word) => word & ~0x01080800);
    const address = fc.integer({ min: 0, max: 0x3fffff00 }).map((n) => n * 4);
    fc.assert(
      fc.property(fc.array(fc.oneof(legal, lower, lower, any), { maxLength: 60 }), address, (list, at) => {
        const source = list.map((word, i) => disassemble(word, at + 4 * i, decoder)).join('\n');
        const bytes = assembled(`.option norvc\n${source}\n.4byte 0`, at);
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        expect(list.map((_, i) => view.getInt32(4 * i, true))).toEqual(list);
      }),
      { numRuns: 200 },
    );
  });
});

// They are written with macros for GNU as, which take precedence over the instructions of the same names.
describeBenches(join('tests', 'vectors', 'micro', 'cheriot-ibex'), isa);
