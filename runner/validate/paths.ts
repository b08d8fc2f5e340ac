import type { Machine } from '../../platforms/machine/machine.js';
import { OPERATIONS, type Operation } from '../../platforms/mmu-microkernel/kernel/operations.js';
import type { Platform } from '../../platforms/platform.js';
import { measurePath, MEMORY, pathMachine, type PathSample, steady, WrongPath } from './paths-measure.js';
import { REDUNDANT, type Reference, REFERENCES } from './paths-reference.js';

/**
 * How far our path is the real kernel's (DESIGN section 1, rule 3): P within 20 % of its instructions, M otherwise or
 * unknown: the mechanism is the same, the length of the path is not.
 */
export type Fidelity = 'P' | 'M';

/** One quantity of one operation, ours beside the real kernel's. */
export interface PathRow {
  readonly platform: string;
  readonly operation: string;
  readonly variant: string;
  readonly quantity: string;
  /** Null where the real kernel's is not known. */
  readonly real: number | null;
  readonly ours: number;
  readonly source: string;
  readonly fidelity: Fidelity;
}

/** An operation of a kernel generation with all its quantities. */
export interface PathResult {
  readonly operation: string;
  readonly title: string;
  readonly variant: string;
  readonly fidelity: Fidelity;
  readonly rows: readonly PathRow[];
  /** Whether protection operations and traps are exactly the real kernel's, where those are known. */
  readonly exact: boolean;
}

const GENERATIONS = ['head', 'pr668', 'v0.9.12', 'ideal'];
const PLATFORM = 'mmu-microkernel';
const LOWER = 0.8;
const UPPER = 1.2;

/** Quantities that must be the same in every memory set-up: name, ours, real. */
const COUNTS: readonly [string, (s: PathSample) => number, keyof Reference][] = [
  ['traps', (s) => s.traps, 'traps'],
  ['satp writes', (s) => s.satpWrites, 'satpWrites'],
  ['sfence.vma', (s) => s.sfences, 'sfences'],
  ['instructions', (s) => s.instructions, 'instructions'],
  ['loads', (s) => s.loads, 'loads'],
  ['stores', (s) => s.stores, 'stores'],
  ['instructions of save', (s) => s.instructionsByPhase.save, 'save'],
  ['instructions of validate', (s) => s.instructionsByPhase.validate, 'operation'],
  ['instructions of switch protection', (s) => s.instructionsByPhase['switch protection'], 'operation'],
  ['instructions of schedule', (s) => s.instructionsByPhase.schedule, 'operation'],
  ['instructions of clear', (s) => s.instructionsByPhase.clear, 'operation'],
  [
    'instructions of restore and return',
    (s) => s.instructionsByPhase.restore + s.instructionsByPhase.return,
    'restore',
  ],
];

/** Quantities whose figures must be equal. */
const EXACT = new Set(['traps', 'satp writes', 'sfence.vma']);

const MEMORIES = Object.keys(MEMORY) as (keyof typeof MEMORY)[];

const known = (reference: Reference | undefined, key: keyof Reference): number | null => {
  const value = reference?.[key];
  return typeof value === 'number' ? value : null;
};

function fidelityOf(ours: number, real: number | null): Fidelity {
  return real !== null && ours >= LOWER * real && ours <= UPPER * real ? 'P' : 'M';
}

/** Compares one operation of one generation with the real kernel. @throws WrongPath if it does not run as it must. */
function compare(operation: Operation, variant: string, machines: ReadonlyMap<string, Machine>): PathResult {
  const reference = REFERENCES.find((r) => r.operation === operation.id && r.variant === variant);
  const samples = MEMORIES.map((memory) => measurePath(machines.get(memory)!, operation, { generation: variant }));
  const value = (i: number, quantity: (s: PathSample) => number): number => steady(operation, samples[i], quantity);
  const instructions = value(0, (s) => s.instructions);
  const fidelity = fidelityOf(instructions, known(reference, 'instructions'));
  const row = (quantity: string, ours: number, real: number | null): PathRow => ({
    platform: PLATFORM,
    operation: operation.id,
    variant,
    quantity,
    real,
    ours,
    source: reference?.source ?? 'the real kernel was not measured',
    fidelity,
  });
  const counts = COUNTS.map(([name, quantity, key]) => row(name, value(0, quantity), known(reference, key)));
  const cycles = MEMORIES.map((memory, i) =>
    row(
      `cycles ${memory}`,
      value(i, (s) => s.cycles),
      known(reference, memory),
    ),
  );
  return {
    operation: operation.id,
    title: operation.title,
    variant,
    fidelity,
    rows: [...counts, ...cycles],
    exact: counts.every(({ quantity, real, ours }) => !EXACT.has(quantity) || real === null || real === ours),
  };
}

/** All operations of `head`, and of the other generations those that the real one was measured with. */
export function* validatePaths(platform: Platform, only: (operation: string) => boolean): Generator<PathResult> {
  const machines = new Map(MEMORIES.map((memory) => [memory, pathMachine(platform, memory)]));
  for (const variant of GENERATIONS) {
    for (const operation of OPERATIONS) {
      const measured = REFERENCES.some((r) => r.operation === operation.id && r.variant === variant);
      if (only(operation.id) && (variant === 'head' || measured)) yield compare(operation, variant, machines);
    }
  }
}

/**
 * What one redundant activation and one redundant sfence.vma cost in a blocking scalar round trip, from the generations that
 * differ in nothing else; none if these were not all measured.
 */
export function redundancies(results: readonly PathResult[]): PathRow[] {
  const scalar = (variant: string, quantity: string): number | undefined =>
    results
      .find((r) => r.operation === 'scalar-call' && r.variant === variant)
      ?.rows.find((r) => r.quantity === quantity)?.ours;
  const price = (name: string, more: string, less: string, count: string, real: number): PathRow[] => {
    const [a, b] = [scalar(more, 'cycles core_lat0'), scalar(less, 'cycles core_lat0')];
    const [m, n] = [scalar(more, count), scalar(less, count)];
    if (a === undefined || b === undefined || m === undefined || n === undefined) return [];
    const ours = (a - b) / (m - n);
    const what = { platform: PLATFORM, operation: name, variant: `${more} - ${less}`, quantity: 'cycles core_lat0' };
    return [{ ...what, real, ours, source: REDUNDANT.source, fidelity: 'M' }];
  };
  return [
    ...price('redundant sfence.vma', 'v0.9.12', 'pr668', 'sfence.vma', REDUNDANT.sfence),
    ...price('redundant activation', 'head', 'ideal', 'satp writes', REDUNDANT.activation),
  ];
}

export { WrongPath };
