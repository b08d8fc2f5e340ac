import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readManifest, readRecordFile } from '../../../runner/results/read.js';
import { bulkhead } from './suite.js';

// this file is dist/tests/runner/run/reference.test.js
const REFERENCE = fileURLToPath(new URL('../../../../results/reference', import.meta.url));

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
