import type { Buffer } from '../workloads/language/scenario.js';

/*
 * Buffers whose place behind another one the scenario fixes. What a linker lays out in the order of a list and at multiples of 8
 * puts them there with these directives.
 */

/** Where the first of two buffers ends in its granule if there is to be room behind it in the same one. */
const INTO_GRANULE = 8;

/** Bytes between two buffers that share a granule without being neighbours. */
const GAP = 8;

/** True if where the buffer lies is fixed: because of its own place, or of that of another behind it. */
export const isPlaced = ({ name, behind }: Buffer, all: readonly Buffer[]): boolean =>
  behind !== undefined || all.some((other) => other.behind?.buffer === name);

/** The buffers, each that lies behind another right after that one. */
export const inPlace = (buffers: readonly Buffer[]): readonly Buffer[] =>
  buffers
    .filter(({ behind }) => behind === undefined)
    .flatMap((first) => [first, ...buffers.filter(({ behind }) => behind?.buffer === first.name)]);

/**
 * Directives in front of a buffer's label that bring it into its place.
 * @param all buffers of the domain, in the order of `inPlace`
 * @param granule bytes that the platform protects together: a power of two, more than 8
 */
export function linesBefore(
  { name, bytes, behind }: Buffer,
  all: readonly Buffer[],
  granule: number,
): readonly string[] {
  if (behind !== undefined) {
    return { adjacent: [], 'same-granule': [`.space ${GAP}`], 'next-granule': [`.balign ${granule}`] }[behind.at];
  }
  const follower = all.find((other) => other.behind?.buffer === name);
  if (follower === undefined) return [];
  const first = follower.behind!.at === 'adjacent' ? 0 : (INTO_GRANULE - (bytes % granule) + granule) % granule;
  return [`.balign ${granule}`, ...(first > 0 ? [`.space ${first}`] : [])];
}
