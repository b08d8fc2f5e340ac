import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';

/** The typeface of every chart; it comes through npm, so that charts look alike everywhere. */
export const FONT = 'DejaVu Sans';

/** Registers the font's files. */
export function registerFonts(): void {
  if (GlobalFonts.has(FONT)) return;
  const { resolve } = createRequire(import.meta.url);
  for (const file of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
    GlobalFonts.registerFromPath(resolve(`dejavu-fonts-ttf/ttf/${file}`), FONT);
  }
}

/** How a surface is told apart without colour. */
export type Hatch = 'none' | 'rising' | 'falling' | 'crossed' | 'horizontal' | 'vertical' | 'dotted';

/**
 * Colours for what stands side by side, from the palette of Okabe and Ito, which people with any colour vision can tell apart; in
 * the order of strong differences in lightness.
 */
export const COLOURS = [
  '#0072B2',
  '#E69F00',
  '#009E73',
  '#CC79A7',
  '#56B4E9',
  '#D55E00',
  '#F0E442',
  '#595959',
] as const;

/** Dashes and points of lines, in the same order. */
export const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [8, 3, 2, 3], [14, 4]];
export const POINTS = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'crossRot'] as const;

export const INK = '#222222';
export const FAINT = '#DDDDDD';

/** The n-th of a list that begins anew where it ends. */
export const nth = <T>(list: readonly T[], n: number): T => list[n % list.length];
