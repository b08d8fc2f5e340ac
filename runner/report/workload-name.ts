import type { SubjectSummary } from '../results/analyse.js';
import { workloadLabel } from '../results/table.js';
import { type Html, idOf, markup } from './html.js';
import type { Report } from './report.js';

/** Where a workload is defined on the page. */
export const workloadId = (workload: string): string => idOf('workload', workload);

/** The name of a workload with its parameters, as a way to its definition. */
export const workloadName = (subject: SubjectSummary, { names }: Pick<Report, 'names'>): Html =>
  markup`<a href="#${workloadId(subject.record.workload)}"><code>${workloadLabel(subject, names)}</code></a>`;
