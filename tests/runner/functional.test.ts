import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FunctionalObservation } from '../../runner/validate/functional/observe.js';
import { CYCLE_REFERENCES, type CycleReference } from '../../runner/validate/functional/references.js';
import { functionalRows } from '../../runner/validate/functional/rows.js';
import type { FunctionalProgram } from '../../runner/validate/functional/schema.js';
import { errataLines, rowTable, summaryTables, verdict } from '../../runner/validate/report.js';
import type { Row } from '../../runner/validate/row.js';
import { fails, summaries } from '../../runner/validate/summary.js';
import { toy } from './fake-platform.js';
import { bulkhead } from './terminal.js';
import { FUNCTIONAL, functionalProgram, goodVectors, writeSets } from './vector-writer.js';

const validate = (directory: string, ...args: string[]) =>
  bulkhead('validate', 'cores', '--vectors', directory, ...args);

const rowsOf = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** A set of one program made of these words, which differs from the good one in some fields. */
const one = (fields: object, words = FUNCTIONAL): string =>
  writeSets({ alpha: [functionalProgram('p0', fields)] }, words);

/** `FUNCTIONAL` with another instruction in front of its stop. */
const with5 = (word: number): number[] => FUNCTIONAL.map((w, i) => (i === 5 ? word : w));

describe('validate cores, functional sets', () => {
  test('all is well: a table of programs, a summary per set', async () => {
    const directory = writeSets({
      alpha: [functionalProgram('p0'), functionalProgram('p1')],
      beta: [functionalProgram('q')],
    });
    const { code, stdout, stderr } = await validate(directory);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('toy-core, alpha: result words and instructions');
    expect(stdout).toMatch(/\| p0 +\| +5 \| +5 \| +3 \| same +\| same +\|/);
    expect(stdout).toContain('toy-core, functional sets');
    expect(stdout).toMatch(/\| alpha \| +2 \| +2 \(100.0 %\) \| +2 \(100.0 %\) \| +6 \| +0 \|/);
    expect(stdout).toContain(
      '3 rows: none outside the tolerance, no recorded output word or instruction count differs.',
    );
    expect(stdout).not.toContain('eld-out');
  });

  test('--json: a row per program', async () => {
    const { code, stdout } = await validate(one({}), '--json');
    expect(code).toBe(0);
    expect(rowsOf(stdout)).toEqual([
      {
        core: 'toy-core',
        kind: 'functional',
        config: 'alpha',
        set: 'development',
        program: 'p0',
        quantity: 'instructions',
        expected: 5,
        simulated: 5,
        error: 0,
        stateMatches: true,
      },
    ]);
  });

  test('--summary --json counts words and instructions apart', async () => {
    const programs = [functionalProgram('p0'), functionalProgram('p1', { instructions: 6 })];
    const { code, stdout } = await validate(writeSets({ alpha: programs }), '--summary', '--json');
    expect(code).toBe(1);
    expect(rowsOf(stdout)).toMatchObject([
      { config: 'alpha', rows: 2, stateDiffers: 1, functional: { wordsMatch: 2, countsMatch: 1, exceptions: 6 } },
    ]);
  });

  test.each([
    ['a result word', { expected: '00000002aaaa5555fffffff1' }, 'result word 2 of 3 is 0xfffffff0, not 0xfffffff1'],
    [
      'the number of result words',
      { expected: '00000001aaaa5555' },
      'result word 0 of 2 is 0x00000002, not 0x00000001',
    ],
    ['the number of instructions', { instructions: 4 }, '5 instructions executed, not 4'],
  ])('%s that differs is exit 1, with the place', async (_, fields, reason) => {
    const { code, stdout } = await validate(one(fields));
    expect(code).toBe(1);
    expect(stdout).toContain(`DIFFERS: ${reason}`);
    expect(stdout).toContain('in 1 a recorded output word or instruction count differs');
  });

  test.each([
    ['wedges', {}, with5(toy.wedge), 'wedged at 0x60000014: told to'],
    ['ends too early', {}, with5(toy.exit(0)), 'the guest ended with code 0'],
    ['never gets to its body', { body_start: '0x60000030' }, FUNCTIONAL, "the body's start was not reached"],
    ['never leaves its body', { body_end: '0x60000030' }, FUNCTIONAL, "the body's end was not reached"],
    [
      'spoils the count of its results',
      { result: '0x60000024' },
      FUNCTIONAL,
      'the result array does not begin with a count',
    ],
  ])('a guest that %s is a row without a number, exit 1', async (_, fields, words, reason) => {
    const { code, stdout } = await validate(one(fields, words), '--json');
    expect(code).toBe(1);
    expect(rowsOf(stdout)).toMatchObject([{ simulated: null, error: null, stateMatches: false, reason }]);
  });

  test('the core that a program is for says with which parameters it runs', async () => {
    const slow = functionalProgram('slow', { core: 't2', cycles: 18 });
    const { stdout } = await validate(writeSets({ alpha: [functionalProgram('p0', { cycles: 10 }), slow] }), '--json');
    const cycles = rowsOf(stdout).filter((row) => row['quantity'] === 'cycles');
    expect(cycles.map((row) => [row['program'], row['expected'], row['simulated']])).toEqual([
      ['p0', 10, 10],
      ['slow', 18, 18],
    ]);
  });

  test('--core takes the core or a set, --config a set', async () => {
    const directory = writeSets({ alpha: [functionalProgram('p0')], beta: [functionalProgram('q')] });
    const programs = async (...args: string[]) =>
      rowsOf((await validate(directory, '--json', ...args)).stdout).map((row) => row['program']);
    expect(await programs('--core', 'toy-core')).toEqual(['p0', 'q']);
    expect(await programs('--core', 'beta')).toEqual(['q']);
    expect(await programs('--config', 'alpha')).toEqual(['p0']);
  });

  test('a directory without functional sets is not missing anything', async () => {
    expect((await validate(goodVectors(), '--summary')).stdout).not.toContain('functional');
  });
});

describe('bad sets: exit 2 and one line', () => {
  const cases: [string, () => string, string[], RegExp][] = [
    [
      'missing field',
      () => one({ stop: undefined }),
      [],
      /alpha.vectors\.json: \[0\]\.stop: expected string.*toy-core.README\.md/,
    ],
    ['half a word', () => one({ expected: '0000' }), [], /\[0\]\.expected: expected result words of 8 hex digits each/],
    [
      'an offset past the images',
      () => one({ offset: 64 }),
      [],
      /\[0\]\.offset: bytes 64 to 108 are not in .*programs\.bin\.gz, which holds 44/,
    ],
    [
      'a core that nobody models',
      () => one({ core: 't3' }),
      [],
      /\[0\]\.core: platform toy models no core 't3'; it models t1, t2/,
    ],
    ['an image where no memory is', () => one({ load: '0x0' }), [], /toy-core\/alpha: p0: no RAM or ROM at/],
    [
      'an unknown set',
      () => one({}),
      ['--core', 'alfa'],
      /--core alfa: .* has no such core or set; did you mean 'alpha'\?/,
    ],
  ];

  test.each(cases)('%s', async (_, directory, args, expected) => {
    const { code, stdout, stderr } = await validate(directory(), ...args);
    expect(stderr).toMatch(/^bulkhead: [^\n]+\n$/);
    expect(stderr).toMatch(expected);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('images missing or damaged', async () => {
    const directory = one({});
    const images = join(directory, 'toy-core', 'alpha', 'programs.bin.gz');
    writeFileSync(images, 'text');
    expect((await validate(directory)).stderr).toMatch(/programs\.bin\.gz: not a complete gzip file/);
    rmSync(images);
    const { code, stderr } = await validate(directory);
    expect(code).toBe(2);
    expect(stderr).toMatch(/programs\.bin\.gz: no such file or directory; the programs of .*vectors\.json are in it/);
  });
});

describe('recorded cycles that an oracle counts otherwise than the manual', () => {
  const reference: CycleReference = {
    set: 'toy-core/alpha',
    kinds: ['plain'],
    corrections: [
      { rule: 'a', mask: 0xff00, match: 0xb500, cycles: 1, source: 'manual 1' },
      { rule: 'b', mask: 0xff00, match: 0xbd00, cycles: 2, source: 'manual 2' },
    ],
  };
  const program: FunctionalProgram = {
    name: 'p',
    core: 't1',
    kind: 'plain',
    offset: 0,
    size: 4,
    load: 0,
    result: 0,
    body_start: 0,
    body_end: 0,
    stop: 0,
    instructions: 5,
    expected: [0],
    cycles: 100,
  };
  const seen: FunctionalObservation = { words: [0], instructions: 5, cycles: 107, exceptions: 0, corrected: [3, 2] };
  const row = (more: Partial<FunctionalProgram> = {}, ref: CycleReference | undefined = reference) =>
    functionalRows({ ...program, ...more }, seen, ref)[1];

  test('each rule is added as often as its instruction was executed', () => {
    expect(row()).toMatchObject({ quantity: 'cycles', expected: 107, simulated: 107, exact: true, stateMatches: null });
    expect(row().cycles).toMatchObject({ recorded: 100, corrections: [{ executed: 3 }, { executed: 2 }] });
  });

  describe('recorded state that is wrong from some word on', () => {
    const erratum = { set: 'toy-core/alpha', program: 'p', word: 2, why: 'the oracle sleeps', source: 'manual 3' };
    const recorded = { ...program, expected: [2, 7, 8] };
    const observed = (words: readonly number[]): FunctionalObservation => ({ ...seen, words, instructions: 9 });
    const rowOf = (words: readonly number[]): Row => {
      const where = {
        core: 'toy-core',
        kind: 'functional',
        config: 'alpha',
        set: 'development',
        program: 'p',
      } as const;
      return { ...functionalRows(recorded, observed(words), undefined, erratum)[0], ...where, fetchWait: false };
    };

    test('is no check, and is printed', () => {
      const wrong = rowOf([3, 7, 9, 9]);
      expect(wrong).toMatchObject({ stateMatches: null, error: null, erratum });
      expect(fails(wrong, 0)).toBe(false);
      expect(verdict([wrong], undefined)).toMatch(/^0 rows: none outside the tolerance, no recorded/);
      expect(errataLines([wrong])).toEqual([
        'alpha, not checked: p, recorded wrongly from word 2 on: the oracle sleeps; manual 3\n',
      ]);
      expect(summaries([wrong])[0].functional).toMatchObject({ wordsMatch: 0, countsMatch: 0 });
    });

    test('the words before it are a check', () => {
      const wrong = rowOf([3, 6, 9, 9]);
      expect(wrong).toMatchObject({ stateMatches: false });
      expect(fails(wrong, undefined)).toBe(true);
      expect(errataLines([wrong])).toEqual([]);
    });

    test('a model that does as the oracle is compared as ever', () => {
      expect(rowOf([2, 7, 8])).toMatchObject({ stateMatches: false, reason: '9 instructions executed, not 5' });
    });
  });

  test('kinds of programs whose cycles mean nothing are left out', () => {
    expect(row({ kind: 'exc' })).toBeUndefined();
    expect(functionalRows({ ...program, kind: 'exc' }, seen, undefined)[1]).toMatchObject({ expected: 100 });
  });

  test('the table shows recorded, corrections and simulated; the summary each rule with its source', () => {
    const where = { core: 'toy-core', kind: 'functional', config: 'alpha', set: 'development', program: 'p' } as const;
    const rows: Row[] = [row(), row()].map((r) => ({ ...r, ...where, fetchWait: false }));
    const table = rowTable(rows);
    expect(table).toMatch(/\| p +\| +100 \| +\+7 \| +107 \| +107 \| +0 \|/);
    const [summary] = summaryTables(summaries(rows));
    expect(summary).toContain('alpha, recorded cycles corrected: a: +1 each, 6 executed; manual 1\n');
    expect(summary).toContain('alpha, recorded cycles corrected: b: +2 each, 4 executed; manual 2\n');
  });

  test('the rules that ship concern 16-bit instructions only, and name manual and table', () => {
    for (const { corrections } of CYCLE_REFERENCES) {
      for (const { mask, match, source } of corrections) {
        expect([(match & mask) >>> 0, mask >>> 16]).toEqual([match, 0xffff]);
        expect(source).toMatch(/TRM .*table/);
      }
    }
  });
});
