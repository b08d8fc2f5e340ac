import type { Image } from '../../platforms/machine/image.js';
import type { Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import type { ParameterValues, Platform } from '../../platforms/platform.js';
import { readParameters } from '../../runner/parameters.js';
import { changesIn, distancesIn, watchCounts } from '../../runner/run/observe.js';
import { BUILT_IN, loadAll } from '../../runner/platforms.js';
import type { Ran, Scenario } from '../../workloads/language/scenario.js';

/* Scenarios on the platforms that run them. */

const BUDGET = 5_000_000;

/** Machines are built once: a second one in a process is slow. */
const machines = new Map<string, Machine>();

export interface Passed extends Ran {
  /** What the runner observes itself, by the workload's names. */
  readonly observed: Readonly<Record<string, number>>;
  /** How often each mark was passed. */
  readonly passed: Readonly<Record<string, number>>;
}

/**
 * Runs a scenario; gives why not if the platform refuses it.
 * @param set other parameters of the platform's kernel that are not at their defaults
 * @param breaks changes what has been loaded
 */
export function run(
  platform: Platform,
  scenario: Scenario,
  isolation: string,
  {
    seed = 0,
    set = {},
    breaks,
  }: {
    readonly seed?: number;
    readonly set?: ParameterValues;
    readonly breaks?: (machine: Machine, image: Image) => void;
  } = {},
): Passed | string {
  const read = readParameters(platform, { ...set, isolation });
  if (!read.ok) throw new Error(read.problem);
  const kernel = platform.kernel!;
  const reason = kernel.supports(scenario, read.value);
  if (reason !== undefined) return reason;
  let machine = machines.get(platform.id);
  if (machine === undefined) {
    machine = platform.createMachine({ parameters: read.value, board: kernel.board });
    machines.set(platform.id, machine);
  }
  const linked = kernel.link(scenario, read.value, seed);
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(BUDGET));
  machine.load(linked.image);
  breaks?.(machine, linked.image);
  const ended = linked.watchTerminated(machine);
  const counts = watchCounts(machine, scenario.expected, linked);
  const passed: Record<string, number> = {};
  for (const [name, at] of linked.marks) {
    passed[name] = 0;
    machine.probes.add(at, () => {
      passed[name]++;
      return false;
    });
  }
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  const observed = { ...counts(), ...changesIn(machine, scenario, linked), ...distancesIn(scenario, linked) };
  return { stop, reports: linked.reports(machine), ended: ended(), observed, passed };
}

/** The built-in platforms with a kernel. */
export const WITH_KERNEL: readonly Platform[] = (await loadAll(BUILT_IN)).filter(({ kernel }) => kernel !== undefined);
