import type { Buffer } from '../workloads/language/scenario.js';

/*
 * Buffers whose place behind another one the scenario fixes. What a linker lays out in the order of a list and at multiples of 8
 * puts them there with these directives.
 */

/** Where the first of two buffers ends in its granule if there is to be room behind it in the same one. */
const INTO_GRANULE = 8;

/** Bytes between two buffers that share a granule without being neighbours. */
const GAP = 8;

/** Buffers that are protected together, in the order in which they lie. */
export interface BuffersInPlace {
  /** The one that lies behind a buffer of another memory: the first of all variables. */
  readonly first?: Buffer;
  /** Each that lies behind another right after that one. */
  readonly between: readonly Buffer[];
  /** The one behind which one of another memory lies: the last of all variables. */
  readonly last?: Buffer;
}

/** True if where the buffer lies is fixed: because of its own place, or of that of another behind it. */
export const isPlaced = ({ name, behind }: Buffer, all: readonly Buffer[]): boolean =>
  behind !== undefined || all.some((other) => other.behind?.buffer === name);

/**
 * The order of buffers.
 * @param own those that are protected together; @param all those of the scenario
 */
export function inPlace(own: readonly Buffer[], all: readonly Buffer[]): BuffersInPlace {
  const isOwn = ({ name }: Buffer): boolean => own.some((other) => other.name === name);
  const first = own.find(({ behind }) => behind !== undefined && !own.some(({ name }) => name === behind.buffer));
  const last = own.find(({ name }) => all.some((other) => other.behind?.buffer === name && !isOwn(other)));
  const between = own
    .filter((buffer) => buffer !== first && buffer !== last && buffer.behind === undefined)
    .flatMap((buffer) => [buffer, ...own.filter(({ behind }) => behind?.buffer === buffer.name)]);
  return { ...(first === undefined ? {} : { first }), between, ...(last === undefined ? {} : { last }) };
}

/**
 * The domain whose memory that of these domains is to follow directly.
 * @param domains those that are protected together; @param all buffers of the scenario
 */
export function domainBefore(domains: ReadonlySet<string>, all: readonly Buffer[]): string | undefined {
  const { first } = inPlace(
    all.filter(({ domain }) => domains.has(domain)),
    all,
  );
  return all.find(({ name }) => name === first?.behind?.buffer)?.domain;
}

/**
 * Directives in front of the label of a buffer between others that bring it into its place.
 * @param all buffers of the scenario
 * @param granule bytes that the platform protects together: a power of two, more than 8
 */
export function linesBefore(
  { name, bytes, behind }: Buffer,
  all: readonly Buffer[],
  granule: number,
): readonly string[] {
  if (behind !== undefined) {
    return { adjacent: [], nearest: [], 'same-granule': [`.space ${GAP}`], 'next-granule': [`.balign ${granule}`] }[
      behind.at
    ];
  }
  const follower = all.find((other) => other.behind?.buffer === name);
  if (follower === undefined) return [];
  const shares = follower.behind!.at === 'same-granule' || follower.behind!.at === 'next-granule';
  return endingAt(bytes, granule, shares ? INTO_GRANULE : bytes);
}

/** Directives in front of the label of the last buffer: it ends where a granule does. */
export const linesBeforeLast = ({ bytes }: Buffer, granule: number): readonly string[] => endingAt(bytes, granule, 0);

/** Directives in front of so many bytes, so that they end so far behind the beginning of a granule. */
const endingAt = (bytes: number, granule: number, end: number): readonly string[] => {
  const before = (((end - bytes) % granule) + granule) % granule;
  return [`.balign ${granule}`, ...(before > 0 ? [`.space ${before}`] : [])];
};
