import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readRecords } from '../../../runner/results/read.js';
import { temporary } from '../temporary.js';
import { bulkhead } from './suite.js';

const [PLAIN, COMPRESSED] = ['measurements.jsonl', 'measurements.jsonl.gz'];
const textOf = (folder: string): string => gunzipSync(readFileSync(join(folder, COMPRESSED))).toString();

/** A folder with compressed records, measured once, and what the same run prints as JSON; tests that change it take a copy. */
let measured: Promise<{ readonly path: string; readonly lines: string }> | undefined;
const original = (): NonNullable<typeof measured> =>
  (measured ??= (async () => {
    const path = join(temporary(), 'out');
    const args = ['run', 'system-call.null', '--seeds', '3', '--workers', '1', '--compress', '--out', path];
    const { code, stdout } = await bulkhead([...args, '--json']);
    expect(code).toBe(0);
    return { path, lines: stdout };
  })());
async function copy(): Promise<string> {
  const path = join(temporary(), 'out');
  cpSync((await original()).path, path, { recursive: true });
  return path;
}

describe('run --compress', () => {
  test('keeps the records that it prints, compressed, and the other commands read them', async () => {
    const { path, lines } = await original();
    expect(readdirSync(path).filter((name) => /^(meas|lock)/.test(name))).toEqual([COMPRESSED]);
    expect(textOf(path)).toBe(lines);
    expect(readFileSync(join(path, 'summary.md'), 'utf8')).toContain(`\`${COMPRESSED}\``);
    const file = join(path, COMPRESSED);
    expect(await bulkhead(['compare', path, file])).toMatchObject({ code: 0, stderr: '' });
    const page = join(temporary(), 'page.html');
    expect((await bulkhead(['report', path, '--out', page])).code).toBe(0);
    expect(readFileSync(page, 'utf8')).toContain('--seeds 3 --compress</code>');
  });

  test.each<[string, (path: string, lines: string) => void]>([
    [
      'in the middle of a line',
      (path, lines) => {
        writeFileSync(join(path, PLAIN), lines);
        truncateSync(join(path, PLAIN), lines.length / 2);
        rmSync(join(path, COMPRESSED));
      },
    ],
    ['before the plain file was removed', (path, lines) => writeFileSync(join(path, PLAIN), lines)],
    ['after everything', () => undefined],
  ])('is finished by --resume if it ended %s', async (_, spoil) => {
    const [{ lines }, path] = [await original(), await copy()];
    spoil(path, lines);
    expect(await bulkhead(['run', '--resume', path, '--workers', '1'])).toMatchObject({ code: 0, stderr: '' });
    expect(textOf(path)).toBe(lines);
    expect(existsSync(join(path, PLAIN))).toBe(false);
    expect(readRecords(path)).toHaveLength(6);
  });

  test('parts of a sweep stay compressed when they are merged', async () => {
    const { lines } = await original();
    const parts = [1, 2].map((i) => join(temporary(), `part-${i}`));
    for (const [i, part] of parts.entries()) {
      const args = ['sweep', 'system-call.null', '--grid', 'mmu-microkernel.generation=head', '--seeds', '3'];
      await bulkhead([...args, '--shard', `${i + 1}/2`, '--compress', '--workers', '1', '--out', part]);
    }
    const whole = join(temporary(), 'whole');
    expect((await bulkhead(['merge', ...parts, '--out', whole])).code).toBe(0);
    expect(textOf(whole)).toBe(lines);
  });

  test.each<[string, (file: string) => void, RegExp]>([
    ['cut off', (file) => truncateSync(file, 1000), /\.jsonl\.gz: cannot be unpacked \(unexpected end of file\); the/],
    ['not compressed', (file) => writeFileSync(file, '{}\n'), /\.gz: cannot be unpacked \(incorrect header check\)/],
    ['with a damaged record', (file) => writeFileSync(file, gzipSync('{"schema":1}\n')), /\.jsonl\.gz:1: workload: /],
  ])('bad input: a file that is %s', async (_, spoil, line) => {
    const path = await copy();
    spoil(join(path, COMPRESSED));
    for (const args of [
      ['report', path],
      ['run', '--resume', path],
      ['compare', path, path],
    ]) {
      const { code, stderr } = await bulkhead(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(line);
      expect(stderr.trimEnd()).not.toContain('\n');
    }
    expect(existsSync(join(path, 'lock'))).toBe(false);
  });
});
