import { describe, expect, it } from 'vitest';
import { LINE_HAS_CODE, LINE_SHIFT, LINE_WATCHED, PAGE_BYTES, PhysicalMemory } from '../../platforms/machine/memory.js';
import { physical } from '../../platforms/machine/units.js';
import { board, LAST, RAM, ROM } from './board.js';

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
