import { describeWorkloadParameter } from '../../../workloads/language/parameters.js';
import type { Workload } from '../../../workloads/index.js';
import { showPoint, systemLines } from '../../show/workload.js';
import { dataTable, text } from '../data-table.js';
import { Html, idOf, markup } from '../html.js';
import type { Section } from '../report.js';
import { workloadId } from '../workload-name.js';

const pointOf = (point: Workload['points'][number]): string =>
  Object.entries(point)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ') || 'the defaults';

function definition(workload: Workload): Html {
  const { id, title, purpose, parameters, points } = workload;
  const scenario = workload.build();
  const spans = dataTable({
    id: idOf('definition', id, 'spans'),
    caption: `${id}: spans`,
    columns: ['span', 'trip', 'path', 'from', 'to', 'meaning'].map(text),
    rows: scenario.spans.map((s) => [s.name, s.trip, s.path, showPoint(s.from), showPoint(s.to), s.meaning]),
  });
  const named = Object.entries(parameters);
  const table = dataTable({
    id: idOf('definition', id, 'parameters'),
    caption: `${id}: parameters`,
    columns: ['parameter', 'default', 'takes', 'meaning'].map(text),
    rows: named.map(([name, p]) => [
      markup`<code>${id}.${name}</code>`,
      String(p.default),
      describeWorkloadParameter(p),
      p.meaning,
    ]),
  });
  return markup`
    <details id="${workloadId(id)}">
      <summary><code>${id}</code> ${title}</summary>
      <p>Measures ${purpose}.${scenario.excluded === '' ? '' : ` In no span: ${scenario.excluded}.`}</p>
      <ul>
        ${systemLines(scenario).map((line) => markup`<li>${line}</li>\n`)}
      </ul>
      ${spans}${named.length > 0 ? table : undefined}
      <p>Measured at: ${points.map(pointOf).join('; ')}.</p>
    </details>
  `;
}

/** Definition of every workload that has results: from the workloads themselves. */
export const workloads: Section = {
  id: 'workloads',
  title: 'Definition of the workloads',
  render: ({ records, workloads: suite }) => {
    const measured = new Set(records.map(({ workload }) => workload));
    const unknown = [...measured].filter((id) => suite.every((w) => w.id !== id));
    return markup` <p>
        As this version of Bulkhead defines them; <code>bulkhead show NAME</code> prints the programs too.
      </p>
      ${suite.filter(({ id }) => measured.has(id)).map(definition)}
      ${unknown.map((id) => markup`<p id="${workloadId(id)}"><code>${id}</code> is not a workload of this version.</p>\n`)}`;
  },
};
