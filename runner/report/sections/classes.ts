import type { Fidelity } from '../../../platforms/platform.js';
import { classSwatch } from '../../charts/swatch.js';
import { CLASSES, HEADER } from '../../results/table.js';
import { inlineSvg } from '../figure.js';
import { Html, markup } from '../html.js';
import type { Section } from '../report.js';

/** What each column of the tables says; `workloads.ts` and `platforms.ts` define what the others name. */
const COLUMNS: Readonly<Record<Exclude<(typeof HEADER)[number], 'workload' | 'platform'>, string>> = {
  span: 'from the retirement of the first instruction behind one mark to that behind another, or an event: a trap, an interrupt, the raised line of a device, the decision of the kernel to end a domain',
  class: 'how far the path is that of the real system, see above; - where no kernel takes part',
  instructions: 'retired in the span, median. They are not to be compared between instruction sets',
  cycles: 'guest cycles: median of the passages after the first of each run, over all layouts',
  'time (µs)': 'these cycles at a clock that was passed with --clock; without one the column is not there',
  range:
    'least and greatest of these passages: how far the result depends on layout and history. Nothing is random, so this is no confidence interval',
  first: 'cycles of the first passage after boot, in the canonical layout',
  traps: 'exceptions and interrupts taken in the span, median',
  'price of mechanism':
    'cycles with isolation=full less those of the same path with its protection inert (isolation=path); - where that was not measured',
  'price of boundary':
    'cycles with isolation=full less those of the same request within one domain (isolation=none); - where that was not measured',
  'protection operations':
    'what the span does to the protection hardware, median: stores to the MPU, writes of satp, sfence.vma, loads and stores of capabilities',
  'longest masked': 'longest interval with interrupts masked within the span, of all passages, and where it began',
  'reachable bytes': 'bytes that the service could reach because of those it was given, median',
};

const swatch = (fidelity: Fidelity): Html => {
  const svg = inlineSvg(classSwatch(fidelity), `swatch-${fidelity}`);
  return new Html(svg.replace(/^<svg/, '<svg class="swatch" aria-hidden="true"'));
};

/** How to read tables and charts. */
export const classes: Section = {
  id: 'reading',
  title: 'How to read it',
  render: () => markup`
    <h3>Class of a path</h3>
    <p>
      Every measured path has a class, and charts hatch it.
      <strong>Cycles of different classes are not to be ranked</strong>; single phases (hardware entry, protection
      switch, clearing, return) may be compared.
    </p>
    <dl class="classes">
      ${(Object.keys(CLASSES) as Fidelity[]).map(
        (c) =>
          markup`<div>
            <dt>${swatch(c)} <b>${c}</b></dt>
            <dd>${CLASSES[c]}</dd>
          </div>\n`,
      )}
    </dl>
    <h3>Columns</h3>
    <dl class="terms">
      ${Object.entries(COLUMNS).map(
        ([name, meaning]) =>
          markup`<div>
            <dt>${name}</dt>
            <dd>${meaning}</dd>
          </div>\n`,
      )}
    </dl>
  `,
};
