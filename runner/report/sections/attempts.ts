import type { SubjectSummary } from '../../results/analyse.js';
import { platformLabel, workloadLabel } from '../../results/table.js';
import { dataTable, text } from '../data-table.js';
import { type Content, html } from '../html.js';
import type { Section } from '../report.js';

/** Words by which a probe says that what it tried has worked (workloads/README.md, Probes). */
const WORKED = ['leaked', 'changed'];

/** What an attempt came to, in one word; undefined for workloads that are no such probe. */
export function verdict(observed: Readonly<Record<string, number>>, ended: readonly string[]): string | undefined {
  if (WORKED.some((word) => (observed[word] ?? 0) > 0)) return 'succeeds';
  if ((observed['stopped'] ?? 0) > 0) return 'is stopped';
  if ((observed['refused'] ?? 0) > 0 || (observed['keeping_refused'] ?? 0) > 0) return 'is refused';
  if (WORKED.some((word) => word in observed)) return 'has no effect';
  return ended.length > 0 && Object.keys(observed).length === 0 ? 'is ended, nobody is left to tell' : undefined;
}

/** An attempt as a cell: the verdict, the words that it is drawn from, and who was ended. */
function cell({ record: { outcome, ended } }: SubjectSummary): Content {
  if (outcome.kind !== 'measured') return outcome.kind === 'error' ? 'error' : 'n/a';
  const words = Object.entries(outcome.observed).map(([name, value]) => `${name} ${value}`);
  const said = verdict(outcome.observed, ended);
  const facts = [...words, ...(ended.length > 0 ? [`ended: ${ended.join(', ')}`] : [])].join('; ');
  return html`${said === undefined ? '' : html`<b>${said}</b><br />`}<span class="facts"
      >${facts || 'nobody ended'}</span
    >`;
}

const tried = ({ record: { outcome, ended } }: SubjectSummary): boolean =>
  ended.length > 0 || (outcome.kind === 'measured' && Object.keys(outcome.observed).length > 0);

/** What protection does, found out by trying. */
export const attempts: Section = {
  id: 'attempts',
  title: 'What attempts came to',
  render: ({ subjects, names, workloads }) => {
    const labels = new Set(subjects.filter(tried).map((s) => workloadLabel(s, names)));
    const own = subjects.filter((s) => labels.has(workloadLabel(s, names)));
    if (own.length === 0) return undefined;
    const platforms = [...new Set(own.map(platformLabel))];
    const rows = [...labels].map((label) => {
      const of = (platform: string): SubjectSummary | undefined =>
        own.find((s) => workloadLabel(s, names) === label && platformLabel(s) === platform);
      const any = own.find((s) => workloadLabel(s, names) === label)!;
      const title = workloads.find(({ id }) => id === any.record.workload)?.title;
      const cells = platforms.map((platform) => {
        const subject = of(platform);
        return subject === undefined ? '-' : cell(subject);
      });
      return [html`<code>${label}</code>`, title ?? '', ...cells];
    });
    return html` <p>
        What a crossing protects is not declared but tried: a domain does what it has no right to, and what it came to
        is the measurement. Words are what the programs reported, by the names that the workload gives them;
        <em>ended</em> are domains that the kernel ended for it.
      </p>
      ${dataTable({
        id: 'attempts-table',
        caption: 'Attempts and what they came to, all platforms, lowest seed',
        columns: [text('workload'), text('what is tried'), ...platforms.map(text)],
        rows,
      })}`;
  },
};
