import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cheri } from '../../../platforms/cheri/index.js';
import { mmuMicrokernel } from '../../../platforms/mmu-microkernel/index.js';
import { mpuRtos } from '../../../platforms/mpu-rtos/index.js';
import type { Fidelity } from '../../../platforms/platform.js';
import { chartsAmong } from '../../../runner/charts/index.js';
import { readReport } from '../../../runner/report/report.js';
import { families } from '../../../runner/report/sections/families.js';
import { views } from '../../../runner/report/sections/views.js';
import { repeatCommand } from '../../../runner/report/repeat.js';
import { type SpanSummary, type SubjectSummary, summarise } from '../../../runner/results/analyse.js';
import { readClocks, showClock, showTime } from '../../../runner/results/clocks.js';
import { suiteNames } from '../../../runner/results/present.js';
import { readManifest, readRecords } from '../../../runner/results/read.js';
import { rankingRows, survivalOf, survivalText } from '../../../runner/results/view-table.js';
import { ownCores, viewsAmong } from '../../../runner/results/views.js';
import { WORKLOADS } from '../../../workloads/index.js';
import { temporary } from '../temporary.js';
import { bulkhead } from './suite.js';

const names = suiteNames(WORKLOADS);

/** A span of one workload on a platform under a cycle model: median cycles, or least, median and greatest. */
function subject(
  platform: string,
  model: 'core' | number,
  cycles: number | readonly [number, number, number],
  fidelity: Fidelity | null = 'M',
  isolation = 'full',
): SubjectSummary {
  const [minimum, median, maximum] = typeof cycles === 'number' ? [cycles, cycles, cycles] : cycles;
  const timing = model === 'core' ? 'core' : 'common';
  const record = {
    workload: 'ipc.call',
    workloadParameters: {},
    platform,
    parameters: { timing, commonWait: model === 'core' ? 0 : model, isolation },
    changed: model === 'core' ? [] : ['timing', 'commonWait'],
    hypothetical: [],
  };
  const medians = { instructions: 1, busBeats: 1 };
  const span = { span: { name: 'round', trip: 'round-trip', fidelity }, cycles: { minimum, median, maximum }, medians };
  return {
    record,
    records: [],
    granted: undefined,
    spans: [span as unknown as SpanSummary],
  } as unknown as SubjectSummary;
}

/** Two platforms under the own core and C(0), C(1), C(4). */
const two = (a: readonly number[], b: readonly number[], classes: readonly [Fidelity, Fidelity] = ['M', 'M']) =>
  (['core', 0, 1, 4] as const).flatMap((model, i) => [
    subject('a', model, a[i], classes[0]),
    subject('b', model, b[i], classes[1]),
  ]);

const pairOf = (subjects: readonly SubjectSummary[]) => viewsAmong(subjects)[0].rankings[0].pairs[0];

describe('the order of platforms', () => {
  test('survives if it is the same under every cycle model, else it says under which not', () => {
    expect(pairOf(two([1, 2, 3, 4], [2, 3, 4, 5])).swaps).toEqual([]);
    expect(pairOf(two([1, 3, 3, 9], [2, 2, 3, 5])).swaps).toEqual(['C(0)', 'C(1)', 'C(4)']);
    const [{ line }] = rankingRows(viewsAmong(two([1, 3, 3, 9], [2, 2, 3, 5])), names).rows;
    expect(line.slice(2)).toEqual([
      'M',
      'a < b',
      '0 of 1',
      'a < b under own core; a > b under C(0), C(4); a = b under C(1)',
      'a, b under C(1)',
    ]);
  });

  test('for any cycles is kept exactly if no sign differs from that on the own cores', () => {
    const cycles = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(cycles, cycles, (a, b) => {
        const signs = new Set(a.map((c, i) => Math.sign(c - b[i])));
        const groups = viewsAmong(two(a, b));
        expect(survivalOf(groups)).toEqual({
          ranked: 1,
          kept: signs.size === 1 ? 1 : 0,
          pairs: 1,
          pairsKept: signs.size === 1 ? 1 : 0,
          unranked: 0,
        });
      }),
    );
  });

  test('is not looked for between classes, but within each of them', () => {
    const mixed = viewsAmong(two([1, 3, 3, 9], [2, 2, 3, 5], ['P', 'M']));
    expect(mixed[0].rankings).toEqual([]);
    expect(rankingRows(mixed, names).rows[0].line[3]).toBe('not ranked: classes differ (a P, b M)');
    expect(survivalText(mixed)).toBe('No span is ranked. Not ranked: 1, which no two platforms have in one class.');
    const third = (['core', 0, 1, 4] as const).map((model) => subject('c', model, 1, 'P'));
    const groups = viewsAmong([...two([1, 2, 3, 4], [2, 3, 4, 5]), ...third]);
    expect(groups[0].rankings.map(({ pairs }) => pairs.length)).toEqual([1]);
    expect(rankingRows(groups, names).rows[0].line[3]).toBe('a < b; not ranked: c P');
  });

  test('is that of platforms that isolate alike, and never of one platform with itself', () => {
    const twins = (['core', 0] as const).flatMap((model) => [
      subject('a', model, 5),
      subject('a', model, 1, 'M', 'none'),
      subject('b', model, 4),
    ]);
    const groups = viewsAmong(twins);
    expect(groups.map(({ spans }) => spans.length)).toEqual([2, 1]);
    expect(groups.flatMap(({ rankings }) => rankings.flatMap(({ pairs }) => pairs))).toHaveLength(1);
  });

  test('depends on layout where the ranges of both overlap', () => {
    const ranges = [subject('a', 'core', [1, 5, 8]), subject('b', 'core', [8, 9, 9])];
    const { overlaps } = pairOf([...ranges, subject('a', 1, [1, 5, 7]), subject('b', 1, [8, 9, 9])]);
    expect(overlaps).toEqual(['own core']);
  });

  test('is looked at under the views that both have; one view is none', () => {
    const all = two([1, 2, 3, 4], [2, 3, 4, 5]);
    expect([...pairOf(all.slice(0, -1)).orders.keys()]).toEqual(['own core', 'C(0)', 'C(1)']);
    expect(viewsAmong(all.slice(0, 2))).toEqual([]);
    expect(ownCores(all)).toEqual(all.slice(0, 2));
    expect(ownCores(all.slice(2))).toEqual(all.slice(2));
  });
});

describe('run --views', () => {
  const folder = join(temporary(), 'out');
  const platforms = [cheri, mmuMicrokernel, mpuRtos];
  const few = ['system-call.null', '--set', 'system-call.state=polluted'];
  let lines: readonly ViewLine[];
  interface ViewLine {
    readonly span: string;
    readonly views: readonly string[];
    readonly platforms: readonly {
      readonly platform: string;
      readonly views: Readonly<
        Record<
          string,
          { readonly cycles: { readonly median: number }; readonly instructions: number; readonly busBeats: number }
        >
      >;
    }[];
    readonly pairs: readonly {
      readonly platforms: readonly string[];
      readonly orders: object;
      readonly keepsOrder: boolean;
    }[];
  }
  beforeAll(async () => {
    const args = ['run', ...few, '--views', '--clock', 'cheri=20MHz', '--workers', '1', '--json', '--out', folder];
    const { code, stdout, stderr } = await bulkhead(args, platforms);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ViewLine);
    // three kernels are assembled
  }, 120_000);

  test('has each span under the own core and C(0), C(1), C(4); w is paid for each data beat and nothing else', () => {
    expect(lines.map(({ span, views }) => [span, ...views])).toEqual([['round', 'own core', 'C(0)', 'C(1)', 'C(4)']]);
    expect(lines[0].platforms.map(({ platform }) => platform)).toEqual(['cheri', 'mmu-microkernel', 'mpu-rtos']);
    for (const { views } of lines[0].platforms) {
      const [own, zero, one, four] = ['own core', 'C(0)', 'C(1)', 'C(4)'].map((view) => views[view]);
      expect(one.cycles.median - zero.cycles.median).toBe(zero.busBeats);
      expect(four.cycles.median - zero.cycles.median).toBe(4 * zero.busBeats);
      expect(zero.busBeats).toBeGreaterThan(0);
      expect(new Set([own, zero, one, four].map((v) => v.instructions)).size).toBe(1);
      expect(own.cycles.median).not.toBe(zero.cycles.median);
    }
  });

  test('says for each pair of one class whether its order survives, with the same words in the summary', () => {
    const { pairs, platforms: found } = lines[0];
    expect(pairs).toHaveLength(3);
    for (const { platforms: pair, orders, keepsOrder } of pairs) {
      const [a, b] = pair.map((label) => found.find(({ platform }) => platform === label)!);
      const signs = lines[0].views.map((view) => Math.sign(a.views[view].cycles.median - b.views[view].cycles.median));
      expect(Object.values(orders)).toEqual(signs);
      expect(keepsOrder).toBe(new Set(signs).size === 1);
    }
    const summary = readFileSync(join(folder, 'summary.md'), 'utf8');
    const kept = pairs.filter(({ keepsOrder }) => keepsOrder).length;
    expect(summary).toContain('## Does the order of the platforms survive?');
    expect(summary).toContain(`${kept} of 3 pairs of platforms do.`);
    // the table of the family is that of the own cores, with a time for the platform that has a clock
    const [family] = summary.split('## Views');
    expect(family).not.toContain('timing=common');
    expect(family.match(/\| cheri +\| M +\| +\d+ \| +183 \| +9\.15 \|/g)).toHaveLength(1);
    expect(family).toMatch(/\| mpu-rtos +\| M +\| +\d+ \| +\d+ \| +- \|/);
  });

  test('is drawn with a line for each platform, and leaves the other charts to the own cores', () => {
    expect(existsSync(join(folder, 'system-call-views.png'))).toBe(true);
    const drawings = chartsAmong(summarise(readRecords(folder)), names)('system-call');
    const labels = (name: string) =>
      drawings.find((d) => d.name === name)!.chart.data.datasets.map(({ label }) => label);
    expect(labels('system-call-views')).toEqual(['cheri', 'mmu-microkernel', 'mpu-rtos']);
    expect(labels('system-call')).toEqual(['cheri', 'mmu-microkernel', 'mpu-rtos']);
    for (const { chart } of drawings) expect(JSON.stringify(chart.scales)).toMatch(/"text":"guest cycles/);
  });

  test('is in the report, with a time for the platforms that have a clock', () => {
    const report = readReport(folder, { workloads: WORKLOADS, platforms, clockTexts: ['mpu-rtos=48MHz'] });
    expect(report.clocks).toEqual({ cheri: 20e6, 'mpu-rtos': 48e6 });
    const { markup } = views.render(report)!;
    expect(markup).toContain(survivalText(viewsAmong(report.subjects)));
    expect(markup.match(/<tr><th scope="row"/g)).toHaveLength(4);
    const times = families.render(report)!.markup;
    expect(times).toContain('at the clock that was passed (cheri 20MHz, mpu-rtos 48MHz)');
    expect(times).toContain('<td class="number">9.15</td>');
    const own = readReport(folder, { workloads: WORKLOADS, platforms }).subjects.filter(
      ({ record }) => record.parameters['timing'] === 'core',
    );
    expect(views.render({ ...report, subjects: own })).toBeUndefined();
  });

  test('is in the manifest: it can be resumed to the same bytes, and repeated', async () => {
    const before = ['measurements.jsonl', 'summary.md'].map((name) => readFileSync(join(folder, name), 'utf8'));
    const file = join(folder, 'measurements.jsonl');
    writeFileSync(file, before[0].slice(0, -100));
    expect((await bulkhead(['run', '--resume', folder], platforms)).code).toBe(0);
    expect(['measurements.jsonl', 'summary.md'].map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(
      before,
    );
    expect(repeatCommand(readManifest(folder), WORKLOADS)).toMatch(/ --views --clock cheri=20MHz$/);
  });

  test.each([
    [['--views', '--set', 'mpu-rtos.timing=common'], /--views: beside --set mpu-rtos\.timing=common; it sets/],
    [['--clock', 'cheri=48'], /--clock cheri=48: not of the form PLATFORM=FREQUENCY; write for instance/],
    [['--clock', 'chery=48MHz'], /--clock chery=48MHz: 'chery' is no platform of this run; did you mean 'cheri'\?/],
    [['--clock', 'cheri=1MHz', '--clock', 'cheri=2MHz'], /--clock cheri=2MHz: a second clock for cheri/],
    [['--clock', 'cheri=0MHz'], /--clock cheri=0MHz: a frequency that no core has/],
  ])('bad input: %o', async (args, line) => {
    const { code, stderr } = await bulkhead(['run', ...few, ...args], platforms);
    expect(code).toBe(2);
    expect(stderr).toMatch(line);
  });

  test('of a platform with one cycle model is bad input', async () => {
    const single = { ...mmuMicrokernel, parameters: mmuMicrokernel.parameters.filter(({ name }) => name !== 'timing') };
    const { code, stderr } = await bulkhead(['run', ...few, '--views'], [single]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      '--views: mmu-microkernel has no parameters timing and commonWait; choose other platforms',
    );
  });
});

describe('clocks', () => {
  test.each([
    ['48MHz', 48e6],
    ['1.5ghz', 1.5e9],
    ['32.768kHz', 32768],
    ['100Hz', 100],
  ])('%s', (text, hertz) => {
    const clocks = readClocks([`a=${text}`], ['a']);
    expect(clocks).toEqual({ a: hertz });
    expect(readClocks([`a=${showClock(hertz)}`], ['a'])).toEqual(clocks);
  });

  test('give times in microseconds to four figures, not under C(w), and not without', () => {
    const { record } = subject('a', 'core', 1);
    expect(showTime(343, record, { a: 48e6 })).toBe('7.146');
    expect(showTime(1_234_567, record, { a: 1e6 })).toBe('1235000');
    expect(showTime(343, subject('a', 0, 1).record, { a: 48e6 })).toBe('-');
    expect(showTime(343, record, {})).toBe('-');
  });
});
