import { type SubjectSummary, summarise } from './analyse.js';
import { summariseArrivals } from './arrivals.js';
import { type MeasurementRecord, type RecordOutcome, subjectKey } from './schema.js';

/** What is compared of a span: the median of its warm passages, or how long the interrupt waited that waited longest within it. */
export type Quantity = 'median' | 'longest to handler' | 'longest to driver';

/** One quantity of a span in two results. */
export interface Comparison {
  readonly workload: string;
  readonly workloadParameters: MeasurementRecord['workloadParameters'];
  readonly platform: string;
  readonly span: string;
  readonly quantity: Quantity;
  /** Cycles in both. */
  readonly cycles: readonly [number, number];
  /** Median instructions of the warm passages in both; null for what is no passage of a span. */
  readonly instructions: readonly [number, number] | null;
  /** Cycles of the second by those of the first. */
  readonly ratio: number;
  /** `slower` if the ratio is above 1 + threshold, `faster` if below 1 / (1 + threshold). */
  readonly verdict: 'same' | 'within' | 'slower' | 'faster';
}

/** Two results side by side. */
export interface ResultComparison {
  readonly spans: readonly Comparison[];
  /** Subjects whose runs ended otherwise: a regression if the second is an error. */
  readonly outcomes: readonly {
    readonly subject: SubjectSummary;
    readonly ended: readonly [RecordOutcome['kind'], RecordOutcome['kind']];
  }[];
  /** Parameters of platforms in which matched records differ: `mmu-microkernel.generation: head, pr668`. */
  readonly parameters: readonly string[];
  /** Subjects that only one of them has. */
  readonly onlyFirst: readonly SubjectSummary[];
  readonly onlySecond: readonly SubjectSummary[];
}

const looseKey = ({ record: r }: SubjectSummary): string => subjectKey({ ...r, parameters: {} });

const byKey = (
  subjects: readonly SubjectSummary[],
  key: (s: SubjectSummary) => string,
): Map<string, readonly SubjectSummary[]> => {
  const map = new Map<string, readonly SubjectSummary[]>();
  for (const subject of subjects) map.set(key(subject), [...(map.get(key(subject)) ?? []), subject]);
  return map;
};

/**
 * Pairs of subjects: those that agree in everything, then, where a result has a workload once, those that differ in parameters of
 * the platform, so that kernels and hardware can be compared.
 */
function pairs(
  a: readonly SubjectSummary[],
  b: readonly SubjectSummary[],
): readonly (readonly [SubjectSummary, SubjectSummary])[] {
  const exactKey = ({ record }: SubjectSummary): string => subjectKey(record);
  const exact = byKey(b, exactKey);
  const paired: [SubjectSummary, SubjectSummary][] = [];
  for (const first of a) {
    const second = exact.get(exactKey(first))?.[0];
    if (second !== undefined) paired.push([first, second]);
  }
  const used = new Set(paired.flat());
  const left = byKey(
    a.filter((s) => !used.has(s)),
    looseKey,
  );
  const right = byKey(
    b.filter((s) => !used.has(s)),
    looseKey,
  );
  for (const [key, [first, ...others]] of left) {
    const [second, ...more] = right.get(key) ?? [];
    if (others.length === 0 && more.length === 0 && second !== undefined) paired.push([first, second]);
  }
  const place = new Map(a.map((s, i) => [s, i]));
  return paired.sort((x, y) => place.get(x[0])! - place.get(y[0])!);
}

/** How a subject's runs ended: the worst of them. */
function ended({ records }: SubjectSummary): RecordOutcome['kind'] {
  const kinds = records.map(({ outcome }) => outcome.kind);
  return kinds.find((kind) => kind === 'error') ?? kinds[0];
}

/**
 * Compares two results.
 * @param threshold change of cycles that is let pass: 0.02 for 2 %
 */
export function compareResults(
  first: readonly MeasurementRecord[],
  second: readonly MeasurementRecord[],
  threshold: number,
): ResultComparison {
  const [a, b] = [summarise(first), summarise(second)];
  const matched = pairs(a, b);
  const used = new Set(matched.flat());
  const parameters = new Set<string>();
  for (const [{ record: x }, { record: y }] of matched) {
    for (const name of new Set([...Object.keys(x.parameters), ...Object.keys(y.parameters)])) {
      const [was, is] = [x.parameters[name], y.parameters[name]];
      if (was !== is) parameters.add(`${x.platform}.${name}: ${String(was ?? 'none')}, ${String(is ?? 'none')}`);
    }
  }
  return {
    spans: matched.flatMap((pair) => [...compareSpans(pair, threshold), ...compareArrivals(pair, threshold)]),
    outcomes: matched.flatMap(([x, y]) =>
      ended(x) === ended(y) ? [] : [{ subject: y, ended: [ended(x), ended(y)] as const }],
    ),
    parameters: [...parameters],
    onlyFirst: a.filter((s) => !used.has(s)),
    onlySecond: b.filter((s) => !used.has(s)),
  };
}

type Pair = readonly [SubjectSummary, SubjectSummary];

/** The medians of spans that both have. */
function compareSpans([x, y]: Pair, threshold: number): readonly Comparison[] {
  return x.spans.flatMap((a) => {
    const b = y.spans.find((s) => s.span.name === a.span.name);
    if (b === undefined) return [];
    const about = { ...identityOf(x), span: a.span.name, quantity: 'median' } as const;
    const instructions = [a.medians.instructions, b.medians.instructions] as const;
    return [judge({ ...about, cycles: [a.cycles.median, b.cycles.median], instructions }, threshold)];
  });
}

/** The worst cases of sweeps that both have. */
function compareArrivals([x, y]: Pair, threshold: number): readonly Comparison[] {
  const [[a], [b]] = [summariseArrivals([x]), summariseArrivals([y])];
  if (a === undefined || b === undefined) return [];
  return (['handler', 'driver'] as const).map((what) => {
    const cycles = [a.worst[what].arrival.latency, b.worst[what].arrival.latency] as const;
    const about = { ...identityOf(x), span: a.worst[what].sweep.span, quantity: `longest to ${what}` } as const;
    return judge({ ...about, cycles, instructions: null }, threshold);
  });
}

const identityOf = ({
  record: r,
}: SubjectSummary): Pick<Comparison, 'workload' | 'workloadParameters' | 'platform'> => ({
  workload: r.workload,
  workloadParameters: r.workloadParameters,
  platform: r.platform,
});

function judge(found: Omit<Comparison, 'ratio' | 'verdict'>, threshold: number): Comparison {
  const [a, b] = found.cycles;
  // a span without a cycle in both is the same, and infinitely slower once it has some
  const ratio = a === b ? 1 : b / a;
  const verdict =
    ratio > 1 + threshold ? 'slower' : ratio < 1 / (1 + threshold) ? 'faster' : ratio === 1 ? 'same' : 'within';
  return { ...found, ratio, verdict };
}
