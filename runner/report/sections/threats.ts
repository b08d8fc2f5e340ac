import { asset } from '../asset.js';
import { markdown } from '../markdown.js';
import type { Section } from '../report.js';

/** What could make the numbers say less than they seem to. */
export const threats: Section = {
  id: 'threats',
  title: 'Threats to validity',
  render: () => markdown(asset('threats.md')),
};
