import { describe, expect, test } from 'vitest';
import type { ParameterValues } from '../../platforms/platform.js';
import { readParameters } from '../../runner/parameters.js';
import { FRAME, slideOut } from '../../workloads/application/slide-out.js';
import { isExpected } from '../../workloads/language/scenario.js';
import { readme } from './readme.js';
import { run, WITH_KERNEL } from './run.js';
import { COLUMNS } from './slide-out.js';

const GRANULES: Readonly<Record<string, number>> = { 'mpu-rtos': 32, 'mmu-microkernel': 4096, cheri: 8 };

/**
 * Of an overrun of one byte towards the neighbour: bytes that were stored, and words of the slide that changed. An MPU stops it at
 * the neighbour's first byte; an MMU does not, its next address is another page of the driver's, also with isolation=path, where
 * spaces are one and processes far apart; on CHERIoT the buffer's own bounds do, whatever the isolation.
 */
const NEIGHBOUR: Readonly<Record<string, Readonly<Record<string, readonly [stored: number, changed: number]>>>> = {
  'mpu-rtos': { full: [0, 0], path: [1, 1], none: [1, 1] },
  'mmu-microkernel': { full: [1, 0], path: [1, 0], none: [1, 1] },
  cheri: { full: [0, 0], path: [0, 0], none: [0, 0] },
};

/** A layout that is among the published ones, and moves things. */
const SEED = 3;

const platformOf = (id: string): (typeof WITH_KERNEL)[number] => WITH_KERNEL.find((p) => p.id === id)!;

function parametersOf(id: string, given: ParameterValues): ParameterValues {
  const read = readParameters(platformOf(id), given);
  if (!read.ok) throw new Error(read.problem);
  return read.value;
}

describe.each(Object.entries(GRANULES))('%s', (id, granule) => {
  const platform = platformOf(id);
  const kernel = platform.kernel!;

  test.each(['full', 'none'])('isolation=%s: the victim lies where the scenario says', (isolation) => {
    const parameters = parametersOf(id, { isolation });
    for (const victim of ['adjacent', 'same-granule', 'next-granule'] as const) {
      const scenario = slideOut.build({ victim });
      if (id === 'cheri' && victim === 'same-granule') {
        expect(kernel.supports(scenario, parameters)).toContain('granules of 8 bytes');
        continue;
      }
      const { symbols } = kernel.link(scenario, parameters, SEED).image;
      const at = (buffer: string): number => symbols.find(({ name }) => name === `driver.buffer.${buffer}`)!.virtual;
      const [last, first] = [at('frame') + FRAME - 1, at('position')];
      const granules = Math.floor(first / granule) - Math.floor(last / granule);
      if (victim === 'adjacent') expect(first).toBe(last + 1);
      if (victim === 'same-granule') expect([granules, first > last + 1]).toEqual([0, true]);
      if (victim === 'next-granule') expect([granules, first % granule]).toEqual([1, 0]);
    }
  });

  test.each(['full', 'path', 'none'])(
    'isolation=%s: memory of another domain begins where the buffer ends',
    (isolation) => {
      const parameters = parametersOf(id, { isolation });
      const scenario = slideOut.build({ victim: 'neighbour-domain' });
      for (const seed of [0, SEED]) {
        const linked = kernel.link(scenario, parameters, seed);
        const [frame, position] = [linked.placeOf('frame'), linked.placeOf('position')];
        expect(position.physical).toBe(frame.physical + FRAME);
        // where domains are one it is what adjacent is
        if (isolation === 'none') expect(position.virtual).toBe(frame.virtual + FRAME);
      }
    },
  );

  test('with protection no byte reaches a neighbour, without it the first one does', () => {
    for (const isolation of ['full', 'path', 'none']) {
      const scenario = slideOut.build({ victim: 'neighbour-domain', overrun: 1 });
      const ran = run(platform, scenario, isolation);
      if (typeof ran === 'string') throw new Error(ran);
      expect(isExpected(scenario.expected, ran, isolation === 'none')).toBe(true);
      const [stored, changed] = NEIGHBOUR[id][isolation];
      expect(ran.observed).toMatchObject({
        distance: 0,
        bytes_stored: FRAME + stored,
        slide_words_changed: changed,
        driver_words_changed: 0,
      });
    }
  });

  test('a byte more changes a word of an adjacent victim more in every fourth, and the slide then says that it is open', () => {
    for (const overrun of [1, 4, 5]) {
      const scenario = slideOut.build({ victim: 'adjacent', overrun });
      const ran = run(platform, scenario, 'full');
      if (typeof ran === 'string') throw new Error(ran);
      expect(isExpected(scenario.expected, ran)).toBe(true);
      const stopped = id === 'cheri';
      expect(ran.observed).toMatchObject({
        bytes_stored: stopped ? FRAME : FRAME + overrun,
        slide_words_changed: stopped ? 0 : Math.ceil(overrun / 4),
      });
      expect(ran.reports.at(-1)).toBe(stopped ? 0 : 1);
    }
  });

  test('a driver that looks at the length stores nothing, and everybody goes on', () => {
    const scenario = slideOut.build({ checked: true, victim: 'adjacent' });
    const ran = run(platform, scenario, 'full');
    if (typeof ran === 'string') throw new Error(ran);
    expect(ran).toMatchObject({
      ended: [],
      observed: { bytes_stored: 0, slide_words_changed: 0, driver_words_changed: 0 },
    });
    expect(ran.reports.slice(-5)).toEqual([0, 1, 1, 1, 0]);
  });
});

test.each(['m0plus', 'm3', 'm33'])('mpu-rtos: on %s as well, whatever the sizes of regions', (core) => {
  for (const regionSizes of ['as-shipped', 'tight']) {
    const parameters = parametersOf('mpu-rtos', { core, regionSizes });
    const linked = platformOf('mpu-rtos').kernel!.link(
      slideOut.build({ victim: 'neighbour-domain' }),
      parameters,
      SEED,
    );
    expect(linked.placeOf('position').physical).toBe(linked.placeOf('frame').physical + FRAME);
  }
});

/** The rows of the table in workloads/README.md. */
function published(): readonly Readonly<Record<string, string>>[] {
  const text = readme();
  const table = text.slice(text.indexOf('<!-- slide-out table -->'), text.indexOf('<!-- end of slide-out table -->'));
  const rows = table.split('\n').filter((line) => line.startsWith('|'));
  const cells = (line: string): readonly string[] =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
  expect(cells(rows[0])).toEqual(COLUMNS);
  return rows.slice(2).map((line) => Object.fromEntries(cells(line).map((cell, i) => [COLUMNS[i], cell])));
}

describe('the table of workloads/README.md', () => {
  const rows = published();

  test('has every platform, isolation and place', () => {
    const own = rows.filter((row) => !row["the slide's state"].includes('slide asks too'));
    // CHERIoT has no place in the same granule
    expect(own.length).toBe(3 * 2 * 5 - 2);
  });

  test.each(rows.map((row) => [row['platform'], row["the slide's state"], row] as const))(
    '%s, %s',
    (label, place, row) => {
      const [id, ...changed] = label.split(' ');
      const pairs = changed.map((set) => set.split('=') as [name: string, value: string]);
      const { isolation = 'full', ...others } = Object.fromEntries<string>(pairs);
      const [victim, asks] = place.split(', ');
      const second = asks !== undefined;
      for (const overrun of victim === 'own-domain' ? [4096] : [1, 4096]) {
        const scenario = slideOut.build({ victim, overrun, second });
        const ran = run(platformOf(id), scenario, isolation, { seed: second ? 0 : SEED, set: others });
        if (typeof ran === 'string') throw new Error(ran);
        expect(String(ran.observed['distance'] ?? '-')).toBe(row['bytes away']);
        const [moved, , runs] = row[`moved by ${overrun}`].split(' ').map(Number);
        const { slide_words_changed: changes, bytes_stored: stored } = ran.observed;
        if (moved === 0) expect(changes).toBe(0);
        if (moved === runs) expect(changes).toBeGreaterThan(0);
        if (overrun < 4096) continue;
        const { serves_again: again, serves_other: other = 0 } = ran.passed;
        expect(again + other > 0).toBe(row['serves again after'] !== 'never');
        if (row['stopped at byte'] === '-') {
          expect(stored).toBe(FRAME + overrun);
          continue;
        }
        const [least, most] = row['stopped at byte'].split('..').map(Number);
        expect(stored - FRAME + 1).toBeGreaterThanOrEqual(least);
        if (stored < FRAME + overrun) expect(stored - FRAME + 1).toBeLessThanOrEqual(most ?? least);
      }
    },
  );
});
