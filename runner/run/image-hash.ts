import { createHash } from 'node:crypto';
import type { Image } from '../../platforms/machine/image.js';

const DIGITS = 16;

/** Hash of everything in an image that can change a result: bytes and their places, entry, phases. */
export function imageHash({ segments, phases, entry }: Image): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ entry, phases: phases.map((p) => [p.physical, p.phase]) }));
  for (const { physical, data, bytes } of segments) hash.update(`${physical}:${bytes}:${data.length}:`).update(data);
  return hash.digest('hex').slice(0, DIGITS);
}
