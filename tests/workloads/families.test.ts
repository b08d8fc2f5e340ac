import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ISOLATIONS } from '../../platforms/platform.js';
import { WORKLOADS } from '../../workloads/index.js';
import { isExpected, type Ran } from '../../workloads/language/scenario.js';
import { notApplicable } from '../../workloads/not-applicable.js';
import { run, WITH_KERNEL } from './run.js';

test('every platform with a kernel has a file in families/', () => {
  const files = readdirSync(new URL('families', import.meta.url)).filter((name) => name.endsWith('.test.js'));
  expect(files.sort()).toEqual(WITH_KERNEL.map(({ id }) => `${id}.test.js`).sort());
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
