import type { SpanSummary, SubjectSummary } from '../../results/analyse.js';
import { platformLabel, showNumber } from '../../results/table.js';
import { dataTable, number, text } from '../data-table.js';
import { markup } from '../html.js';
import type { Section } from '../report.js';
import { workloadName } from '../workload-name.js';

const percent = ({ cycles: { minimum, median, maximum } }: SpanSummary): string =>
  median === 0 ? '-' : `${((100 * (maximum - minimum)) / median).toFixed(1)} %`;

/** How far a number depends on where code and data lie: only where there are several layouts. */
export const sensitivity: Section = {
  id: 'sensitivity',
  title: 'Model sensitivity',
  render: ({ subjects, names }) => {
    const spans = subjects.flatMap((subject: SubjectSummary) => subject.spans.map((summary) => ({ subject, summary })));
    const several = spans.filter(({ summary }) => summary.seeds > 1);
    if (several.length === 0) return undefined;
    const layouts = Math.max(...several.map(({ summary }) => summary.seeds));
    return markup` <p>
        Code and data were laid out in ${layouts} ways. The band from the least to the greatest cycles says how far a number
        depends on that and on the history of caches; the band by the median is the last column. It is a property of the
        model, not a statistical confidence.
      </p>
      ${dataTable({
        id: 'sensitivity-table',
        caption: 'Cycles over all layouts and warm passages',
        columns: [
          text('workload'),
          text('span'),
          text('platform'),
          number('layouts'),
          number('passages'),
          number('least'),
          number('median'),
          number('greatest'),
          number('band'),
        ],
        rows: several.map(({ subject, summary }) => [
          workloadName(subject, { names }),
          summary.span.name,
          platformLabel(subject),
          summary.seeds,
          summary.warm,
          summary.cycles.minimum,
          showNumber(summary.cycles.median),
          summary.cycles.maximum,
          percent(summary),
        ]),
      })}`;
  },
};
