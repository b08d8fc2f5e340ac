import type { ParameterValues, Platform } from '../../platforms/platform.js';
import type { Scenario } from '../../workloads/language/scenario.js';
import { notApplicable } from '../../workloads/not-applicable.js';
import { BUILT_IN } from '../platforms.js';

/** Whether a platform has something to measure for a scenario. */
export type Applicability =
  | { readonly kind: 'runs' }
  /** There is nothing to measure, and why. */
  | { readonly kind: 'not applicable'; readonly reason: string }
  /** The platform and the list of such cells do not say the same: a defect of the suite. */
  | { readonly kind: 'disagreement'; readonly reason: string };

/**
 * Asks the platform, and for one that comes with Bulkhead also the list of cells where there is nothing to measure
 * (`workloads/not-applicable.ts`): no cell may be empty without a listed reason.
 */
export function applicability(platform: Platform, scenario: Scenario, parameters: ParameterValues): Applicability {
  const refused = platform.kernel === undefined ? 'no kernel yet' : platform.kernel.supports(scenario, parameters);
  if (!BUILT_IN.some(({ id }) => id === platform.id)) {
    return refused === undefined ? { kind: 'runs' } : { kind: 'not applicable', reason: refused };
  }
  const cell = notApplicable(scenario.id, scenario.parameters, platform.id, parameters['isolation']);
  if (cell !== undefined) return { kind: 'not applicable', reason: cell.reason };
  if (refused === undefined) return { kind: 'runs' };
  return { kind: 'disagreement', reason: `${refused}; workloads/not-applicable.ts does not list that` };
}
