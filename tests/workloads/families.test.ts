import { describe, expect, test } from 'vitest';
import { ISOLATIONS } from '../../platforms/platform.js';
import { WORKLOADS } from '../../workloads/index.js';
import { isExpected, marksOf, type Ran, type Scenario } from '../../workloads/language/scenario.js';
import { notApplicable } from '../../workloads/not-applicable.js';
import { AT_DEFAULTS, cameTo } from './attempts.js';
import { run, WITH_KERNEL } from './run.js';

/* Every workload at its defaults, on every platform that runs scenarios. */

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

describe.each(WITH_KERNEL.map((platform) => [platform.id, platform] as const))('%s', (id, platform) => {
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
});

test('ids and titles are there once, points take values that the parameters have', () => {
  expect(new Set(WORKLOADS.map(({ id }) => id)).size).toBe(WORKLOADS.length);
  for (const workload of WORKLOADS) {
    const built = workload.points.map((values) => JSON.stringify(workload.build(values).parameters));
    expect(new Set(built).size, workload.id).toBe(workload.points.length);
  }
});

describe('a run is right or an error', () => {
  const expected = { reports: [1, 2], terminated: ['a'], observed: ['x', 'y'], mayEnd: ['b'] };
  const right = { stop: { kind: 'exit', code: 0 }, reports: [1, 2, 9, 8], ended: ['a'] };
  const cut = { stop: { kind: 'asleep' }, ended: ['a', 'b'] };
  test.each<[string, boolean, Partial<Ran>]>([
    ['as it must be', true, {}],
    ['with other observed words', true, { reports: [1, 2, 7, 7] }],
    ['with an observed word missing', false, { reports: [1, 2, 9] }],
    ['with an observed word missing and who may end ended', false, { reports: [1, 2, 9], ended: ['a', 'b'] }],
    ['asleep, because who would report was ended', true, { ...cut, reports: [1, 2, 9] }],
    ['asleep with every word reported', false, cut],
    ['asleep with a wrong word', false, { ...cut, reports: [1, 3] }],
    ['asleep with nobody ended who may be', false, { ...cut, reports: [1, 2], ended: ['a'] }],
    ['with a domain that may end', true, { ended: ['b', 'a'] }],
    ['with another exit code', false, { stop: { kind: 'exit', code: 1 } }],
    ['stopped otherwise', false, { stop: { kind: 'asleep' } }],
    ['with a word too many', false, { reports: [1, 2, 9, 8, 7] }],
    ['with a wrong word', false, { reports: [1, 3, 9, 8] }],
    ['with a word missing', false, { reports: [1] }],
    ['without a domain that must be ended', false, { ended: ['b'] }],
    ['with a domain ended twice', false, { ended: ['a', 'a'] }],
    ['with a domain ended that must go on', false, { ended: ['a', 'c'] }],
  ])('%s: %s', (_, is, change) => {
    expect(isExpected(expected, { ...right, ...change })).toBe(is);
  });

  test('where all domains are one, whoever may end may be all', () => {
    const probe = { reports: [], terminated: [], observed: ['x'], mayEnd: ['b'] };
    const gone = { stop: { kind: 'asleep' }, reports: [], ended: ['a'] };
    expect(isExpected(probe, gone, true)).toBe(true);
    expect(isExpected(probe, gone)).toBe(false);
    expect(isExpected(probe, { ...gone, ended: [] }, true)).toBe(false);
    expect(isExpected({ ...probe, mayEnd: [] }, gone, true)).toBe(false);
  });
});

describe('what the list of not-applicable cells says', () => {
  const values = { bytes: 4096 };
  test.each<[string, string, string, boolean]>([
    ['fault.load', 'mmu-microkernel', 'none', true],
    ['fault.load', 'mmu-microkernel', 'full', false],
    ['fault.load.benign', 'mmu-microkernel', 'none', false],
    ['fault.load', 'cheri', 'none', true],
    ['fault.load', 'cheri', 'path', false],
    ['context.preempt.same-domain', 'mmu-microkernel', 'none', true],
  ])('%s on %s, isolation=%s: %s', (workload, platform, isolation, is) => {
    expect(notApplicable(workload, values, platform, isolation) !== undefined).toBe(is);
  });

  test('what does not fit is not applicable from there on, and only there', () => {
    const workload = WORKLOADS.find(({ id }) => id === 'context.yield.across-domains')!;
    const platform = WITH_KERNEL.find(({ id }) => id === 'mpu-rtos')!;
    for (const isolation of ISOLATIONS) {
      for (const domains of [7, 8]) {
        const scenario = workload.build({ domains, rounds: 1 });
        const cell = notApplicable(workload.id, scenario.parameters, platform.id, isolation);
        expect(typeof run(platform, scenario, isolation) === 'string').toBe(cell !== undefined);
        expect(cell !== undefined).toBe(domains > 7);
      }
    }
  });
});
