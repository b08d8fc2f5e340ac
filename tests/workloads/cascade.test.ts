import { expect, test } from 'vitest';
import { cheri } from '../../platforms/cheri/index.js';
import type { Machine } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import { readParameters } from '../../runner/parameters.js';
import { cascadeChain, cascadeStar } from '../../workloads/fault/cascade.js';

/* What the restart of one domain comes to for those that depend on it. */

let machine: Machine | undefined;

function outcome(
  workload: typeof cascadeChain,
  policy: string,
  dependents: number,
): { readonly errors: number; readonly restarts: number; readonly ended: number } {
  const built = workload.build({ policy, dependents, rounds: 2 });
  const parameters = readParameters(cheri, {});
  if (!parameters.ok) throw new Error(parameters.problem);
  const kernel = cheri.kernel!;
  machine ??= cheri.createMachine({ parameters: parameters.value, board: kernel.board });
  const linked = kernel.link(built, parameters.value, 0);
  machine.reset();
  machine.probes.clear();
  machine.setBudget(instructions(2_000_000));
  machine.load(linked.image);
  const ended = linked.watchTerminated(machine);
  expect(machine.run(cycles(Number.MAX_SAFE_INTEGER))).toEqual({ kind: 'exit', code: 0 });
  const [errors, restarts] = linked.reports(machine);
  // the root is among those that are ended: threads of others were inside
  return { errors, restarts, ended: ended().length - 1 };
}

test.each([
  ['chain', 'error', 3, { errors: 3, restarts: 0, ended: 0 }],
  ['chain', 'fault', 3, { errors: 3, restarts: 0, ended: 3 }],
  ['chain', 'restart', 3, { errors: 3, restarts: 3, ended: 3 }],
  ['chain', 'retry', 3, { errors: 0, restarts: 0, ended: 0 }],
  ['chain', 'restart', 6, { errors: 6, restarts: 6, ended: 6 }],
  ['star', 'error', 3, { errors: 3, restarts: 0, ended: 0 }],
  ['star', 'fault', 3, { errors: 3, restarts: 0, ended: 3 }],
  ['star', 'restart', 6, { errors: 6, restarts: 6, ended: 6 }],
  ['star', 'retry', 6, { errors: 0, restarts: 0, ended: 0 }],
] as const)('%s, policy %s, %d dependents: %o', (shape, policy, dependents, expected) => {
  expect(outcome(shape === 'chain' ? cascadeChain : cascadeStar, policy, dependents)).toEqual(expected);
});
