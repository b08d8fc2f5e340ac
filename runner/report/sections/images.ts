import { platformLabel } from '../../results/table.js';
import { dataTable, number, text } from '../data-table.js';
import { markup } from '../html.js';
import type { Section } from '../report.js';
import { workloadName } from '../workload-name.js';

/** What exactly ran: a hash of everything that was loaded. */
export const images: Section = {
  id: 'images',
  title: 'Images',
  render: ({ subjects, names }) => {
    const rows = subjects.flatMap((subject) =>
      subject.records.flatMap(({ image, seed, modelVersion, total }) =>
        image === null
          ? []
          : [
              [
                workloadName(subject, { names }),
                platformLabel(subject),
                seed,
                modelVersion,
                markup`<code>${image}</code>`,
                total.instructions,
                total.cycles,
              ],
            ],
      ),
    );
    return markup`
      <p>
        Two runs with the same hash and the same version of the model give the same samples. Instructions and cycles are
        those of the whole run.
      </p>
      <details>
        <summary>Hash of the image of each of ${rows.length} runs</summary>
        ${dataTable({
          id: 'images-table',
          caption: 'Images that ran',
          columns: [
            text('workload'),
            text('platform'),
            number('seed'),
            text('model version'),
            text('hash of the image'),
            number('instructions'),
            number('cycles'),
          ],
          rows,
        })}
      </details>
    `;
  },
};
