import { describe, expect, it } from 'vitest';
import { assemble } from '../../platforms/assembler/assemble.js';
import type { Assembled, AssembleOptions } from '../../platforms/assembler/assemble.js';
import { thumbAssembler } from '../../platforms/thumb/assembler.js';
import { INSTRUCTIONS } from '../../platforms/thumb/table.js';
import type { Architecture } from '../../platforms/thumb/table.js';
import { Random } from '../assembler/generate.js';

function run(
  source: string,
  architecture: Architecture = 'armv7-m',
  options: Partial<AssembleOptions> = {},
): Assembled {
  return assemble(source, { file: 'test.s', isa: thumbAssembler({ architecture }), ...options });
}

/** Bytes of a section in hexadecimal. */
function bytes(source: string, architecture: Architecture = 'armv7-m', section = '.text'): string {
  const result = run(source, architecture);
  if (!result.ok) throw new Error(result.problems.map((p) => `${p.line}: ${p.message}`).join('\n'));
  return Buffer.from(result.sections.find((s) => s.name === section)?.bytes ?? []).toString('hex');
}

function problems(source: string, architecture: Architecture = 'armv7-m'): string[] {
  const result = run(source, architecture);
  return result.ok ? [] : result.problems.map((p) => `${p.line}: ${p.message}`);
}

describe('widths', () => {
  it('are 16 bits where the operands allow it', () => {
    expect(bytes('adds r0, r1, #7')).toBe('c81d');
    expect(bytes('adds r0, r1, #8')).toBe('11f10800');
    expect(bytes('adds r0, r0, #255')).toBe('ff30');
    expect(bytes('add r0, r1, #1')).toBe('01f10100');
    expect(bytes('ldr r0, [sp, #1020]')).toBe('ff98');
    expect(bytes('ldr r0, [sp, #1024]')).toBe('ddf80004');
  });

  it('follow .n and .w', () => {
    expect(bytes('adds.w r0, r1, #7')).toBe('11f10700');
    expect(bytes('b.w .')).toBe('fff7febf');
    expect(problems('adds.n r0, r1, #8')).toEqual(['1: adds.n: 8 is not 0 to 7']);
    expect(problems('sdiv.n r0, r1, r2')).toEqual(['1: sdiv.n: there is no 16-bit form on armv7-m']);
    expect(problems('beq.w .', 'armv6-m')).toEqual(['1: beq.w: there is no 32-bit form on armv6-m']);
  });

  it('of branches grow with the distance', () => {
    const branch = (gap: number): string => bytes(`beq far\n.space ${gap}\nfar: nop`).slice(0, 8);
    expect(branch(256)).toBe('7fd00000');
    expect(branch(258)).toBe('00f08180');
    expect(problems('beq.n far\n.space 300\nfar: nop')).toEqual([
      '1: target is 298 bytes from the address + 4: -256 to 254, even',
    ]);
  });

  it('of a branch to a global label are 32 bits: a linker may move it', () => {
    expect(bytes('.global f\nf: b f')).toBe('fff7febf');
    expect(bytes('f: b f')).toBe('fee7');
  });

  it('of CBZ to the next instruction become a NOP', () => {
    expect(bytes('cbz r0, 1f\n1: nop')).toBe('00bf00bf');
  });
});

describe('IT blocks', () => {
  it('hold 16-bit forms without s', () => {
    expect(bytes('ite eq\naddeq r0, r1, r2\nmovne r0, #1')).toBe('0cbf88180120');
    expect(bytes('it ne\nmovne r0, r1')).toBe('18bf0846');
  });

  it.each([
    ['addeq r0, r0, #1', '1: addeq is conditional: write "it eq" before it'],
    ['it eq\naddne r0, r0, #1', '2: addne must have condition eq in this place of its IT block'],
    ['it eq\nadd r0, r0, #1\nadds r0, #1', '2: add must have condition eq in this place of its IT block'],
    ['itt eq\nbeq .\nmoveq r0, #1', '2: beq branches: it must be the last of its IT block'],
    ['itt eq\npopeq {r0, pc}\nmoveq r0, #1', '2: popeq branches: it must be the last of its IT block'],
    ['it eq\ncbzeq r0, .', '2: cbzeq cannot be in an IT block'],
    ['it eq\nit ne\nnop', '2: an IT block cannot begin inside another one'],
    ['ite al\n', '1: there is no "else" of always'],
    ['itt eq\nmoveq r0, #1', '2: the IT block wants 1 more instruction'],
    ['it xx', '1: "xx" is no condition: eq, ne, cs, cc, mi, pl, vs, vc, hi, ls, ge, lt, gt, le, al'],
  ])('%j', (source, message) => {
    expect(problems(source)).toEqual([message]);
  });

  it('do not exist on Armv6-M', () => {
    expect(problems('it eq', 'armv6-m')).toEqual(['1: it needs Armv7-M, which armv6-m lacks']);
  });
});

describe('literal pools', () => {
  it('come at .ltorg and at the end of each section, and share values', () => {
    expect(bytes('ldr r0, =0x12345678\nldr r1, =0x12345678\n.ltorg\nnop')).toBe('004800497856341200bf00bf');
    const two = 'ldr r0, =0x12345678\n.section .text.b, "ax"\nldr r0, =0x11223344';
    expect(bytes(two)).toBe('0048000078563412');
    expect(bytes(two, 'armv7-m', '.text.b')).toBe('0048000044332211');
  });

  it('are not used for what MOV, MVN or MOVW makes', () => {
    expect(bytes('ldr r0, =5')).toBe('4ff00500');
    expect(bytes('ldr r0, =-2')).toBe('6ff00100');
    expect(bytes('ldr r0, =0x1234')).toBe('41f23420');
    expect(bytes('ldr r0, =5', 'armv6-m')).toBe('0048000005000000');
  });

  it('hold addresses with bit 0 for functions only', () => {
    const source = 'ldr r0, =f\nldr r1, =d\n.thumb_func\nf: nop\nd: nop';
    expect(bytes(source)).toBe('0148024900bf00bf0500000006000000');
  });
});

describe('functions', () => {
  it('have bit 0 in words, by .thumb_func and by .type before or after the label', () => {
    const source = `.type g, %function
      .word f, g, h, d, f + 2
      .thumb_func
      f: nop
      g: nop
      h: nop
      d: nop
      .type h, %function`;
    const words = bytes(source).slice(0, 40).match(/.{8}/g);
    expect(words).toEqual(['15000000', '17000000', '19000000', '1a000000', '17000000']);
  });

  it('are branched to without it, and ADR finds them with it if they are defined before', () => {
    expect(bytes('.thumb_func\nf: bl f\nadr r0, f')).toBe('fff7feffaff20700');
    expect(bytes('b f\n.thumb_func\nf: nop')).toBe('ffe700bf');
  });

  it('in data have no bit 0', () => {
    expect(bytes('.word v\n.data\n.type v, %function\nv: .word 0').slice(0, 8)).not.toMatch(/^01/);
  });
});

describe('padding and alignment', () => {
  it('is NOPs of the widest kind, after one that makes the address a multiple of 4', () => {
    expect(bytes('nop\n.balign 8\nnop\nnop')).toBe('00bf00bfaff3008000bf00bf');
    expect(bytes('nop\n.balign 8\nnop\nnop', 'armv6-m')).toBe('c046c046c046c046c046c046');
    expect(bytes('.byte 1\n.balign 4\n.word 2')).toBe('010000bf02000000');
  });

  it('ends code at a multiple of 4 at most', () => {
    expect(bytes('.balign 16\nnop')).toBe('00bf00bf');
  });
});

describe('directives', () => {
  it('.cpu and .arch choose the instructions from there on', () => {
    expect(problems('.cpu cortex-m0\nmovw r0, #1\n.arch armv7-m\nmovw r0, #1')).toEqual([
      '2: movw needs Armv7-M, which armv6-m lacks',
    ]);
    expect(problems('.cpu cortex-a53')[0]).toMatch(/^1: \.cpu cortex-a53 is not known: cortex-m0,/);
    expect(problems('.arch armv9')[0]).toMatch(/^1: \.arch armv9 is not known: armv6-m, armv7-m/);
  });

  it('.inst places words', () => {
    expect(bytes('.inst 0x4770, 0xf3af8000\n.inst.n 0xbf00\n.inst.w 0xf7f0a000')).toBe('7047aff3008000bff0f700a0');
    expect(problems('.inst.n 0x12345')).toEqual(['1: .inst.n 0x12345 has more than 16 bits']);
  });

  it('refuse Arm code and the old syntax', () => {
    expect(problems('.syntax divided\n.arm\n.code 32')).toEqual([
      '1: only unified syntax is known: .syntax unified',
      '2: these cores have no Arm code: .thumb',
      '3: these cores have no Arm code: .code 16',
    ]);
  });

  it('@ begins a comment, # only a line', () => {
    expect(bytes('# title\n movs r0, #1 @ one\n@ nothing')).toBe('0120');
  });
});

describe('mistakes are one line that says what would be right', () => {
  it.each<[string, string, Architecture?]>([
    ['frob r0', 'there is no instruction or macro "frob"'],
    ['sdiv r0, r1, r2', 'sdiv needs Armv7-M, which armv6-m lacks', 'armv6-m'],
    ['qadd r0, r1, r2', 'qadd needs the DSP extension, which armv7-m lacks'],
    ['lda r0, [r1]', 'lda needs Armv8-M, which armv7e-m lacks', 'armv7e-m'],
    ['add r0, r1, #7', 'add without flags has no such form on armv6-m: write adds', 'armv6-m'],
    [
      'and r0, r1, #0x101',
      'and: 257 is no constant of this instruction (a rotated byte or one repeated): load it with ldr rX, =257',
    ],
    ['mov r0', 'mov takes pc, rm; or rd, pc; or sp, rm; or rd, rm; or rd, #imm'],
    ['mul r0, sp, r1', 'mul: sp cannot be this operand'],
    ['add r0, sp, pc', 'add: pc cannot be this operand'],
    ['cbz r9, .', 'cbz: r9 is not one of r0 to r7'],
    ['ldr r0, [r1, #4096]', 'ldr: 4096 is not 0 to 4095 or -255 to 0'],
    ['ldrd r0, r1, [r2, #2]', 'ldrd: 2 is not a multiple of 4 from -1020 to 1020'],
    ['ldr r0, [r1, r2, lsl #4]', 'ldr: shift by 4: 0 to 3'],
    ['ldr r0, [r1, r2]!', 'ldr: an index register cannot be written back'],
    ['ldr r0, [r1, -r2]', 'Thumb has no negative index register: subtract first'],
    ['ldr r0, [r0], #4', 'ldr: the base is written back and cannot be the other register too'],
    ['strex r0, r0, [r1]', 'strex: the status register must differ from the others'],
    ['umull r0, r0, r1, r2', 'umull: the two destinations must differ'],
    ['ldm r0!, {r0, r8}', 'ldm: the base is written back and cannot be in the list'],
    ['pop {lr, pc}', 'pop: lr and pc cannot both be in the list'],
    ['push {r0, r8}', 'push: the list may hold r0 to r7 and lr', 'armv6-m'],
    ['push {r5-r4}', 'a range of registers goes upwards: {r0-r3}'],
    ['sub sp, sp, r0, lsl #4', 'sub: to sp, a register may be shifted by lsl #0 to #3'],
    ['bfi r0, r1, #30, #4', 'bfi: width 4 from bit 30: 1 to 2'],
    ['ssat r0, #33, r1', 'ssat: 33 is not 1 to 32'],
    ['add r0, r1, r2, lsl #32', 'add: shift by 32: 0 to 31'],
    ['sxtb r0, r1, ror #4', 'sxtb: rotation by 4: 0, 8, 16 or 24'],
    ['tbh [r0, r1]', 'tbh: the index should be shifted by lsl #1'],
    ['msr foo, r0', 'msr: "foo" is no special register'],
    ['msr psplim, r0', 'msr: psplim needs Armv8-M, which this architecture lacks'],
    ['msr apsr_g, r0', 'msr: apsr_g needs the DSP extension'],
    ['cpsid f', 'cpsid: Armv6-M has no FAULTMASK: write i', 'armv6-m'],
    ['isb st', 'isb: the option is sy, or nothing'],
    ['svc #256', 'svc: 256 is not 0 to 255'],
    ['str r0, =5', 'str does not take =value: ldr rX, =value does'],
    ['b nowhere', 'symbol "nowhere" is not defined'],
    ['adr r0, far\n.space 5000\nfar: nop', '5000 is not 0 to 4095 or -4095 to 0'],
  ])('%j', (source, message, architecture = 'armv7-m') => {
    expect(problems(source, architecture)).toEqual([`1: ${message}`]);
  });
});

describe('any text', () => {
  const WORDS =
    'r0 r7 r8 sp pc lr #1 #-1 #0 #255 #4096 #0xffffffff #0x1ffffffff [r0] [r0,#4] [r0,#-0] [r0,r1] [r0,r1,lsl#2]! [pc,#4] ' +
    '{r0-r3} {r0,pc} {lr} r0! sp! lsl#2 lsl\\ r3 rrx asr#32 label late =5 =late =label+4 eq i sy apsr msp #late ' +
    '#(late-label) 1f . ne - { ] ! # "x" psr_x (1<<31) #1/0 #late*late';
  const operands = WORDS.split(' ').map((word) => word.replace('\\', ' '));
  const names = [
    ...new Set(INSTRUCTIONS.map(({ mnemonic }) => mnemonic)),
    ...[
      'ldm',
      'push',
      'neg',
      'itte',
      'bal',
      'addeq',
      'movs.w',
      'add.n',
      '.ltorg',
      '.inst',
      '.cpu',
      '.thumb_func',
      '.align',
    ],
  ];

  it('assembles or ends in messages, and never in an exception', () => {
    const random = new Random(777);
    const odd: string[] = [];
    for (let i = 0; i < 3000; i++) {
      const line = `${random.pick(names)} ${Array.from({ length: random.below(5) }, () => random.pick(operands)).join(', ')}`;
      const architecture = random.pick<Architecture>(['armv6-m', 'armv7-m', 'armv8-m.main+dsp']);
      for (const message of problems(`label: nop\n${line}\nlate: nop\n1: nop`, architecture)) {
        if (!/^\d: .{8,}/.test(message) || /\bundefined\b|NaN|\[object/.test(message)) odd.push(`${line}: ${message}`);
      }
    }
    expect(odd).toEqual([]);
  });
});
