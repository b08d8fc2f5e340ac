import type { Outcome } from './evaluate.js';
import { type Claim, isMeasurement, type Measurement } from './schema.js';
import { gapOf, ratioOf, reachOf, type Verdict, verdictOf } from './verdict.js';

/** A published figure with what came of it here. */
export interface Judgement {
  readonly claim: Claim;
  /** Null where nothing was measured. */
  readonly simulated: number | null;
  readonly ratio: number | null;
  readonly verdict: Verdict;
  /** Why there is no figure, of the verdicts `not modelled` and `error`. */
  readonly reason?: string;
}

/** Judges a claim. @param measured gives what a measurement came to */
export function judge(claim: Claim, measured: (m: Measurement) => Outcome): Judgement {
  const { measurement, value: published, tolerance, unknowns, missing } = claim;
  const none = { claim, simulated: null, ratio: null };
  if (measurement.kind === 'not modelled') return { ...none, verdict: 'not modelled', reason: measurement.reason };
  if (!isMeasurement(measurement)) {
    const command = `bulkhead validate silicon --elf ${measurement.name}=PATH`;
    return { ...none, verdict: 'not modelled', reason: `its program is not part of Bulkhead; ${command} runs it` };
  }
  const outcome = measured(measurement);
  if (!outcome.ok) return { ...none, verdict: 'error', reason: outcome.reason };
  const evidence = { published, simulated: outcome.value, tolerance, unknowns, missing };
  return { claim, simulated: outcome.value, ratio: ratioOf(evidence), verdict: verdictOf(evidence) };
}

const percent = (ratio: number): string => `${(100 * ratio).toFixed(0)} %`;

/** What is known about a figure that was not reproduced; empty for the others. */
export function explain({ claim, simulated, verdict, reason }: Judgement): readonly string[] {
  const { measurement, unknowns, missing, explanation } = claim;
  switch (verdict) {
    case 'reproduced':
      return [];
    case 'error':
      return [reason!];
    case 'not modelled':
      return [reason!, ...(measurement.kind === 'not modelled' && measurement.known ? [measurement.known] : [])];
    default: {
      const [low, high] = reachOf(unknowns);
      const reach =
        unknowns.length === 0
          ? []
          : [
              `unknown (${percent(low)} to ${percent(high)} of ours in all): ` +
                unknowns
                  .map(({ what, effect: [l, h], basis }) => `${what}, ${percent(l)} to ${percent(h)} (${basis})`)
                  .join('; '),
            ];
      const listed = missing.reduce((sum, { worth }) => sum + worth, 0);
      const gap = gapOf({ published: claim.value, simulated: simulated! });
      const share = gap > 0 ? `${showFigure(listed)} of ${showFigure(gap)}` : showFigure(listed);
      const work =
        missing.length === 0
          ? []
          : [
              `missing work, ${share} ${claim.unit}: ` +
                missing.map(({ what, worth, basis }) => `${what} ${showFigure(worth)} (${basis})`).join('; '),
            ];
      return [...work, ...(explanation === undefined ? [] : [explanation]), ...reach];
    }
  }
}

/** A figure with at most four significant digits behind the point. */
export const showFigure = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toFixed(Math.abs(value) < 10 ? 3 : 2)));
