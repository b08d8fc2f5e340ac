import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, ChartDataset } from 'chart.js';
import { type Phase, PHASES } from '../../platforms/machine/ledger.js';
import { areaOf, drawFrame, elementsOf } from './bars.js';
import { axis, type Drawing, legendLabels } from './draw.js';
import { drawHatch } from './hatch.js';
import { FONT, type Hatch, INK } from './style.js';

/** A bar that is divided into phases. */
export interface PhaseBar {
  /** Lines of its label. */
  readonly label: readonly string[];
  readonly phases: Readonly<Record<Phase, number>>;
}

/** Stacked bars. */
export interface PhaseBars {
  readonly name: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly bars: readonly PhaseBar[];
}

/** Surface of each phase: neighbours differ in lightness and in hatching. */
const SURFACES: Readonly<Record<Phase, { readonly fill: string; readonly hatch: Hatch; readonly line: string }>> = {
  user: { fill: '#BFBFBF', hatch: 'none', line: INK },
  'hardware entry': { fill: '#222222', hatch: 'none', line: '#FFFFFF' },
  save: { fill: '#56B4E9', hatch: 'none', line: INK },
  validate: { fill: '#F0E442', hatch: 'dotted', line: INK },
  'switch protection': { fill: '#D55E00', hatch: 'rising', line: '#FFFFFF' },
  schedule: { fill: '#E69F00', hatch: 'horizontal', line: INK },
  clear: { fill: '#009E73', hatch: 'crossed', line: '#FFFFFF' },
  restore: { fill: '#0072B2', hatch: 'falling', line: '#FFFFFF' },
  return: { fill: '#CC79A7', hatch: 'none', line: INK },
  kernel: { fill: '#FFFFFF', hatch: 'vertical', line: INK },
};

const BAR_HEIGHT = 34;
const FRAME_HEIGHT = 200;
const SWATCH = { width: 34, height: 14 };

/** Horizontal bars, each divided into the phases of its path. Phases that no bar has are left out. */
export function phaseDrawing({ name, title, notes, bars }: PhaseBars): Drawing {
  const phases = PHASES.filter((phase) => bars.some((bar) => bar.phases[phase] > 0));
  const total = (bar: PhaseBar): number => PHASES.reduce((sum, phase) => sum + bar.phases[phase], 0);
  const datasets = phases.map((phase): ChartDataset<'bar'> => ({
    label: phase,
    data: bars.map((bar) => bar.phases[phase]),
    backgroundColor: SURFACES[phase].fill,
    borderColor: INK,
    borderWidth: 1,
    borderSkipped: false,
    barPercentage: 0.85,
    categoryPercentage: 0.85,
  }));
  const surfaces = {
    id: 'surfaces',
    afterDatasetsDraw(chart: Chart): void {
      const context = chart.ctx as unknown as SKRSContext2D;
      phases.forEach((phase, i) => {
        const { hatch, line } = SURFACES[phase];
        elementsOf(chart, i).forEach((element, k) => {
          if (bars[k].phases[phase] === 0) return;
          drawHatch(context, areaOf(element), hatch, line);
          drawFrame(context, areaOf(element));
        });
      });
      context.save();
      context.fillStyle = INK;
      context.font = `12px "${FONT}"`;
      context.textBaseline = 'middle';
      context.textAlign = 'left';
      elementsOf(chart, 0).forEach(({ y }, k) => {
        const sum = total(bars[k]);
        context.fillText(String(sum), chart.scales['x'].getPixelForValue(sum) + 8, y);
      });
      context.restore();
    },
    /** Hatching of the legend's swatches. */
    afterDraw(chart: Chart): void {
      const context = chart.ctx as unknown as SKRSContext2D;
      const boxes = (chart.legend as unknown as { legendHitBoxes?: { left: number; top: number; height: number }[] })
        .legendHitBoxes;
      phases.forEach((phase, i) => {
        const box = boxes?.[i];
        if (box === undefined) return;
        const top = box.top + (box.height - SWATCH.height) / 2;
        drawHatch(context, { left: box.left, top, ...SWATCH }, SURFACES[phase].hatch, SURFACES[phase].line);
      });
    },
  };
  return {
    name,
    title,
    notes,
    width: 1000,
    height: FRAME_HEIGHT + BAR_HEIGHT * bars.length,
    chart: {
      type: 'bar',
      data: { labels: bars.map(({ label }) => [...label]), datasets },
      plugins: [surfaces],
      options: {
        indexAxis: 'y',
        scales: {
          x: axis('guest cycles', {
            stacked: true,
            beginAtZero: true,
            suggestedMax: Math.max(...bars.map(total)) * 1.08,
          }),
          y: axis('', { stacked: true, grid: { display: false }, title: { display: false } }),
        },
        plugins: { legend: { position: 'bottom', align: 'start', labels: legendLabels } },
      },
    },
  };
}
