import { describe, expect, test } from 'vitest';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { type Bar, barDrawing } from '../../../runner/charts/bars.js';
import { curveDrawing, labelsOf } from '../../../runner/charts/curves.js';
import { draw, type Drawing, WIDTH } from '../../../runner/charts/draw.js';
import { phaseDrawing } from '../../../runner/charts/phases.js';
import { PHASES } from '../../../platforms/machine/ledger.js';
import type { Fidelity } from '../../../platforms/platform.js';

const bar = (value: number, fidelity: Fidelity | null): Bar => ({
  value,
  minimum: value - 10,
  maximum: value + 10,
  fidelity,
  note: '',
});
const bars = (fidelity: Fidelity | null): Drawing =>
  barDrawing({
    name: 'bars',
    title: 'bars: of two platforms',
    notes: ['a note'],
    groups: ['one', 'two'],
    series: [
      { label: 'first', bars: [bar(100, fidelity), bar(200, fidelity)] },
      { label: 'second', bars: [bar(150, fidelity), undefined] },
    ],
  });

/** Share of the pixels that are exactly of a colour, in the uppermost rows or all. */
async function share(png: Uint8Array, [red, green, blue]: readonly number[], rows = Infinity): Promise<number> {
  const image = await loadImage(Buffer.from(png));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, Math.min(rows, image.height));
  let found = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] === red && data[i + 1] === green && data[i + 2] === blue) found++;
  }
  return (4 * found) / data.length;
}

const BLUE = [0x00, 0x72, 0xb2];

describe('a chart', () => {
  test('is a PNG of twice the size and an SVG without fonts, the same each time', async () => {
    const drawing = bars('P');
    const [png, svg] = await draw(drawing);
    expect([png.name, svg.name]).toEqual(['bars.png', 'bars.svg']);
    const image = await loadImage(Buffer.from(png.content));
    expect([image.width, image.height]).toEqual([2 * WIDTH, 2 * drawing.height]);
    const text = Buffer.from(svg.content).toString();
    expect(text).toContain('<svg');
    expect(text).not.toContain('<text');
    expect(text.toUpperCase()).toContain('#0072B2');
    expect((await draw(drawing)).map(({ content }) => Buffer.from(content).toString('base64'))).toEqual(
      [png, svg].map(({ content }) => Buffer.from(content).toString('base64')),
    );
  });

  test('hatches what is not the real path', async () => {
    const [solid, mechanism, ours] = await Promise.all(
      (['P', 'M', 'O'] as const).map(async (fidelity) => share((await draw(bars(fidelity)))[0].content, BLUE)),
    );
    expect(solid).toBeGreaterThan(0.03);
    expect(mechanism).toBeLessThan(0.8 * solid);
    expect(ours).toBeLessThan(0.8 * mechanism);
  });

  test('has a log axis where the range is wide, with ticks at what was measured', () => {
    const curve = (xs: readonly number[]): Drawing => {
      const points = xs.map((x) => ({ x, value: 100 + x, minimum: 100 + x, maximum: 100 + x }));
      const curves = [{ label: 'copy', platform: 'p', workload: 'copy', points }];
      return curveDrawing({ name: 'c', title: 'c', notes: [], xTitle: 'bytes', curves });
    };
    const scale = ({ chart }: Drawing): { type?: string; title?: { text?: string } } => chart.scales.x;
    expect(scale(curve([16, 256, 65536]))).toMatchObject({
      type: 'logarithmic',
      title: { text: 'bytes, logarithmic' },
    });
    expect(scale(curve([0, 1, 2]))).toMatchObject({ type: 'linear', title: { text: 'bytes' } });
    const built = { ticks: [] as { value: number }[] };
    const { afterBuildTicks } = scale(curve([16, 256, 65536])) as { afterBuildTicks?: (of: typeof built) => void };
    afterBuildTicks!(built);
    expect(built.ticks.map(({ value }) => value)).toEqual([16, 256, 65536]);
  });

  test.each([
    ['linear', 1000],
    ['logarithmic', 100_000],
  ])('has room for the bands on a %s axis', async (type, maximum) => {
    const points = [1, 2, 3].map((x) => ({ x, value: 100, minimum: 90, maximum }));
    const curves = [{ label: 'copy', platform: 'p', workload: 'copy', points }];
    const drawing = curveDrawing({ name: 'c', title: 'c', notes: [], xTitle: 'bytes', curves });
    expect(drawing.chart.scales.y).toMatchObject({ type });
    const [{ content }] = await draw(drawing);
    // the title and what is around it, in dots of the picture
    expect(await share(content, BLUE, 90)).toBe(0);
    expect(await share(content, BLUE)).toBeGreaterThan(0);
  });

  test('labels together what lies too close together to be read apart', () => {
    expect(labelsOf([0, 28, 4028, 4032, 8192], false)).toEqual(['0, 28', '', '4028, 4032', '', '8192']);
    expect(labelsOf([1, 2, 1024], true)).toEqual(['1', '2', '1024']);
    expect(labelsOf([7], false)).toEqual(['7']);
  });

  test('has one colour for each platform and one line for each workload', () => {
    const curves = ['copy', 'borrow'].flatMap((workload) =>
      ['a', 'b'].map((platform) => ({ label: `${workload} on ${platform}`, platform, workload, points: [] })),
    );
    const { chart } = curveDrawing({ name: 'c', title: 'c', notes: [], xTitle: 'bytes', curves });
    const styles = chart.data.datasets.map((d) => d as { borderColor?: unknown; borderDash?: unknown });
    const [copyOnA, copyOnB, borrowOnA] = styles;
    expect(copyOnA.borderColor).toBe(borrowOnA.borderColor);
    expect(copyOnA.borderColor).not.toBe(copyOnB.borderColor);
    expect(copyOnA.borderDash).toEqual(copyOnB.borderDash);
    expect(copyOnA.borderDash).not.toEqual(borrowOnA.borderDash);
  });

  test('stacks the phases that occur', () => {
    const phases = {
      ...(Object.fromEntries(PHASES.map((p) => [p, 0])) as Record<(typeof PHASES)[number], number>),
      user: 5,
      save: 7,
    };
    const { chart } = phaseDrawing({ name: 'p', title: 'p', notes: [], bars: [{ label: ['a'], phases }] });
    expect(chart.data.datasets.map(({ label, data }) => [label, data])).toEqual([
      ['user', [5]],
      ['save', [7]],
    ]);
  });
});
