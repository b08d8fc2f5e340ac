import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, ChartDataset } from 'chart.js';
import { axis, type Drawing, legendLabels } from './draw.js';
import { COLOURS, DASHES, INK, nth, POINTS } from './style.js';

/** A measured point of a curve. */
export interface CurvePoint {
  readonly x: number;
  readonly value: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** A curve: those of a platform have one colour, those of a workload one kind of line and point. */
export interface Curve {
  readonly label: string;
  readonly platform: string;
  readonly workload: string;
  readonly points: readonly CurvePoint[];
}

/** Cycles over a number. */
export interface Curves {
  readonly name: string;
  readonly title: string;
  readonly notes: readonly string[];
  /** What the number is, with its unit. */
  readonly xTitle: string;
  readonly curves: readonly Curve[];
}

/** A range so wide that equal ratios should have equal lengths. */
const WIDE = 20;

/** 1, 2 and 5 and their multiples by powers of ten: the labels of a logarithmic axis. */
export const isRound = (value: number): boolean =>
  [1, 2, 5].includes(value / 10 ** Math.floor(Math.log10(value) + 1e-9));

/** Least distance of two labels below an axis, as a share of its length. */
const APART = 0.04;

/** What stands below each value of an axis: of those that lie too close together, all at the first of them. */
export function labelsOf(values: readonly number[], log: boolean): readonly string[] {
  const at = (value: number): number => (log ? Math.log(value) : value);
  const least = APART * (at(values[values.length - 1]) - at(values[0]));
  const together: number[][] = [];
  for (const value of values) {
    const last = together.at(-1);
    if (last !== undefined && at(value) - at(last[0]) < least) last.push(value);
    else together.push([value]);
  }
  return together.flatMap((group) => group.map((_, i) => (i === 0 ? group.join(', ') : '')));
}

/** Curves with points where something was measured; axes are logarithmic where the range is wide. */
export function curveDrawing({ name, title, notes, xTitle, curves }: Curves): Drawing {
  const points = curves.flatMap((c) => c.points);
  const xs = [...new Set(points.map((p) => p.x))].sort((a, b) => a - b);
  const wide = (values: readonly number[]): boolean =>
    Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) > WIDE;
  const logX = wide(xs);
  const labels = labelsOf(xs, logX);
  const ends = points.flatMap((p) => [p.minimum, p.maximum]);
  const logY = wide(ends);
  const platforms = [...new Set(curves.map((c) => c.platform))];
  const workloads = [...new Set(curves.map((c) => c.workload))];
  const colourOf = ({ platform }: Curve): string => nth(COLOURS, platforms.indexOf(platform));
  const datasets = curves.map((curve): ChartDataset<'line'> => ({
    label: curve.label,
    data: curve.points.map((p) => ({ x: p.x, y: p.value })),
    borderColor: colourOf(curve),
    backgroundColor: colourOf(curve),
    borderDash: [...nth(DASHES, workloads.indexOf(curve.workload))],
    borderWidth: 2.5,
    pointStyle: nth(POINTS, workloads.indexOf(curve.workload)),
    pointRadius: 5,
    pointBorderColor: INK,
    tension: 0,
    // a point at the edge is whole
    clip: false,
  }));
  const bands = {
    id: 'bands',
    afterDatasetsDraw(chart: Chart): void {
      const context = chart.ctx as unknown as SKRSContext2D;
      context.save();
      context.lineWidth = 1.2;
      context.setLineDash([]);
      for (const curve of curves) {
        context.strokeStyle = colourOf(curve);
        for (const { x, minimum, maximum } of curve.points) {
          const at = chart.scales['x'].getPixelForValue(x);
          const [low, high] = [minimum, maximum].map((v) => chart.scales['y'].getPixelForValue(v));
          if (low - high < 2) continue;
          context.beginPath();
          context.moveTo(at, low);
          context.lineTo(at, high);
          context.moveTo(at - 4, low);
          context.lineTo(at + 4, low);
          context.moveTo(at - 4, high);
          context.lineTo(at + 4, high);
          context.stroke();
        }
      }
      context.restore();
    },
  };
  const scale = (log: boolean): string => (log ? ', logarithmic' : '');
  return {
    name,
    title,
    notes,
    width: 1000,
    height: 620,
    chart: {
      type: 'line',
      data: { datasets },
      plugins: [bands],
      options: {
        scales: {
          x: axis(`${xTitle}${scale(logX)}`, {
            type: logX ? 'logarithmic' : 'linear',
            min: logX ? xs[0] / 1.2 : xs[0],
            max: logX ? xs[xs.length - 1] * 1.2 : xs[xs.length - 1],
            // ticks where something was measured
            afterBuildTicks: (built: { ticks: { value: number }[] }): void => {
              built.ticks = xs.map((value) => ({ value }));
            },
            ticks: { color: INK, callback: (value: number): string => labels[xs.indexOf(value)], autoSkip: false },
          }),
          y: axis(`guest cycles${scale(logY)}`, {
            type: logY ? 'logarithmic' : 'linear',
            beginAtZero: !logY,
            // room for the bands, of which chart.js knows nothing
            suggestedMin: Math.min(...ends),
            suggestedMax: Math.max(...ends),
            ticks: { color: INK, callback: (value: number): string => (logY && !isRound(value) ? '' : String(value)) },
          }),
        },
        plugins: {
          legend: {
            position: 'bottom',
            align: 'start', // a line with its dashes, not a box
            labels: { ...legendLabels, boxHeight: 0 },
          },
        },
      },
    },
  };
}
