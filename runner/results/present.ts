import { FAMILIES, type Workload } from '../../workloads/index.js';
import { drawCharts } from '../charts/index.js';
import { summarise } from './analyse.js';
import { arrivalTable } from './arrivals.js';
import type { ResultsFolder } from './folder.js';
import type { Manifest } from './manifest.js';
import { FILES, recordsFileOf } from './read.js';
import type { MeasurementRecord } from './schema.js';
import { slideOutTable } from './slide-out.js';
import { resultTables, type SuiteNames } from './table.js';
import { viewTables } from './view-table.js';

/** What tables and charts need of the suite. */
export function suiteNames(workloads: readonly Workload[]): SuiteNames {
  const find = (id: string): Workload | undefined => workloads.find((w) => w.id === id);
  return {
    familyOf: (workload) => find(workload)?.family ?? workload.split('.')[0],
    aboutFamily: (family) => (FAMILIES as Readonly<Record<string, string>>)[family] ?? 'guest cycles',
    numbersOf: (workload) =>
      Object.entries(find(workload)?.parameters ?? {}).flatMap(([name, p]) =>
        p.kind === 'integer' ? [{ name, unit: p.unit }] : [],
      ),
    changedValues: (workload, values) => {
      const parameters = find(workload)?.parameters ?? {};
      return Object.entries(values)
        .filter(([name, value]) => parameters[name]?.default !== value)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' ');
    },
  };
}

/** All tables of a run. @param heading what stands before the title of each, `## ` for Markdown. */
function allTables(
  records: readonly MeasurementRecord[],
  workloads: readonly Workload[],
  { request: { clocks = {} } }: Manifest,
  heading = '',
): string {
  const [subjects, names] = [summarise(records), suiteNames(workloads)];
  const swept = arrivalTable(subjects, names, clocks);
  const arrivals = swept === undefined ? [] : [`${heading}Interrupts that arrive in any cycle\n\n${swept}`];
  const overrun = slideOutTable(subjects);
  const slideOuts = overrun === undefined ? [] : [`${heading}A driver that overruns its buffer\n\n${overrun}`];
  const viewed = viewTables(subjects, names, heading);
  const views = viewed === undefined ? [] : [viewed];
  return [resultTables(subjects, names, heading, clocks), ...slideOuts, ...arrivals, ...views].join('\n');
}

/** The tables as a terminal shows them. */
export const terminalTables = (
  records: readonly MeasurementRecord[],
  workloads: readonly Workload[],
  manifest: Manifest,
): string => allTables(records, workloads, manifest);

function summaryText(
  records: readonly MeasurementRecord[],
  workloads: readonly Workload[],
  manifest: Manifest,
): string {
  const { seeds } = manifest.request;
  const models = Object.entries(manifest.models).map(([id, version]) => `${id} model ${version}`);
  const charts = [
    `Bulkhead ${manifest.bulkhead}; ${models.join(', ')}; ${records.length} runs, layout seeds ${seeds.join(', ')}.`,
    `Every figure is in \`${recordsFileOf(manifest)}\`, one run a line.`,
  ];
  return `# Results\n\n${charts.join(' ')}\n\n${allTables(records, workloads, manifest, '## ')}`;
}

/** Writes what is drawn from the records of a complete run: summary and charts. @returns names of the files. */
export async function presentResults(
  folder: ResultsFolder,
  records: readonly MeasurementRecord[],
  workloads: readonly Workload[],
  manifest: Manifest,
): Promise<readonly string[]> {
  const written = [FILES.summary];
  folder.write(FILES.summary, summaryText(records, workloads, manifest));
  for (const { name, content } of await drawCharts(summarise(records), suiteNames(workloads))) {
    folder.write(name, content);
    written.push(name);
  }
  return written;
}
