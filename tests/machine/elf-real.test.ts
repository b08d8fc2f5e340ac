import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EM_ARM, EM_RISCV, loadElf } from '../../platforms/machine/elf.js';
import { SymbolTable } from '../../platforms/machine/symbols.js';
import { describeGnu } from '../gnu.js';

const PREFIX = 'riscv64-unknown-elf-';
const AS = `${PREFIX}as`;
const LD = `${PREFIX}ld`;

const SOURCE = `
        .globl _start, tohost, buffer
        .set ANSWER, 42
        .text
helper: ret
_start: li a0, ANSWER
        la a1, tohost
        sw a0, 0(a1)
1:      j 1b
        .data
table:  .word 0x11223344, _start
        .bss
        .balign 64
tohost: .space 64
buffer: .space 4096
`;

/** Runs high, is placed low. */
const SCRIPT = `
ENTRY(_start)
SECTIONS {
  . = 0xc0000000;
  .text : AT(0x80000000) { *(.text) }
  . = 0xc0001000;
  .data : AT(0x80001000) { *(.data) }
  .bss : { *(.bss) }
  _end = .;
}
`;

describeGnu(PREFIX, 'a file of GNU as and ld', () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-elf-'));
    writeFileSync(path('program.s'), SOURCE);
    writeFileSync(path('program.ld'), SCRIPT);
    execFileSync(AS, ['-march=rv32imac', '-mabi=ilp32', '-o', path('program.o'), path('program.s')]);
    const link = ['-m', 'elf32lriscv', '--no-relax', '-T', path('program.ld'), '-o', path('program.elf')];
    execFileSync(LD, [...link, path('program.o')], { stdio: 'pipe' });
    execFileSync(AS, ['-march=rv64imac', '-mabi=lp64', '-o', path('wide.o'), path('program.s')]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('loads with its segments, symbols and entry', () => {
    const result = loadElf(readFileSync(path('program.elf')), { machine: EM_RISCV });
    if (!result.ok) throw new Error(result.problem);
    const image = result.value;
    const symbols = new SymbolTable(image);
    const [text, data] = image.segments;
    expect([text.physical, text.executable]).toEqual([0x80000000, true]);
    expect([data.physical, data.writable, data.data.length]).toEqual([0x80001000, true, 8]);
    expect(data.bytes).toBe(0x40 + 64 + 4096);
    expect([...data.data.subarray(0, 4)]).toEqual([0x44, 0x33, 0x22, 0x11]);
    expect(new DataView(data.data.buffer).getUint32(4, true)).toBe(image.entry);
    expect(image.entry).toBe(symbols.find('_start')?.virtual);
    expect(symbols.find('tohost')).toMatchObject({ virtual: 0xc0001040, physical: 0x80001040 });
    expect(symbols.find('_end')?.physical).toBe(0x80001000 + data.bytes);
    expect(symbols.find('ANSWER')).toMatchObject({ virtual: 42, absolute: true });
    expect(symbols.labelVirtual(0xc0000000)).toBe('helper');
    expect(symbols.labelVirtual(image.entry + 2)).toBe('_start+0x2');
    expect(symbols.labelPhysical(0x80001100)).toBe('buffer+0x80');
  });

  it('is refused with the right word when it is an object, of 64 bits or for another machine', () => {
    const refusal = (name: string, machine: number): string => {
      const result = loadElf(readFileSync(path(name)), { machine });
      return result.ok ? 'accepted' : result.problem;
    };
    expect(refusal('program.o', EM_RISCV)).toMatch(/relocatable object: link it first/);
    expect(refusal('wide.o', EM_RISCV)).toMatch(/64-bit/);
    expect(refusal('program.elf', EM_ARM)).toMatch(/built for RISC-V .* needs Arm/);
  });
});
