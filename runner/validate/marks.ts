import type { Image } from '../../platforms/machine/image.js';
import { type PhysicalAddress, physical } from '../../platforms/machine/units.js';

/** The retirement of a marker instruction: `slti x0,x0,mark`. */
export interface Mark {
  readonly mark: number;
  readonly cycle: number;
  /** Retired instructions, the marker included. */
  readonly instructions: number;
}

const MARK_MASK = 0x000fffff;
const MARK_MATCH = 0x00002013;
const MAX_MARK = 15;

/**
 * Where an image may hold marker instructions: every halfword at which the bytes are those of `slti x0,x0,k` with k from 1
 * to 15. Bytes that only look like one (data, the middle of two instructions) never retire and so do no harm.
 */
export function findMarkers(image: Image): { readonly address: PhysicalAddress; readonly mark: number }[] {
  const found: { address: PhysicalAddress; mark: number }[] = [];
  for (const { data, physical: start } of image.segments) {
    for (let i = 0; i + 4 <= data.length; i += 2) {
      const word = (data[i] | (data[i + 1] << 8) | (data[i + 2] << 16) | (data[i + 3] << 24)) >>> 0;
      const mark = word >>> 20;
      if ((word & MARK_MASK) === MARK_MATCH && mark >= 1 && mark <= MAX_MARK) {
        found.push({ address: physical(start + i), mark });
      }
    }
  }
  return found;
}

/**
 * The complete passes over marks 1 to `last`, in order of execution. A mark out of order ends a pass; the next mark 1
 * begins another.
 */
export function passes(marks: readonly Mark[], last: number): Mark[][] {
  const complete: Mark[][] = [];
  let current: Mark[] = [];
  for (const mark of marks) {
    if (mark.mark === 1) current = [mark];
    else if (current.length > 0 && mark.mark === current.length + 1) current.push(mark);
    else current = [];
    if (current.length === last) {
      complete.push(current);
      current = [];
    }
  }
  return complete;
}
