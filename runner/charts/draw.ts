import { createCanvas, SvgExportFlag } from '@napi-rs/canvas';
import { Chart, type ChartConfiguration, registerables } from 'chart.js';
import { overlay } from './marks.js';
import { FONT, INK, registerFonts } from './style.js';

/** A file of a chart. */
export interface ChartFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Pixels of a screen that every chart is wide. */
export const WIDTH = 1000;

type Configuration = Pick<ChartConfiguration<'bar' | 'line'>, 'type' | 'data' | 'plugins'>;

/** What a chart says and how it looks. */
export interface Drawing {
  /** Name of the files without ending. */
  readonly name: string;
  /** The one message. */
  readonly title: string;
  /** What was measured, how, and how to read marks and hatching; a line each. */
  readonly notes: readonly string[];
  /** Pixels of a screen. */
  readonly height: number;
  readonly chart: Configuration & {
    readonly scales: { readonly x: object; readonly y: object };
    /** The axis along which names stand, if it is not x. */
    readonly indexAxis?: 'y';
  };
}

/** Pixels of a box in the legend. */
export const SWATCH = { width: 34, height: 14 };

/** Dots of a PNG for each pixel, so that it is sharp in print. */
const SHARPNESS = 2;

/**
 * Draws a chart as PNG and as SVG; text in the SVG is outlines, so that no font is needed to see it. The PNG is packed on another
 * thread, which takes longer than drawing it.
 */
export async function draw(drawing: Drawing): Promise<readonly ChartFile[]> {
  const { name, height } = drawing;
  const raster = createCanvas(WIDTH, height);
  const drawn = render(drawing, raster, SHARPNESS);
  const packed = raster.encode('png');
  const svg = Buffer.from(drawSvg(drawing, 'outlines'));
  const png = await packed;
  drawn.destroy();
  return [
    { name: `${name}.png`, content: png },
    { name: `${name}.svg`, content: svg },
  ];
}

/**
 * Draws a chart as SVG.
 * @param text `outlines` need no font and look the same everywhere; `text` is small, can be searched and read aloud, for pages
 */
export function drawSvg(drawing: Drawing, text: 'outlines' | 'text'): string {
  const flag = text === 'outlines' ? SvgExportFlag.ConvertTextToPaths : SvgExportFlag.NoPrettyXML;
  const vector = createCanvas(WIDTH, drawing.height, flag);
  const drawn = render(drawing, vector, 1);
  const svg = numberIds(vector.getContent());
  drawn.destroy();
  return svg;
}

/** Numbers the ids of an SVG from 1: the library counts on from one drawing to the next, and the same chart must have the same bytes. */
export function numberIds(svg: Uint8Array): string {
  const text = Buffer.from(svg).toString();
  const numbers = new Map([...text.matchAll(/ id="([^"]+)"/g)].map(([, id], i) => [id, `i${i + 1}`]));
  return text.replace(/( id="|url\(#|href="#)([^")]+)/g, (all, before: string, id: string) => {
    const number = numbers.get(id);
    return number === undefined ? all : before + number;
  });
}

/** Draws on a canvas. To destroy the chart clears the canvas. */
function render({ chart, title, notes }: Drawing, canvas: unknown, devicePixelRatio: number): Chart {
  registerFonts();
  Chart.register(...registerables);
  const { scales, indexAxis, plugins = [], ...rest } = chart;
  return new Chart(canvas as ConstructorParameters<typeof Chart>[0], {
    ...rest,
    plugins: [background, ...plugins],
    options: {
      ...(indexAxis === undefined ? {} : { indexAxis }),
      scales,
      animation: false,
      responsive: false,
      devicePixelRatio,
      color: INK,
      font: { family: FONT, size: 13 },
      layout: { padding: { left: 12, right: 24, top: 10, bottom: 10 } },
      plugins: {
        // large swatches, since hatching must be seen; of a line with its dashes, not a box
        legend: {
          position: 'bottom',
          align: 'start',
          labels: {
            boxWidth: SWATCH.width,
            boxHeight: chart.type === 'line' ? 0 : SWATCH.height,
            color: INK,
            font: { family: FONT, size: 12 },
          },
        },
        title: {
          display: true,
          text: title,
          align: 'start',
          color: INK,
          font: { family: FONT, size: 17, weight: 'bold' },
        },
        subtitle: {
          display: notes.length > 0,
          text: [...notes],
          align: 'start',
          color: INK,
          font: { family: FONT, size: 12 },
          padding: { top: 2, bottom: 12 },
        },
      },
    },
  });
}

/** White paper. */
const background = overlay('beforeDraw', (context, { width, height }) => {
  context.fillStyle = '#FFFFFF';
  context.fillRect(0, 0, width, height);
});
