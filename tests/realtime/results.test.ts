import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { arrivalDrawing, histogramOf } from '../../runner/charts/histogram.js';
import { draw } from '../../runner/charts/draw.js';
import { summarise } from '../../runner/results/analyse.js';
import { arrivalTable, latencies, summariseArrivals } from '../../runner/results/arrivals.js';
import { type Clocks } from '../../runner/results/clocks.js';
import { compareResults } from '../../runner/results/compare.js';
import { runCommandLine } from '../../runner/cli/program.js';
import { suiteNames } from '../../runner/results/present.js';
import { type ArrivalsRecord, type MeasurementRecord, recordSchema } from '../../runner/results/schema.js';
import { KINDS, PHASES } from '../../platforms/machine/ledger.js';
import { WORKLOADS } from '../../workloads/index.js';
import { temporary } from '../runner/temporary.js';
import { RecordingTerminal } from '../runner/terminal.js';

/** Six arrivals: in cycles 0 to 3 they wait for cycle 7, in 4 and 5 for cycle 9. */
const swept: ArrivalsRecord = {
  span: 'whole',
  passage: 3,
  cycles: 6,
  stride: 1,
  arrivals: 6,
  runs: 4,
  steps: { first: [0, 4], entered: [7, 9], served: [20, 30] },
  handler: { arrival: 0, latency: 7, place: 'kernel.entry (0x00000100)', phase: 'hardware entry' },
  driver: { arrival: 4, latency: 26, place: 'kernel.exit (0x00000200)', phase: 'return' },
  entry: 3,
  masked: { cycles: 5, from: 'kernel.entry' },
};

const one = [6];
const whole: MeasurementRecord['spans'][number] = {
  name: 'whole',
  path: 'call',
  trip: 'round-trip',
  fidelity: 'M',
  unmatched: 0,
  samples: {
    cycles: one,
    instructions: one,
    busBeats: one,
    pageWalkReads: one,
    traps: one,
    interrupts: one,
    mpuStores: one,
    satpWrites: one,
    sfences: one,
    capabilityLoads: one,
    capabilityStores: one,
    phases: Object.fromEntries(PHASES.map((p) => [p, one])) as Record<(typeof PHASES)[number], number[]>,
    kinds: Object.fromEntries(KINDS.map((k) => [k, one])) as Record<(typeof KINDS)[number], number[]>,
    masked: { cycles: [5], from: ['kernel.entry'] },
    backlog: { start: one, end: one },
    gaps: [],
  },
};

const record = (arrivals?: ArrivalsRecord, seed = 0): MeasurementRecord => ({
  schema: 1,
  workload: 'realtime.call',
  workloadParameters: WORKLOADS.find(({ id }) => id === 'realtime.call')!.build({}).parameters,
  platform: 'cheri',
  modelVersion: '1',
  parameters: {},
  changed: [],
  hypothetical: [],
  seed,
  image: 'a',
  outcome: { kind: 'measured', observed: {} },
  total: { cycles: 100, instructions: 50 },
  reports: [],
  ended: [],
  granted: {},
  spans: [whole],
  ...(arrivals === undefined ? {} : { arrivals }),
});

test('a record without a sweep, as files before had it, is read; one whose steps do not fit is not', () => {
  expect(recordSchema.safeParse(record())).toMatchObject({ success: true });
  expect(recordSchema.safeParse(record(swept))).toMatchObject({ success: true });
  const wrong: readonly Partial<ArrivalsRecord>[] = [
    { steps: { first: [0, 4], entered: [7], served: [20, 30] } },
    { steps: { first: [1, 4], entered: [7, 9], served: [20, 30] } },
    { steps: { first: [0, 6], entered: [7, 9], served: [20, 30] } },
    { steps: { first: [0, 4], entered: [7, 3], served: [20, 30] } },
    { handler: { ...swept.handler, latency: 8 } },
    { driver: { ...swept.driver, latency: 25 } },
  ];
  for (const change of wrong) {
    expect(recordSchema.safeParse(record({ ...swept, ...change })), JSON.stringify(change)).toMatchObject({
      success: false,
    });
  }
});

test('steps stand for all arrivals, with any stride', () => {
  expect(latencies(swept, 'handler')).toEqual([7, 6, 5, 4, 5, 4]);
  expect(latencies(swept, 'driver')).toEqual([20, 19, 18, 17, 26, 25]);
  const second = { ...swept, stride: 4, arrivals: 2 };
  expect(latencies(second, 'handler')).toEqual([7, 5]);
});

test('the table has the longest of all layouts and where it was', () => {
  const longer = {
    ...swept,
    handler: { ...swept.handler, latency: 8, arrival: 0, place: 'other' },
    steps: { ...swept.steps, entered: [8, 9] },
  };
  const subjects = summarise([record(swept), record(longer, 1)]);
  const table = arrivalTable(subjects, suiteNames(WORKLOADS))!;
  const cells = table
    .split('\n')[2]
    .split('|')
    .map((cell) => cell.trim());
  expect(cells.slice(1, -1)).toEqual([
    'realtime.call',
    'cheri',
    'M',
    '6',
    '12',
    '4',
    '5',
    '8',
    '0',
    'hardware entry',
    'other',
    '5',
    '3',
    '17',
    '19.5',
    '26',
  ]);
  expect(arrivalTable(summarise([record()]), suiteNames(WORKLOADS))).toBeUndefined();
});

describe('compare', () => {
  const compared = (other: ArrivalsRecord, threshold = 0) =>
    compareResults([record(swept)], [record(other)], threshold).spans.map(({ quantity, cycles, ratio, verdict }) => [
      quantity,
      ...cycles,
      ratio,
      verdict,
    ]);
  const longer = { ...swept, handler: { ...swept.handler, latency: 8 }, steps: { ...swept.steps, entered: [8, 9] } };

  test('looks at the longest waits, too: a longer one is a regression although no span is slower', () => {
    expect(compared(swept)).toEqual([
      ['median', 6, 6, 1, 'same'],
      ['longest to handler', 7, 7, 1, 'same'],
      ['longest to driver', 26, 26, 1, 'same'],
    ]);
    expect(compared(longer)).toEqual([
      ['median', 6, 6, 1, 'same'],
      ['longest to handler', 7, 8, 8 / 7, 'slower'],
      ['longest to driver', 26, 26, 1, 'same'],
    ]);
    expect(compared(longer, 0.2)[1][4]).toBe('within');
  });

  test('says so in its table and by its exit code', async () => {
    const [a, b] = [swept, longer].map((arrivals, i) => {
      const file = join(temporary(), `${i}.jsonl`);
      writeFileSync(file, `${JSON.stringify(record(arrivals))}\n`);
      return file;
    });
    const terminal = new RecordingTerminal();
    expect(await runCommandLine(['compare', a, b], terminal, [])).toBe(1);
    expect(terminal.stdout).toMatch(/whole: longest to handler \| cheri +\| +7 \| +8 \| +1\.143 \| +- \| +- \| slower/);
    expect(terminal.stdout).toContain('1 spans and 2 longest waits in both: 2 the same');
    expect(await runCommandLine(['compare', b, a], new RecordingTerminal(), [])).toBe(0);
  });
});

test('at a clock that was passed the longest waits are times, too', () => {
  const subjects = summarise([record(swept)]);
  const table = (clocks: Clocks): readonly string[][] =>
    arrivalTable(subjects, suiteNames(WORKLOADS), clocks)!
      .split('\n')
      .slice(0, 3)
      .map((line) => line.split('|').map((cell) => cell.trim()));
  const [without] = table({ 'mpu-rtos': 48e6 });
  const [header, , cells] = table({ cheri: 2e6 });
  expect(header.slice(0, -3)).toEqual(without.slice(0, -1));
  expect(header.slice(-3, -1)).toEqual(['handler: longest (µs)', 'driver: longest (µs)']);
  expect(cells.slice(-3, -1)).toEqual(['3.5', '13']);
});

test('histograms count every value once, in bins common to all lists', () => {
  const lists = [
    [1, 2, 3, 4, 5, 1000],
    [7, 7, 7],
  ];
  const { starts, counts, greatest } = histogramOf(lists);
  lists.forEach((values, i) => {
    expect(counts[i].reduce((a, b) => a + b)).toBe(values.length);
    starts.forEach((start, bin) => {
      const next = starts.at(bin + 1) ?? Infinity;
      expect(counts[i][bin]).toBe(values.filter((v) => v >= start && v < next).length);
    });
    expect(counts[i][greatest[i]]).toBeGreaterThan(0);
    expect(counts[i].slice(greatest[i] + 1).every((count) => count === 0)).toBe(true);
  });
});

test('the chart says the longest of each platform', async () => {
  const summaries = summariseArrivals(summarise([record(swept)]));
  const drawing = arrivalDrawing('realtime.call', summaries);
  expect(drawing.chart.data.datasets.map(({ label }) => label)).toEqual(['cheri, M: longest 7']);
  expect((await draw(drawing)).map(({ name, content }) => [name, content.length > 1000])).toEqual([
    ['realtime.call-arrivals.png', true],
    ['realtime.call-arrivals.svg', true],
  ]);
});
