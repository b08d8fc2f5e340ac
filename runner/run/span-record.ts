import { KINDS, PHASES } from '../../platforms/machine/ledger.js';
import type { Fidelity } from '../../platforms/platform.js';
import type { SpanRecord } from '../results/schema.js';
import type { SpanPassages } from './spans.js';

/**
 * The passages of a span as a record.
 * @param place names the place of a pc
 */
export function spanRecord(
  { span, passages, unmatched }: SpanPassages,
  fidelity: Fidelity | null,
  place: (pc: number) => string,
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
