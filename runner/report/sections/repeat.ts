import { recordsFileOf } from '../../results/read.js';
import type { MeasurementRecord } from '../../results/schema.js';
import { markup } from '../html.js';
import type { Section } from '../report.js';
import { repeatCommand } from '../repeat.js';

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** `0 to 31`, or all of them where they do not follow each other. */
const listed = (seeds: readonly number[]): string =>
  seeds.length > 2 && seeds.every((seed, i) => seed === seeds[0] + i)
    ? `${seeds[0]} to ${seeds[seeds.length - 1]}`
    : seeds.join(', ');

const having = (records: readonly MeasurementRecord[], kind: MeasurementRecord['outcome']['kind']): number =>
  records.filter(({ outcome }) => outcome.kind === kind).length;

/** What was run, with which versions, and how to run it again. */
export const repeat: Section = {
  id: 'run',
  title: 'What was run',
  render: ({ manifest, records, workloads }) => {
    const { bulkhead, models, request, shard } = manifest;
    const facts = [
      ['Bulkhead', bulkhead],
      [
        'Models',
        Object.entries(models)
          .map(([id, version]) => `${id} version ${version}`)
          .join(', '),
      ],
      ['Workloads', String(request.workloads.length)],
      [
        'Runs',
        `${records.length}: ${having(records, 'measured')} measured, ${having(records, 'not applicable')} not applicable, ` +
          counted(having(records, 'error'), 'error'),
      ],
      ['Layouts of code and data', `${counted(request.seeds.length, 'seed')}: ${listed(request.seeds)}`],
      ...(shard === null ? [] : [['Part of a sweep', `${shard.index} of ${shard.of}`]]),
    ];
    return markup`
      <dl class="facts">
        ${facts.map(
          ([name, value]) =>
            markup`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>\n`,
        )}
      </dl>
      <p>To measure all of it again, with the same bytes as the result, whatever the host:</p>
      <pre tabindex="0" role="region" aria-label="Command"><code>npx ${repeatCommand(manifest, workloads)}</code></pre>
      <p>
        This page is drawn from <code>manifest.json</code> and <code>${recordsFileOf(manifest)}</code> of the results folder,
        which hold every sample; <code>bulkhead report</code> draws it again.
      </p>
    `;
  },
};
