import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../runner/reproduce/evaluate.js';
import { pathReferences } from '../../runner/reproduce/path-references.js';
import { readClaims, shippedClaims } from '../../runner/reproduce/read.js';
import { isMeasurement, leaves } from '../../runner/reproduce/schema.js';
import { PATH_SUITES } from '../../runner/validate/paths-suites.js';
import { temporary } from '../runner/temporary.js';

const claims = shippedClaims().flatMap((file) => file.claims);
const claim = (id: string) => claims.find((c) => c.id === id)!;

describe('the claims of this release', () => {
  test('every id is there once', () => {
    expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
  });

  test('nothing is from memory', () => {
    expect(claims.filter(({ tag }) => tag === 'RECALLED')).toEqual([]);
  });

  // figures that issue 8 names
  test.each([
    ['cmrx-thread-metric.calibration', 9.08],
    ['cmrx-thread-metric.cooperative', 1035.92],
    ['cmrx-thread-metric.preemptive', 1896.66],
    ['cmrx-thread-metric.message', 1628.96],
    ['cmrx-thread-metric.synchronisation', 487.21],
    ['cmrx-traced.head.rpc.instructions', 460],
    ['xous-rtl.head.scalar-call.cycles-core-lat0', 4740],
    ['xous-rtl.step-668', 0.0756],
    ['xous-rtl.step-669', 0.0854],
    ['xous-book.ratio-send', 1.55],
    ['xous-book.ratio-round', 1.48],
    ['cheriot-sosp25.call-empty', 209],
    ['cheriot-sosp25.call-256', 452],
    ['cheriot-sosp25.interrupt', 1028],
    ['cheriot-rtos.pr40.no-zeroing', 95],
    ['cheriot-micro23.table4.hardware-s.32', 3479.0],
    ['cheriot-micro23.table4.hardware-s.4096', 14726.6],
    ['cheriot-micro23.sweep-software', 11.4],
  ])('%s is compared with a measurement', (id, value) => {
    expect(claim(id).value).toBe(value);
    expect(isMeasurement(claim(id).measurement)).toBe(true);
  });

  test.each([
    ['xous-book.scalar-round', 174],
    ['xous-book.lend-naive', 771],
    ['xous-book.lend', 302],
    ['cheriot-rtos.sonata.call-warm', 340],
    ['cheriot-rtos.sonata.call-cold', 1196],
    ['cheriot-micro23.table4.baseline.32', 3845.2],
  ])('%s is not modelled, and it is said why', (id, value) => {
    expect(claim(id)).toMatchObject({ value, measurement: { kind: 'not modelled' } });
  });

  test('figures that must be equal are those that validate paths holds to be', async () => {
    for (const { platform, load } of PATH_SUITES) {
      const suite = await load();
      const exact = suite.quantities.filter((q) => q.exact).map((q) => q.name);
      for (const { id, measurement: m, tolerance } of shippedClaims().flatMap((file) => file.ofTables)) {
        if (m.kind !== 'path' || m.platform !== platform) continue;
        expect([id, tolerance === 0]).toEqual([id, exact.includes(m.quantity)]);
      }
    }
  });

  test('every row of a long table that a claim names is there, and has the figure of the claim', async () => {
    let found = 0;
    for (const { platform, load } of PATH_SUITES) {
      const { tables = [] } = await load();
      for (const { id, measurement, value } of claims) {
        if (!isMeasurement(measurement)) continue;
        const [leaf] = leaves(measurement);
        if (leaf.kind !== 'cell' || leaf.platform !== platform) continue;
        const cell = tables
          .find(({ name }) => name === leaf.table)!
          .cells.find(({ row }) => (['operation', 'variant', 'quantity'] as const).every((k) => row[k] === leaf[k]))!;
        const pairs = evaluate(measurement, () => ({ ok: true, value: 1 }));
        // the row is of all pairs, to three digits, the claim of one
        const whole = (value as number) / (pairs.ok ? pairs.value : NaN);
        expect([id, Number(whole.toPrecision(3))]).toEqual([id, cell.row.real]);
        found++;
      }
    }
    expect(found).toBe(65);
  });

  test('every path that a claim names is one of its suite', async () => {
    for (const { platform, load } of PATH_SUITES) {
      const suite = await load();
      for (const { id, measurement } of claims) {
        if (!isMeasurement(measurement)) continue;
        for (const leaf of leaves(measurement)) {
          if (leaf.kind !== 'path' || leaf.platform !== platform) continue;
          expect([id, suite.operations.some((o) => o.id === leaf.operation)]).toEqual([id, true]);
          expect([id, suite.variants.includes(leaf.variant)]).toEqual([id, true]);
        }
      }
    }
  });

  test('figures of tables are references of validate paths', () => {
    const scalar = pathReferences('mmu-microkernel').find(
      (r) => r.operation === 'scalar-call' && r.variant === 'head',
    )!;
    expect(scalar.figures).toMatchObject({ 'satp writes': 4, instructions: 2330, 'cycles core_lat0': 4740 });
    expect(scalar.source).toContain('xous-core 73c094632');
  });
});

const FILE = `
title: A source
shared: { unit: cycles, core: a core, clock: 1 Hz, memory: beads, system: none, source: a page, tag: SAW, role: held-out,
  tolerance: 0.1, committed: 2026-11-29, unknowns: [], explanation: it is a toy }
claims:
  - id: one
    quantity: a thing
    value: 10
    measurement: { kind: constant, value: 10, meaning: ten }
`;

/** Reads a folder with one file. */
function read(text: string, name = 'toy.yaml') {
  const folder = temporary();
  writeFileSync(join(folder, name), text);
  return readClaims(folder);
}

describe('bad input: one line with file, claim, field and remedy', () => {
  test('the file that the others are made from is right', () => {
    expect(read(FILE)[0].claims.map(({ id }) => id)).toEqual(['toy.one']);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    [
      'a missing field',
      (t) => t.replace('clock: 1 Hz, ', ''),
      /toy\.yaml, claim one: clock: missing; add it to the claim, or to 'shared'/,
    ],
    ['no figure', (t) => t.replace('    value: 10\n', ''), /claim one: value: missing/],
    ['no measurement', (t) => t.replace(/ {4}measurement.*\n/, ''), /claim one: measurement: missing/],
    ['no explanation', (t) => t.replace(', explanation: it is a toy', ''), /claim one: explanation: missing/],
    ['a negative figure', (t) => t.replace('value: 10\n', 'value: -1\n'), /claim one: value: .*>=0/],
    [
      'an interval that is turned round',
      (t) => t.replace('value: 10\n', 'value: [3, 2]\n'),
      /claim one: value: the first of an interval/,
    ],
    ['an unknown role', (t) => t.replace('held-out', 'hidden'), /role: .*target.*calibration.*held-out/],
    ['a day that there is not', (t) => t.replace('2026-11-29', '2026-13-29'), /committed: .*date/i],
    [
      'an effect that does not hold 1',
      (t) => t.replace('unknowns: []', 'unknowns: [{ what: x, effect: [1.1, 2], basis: y }]'),
      /unknowns\.0\.effect\.0/,
    ],
    [
      'a field that is none',
      (t) => t.replace('quantity:', 'colour: red\n    quantity:'),
      /claim one: .*Unrecognized key: "colour"/,
    ],
    ['a kind of measurement that is none', (t) => t.replace('kind: constant', 'kind: guess'), /claim one: measurement/],
    ['an id with spaces', (t) => t.replace('id: one', 'id: One Two'), /claims\.0\.id: not of small letters/],
    ['an id twice', (t) => `${t}${t.slice(t.indexOf('  - id'))}`, /claim one: the id is there twice/],
    ['no YAML', (t) => t.replace('title: A source', 'title: [A source'), /toy\.yaml:\d+: not YAML/],
    ['nothing', () => '', /toy\.yaml: the whole: /],
  ])('%s', (_, spoil, message) => {
    const spoilt = spoil(FILE);
    expect(spoilt).not.toBe(FILE);
    expect(() => read(spoilt)).toThrow(message);
    try {
      read(spoilt);
    } catch (thrown) {
      expect(thrown).toMatchObject({ name: 'BadInput' });
      expect((thrown as Error).message).toMatch(/^[^\n]*; [^\n]+$/);
    }
  });

  test('no folder, and a folder without claims', () => {
    expect(() => readClaims('/nowhere/at/all')).toThrow(/no such file or directory; name a folder of claims/);
    expect(() => read(FILE, 'toy.txt')).toThrow(/no file NAME\.yaml there/);
  });
});
