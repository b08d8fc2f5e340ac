import { median } from 'simple-statistics';
import { PHASES } from '../../platforms/machine/ledger.js';
import type { SpanSummary, SubjectSummary } from '../results/analyse.js';
import { GUARANTEE_NOTES, guaranteesAmong } from '../results/guarantees.js';
import { changedOf, platformLabel, type SuiteNames } from '../results/table.js';
import { ownCores, viewsAmong } from '../results/views.js';
import { barDrawing } from './bars.js';
import { overrunDrawings } from './overrun.js';
import { curveDrawing } from './curves.js';
import { type ChartFile, draw, type Drawing } from './draw.js';
import { summariseArrivals } from '../results/arrivals.js';
import { arrivalDrawing } from './histogram.js';
import { phaseDrawing } from './phases.js';
import { type Series, seriesOf } from './series.js';
import { viewDrawing } from './views.js';

export { type ChartFile, type Drawing, drawSvg, WIDTH } from './draw.js';

/** What a figure and its whiskers are. */
function howOf(subjects: readonly SubjectSummary[]): readonly string[] {
  const layouts = Math.max(...subjects.map(({ records }) => records.length));
  const over = layouts === 1 ? 'in one layout of code and data' : `over ${layouts} layouts of code and data`;
  return [
    `median of the passages after the first of each run, ${over}`,
    'whiskers: least and greatest of these passages; that is model sensitivity, no confidence interval',
  ];
}
const CLASSES =
  'solid: path of the real kernel or as long (R, P), or no kernel; hatched: mechanism only (M); crossed: policy is ours (O)';

const STATE =
  'where the workload has states, another domain has used the caches before each sample; state=warm, the best case, is in summary.md';

/** A row so much longer than the one in the middle makes the others unreadable: it gets a chart of its own. */
const FAR = 5;

const spanLabel = (workload: string, { span }: SpanSummary): string =>
  `${workload} ${span.name}${span.trip === 'round-trip' ? ' (round trip)' : ''}`;

/** A span on a platform. */
interface Cell {
  readonly subject: SubjectSummary;
  readonly summary: SpanSummary;
}

/** A span of a workload, and what each platform has of it. */
interface Row {
  readonly label: string;
  readonly cells: Map<string, Cell>;
}

/** The spans of subjects. */
function rowsOf(subjects: readonly SubjectSummary[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const subject of subjects) {
    for (const summary of subject.spans) {
      const label = spanLabel(subject.record.workload, summary);
      const row = rows.get(label) ?? { label, cells: new Map<string, Cell>() };
      rows.set(label, row);
      row.cells.set(platformLabel(subject), { subject, summary });
    }
  }
  return [...rows.values()];
}

/** Rows of which the longest are about as long, and those that are far longer. */
function byLength(rows: readonly Row[]): readonly (readonly Row[])[] {
  const lengthOf = ({ cells }: Row): number =>
    Math.max(...[...cells.values()].map(({ summary }) => summary.cycles.median));
  const middle = median(rows.map(lengthOf));
  const near = rows.filter((row) => lengthOf(row) <= FAR * middle);
  const far = rows.filter((row) => lengthOf(row) > FAR * middle);
  return far.length === 0 ? [near] : [near, far];
}

/** What each span of a family costs, side by side and by phase. */
function familyDrawings(
  family: string,
  about: string,
  subjects: readonly SubjectSummary[],
  marksOf: (subject: SubjectSummary, path: string) => string,
): readonly Drawing[] {
  const all = rowsOf(subjects);
  if (all.length === 0) return [];
  const platforms = [...new Set(subjects.map(platformLabel))];
  return byLength(all).flatMap((rows, part) => {
    const name = part === 0 ? family : `${family}-long`;
    const series = platforms.map((label) => ({
      label,
      bars: rows.map(({ cells }) => {
        const cell = cells.get(label);
        if (cell === undefined) return undefined;
        const { cycles, span } = cell.summary;
        const { minimum, median: value, maximum } = cycles;
        return { value, minimum, maximum, fidelity: span.fidelity, note: marksOf(cell.subject, span.path) };
      }),
    }));
    const bars = rows.flatMap(({ label, cells }) =>
      platforms.flatMap((platform) => {
        const summary = cells.get(platform)?.summary;
        if (summary === undefined) return [];
        const mark = summary.span.fidelity === null ? '' : `, ${summary.span.fidelity}`;
        return [{ label: [label, `${platform}${mark}`], phases: summary.phases }];
      }),
    );
    const groups = rows.map(({ label }) => label);
    const paths = bars.some(({ phases }) => PHASES.some((phase) => phase !== 'user' && phases[phase] > 0));
    const marked = series.some((s) => s.bars.some((bar) => bar !== undefined && bar.note !== ''));
    const byPhase = phaseDrawing({
      name: `${name}-phases`,
      title: `${family}: where the cycles go`,
      notes: ['cycles by phase of the path, of the median passage; they sum to its cycles', STATE],
      bars,
    });
    const notes = [...howOf(subjects), STATE, CLASSES, ...(marked ? GUARANTEE_NOTES : [])];
    return [barDrawing({ name, title: `${family}: ${about}`, notes, groups, series }), ...(paths ? [byPhase] : [])];
  });
}

const curveOf = ({ name, parameter, unit, span, curves }: Series, how: readonly string[]): Drawing =>
  curveDrawing({
    name: `${name}-${parameter}`,
    title: `${name}: span '${span}' by number of ${unit}`,
    notes: [...how, 'letters: class of the path; curves of different classes are not to be ranked', STATE],
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

/** Gives the charts of a family: bars of its spans, their phases, curves over its numbers, and its spans under other cycle models. */
export function chartsAmong(
  subjects: readonly SubjectSummary[],
  names: SuiteNames,
): (family: string) => readonly Drawing[] {
  const marksOf = guaranteesAmong(subjects);
  return (family) => {
    const all = subjects.filter(({ record }) => names.familyOf(record.workload) === family);
    const own = ownCores(all);
    const series = seriesOf(own, names);
    const drawn = new Set(series.flatMap(({ workloads }) => (workloads.length > 1 ? workloads : [])));
    const plain = own.filter((s) => changedOf(s, names) === '');
    const apart = plain.filter((s) => !drawn.has(s.record.workload));
    const shown = apart.length > 0 ? apart : plain;
    const bars = familyDrawings(family, names.aboutFamily(family), shown, marksOf);
    const charted = new Set(plain.flatMap((s) => s.spans));
    const views = viewsAmong(all).filter(({ spans }) => spans.some(({ summary }) => charted.has(summary)));
    const viewed = views.length === 0 ? [] : [viewDrawing(family, views)];
    return [
      ...bars,
      ...series.map((s) => curveOf(s, howOf(own))),
      ...arrivalDrawings(plain),
      ...overrunDrawings(own),
      ...viewed,
    ];
  };
}

/** Draws the charts of all families: PNG and SVG of each. */
export async function drawCharts(
  subjects: readonly SubjectSummary[],
  names: SuiteNames,
): Promise<readonly ChartFile[]> {
  const families = new Set(subjects.map(({ record }) => names.familyOf(record.workload)));
  const files: ChartFile[] = [];
  let before: ReturnType<typeof draw> | undefined;
  for (const drawing of [...families].flatMap(chartsAmong(subjects, names))) {
    // the next one is drawn while the one before is packed; not all at once, since a canvas takes megabytes
    const now = draw(drawing);
    // awaited in the next round; until then a failure must not count as unhandled
    now.catch(() => undefined);
    files.push(...((await before) ?? []));
    before = now;
  }
  return [...files, ...((await before) ?? [])];
}
