import { markdownTable } from 'markdown-table';
import type { ProtectionCounts } from '../../platforms/machine/machine.js';
import { PROTECTION_TITLES } from '../exec/passages.js';
import type { SpanSummary, SubjectSummary } from './analyse.js';
import { platformLabel, protection, showNumber, spanTitle, type SuiteNames, workloadLabel } from './table.js';
import { OWN_CORE, type PairOrder, type Ranking, type ViewedSpan, type ViewGroup, viewsAmong } from './views.js';

const SIGNS = { [-1]: '<', 0: '=', 1: '>' } as const;

const labelOf = ({ subject }: ViewedSpan): string => platformLabel(subject);
const classOf = ({ fidelity }: { readonly fidelity: string | null }): string => fidelity ?? '-';

/** `mpu-rtos < cheri under own core; mpu-rtos > cheri under C(0), C(1)`. */
function pairText({ pair: [a, b], orders }: PairOrder): string {
  const bySign = new Map<number, string[]>();
  for (const [view, order] of orders) bySign.set(order, [...(bySign.get(order) ?? []), view]);
  return [...bySign]
    .map(([sign, views]) => `${labelOf(a)} ${SIGNS[sign as -1 | 0 | 1]} ${labelOf(b)} under ${views.join(', ')}`)
    .join('; ');
}

const overlapText = ({ pair: [a, b], overlaps }: PairOrder): string =>
  `${labelOf(a)}, ${labelOf(b)} under ${overlaps.join(', ')}`;

/** Platforms from the fewest cycles to the most. */
const orderText = ({ order }: Ranking): string =>
  order.reduce((text, span, i) => {
    if (i === 0) return labelOf(span);
    const equal = span.summary.cycles.median === order[i - 1].summary.cycles.median;
    return `${text} ${equal ? '=' : '<'} ${labelOf(span)}`;
  }, '');

/** How many pairs of platforms keep their order under every view, and how many spans do in all of their pairs. */
export interface Survival {
  readonly ranked: number;
  readonly kept: number;
  readonly pairs: number;
  readonly pairsKept: number;
  /** Spans that no two platforms have in one class. */
  readonly unranked: number;
}

/** Whether rankings survive another cycle model. */
export function survivalOf(groups: readonly ViewGroup[]): Survival {
  const ranked = groups.filter(({ rankings }) => rankings.length > 0);
  const pairs = ranked.flatMap(({ rankings }) => rankings.flatMap((r) => r.pairs));
  const keeps = ({ swaps }: PairOrder): boolean => swaps.length === 0;
  return {
    ranked: ranked.length,
    kept: ranked.filter(({ rankings }) => rankings.every((r) => r.pairs.every(keeps))).length,
    pairs: pairs.length,
    pairsKept: pairs.filter(keeps).length,
    unranked: groups.length - ranked.length,
  };
}

/** The statement in one sentence or two. */
export function survivalText(groups: readonly ViewGroup[]): string {
  const { ranked, kept, pairs, pairsKept, unranked } = survivalOf(groups);
  const views = [...new Set(groups.flatMap((g) => g.views))].join(', ');
  const not = unranked === 0 ? '' : ` Not ranked: ${unranked}, which no two platforms have in one class.`;
  if (ranked === 0) return `No span is ranked.${not}`;
  return (
    `${kept} of ${ranked} spans that platforms have in one class keep the order of the platforms under ${views}; ` +
    `${pairsKept} of ${pairs} pairs of platforms do.${not}`
  );
}

/** A table as titles and rows; which columns are numbers. */
export interface Rows {
  readonly header: readonly string[];
  readonly numeric: readonly boolean[];
  readonly rows: readonly { readonly subject: SubjectSummary; readonly line: readonly string[] }[];
}

/** Bus beats under the views C(w), which have no caches, if they are others than on the own core. */
function beats({ byView }: ViewedSpan): string {
  const own = byView.get(OWN_CORE)?.medians.busBeats;
  const common = [...byView].find(([view]) => view !== OWN_CORE)?.[1].medians.busBeats;
  if (own === undefined || common === undefined) return showNumber((own ?? common)!);
  return own === common ? showNumber(own) : `${showNumber(own)} (C: ${showNumber(common)})`;
}

/** A row for each span and platform: what it does, and its cycles under each view. */
export function viewRows(groups: readonly ViewGroup[], names: SuiteNames): Rows {
  const views = [...new Set(groups.flatMap((g) => g.views))];
  const cycles = (summary: SpanSummary | undefined): string =>
    summary === undefined ? '-' : showNumber(summary.cycles.median);
  const rows = groups.flatMap(({ spans }) =>
    spans.map((viewed) => {
      const { subject, summary, byView } = viewed;
      const line = [
        workloadLabel(subject, names),
        spanTitle(summary),
        labelOf(viewed),
        classOf(summary.span),
        showNumber(summary.medians.instructions),
        protection(summary),
        beats(viewed),
        ...views.map((view) => cycles(byView.get(view))),
      ];
      return { subject, line };
    }),
  );
  const header = ['workload', 'span', 'platform', 'class', 'instructions', 'protection operations', 'bus beats'];
  const numeric = [false, false, false, false, true, false, true, ...views.map(() => true)];
  return { header: [...header, ...views], numeric, rows };
}

/** A row for each span and class that is ranked, and one for each span that is not. */
export function rankingRows(groups: readonly ViewGroup[], names: SuiteNames): Rows {
  const rows = groups.flatMap(({ spans, rankings }) => {
    const [{ subject, summary }] = spans;
    const about = [workloadLabel(subject, names), spanTitle(summary)];
    if (rankings.length === 0) {
      const found = spans.map((s) => `${labelOf(s)} ${classOf(s.summary.span)}`).join(', ');
      const why = spans.length === 1 ? 'one platform' : `classes differ (${found})`;
      return [{ subject, line: [...about, '-', `not ranked: ${why}`, '-', '-', '-'] }];
    }
    const ranked = new Set(rankings.flatMap(({ order }) => order));
    const others = spans.filter((s) => !ranked.has(s)).map((s) => `${labelOf(s)} ${classOf(s.summary.span)}`);
    const beside = others.length === 0 ? '' : `; not ranked: ${others.join(', ')}`;
    return rankings.map((ranking) => {
      const swapping = ranking.pairs.filter(({ swaps }) => swaps.length > 0);
      const open = ranking.pairs.filter(({ overlaps }) => overlaps.length > 0);
      const line = [
        ...about,
        classOf(ranking),
        orderText(ranking) + beside,
        `${ranking.pairs.length - swapping.length} of ${ranking.pairs.length}`,
        swapping.map(pairText).join('; ') || '-',
        open.map(overlapText).join('; ') || '-',
      ];
      return { subject, line };
    });
  });
  const header = [
    'workload',
    'span',
    'class',
    'order, fewest cycles first',
    'pairs that keep it',
    'swaps',
    'ranges overlap',
  ];
  return { header, numeric: header.map(() => false), rows };
}

/** How to read both tables. */
export const VIEW_LEGEND = `own core: the model of the platform's core; C(w): one abstract model for all, 1 cycle per instruction, 1 + w per 32-bit data beat on the
bus and 2 per redirect, without caches. Median cycles. bus beats: on the own core with the fetches of its caches; C: the data beats that C(w)
counts, where they differ. Only platforms that have a span in the same class are ranked. ranges overlap: least to greatest cycles of two
platforms do, so that their order depends on layout or history.
`;

const markdown = ({ header, numeric, rows }: Rows): string =>
  markdownTable([[...header], ...rows.map(({ line }) => [...line])], { align: numeric.map((n) => (n ? 'r' : 'l')) });

/** Views and rankings as text; undefined if nothing was measured under several views. */
export function viewTables(subjects: readonly SubjectSummary[], names: SuiteNames, heading = ''): string | undefined {
  const groups = viewsAmong(subjects);
  if (groups.length === 0) return undefined;
  return [
    `${heading}Views: cycles under several cycle models\n\n${markdown(viewRows(groups, names))}\n`,
    `${heading}Does the order of the platforms survive?\n\n${survivalText(groups)}\n\n${markdown(rankingRows(groups, names))}\n`,
    VIEW_LEGEND,
  ].join('\n');
}

const protectionOf = ({ medians }: SpanSummary): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.keys(PROTECTION_TITLES).map((key) => [key, medians[key as keyof ProtectionCounts]]));

/** A line of `--json` for each span: every platform under every view, and every pair that is ranked. */
export const viewLines = (subjects: readonly SubjectSummary[]): readonly string[] =>
  viewsAmong(subjects).map(({ views, spans, rankings }) => {
    const [{ subject, summary }] = spans;
    const { workload, workloadParameters } = subject.record;
    const platforms = spans.map(({ subject: { record }, summary: { span }, byView }) => ({
      platform: record.platform,
      changed: Object.fromEntries(record.changed.map((name) => [name, record.parameters[name]])),
      fidelity: span.fidelity,
      views: Object.fromEntries(
        [...byView].map(([view, s]) => {
          const { instructions, busBeats } = s.medians;
          return [view, { cycles: s.cycles, instructions, busBeats, protection: protectionOf(s) }];
        }),
      ),
    }));
    const pairs = rankings.flatMap((ranking) =>
      ranking.pairs.map(({ pair, orders, swaps, overlaps }) => ({
        fidelity: ranking.fidelity,
        platforms: pair.map(labelOf),
        orders: Object.fromEntries(orders),
        keepsOrder: swaps.length === 0,
        overlaps,
      })),
    );
    return JSON.stringify({ workload, workloadParameters, span: summary.span.name, views, platforms, pairs });
  });
