import { createHash } from 'node:crypto';
import type { SubjectSummary } from '../../results/analyse.js';
import { platformLabel } from '../../results/table.js';
import { dataTable, number, text } from '../data-table.js';
import { markup } from '../html.js';
import type { Section } from '../report.js';
import { workloadName } from '../workload-name.js';

/** One hash for the images of all layouts: of their hashes, by seed. */
const ofAll = ({ records }: SubjectSummary): string =>
  createHash('sha256')
    .update(records.map(({ image }) => image).join('\n'))
    .digest('hex')
    .slice(0, records[0].image!.length);

/** What exactly ran: a hash of everything that was loaded. */
export const images: Section = {
  id: 'images',
  title: 'Images',
  render: ({ subjects, names, manifest }) => {
    const several = manifest.request.seeds.length > 1;
    const loaded = subjects.filter(({ record }) => record.image !== null);
    const rows = loaded.map((subject) => {
      const { seed, modelVersion, image, total } = subject.record;
      return [
        workloadName(subject, { names }),
        platformLabel(subject),
        seed,
        modelVersion,
        markup`<code>${image!}</code>`,
        total.instructions,
        total.cycles,
        ...(several ? [subject.records.length, markup`<code>${ofAll(subject)}</code>`] : []),
      ];
    });
    return markup`
      <p>
        Two runs with the same hash and the same version of the model give the same samples. Instructions and cycles are
        those of the whole run.
        ${several ? 'The last column is the hash of the hashes of all layouts, by seed, one a line.' : undefined}
      </p>
      <details>
        <summary>Hash of the image of each of ${rows.length} runs${several ? ' in the first layout' : undefined}</summary>
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
            ...(several ? [number('layouts'), text('hash of all')] : []),
          ],
          rows,
        })}
      </details>
    `;
  },
};
