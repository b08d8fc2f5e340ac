import type { Fidelity } from '../../platforms/platform.js';
import { VIEW_PARAMETERS } from '../run/views.js';
import type { SpanSummary, SubjectSummary } from './analyse.js';
import { type MeasurementRecord, subjectKey } from './schema.js';

/** The cycle model of a record: `own core`, or `C(1)`. */
export const viewOf = ({ parameters }: MeasurementRecord): string =>
  parameters['timing'] === 'common' ? `C(${String(parameters['commonWait'])})` : OWN_CORE;

export const OWN_CORE = 'own core';

const withoutModel = (record: MeasurementRecord): MeasurementRecord => ({
  ...record,
  parameters: Object.fromEntries(Object.entries(record.parameters).filter(([name]) => !VIEW_PARAMETERS.includes(name))),
  changed: record.changed.filter((name) => !VIEW_PARAMETERS.includes(name)),
});

/** What subjects have in common that differ in nothing but the cycle model. */
const modelKey = ({ record }: SubjectSummary): string => subjectKey(withoutModel(record));

/** The subjects without those under C(w) that were measured on the platform's own core, too: for these there is the table of views. */
export function ownCores(subjects: readonly SubjectSummary[]): readonly SubjectSummary[] {
  const own = new Set(subjects.filter(({ record }) => viewOf(record) === OWN_CORE).map(modelKey));
  return subjects.filter((s) => viewOf(s.record) === OWN_CORE || !own.has(modelKey(s)));
}

/** A span on one platform under each cycle model that it was measured with. */
export interface ViewedSpan {
  /** The subject, without its cycle model. */
  readonly subject: SubjectSummary;
  readonly byView: ReadonlyMap<string, SpanSummary>;
  /** The span under the first of the views. */
  readonly summary: SpanSummary;
}

/** Whether the first of two platforms needs fewer cycles (-1), as many (0) or more (1) than the second, under each view. */
export interface PairOrder {
  readonly pair: readonly [ViewedSpan, ViewedSpan];
  readonly orders: ReadonlyMap<string, -1 | 0 | 1>;
  /** Views in which the order is another one than in the first. */
  readonly swaps: readonly string[];
  /** Views in which the ranges of both overlap: there the order depends on layout or history. */
  readonly overlaps: readonly string[];
}

/** Spans of one class, which may be ranked. */
export interface Ranking {
  readonly fidelity: Fidelity | null;
  /** By median cycles under the first view. */
  readonly order: readonly ViewedSpan[];
  readonly pairs: readonly PairOrder[];
}

/** A span of a workload under several views on all platforms, isolated alike. */
export interface ViewGroup {
  /** In order: the own core, then C(w) by w. */
  readonly views: readonly string[];
  readonly spans: readonly ViewedSpan[];
  /** One for each class that several platforms have. Classes differ: there is none. */
  readonly rankings: readonly Ranking[];
}

const waitOf = (view: string): number => (view === OWN_CORE ? -1 : Number(view.slice(2, -1)));
const inOrder = (views: Iterable<string>): readonly string[] =>
  [...new Set(views)].sort((a, b) => waitOf(a) - waitOf(b));

/** The spans that were measured under several views. */
export function viewsAmong(subjects: readonly SubjectSummary[]): readonly ViewGroup[] {
  const groups = new Map<string, Map<string, ViewedSpan & { readonly byView: Map<string, SpanSummary> }>>();
  for (const subject of subjects) {
    const { record } = subject;
    const { workload, workloadParameters, parameters } = record;
    for (const summary of subject.spans) {
      const isolation = { isolation: parameters['isolation'] ?? '' };
      const key = `${subjectKey({ platform: '', parameters: isolation, workload, workloadParameters })} ${summary.span.name}`;
      const group = groups.get(key) ?? new Map<string, ViewedSpan & { readonly byView: Map<string, SpanSummary> }>();
      groups.set(key, group);
      const known = group.get(modelKey(subject));
      if (known !== undefined) known.byView.set(viewOf(record), summary);
      else {
        const byView = new Map([[viewOf(record), summary]]);
        group.set(modelKey(subject), { subject: { ...subject, record: withoutModel(record) }, byView, summary });
      }
    }
  }
  return [...groups.values()].flatMap((group): ViewGroup[] => {
    const several = [...group.values()].filter(({ byView }) => byView.size > 1);
    if (several.length === 0) return [];
    const views = inOrder(several.flatMap(({ byView }) => [...byView.keys()]));
    const spans = several.map((s): ViewedSpan => ({ ...s, summary: s.byView.get(inOrder(s.byView.keys())[0])! }));
    return [{ views, spans, rankings: rankingsOf(spans, views) }];
  });
}

function rankingsOf(spans: readonly ViewedSpan[], views: readonly string[]): readonly Ranking[] {
  const classes = new Set(spans.map(({ summary }) => summary.span.fidelity));
  return [...classes].flatMap((fidelity): Ranking[] => {
    const own = spans.filter(({ summary }) => summary.span.fidelity === fidelity);
    const order = [...own].sort((a, b) => a.summary.cycles.median - b.summary.cycles.median);
    const pairs = order.flatMap((a, i) =>
      order
        .slice(i + 1)
        .filter((b) => b.subject.record.platform !== a.subject.record.platform)
        .map((b) => pairOrder(a, b, views)),
    );
    return pairs.length === 0 ? [] : [{ fidelity, order, pairs }];
  });
}

function pairOrder(a: ViewedSpan, b: ViewedSpan, views: readonly string[]): PairOrder {
  const both = views.flatMap((view) => {
    const [x, y] = [a.byView.get(view)?.cycles, b.byView.get(view)?.cycles];
    return x === undefined || y === undefined ? [] : [{ view, x, y }];
  });
  const orders = new Map(both.map(({ view, x, y }) => [view, Math.sign(x.median - y.median) as -1 | 0 | 1]));
  const [first] = orders.values();
  return {
    pair: [a, b],
    orders,
    swaps: [...orders].flatMap(([view, order]) => (order === first ? [] : [view])),
    overlaps: both.flatMap(({ view, x, y }) => (x.minimum <= y.maximum && y.minimum <= x.maximum ? [view] : [])),
  };
}
