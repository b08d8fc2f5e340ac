import { FONT, INK } from './style.js';

/** More of an axis than the suite's style says: its kind, range, ticks. */
interface More {
  readonly ticks?: object;
  readonly [option: string]: unknown;
}

/** A labelled axis in the suite's style. */
export const axis = (text: string, { ticks, ...more }: More = {}): object => ({
  title: { display: true, text, color: INK, font: { family: FONT, size: 13 } },
  // figures in a chart are written without separators, too
  ticks: { color: INK, font: { family: FONT, size: 12 }, format: { useGrouping: false }, ...ticks },
  grid: { color: '#E6E6E6' },
  ...more,
});

/** The axis beside bars or rows, which carries their names and no title or lines. */
export const nameAxis = (more: More = {}): object =>
  axis('', { grid: { display: false }, title: { display: false }, ...more });

/** An axis on which equal ratios have equal lengths; labels stand at 1, 2 and 5 and their multiples by powers of ten. */
export const logAxis = (text: string, more: More = {}): object =>
  axis(`${text}, logarithmic`, {
    type: 'logarithmic',
    ticks: { callback: (value: number): string => (isRound(value) ? String(value) : '') },
    ...more,
  });

/** 1, 2 and 5 and their multiples by powers of ten. */
export const isRound = (value: number): boolean =>
  value >= 1 && [1, 2, 5].includes(value / 10 ** Math.floor(Math.log10(value) + 1e-9));

/** Puts the ticks of an axis at these values, with these labels. */
export const ticksAt = (values: readonly number[], labelOf: (value: number) => string): More => ({
  afterBuildTicks: (built: { ticks: { value: number }[] }): void => {
    built.ticks = values.map((value) => ({ value }));
  },
  ticks: { autoSkip: false, callback: labelOf },
});
