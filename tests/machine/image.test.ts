import { describe, expect, it } from 'vitest';
import { EM_RISCV, loadElf } from '../../platforms/machine/elf.js';
import { type Image, placeImage, type Segment } from '../../platforms/machine/image.js';
import { PhysicalMemory } from '../../platforms/machine/memory.js';
import { physical, virtual } from '../../platforms/machine/units.js';
import { writeElf } from './elf-writer.js';

const ram = (): PhysicalMemory => new PhysicalMemory([{ kind: 'ram', start: 0x80000000, bytes: 0x4000 }], 4);

const image = (...segments: [address: number, data: number[], bytes: number][]): Image => ({
  segments: segments.map(([address, data, bytes]): Segment => ({
    physical: physical(address),
    data: Uint8Array.from(data),
    bytes,
    writable: true,
    executable: true,
  })),
  symbols: [],
  phases: [],
  domains: [],
  lines: [],
  entry: virtual(0),
});

describe('placeImage', () => {
  it('copies the data and clears the rest, whatever was there', () => {
    const memory = ram();
    memory.load(physical(0x80000000), new Uint8Array(0x3000).fill(0xee));
    placeImage(memory, image([0x80000ffe, [1, 2, 3], 0x1000], [0x80002800, [], 4]));
    expect([...memory.dump(physical(0x80000ffd), 6)]).toEqual([0xee, 1, 2, 3, 0, 0]);
    expect([...memory.dump(physical(0x80001ffc), 4)]).toEqual([0, 0, 0xee, 0xee]);
    expect([...memory.dump(physical(0x800027ff), 6)]).toEqual([0xee, 0, 0, 0, 0, 0xee]);
  });

  it('touches no page for bss on a fresh machine', () => {
    const memory = ram();
    placeImage(memory, image([0x80000000, [1], 0x4000]));
    expect([...memory.touched()].length).toBe(1);
  });

  it('refuses a segment whose data or bss lies outside memory', () => {
    expect(() => placeImage(ram(), image([0x80003fff, [1, 2], 2]))).toThrow(/no RAM or ROM at 0x80004000/);
    expect(() => placeImage(ram(), image([0x80003fff, [1], 2]))).toThrow(/no RAM or ROM at 0x80004000/);
  });

  it('places what the ELF loader gives', () => {
    const { bytes } = writeElf({
      segments: [{ vaddr: 0xc0000000, paddr: 0x80001000, data: [0x13, 0x05, 0xa0, 0x02], memsz: 8 }],
    });
    const loaded = loadElf(bytes, { machine: EM_RISCV });
    if (!loaded.ok) throw new Error(loaded.problem);
    const memory = ram();
    placeImage(memory, loaded.value);
    expect(memory.read(0x80001000, 4, 0)).toBe(0x02a00513);
  });
});
