import { describe, expect, it } from 'vitest';
import { EM_ARM, EM_RISCV, loadElf, loadFlat } from '../../platforms/machine/elf.js';
import type { Image } from '../../platforms/machine/image.js';
import { type ElfFile, patched, writeElf, type WrittenElf } from './elf-writer.js';

const RISCV = { machine: EM_RISCV };

/** Loads what must be good. */
const load = (bytes: Uint8Array, options: Parameters<typeof loadElf>[1] = RISCV): Image => {
  const result = loadElf(bytes, options);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
};

/** The problem with what must be refused: one line. */
const problem = (bytes: Uint8Array, options: Parameters<typeof loadElf>[1] = RISCV): string => {
  const result = loadElf(bytes, options);
  if (result.ok) throw new Error('accepted');
  expect(result.problem).toMatch(/^[^\n]+$/);
  return result.problem;
};

const places = (image: Image): Record<string, [number, number]> =>
  Object.fromEntries(image.symbols.map((s) => [s.name, [s.virtual, s.physical]]));

/** A kernel linked high and placed low, with bss, and a flat second segment. */
const KERNEL: WrittenElf = {
  entry: 0xc0000004,
  segments: [
    { vaddr: 0xc0000000, paddr: 0x80000000, data: [1, 2, 3, 4, 5, 6, 7, 8], flags: 5 },
    { vaddr: 0xc0001000, paddr: 0x80001000, data: [9, 10, 11, 12], memsz: 0x100, flags: 6 },
  ],
  symbols: [
    { name: 'local', value: 0xc0000000, binding: 0 },
    { name: '_start', value: 0xc0000004, type: 2 },
    { name: 'buffer', value: 0xc0001080, section: 2, type: 1 },
    { name: '_end', value: 0xc0001100, section: 2 },
    { name: 'STACK_SIZE', value: 0x400, section: 0xfff1 },
    { name: 'elsewhere', value: 0x10000000 },
  ],
};

describe('a good file', () => {
  it('gives segments at physical addresses, with room for bss, and a virtual entry', () => {
    const image = load(writeElf(KERNEL).bytes);
    expect(image.segments).toEqual([
      {
        physical: 0x80000000,
        data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
        bytes: 8,
        writable: false,
        executable: true,
      },
      { physical: 0x80001000, data: Uint8Array.of(9, 10, 11, 12), bytes: 0x100, writable: true, executable: false },
    ]);
    expect(image.entry).toBe(0xc0000004);
    expect([image.phases, image.domains, image.lines]).toEqual([[], [], []]);
  });

  it('gives symbols with both addresses, globals first', () => {
    const image = load(writeElf(KERNEL).bytes);
    expect(places(image)).toEqual({
      _start: [0xc0000004, 0x80000004],
      buffer: [0xc0001080, 0x80001080],
      _end: [0xc0001100, 0x80001100],
      STACK_SIZE: [0x400, 0x400],
      elsewhere: [0x10000000, 0x10000000],
      local: [0xc0000000, 0x80000000],
    });
    expect(image.symbols.at(-1)?.name).toBe('local');
    expect(image.symbols.every((s) => s.space === 0)).toBe(true);
    expect(image.symbols.filter((s) => s.absolute).map((s) => s.name)).toEqual(['STACK_SIZE']);
  });

  it('leaves out symbols that name nothing a person looks for', () => {
    const value = 0xc0000000;
    const symbols = [
      { name: 'kept', value },
      { name: '$xylophone', value },
      { name: 'undefined_weak', value: 0, section: 0, binding: 2 },
      { name: 'common', value: 4, section: 0xfff2 },
      { name: 'file.c', value: 0, type: 4, section: 0xfff1 },
      { name: '.text', value, type: 3 },
      { name: 'thread_local', value: 8, type: 6 },
      { name: '', value },
      { name: '$x', value },
      { name: '$xrv32i2p1_m2p0', value },
      { name: '$d.12', value },
      { name: '$t', value },
      { name: '.L42', value },
    ];
    const image = load(writeElf({ ...KERNEL, symbols }).bytes);
    expect(image.symbols.map((s) => s.name)).toEqual(['kept', '$xylophone']);
  });

  it('may be stripped, of symbols or of all sections', () => {
    expect(load(writeElf({ entry: 0xc0000004, segments: KERNEL.segments }).bytes).symbols).toEqual([]);
    const file = writeElf(KERNEL);
    const noSymbols = patched(file.bytes, file.sectionHeader(file.symtab) + 4, 4, 8);
    expect(load(noSymbols).symbols).toEqual([]);
  });

  it('shares no memory with the file, which may be a view into a larger buffer', () => {
    const { bytes } = writeElf(KERNEL);
    const buffer = Buffer.alloc(bytes.length + 100, 0xee);
    buffer.set(bytes, 37);
    const view = buffer.subarray(37, 37 + bytes.length);
    const image = load(view);
    view.fill(0);
    expect([...image.segments[0].data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(image.segments[0].data).not.toBeInstanceOf(Buffer);
    expect(image.symbols.length).toBe(6);
  });

  it('may have other program headers and empty segments; they are left out', () => {
    const file = writeElf({ ...KERNEL, segments: [...KERNEL.segments, { vaddr: 0, data: [] }] });
    expect(load(file.bytes).segments.length).toBe(2);
    const note = patched(file.bytes, file.programHeader(1), 4, 4);
    expect(load(note).segments.length).toBe(1);
  });

  it('may be all bss but for the code, and touch the end of the address space', () => {
    const image = load(
      writeElf({
        segments: [
          { vaddr: 0x1000, data: [1, 2] },
          { vaddr: 0xfffff000, data: [], memsz: 0x1000 },
        ],
      }).bytes,
    );
    expect(image.segments[1]).toMatchObject({ physical: 0xfffff000, bytes: 0x1000 });
    expect(image.segments[1].data.length).toBe(0);
  });
});

describe('a machine without translation', () => {
  // .data and .bss in one segment, stored in flash behind the code; .ramfunc stored right behind .data's bytes
  const firmware: WrittenElf = {
    machine: EM_ARM,
    entry: 0x08000005,
    segments: [
      { vaddr: 0x08000000, data: [1, 2, 3, 4, 5, 6, 7, 8], flags: 5 },
      { vaddr: 0x20000000, paddr: 0x08000008, data: [9, 9, 9, 9], memsz: 0x20, flags: 6 },
      { vaddr: 0x20000100, paddr: 0x0800000c, data: [7, 7], flags: 5 },
    ],
    symbols: [
      { name: 'Reset_Handler', value: 0x08000005, type: 2 },
      { name: 'label', value: 0x08000007 },
      { name: 'counter', value: 0x20000010, type: 1, section: 2 },
    ],
  };

  it('stores a segment where the file says and leaves zeroes where it will run', () => {
    const image = load(writeElf(firmware).bytes, { machine: EM_ARM });
    const summary = image.segments.map((s) => [s.physical, s.data.length, s.bytes, s.writable]);
    expect(summary).toEqual([
      [0x08000000, 8, 8, false],
      [0x08000008, 4, 4, true],
      [0x20000000, 0, 0x20, true],
      [0x0800000c, 2, 2, false],
      [0x20000100, 0, 2, false],
    ]);
  });

  it('has symbols where they run, without the Thumb bit of functions', () => {
    const image = load(writeElf(firmware).bytes, { machine: EM_ARM });
    expect(places(image)).toEqual({
      Reset_Handler: [0x08000004, 0x08000004],
      label: [0x08000007, 0x08000007],
      counter: [0x20000010, 0x20000010],
    });
    expect(image.entry).toBe(0x08000004);
  });

  it('is the default for Arm only; RISC-V keeps bit 0', () => {
    const { bytes } = writeElf({ ...firmware, machine: EM_RISCV });
    expect(problem(bytes)).toMatch(/segment 1 .* overlaps segment 2/); // .bss behind .data is taken at its word
    const image = load(bytes, { machine: EM_RISCV, noTranslation: true });
    expect(places(image).counter).toEqual([0x20000010, 0x20000010]);
    expect(image.entry).toBe(0x08000005);
  });

  it('refuses two segments that run in the same place', () => {
    const segments = firmware.segments.map((s, i) => (i === 2 ? { ...s, vaddr: 0x2000001e } : s));
    const text = problem(writeElf({ ...firmware, segments }).bytes, { machine: EM_ARM });
    expect(text).toMatch(/segment 1 \(0x20000000 to 0x2000001f\) overlaps segment 2 at physical address 0x2000001e/);
  });
});

describe('a file that must be refused', () => {
  const file = writeElf(KERNEL);
  const at = (offset: number, size: 1 | 2 | 4, value: number): Uint8Array => patched(file.bytes, offset, size, value);
  const segment = (index: number, word: number, value: number): Uint8Array =>
    at(file.programHeader(index) + word * 4, 4, value);
  const section = (index: number, word: number, value: number): Uint8Array =>
    at(file.sectionHeader(index) + word * 4, 4, value);

  const cases: readonly [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /not an ELF file/],
    ['text', new TextEncoder().encode('#!/bin/sh\n'), /not an ELF file.*flat image/],
    ['magic only', file.bytes.slice(0, 4), /ends after 4 bytes, a header has 52/],
    ['half a header', file.bytes.slice(0, 51), /ends after 51 bytes/],
    ['64-bit', at(4, 1, 2), /64-bit.*rv32/],
    ['no class', at(4, 1, 0), /EI_CLASS is 0, must be 1/],
    ['big-endian', at(5, 1, 2), /big-endian.*-mlittle-endian/],
    ['no byte order', at(5, 1, 7), /EI_DATA is 7, must be 1/],
    ['ident version', at(6, 1, 0), /EI_VERSION is 0, must be 1/],
    ['version', at(20, 4, 2), /e_version is 2, must be 1/],
    ['another machine', at(18, 2, 40), /built for Arm \(e_machine 40\), this machine needs RISC-V \(e_machine 243\)/],
    ['an unknown machine', at(18, 2, 9999), /built for e_machine 9999/],
    ['relocatable', at(16, 2, 1), /relocatable object: link it first/],
    ['shared', at(16, 2, 3), /position-independent.*-no-pie/],
    ['core', at(16, 2, 4), /core dump/],
    ['no type', at(16, 2, 0), /e_type is 0, must be 2/],
    ['no program headers', at(44, 2, 0), /no program headers.*link an executable/],
    ['program header size', at(42, 2, 56), /e_phentsize is 56, must be 32/],
    ['program headers outside', at(28, 4, 0xfffffff0), /2 program headers at file offset 0xfffffff0.*truncated/],
    ['too many program headers', at(44, 2, 0xffff), /65535 program headers.*truncated/],
    ['nothing to load', patched(segment(0, 0, 0), file.programHeader(1), 4, 6), /no PT_LOAD segment/],
    ['filesz > memsz', segment(1, 4, 0x101), /program header 1: p_filesz 257 is larger than p_memsz 256/],
    ['filesz > memsz = 0', segment(1, 5, 0), /program header 1: p_filesz 4 is larger than p_memsz 0/],
    ['data outside', segment(0, 1, file.bytes.length - 7), /program header 0: 8 bytes at file offset .* past the end/],
    ['data far outside', segment(0, 1, 0xffffffff), /program header 0: 8 bytes at file offset 0xffffffff/],
    ['huge segment', segment(1, 5, 0x10000001), /takes 268435457 bytes, an image has at most 268435456/],
    ['physical wrap', segment(1, 3, 0xffffff01), /256 bytes at physical address 0xffffff01 run past 2\^32/],
    ['virtual wrap', segment(1, 2, 0xffffff01), /256 bytes at virtual address 0xffffff01 run past 2\^32/],
    ['overlap', segment(1, 3, 0x80000007), /segment 0 \(0x80000000 to 0x80000007\) overlaps segment 1 .*0x80000007/],
    ['overlap by bss', segment(1, 3, 0x7fffff01), /segment 1 \(0x7fffff01 to 0x80000000\) overlaps segment 0/],
    ['entry nowhere', at(24, 4, 0xc0000008), /entry 0xc0000008 lies in no loaded segment/],
    ['section headers outside', at(32, 4, file.bytes.length - 8), /5 section headers at file offset .* truncated/],
    ['section header size', at(46, 2, 41), /e_shentsize is 41, must be 40/],
    ['symbols outside', section(file.symtab, 4, 0xfffffff0), /section 3 \(symbol table\).*past the end/],
    ['symbol size', section(file.symtab, 9, 24), /section 3 \(symbol table\): sh_entsize is 24, must be 16/],
    ['part of a symbol', section(file.symtab, 5, 33), /33 bytes are no whole number of 16-byte symbols/],
    ['link outside', section(file.symtab, 6, 99), /sh_link 99 is no string table/],
    ['link to symbols', section(file.symtab, 6, file.symtab), /sh_link 3 is no string table/],
    ['strings outside', section(file.strtab, 5, 0xffff), /section 4 \(string table\): 65535 bytes/],
    [
      'name outside',
      at(file.symbol(2), 4, 0x7fffffff),
      /symbol 2: name at 0x7fffffff does not end within its string table/,
    ],
    ['name without end', section(file.strtab, 5, 3), /symbol 1: name at 0x00000001 does not end/],
  ];
  it.each(cases)('%s', (_name, bytes, message) => {
    expect(problem(bytes)).toMatch(message);
  });

  it('the file that all these were made from is good', () => {
    expect(loadElf(file.bytes, RISCV).ok).toBe(true);
  });

  it('segments that touch without overlapping are good', () => {
    expect(loadElf(segment(1, 3, 0x80000008), RISCV).ok).toBe(true);
    expect(loadElf(segment(1, 3, 0x7fffff00), RISCV).ok).toBe(true);
    expect(loadElf(segment(1, 3, 0xffffff00), RISCV).ok).toBe(true);
  });

  it('too large a sum of segments, each of them allowed', () => {
    const segments = [0, 1, 2].map((i) => ({ vaddr: i * 0x08000000, data: [1], memsz: 0x06000000 }));
    expect(problem(writeElf({ segments }).bytes)).toMatch(/segments take 301989888 bytes together/);
  });

  it('too many segments', () => {
    const segments = Array.from({ length: 257 }, (_, i) => ({ vaddr: i * 4, data: [i] }));
    expect(problem(writeElf({ segments }).bytes)).toMatch(/257 PT_LOAD segments, at most 256/);
    expect(load(writeElf({ segments: segments.slice(1) }).bytes).segments.length).toBe(256);
  });

  it('a name too long to be one', () => {
    const named = (length: number): ElfFile =>
      writeElf({ ...KERNEL, symbols: [{ name: 'n'.repeat(length), value: 0xc0000000 }] });
    expect(problem(named(4097).bytes)).toMatch(/symbol 1: .* too long/);
    expect(load(named(4096).bytes).symbols[0].name.length).toBe(4096);
  });

  it('truncated anywhere', () => {
    for (let length = 0; length < file.bytes.length; length++) {
      expect(problem(file.bytes.slice(0, length)), `${length} bytes`).not.toBe('');
    }
  });
});

describe('a flat image', () => {
  it('is one segment at its address, which is the entry', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const result = loadFlat(bytes, 0xfffffffd);
    bytes.fill(0);
    expect(result).toEqual({
      ok: true,
      value: {
        segments: [{ physical: 0xfffffffd, data: Uint8Array.of(1, 2, 3), bytes: 3, writable: true, executable: true }],
        symbols: [],
        phases: [],
        domains: [],
        lines: [],
        entry: 0xfffffffd,
      },
    });
  });

  it('is refused when empty, past 2^32, or at no address', () => {
    const at = (bytes: number, address: number): string => {
      const result = loadFlat(new Uint8Array(bytes), address);
      return result.ok ? 'accepted' : result.problem;
    };
    expect(at(0, 0)).toMatch(/empty/);
    expect(at(4, 0xfffffffd)).toMatch(/past 2\^32: load them at 0xfffffffc or below/);
    for (const address of [-1, 2 ** 32, 0.5, NaN]) expect(at(4, address)).toMatch(/is not an address/);
    expect(at(268435457, 0)).toMatch(/the file has 268435457 bytes: an image has at most 268435456/);
  });
});
