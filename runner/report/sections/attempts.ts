import type { SubjectSummary } from '../../results/analyse.js';
import { platformLabel, workloadLabel } from '../../results/table.js';
import { ownCores } from '../../results/views.js';
import { dataTable, text } from '../data-table.js';
import { type Content, type Html, markup } from '../html.js';
import type { Report, Section } from '../report.js';
import { workloadName } from '../workload-name.js';

/** The family whose workloads are probes: words of theirs say whether what is tried has worked (workloads/README.md, Probes). */
const PROBES = 'guarantee';
const WORKED = ['leaked', 'changed', 'entered', 'registers_seen'];
const REFUSED = ['refused', 'keeping_refused'];
/** What a service that goes wrong leaves of the others: its caller goes on; others do. */
const SURVIVED = ['told', 'came_back'];
const OTHERS = ['others_run'];

/**
 * What the attempt of a probe came to.
 * @param observed words that its programs reported, and what the runner observed
 * @param ended domains that the kernel ended
 * @param reported whether anybody was left to report
 */
export function verdict(observed: Readonly<Record<string, number>>, ended: readonly string[], reported = true): string {
  const said = (words: readonly string[]): boolean => words.some((word) => (observed[word] ?? 0) > 0);
  if (said(WORKED)) return 'succeeds';
  if (said(SURVIVED)) return 'is survived';
  if (said(OTHERS)) return 'keeps its caller; others run on';
  if ([...SURVIVED, ...OTHERS].some((word) => word in observed)) return 'is not survived';
  if (said(['stopped'])) return 'is stopped';
  if (said(REFUSED)) return 'is refused';
  if (ended.length > 0) return reported ? 'is stopped' : 'is stopped, and nobody is left to tell';
  return Object.keys(observed).length > 0 ? 'has no effect' : 'is not known';
}

/** An attempt as a cell: the verdict of a probe, the words that were reported, and who was ended. */
function cell({ record: { outcome, ended, reports } }: SubjectSummary, isProbe: boolean): Content {
  if (outcome.kind === 'error') return markup`<a href="#errors">error</a>`;
  if (outcome.kind === 'not applicable') return markup`<a href="#not-applicable">n/a</a>`;
  const words = Object.entries(outcome.observed).map(([name, value]) => `${name} ${value}`);
  const facts = [...words, ended.length > 0 ? `ended: ${ended.join(', ')}` : 'nobody ended'].join('; ');
  return markup`${isProbe ? markup`<b>${verdict(outcome.observed, ended, reports.length > 0)}</b><br>` : ''}<span class="facts">${facts}</span>`;
}

const tried = ({ record: { outcome, ended } }: SubjectSummary): boolean =>
  ended.length > 0 || (outcome.kind === 'measured' && Object.keys(outcome.observed).length > 0);

/** A row for each workload with its parameters, a column for each platform. */
function table(subjects: readonly SubjectSummary[], isProbe: boolean, report: Report): Html | undefined {
  const { names, workloads } = report;
  const labels = new Set(subjects.filter(tried).map((s) => workloadLabel(s, names)));
  const own = subjects.filter((s) => labels.has(workloadLabel(s, names)));
  if (own.length === 0) return undefined;
  const platforms = [...new Set(own.map(platformLabel))];
  const rows = [...labels].map((label) => {
    const line = own.filter((s) => workloadLabel(s, names) === label);
    const { workload } = line[0].record;
    const cells = platforms.map((platform) => {
      const subject = line.find((s) => platformLabel(s) === platform);
      return subject === undefined ? '-' : cell(subject, isProbe);
    });
    return [workloadName(line[0], report), workloads.find(({ id }) => id === workload)?.title ?? '-', ...cells];
  });
  return dataTable({
    id: isProbe ? 'probes-table' : 'ended-table',
    caption: isProbe ? 'The service tries what it has no right to' : 'Domains that go wrong, and who is ended for it',
    columns: [text('workload'), text('what is tried'), ...platforms.map(text)],
    rows,
  });
}

/** What protection does, found out by trying. */
export const attempts: Section = {
  id: 'attempts',
  title: 'What a crossing protects',
  render: (report) => {
    const { names } = report;
    const subjects = ownCores(report.subjects);
    const isProbe = ({ record }: SubjectSummary): boolean => names.familyOf(record.workload) === PROBES;
    const probes = table(subjects.filter(isProbe), true, report);
    const others = table(
      subjects.filter((s) => !isProbe(s)),
      false,
      report,
    );
    if (probes === undefined && others === undefined) return undefined;
    return markup`
      <p>
        Nothing is declared: a domain tries what it has no right to, and what it came to is the measurement. Small print: the words
        that its programs reported, and the domains that the kernel ended, in the canonical layout.
      </p>
      ${probes}${others}`;
  },
};
