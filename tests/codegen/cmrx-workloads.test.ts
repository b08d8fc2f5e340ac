import { describe, expect, test } from 'vitest';
import { cycles, instructions } from '../../platforms/machine/units.js';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import { readParameters } from '../../runner/parameters.js';
import { WORKLOADS } from '../../workloads/index.js';
import { isExpected } from '../../workloads/language/scenario.js';
import { notApplicable } from '../../workloads/not-applicable.js';

/* Every workload on the cores that tests/workloads/families.test.ts, which takes the default, leaves out. */

/** M3 only in the long tests: its programs are those of the M4. */
const CORES = process.env['BULKHEAD_LONG'] === '1' ? ['m0plus', 'm3', 'm33'] : ['m0plus', 'm33'];

const kernel = mpuRtos.kernel!;
const BUDGET = instructions(5_000_000);

describe.each(CORES)('%s', (core) => {
  const machine = mpuRtos.createMachine({ parameters: { core }, board: kernel.board });
  const read = readParameters(mpuRtos, { core });
  if (!read.ok) throw new Error(read.problem);
  const parameters = read.value;

  test.each(WORKLOADS.map((workload) => [workload.id, workload] as const))('%s', (id, workload) => {
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
    const reports = linked.reports(machine);
    const outcome = `${stop.kind}, reports ${reports.join(', ')}`;
    expect(isExpected(scenario.expected, { stop, reports, ended: ended() }), outcome).toBe(true);
  });
});
