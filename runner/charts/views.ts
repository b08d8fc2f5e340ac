import type { ChartDataset, Plugin } from 'chart.js';
import { platformLabel, spanTitle } from '../results/table.js';
import { survivalText } from '../results/view-table.js';
import type { ViewedSpan, ViewGroup } from '../results/views.js';
import { logAxis, nameAxis, ticksAt } from './axes.js';
import type { Drawing } from './draw.js';
import { overlay } from './marks.js';
import { COLOURS, DASHES, FAINT, nth, POINTS } from './style.js';

const ROW_HEIGHT = 15;
const FRAME_HEIGHT = 200;
/** Rows between the views of one span and those of the next. */
const SPACE = 1.5;

/** Where a span's views are drawn, from the top. */
interface Place {
  readonly group: ViewGroup;
  readonly top: number;
}

/** Least cycles that a logarithmic axis can show; a passage may have none. */
const FEWEST = 1;

/** A platform's cycles under each view as a line from the own core down to the greatest w. */
function lineOf(places: readonly Place[], label: string, colour: number): ChartDataset<'line'> {
  const viewedIn = ({ spans }: ViewGroup): ViewedSpan | undefined =>
    spans.find(({ subject }) => platformLabel(subject) === label);
  const points = places.flatMap(({ group, top }) => {
    const viewed = viewedIn(group);
    const ours = viewed !== undefined && ['M', 'O'].includes(viewed.summary.span.fidelity ?? '');
    const own = group.views.map((view, i) => {
      const cycles = viewed?.byView.get(view)?.cycles.median;
      return { x: cycles === undefined ? NaN : Math.max(FEWEST, cycles), y: top + i, ours };
    });
    // no line leads from one span to the next
    return [...own, { x: NaN, y: top + group.views.length, ours }];
  });
  return {
    label,
    data: points.map(({ x, y }) => ({ x, y })),
    borderColor: nth(COLOURS, colour),
    borderDash: [...nth(DASHES, colour)],
    pointBackgroundColor: points.map(({ ours }) => (ours ? '#FFFFFF' : nth(COLOURS, colour))),
    pointBorderColor: nth(COLOURS, colour),
    pointStyle: nth(POINTS, colour),
    pointBorderWidth: 2,
    pointRadius: 5,
    borderWidth: 1.8,
    tension: 0,
    spanGaps: false,
  };
}

/** Faint lines between the spans. */
const separators = (places: readonly Place[]): Plugin<'bar' | 'line'> =>
  overlay('beforeDatasetsDraw', (context, { chartArea: { left, right }, scales }) => {
    context.strokeStyle = FAINT;
    context.lineWidth = 1;
    for (const { top } of places.slice(1)) {
      const y = scales['y'].getPixelForValue(top - (SPACE + 1) / 2);
      context.beginPath();
      context.moveTo(left, y);
      context.lineTo(right, y);
      context.stroke();
    }
  });

const title = ({ spans: [{ subject, summary }] }: ViewGroup): string =>
  `${subject.record.workload} ${spanTitle(summary)}`;

/** Cycles of each span under each cycle model: where lines of two platforms cross, their order is a fact of the cores. */
export function viewDrawing(family: string, groups: readonly ViewGroup[]): Drawing {
  let next = 0;
  const places = groups.map((group): Place => {
    const top = next;
    next += group.views.length + SPACE;
    return { group, top };
  });
  const labels = new Map(
    places.flatMap(({ group, top }) =>
      group.views.map((view, i) => [top + i, i === 0 ? `${title(group)}: ${view}` : view] as const),
    ),
  );
  const platforms = [...new Set(groups.flatMap(({ spans }) => spans.map(({ subject }) => platformLabel(subject))))];
  const none = groups.some(({ spans }) =>
    spans.some(({ byView }) => [...byView.values()].some(({ cycles }) => cycles.median < FEWEST)),
  );
  return {
    name: `${family}-views`,
    title: `${family}: does the order of the platforms survive another cycle model?`,
    notes: [
      survivalText(groups),
      'where lines cross, the order of two platforms depends on the cycle model; own core, then C(w) with w wait cycles of each data beat',
      'full points: path of the real kernel or as long (R, P), or no kernel; hollow: mechanism only (M) or policy ours (O)',
      'full and hollow points of one span are not to be ranked',
      ...(none ? ['a passage that takes no cycle stands at 1'] : []),
    ],
    height: FRAME_HEIGHT + ROW_HEIGHT * next,
    chart: {
      type: 'line',
      data: { datasets: platforms.map((label, i) => lineOf(places, label, i)) },
      plugins: [separators(places)],
      scales: {
        x: logAxis('guest cycles'),
        y: nameAxis({
          type: 'linear',
          reverse: true,
          min: -1,
          max: next - SPACE + 0.5,
          ...ticksAt([...labels.keys()], (value) => labels.get(value) ?? ''),
        }),
      },
    },
  };
}
