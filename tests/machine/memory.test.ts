import { describe, expect, it } from 'vitest';
import type { Device } from '../../platforms/machine/device.js';
import {
  LINE_HAS_CODE,
  LINE_SHIFT,
  LINE_WATCHED,
  MemoryExhausted,
  PAGE_BYTES,
  PhysicalMemory,
} from '../../platforms/machine/memory.js';
import { physical } from '../../platforms/machine/units.js';

/** Records what reaches it; answers loads with the offset, and offset 0x800 with a bus error. */
class Recorder implements Device {
  readonly seen: string[] = [];
  constructor(readonly name: string) {}
  attach(): void {}
  reset(): void {}
  fire(): void {}
  save(): number[] {
    return [];
  }
  load(): void {}
  read(offset: number, size: number, now: number): number | undefined {
    this.seen.push(`read ${offset} ${size} @${now}`);
    return offset === 0x800 ? undefined : offset;
  }
  write(offset: number, size: number, value: number, now: number): 'ok' | 'error' {
    this.seen.push(`write ${offset} ${size} ${value} @${now}`);
    return offset === 0x800 ? 'error' : 'ok';
  }
}

const RAM = 0x80000000;
const ROM = 0x2000;
const LAST = 0xfffff000;

const board = (capacity = 64): { memory: PhysicalMemory; device: Recorder } => {
  const device = new Recorder('recorder');
  const memory = new PhysicalMemory(
    [
      { kind: 'rom', start: ROM, bytes: 0x2000 },
      { kind: 'ram', start: RAM, bytes: 0x100000 },
      { kind: 'error', start: RAM + 0x8000, bytes: 0x1000 },
      { kind: 'device', start: 0x40000000, bytes: 0x2000, device },
      { kind: 'ram', start: LAST, bytes: 0x1000 },
    ],
    capacity,
  );
  return { memory, device };
};

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

describe('the watch', () => {
  const WORD = RAM + 0x1044;

  it('calls the handler after every store to the word, with the whole word, unsigned', () => {
    const { memory } = board();
    const seen: number[] = [];
    memory.watch(physical(WORD), (v) => seen.push(v));
    memory.write(WORD, 4, -1, 0);
    memory.write(WORD + 1, 1, 0, 0);
    memory.write(WORD + 2, 2, 0x1234, 0);
    memory.write(WORD - 4, 4, 1, 0);
    memory.write(WORD + 4, 4, 1, 0);
    memory.write(WORD + 0x1000, 4, 1, 0);
    memory.write(WORD - 0x1000, 4, 1, 0);
    expect(seen).toEqual([0xffffffff, 0xffff00ff, 0x123400ff]);
  });

  it('flags exactly one line, whether the page is touched before or after', () => {
    for (const touchFirst of [true, false]) {
      const { memory } = board();
      if (touchFirst) memory.touch(WORD);
      memory.watch(physical(WORD), () => undefined);
      const base = memory.touch(WORD);
      memory.touch(0xffffffff);
      const flagged = [...memory.lineFlags.keys()].filter((line) => memory.lineFlags[line] !== 0);
      expect(flagged).toEqual([(base + 0x44) >>> LINE_SHIFT]);
      expect(memory.lineFlags[flagged[0]]).toBe(LINE_WATCHED);
    }
  });

  it('outlives reset and restore', () => {
    const { memory } = board();
    const seen: number[] = [];
    memory.write(WORD, 4, 5, 0);
    const before = memory.save();
    memory.watch(physical(WORD), (v) => seen.push(v));
    memory.reset();
    memory.write(RAM, 4, 1, 0);
    memory.write(WORD, 4, 1, 0);
    memory.restore(before);
    expect(seen).toEqual([1]);
    memory.write(WORD + 3, 1, 2, 0);
    expect(seen).toEqual([1, 0x02000005]);
  });

  it('is replaced by a new one and ended by unwatch, leaving no flag behind', () => {
    const { memory } = board();
    const seen: string[] = [];
    memory.touch(WORD);
    memory.watch(physical(WORD), () => seen.push('first'));
    memory.watch(physical(WORD + 0x100), () => seen.push('second'));
    memory.write(WORD, 4, 1, 0);
    memory.write(WORD + 0x100, 4, 1, 0);
    memory.unwatch();
    memory.unwatch();
    memory.write(WORD + 0x100, 4, 1, 0);
    expect(seen).toEqual(['second']);
    expect(memory.lineFlags.every((f) => f === 0)).toBe(true);
    memory.touch(0xffffffff); // page 0xFFFFF: must not be taken for the page of "no watch"
    memory.reset();
    memory.touch(WORD);
    memory.touch(0xffffffff);
    expect(memory.lineFlags.every((f) => f === 0)).toBe(true);
  });

  it('works beside code in the same line', () => {
    const { memory } = board();
    const calls: string[] = [];
    memory.watch(physical(WORD), () => calls.push('watch'));
    memory.codeWritten = () => calls.push('code');
    memory.lineFlags[(memory.touch(WORD) + 0x44) >>> LINE_SHIFT] |= LINE_HAS_CODE;
    memory.write(WORD + 4, 4, 1, 0);
    expect(calls).toEqual(['code']);
    memory.write(WORD, 4, 1, 0);
    expect(calls).toEqual(['code', 'code', 'watch']);
  });

  it('notices a store an engine made itself and reported', () => {
    const { memory } = board();
    const seen: number[] = [];
    memory.watch(physical(WORD), (v) => seen.push(v));
    const at = memory.touch(WORD) + 0x44;
    memory.words[at >> 2] = 77;
    memory.stored(at);
    memory.stored(at + 4);
    expect(seen).toEqual([77]);
  });

  it('is not set off by loaders', () => {
    const { memory } = board();
    const seen: number[] = [];
    memory.watch(physical(WORD), (v) => seen.push(v));
    memory.load(physical(WORD), Uint8Array.of(1, 2, 3, 4));
    memory.zero(physical(WORD), 4);
    expect(seen).toEqual([]);
  });

  it('refuses addresses at which no store could be noticed', () => {
    const { memory } = board();
    for (const address of [WORD + 1, WORD + 2, ROM, 0x40000000, 0x60000000, RAM + 0x8000]) {
      expect(() => memory.watch(physical(address), () => undefined), address.toString(16)).toThrow(RangeError);
    }
  });
});

describe('snapshots', () => {
  it('bring back contents, arena offsets and engine flags, and untouch what came later', () => {
    const { memory } = board();
    memory.write(RAM + 0x3000, 4, 3, 0);
    memory.write(RAM, 4, 1, 0);
    memory.load(physical(ROM), Uint8Array.of(8));
    const at = memory.touch(RAM);
    memory.lineFlags[at >>> LINE_SHIFT] = 0xa4 | LINE_HAS_CODE;
    const saved = memory.save();
    memory.write(RAM, 4, 99, 0);
    memory.write(RAM + 0x5000, 4, 5, 0);
    memory.reset();
    memory.write(RAM + 0x5000, 4, 5, 0); // takes another page's place in the arena
    memory.restore(saved);
    expect([RAM, RAM + 0x3000, ROM].map((a) => memory.read(a, 4, 0))).toEqual([1, 3, 8]);
    expect(memory.touch(RAM)).toBe(at);
    expect(memory.lineFlags[at >>> LINE_SHIFT]).toBe(0xa4);
    expect(memory.writeMap[ROM >>> 12]).toBe(0);
    expect(memory.readMap[(RAM + 0x5000) >>> 12]).toBe(0);
    expect(memory.read(RAM + 0x5000, 4, 0)).toBe(0);
  });

  it('are copies: neither later stores nor the restored memory change them', () => {
    const { memory } = board();
    memory.write(RAM, 4, 1, 0);
    const saved = memory.save();
    memory.write(RAM, 4, 2, 0);
    memory.restore(saved);
    memory.write(RAM, 4, 3, 0);
    memory.restore(saved);
    expect(memory.read(RAM, 4, 0)).toBe(1);
  });

  it('of another memory are refused before anything changes', () => {
    const { memory } = board(2);
    memory.write(RAM, 4, 1, 0);
    const large = board();
    for (let i = 0; i < 3; i++) large.memory.touch(RAM + i * PAGE_BYTES);
    expect(() => memory.restore(large.memory.save())).toThrow(/3 pages does not fit/);
    const elsewhere = new PhysicalMemory([{ kind: 'ram', start: 0x60000000, bytes: 0x1000 }], 2);
    elsewhere.touch(0x60000000);
    expect(() => memory.restore(elsewhere.save())).toThrow(/no RAM or ROM at 0x60000000/);
    expect(memory.read(RAM, 4, 0)).toBe(1);
  });
});

describe('pages for hashing', () => {
  const addresses = (memory: PhysicalMemory): number[] => Array.from(memory.nonZeroPages(), (p) => p.address);

  it('come in address order and leave out all-zero ones, touched or not', () => {
    const { memory } = board();
    memory.write(LAST + 0xfff, 1, 1, 0);
    memory.write(RAM + 0x2000, 1, 1, 0);
    memory.touch(RAM + 0x1000);
    memory.write(RAM + 0x4000, 4, 1, 0);
    memory.write(RAM + 0x4000, 4, 0, 0);
    memory.load(physical(ROM), Uint8Array.of(3));
    expect(addresses(memory)).toEqual([ROM, RAM + 0x2000, LAST]);
    expect([...memory.touched()].length).toBe(5);
  });

  it('have the contents as they are', () => {
    const { memory } = board();
    memory.write(RAM + 4, 4, 0x01020304, 0);
    const [page] = memory.nonZeroPages();
    expect(page.data.length).toBe(PAGE_BYTES);
    expect([...page.data.subarray(2, 9)]).toEqual([0, 0, 4, 3, 2, 1, 0]);
  });
});
