import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repeatCommand } from '../../runner/report/repeat.js';
import { FILES, readManifest } from '../../runner/results/read.js';
import { WORKLOADS } from '../../workloads/index.js';
import { bulkhead } from '../runner/run/suite.js';
import { temporary } from '../runner/temporary.js';
import { partOfReference, textOf } from './results.js';

/** Nothing is drawn: the quickest page. */
const LEAST = ['system-call.null'];

describe('bulkhead report', () => {
  test('the same results give the same bytes, in the folder or where --out says', async () => {
    const folder = partOfReference(LEAST);
    const out = join(temporary(), 'page.html');
    const first = await bulkhead(['report', folder]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const page = textOf(join(folder, 'report.html'));
    writeFileSync(out, '<!doctype html><!-- bulkhead report -->\nan older one');
    const { code, stdout } = await bulkhead(['report', folder, '--out', out, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      file: out,
      bytes: Buffer.byteLength(page),
      bulkhead: '0.1.0',
      records: 6,
      claims: null,
    });
    expect(textOf(out)).toBe(page);
  });

  test('names of workloads, platforms and parameters that this version does not have are shown, without a definition', async () => {
    const folder = partOfReference(LEAST, (record) =>
      record.platform === 'cheri' ? { ...record, platform: 'other', workload: 'other.thing' } : record,
    );
    expect(await bulkhead(['report', folder])).toMatchObject({ code: 0, stderr: '' });
    const page = textOf(join(folder, 'report.html'));
    expect(page).toContain('<code>other.thing</code> is not a workload of this version');
    expect(page).toContain('<code>cheri</code>, model version 1, is not a platform of this version');
  });

  const bad = (
    title: string,
    prepare: (folder: string) => readonly string[],
    line: RegExp,
    afterwards: (folder: string) => void = () => undefined,
  ): void =>
    test(`bad input: ${title}`, async () => {
      const folder = partOfReference(LEAST);
      const { code, stdout, stderr } = await bulkhead(['report', ...prepare(folder)]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(line);
      expect(stderr.trimEnd()).not.toContain('\n');
      expect(existsSync(join(folder, 'report.html'))).toBe(false);
      afterwards(folder);
    });

  bad(
    'no folder',
    (folder) => [join(folder, 'none')],
    /none\/manifest\.json: no such file or directory; name a results/,
  );
  bad(
    'a damaged record',
    (folder) => {
      const file = join(folder, FILES.measurements);
      writeFileSync(file, textOf(file).replace('"seed":0', '"seed":-1'));
      return [folder];
    },
    /measurements\.jsonl:1: seed: .*; the file is damaged: measure again/,
  );
  bad(
    'an older schema',
    (folder) => {
      const file = join(folder, FILES.measurements);
      writeFileSync(file, textOf(file).replace('"schema":1', '"schema":0'));
      return [folder];
    },
    /measurements\.jsonl:1: written with schema 0; this version of Bulkhead reads schema 1/,
  );
  bad(
    'a run that is not finished',
    (folder) => {
      const file = join(folder, FILES.measurements);
      const lines = textOf(file).split('\n');
      writeFileSync(file, lines.slice(2).join('\n'));
      return [folder];
    },
    /: 4 of 6 records; finish it: bulkhead run --resume/,
  );
  bad(
    'no room',
    (folder) => [folder, '--out', '/dev/full'],
    /--out \/dev\/full: cannot be written: no space left on device/,
  );
  bad(
    'a folder in place of the file',
    (folder) => {
      mkdirSync(join(folder, 'sub'));
      return [folder, '--out', join(folder, 'sub')];
    },
    /--out .*sub: cannot be written: is a directory; name a file/,
  );
  bad(
    'a file that is no report',
    (folder) => [folder, '--out', join(folder, FILES.measurements)],
    /--out .*measurements\.jsonl: there is a file that is no report; name another file/,
    (folder) => expect(textOf(join(folder, FILES.measurements)).split('\n')).toHaveLength(7),
  );
});

describe('the command to repeat a run', () => {
  test('gives the same samples', async () => {
    const folder = join(temporary(), 'first');
    const setting = 'system-call.null.state=warm';
    const args = ['run', 'system-call.null', '--platform', 'mmu-microkernel', '--set', setting, '--seed', '5'];
    expect((await bulkhead([...args, '--out', folder])).code).toBe(0);
    const [name, ...words] = repeatCommand(readManifest(folder), WORKLOADS).split(' ');
    expect(name).toBe('bulkhead');
    expect((await bulkhead([...words, '--json'])).stdout).toBe(textOf(join(folder, FILES.measurements)));
  });

  test('of a sweep names the axes of its grid, and beside them what all points share', () => {
    const points = [1, 2].flatMap((a) => ['x', 'y'].map((b) => ['ipc.state=warm', `ipc.a=${a}`, `ipc.b=${b}`]));
    const request = { workloads: ['ipc.call'], platforms: ['mpu-rtos'], points, seeds: [0, 1], budget: 9 };
    const manifest = { schema: 1 as const, bulkhead: '0', request, shard: null, models: {}, records: 0 };
    expect(repeatCommand(manifest, WORKLOADS)).toBe(
      'bulkhead sweep ipc.call --platform mpu-rtos --set ipc.state=warm --grid ipc.a=1,2 --grid ipc.b=x,y ' +
        '--seeds 2 --max-instructions 9',
    );
  });

  test('names nothing that is there by default', () => {
    const request = {
      workloads: WORKLOADS.map(({ id }) => id),
      platforms: ['cheri', 'mmu-microkernel', 'mpu-rtos'],
      points: [[]],
      seeds: [0, 1, 2],
      budget: 500_000_000,
    };
    const manifest = { schema: 1 as const, bulkhead: '0', request, shard: null, models: {}, records: 0 };
    expect(repeatCommand(manifest, WORKLOADS)).toBe('bulkhead run --seeds 3');
    expect(repeatCommand({ ...manifest, shard: { index: 1, of: 2 } }, WORKLOADS.slice(1))).toMatch(/ --shard 1\/2$/);
  });
});
