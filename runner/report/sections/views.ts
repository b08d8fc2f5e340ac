import { type Rows, rankingRows, survivalText, VIEW_LEGEND, viewRows } from '../../results/view-table.js';
import { viewsAmong } from '../../results/views.js';
import { dataTable, number, text } from '../data-table.js';
import { type Html, markup } from '../html.js';
import type { Report, Section } from '../report.js';
import { workloadName } from '../workload-name.js';

const tableOf = (id: string, caption: string, { header, numeric, rows }: Rows, report: Report): Html =>
  dataTable({
    id,
    caption,
    columns: header.map((title, i) => (numeric[i] ? number(title) : text(title))),
    rows: rows.map(({ subject, line: [, ...cells] }) => [workloadName(subject, report), ...cells]),
  });

/** The same spans under several cycle models, and whether the platforms keep their order. */
export const views: Section = {
  id: 'views',
  title: 'Views: other cycle models',
  render: (report) => {
    const groups = viewsAmong(report.subjects);
    if (groups.length === 0) return undefined;
    return markup`
      <p><strong>${survivalText(groups)}</strong></p>
      <p>${VIEW_LEGEND}</p>
      ${tableOf('ranking-table', 'Does the order of the platforms survive?', rankingRows(groups, report.names), report)}
      ${tableOf('views-table', 'Cycles under each cycle model', viewRows(groups, report.names), report)}`;
  },
};
