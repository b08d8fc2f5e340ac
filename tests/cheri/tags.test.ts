import { expect, test } from 'vitest';
import { PhysicalMemory } from '../../platforms/machine/memory.js';
import { TagMemory } from '../../platforms/cheri/hardware/tags.js';

const START = 0x20000000;
const PAGE = 0x1000;

/** Offsets of the granules that keep their tags of all in three pages, the middle one never touched. */
function keptAfter(offset: number, bytes: number): readonly number[] {
  const memory = new PhysicalMemory([{ kind: 'ram', start: START, bytes: 3 * PAGE }], 4);
  const tags = new TagMemory(memory);
  for (const page of [2, 0]) {
    const arena = memory.touch(START + page * PAGE);
    tags.tags.fill(1, arena / 8, (arena + PAGE) / 8);
  }
  tags.clearRange(START + offset, bytes);
  return tags.addresses().map((at) => at - START);
}

const granules = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, (to - from) / 8) }, (_, i) => from + 8 * i);

test.each([
  ['a granule', 0x18, 8, 0x18, 0x20],
  ['a byte of one', 0x1d, 1, 0x18, 0x20],
  ['bytes of two', 0x1e, 4, 0x18, 0x28],
  ['the end of a page', 0xff8, 8, 0xff8, 0x1000],
  ['a page', 0, 0x1000, 0, 0x1000],
  ['across a page that is not there', 0xff0, 0x1014, 0xff0, 0x2008],
  ['nothing', 0x18, 0, 0x18, 0x18],
])('clearing %s clears what it touches and nothing else', (_, offset, bytes, from, to) => {
  const all = [...granules(0, 0x1000), ...granules(0x2000, 0x3000)];
  expect(keptAfter(offset, bytes)).toEqual(all.filter((at) => at < from || at >= to));
});
