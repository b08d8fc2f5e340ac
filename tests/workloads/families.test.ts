import { describe, expect, test } from 'vitest';
import type { Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import { ISOLATIONS, type Platform } from '../../platforms/platform.js';
import { readParameters } from '../../runner/parameters.js';
import { BUILT_IN, loadAll } from '../../runner/platforms.js';
import { WORKLOADS } from '../../workloads/index.js';
import { isExpected, marksOf, type Ran, type Scenario } from '../../workloads/language/scenario.js';
import { notApplicable } from '../../workloads/not-applicable.js';

/* Every workload at its defaults, on every platform that runs scenarios. */

const BUDGET = 5_000_000;

/** Machines are built once: a second one in a process is slow. */
const machines = new Map<string, Machine>();

interface Passed extends Ran {
  /** How often each mark was passed. */
  readonly passed: Readonly<Record<string, number>>;
}

/** Runs a scenario; gives why not if the platform refuses it. */
function run(platform: Platform, scenario: Scenario, isolation: string): Passed | string {
  const read = readParameters(platform, { isolation });
  if (!read.ok) throw new Error(read.problem);
  const kernel = platform.kernel!;
  const reason = kernel.supports(scenario, read.value);
  if (reason !== undefined) return reason;
  let machine = machines.get(platform.id);
  if (machine === undefined) {
    machine = platform.createMachine({ parameters: read.value, board: kernel.board });
    machines.set(platform.id, machine);
  }
  const linked = kernel.link(scenario, read.value, 0);
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(BUDGET));
  machine.load(linked.image);
  const ended = linked.watchTerminated(machine);
  const passed: Record<string, number> = {};
  for (const [name, at] of linked.marks) {
    passed[name] = 0;
    machine.probes.add(at, () => {
      passed[name]++;
      return false;
    });
  }
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  return { stop, reports: linked.reports(machine), ended: ended(), passed };
}

/**
 * How often each mark must be passed: once each in what cannot be done twice, else once in each round; nobody is served where the
 * interrupt comes only in the runs that are swept.
 */
function passages(scenario: Scenario): Readonly<Record<string, number>> {
  const rounds = Number(scenario.parameters.rounds);
  const once = /^(fault|guarantee|realtime\.fault)/.test(scenario.id);
  return Object.fromEntries(
    marksOf(scenario.functions).map((mark) => [mark, mark === scenario.arrivals?.served ? 0 : once ? 1 : rounds]),
  );
}

const withKernel = (await loadAll(BUILT_IN)).filter(({ kernel }) => kernel !== undefined);

describe.each(withKernel.map((platform) => [platform.id, platform] as const))('%s', (id, platform) => {
  describe.each(ISOLATIONS)('isolation=%s', (isolation) => {
    test.each(WORKLOADS.map((workload) => [workload.id, workload] as const))('%s', (_, workload) => {
      const scenario = workload.build({});
      const ran = run(platform, scenario, isolation);
      const cell = notApplicable(workload.id, scenario.parameters, id, isolation);
      if (typeof ran === 'string') {
        expect(cell?.reason, ran).toBeDefined();
        return;
      }
      expect(cell).toBeUndefined();
      expect(isExpected(scenario.expected, ran, isolation === 'none'), JSON.stringify(ran)).toBe(true);
      if (scenario.expected.observed === undefined) {
        const passed = { ...ran.passed };
        // a thread that does nothing but yield may have had a turn more before it is measured
        if (workload.id === 'realtime.yield') passed['enters'] = Math.min(passed['enters'], passed['leaves']);
        expect(passed).toEqual(passages(scenario));
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
  const right = { stop: { kind: 'exit', code: 0 }, reports: [1, 2, 9], ended: ['a'] };
  test.each<[string, boolean, Partial<Ran>]>([
    ['as it must be', true, {}],
    ['with all observed words', true, { reports: [1, 2, 9, 8] }],
    ['with a domain that may end', true, { ended: ['b', 'a'] }],
    ['with another exit code', false, { stop: { kind: 'exit', code: 1 } }],
    ['stopped otherwise', false, { stop: { kind: 'asleep' } }],
    ['with a word too many', false, { reports: [1, 2, 9, 8, 7] }],
    ['with a wrong word', false, { reports: [1, 3, 9] }],
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
  ])('%s on %s, isolation=%s: %s', (workload, platform, isolation, is) => {
    expect(notApplicable(workload, values, platform, isolation) !== undefined).toBe(is);
  });
});
