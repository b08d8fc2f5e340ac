import type { SubjectSummary } from '../results/analyse.js';
import { changedOf, platformLabel, type SuiteNames } from '../results/table.js';
import type { Curve } from './curves.js';

/** Workloads that were measured at several values of one number. */
export interface Series {
  /** `ipc.payload`: what the workloads have in common. */
  readonly name: string;
  readonly workloads: readonly string[];
  readonly parameter: string;
  readonly unit: string;
  readonly span: string;
  readonly curves: readonly Curve[];
}

/** Values that make a curve. */
const FEWEST = 3;

/** Subjects of which nothing but one parameter differs from the default. */
function along(subjects: readonly SubjectSummary[], parameter: string, names: SuiteNames): readonly SubjectSummary[] {
  return subjects.filter((subject) => {
    const changed = changedOf(subject, names);
    return changed === '' || (changed.startsWith(`${parameter}=`) && !changed.includes(' '));
  });
}

/** The span that all have, the longest of them. */
function commonSpan(subjects: readonly SubjectSummary[]): string | undefined {
  const [first, ...rest] = subjects;
  const common = first.spans.filter(({ span }) =>
    rest.every((s) => s.spans.some((other) => other.span.name === span.name)),
  );
  const longest = [...common].sort((a, b) => b.cycles.median - a.cycles.median);
  return longest.at(0)?.span.name;
}

const group = (workload: string): string => {
  const parts = workload.split('.');
  return parts.length > 2 ? parts.slice(0, -1).join('.') : workload;
};

/** The curves that the subjects of a family give. */
export function seriesOf(subjects: readonly SubjectSummary[], names: SuiteNames): readonly Series[] {
  const groups = new Map<string, SubjectSummary[]>();
  for (const subject of subjects) {
    if (subject.spans.length === 0) continue;
    const name = group(subject.record.workload);
    groups.set(name, [...(groups.get(name) ?? []), subject]);
  }
  return [...groups].flatMap(([name, own]) =>
    names.numbersOf(own[0].record.workload).flatMap(({ name: parameter, unit }) => {
      const series = seriesAlong(name, along(own, parameter, names), parameter);
      return series === undefined ? [] : [{ ...series, unit }];
    }),
  );
}

function seriesAlong(
  name: string,
  subjects: readonly SubjectSummary[],
  parameter: string,
): Omit<Series, 'unit'> | undefined {
  const value = ({ record }: SubjectSummary): number => Number(record.workloadParameters[parameter]);
  const lines = new Map<string, SubjectSummary[]>();
  for (const subject of subjects) {
    const key = `${subject.record.workload} on ${platformLabel(subject)}`;
    lines.set(key, [...(lines.get(key) ?? []), subject]);
  }
  const long = [...lines].filter(([, line]) => new Set(line.map(value)).size >= FEWEST);
  if (long.length === 0) return undefined;
  const span = commonSpan(long.flatMap(([, line]) => line));
  if (span === undefined) return undefined;
  const curves = long.map(([label, line]) => {
    const points = line.map((subject) => {
      const { cycles } = subject.spans.find((s) => s.span.name === span)!;
      return { x: value(subject), value: cycles.median, minimum: cycles.minimum, maximum: cycles.maximum };
    });
    const { fidelity } = line[0].spans.find((s) => s.span.name === span)!.span;
    return {
      label: `${label}${fidelity === null ? '' : `, ${fidelity}`}`,
      platform: platformLabel(line[0]),
      workload: line[0].record.workload,
      points: points.sort((a, b) => a.x - b.x),
    };
  });
  const workloads = [...new Set(long.flatMap(([, line]) => line.map((s) => s.record.workload)))];
  return { name, workloads, parameter, span, curves };
}
