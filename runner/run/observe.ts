import type { Machine } from '../../platforms/machine/machine.js';
import type { LinkedScenario } from '../../platforms/platform.js';
import type { Outcome, Scenario } from '../../workloads/language/scenario.js';

/* What a run is observed to have done, by the names of the workload. */

/** The words that programs have reported as the measurement; those after a domain's end are not there. */
export const reportedIn = (
  { reports, observed = [] }: Outcome,
  found: readonly number[],
): Readonly<Record<string, number>> =>
  Object.fromEntries(found.slice(reports.length).map((word, i) => [observed[i], word]));

/**
 * Counts passages of marks, by probes.
 * @returns asks for the counts so far.
 */
export function watchCounts(
  machine: Machine,
  { counts = [] }: Outcome,
  { marks }: LinkedScenario,
): () => Readonly<Record<string, number>> {
  const passed: Record<string, number> = {};
  for (const { name, mark, after, until } of counts) {
    passed[name] = 0;
    let counting = false;
    const at = (label: string, does: () => void): void =>
      machine.probes.add(marks.get(label)!, () => {
        does();
        return false;
      });
    at(after, () => (counting = true));
    for (const end of until) at(end, () => (counting = false));
    at(mark, () => (passed[name] += counting ? 1 : 0));
  }
  return () => passed;
}

/** Words of buffers that are not their first ones any more. */
export function changesIn(
  machine: Machine,
  { buffers, expected: { changes = [] } }: Scenario,
  linked: LinkedScenario,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    changes.map(({ name, buffer }) => {
      const { words } = buffers.find((b) => b.name === buffer)!;
      const bytes = linked.contents(machine, buffer);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const whole = Array.from({ length: bytes.byteLength >> 2 }, (_, i) => view.getUint32(4 * i, true));
      return [name, whole.filter((word, i) => word !== (words[i] ?? 0)).length];
    }),
  );
}

/**
 * Bytes from the end of a buffer to the beginning of the one placed behind it, as they were linked: by virtual addresses where both
 * lie in one space, else by physical ones.
 */
export function distancesIn(
  { buffers, expected: { distances = [] } }: Scenario,
  linked: LinkedScenario,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    distances.map(({ name, buffer }) => {
      const before = buffers.find((b) => b.name === buffers.find((own) => own.name === buffer)!.behind!.buffer)!;
      const [from, to] = [linked.placeOf(before.name), linked.placeOf(buffer)];
      const begins = from.space === to.space ? to.virtual - from.virtual : to.physical - from.physical;
      return [name, begins - before.bytes];
    }),
  );
}
