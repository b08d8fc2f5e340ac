import { expect, test } from 'vitest';
import { BUILT_IN } from '../../../runner/platforms.js';
import { readManifest, readRecordFile, readRecordText } from '../../../runner/results/read.js';
import { LAYOUTS, REFERENCE } from '../../../runner/results/release.js';
import { bulkhead } from './suite.js';

test('the reference results are complete, without errors', () => {
  const { lines, torn } = readRecordFile(REFERENCE);
  expect(torn).toBe(false);
  expect(lines).toHaveLength(readManifest(REFERENCE).records);
  expect(lines.filter(({ record }) => record.outcome.kind === 'error').map(({ record }) => record.workload)).toEqual(
    [],
  );
});

/** Beginnings of the lines that are not as they should be: a complaint is to be readable. */
const differing = (lines: readonly string[], expected: readonly string[]): readonly string[] =>
  lines.flatMap((line, i) => (line === expected[i] ? [] : line.slice(0, 200)));

const QUICK = ['system-call.null', 'context.yield.across-domains', 'ipc.call', 'memory.allocate', 'fault.service'];

// Where a number changes on purpose, `npm run reference` records all of them anew.
test('the reference, measured again, has the same bytes: a part on each platform; with BULKHEAD_LONG all', async () => {
  const all = readRecordFile(REFERENCE).lines;
  const names = process.env['BULKHEAD_LONG'] === '1' ? [...new Set(all.map(({ record }) => record.workload))] : QUICK;
  const { code, stdout } = await bulkhead(['run', ...names, '--json'], BUILT_IN);
  expect(code).toBe(0);
  const expected = all.filter(({ record }) => names.includes(record.workload)).map(({ line }) => line);
  const measured = stdout.trimEnd().split('\n');
  expect(measured).toHaveLength(expected.length);
  expect(differing(measured, expected)).toEqual([]);
}, 600_000);

// Where a number changes on purpose, `npm run layouts` records all layouts anew.
test('the results over all layouts are there, and have, in the canonical one, the lines of the reference', () => {
  const { lines, torn } = readRecordText(LAYOUTS);
  expect(torn).toBe(false);
  expect(lines).toHaveLength(readManifest(LAYOUTS).records);
  const reference = readRecordText(REFERENCE).lines;
  const canonical = lines.filter((line) => line.includes('"seed":0,"image":'));
  expect(canonical).toHaveLength(reference.length);
  expect(differing(canonical, reference)).toEqual([]);
});
