import { markdownTable } from 'markdown-table';
import { cheri } from '../../platforms/cheri/index.js';
import type { Machine, Stop } from '../../platforms/machine/machine.js';
import { cycles, instructions } from '../../platforms/machine/units.js';
import { readParameters } from '../../runner/parameters.js';
import { cascadeChain, cascadeStar } from '../../workloads/fault/cascade.js';

/* What the restart of one domain comes to for those that depend on it, on cheri. */

export const SHAPES = { chain: cascadeChain, star: cascadeStar } as const;
export type Shape = keyof typeof SHAPES;
export const POLICIES = ['error', 'fault', 'restart', 'retry'] as const;

export interface Cascade {
  readonly stop: Stop;
  readonly errors: number;
  readonly restarts: number;
  /** Domains that were ended, the root not counted: threads of others were inside. */
  readonly ended: number;
  /** Of the last round, from the request to restart: until that is done; until everybody answers. */
  readonly restarted: number;
  readonly answering: number;
}

let machine: Machine | undefined;

/** Runs a cascade with so many domains beside the root. */
export function cascade(shape: Shape, policy: string, dependents: number): Cascade {
  const built = SHAPES[shape].build({ policy, dependents, rounds: 3 });
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
  const at = new Map<string, number>();
  for (const name of ['asks', 'restarted', 'all_answer']) {
    machine.probes.add(linked.marks.get(name)!, ({ cycle }) => {
      at.set(name, cycle);
      return false;
    });
  }
  const stop = machine.run(cycles(Number.MAX_SAFE_INTEGER));
  const [errors, restarts] = linked.reports(machine);
  const since = (mark: string): number => at.get(mark)! - at.get('asks')!;
  return {
    stop,
    errors,
    restarts,
    ended: ended().length - 1,
    restarted: since('restarted'),
    answering: since('all_answer'),
  };
}

/** The table of workloads/README.md. */
export function cascadeTable(): string {
  const rows = (['chain', 'star'] as const).flatMap((shape) =>
    POLICIES.map((policy) => {
      const { errors, restarts, restarted, answering } = cascade(shape, policy, 3);
      return [shape, policy, errors, restarts, restarted, answering].map(String);
    }),
  );
  return markdownTable(
    [['shape', 'policy', 'errors', 'restarts', 'cycles until restarted', 'until all answer'], ...rows],
    { align: ['l', 'l', 'r', 'r', 'r', 'r'] },
  );
}
