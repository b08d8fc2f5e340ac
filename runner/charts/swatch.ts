import { createCanvas, SvgExportFlag } from '@napi-rs/canvas';
import type { Fidelity } from '../../platforms/platform.js';
import { HATCHES } from './bars.js';
import { numberIds } from './draw.js';
import { drawHatch } from './hatch.js';
import { drawFrame } from './marks.js';
import { COLOURS } from './style.js';

/** Pixels of a swatch, with its frame. */
const AREA = { left: 1, top: 1, width: 46, height: 16 };

/** How the bars of a class look, as a small SVG for a legend. */
export function classSwatch(fidelity: Fidelity): string {
  const canvas = createCanvas(AREA.width + 2, AREA.height + 2, SvgExportFlag.NoPrettyXML);
  const context = canvas.getContext('2d');
  context.fillStyle = COLOURS[0];
  context.fillRect(AREA.left, AREA.top, AREA.width, AREA.height);
  drawHatch(context, AREA, HATCHES[fidelity], '#FFFFFF');
  drawFrame(context, AREA);
  return numberIds(canvas.getContent());
}
