import type { ArrivalSummary } from '../results/arrivals.js';
import { platformLabel } from '../results/table.js';
import { axis, logAxis } from './axes.js';
import type { Drawing } from './draw.js';
import { barDataset, overlay, takeText } from './marks.js';
import { COLOURS, nth } from './style.js';

/** Bins in which a value doubles: equal ratios have equal widths, from a few cycles to tens of thousands. */
const BINS_PER_DOUBLING = 2;

/** The bin of a latency; bin b begins at 2^(b / BINS_PER_DOUBLING). */
const binOf = (latency: number): number => Math.floor(Math.log2(Math.max(1, latency)) * BINS_PER_DOUBLING + 1e-9);

/** First whole number of cycles in a bin. */
const startOf = (bin: number): number => Math.ceil(2 ** (bin / BINS_PER_DOUBLING) - 1e-9);

/** How many values are in each bin, from the lowest that has one to the highest; a range of bins is common to several lists. */
export interface Histogram {
  /** First number of cycles of each bin. */
  readonly starts: readonly number[];
  /** A list of counts for each list of values. */
  readonly counts: readonly (readonly number[])[];
  /** The bin of the greatest value of each list. */
  readonly greatest: readonly number[];
}

/** Counts values in common bins. */
export function histogramOf(lists: readonly (readonly number[])[]): Histogram {
  const bins = lists.map((values) => values.map(binOf));
  const all = bins.flat();
  const low = all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  const size = high - low + 1;
  return {
    starts: Array.from({ length: size }, (_, i) => startOf(low + i)),
    counts: bins.map((own) => {
      const counts = new Array<number>(size).fill(0);
      for (const bin of own) counts[bin - low]++;
      return counts;
    }),
    greatest: bins.map((own) => own.reduce((a, b) => Math.max(a, b), low) - low),
  };
}

/** How long arrivals waited for the handler: counts on a logarithmic axis, the longest marked, side by side for the platforms. */
export function arrivalDrawing(workload: string, summaries: readonly ArrivalSummary[]): Drawing {
  const { starts, counts, greatest } = histogramOf(summaries.map(({ all }) => all.handler));
  const share = { group: 0.9, bar: 1 };
  const datasets = summaries.map(({ subject, worst }, i) => {
    const { fidelity } = subject.record.spans.find(({ name }) => name === worst.handler.sweep.span)!;
    const label = `${platformLabel(subject)}${fidelity === null ? '' : `, ${fidelity}`}: ${longestOf(worst)}`;
    return barDataset(
      label,
      counts[i].map((count) => (count === 0 ? null : count)),
      nth(COLOURS, i),
      share,
    );
  });
  const marks = overlay('afterDatasetsDraw', (context, chart) => {
    takeText(context, 'bold');
    context.strokeStyle = '#FFFFFF';
    context.lineWidth = 4;
    context.lineJoin = 'round';
    summaries.forEach(({ worst }, i) => {
      const bar = chart.getDatasetMeta(i).data[greatest[i]];
      context.save();
      context.translate(bar.x, bar.y - 6);
      context.rotate(-Math.PI / 2);
      // readable over a bar beside it
      context.strokeText(longestOf(worst), 0, 0);
      context.fillText(longestOf(worst), 0, 0);
      context.restore();
    });
  });
  const most = Math.max(...counts.flat());
  return {
    name: `${workload}-arrivals`,
    title: `${workload}: how long an interrupt waits, by the cycle in which it arrives`,
    notes: [
      'arrivals in every cycle of one passage, counted by cycles from the rise of the line to the first instruction of its handler',
      'letters: class of the path; lengths of different classes are not to be ranked',
    ],
    height: 560,
    chart: {
      type: 'bar',
      data: { labels: starts.map((start, i) => binLabel(start, starts.at(i + 1))), datasets },
      plugins: [marks],
      scales: {
        x: axis('cycles until the handler runs', { ticks: { autoSkip: false, maxRotation: 90 } }),
        // room for the marks above the highest bar
        y: logAxis('arrivals', { min: 0.5, max: 30 * most }),
      },
    },
  };
}

const longestOf = ({ handler }: ArrivalSummary['worst']): string => `longest ${handler.arrival.latency}`;

const binLabel = (start: number, next: number | undefined): string =>
  next === undefined ? `from ${start}` : next - 1 <= start ? String(start) : `${start} to ${next - 1}`;
