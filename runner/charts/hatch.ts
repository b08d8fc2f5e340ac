import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Hatch } from './style.js';

/** A rectangle on the canvas. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const GAP = 6;

/**
 * Draws lines over a surface. As lines and not as a pattern, so that they are lines in an SVG too.
 * @param colour colour of the lines, white over dark surfaces
 */
export function drawHatch(
  context: SKRSContext2D,
  { left, top, width, height }: Area,
  hatch: Hatch,
  colour: string,
): void {
  if (hatch === 'none' || width <= 0 || height <= 0) return;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 1.3;
  context.setLineDash([]);
  const line = (x1: number, y1: number, x2: number, y2: number): void => {
    context.beginPath();
    context.moveTo(left + x1, top + y1);
    context.lineTo(left + x2, top + y2);
    context.stroke();
  };
  if (hatch === 'rising' || hatch === 'crossed') {
    for (let x = -height; x < width; x += GAP) line(x, height, x + height, 0);
  }
  if (hatch === 'falling' || hatch === 'crossed') {
    for (let x = -height; x < width; x += GAP) line(x, 0, x + height, height);
  }
  if (hatch === 'horizontal') for (let y = GAP / 2; y < height; y += GAP) line(0, y, width, y);
  if (hatch === 'vertical') for (let x = GAP / 2; x < width; x += GAP) line(x, 0, x, height);
  if (hatch === 'dotted') {
    for (let y = GAP / 2; y < height; y += GAP) {
      for (let x = GAP / 2; x < width; x += GAP) context.fillRect(left + x - 1, top + y - 1, 2, 2);
    }
  }
  context.restore();
}
