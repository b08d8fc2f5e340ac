import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cheri } from '../../platforms/cheri/index.js';
import { mmuMicrokernel } from '../../platforms/mmu-microkernel/index.js';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import { shippedClaims } from '../../runner/reproduce/read.js';
import { readRecording } from '../../runner/reproduce/recording.js';
import { FILES } from '../../runner/results/read.js';
import { REFERENCE } from '../../runner/results/release.js';
import { partOfReference } from '../report/results.js';
import { bulkhead } from '../runner/run/suite.js';
import { temporary } from '../runner/temporary.js';

const PLATFORMS = [mpuRtos, mmuMicrokernel, cheri];

// Where a claim or a number changes on purpose, `npm run reference` records all of them anew.
describe('the recorded judgements of this release', () => {
  const claims = shippedClaims().flatMap((file) => file.claims);
  const { judgements, models } = readRecording(join(REFERENCE, FILES.claims), claims);

  test('are of the claims and the models that there are, and nothing failed', () => {
    expect(judgements.map(({ claim }) => claim)).toEqual(claims);
    expect(models).toEqual(Object.fromEntries(PLATFORMS.map(({ id, modelVersion }) => [id, modelVersion])));
    expect(judgements.filter(({ verdict }) => verdict === 'error')).toEqual([]);
  });

  test('a part of them, measured again, gives the same figures', async () => {
    const names = ['cheriot-switcher.b06a7bb.call', 'cmrx-traced.head.null-call', 'xous-rtl.head.null-call'];
    const { code, stdout } = await bulkhead(['reproduce', ...names, '--json'], PLATFORMS);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    const again = lines.map(
      (line) => JSON.parse(line) as { claim: { id: string }; simulated: number; verdict: string },
    );
    expect(again.length).toBeGreaterThan(20);
    for (const { claim, simulated, verdict } of again) {
      const recorded = judgements.find((j) => j.claim.id === claim.id);
      expect([claim.id, recorded?.simulated, recorded?.verdict]).toEqual([claim.id, simulated, verdict]);
    }
  });
});

const SHARED = `{ unit: cycles, core: c, clock: c, memory: m, system: s, source: s, tag: SAW, role: target, tolerance: 0.1,
  committed: 2026-11-29, unknowns: [], explanation: e }`;
const CLAIMS = `title: Toys
shared: ${SHARED}
claims:
  - { id: one, quantity: <b>one</b>, value: 10, measurement: { kind: constant, value: 10.5, meaning: ten } }
  - { id: two, quantity: q, value: [3, 4], measurement: { kind: constant, value: 8, meaning: eight } }
  - { id: none, quantity: q, value: 1, measurement: { kind: not modelled, reason: nobody knows, known: a bit } }
`;

/** Claims that take no time, a results folder, and their judgements recorded there. */
async function recorded(): Promise<{ readonly claims: string; readonly results: string; readonly file: string }> {
  const claims = temporary();
  writeFileSync(join(claims, 'toy.yaml'), CLAIMS);
  const results = partOfReference(['system-call.null']);
  const file = join(results, FILES.claims);
  const { code, stderr, stdout } = await bulkhead(['reproduce', '--claims', claims, '--out', file], PLATFORMS);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/1 reproduced, 1 not reproduced, 1 not modelled/);
  return { claims, results, file };
}

describe('reproduce --out', () => {
  test('and the report shows it: verdicts, figures, why, what is not modelled', async () => {
    const { claims, results } = await recorded();
    const { code, stdout } = await bulkhead(['report', results, '--claims', claims, '--json'], PLATFORMS);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ claims: 3 });
    const page = readFileSync(join(results, 'report.html'), 'utf8');
    const cellsOf = (table: string): string[][] => {
      const [, body] = new RegExp(`<table class="data" id="${table}">.*?<tbody>(.*?)</tbody>`, 's').exec(page)!;
      const rows = body.matchAll(/<tr>(.*?)<\/tr>/gs);
      return [...rows].map(([, row]) =>
        [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => cell.replace(/<[^>]*>/g, ' ').trim()),
      );
    };
    expect(cellsOf('published-verdicts').map((row) => row.slice(0, 4))).toEqual([
      ['reproduced', '-', '1', '1'],
      ['not reproduced', '-', '1', '1'],
      ['not modelled', '-', '1', '1'],
    ]);
    expect(cellsOf('published-sources')).toEqual([['Toys', '1', '1', '1']]);
    expect(cellsOf('publication-toy-compared')).toEqual([
      ['&lt;b&gt;one&lt;/b&gt;   toy.one', '10', '10.5', 'cycles', '1.05', '10 %', 'reproduced', 'target', '-'],
      ['q   toy.two', '3..4', '8', 'cycles', '2.00', '10 %', 'not reproduced', 'target', '1'],
    ]);
    expect(page).toContain('<li id="note-toy-1">e</li>');
    expect(cellsOf('publication-toy-not-modelled')).toEqual([
      ['q   toy.none', '1', 'cycles', 'nobody knows  known: a bit'],
    ]);
  });

  test('replaces an older record and nothing else, and records all claims or none', async () => {
    const { claims, file } = await recorded();
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('10.5', '11.5'));
    expect((await bulkhead(['reproduce', '--claims', claims, '--out', file], PLATFORMS)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(before);
    const other = join(claims, 'toy.yaml');
    expect(await bulkhead(['reproduce', '--claims', claims, '--out', other], PLATFORMS)).toMatchObject({
      code: 2,
      stderr: `bulkhead: --out ${other}: there is a file that is no record of claims; name another file; it is kept as it is\n`,
    });
    expect(readFileSync(other, 'utf8')).toBe(CLAIMS);
    const some = await bulkhead(['reproduce', 'toy.one', '--claims', claims, '--out', file], PLATFORMS);
    expect(some).toMatchObject({
      code: 2,
      stderr: `bulkhead: --out ${file}: toy.one beside it; leave the names out: all claims are recorded\n`,
    });
  });

  test('without a record the page has no such section, and a line says how to get it', async () => {
    const results = partOfReference(['system-call.null']);
    const { code, stdout } = await bulkhead(['report', results], PLATFORMS);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `published figures are not on the page: 'bulkhead reproduce --out ${join(results, FILES.claims)}' puts them there\n`,
    );
    expect(readFileSync(join(results, 'report.html'), 'utf8')).not.toContain('id="published"');
  });

  test.each<[string, (record: string) => string, RegExp]>([
    ['cut off', (t) => t.slice(0, -20), /claims\.json: not JSON \(.*; the file is damaged: measure again/],
    [
      'of another schema',
      (t) => t.replace('"schema":1', '"schema":0'),
      /claims\.json: written with schema 0; this version/,
    ],
    ['without a field', (t) => t.replace('"simulated":8,', ''), /claims\.json: claims\.1\.simulated: /],
    ['with a verdict that is none', (t) => t.replace('"not reproduced"', '"so so"'), /claims\.1\.verdict: /],
    [
      'of another figure',
      (t) => t.replace('[3,4]', '[3,5]'),
      /toy\.two: the claim has been changed; record it again: bulk/,
    ],
    ['of another measurement', (t) => t.replace('"eight"', '"ten"'), /toy\.two: the claim has been changed; record it/],
    [
      'judged otherwise',
      (t) => t.replace('"not reproduced"', '"consistent"'),
      /toy\.two: consistent then, not reproduced now/,
    ],
    ['of a claim that is gone', (t) => t.replace('toy.two', 'toy.too'), /toy\.two: not recorded; record it again/],
    [
      'of one claim more',
      (t) => t.replace('[\n', `[\n${t.split('\n')[1].replace('toy.one', 'toy.more')}\n`),
      /toy\.more: recorded, and is no claim; record it again/,
    ],
    [
      'of other models',
      (t) => t.replace('"cheri":"1"', '"cheri":"0"'),
      /recorded with model version 0 of cheri, the results/,
    ],
  ])('bad input: a record that is %s', async (_, spoil, line) => {
    const { claims, results, file } = await recorded();
    const record = readFileSync(file, 'utf8');
    writeFileSync(file, spoil(record));
    expect(readFileSync(file, 'utf8')).not.toBe(record);
    const { code, stdout, stderr } = await bulkhead(['report', results, '--claims', claims], PLATFORMS);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(line);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});
