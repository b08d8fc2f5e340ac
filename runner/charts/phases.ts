import { type Phase, PHASES } from '../../platforms/machine/ledger.js';
import { axis, nameAxis } from './axes.js';
import { type Drawing, SWATCH } from './draw.js';
import { drawHatch } from './hatch.js';
import { areaOf, barDataset, drawFrame, elementsOf, overlay, writeBeside } from './marks.js';
import { type Hatch, INK } from './style.js';

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

/** Where chart.js has drawn an entry of the legend, from the left edge of its box. */
interface HitBox {
  readonly left: number;
  readonly top: number;
  readonly height: number;
}

/** Horizontal bars, each divided into the phases of its path. Phases that no bar has are left out. */
export function phaseDrawing({ name, title, notes, bars }: PhaseBars): Drawing {
  const phases = PHASES.filter((phase) => bars.some((bar) => bar.phases[phase] > 0));
  const total = (bar: PhaseBar): number => PHASES.reduce((sum, phase) => sum + bar.phases[phase], 0);
  const share = { group: 0.85, bar: 0.85 };
  const datasets = phases.map((phase) => ({
    ...barDataset(
      phase,
      bars.map((bar) => bar.phases[phase]),
      SURFACES[phase].fill,
      share,
    ),
    borderSkipped: false,
  }));
  const surfaces = overlay('afterDatasetsDraw', (context, chart) => {
    phases.forEach((phase, i) => {
      const { hatch, line } = SURFACES[phase];
      elementsOf(chart, i).forEach((element, k) => {
        if (bars[k].phases[phase] === 0) return;
        drawHatch(context, areaOf(element), hatch, line);
        drawFrame(context, areaOf(element));
      });
    });
    elementsOf(chart, 0).forEach(({ y }, k) => {
      const sum = total(bars[k]);
      writeBeside(context, String(sum), chart.scales['x'].getPixelForValue(sum), y);
    });
  });
  const swatches = overlay('afterDraw', (context, { legend }) => {
    const { legendHitBoxes: boxes = [] } = legend as unknown as { readonly legendHitBoxes?: readonly HitBox[] };
    boxes.forEach(({ left, top, height }, i) => {
      const { hatch, line } = SURFACES[phases[i]];
      drawHatch(context, { left, top: top + (height - SWATCH.height) / 2, ...SWATCH }, hatch, line);
    });
  });
  return {
    name,
    title,
    notes,
    height: FRAME_HEIGHT + BAR_HEIGHT * bars.length,
    chart: {
      type: 'bar',
      data: { labels: bars.map(({ label }) => [...label]), datasets },
      plugins: [surfaces, swatches],
      indexAxis: 'y',
      scales: {
        x: axis('guest cycles', {
          stacked: true,
          beginAtZero: true,
          suggestedMax: Math.max(...bars.map(total)) * 1.08,
        }),
        y: nameAxis({ stacked: true }),
      },
    },
  };
}
