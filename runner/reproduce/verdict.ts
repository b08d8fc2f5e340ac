/** What can be said of a published figure and a simulated one, in the order in which it is counted. */
export const VERDICTS = [
  'reproduced',
  'consistent',
  'floor',
  'inconsistent',
  'not reproduced',
  'not modelled',
  'error',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a verdict depends on. */
export interface Evidence {
  /** Published figure, or the least and greatest of an interval. */
  readonly published: number | readonly [low: number, high: number];
  readonly simulated: number;
  /** Relative error that counts as none. */
  readonly tolerance: number;
  /** For each unknown of the published set-up: by what ratio it could change the simulated figure, at least and at most. */
  readonly unknowns: readonly { readonly effect: readonly [low: number, high: number] }[];
  /** Work that the simulated system does not do, in the unit of the figures. */
  readonly missing: readonly { readonly worth: number }[];
}

/** Least share of the published figure, and of the gap, that a floor needs. */
const HALF = 0.5;

const ends = (figure: Evidence['published']): readonly [number, number] =>
  typeof figure === 'number' ? [figure, figure] : figure;

/** The published figure that is nearest to the simulated one. */
function nearest({ published, simulated }: Pick<Evidence, 'published' | 'simulated'>): number {
  const [low, high] = ends(published);
  return Math.min(Math.max(simulated, low), high);
}

/** By how much the simulated figure is below the published one, of an interval its nearest point; negative if it is above. */
export const gapOf = (evidence: Pick<Evidence, 'published' | 'simulated'>): number =>
  nearest(evidence) - evidence.simulated;

/** simulated / published, of an interval its nearest point; 1 if both are 0. */
export function ratioOf(evidence: Pick<Evidence, 'published' | 'simulated'>): number {
  const published = nearest(evidence);
  return evidence.simulated === published ? 1 : evidence.simulated / published;
}

/** By what ratio all unknowns together could change the simulated figure, at least and at most. */
export const reachOf = (unknowns: Evidence['unknowns']): readonly [low: number, high: number] =>
  unknowns.reduce<readonly [number, number]>(([l, h], { effect: [low, high] }) => [l * low, h * high], [1, 1]);

/**
 * The verdict on a figure:
 *
 * - *reproduced*: within the tolerance, and no unknown could move it further than that;
 * - *consistent*: some unknown could, and within what they could do together lies the published figure;
 * - *floor*: below the published figure, at least half of it, and a list of work that is missing is worth at least half the gap;
 * - *inconsistent*: the unknowns could move it further than the tolerance, and still not to the published figure;
 * - *not reproduced*: outside the tolerance, and no unknown could explain it.
 */
export function verdictOf(evidence: Evidence): Exclude<Verdict, 'not modelled' | 'error'> {
  const { published, simulated, tolerance, unknowns, missing } = evidence;
  const [low, high] = ends(published);
  const [less, more] = reachOf(unknowns);
  const open = less < 1 - tolerance || more > 1 + tolerance;
  const meets = (from: number, to: number): boolean => to >= low * (1 - tolerance) && from <= high * (1 + tolerance);
  if (!open && meets(simulated, simulated)) return 'reproduced';
  if (open && meets(simulated * less, simulated * more)) return 'consistent';
  const gap = gapOf(evidence);
  const listed = missing.reduce((sum, { worth }) => sum + worth, 0);
  if (gap > 0 && simulated >= HALF * nearest(evidence) && listed >= HALF * gap) return 'floor';
  return open ? 'inconsistent' : 'not reproduced';
}
