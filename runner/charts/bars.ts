import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, ChartDataset } from 'chart.js';
import type { Fidelity } from '../../platforms/platform.js';
import { showNumber } from '../results/table.js';
import { axis, type Drawing, legendLabels } from './draw.js';
import { type Area, drawHatch } from './hatch.js';
import { COLOURS, FONT, type Hatch, INK, nth } from './style.js';

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

/** Where chart.js has drawn a horizontal bar. */
interface BarElement {
  readonly x: number;
  readonly y: number;
  readonly base: number;
  readonly height: number;
}

export const areaOf = ({ x, y, base, height }: BarElement): Area => ({
  left: Math.min(x, base),
  top: y - height / 2,
  width: Math.abs(x - base),
  height,
});

/** The elements of a dataset, as drawn. */
export const elementsOf = (chart: Chart, dataset: number): readonly BarElement[] =>
  chart.getDatasetMeta(dataset).data as unknown as readonly BarElement[];

/** Horizontal bars side by side, with hatching by class, whiskers from the least to the greatest value, and the figures. */
export function barDrawing({ name, title, notes, unit = 'guest cycles', groups, series }: BarGroups): Drawing {
  const noted = series.some(({ bars }) => bars.some((b) => b !== undefined && b.note !== ''));
  const longest = Math.max(...series.flatMap(({ bars }) => bars.map((b) => b?.maximum ?? 0)));
  const datasets = series.map(({ label, bars }, i): ChartDataset<'bar'> => ({
    label,
    data: bars.map((b) => b?.value ?? null),
    backgroundColor: nth(COLOURS, i),
    borderColor: INK,
    borderWidth: 1,
    barPercentage: 0.9,
    categoryPercentage: 0.82,
  }));
  const figures = {
    id: 'figures',
    afterDatasetsDraw(chart: Chart): void {
      const context = chart.ctx as unknown as SKRSContext2D;
      series.forEach(({ bars }, i) =>
        elementsOf(chart, i).forEach((element, k) => {
          const bar = bars[k];
          if (bar === undefined) return;
          drawHatch(context, areaOf(element), bar.fidelity === null ? 'none' : HATCHES[bar.fidelity], '#FFFFFF');
          drawFrame(context, areaOf(element));
          const at = (value: number): number => chart.scales['x'].getPixelForValue(value);
          drawWhisker(context, at(bar.minimum), at(bar.maximum), element.y);
          const range = bar.minimum === bar.maximum ? '' : ` (${bar.minimum}..${bar.maximum})`;
          const mark = bar.fidelity === null ? '' : `  ${bar.fidelity}`;
          context.save();
          context.fillStyle = INK;
          context.font = `12px "${FONT}"`;
          context.textAlign = 'left';
          context.textBaseline = 'middle';
          const note = bar.note === '' ? '' : `  ${bar.note}`;
          context.fillText(`${showNumber(bar.value)}${range}${mark}${note}`, at(bar.maximum) + 8, element.y);
          context.restore();
        }),
      );
    },
  };
  return {
    name,
    title,
    notes,
    width: 1000,
    height: FRAME_HEIGHT + BAR_HEIGHT * groups.length * series.length + 10 * groups.length,
    chart: {
      type: 'bar',
      data: { labels: [...groups], datasets },
      plugins: [figures],
      options: {
        indexAxis: 'y',
        scales: {
          // room for the figures beside the longest bar
          x: axis(unit, { beginAtZero: true, suggestedMax: longest * (noted ? 1.7 : 1.3) }),
          y: axis('', { grid: { display: false }, title: { display: false } }),
        },
        plugins: { legend: { position: 'bottom', align: 'start', labels: legendLabels } },
      },
    },
  };
}

/** The border of a bar, which hatching has covered. */
export function drawFrame(context: SKRSContext2D, { left, top, width, height }: Area): void {
  context.save();
  context.strokeStyle = INK;
  context.lineWidth = 1;
  context.setLineDash([]);
  context.strokeRect(left, top, width, height);
  context.restore();
}

function drawWhisker(context: SKRSContext2D, from: number, to: number, y: number): void {
  if (to - from < 1) return;
  context.save();
  context.strokeStyle = INK;
  context.lineWidth = 1.5;
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(from, y);
  context.lineTo(to, y);
  for (const x of [from, to]) {
    context.moveTo(x, y - 5);
    context.lineTo(x, y + 5);
  }
  context.stroke();
  context.restore();
}
