import { describe, expect, it } from 'vitest';
import { problems, run } from './helpers.js';

/** Sources with one mistake, and where and what must be said. */
const MISTAKES: readonly (readonly [source: string, problem: string])[] = [
  // Instructions
  ['addi a0, a1, 2048', '1: addi: 2048 is out of range, -2048 to 2047 is possible'],
  ['addi a0, a1', '1: addi takes rd, rs1, imm'],
  ['nop\nfoo a0', '2: there is no instruction or macro "foo"'],
  ['lw a0, a1', '1: lw takes rd, imm(rs1); or rd, symbol'],
  ['lw a0, 4000(a1)', '1: lw: 4000 is out of range, -2048 to 2047 is possible'],
  ['c.lw t0, 0(a0)', '1: c.lw takes rd, imm(rs1), with registers s0, s1 and a0 to a5'],
  ['c.lw a0, 3(a0)', '1: c.lw: 3 is out of range, 0 to 124 in steps of 4 is possible'],
  [
    'c.lwsp zero, 0(sp)',
    '1: c.lwsp cannot have these operands: they are reserved (RISC-V Unprivileged ISA 20191213, section 16.3.1)',
  ],
  ['.option norvc\nc.nop', '2: c.nop needs .option rvc'],
  ['li a0, nowhere', '1: li needs a number that is known here: la loads an address'],
  ['li a0, 0x1ffffffff', '1: li: 8589934591 does not fit in 32 bits'],
  ['csrr a0, foo', '1: CSR "foo" does not exist: write its name or number'],
  ['csrwi mepc, 32', '1: csrrwi: 32 is out of range, 0 to 31 is possible'],
  ['fence wr, rw', '1: set of accesses is written with the letters i, o, r, w in this order, for instance rw'],
  ['lui a0, -1', '1: lui: -1 is out of range, 0 to 0xfffff is possible (bits 31:12 of the result)'],
  ['lui a0, %foo(a)', '1: %foo is not supported: %hi, %lo, %pcrel_hi, %pcrel_lo'],
  ['x: lui a0, %lo(x)', '1: %lo does not belong to lui: %hi does'],
  ['x: lw a0, %pcrel_lo(x)(a0)', '1: %pcrel_lo needs the label of an auipc with %pcrel_hi'],
  ['j . + 0x200000', '1: target is 2097152 bytes away, out of the range of jal'],
  ['beqz a0, . + 3', '1: target is 3 bytes away: it must be at an even address'],
  [
    '.insn r 1, 2',
    '1: .insn r takes opcode, funct3, funct7, rd, rs1, rs2, or opcode, funct3, funct2, rd, rs1, rs2, rs3',
  ],
  ['.insn 4, 1', '1: this instruction has 2 bytes, not 4'],
  ['.option relax', '1: linker relaxation is not supported: write .option norelax'],
  ['.option pop', '1: .option pop has no .option push'],
  // Symbols and expressions
  ['j nowhere', '1: symbol "nowhere" is not defined'],
  ['\n\n.word nowhere + 1', '3: symbol "nowhere" is not defined'],
  ['j 1b', '1: there is no label "1:" before this line'],
  ['j 1f', '1: there is no label "1:" after this line'],
  ['x:\nx:', '2: label "x" is already defined'],
  ['x = 5\nx:', '2: symbol "x" already has a value: labels are defined once'],
  ['x:\nx = 5', '2: "x" is a label and cannot be set'],
  ['.equiv x, 1\nx = 2', '2: symbol "x" is already defined and constant'],
  ['x = y\ny = x\n.word x', '3: symbol is defined by itself'],
  ['.word 1 +', '1: expression is missing'],
  ['.word (1', '1: ")" is missing at the end of the statement'],
  ['.word 1)', '1: ")" is left over at the end of the statement'],
  ['.word 1/0', '1: division by zero'],
  ['.word 0xg', '1: "0xg" is not a number: write decimal, 0x, 0b, or octal with a leading 0'],
  ['.word 09', '1: "09" has a digit that octal does not have'],
  // Data and sections
  ['.foo 1', '1: directive .foo does not exist'],
  ['.byte 256', '1: 256 does not fit in 1 byte (-128 to 255)'],
  ['.ascii "abc', '1: string has no closing quote'],
  ['.ascii "\\q"', '1: \\q is no escape: write \\n \\t \\r \\b \\f \\\\ \\" \\ooo \\xhh'],
  ['.balign 3', '1: alignment 3 is not a power of two'],
  ['nop\nnop\n.org 2', '3: .org goes back by 2 bytes: it can only go forward'],
  ['.space -1', '1: length of the gap is negative: -1'],
  ['.bss\n.word 1', '2: section .bss can hold only zeros: .data holds values'],
  ['.section .x, "q"', '1: section flag "q" does not exist: a, w, x, M, S, T'],
  ['.popsection', '1: .popsection has no .pushsection'],
  // Control
  ['.if nowhere\n.endif', '1: condition must be a number that is known here'],
  ['nop\n.if 1\nnop', '2: .if is never closed: write .endif'],
  ['.endif', '1: .endif has no .if'],
  ['.macro m\nnop', '1: .macro is never closed: write .endm'],
  ['.macro m a:req\n.endm\nm', '3: macro m needs a value for "a"'],
  ['.macro m a\n.endm\nm 1, 2', '3: macro m takes 1 argument, not "2"'],
  ['.macro m\n.endm\n.macro m\n.endm', '3: macro "m" is already defined: .purgem forgets it'],
  ['.rept 1', '1: .rept is never closed: write .endr'],
  ['.include "nothing"', '1: file "nothing" to include does not exist'],
  ['.error "the stack is too small"', '1: the stack is too small'],
  ['nop\n/* abc', '2: comment has no end: write */'],
  ['.phase nowhere', expect.stringContaining('1: phase "nowhere" does not exist: user, hardware-entry') as string],
];

describe('problems', () => {
  it.each(MISTAKES)('%j', (source, problem) => {
    expect(problems(source)).toEqual([problem]);
  });

  it('name the statement, also in a line of several, and go on after it', () => {
    const result = run('nop; addi a0, a1 ; li a0\n.byte 1\n foo');
    expect(result.ok ? [] : result.problems).toEqual([
      { file: 'test.s', line: 1, text: 'addi a0, a1', message: 'addi takes rd, rs1, imm' },
      { file: 'test.s', line: 1, text: 'li a0', message: 'li takes rd, number' },
      { file: 'test.s', line: 3, text: 'foo', message: 'there is no instruction or macro "foo"' },
    ]);
  });

  it('name the line in the macro and the call', () => {
    const source = '.macro inner\n addi a0, a0, 5000\n.endm\n.macro outer\n inner\n.endm\n\nouter';
    expect(problems(source)).toEqual([
      '2: addi: 5000 is out of range, -2048 to 2047 is possible (expanded from test.s:8)',
    ]);
  });

  it('name the included file', () => {
    const result = run('.include "more.s"', { include: () => 'nop\n foo' });
    expect(result.ok ? [] : result.problems[0]).toMatchObject({ file: 'more.s', line: 2 });
  });

  it('stop a macro that calls itself without end', () => {
    const [problem] = problems('.macro m\nm\n.endm\nm');
    expect(problem).toContain('nested more than 200 deep');
  });

  it('stop after a hundred', () => {
    expect(problems('foo\n'.repeat(1000)).length).toBe(100);
  });

  it('keep count of lines after an apostrophe at the end of one', () => {
    expect(problems(".if 0\n don'\n.endif\nfoo")).toEqual(['4: there is no instruction or macro "foo"']);
  });

  it('say where sections collide', () => {
    const source = 'nop\nnop\nnop\nnop\n.data\n.word 1';
    expect(problems(source, { sections: { '.text': 0x1000, '.data': 0x1004 } })).toEqual([
      '0: section .data at 0x00001004 overlaps .text, 0x00001000 to 0x00001007',
    ]);
    expect(problems('.balign 16\nnop', { sections: { '.text': 0x1004 } })).toEqual([
      '0: section .text at 0x00001004 must be aligned to 16 bytes',
    ]);
  });
});
