import type { ChartDataset } from 'chart.js';
import { axis, logAxis, ticksAt } from './axes.js';
import type { Drawing } from './draw.js';
import { drawWhisker, overlay } from './marks.js';
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
  // below the points, which stay whole
  const bands = overlay('beforeDatasetsDraw', (context, { scales: { x: across, y } }) => {
    for (const curve of curves) {
      for (const { x, minimum, maximum } of curve.points) {
        const [from, to] = [minimum, maximum].map((value) => y.getPixelForValue(value));
        drawWhisker(context, 'y', from, to, across.getPixelForValue(x), colourOf(curve));
      }
    }
  });
  const [least, most] = [xs[0], xs[xs.length - 1]];
  // for the bands, of which chart.js knows nothing
  const room = { suggestedMin: Math.min(...ends), suggestedMax: Math.max(...ends) };
  const measured = ticksAt(xs, (value) => labels[xs.indexOf(value)]);
  return {
    name,
    title,
    notes,
    height: 620,
    chart: {
      type: 'line',
      data: { datasets },
      plugins: [bands],
      scales: {
        x: logX
          ? logAxis(xTitle, { min: least / 1.2, max: most * 1.2, ...measured })
          : axis(xTitle, { type: 'linear', min: least, max: most, ...measured }),
        y: logY ? logAxis('guest cycles', room) : axis('guest cycles', { type: 'linear', beginAtZero: true, ...room }),
      },
    },
  };
}
