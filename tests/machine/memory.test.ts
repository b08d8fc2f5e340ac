import { describe, expect, it } from 'vitest';
import {
  LINE_HAS_CODE,
  LINE_SHIFT,
  MemoryExhausted,
  PAGE_BYTES,
  PhysicalMemory,
} from '../../platforms/machine/memory.js';
import { physical } from '../../platforms/machine/units.js';
import { board, LAST, RAM, ROM } from './board.js';

describe('reads and writes', () => {
  it('are little endian at every size', () => {
    const { memory } = board();
    expect(memory.write(RAM, 4, 0x89abcdef, 0)).toBe('ok');
    expect(memory.read(RAM, 4, 0)).toBe(0x89abcdef);
    expect([0, 1, 2, 3].map((i) => memory.read(RAM + i, 1, 0))).toEqual([0xef, 0xcd, 0xab, 0x89]);
    expect([memory.read(RAM, 2, 0), memory.read(RAM + 2, 2, 0)]).toEqual([0xcdef, 0x89ab]);
    memory.write(RAM + 2, 1, 0x112, 0);
    memory.write(RAM, 2, 0x1ffff, 0);
    expect(memory.read(RAM, 4, 0)).toBe(0x8912ffff);
  });

  it('take a negative word as its 32 bits and return it unsigned', () => {
    const { memory } = board();
    memory.write(RAM | 0, 4, -2, 0);
    expect(memory.read(RAM, 4, 0)).toBe(0xfffffffe);
  });

  it('find untouched memory zero', () => {
    expect(board().memory.read(RAM + 0x5ffc, 4, 0)).toBe(0);
  });

  it('work in the last word of the address space', () => {
    const { memory } = board();
    expect(memory.write(0xfffffffc, 4, 7, 0)).toBe('ok');
    expect(memory.read(-4, 4, 0)).toBe(7);
  });

  it('answer with a bus error in an error range, outside every region and just past a region', () => {
    const { memory } = board();
    for (const address of [RAM + 0x8000, RAM + 0x8ffc, 0x60000000, RAM - 4, RAM + 0x100000, ROM - 4, ROM + 0x2000, 0]) {
      expect(memory.read(address, 4, 0), address.toString(16)).toBeUndefined();
      expect(memory.write(address, 4, 1, 0), address.toString(16)).toBe('error');
      expect(memory.answers(address)).toBe(false);
      expect(memory.touch(address)).toBe(0);
    }
    for (const address of [RAM, RAM + 0x7ffc, RAM + 0x9000, RAM + 0xffffc, ROM, ROM + 0x1ffc]) {
      expect(memory.read(address, 4, 0), address.toString(16)).toBe(0);
      expect(memory.answers(address)).toBe(true);
    }
  });

  it('refuse a store to ROM and leave it as it was, touched or not', () => {
    const { memory } = board();
    expect(memory.write(ROM, 4, 5, 0)).toBe('error');
    memory.load(physical(ROM), Uint8Array.of(1, 2, 3, 4));
    expect(memory.write(ROM, 1, 9, 0)).toBe('error');
    expect(memory.read(ROM, 4, 0)).toBe(0x04030201);
    expect(memory.readMap[ROM >>> 12]).not.toBe(0);
    expect(memory.writeMap[ROM >>> 12]).toBe(0);
  });

  it('reach a device with its offset, size, value and time, and pass its bus errors on', () => {
    const { memory, device } = board();
    expect(memory.read(0x40001004, 2, 11)).toBe(0x1004);
    expect(memory.write(0x40000008, 4, -1, 12)).toBe('ok');
    expect(memory.read(0x40000800, 1, 13)).toBeUndefined();
    expect(memory.write(0x40000800, 1, 3, 14)).toBe('error');
    expect(device.seen).toEqual([
      'read 4100 2 @11',
      'write 8 4 4294967295 @12',
      'read 2048 1 @13',
      'write 2048 1 3 @14',
    ]);
    expect(memory.answers(0x40001ffc)).toBe(true);
    expect(memory.deviceAt(0x40001ffc)).toBe(device);
    expect(memory.deviceAt(RAM)).toBeUndefined();
    expect(memory.deviceAt(0x60000000)).toBeUndefined();
    expect(memory.readMap[0x40000]).toBe(0);
  });

  it('refuse regions that are not whole pages inside 32 bits', () => {
    for (const [start, bytes] of [
      [0x10, 0x1000],
      [0x1000, 0x10],
      [0x1000, 0],
      [-0x1000, 0x1000],
      [LAST, 0x2000],
    ]) {
      expect(() => new PhysicalMemory([{ kind: 'ram', start, bytes }], 1)).toThrow(RangeError);
    }
  });
});

describe('the arena', () => {
  it('maps touched RAM for loads and stores, and never at offset 0', () => {
    const { memory } = board();
    expect(memory.readMap[RAM >>> 12]).toBe(0);
    const at = memory.touch(RAM + 0x123);
    expect(at).toBeGreaterThan(0);
    expect(at % PAGE_BYTES).toBe(0);
    expect(memory.touch(RAM + 0xfff)).toBe(at);
    expect(memory.readMap[RAM >>> 12]).toBe(at);
    expect(memory.writeMap[RAM >>> 12]).toBe(at);
    expect(memory.pageOfArena[at / PAGE_BYTES]).toBe(RAM >>> 12);
    memory.words[at >> 2] = 42;
    expect(memory.read(RAM, 4, 0)).toBe(42);
  });

  it('holds exactly its capacity and says so when it is full', () => {
    const { memory } = board(3);
    for (let i = 0; i < 3; i++) memory.write(RAM + i * PAGE_BYTES, 4, i + 1, 0);
    expect(() => memory.read(RAM + 3 * PAGE_BYTES, 4, 0)).toThrow(MemoryExhausted);
    expect(() => memory.write(RAM + 3 * PAGE_BYTES, 4, 1, 0)).toThrow(/more than 3 pages/);
    expect(memory.read(RAM + 2 * PAGE_BYTES + 0, 4, 0)).toBe(3);
    memory.reset();
    expect(memory.read(RAM + 3 * PAGE_BYTES, 4, 0)).toBe(0);
  });
});

describe('reset', () => {
  it('makes everything zero and untouched again', () => {
    const { memory } = board();
    memory.load(physical(ROM), Uint8Array.of(1));
    memory.write(RAM, 4, 1, 0);
    memory.lineFlags[memory.touch(RAM) >>> LINE_SHIFT] = 0xff;
    memory.reset();
    expect([...memory.touched()]).toEqual([]);
    expect([memory.readMap[RAM >>> 12], memory.writeMap[RAM >>> 12], memory.readMap[ROM >>> 12]]).toEqual([0, 0, 0]);
    expect(memory.read(RAM, 4, 0)).toBe(0);
    expect(memory.read(ROM, 4, 0)).toBe(0);
    expect(memory.lineFlags.every((f) => f === 0)).toBe(true);
  });

  it('costs little on a machine that touched few pages (clearing the maps instead takes several seconds)', () => {
    const { memory } = board(16384);
    const start = performance.now();
    for (let i = 0; i < 5000; i++) {
      memory.write(RAM, 4, i, 0);
      memory.reset();
    }
    expect(performance.now() - start).toBeLessThan(1500);
  });
});

describe('load, zero and dump', () => {
  it('cross pages and come back the same', () => {
    const { memory } = board();
    const data = Uint8Array.from({ length: 3 * PAGE_BYTES }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
    memory.load(physical(RAM + 0xffe), data);
    expect(memory.dump(physical(RAM + 0xffe), data.length)).toEqual(data);
    expect(memory.read(RAM + 0xffe, 1, 0)).toBe(data[0]);
    expect(memory.read(RAM + 0x1000, 1, 0)).toBe(data[2]);
    expect([...memory.touched()].map((p) => p.address)).toEqual([RAM, RAM + 0x1000, RAM + 0x2000, RAM + 0x3000]);
  });

  it('write ROM, and the last byte of the address space', () => {
    const { memory } = board();
    memory.load(physical(ROM + 0x1ffc), Uint8Array.of(1, 2, 3, 4));
    memory.load(physical(0xfffffffe), Uint8Array.of(5, 6));
    expect(memory.read(ROM + 0x1ffc, 4, 0)).toBe(0x04030201);
    expect(memory.read(0xffffffff, 1, 0)).toBe(6);
  });

  it('refuse what does not fit and then write nothing', () => {
    const { memory } = board();
    const two = Uint8Array.of(1, 2);
    expect(() => memory.load(physical(0xffffffff), two)).toThrow(/past the address space/);
    expect(() => memory.load(physical(RAM + 0x7fff), two)).toThrow(/no RAM or ROM at 0x80008000/);
    expect(() => memory.load(physical(0x40000000), two)).toThrow(/no RAM or ROM at 0x40000000/);
    expect(() => memory.zero(physical(RAM + 0xfffff), 2)).toThrow(/no RAM or ROM/);
    expect(() => memory.zero(physical(0x60000004), 2)).toThrow(/no RAM or ROM at 0x60000004/);
    expect(memory.read(RAM + 0x7fff, 1, 0)).toBe(0);
    expect([...memory.touched()].length).toBe(1);
  });

  it('zero clears exactly its range and touches nothing', () => {
    const { memory } = board();
    memory.load(physical(RAM), new Uint8Array(2 * PAGE_BYTES).fill(0xaa));
    memory.zero(physical(RAM + 0xffe), 4);
    expect([...memory.dump(physical(RAM + 0xffd), 6)]).toEqual([0xaa, 0, 0, 0, 0, 0xaa]);
    memory.zero(physical(RAM + 0x1ffe), 0x4000);
    expect(memory.read(RAM + 0x1ffd, 1, 0)).toBe(0xaa);
    expect(memory.read(RAM + 0x1ffe, 2, 0)).toBe(0);
    expect([...memory.touched()].length).toBe(2);
  });

  it('dump reads untouched, device and error pages as zero without side effects, and wraps', () => {
    const { memory, device } = board();
    expect(memory.dump(physical(0x3ffffffe), 4)).toEqual(new Uint8Array(4));
    expect(device.seen).toEqual([]);
    memory.write(0xffffffff, 1, 9, 0);
    expect([...memory.dump(physical(0xffffffff), 2)]).toEqual([9, 0]);
    expect([...memory.touched()].length).toBe(1);
  });
});

describe('codeWritten', () => {
  const withCode = (): { memory: PhysicalMemory; lines: number[]; base: number } => {
    const { memory } = board();
    const base = memory.touch(RAM);
    memory.lineFlags[(base + 0x40) >>> LINE_SHIFT] |= LINE_HAS_CODE;
    const lines: number[] = [];
    memory.codeWritten = (at) => lines.push((at - base) >> LINE_SHIFT);
    return { memory, lines, base };
  };

  it('is called for stores to the flagged line only, at every size', () => {
    const { memory, lines } = withCode();
    memory.write(RAM + 0x3c, 4, 1, 0);
    memory.write(RAM + 0x60, 4, 1, 0);
    expect(lines).toEqual([]);
    memory.write(RAM + 0x40, 4, 1, 0);
    memory.write(RAM + 0x5f, 1, 1, 0);
    memory.write(RAM + 0x4e, 2, 1, 0);
    expect(lines).toEqual([2, 2, 2]);
  });

  it('is called once a line by loaders', () => {
    const { memory, lines } = withCode();
    memory.load(physical(RAM + 0x3f), new Uint8Array(1));
    memory.load(physical(RAM + 0x60), new Uint8Array(64));
    expect(lines).toEqual([]);
    memory.load(physical(RAM + 0x3f), new Uint8Array(2));
    memory.zero(physical(RAM), 0x200);
    expect(lines).toEqual([2, 2]);
  });
});
