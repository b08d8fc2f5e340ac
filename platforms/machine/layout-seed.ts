import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * Numbers that a layout with a seed is made of: the same seed gives the same numbers everywhere. Seed 0 is the canonical
 * layout: all numbers are 0.
 * @returns draws a multiple of `step` from 0 to below `limit`.
 */
export function layoutNumbers(seed: number): (limit: number, step: number) => number {
  if (seed === 0) return () => 0;
  const generator = xoroshiro128plus(seed);
  return (limit, step) => step * uniformInt(generator, 0, Math.floor(limit / step) - 1);
}
