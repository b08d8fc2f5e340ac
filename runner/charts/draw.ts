import { createCanvas, type SKRSContext2D, SvgExportFlag } from '@napi-rs/canvas';
import { Chart, type ChartConfiguration, registerables } from 'chart.js';
import { FONT, INK, registerFonts } from './style.js';

/** A file of a chart. */
export interface ChartFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** What a chart says and how large it is, in pixels of a screen. */
export interface Drawing {
  /** Name of the files without ending. */
  readonly name: string;
  /** The one message. */
  readonly title: string;
  /** What was measured, how, and how to read marks and hatching; a line each. */
  readonly notes: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly chart: Pick<ChartConfiguration<'bar' | 'line'>, 'type' | 'data' | 'plugins'> & {
    readonly options: NonNullable<ChartConfiguration<'bar' | 'line'>['options']>;
  };
}

/** Dots of a PNG for each pixel, so that it is sharp in print. */
const SHARPNESS = 2;

/** Draws a chart as PNG and as SVG; text in the SVG is outlines, so that no font is needed to see it. */
export function draw(drawing: Drawing): readonly ChartFile[] {
  const { name, width, height } = drawing;
  const raster = createCanvas(width, height);
  return [
    { name: `${name}.png`, content: render(drawing, raster, SHARPNESS, () => raster.toBuffer('image/png')) },
    { name: `${name}.svg`, content: Buffer.from(drawSvg(drawing, 'outlines')) },
  ];
}

/**
 * Draws a chart as SVG.
 * @param text `outlines` need no font and look the same everywhere; `text` is small, can be searched and read aloud, for pages
 */
export function drawSvg(drawing: Drawing, text: 'outlines' | 'text'): string {
  const flag = text === 'outlines' ? SvgExportFlag.ConvertTextToPaths : SvgExportFlag.NoPrettyXML;
  const vector = createCanvas(drawing.width, drawing.height, flag);
  return numberIds(render(drawing, vector, 1, () => vector.getContent()));
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

/** @param take reads what was drawn, before the canvas is cleared */
function render(
  { chart, title, notes }: Drawing,
  canvas: unknown,
  devicePixelRatio: number,
  take: () => Uint8Array,
): Uint8Array {
  registerFonts();
  Chart.register(...registerables);
  const { options, ...rest } = chart;
  const drawn = new Chart(canvas as ConstructorParameters<typeof Chart>[0], {
    ...rest,
    plugins: [background, ...(rest.plugins ?? [])],
    options: {
      ...options,
      animation: false,
      responsive: false,
      devicePixelRatio,
      color: INK,
      font: { family: FONT, size: 13 },
      layout: { padding: { left: 12, right: 24, top: 10, bottom: 10 } },
      plugins: {
        ...options.plugins,
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
  const content = take();
  drawn.destroy();
  return content;
}

/** White paper. */
const background = {
  id: 'background',
  beforeDraw({ ctx, width, height }: { readonly ctx: unknown; readonly width: number; readonly height: number }): void {
    const context = ctx as SKRSContext2D;
    context.save();
    context.fillStyle = '#FFFFFF';
    context.fillRect(0, 0, width, height);
    context.restore();
  },
};

/** A labelled axis in the suite's style. */
export const axis = (text: string, more: object = {}): object => ({
  title: { display: true, text, color: INK, font: { family: FONT, size: 13 } },
  ticks: { color: INK, font: { family: FONT, size: 12 } },
  grid: { color: '#E6E6E6' },
  ...more,
});

/** Text for legends: large swatches, since hatching must be seen. */
export const legendLabels = { boxWidth: 34, boxHeight: 14, color: INK, font: { family: FONT, size: 12 } };
