import type { ScenarioBuilder } from '../language/index.js';

/** Turns after which everybody else has had enough of them to come to an end. */
const TURNS = 16;

/**
 * A domain of its own that ends the run, for attempts after which the one who made them, or who asked for them, may not be
 * there any more.
 */
export function witness(s: ScenarioBuilder): void {
  s.thread('witness', { domain: s.domain('witness'), endsRun: true, priority: 1 }, (f) => {
    f.repeat(TURNS, () => f.yield());
  });
}
