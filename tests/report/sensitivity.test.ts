import { describe, expect, test } from 'vitest';
import { chartsAmong } from '../../runner/charts/index.js';
import { drawSvg } from '../../runner/charts/draw.js';
import type { MeasurementRecord } from '../../runner/results/schema.js';
import { readManifest, readRecords } from '../../runner/results/read.js';
import { readReport, type Report } from '../../runner/report/report.js';
import { sensitivity } from '../../runner/report/sections/sensitivity.js';
import { WORKLOADS } from '../../workloads/index.js';
import { REFERENCE, resultsFolder } from './results.js';

const WORKLOAD = 'context.yield.across-domains';
const RECORDS = readRecords(REFERENCE).filter(
  ({ workload, platform, workloadParameters }) =>
    workload === WORKLOAD && platform === 'cheri' && workloadParameters['state'] === 'polluted',
);

/** A record as another layout might have given it: each warm passage is some cycles longer. */
function inLayout(record: MeasurementRecord, seed: number, longer: number): MeasurementRecord {
  const spans = record.spans.map((span) => ({
    ...span,
    samples: { ...span.samples, cycles: span.samples.cycles.map((c, i) => (i === 0 ? c : c + longer)) },
  }));
  return { ...record, seed, spans };
}

function reportOf(layouts: readonly number[]): Report {
  const records = RECORDS.flatMap((record) => layouts.map((longer, seed) => inLayout(record, seed, longer)));
  return readReport(resultsFolder(readManifest(REFERENCE), records), { workloads: WORKLOADS, platforms: [] });
}

/** Cells of the table's rows as a reader sees them. */
const rowsOf = (report: Report): readonly (readonly string[])[] =>
  [...sensitivity.render(report)!.markup.matchAll(/<tr><th scope="row".*<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell.replace(/<[^>]*>/g, '')),
  );

describe('the band over all layouts', () => {
  const one = reportOf([0]);
  const three = reportOf([0, 40, 7]);
  const [{ name, cycles: base }] = one.subjects[0].spans.map(({ span, cycles }) => ({ ...span, cycles }));

  test('is the whole of what was measured, from the least to the greatest, and its part of the median', () => {
    const [, span, platform, layouts, passages, least, , greatest, band] = rowsOf(three)[0];
    const { cycles, warm } = three.subjects[0].spans[0];
    expect([span, platform, layouts, passages]).toEqual([name, 'cheri', '3', String(warm)]);
    expect(Number(least)).toBe(base.minimum);
    expect(Number(greatest)).toBe(base.maximum + 40);
    expect(band).toBe(`${((100 * (base.maximum + 40 - base.minimum)) / cycles.median).toFixed(1)} %`);
    expect(rowsOf(three)).toHaveLength(three.subjects.flatMap(({ spans }) => spans).length);
  });

  test('is not spoken of where there is one layout', () => {
    expect(sensitivity.render(one)).toBeUndefined();
  });

  test('is in the chart beside the median, as whisker and figures', () => {
    const svgOf = ({ subjects, names }: Report): string =>
      drawSvg(
        chartsAmong(subjects, names)('context').find((drawing) => drawing.name === 'context')!,
        'text',
      );
    expect(svgOf(three)).toContain(`(${base.minimum}..${base.maximum + 40})`);
    expect(svgOf(one)).not.toContain(`..${base.maximum + 40}`);
  });
});
