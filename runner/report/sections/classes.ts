import type { Fidelity } from '../../../platforms/platform.js';
import { classSwatch } from '../../charts/swatch.js';
import { CLASSES, COLUMN_MEANINGS } from '../../results/table.js';
import { inlineSvg } from '../figure.js';
import { Html, markup } from '../html.js';
import type { Section } from '../report.js';

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
      ${Object.entries(COLUMN_MEANINGS).map(
        ([name, meaning]) =>
          markup`<div>
            <dt>${name}</dt>
            <dd>${meaning}</dd>
          </div>\n`,
      )}
    </dl>
  `,
};
