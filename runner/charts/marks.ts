import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, ChartDataset, Plugin } from 'chart.js';
import type { Area } from './hatch.js';
import { FONT, INK } from './style.js';

/** What is drawn on the canvas itself at a moment of the drawing of a chart; it leaves no style behind. */
export const overlay = (
  moment: 'beforeDraw' | 'beforeDatasetsDraw' | 'afterDatasetsDraw' | 'afterDraw',
  paint: (context: SKRSContext2D, chart: Chart) => void,
): Plugin<'bar' | 'line'> => ({
  id: moment,
  [moment]: (chart: Chart): void => {
    const context = chart.ctx as unknown as SKRSContext2D;
    context.save();
    context.setLineDash([]);
    paint(context, chart);
    context.restore();
  },
});

/** Bars with a dark border. @param share share of the place of a group that its bars take, and of theirs that each takes */
export const barDataset = (
  label: string,
  data: readonly (number | null)[],
  fill: string,
  share: { readonly group: number; readonly bar: number },
): ChartDataset<'bar'> => ({
  label,
  data: [...data] as number[],
  backgroundColor: fill,
  borderColor: INK,
  borderWidth: 1,
  barPercentage: share.bar,
  categoryPercentage: share.group,
});

/** Where chart.js has drawn a horizontal bar. */
interface BarElement {
  readonly x: number;
  readonly y: number;
  readonly base: number;
  readonly height: number;
}

/** The surface of a horizontal bar. */
export const areaOf = ({ x, y, base, height }: BarElement): Area => ({
  left: Math.min(x, base),
  top: y - height / 2,
  width: Math.abs(x - base),
  height,
});

/** The bars of a dataset, as drawn. */
export const elementsOf = (chart: Chart, dataset: number): readonly BarElement[] =>
  chart.getDatasetMeta(dataset).data as unknown as readonly BarElement[];

/** The border of a bar, which hatching has covered. */
export function drawFrame(context: SKRSContext2D, { left, top, width, height }: Area): void {
  context.strokeStyle = INK;
  context.lineWidth = 1;
  context.strokeRect(left, top, width, height);
}

/** Least pixels from the least to the greatest value that a whisker can show. */
const SEEN = 1;
/** Pixels from the line of a whisker to the ends of the strokes across it. */
const CAP = 5;

/**
 * A whisker from the least to the greatest value.
 * @param along the axis on which `from` and `to` are pixels; `across` is the pixel on the other one
 */
export function drawWhisker(
  context: SKRSContext2D,
  along: 'x' | 'y',
  from: number,
  to: number,
  across: number,
  colour: string,
): void {
  if (Math.abs(to - from) < SEEN) return;
  const line = (a: number, b: number, c: number, d: number): void => {
    const [[x1, y1], [x2, y2]] = along === 'x' ? [[a, b], [c, d]] : [[b, a], [d, c]]; // prettier-ignore
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
  };
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  line(from, across, to, across);
  for (const end of [from, to]) line(end, across - CAP, end, across + CAP);
  context.stroke();
}

/** Takes the ink and typeface of figures that stand in a chart, to the right of a point and in the middle of its height. */
export function takeText(context: SKRSContext2D, weight: 'normal' | 'bold' = 'normal'): void {
  context.fillStyle = INK;
  context.font = `${weight === 'bold' ? 'bold ' : ''}12px "${FONT}"`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
}

/** Pixels between the end of a bar and its figure. */
const BESIDE = 8;

/** Writes a figure beside the end of a horizontal bar. */
export function writeBeside(context: SKRSContext2D, text: string, end: number, y: number): void {
  takeText(context);
  context.fillText(text, end + BESIDE, y);
}
