import type { Platform } from '../../platforms/platform.js';
import { BadInput } from '../failure.js';
import type { Setting } from './settings.js';

/*
 * Views: the same run under the platform's own core and under the abstract C(w), which counts instructions, data beats and redirects
 * alike on every platform. What holds in all of them is a fact of the paths and of the memory they touch, not of one core.
 */

/** Wait cycles of the views C(w). */
export const VIEW_WAITS = [0, 1, 4] as const;

/** Parameters that say which cycle model a machine has. */
export const VIEW_PARAMETERS: readonly string[] = ['timing', 'commonWait'];

/**
 * Each point under every view: as it is, then under C(w) on all platforms.
 * @throws BadInput if a point sets the cycle model itself, or a platform has only one.
 */
export function viewPoints(
  points: readonly (readonly Setting[])[],
  platforms: readonly Platform[],
): readonly (readonly Setting[])[] {
  const set = points
    .flat()
    .find(({ target, name }) => VIEW_PARAMETERS.includes(name) && platforms.some(({ id }) => id === target));
  if (set !== undefined) {
    throw new BadInput('--views', `beside ${set.place}`, 'it sets the cycle models itself: give one of them');
  }
  const single = platforms.find(
    ({ parameters }) => !VIEW_PARAMETERS.every((name) => parameters.some((p) => p.name === name)),
  );
  if (single !== undefined) {
    const lacks = `${single.id} has no parameters ${VIEW_PARAMETERS.join(' and ')}`;
    throw new BadInput('--views', lacks, 'choose other platforms with --platform');
  }
  const common = VIEW_WAITS.map((wait) =>
    platforms.flatMap(({ id: target }): Setting[] => [
      { place: '--views', target, name: 'timing', value: 'common' },
      { place: '--views', target, name: 'commonWait', value: String(wait) },
    ]),
  );
  return points.flatMap((point) => [[...point], ...common.map((view) => [...point, ...view])]);
}
