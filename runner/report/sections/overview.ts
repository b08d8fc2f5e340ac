import type { SpanSummary, SubjectSummary } from '../../results/analyse.js';
import { changedOf, platformLabel, showNumber, workloadLabel } from '../../results/table.js';
import { ownCores } from '../../results/views.js';
import { dataTable, number, text } from '../data-table.js';
import { type Content, type Html, markup } from '../html.js';
import type { Report, Section } from '../report.js';
import { workloadName } from '../workload-name.js';

/** What the overview shows of a workload: its defaults, with caches as they are and with caches that others have used. */
const SHOWN = ['', 'state=polluted'];

interface Row {
  readonly workload: string;
  readonly name: Html;
  readonly span: string;
  readonly cells: Map<string, Content>;
}

const showSpan = ({ cycles, span }: SpanSummary): Content =>
  markup`${showNumber(cycles.median)}${span.fidelity === null ? '' : markup` <b class="class">${span.fidelity}</b>`}`;

/** Cells of a subject without spans: it is not applicable, was an error, or its attempt ended before the span did. */
function emptyCell({ record }: SubjectSummary): Content {
  if (record.outcome.kind === 'not applicable') return markup`<a href="#not-applicable">n/a</a>`;
  return record.outcome.kind === 'error' ? markup`<a href="#errors">error</a>` : '-';
}

/** A row for each span of the subjects, in their order. */
function rowsOf({ names, workloads }: Report, subjects: readonly SubjectSummary[]): readonly Row[] {
  const rows = new Map<string, Row>();
  const rowOf = (subject: SubjectSummary, span: string): Row => {
    const workload = workloadLabel(subject, names);
    const key = `${workload} ${span}`;
    const row = rows.get(key) ?? {
      workload,
      name: workloadName(subject, { names }),
      span,
      cells: new Map<string, Content>(),
    };
    rows.set(key, row);
    return row;
  };
  const place = new Map(workloads.map(({ id }, i) => [id, i]));
  const inOrder = [...subjects].sort((a, b) => place.get(a.record.workload)! - place.get(b.record.workload)! || 0);
  for (const subject of inOrder) {
    for (const summary of subject.spans) {
      const { name, trip } = summary.span;
      const row = rowOf(subject, trip === 'one-way' ? name : `${name} (round trip)`);
      row.cells.set(platformLabel(subject), showSpan(summary));
    }
  }
  for (const subject of inOrder.filter(({ spans }) => spans.length === 0)) {
    const label = workloadLabel(subject, names);
    const own = [...rows.values()].filter(({ workload }) => workload === label);
    for (const row of own.length > 0 ? own : [rowOf(subject, '-')])
      row.cells.set(platformLabel(subject), emptyCell(subject));
  }
  return [...rows.values()];
}

/** All platforms side by side at the workloads' defaults. */
export const overview: Section = {
  id: 'overview',
  title: 'All platforms side by side',
  render: (report) => {
    const { subjects, names } = report;
    const shown = ownCores(subjects).filter((s) => SHOWN.includes(changedOf(s, names)));
    const platforms = [...new Set(shown.map(platformLabel))];
    if (shown.length === 0) return undefined;
    return markup` <p>
        Median guest cycles of each span at the defaults of its workload, and with <code>state=polluted</code>, where
        another domain has used the caches before each passage: a system that does something else in between is there;
        without it is the best case. The letter is the class of the path. <code>-</code>: not passed there.
      </p>
      ${dataTable({
        id: 'overview-table',
        caption: 'Guest cycles and class of the path, all platforms',
        columns: [text('workload'), text('span'), ...platforms.map(number)],
        rows: rowsOf(report, shown).map(({ name, span, cells }) => [
          name,
          span,
          ...platforms.map((label) => cells.get(label) ?? '-'),
        ]),
      })}`;
  },
};
