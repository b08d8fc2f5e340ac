import type { Fidelity } from '../../platforms/platform.js';
import { showNumber } from '../results/table.js';
import { axis, nameAxis } from './axes.js';
import type { Drawing } from './draw.js';
import { drawHatch } from './hatch.js';
import { areaOf, barDataset, drawFrame, drawWhisker, elementsOf, overlay, writeBeside } from './marks.js';
import { COLOURS, type Hatch, INK, nth } from './style.js';

/** A bar with its sensitivity band. */
export interface Bar {
  readonly value: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly fidelity: Fidelity | null;
  /** What is written behind the figure. */
  readonly note: string;
}

/** Bars of several platforms for each of several things. */
export interface BarGroups {
  readonly name: string;
  readonly title: string;
  readonly notes: readonly string[];
  /** What is counted; default: guest cycles. */
  readonly unit?: string;
  /** What is measured: one group each. */
  readonly groups: readonly string[];
  /** One colour each; a missing bar has nothing to show. */
  readonly series: readonly { readonly label: string; readonly bars: readonly (Bar | undefined)[] }[];
}

/** Hatching by class of the path: what is not the real system's path does not look solid. */
export const HATCHES: Readonly<Record<Fidelity, Hatch>> = { R: 'none', P: 'none', M: 'rising', O: 'crossed' };

const BAR_HEIGHT = 24;
const FRAME_HEIGHT = 190;

/** Horizontal bars side by side, with hatching by class, whiskers from the least to the greatest value, and the figures. */
export function barDrawing({ name, title, notes, unit = 'guest cycles', groups, series }: BarGroups): Drawing {
  const noted = series.some(({ bars }) => bars.some((b) => b !== undefined && b.note !== ''));
  const longest = Math.max(...series.flatMap(({ bars }) => bars.map((b) => b?.maximum ?? 0)));
  const share = { group: 0.82, bar: 0.9 };
  const datasets = series.map(({ label, bars }, i) =>
    barDataset(
      label,
      bars.map((b) => b?.value ?? null),
      nth(COLOURS, i),
      share,
    ),
  );
  const figures = overlay('afterDatasetsDraw', (context, chart) =>
    series.forEach(({ bars }, i) =>
      elementsOf(chart, i).forEach((element, k) => {
        const bar = bars[k];
        if (bar === undefined) return;
        const { value, minimum, maximum, fidelity, note } = bar;
        const at = (cycles: number): number => chart.scales['x'].getPixelForValue(cycles);
        drawHatch(context, areaOf(element), fidelity === null ? 'none' : HATCHES[fidelity], '#FFFFFF');
        drawFrame(context, areaOf(element));
        drawWhisker(context, 'x', at(minimum), at(maximum), element.y, INK);
        const range = minimum === maximum ? '' : ` (${minimum}..${maximum})`;
        const text = [`${showNumber(value)}${range}`, fidelity ?? '', note].filter((part) => part !== '').join('  ');
        writeBeside(context, text, at(maximum), element.y);
      }),
    ),
  );
  return {
    name,
    title,
    notes,
    height: FRAME_HEIGHT + BAR_HEIGHT * groups.length * series.length + 10 * groups.length,
    chart: {
      type: 'bar',
      data: { labels: [...groups], datasets },
      plugins: [figures],
      indexAxis: 'y',
      scales: {
        // room for the figures beside the longest bar
        x: axis(unit, { beginAtZero: true, suggestedMax: longest * (noted ? 1.7 : 1.3) }),
        y: nameAxis(),
      },
    },
  };
}
