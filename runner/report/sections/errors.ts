import { platformLabel } from '../../results/table.js';
import { dataTable, number, text } from '../data-table.js';
import { markup } from '../html.js';
import type { Section } from '../report.js';
import { workloadName } from '../workload-name.js';

/** Runs that ended otherwise than the workload states: they have no number. */
export const errors: Section = {
  id: 'errors',
  title: 'Errors: no number',
  render: ({ subjects, names }) => {
    const rows = subjects.flatMap((subject) =>
      subject.records.flatMap(({ outcome, seed }) =>
        outcome.kind !== 'error'
          ? []
          : [
              [
                workloadName(subject, { names }),
                platformLabel(subject),
                seed,
                outcome.reason,
                outcome.place,
                markup`<code>${outcome.trace}</code>`,
              ],
            ],
      ),
    );
    if (rows.length === 0) return undefined;
    return markup` <p>A run with another outcome than its workload states is an error, never a number.</p>
      ${dataTable({
        id: 'errors-table',
        caption: 'Runs that went wrong',
        columns: [
          text('workload'),
          text('platform'),
          number('seed'),
          text('reason'),
          text('place'),
          text('trace it with'),
        ],
        rows,
      })}`;
  },
};
