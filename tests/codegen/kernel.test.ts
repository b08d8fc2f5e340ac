import { describe, expect, test } from 'vitest';
import type { Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import { mmuMicrokernel } from '../../platforms/mmu-microkernel/index.js';
import type { LinkedScenario, ParameterValues } from '../../platforms/platform.js';
import { readParameters } from '../../runner/parameters.js';
import { marksOf } from '../../workloads/language/scenario.js';
import type { Scenario } from '../../workloads/language/scenario.js';
import { ipcCall, payload, violation } from '../workloads/language/examples.js';

/* The kernel half of the contract, on the platform that has one. */

const kernel = mmuMicrokernel.kernel!;
let shared: Machine | undefined;

function start(
  scenario: Scenario,
  overrides: ParameterValues = {},
  seed = 0,
): { machine: Machine; linked: LinkedScenario } {
  const parameters = readParameters(mmuMicrokernel, overrides);
  if (!parameters.ok) throw new Error(parameters.problem);
  const machine = (shared ??= mmuMicrokernel.createMachine({ parameters: parameters.value, board: kernel.board }));
  expect(kernel.supports(scenario, parameters.value)).toBeUndefined();
  const linked = kernel.link(scenario, parameters.value, seed);
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(2_000_000));
  machine.load(linked.image);
  return { machine, linked };
}

const finish = (machine: Machine): void =>
  expect(machine.run(cycles(Number.MAX_SAFE_INTEGER))).toEqual({ kind: 'exit', code: 0 });

test('every mark of a scenario has a place', () => {
  const scenario = payload.build();
  const { linked } = start(scenario);
  expect([...linked.marks.keys()].sort()).toEqual([...marksOf(scenario.functions)].sort());
});

describe('domains that the kernel ended', () => {
  test('by a fault', () => {
    const { machine, linked } = start(violation.build());
    const ended = linked.watchTerminated(machine);
    finish(machine);
    expect(ended()).toEqual(['attacker']);
  });

  test('not those whose threads have all returned', () => {
    const { machine, linked } = start(ipcCall.build());
    const ended = linked.watchTerminated(machine);
    finish(machine);
    expect(ended()).toEqual([]);
  });
});

test.each([
  ['borrow', 4, 4096],
  ['borrow', 4096, 4096],
  ['mutable-borrow', 4100, 8192],
  ['copy', 100, 4096],
])('a service gets whole pages: %s of %d bytes grants %d', (transfer, bytes, granted) => {
  const scenario = payload.build({ transfer, bytes, rounds: 1 });
  const { machine, linked } = start(scenario);
  const seen: (number | undefined)[] = [];
  machine.probes.add(linked.marks.get('read')!, () => {
    seen.push(linked.granted(machine, 'sum'));
    return false;
  });
  finish(machine);
  expect(seen).toEqual([granted]);
});

test('a layout seed moves code and data, and changes nothing else', () => {
  const scenario = ipcCall.build();
  const outcomes = [0, 1, 2, 3].map((seed) => {
    const { machine, linked } = start(scenario, {}, seed);
    const at = linked.marks.get('called')!;
    finish(machine);
    return { at, reports: linked.reports(machine), instructions: machine.counters.instructions };
  });
  expect(new Set(outcomes.map(({ at }) => at)).size).toBe(4);
  expect(new Set(outcomes.map(({ reports }) => JSON.stringify(reports))).size).toBe(1);
  expect(start(scenario, {}, 3).linked.marks).toEqual(start(scenario, {}, 3).linked.marks);
});
