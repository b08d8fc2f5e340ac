import { PHASES } from '../../platforms/machine/ledger.js';
import type { SpanSummary, SubjectSummary } from '../results/analyse.js';
import { changedOf, platformLabel, type SuiteNames } from '../results/table.js';
import { barDrawing } from './bars.js';
import { curveDrawing } from './curves.js';
import { type ChartFile, draw, type Drawing } from './draw.js';
import { summariseArrivals } from '../results/arrivals.js';
import { arrivalDrawing } from './histogram.js';
import { phaseDrawing } from './phases.js';
import { type Series, seriesOf } from './series.js';

export type { ChartFile } from './draw.js';

const HOW =
  'median of the passages after the first of each run; whiskers: least and greatest over passages and layouts';
const CLASSES =
  'solid: path of the real kernel or as long (R, P), or no kernel; hatched: mechanism only (M); crossed: policy is ours (O)';

const spanLabel = (workload: string, { span }: SpanSummary): string =>
  `${workload} ${span.name}${span.trip === 'round-trip' ? ' (round trip)' : ''}`;

/** A span of a workload, and what each platform has of it. */
interface Row {
  readonly label: string;
  readonly cells: Map<string, SpanSummary>;
}

/** Spans of the subjects at the workloads' defaults. */
function rowsOf(subjects: readonly SubjectSummary[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const subject of subjects) {
    for (const summary of subject.spans) {
      const label = spanLabel(subject.record.workload, summary);
      const row = rows.get(label) ?? { label, cells: new Map<string, SpanSummary>() };
      rows.set(label, row);
      row.cells.set(platformLabel(subject), summary);
    }
  }
  return [...rows.values()];
}

/** What each span of a family costs, side by side and by phase. */
function familyDrawings(family: string, about: string, subjects: readonly SubjectSummary[]): readonly Drawing[] {
  const rows = rowsOf(subjects);
  if (rows.length === 0) return [];
  const platforms = [...new Set(subjects.map(platformLabel))];
  const series = platforms.map((label) => ({
    label,
    bars: rows.map(({ cells }) => {
      const cell = cells.get(label);
      if (cell === undefined) return undefined;
      const { cycles, span } = cell;
      return { value: cycles.median, minimum: cycles.minimum, maximum: cycles.maximum, fidelity: span.fidelity };
    }),
  }));
  const bars = rows.flatMap(({ label, cells }) =>
    platforms.flatMap((platform) => {
      const cell = cells.get(platform);
      if (cell === undefined) return [];
      const mark = cell.span.fidelity === null ? '' : `, ${cell.span.fidelity}`;
      return [{ label: [label, `${platform}${mark}`], phases: cell.phases }];
    }),
  );
  const groups = rows.map(({ label }) => label);
  const paths = bars.some(({ phases }) => PHASES.some((phase) => phase !== 'user' && phases[phase] > 0));
  const byPhase = phaseDrawing({
    name: `${family}-phases`,
    title: `${family}: where the cycles go`,
    notes: ['cycles by phase of the path, of the median passage; they sum to its cycles'],
    bars,
  });
  return [
    barDrawing({ name: family, title: `${family}: ${about}`, notes: [HOW, CLASSES], groups, series }),
    ...(paths ? [byPhase] : []),
  ];
}

const curveOf = ({ name, parameter, unit, span, curves }: Series): Drawing =>
  curveDrawing({
    name: `${name}-${parameter}`,
    title: `${name}: span '${span}' by number of ${unit}`,
    notes: [HOW, 'letters: class of the path; curves of different classes are not to be ranked'],
    xTitle: parameter === unit ? unit : `${parameter}, ${unit}`,
    curves,
  });

/** How long interrupts wait, for each workload that sweeps one. */
function arrivalDrawings(subjects: readonly SubjectSummary[]): readonly Drawing[] {
  const swept = summariseArrivals(subjects);
  const workloads = [...new Set(swept.map(({ subject }) => subject.record.workload))];
  return workloads.map((id) =>
    arrivalDrawing(
      id,
      swept.filter(({ subject }) => subject.record.workload === id),
    ),
  );
}

/** Draws the charts of all families: PNG and SVG of each. */
export function drawCharts(subjects: readonly SubjectSummary[], names: SuiteNames): readonly ChartFile[] {
  const families = [...new Set(subjects.map(({ record }) => names.familyOf(record.workload)))];
  const drawings = families.flatMap((family) => {
    const own = subjects.filter(({ record }) => names.familyOf(record.workload) === family);
    const series = seriesOf(own, names);
    const drawn = new Set(series.flatMap(({ workloads }) => (workloads.length > 1 ? workloads : [])));
    const plain = own.filter((s) => changedOf(s, names) === '');
    const apart = plain.filter((s) => !drawn.has(s.record.workload));
    const bars = familyDrawings(family, names.aboutFamily(family), apart.length > 0 ? apart : plain);
    return [...bars, ...series.map(curveOf), ...arrivalDrawings(plain)];
  });
  return drawings.flatMap(draw);
}
