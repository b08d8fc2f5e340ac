import type { SubjectSummary } from '../results/analyse.js';
import { type SlideOut, slideOutsOf } from '../results/slide-out.js';
import { platformLabel } from '../results/table.js';
import { barDrawing } from './bars.js';
import type { Drawing } from './draw.js';

/** Where the slide's state is, in words. */
const PLACES: Readonly<Record<string, string>> = {
  'own-domain': "slide's state in its own domain",
  'neighbour-domain': 'the same, nearest to the buffer',
  adjacent: "in the driver's, behind the buffer",
  'same-granule': "in the driver's, same granule",
  'next-granule': "in the driver's, next granule",
};

/** Whether the slide moved, and what ended the overrun. */
function noteOf({ slideMoved, runs, by }: SlideOut): string {
  const moved = slideMoved === 0 ? '' : `, slide moved${slideMoved < runs ? ` in ${slideMoved} of ${runs}` : ''}`;
  return `${by === 'nothing' ? 'nothing stops it' : by}${moved}`;
}

/** How far the longest overrun that was tried gets; nothing if none was tried. */
export function overrunDrawings(subjects: readonly SubjectSummary[]): readonly Drawing[] {
  const all = slideOutsOf(subjects).filter(({ checked, second }) => !checked && !second);
  const longest = Math.max(0, ...all.map(({ overrun }) => overrun));
  const tried = all.filter(({ overrun }) => overrun === longest);
  if (longest === 0) return [];
  const victims = Object.keys(PLACES).filter((victim) => tried.some((s) => s.victim === victim));
  const platforms = [...new Set(tried.map(({ subject }) => platformLabel(subject)))];
  return [
    barDrawing({
      name: 'application.slide-out',
      title: `How much of ${longest} bytes too many a driver writes behind its buffer`,
      notes: [
        'median over layouts; whiskers: least and greatest. Behind it: what stopped the overrun, and whether the state of the slide',
        'was changed. hardware: a trap; a process of an MMU is stopped only where it has no page of its own',
      ],
      unit: 'bytes written behind the buffer',
      groups: victims.map((victim) => PLACES[victim]),
      series: platforms.map((label) => ({
        label,
        bars: victims.map((victim) => {
          const found = tried.find((s) => s.victim === victim && platformLabel(s.subject) === label);
          if (found === undefined) return undefined;
          const { minimum, median, maximum } = found.stored;
          return { value: median, minimum, maximum, fidelity: null, note: noteOf(found) };
        }),
      })),
    }),
  ];
}
