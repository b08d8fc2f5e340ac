import type { ScenarioBuilder } from '../language/index.js';

/**
 * The span of a service's attempt, from mark `tries` to `goes_on` of who called it.
 * @param caller what it is called
 * @param beside what else there is to know, behind the meaning
 */
export function measureAttempt(s: ScenarioBuilder, caller: string, beside = ''): void {
  s.span('attempt', {
    from: 'tries',
    to: 'goes_on',
    trip: 'one-way',
    path: 'fault',
    meaning: `from the attempt until the ${caller} goes on, with an answer or an error${beside}`,
  });
}
