import { PHASES } from '../../../platforms/machine/ledger.js';
import { chartsAmong, type Drawing } from '../../charts/index.js';
import type { SubjectSummary } from '../../results/analyse.js';
import { clockLegend } from '../../results/clocks.js';
import { ALIGN, columnsOf, HEADER, platformLabel, spanLines } from '../../results/table.js';
import { type Column, dataTable, number, text } from '../data-table.js';
import { figure } from '../figure.js';
import { type Content, Html, markup, idOf } from '../html.js';
import type { Report, Section } from '../report.js';
import { workloadName } from '../workload-name.js';

const COLUMNS: readonly Column[] = HEADER.map((title, i) => (ALIGN[i] === 'r' ? number(title) : text(title)));

/** Every span of the family; columns in which nothing stands are left out. */
function spanTable(family: string, own: readonly SubjectSummary[], report: Report): Html | undefined {
  const lines = spanLines(own, report.names, report.clocks);
  if (lines.length === 0) return undefined;
  const keep = columnsOf(lines.map(({ line }) => line));
  const rows = lines.map(({ subject, line: [, ...rest] }) => keep<Content>([workloadName(subject, report), ...rest]));
  const caption = `${family}: spans`;
  return dataTable({ id: idOf('spans', family), caption, columns: keep(COLUMNS), rows });
}

/** Cycles of each span by phase; phases that none of them has are left out. */
function phaseTable(family: string, own: readonly SubjectSummary[], report: Report): Html | undefined {
  const spans = own.flatMap((subject) => subject.spans.map((summary) => ({ subject, summary })));
  const phases = PHASES.filter((phase) => spans.some(({ summary }) => summary.phases[phase] > 0));
  if (phases.every((phase) => phase === 'user')) return undefined;
  const rows = spans.map(({ subject, summary }) => [
    workloadName(subject, report),
    summary.span.name,
    platformLabel(subject),
    ...phases.map((phase) => summary.phases[phase]),
  ]);
  const columns = [text('workload'), text('span'), text('platform'), ...phases.map(number)];
  const caption = `${family}: cycles by phase of the median passage, which they sum to`;
  const table = dataTable({ id: idOf('phases', family), caption, columns, rows });
  return markup`<details>
    <summary>Cycles by phase, of every span</summary>
    ${table}
  </details>`;
}

function familyPart(family: string, charts: readonly Drawing[], report: Report): Html {
  const { subjects, names } = report;
  const own = subjects.filter(({ record }) => names.familyOf(record.workload) === family);
  return markup` <h3 id="${idOf('family', family)}">${family}: ${names.aboutFamily(family)}</h3>
    ${charts.map(figure)} ${spanTable(family, own, report)}${phaseTable(family, own, report)}`;
}

/** Charts and figures of each family of workloads. */
export const families: Section = {
  id: 'families',
  title: 'Families of workloads',
  render: (report) => {
    const measured = report.families.filter((family) =>
      report.subjects.some((s) => s.spans.length > 0 && report.names.familyOf(s.record.workload) === family),
    );
    const chartsOf = chartsAmong(report.subjects, report.names);
    const clock = clockLegend(report.clocks);
    return markup` <ul class="links">
        ${measured.map((family) => markup`<li><a href="#${idOf('family', family)}">${family}</a></li>\n`)}
      </ul>
      ${clock === undefined ? undefined : markup`<p>${clock}</p>`}
      ${measured.map((family) => familyPart(family, chartsOf(family), report))}`;
  },
};
