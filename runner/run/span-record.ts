import { KINDS, PHASES } from '../../platforms/machine/ledger.js';
import type { Fidelity, ParameterValues, ScenarioKernel } from '../../platforms/platform.js';
import type { SpanPath } from '../../workloads/language/scenario.js';
import type { SpanRecord } from '../results/schema.js';
import type { SpanPassages } from './spans.js';

/** Paths of requests to services. */
const REQUESTS: ReadonlySet<SpanPath> = new Set(['call', 'borrow', 'copy', 'move', 'send']);

/**
 * Class of the path that the passages of a span took; null where no kernel took part. Requests are function calls where all domains
 * are one (`isolation=none`), unless threads are switched for them: whether one was is seen by its cycles, all of them user code.
 */
export function classOf(
  { span, passages }: SpanPassages,
  kernel: ScenarioKernel,
  parameters: ParameterValues,
): Fidelity | null {
  const direct = REQUESTS.has(span.path) && passages.every((p) => p.byPhase.user === p.cycles);
  return direct && passages.length > 0 ? null : (kernel.fidelity(span.path, parameters) ?? null);
}

/**
 * The passages of a span as a record.
 * @param place names a physical address
 */
export function spanRecord(
  { span, passages, unmatched }: SpanPassages,
  fidelity: Fidelity | null,
  place: (at: number) => string,
): SpanRecord {
  const list = (of: (passage: SpanPassages['passages'][number]) => number): number[] => passages.map(of);
  const parts = <N extends string>(
    names: readonly N[],
    of: (p: SpanPassages['passages'][number]) => Record<N, number>,
  ) => Object.fromEntries(names.map((n) => [n, list((p) => of(p)[n])])) as Record<N, number[]>;
  return {
    name: span.name,
    path: span.path,
    trip: span.trip,
    fidelity,
    unmatched,
    samples: {
      cycles: list((p) => p.cycles),
      instructions: list((p) => p.instructions),
      busBeats: list((p) => p.busBeats),
      pageWalkReads: list((p) => p.pageWalkReads),
      traps: list((p) => p.traps),
      interrupts: list((p) => p.interrupts),
      mpuStores: list((p) => p.protection.mpuStores),
      satpWrites: list((p) => p.protection.satpWrites),
      sfences: list((p) => p.protection.sfences),
      capabilityLoads: list((p) => p.protection.capabilityLoads),
      capabilityStores: list((p) => p.protection.capabilityStores),
      phases: parts(PHASES, (p) => p.byPhase),
      kinds: parts(KINDS, (p) => p.byKind),
      masked: {
        cycles: list((p) => p.longestMasked.cycles),
        from: passages.map((p) => (p.longestMasked.cycles === 0 ? '' : place(p.longestMasked.from))),
      },
      backlog: { start: list((p) => p.storeBacklog.start), end: list((p) => p.storeBacklog.end) },
      gaps: passages.slice(0, -1).map((p) => p.gap!),
    },
  };
}
