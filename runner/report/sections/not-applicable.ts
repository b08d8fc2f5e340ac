import { changedOf, platformLabel } from '../../results/table.js';
import { ownCores } from '../../results/views.js';
import { dataTable, text } from '../data-table.js';
import { markup } from '../html.js';
import type { Section } from '../report.js';
import { workloadId } from '../workload-name.js';

/** Cells of the table workload x platform that have no number, and why. */
export const notApplicable: Section = {
  id: 'not-applicable',
  title: 'Not applicable',
  render: ({ subjects, names }) => {
    const cells = new Map<string, { workload: string; platform: string; reason: string; points: string[] }>();
    for (const subject of ownCores(subjects)) {
      const { outcome, workload } = subject.record;
      if (outcome.kind !== 'not applicable') continue;
      const cell = { workload, platform: platformLabel(subject), reason: outcome.reason, points: [] };
      const key = JSON.stringify(cell);
      const known = cells.get(key) ?? cell;
      cells.set(key, { ...known, points: [...known.points, changedOf(subject, names) || 'the defaults'] });
    }
    if (cells.size === 0) return undefined;
    return markup` <p>A cell without a number is listed with its reason, or it is an error.</p>
      ${dataTable({
        id: 'not-applicable-table',
        caption: 'Workloads that a platform has nothing to measure for',
        columns: [text('workload'), text('platform'), text('reason'), text('at')],
        rows: [...cells.values()].map(({ workload, platform, reason, points }) => [
          markup`<a href="#${workloadId(workload)}"><code>${workload}</code></a>`,
          platform,
          reason,
          points.join('; '),
        ]),
      })}`;
  },
};
