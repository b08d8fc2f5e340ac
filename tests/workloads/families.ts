import { describe, expect, test } from 'vitest';
import { ISOLATIONS } from '../../platforms/platform.js';
import { WORKLOADS } from '../../workloads/index.js';
import { isExpected, marksOf, type Scenario } from '../../workloads/language/scenario.js';
import { notApplicable } from '../../workloads/not-applicable.js';
import { AT_DEFAULTS, cameTo } from './attempts.js';
import { run, WITH_KERNEL } from './run.js';

/* Every workload at its defaults. A test file for each platform, so that they run at the same time. */

/**
 * How often each mark must be passed: once each in what cannot be done twice, else once in each round; nobody is served where the
 * interrupt comes only in the runs that are swept.
 */
function passages(scenario: Scenario): Readonly<Record<string, number>> {
  const rounds = Number(scenario.parameters.rounds);
  const unrolled = /^(fault\.(load|stack|service)|guarantee\.|realtime\.fault)/.test(scenario.id);
  const times = (mark: string): number => {
    if (mark === scenario.arrivals?.served) return 0;
    // no fault, no handler
    if (scenario.id === 'fault.resume.benign' && (mark === 'handles' || mark === 'decides')) return 0;
    return unrolled || (scenario.id.startsWith('fault.crash') && /\d$/.test(mark)) ? 1 : rounds;
  };
  return Object.fromEntries(marksOf(scenario.functions).map((mark) => [mark, times(mark)]));
}

/** Built once: scenarios are frozen. */
const AT_THEIR_DEFAULTS = WORKLOADS.map((workload) => [workload.id, workload.build()] as const);

/** Tests that a platform runs every workload as it says, or is listed with the reason why not. */
export function describeFamilies(id: string): void {
  const platform = WITH_KERNEL.find((known) => known.id === id)!;
  describe.each(ISOLATIONS.map((isolation, i) => [isolation, i] as const))('isolation=%s', (isolation, i) => {
    test.each(AT_THEIR_DEFAULTS)('%s', (workload, scenario) => {
      const ran = run(platform, scenario, isolation);
      const cell = notApplicable(workload, scenario.parameters, id, isolation);
      if (typeof ran === 'string') {
        expect(cell?.reason, ran).toBeDefined();
        return;
      }
      expect(cell).toBeUndefined();
      expect(isExpected(scenario.expected, ran, isolation === 'none'), JSON.stringify(ran)).toBe(true);
      if (scenario.expected.observed === undefined) {
        const passed = { ...ran.passed };
        // a thread that does nothing but yield may have had a turn more before it is measured
        if (workload === 'realtime.yield') passed['enters'] = Math.min(passed['enters'], passed['leaves']);
        expect(passed).toEqual(passages(scenario));
      } else {
        const row = AT_DEFAULTS[workload] as Readonly<Record<string, readonly string[]>>;
        expect(cameTo(scenario.expected, ran)).toBe(row[id][i]);
        // a mark in front of an instruction that is stopped would not be passed, and the attempt have no number
        for (const { from } of scenario.spans) expect(from.marks.some((mark) => ran.passed[mark] > 0)).toBe(true);
      }
    });
  });
}
