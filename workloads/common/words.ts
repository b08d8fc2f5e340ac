/** Pseudo-random words, always the same for a seed (Knuth's MMIX-like 32-bit congruential generator). */
export function pseudoRandom(count: number, seed = 1): readonly number[] {
  let state = seed >>> 0;
  return Array.from({ length: count }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0));
}

/** 0, 1, ... count - 1. */
export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** Sum modulo 2^32. */
export const sumOf = (words: readonly number[]): number => words.reduce((sum, word) => (sum + word) >>> 0, 0);
