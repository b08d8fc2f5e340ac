import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { assemble, readObject, type SourceOptions } from '../../platforms/assembler/assemble.js';
import { riscvAssembler } from '../../platforms/riscv/assembler.js';
import { cheriotAssembler } from '../../platforms/riscv/cheriot-assembler.js';
import { thumbAssembler } from '../../platforms/thumb/assembler.js';

/* An object is read once and linked again and again: each time as if it had been assembled for these addresses. */

const CORPUS = join('tests', 'assembler', 'corpus');

/** Distances between two sections, and addresses whose upper and lower parts differ in every way that instructions take them apart. */
const PLACES = [
  { '.text': 0x60000000, '.data': 0x60100000 },
  { '.text': 0x20000800, '.data': 0x20041ff0 },
  { '.text': 0x60000000, '.data': 0x60100000 },
  { '.text': 0x7ffffc00, '.data': 0x80001400 },
];

type Source = readonly [name: string, text: string, options: SourceOptions];

/** Code and data that name each other, far and near, with a constant from a pool or in two parts. */
const RISCV = `
  .text
near: la a0, far
  lla a1, near
1: auipc a2, %pcrel_hi(far)
  addi a2, a2, %pcrel_lo(1b)
  lui a3, %hi(far)
  lw a3, %lo(far)(a3)
  beqz a3, near
  .balign 64
  .data
far: .word near, far, far - 4
`;

const THUMB = `
  .syntax unified
  .text
near: ldr r0, =far
  adr r1, near
  ldr r2, =0x12345678
  bl near
  cbz r0, 1f
  .balign 64
1: bx lr
  .data
far: .word near, far, far - 4
`;

const CHERIOT = `
  .text
near: auipcc ca0, %cheriot_compartment_hi(behind)
  cincoffset ca0, ca0, %cheriot_compartment_lo_i(near)
  .space 3000
behind: ret
  .data
  .balign 8
far: .word far, near
`;

const sources: readonly Source[] = [
  ...readdirSync(CORPUS).map((file): Source => {
    const isa = riscvAssembler();
    return [file, readFileSync(join(CORPUS, file), 'utf8'), { file, isa }];
  }),
  ['own', RISCV, { file: 'own.s', isa: riscvAssembler() }],
  ['Thumb', THUMB, { file: 'thumb.s', isa: thumbAssembler({ architecture: 'armv7e-m' }) }],
  ['CHERIoT', CHERIOT, { file: 'cheriot.s', isa: cheriotAssembler() }],
];

test.each(sources)('%s', (_, text, options) => {
  const object = readObject(text, options);
  for (const sections of PLACES) {
    const whole = assemble(text, { ...options, sections });
    expect(whole.ok || whole.problems).toBe(true);
    expect(isDeepStrictEqual(object.ok ? object.link(sections) : object, whole)).toBe(true);
  }
});
