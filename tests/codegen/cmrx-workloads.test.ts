import { describe, expect, test } from 'vitest';
import { cycles, instructions } from '../../platforms/machine/units.js';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import { readParameters } from '../../runner/parameters.js';
import { WORKLOADS } from '../../workloads/index.js';
import { isExpected } from '../../workloads/language/scenario.js';
import { notApplicable } from '../../workloads/not-applicable.js';

/* Every workload on the cores that tests/workloads/families.ts, which takes the default, leaves out. */

/** On the M3, whose programs are those of the M4, the first of each family stands for it, but in the long tests. */
const FEW = WORKLOADS.filter(({ id }, i) => WORKLOADS.findIndex((w) => family(w.id) === family(id)) === i);
const SAME_PROGRAMS = process.env['BULKHEAD_LONG'] === '1' ? WORKLOADS : FEW;
const CORES = [
  ['m0plus', WORKLOADS],
  ['m3', SAME_PROGRAMS],
  ['m33', WORKLOADS],
] as const;

function family(id: string): string {
  return id.slice(0, id.indexOf('.'));
}

const kernel = mpuRtos.kernel!;
const BUDGET = instructions(5_000_000);

describe.each(CORES)('%s', (core, workloads) => {
  const machine = mpuRtos.createMachine({ parameters: { core }, board: kernel.board });
  const read = readParameters(mpuRtos, { core });
  if (!read.ok) throw new Error(read.problem);
  const parameters = read.value;

  test.each(workloads.map((workload) => [workload.id, workload] as const))('%s', (id, workload) => {
    const scenario = workload.build({});
    const cell = notApplicable(id, scenario.parameters, mpuRtos.id, parameters.isolation);
    const reason = kernel.supports(scenario, parameters);
    expect(reason === undefined, reason).toBe(cell === undefined);
    if (reason !== undefined) return;
    const linked = kernel.link(scenario, parameters, 0);
    machine.reset();
    machine.probes.clear();
    machine.setBudget(BUDGET);
    machine.load(linked.image);
    const ended = linked.watchTerminated(machine);
    const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
    const ran = { stop, reports: linked.reports(machine), ended: ended() };
    expect(isExpected(scenario.expected, ran), JSON.stringify(ran)).toBe(true);
  });
});
