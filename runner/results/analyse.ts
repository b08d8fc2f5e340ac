import { max, median, min } from 'simple-statistics';
import { type Phase, PHASES } from '../../platforms/machine/ledger.js';
import { type MeasurementRecord, QUANTITIES, type SpanRecord, subjectKey } from './schema.js';

/** Samples of one quantity in short. */
export interface Distribution {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

/** A span on one platform with one set of parameters, over all seeds. */
export interface SpanSummary {
  readonly span: Omit<SpanRecord, 'samples'>;
  readonly seeds: number;
  /** Passages after the first of each run; 0 if each run has one only: then the first ones are summed up. */
  readonly warm: number;
  /** Cycles of the first passage after boot, in the canonical layout (or the lowest seed). */
  readonly first: number;
  /** Cycles of the warm passages of all seeds; the range is how far the model's result depends on layout and history. */
  readonly cycles: Distribution;
  /** Median of each quantity over the warm passages. */
  readonly medians: Readonly<Record<(typeof QUANTITIES)[number], number>>;
  /** Cycles in each phase of the passage whose cycles are the median (the lower of two): they sum to it. */
  readonly phases: Readonly<Record<Phase, number>>;
  /** Longest masked interval of all passages, and where it began. */
  readonly masked: { readonly cycles: number; readonly from: string };
}

/** A workload on a platform: what it is, how its runs ended, and what was measured. */
export interface SubjectSummary {
  /** The record of the lowest seed. */
  readonly record: MeasurementRecord;
  /** All records, by seed. */
  readonly records: readonly MeasurementRecord[];
  /** Bytes that services could reach because of those they were given; undefined if none was given any. */
  readonly granted: Distribution | undefined;
  /** Empty if a run was an error or the workload is not applicable. */
  readonly spans: readonly SpanSummary[];
}

/** Of at least one value. */
export const distribution = (values: readonly number[]): Distribution => {
  const list = [...values];
  return { minimum: min(list), median: median(list), maximum: max(list) };
};

/** Summaries of records, in the order in which their subjects first appear. */
export function summarise(records: readonly MeasurementRecord[]): readonly SubjectSummary[] {
  const groups = new Map<string, MeasurementRecord[]>();
  for (const record of records) {
    const key = subjectKey(record);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return [...groups.values()].map(summariseSubject);
}

function summariseSubject(records: readonly MeasurementRecord[]): SubjectSummary {
  const record = records[0];
  const measured = records.every(({ outcome }) => outcome.kind === 'measured');
  const granted = records.flatMap((r) => Object.values(r.granted).flat());
  return {
    record,
    records,
    granted: granted.length === 0 ? undefined : distribution(granted),
    spans: measured ? record.spans.filter((s) => passed(s.name, records)).map((s) => summariseSpan(s, records)) : [],
  };
}

/** Whether every run has passages of a span: where an attempt has ended who made it, there may be none. */
const passed = (name: string, records: readonly MeasurementRecord[]): boolean =>
  records.every(({ spans }) => spans.some((s) => s.name === name && s.samples.cycles.length > 0));

function summariseSpan({ samples: own, ...span }: SpanRecord, records: readonly MeasurementRecord[]): SpanSummary {
  const all = records.map((r) => r.spans.find(({ name }) => name === span.name)!.samples);
  const warm = all.reduce((n, { cycles }) => n + cycles.length - 1, 0);
  const pick = <T>(values: readonly T[]): readonly T[] => (warm > 0 ? values.slice(1) : values);
  const over = (of: (samples: SpanRecord['samples']) => readonly number[]): number[] => all.flatMap((s) => pick(of(s)));
  const masked = all.flatMap(({ masked: { cycles, from } }) => cycles.map((c, i) => ({ cycles: c, from: from[i] })));
  return {
    span,
    seeds: records.length,
    warm,
    first: own.cycles[0],
    cycles: distribution(over((s) => s.cycles)),
    medians: Object.fromEntries(QUANTITIES.map((q) => [q, median(over((s) => s[q]))])) as SpanSummary['medians'],
    phases: medianPhases(all.flatMap((s) => pick(s.cycles.map((cycles, i) => ({ cycles, samples: s, i }))))),
    masked: masked.reduce((longest, m) => (m.cycles > longest.cycles ? m : longest)),
  };
}

/** Phases of the sample in the middle. */
function medianPhases(
  passages: readonly { readonly cycles: number; readonly samples: SpanRecord['samples']; readonly i: number }[],
): SpanSummary['phases'] {
  const sorted = [...passages].sort((a, b) => a.cycles - b.cycles);
  const { samples, i } = sorted[Math.floor((sorted.length - 1) / 2)];
  return Object.fromEntries(PHASES.map((p) => [p, samples.phases[p][i]])) as SpanSummary['phases'];
}
