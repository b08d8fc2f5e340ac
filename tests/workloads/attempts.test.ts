import { describe, expect, test } from 'vitest';
import { WORKLOADS } from '../../workloads/index.js';
import { isExpected } from '../../workloads/language/scenario.js';
import { notApplicable } from '../../workloads/not-applicable.js';
import { AT_DEFAULTS, AT_POINTS, cameTo, HARDENED } from './attempts.js';
import { run, WITH_KERNEL } from './run.js';

/* What attempts come to beside the defaults of their workloads, which `families.ts` runs. */

test('every workload with something to observe has a row for each platform that runs it', () => {
  const observing = WORKLOADS.filter((workload) => workload.build().expected.observed !== undefined);
  expect(Object.keys(AT_DEFAULTS).sort()).toEqual(observing.map(({ id }) => id).sort());
  for (const [workload, row] of Object.entries(AT_DEFAULTS)) {
    const running = WITH_KERNEL.filter(({ id }) => notApplicable(workload, {}, id, 'full') === undefined);
    expect(Object.keys(row).sort()).toEqual(running.map(({ id }) => id).sort());
  }
});

describe.each(WITH_KERNEL.map((platform) => [platform.id, platform] as const))('%s', (id, platform) => {
  test.each(AT_POINTS)('%s %o', (workload, values, comesTo) => {
    const scenario = WORKLOADS.find((w) => w.id === workload)!.build(values);
    const ran = run(platform, scenario, 'full');
    if (typeof ran === 'string') throw new Error(ran);
    expect(isExpected(scenario.expected, ran)).toBe(true);
    expect(cameTo(scenario.expected, ran)).toBe(comesTo[id as keyof typeof comesTo]);
  });
});

describe.each(HARDENED)('mpu-rtos %o: what differs from the kernel as shipped', (set, differs) => {
  const platform = WITH_KERNEL.find(({ id }) => id === 'mpu-rtos')!;
  const probes = WORKLOADS.filter(
    ({ family, id }) => family === 'guarantee' && AT_DEFAULTS[id]['mpu-rtos'] !== undefined,
  );
  test.each(probes.map((probe) => [probe.id, probe] as const))('%s', (id, probe) => {
    const scenario = probe.build();
    const ran = run(platform, scenario, 'full', { set });
    if (typeof ran === 'string') throw new Error(ran);
    expect(isExpected(scenario.expected, ran)).toBe(true);
    expect(cameTo(scenario.expected, ran)).toBe(differs[id] ?? AT_DEFAULTS[id]['mpu-rtos']![0]);
  });
});
