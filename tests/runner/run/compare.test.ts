import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporary } from '../temporary.js';
import { bulkhead, recordsOf } from './suite.js';

const fresh = (): string => join(temporary(), 'out');
const QUICK = ['system-call.null', '--set', 'system-call.state=warm', '--workers', '1'];

async function measure(...more: readonly string[]): Promise<string> {
  const file = join(temporary(), 'measurements.jsonl');
  const { code, stdout } = await bulkhead(['run', ...QUICK, ...more, '--json']);
  expect(code).toBe(0);
  writeFileSync(file, stdout);
  return file;
}

describe('compare', () => {
  test('the same twice: nothing to say, exit code 0', async () => {
    const { code, stdout } = await bulkhead(['compare', await measure(), await measure()]);
    expect(code).toBe(0);
    expect(stdout).toBe('1 spans in both: 1 the same, 0 within 0.0 %, 0 faster, 0 regressions.\n');
  });

  test('another configuration: parameters that differ, ratio, exit code 1 for what is slower', async () => {
    const call = ['ipc.call', '--set', 'ipc.call.state=warm', '--set', 'ipc.call.words=2'];
    const newer = await measure(...call);
    const older = await measure(...call, '--set', 'mmu-microkernel.generation=pr668');
    const slower = await bulkhead(['compare', newer, older]);
    expect(slower.code).toBe(1);
    expect(slower.stdout).toContain('mmu-microkernel.generation: head, pr668\n');
    expect(slower.stdout).toMatch(
      /\| ipc\.call state=warm \| round \| mmu-microkernel \| +\d+ \| +\d+ \| 1\.\d{3} \| .* \| slower \|/,
    );
    expect((await bulkhead(['compare', older, newer])).code).toBe(0);
    expect((await bulkhead(['compare', newer, older, '--threshold', '9'])).code).toBe(0);
    const rows = (await bulkhead(['compare', newer, older, '--json'])).stdout.trimEnd().split('\n');
    expect(rows.map((r) => JSON.parse(r) as object)).toContainEqual(
      expect.objectContaining({ workload: 'ipc.call', span: 'round', verdict: 'slower' }),
    );
  });

  test('a run that has become an error is a regression', async () => {
    const [before, after] = [await measure(), await measure()];
    const [record] = recordsOf(readFileSync(after, 'utf8'));
    const outcome = { kind: 'error', reason: 'r', place: 'p', trace: 't' };
    writeFileSync(after, `${JSON.stringify({ ...record, outcome, spans: [] })}\n`);
    const { code, stdout } = await bulkhead(['compare', before, after]);
    expect(code).toBe(1);
    expect(stdout).toContain('system-call.null state=warm (best case) on mmu-microkernel: measured in A, error in B\n');
  });

  test.each([
    [
      ['compare', 'none', 'none'],
      'bulkhead: none: no such file or directory; name a results folder or its measurements.jsonl',
    ],
    [['compare', 'none'], "bulkhead: compare: missing required argument 'B'; see 'bulkhead compare --help'"],
    [['compare', 'a', 'b', '--threshold', '-1'], /--threshold/],
  ])('bad input: %o', async (args, line) => {
    const { code, stderr } = await bulkhead(args);
    expect(code).toBe(2);
    expect(stderr.trimEnd()).toMatch(line);
  });

  test('a torn file is not compared', async () => {
    const file = await measure();
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
    const { code, stderr } = await bulkhead(['compare', file, file]);
    expect(code).toBe(2);
    expect(stderr).toContain('ends in the middle of line 1; finish the run with bulkhead run --resume DIR');
  });
});

test('a folder whose run is not finished, or a file without records, is not compared', async () => {
  const folder = fresh();
  expect((await bulkhead(['run', ...QUICK, '--seeds', '2', '--out', folder])).code).toBe(0);
  const file = join(folder, 'measurements.jsonl');
  expect((await bulkhead(['compare', folder, file])).code).toBe(0);
  writeFileSync(file, readFileSync(file, 'utf8').split('\n')[0] + '\n');
  expect(await bulkhead(['compare', file, folder])).toMatchObject({
    code: 2,
    stderr: `bulkhead: ${folder}: 1 of 2 records; finish it: bulkhead run --resume ${folder}\n`,
  });
  writeFileSync(file, '');
  const { code, stderr } = await bulkhead(['compare', file, file]);
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`${file}: holds no record; `) as string,
  });
});

describe('sweep', () => {
  const GRID = [
    'sweep',
    ...QUICK,
    '--grid',
    'mmu-microkernel.isolation=full,none',
    '--grid',
    'system-call.null.rounds=2,3',
  ];

  test('in two parts, merged, has the bytes of one sweep', async () => {
    const [whole, one, two, merged] = [fresh(), fresh(), fresh(), fresh()];
    expect((await bulkhead([...GRID, '--out', whole])).code).toBe(0);
    expect((await bulkhead([...GRID, '--shard', '1/2', '--out', one])).code).toBe(0);
    expect((await bulkhead([...GRID, '--shard', '2/2', '--out', two])).code).toBe(0);
    expect(existsSync(join(one, 'summary.md'))).toBe(false);
    expect((await bulkhead(['merge', two, one, '--out', merged])).code).toBe(0);
    for (const name of ['manifest.json', 'measurements.jsonl', 'summary.md']) {
      expect(readFileSync(join(merged, name), 'utf8')).toBe(readFileSync(join(whole, name), 'utf8'));
    }
    const points = recordsOf(readFileSync(join(whole, 'measurements.jsonl'), 'utf8'));
    expect(points.map((r) => [r.parameters['isolation'], r.workloadParameters['rounds']])).toEqual([
      ['full', 2],
      ['full', 3],
      ['none', 2],
      ['none', 3],
    ]);

    const refused = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await bulkhead(['merge', ...args, '--out', fresh()]);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused(one)).toContain('merge: part 2/2 is missing; give the folders of all parts');
    expect(await refused(one, two, one)).toMatch(/part 1\/2 again/);
    expect(await refused(whole)).toContain('no part of a sweep');
    const file = join(two, 'measurements.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').split('\n')[0] + '\n');
    expect(await refused(one, two)).toContain(`1 of 2 records; finish it: bulkhead run --resume ${two}`);
  });

  test.each([
    [['sweep', ...QUICK], 'sweep: no grid; give --grid'],
    [[...GRID, '--shard', '3/2'], '--shard 3/2: not a part; give I/N'],
    [['sweep', ...QUICK, '--grid', 'mmu-microkernel.isolation=full,half'], 'mmu-microkernel.isolation cannot be half'],
    [
      ['sweep', ...QUICK, '--grid', 'mmu-microkernel.isolatoin=full'],
      '--grid mmu-microkernel.isolatoin=full: platform mmu-microkernel has no parameter',
    ],
    [
      [...GRID, '--grid', 'mmu-microkernel.isolation=path'],
      '--grid mmu-microkernel.isolation=path: beside --grid mmu-microkernel.isolation=full,none; give all values of a',
    ],
    [
      [...GRID, '--set', 'mmu-microkernel.isolation=path'],
      '--grid mmu-microkernel.isolation=full,none: beside --set mmu-microkernel.isolation=path; give all values of a',
    ],
    [[...GRID, '--seed', '1', '--seeds', '2'], '--seed: given beside --seeds; give --seed for one layout'],
    [['sweep', ...QUICK, '--grid', 'isolation=full'], '--grid isolation=full: not of the form'],
  ])('bad input: %o', async (args, line) => {
    const { code, stderr } = await bulkhead(args);
    expect(code).toBe(2);
    expect(stderr).toContain(line);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
