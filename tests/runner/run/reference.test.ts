import { expect, test } from 'vitest';
import { readManifest, readRecordFile, readRecordText } from '../../../runner/results/read.js';
import { REFERENCE, releaseResults } from '../../../runner/results/release.js';
import { bulkhead } from './suite.js';

test('the reference results are complete, without errors', () => {
  const { lines, torn } = readRecordFile(REFERENCE);
  expect(torn).toBe(false);
  expect(lines).toHaveLength(readManifest(REFERENCE).records);
  expect(lines.filter(({ record }) => record.outcome.kind === 'error').map(({ record }) => record.workload)).toEqual(
    [],
  );
});

// Where a number changes on purpose, `npm run reference` records all of them anew.
test('a part of the reference, measured again, has the same bytes', async () => {
  const names = ['system-call.null', 'ipc.call'];
  const { code, stdout } = await bulkhead(['run', ...names, '--platform', 'mmu-microkernel', '--json']);
  expect(code).toBe(0);
  const lines = readRecordFile(REFERENCE).lines.filter(
    ({ record }) => record.platform === 'mmu-microkernel' && names.includes(record.workload),
  );
  expect(stdout).toBe(lines.map(({ line }) => `${line}\n`).join(''));
});

// Where a number changes on purpose, `npm run layouts` records all layouts anew. Without them the report shows the reference.
test('the results that the report shows are complete and have, in the canonical layout, the lines of the reference', () => {
  const { lines, torn } = readRecordText(releaseResults());
  expect(torn).toBe(false);
  expect(lines).toHaveLength(readManifest(releaseResults()).records);
  const reference = readRecordText(REFERENCE).lines;
  const canonical = lines.filter((line) => line.includes('"seed":0,"image":'));
  expect(canonical).toHaveLength(reference.length);
  // not whole lines: a complaint is to be readable
  const differing = canonical.flatMap((line, i) => (line === reference[i] ? [] : line.slice(0, 200)));
  expect(differing).toEqual([]);
});
