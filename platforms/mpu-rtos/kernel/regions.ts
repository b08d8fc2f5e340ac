import { hex32 } from '../../machine/units.js';
import type { KernelConfig } from './parameters.js';

/** Smallest region that the MPU can describe, and with it the granularity of addresses (DDI0419 B3.5, DDI0403E B3.5, DDI0553 MPU_RBAR). */
const SMALLEST: Readonly<Record<KernelConfig['core'], number>> = { m0plus: 256, m3: 32, m4: 32, m33: 32 };
/** Smallest region of genlink. */
const SMALLEST_AS_SHIPPED = 256;

/** Bytes that the MPU of a core protects together. */
export const regionGranule = ({ core }: Pick<KernelConfig, 'core'>): number => SMALLEST[core];

/** Bytes of the region for so many bytes of variables; 0 for none. */
export function regionBytes({ core, regionSizes }: KernelConfig, bytes: number): number {
  if (bytes === 0) return 0;
  if (regionSizes === 'as-shipped') return Math.max(SMALLEST_AS_SHIPPED, 2 ** (Math.floor(Math.log2(bytes)) + 1));
  if (core === 'm33') return Math.ceil(bytes / SMALLEST.m33) * SMALLEST.m33;
  return Math.max(SMALLEST[core], 2 ** Math.ceil(Math.log2(bytes)));
}

/** What the address of a region must be a multiple of. */
const regionAlignment = ({ core, regionSizes }: KernelConfig, region: number): number =>
  core === 'm33' && regionSizes === 'tight' ? SMALLEST.m33 : region;

/** Variables that become a region. */
export interface Block {
  /** Name of the process and section, for messages. */
  readonly process: string;
  readonly section: string;
  readonly bytes: number;
  readonly alignment: number;
  /** Number of the block whose region this one's follows as closely as their alignments allow; that one follows none. */
  readonly behind?: number;
}

/** Where a region lies; `bytes` is the region's size. */
export interface PlacedBlock {
  readonly start: number;
  readonly bytes: number;
}

/**
 * Places regions one after the other, largest first as genlink does, so that alignment leaves few holes.
 * @returns places in the order of `blocks`.
 * @throws RangeError if they do not fit between `start` and `end`.
 */
export function placeRegions(
  config: KernelConfig,
  blocks: readonly Block[],
  start: number,
  end: number,
): readonly PlacedBlock[] {
  const sized = blocks.map((block, i) => ({ ...block, i, region: regionBytes(config, block.bytes) }));
  const places: PlacedBlock[] = blocks.map(() => ({ start: 0, bytes: 0 }));
  const multipleOf = ({ region, alignment }: (typeof sized)[number]): number =>
    Math.max(regionAlignment(config, region), alignment);
  const up = (address: number, multiple: number): number => Math.ceil(address / multiple) * multiple;
  let next = start;
  const take = (block: (typeof sized)[number], at: number): void => {
    const { process, section, i, region } = block;
    if (at + region > end) {
      const left = Math.max(0, end - at);
      throw new RangeError(
        `process ${process}: ${section} needs a region of ${region} bytes at a multiple of ${multipleOf(block)}, ${left} bytes of RAM are left`,
      );
    }
    places[i] = { start: at, bytes: region };
    next = at + region;
  };
  for (const block of [...sized].sort((a, b) => b.region - a.region || a.i - b.i)) {
    if (block.region === 0 || block.behind !== undefined) continue;
    const follower = sized.find(({ behind, region }) => behind === block.i && region > 0);
    if (follower === undefined) {
      take(block, up(next, multipleOf(block)));
      continue;
    }
    const seam = up(next + block.region, multipleOf(follower));
    const before = seam - block.region;
    take(block, before % multipleOf(block) === 0 ? before : up(next, multipleOf(block)));
    take(follower, up(next, multipleOf(follower)));
  }
  return places;
}

/** Checks memory of a device. @throws RangeError if no region can describe it. */
export function checkMmio({ core }: KernelConfig, process: string, start: number, bytes: number): void {
  const smallest = SMALLEST[core];
  const fits =
    core === 'm33'
      ? bytes > 0 && bytes % smallest === 0 && start % smallest === 0
      : bytes >= smallest && Number.isInteger(Math.log2(bytes)) && start % bytes === 0;
  if (fits) return;
  const rule =
    core === 'm33'
      ? `multiples of ${smallest}`
      : `a power of two of at least ${smallest} bytes at a multiple of its size`;
  throw new RangeError(
    `process ${process}: no region describes ${bytes} bytes of a device at ${hex32(start)}: it must be ${rule}`,
  );
}
