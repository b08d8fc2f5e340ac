import { expect, it } from 'vitest';
import { EM_RISCV, loadElf } from '../../platforms/machine/elf.js';
import { writeElf } from './elf-writer.js';

const FILES = 1000;

/** A small generator with a fixed seed (xorshift32), so that a failure comes back. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const EXTREMES = [
  0, 1, 2, 3, 0x7f, 0xff, 0x7fff, 0xfff1, 0xffff, 0x10000000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

it(`never throws on ${FILES} damaged files, and what it accepts is sound`, () => {
  const { bytes, symbol, sectionHeader } = writeElf({
    segments: [
      { vaddr: 0x80000000, data: Array.from({ length: 64 }, (_, i) => i) },
      { vaddr: 0x80001000, paddr: 0x80400000, data: [1, 2, 3, 4], memsz: 64 },
      { vaddr: 0x90000000, data: [], memsz: 4096 },
    ],
    symbols: ['_start', 'main', 'tohost', 'x'].map((name, i) => ({ name, value: 0x80000000 + 16 * i })),
  });
  const next = random(0xb01dface);
  const outcomes = { accepted: 0, refused: 0 };
  const problems = new Set<string>();
  for (let n = 0; n < FILES; n++) {
    let file = bytes.slice();
    const view = new DataView(file.buffer);
    for (let change = next(4); change >= 0; change--) {
      const anywhere = next(file.length - 4);
      // aim at the tables as often as at any byte
      const header = [next(52), 52 + next(96), symbol(0) + next(80), sectionHeader(0) + next(200)][next(4)] & ~3;
      const target = Math.min(header, file.length - 4);
      if (next(3) === 0) file[anywhere] ^= 1 << next(8);
      else if (next(2) === 0) view.setUint32(target, EXTREMES[next(EXTREMES.length)], true);
      else view.setUint16(target + 2 * next(2), EXTREMES[next(EXTREMES.length)], true);
    }
    if (next(5) === 0) file = file.slice(0, next(file.length));

    const noTranslation = next(2) === 0;
    const result = loadElf(file, { machine: EM_RISCV, noTranslation });
    if (!result.ok) {
      outcomes.refused++;
      expect(result.problem).toMatch(/^[^\n]{10,250}$/);
      problems.add(result.problem.replace(/0x[0-9a-f]+|\d+/g, 'N'));
      continue;
    }
    outcomes.accepted++;
    const { segments, symbols, entry } = result.value;
    const sorted = [...segments].sort((a, b) => a.physical - b.physical);
    sorted.forEach((s, i) => {
      expect(s.data.length).toBeLessThanOrEqual(s.bytes);
      expect(s.data.length).toBeLessThanOrEqual(file.length);
      const end = s.physical + s.bytes;
      expect(end).toBeLessThanOrEqual(sorted[i + 1]?.physical ?? 2 ** 32);
    });
    for (const s of symbols) {
      expect([s.virtual, s.physical].every((v) => Number.isInteger(v) && v >= 0 && v < 2 ** 32)).toBe(true);
      expect(s.name).not.toBe('');
    }
    expect(Number.isInteger(entry)).toBe(true);
  }
  // the damage is of the kind that matters: both outcomes are common and many different checks were reached
  expect(outcomes.accepted).toBeGreaterThan(100);
  expect(outcomes.refused).toBeGreaterThan(400);
  expect(problems.size).toBeGreaterThan(25);
});
