import type { Machine } from '../../platforms/machine/machine.js';
import type { Platform } from '../../platforms/platform.js';
import { measureLinked, pathMachine, steady } from './paths-measure.js';
import type { PathFidelity, PathOperation, PathResult, PathRow, PathSample, PathSuite } from './paths-suite.js';

const LOWER = 0.8;
const UPPER = 1.2;

function fidelityOf(ours: number, real: number | null): PathFidelity {
  return real !== null && ours >= LOWER * real && ours <= UPPER * real ? 'P' : 'M';
}

/** Machines of a platform by hardware parameters: building one is slow. */
class Machines {
  private readonly built = new Map<string, Machine>();

  constructor(
    private readonly platform: Platform,
    private readonly suite: PathSuite,
  ) {}

  of(variant: string, memory: string): Machine {
    const { hardware } = this.suite.parameters(variant);
    const key = JSON.stringify([memory, Object.entries(hardware)]);
    let machine = this.built.get(key);
    if (machine === undefined) {
      machine = pathMachine(this.platform, this.suite, memory, variant);
      this.built.set(key, machine);
    }
    return machine;
  }
}

/** Compares one operation of one variant with the real kernel. @throws WrongPath if it does not run as it must. */
function compare(suite: PathSuite, operation: PathOperation, variant: string, machines: Machines): PathResult {
  const reference = suite.references.find((r) => r.operation === operation.id && r.variant === variant);
  const memories = Object.keys(suite.memories);
  const linked = suite.link(operation, suite.parameters(variant).kernel);
  const samples = memories.map((memory) => measureLinked(suite, machines.of(variant, memory), operation, linked));
  const value = (i: number, quantity: (s: PathSample) => number): number => steady(operation, samples[i], quantity);
  const known = (quantity: string): number | null => reference?.figures[quantity] ?? null;
  const row = (quantity: string, ours: number): Omit<PathRow, 'fidelity'> => ({
    platform: suite.platform,
    operation: operation.id,
    variant,
    quantity,
    real: known(quantity),
    ours,
    source: reference?.source ?? 'the real kernel was not measured',
  });
  const counts = suite.quantities.map(({ name, of }) => row(name, value(0, of)));
  const cycles = memories.map((memory, i) =>
    row(
      `cycles ${memory}`,
      value(i, (s) => s.cycles),
    ),
  );
  const instructions = counts.find(({ quantity }) => quantity === 'instructions')!;
  const fidelity = fidelityOf(instructions.ours, instructions.real);
  const exact = new Set(suite.quantities.filter((q) => q.exact).map(({ name }) => name));
  return {
    operation: operation.id,
    title: operation.title,
    variant,
    fidelity,
    rows: [...counts, ...cycles].map((r) => ({ ...r, fidelity })),
    exact: counts.every(({ quantity, real, ours }) => !exact.has(quantity) || real === null || real === ours),
  };
}

/** Which paths of a suite are to be run, and on what. */
export interface PathChoice {
  readonly suite: PathSuite;
  readonly platform: Platform;
  readonly only: (operation: string, variant: string) => boolean;
}

/** Runs what is chosen, variant by variant. */
export function* validatePaths({ suite, platform, only }: PathChoice): Generator<PathResult> {
  const machines = new Machines(platform, suite);
  for (const variant of suite.variants) {
    for (const operation of suite.operations) {
      if (only(operation.id, variant)) yield compare(suite, operation, variant, machines);
    }
  }
}

/** What a table of paths has: all operations of the first variant, and of the others those that the real kernel was measured with. */
export const inTable =
  ({ variants, references }: PathSuite) =>
  (operation: string, variant: string): boolean =>
    variant === variants[0] || references.some((r) => r.operation === operation && r.variant === variant);
