import { describe, expect, test } from 'vitest';
import type { Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import { ISOLATIONS, type Platform } from '../../platforms/platform.js';
import { readParameters } from '../../runner/parameters.js';
import { BUILT_IN, loadAll } from '../../runner/platforms.js';
import { WORKLOADS } from '../../workloads/index.js';
import { isExpected, marksOf, type Scenario } from '../../workloads/language/scenario.js';
import { notApplicable } from '../../workloads/not-applicable.js';

/* Every workload at its defaults, on every platform that runs scenarios. */

const BUDGET = 5_000_000;

/** Machines are built once: a second one in a process is slow. */
const machines = new Map<string, Machine>();

interface Ran {
  readonly stop: unknown;
  readonly reports: readonly number[];
  readonly terminated: readonly string[];
  /** How often each mark was passed. */
  readonly passed: Readonly<Record<string, number>>;
}

/** Runs a scenario; gives why not if the platform refuses it. */
function run(platform: Platform, scenario: Scenario, isolation: string): Ran | string {
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
  const terminated = linked.watchTerminated(machine);
  const passed: Record<string, number> = {};
  for (const [name, at] of linked.marks) {
    passed[name] = 0;
    machine.probes.add(at, () => {
      passed[name]++;
      return false;
    });
  }
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  return { stop, reports: linked.reports(machine), terminated: terminated(), passed };
}

/** How often each mark must be passed: once each in what cannot be done twice, else once in each round. */
function passages(scenario: Scenario): Readonly<Record<string, number>> {
  const rounds = Number(scenario.parameters.rounds);
  const once = scenario.id.startsWith('fault.');
  return Object.fromEntries(marksOf(scenario.functions).map((mark) => [mark, once ? 1 : rounds]));
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
      const { stop, reports, terminated, passed } = ran;
      expect({ stop, passed }).toEqual({ stop: { kind: 'exit', code: 0 }, passed: passages(scenario) });
      expect(isExpected(scenario.expected, reports, terminated), JSON.stringify({ reports, terminated })).toBe(true);
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
