import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toy } from './fake-platform.js';
import { temporary } from './temporary.js';
import { bulkhead } from './terminal.js';
import { BODY, bodyProgram, bytesOf, goodVectors, LOOP, loopBench, PARAMETERS, writeVectors } from './vector-writer.js';

const validate = (directory: string, ...args: string[]) =>
  bulkhead('validate', 'cores', '--vectors', directory, ...args);

const lines = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

const rowLine = z.strictObject({
  core: z.string(),
  kind: z.enum(['micro', 'random', 'functional']),
  config: z.string(),
  set: z.enum(['development', 'held-out']),
  program: z.string(),
  quantity: z.string(),
  expected: z.number(),
  simulated: z.number().nullable(),
  error: z.number().nullable(),
  stateMatches: z.boolean().nullable(),
  reason: z.string().optional(),
});

const rowsOf = (text: string): z.infer<typeof rowLine>[] => lines(text).map((line) => rowLine.parse(line));

/** A directory with one random program that replaces a good one. */
const randomVectors = (words: readonly number[], fields: object = {}): string =>
  writeVectors({
    random: {
      entry_offset: '0x0',
      parameters: PARAMETERS,
      programs: [{ ...bodyProgram('r0', words), ...fields }],
    },
    images: { r0: words },
  });

describe('validate cores', () => {
  test('all is well: exit 0, row and summary tables', async () => {
    const { code, stdout, stderr } = await validate(goodVectors());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('toy-core, plain: micro');
    expect(stdout).toMatch(/\| loop +\| cycles_per_iter +\| +1 \| +1 \| +0 \| same +\|/);
    expect(stdout).toContain('toy-core, plain: random programs (development)');
    expect(stdout).toContain('Held-out random programs (odd index) were not run');
    expect(stdout).toContain('5 rows: none outside the tolerance, no recorded');
    expect(stdout).not.toContain('\u001b');
  });

  test('--json: one object a line, in the documented form', async () => {
    const { code, stdout } = await validate(goodVectors(), '--json');
    expect(code).toBe(0);
    const rows = rowsOf(stdout);
    expect(rows.map((r) => [r.config, r.program, r.quantity])).toEqual([
      ['plain', 'loop', 'cycles_per_iter'],
      ['plain', 'loop', 'cold_cycles_per_iter'],
      ['plain', 'r0', 'cycles'],
      ['plain', 'r2', 'cycles'],
      ['slow', 'loop', 'cycles_per_iter'],
    ]);
    expect(rows[2]).toEqual({
      core: 'toy-core',
      kind: 'random',
      config: 'plain',
      set: 'development',
      program: 'r0',
      quantity: 'cycles',
      expected: 6,
      simulated: 6,
      error: 0,
      stateMatches: true,
    });
  });

  test('--held-out adds the programs with an odd index, apart', async () => {
    const { stdout } = await validate(goodVectors(), '--json', '--held-out');
    expect(rowsOf(stdout).flatMap((r) => (r.kind === 'random' ? [[r.program, r.set]] : []))).toEqual([
      ['r0', 'development'],
      ['r1', 'held-out'],
      ['r2', 'development'],
    ]);
    const text = (await validate(goodVectors(), '--held-out', '--summary')).stdout;
    expect(text).toMatch(/plain +\| random programs \| development \| +2/);
    expect(text).toMatch(/plain +\| random programs \| held-out +\| +1/);
    expect(text).not.toContain('were not run');
  });

  test('held-out images are not even read without --held-out', async () => {
    const directory = goodVectors();
    rmSync(join(directory, 'random', 'toy-core', 'r1.bin.gz'));
    expect((await validate(directory)).code).toBe(0);
    expect((await validate(directory, '--held-out')).code).toBe(2);
  });

  test('--config and --core choose', async () => {
    const { stdout } = await validate(goodVectors(), '--config', 'slow', '--core', 'toy-core', '--json');
    expect(rowsOf(stdout).map((r) => r.config)).toEqual(['slow']);
  });

  test('--summary prints no rows; with --json one object per summary', async () => {
    const { stdout } = await validate(goodVectors(), '--summary');
    expect(stdout).not.toContain('toy-core, plain: micro');
    expect(stdout).toContain('| configuration |');
    const parts = lines((await validate(goodVectors(), '--summary', '--json')).stdout);
    expect(parts[0]).toEqual({
      core: 'toy-core',
      config: 'plain',
      group: 'micro',
      set: 'development',
      fetchWait: false,
      rows: 1,
      exact: 1,
      within: 1,
      withoutResult: 0,
      stateDiffers: 0,
      meanError: 0,
      percentile95: 0,
      worst: null,
    });
  });

  test('--start gives the cycle of mark 1, which fails nothing', async () => {
    const directory = randomVectors(BODY, {
      configs: { plain: { cycles: 6, instret: 3, mark1_cycle: 99, end_cycle: 1 } },
    });
    const { code, stdout } = await validate(directory, '--start', '--json', '--max-error', '0');
    expect(code).toBe(0);
    expect(rowsOf(stdout)[1]).toMatchObject({ quantity: 'mark1_cycle', expected: 99, simulated: 1 });
  });

  test('--max-error: exit 1 only if the error of a row is above it', async () => {
    const directory = randomVectors(BODY, {
      configs: { plain: { cycles: 5, instret: 3, mark1_cycle: 1, end_cycle: 1 } },
    });
    expect((await validate(directory)).code).toBe(0);
    expect((await validate(directory, '--max-error', '0.21')).code).toBe(0);
    const { code, stdout } = await validate(directory, '--max-error', '0.19');
    expect(code).toBe(1);
    expect(stdout).toContain('+20.00 % !');
    expect(stdout).toContain(
      '1 outside the tolerance, no recorded output word or retired-instruction count differs, 1 with an error above 0.19. The check fails in 1 row.',
    );
  });

  test('a state that differs is exit 1, with the place', async () => {
    const { code, stdout } = await validate(randomVectors(BODY, { mmio: [7, 8] }));
    expect(code).toBe(1);
    expect(stdout).toContain('DIFFERS: output 1 of 2 is 0x00000009, not 0x00000008');
  });

  test.each([
    ['wedges', [toy.mark(1), toy.wedge], 'wedged at 0x60000004: told to'],
    ['sleeps', [toy.mark(1), toy.sleep], 'asleep at 0x60000004'],
    ['loops over a marker', [toy.mark(1), toy.jump(-1)], 'the guest loops over a marker'],
    ['loops', [toy.mark(1), toy.nop, toy.jump(-1)], 'the budget of 20000000 instructions is used up'],
    ['gives up', [toy.mark(1), toy.mark(2), toy.exit(3)], 'the guest ended with code 3'],
    ['has no mark 2', [toy.mark(1), toy.exit(0)], 'mark 2 never retired'],
  ])('a guest that %s is a row without a number, exit 1', async (_, words, reason) => {
    const { code, stdout } = await validate(randomVectors(words), '--json');
    expect(code).toBe(1);
    expect(rowsOf(stdout)).toMatchObject([{ simulated: null, error: null, stateMatches: false }]);
    expect(rowsOf(stdout)[0].reason).toContain(reason);
  });

  test('configurations that delay instruction fetches are summed up apart', async () => {
    const directory = writeVectors({
      micro: {
        parameters: { late: { instructionWait: 1 }, plain: {} },
        benches: [{ ...loopBench('loop'), results: { late: { cycles_per_iter: 1, instrs_per_iter: 1 } } }],
      },
      images: { loop: LOOP },
    });
    const { stdout } = await validate(directory, '--summary');
    expect(stdout).toContain('toy-core, configurations that delay instruction fetches (reported apart)');
  });

  test('cores that no platform models are named', async () => {
    const { code, stdout } = await bulkhead('validate', 'cores', '--vectors', goodVectors(), '--summary');
    expect(code).toBe(0);
    expect(stdout).not.toContain('Not run');
  });
});

const microVectors = (bench: object, parameters: object = PARAMETERS): string =>
  writeVectors({ micro: { parameters, benches: [bench] }, images: { loop: LOOP } });

describe('bad vectors: exit 2 and one line that names file and field', () => {
  const cases: [string, () => string, string[], RegExp][] = [
    [
      'missing directory',
      () => join(temporary(), 'none'),
      [],
      /none: no such file or directory; a vector directory has/,
    ],
    ['empty directory', temporary, [], /: holds no vectors; /],
    [
      'corrupt JSON',
      () => writeVectors({ micro: '{"parameters": {', images: {} }),
      [],
      /index\.json: not JSON \(.*\); restore the file/,
    ],
    [
      'wrong type',
      () => microVectors({ ...loopBench('loop'), unroll: '1' }),
      [],
      /index\.json: benches\[0\]\.unroll: expected number, received string; /,
    ],
    ['missing field', () => microVectors({ kind: 'marks34' }), [], /index\.json: benches\[0\]\.name: expected string/],
    [
      'unknown kind',
      () => microVectors({ ...loopBench('loop'), kind: 'marks' }),
      [],
      /index\.json: benches\[0\]\.kind: /,
    ],
    [
      'bad address',
      () => microVectors({ ...loopBench('loop'), load: 'top' }),
      [],
      /benches\[0\]\.load: expected an address/,
    ],
    [
      'unknown configuration',
      () => microVectors(loopBench('loop'), { plain: {} }),
      [],
      /index\.json: benches\[0\]: configuration 'slow' has no entry in 'parameters'; the file knows plain/,
    ],
    [
      'unknown parameter',
      () => microVectors(loopBench('loop'), { plain: { wiat: 1 }, slow: {} }),
      [],
      /index\.json: parameters\.plain: platform toy has no parameter 'wiat'; did you mean 'wait'\?/,
    ],
    [
      'parameter out of range',
      () => microVectors(loopBench('loop'), { plain: { wait: 65 }, slow: {} }),
      [],
      /index\.json: parameters\.plain: toy\.wait cannot be 65; it takes an integer from 0 to 64/,
    ],
    [
      'missing image',
      () => microVectors({ ...loopBench('loop'), file: 'gone.bin.gz' }),
      [],
      /gone\.bin\.gz: no such file or directory; .*benches\[0\]\.file names it/,
    ],
    [
      'wrong size',
      () => microVectors({ ...loopBench('loop'), size: 40 }),
      [],
      /loop\.bin\.gz: 36 bytes after gunzip, .*size says 40/,
    ],
    [
      'image past the address space',
      () => microVectors({ ...loopBench('loop'), load: '0xfffffff0' }),
      [],
      /benches\[0\]\.load: 36 bytes at 0xfffffff0 run past 4 GiB/,
    ],
    [
      'image where no memory is',
      () => microVectors({ ...loopBench('loop'), load: '0x0' }),
      [],
      /toy-core: loop: no RAM or ROM at/,
    ],
    [
      'unknown core',
      goodVectors,
      ['--core', 'toy-cor'],
      /--core toy-cor: .* has no such core; did you mean 'toy-core'\?/,
    ],
    [
      'unknown configuration',
      goodVectors,
      ['--config', 'slwo'],
      /--config slwo: no such configuration; did you mean 'slow'\?/,
    ],
    [
      'bad --max-error',
      goodVectors,
      ['--max-error', 'none'],
      /--max-error none: not a number it can take; give a number/,
    ],
  ];

  test.each(cases)('%s', async (_, directory, args, expected) => {
    const { code, stdout, stderr } = await validate(directory(), ...args);
    expect(stderr).toMatch(/^bulkhead: [^\n]+\n$/);
    expect(stderr).toMatch(expected);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('truncated gzip', async () => {
    const directory = goodVectors();
    const file = join(directory, 'micro', 'toy-core', 'loop.bin.gz');
    truncateSync(file, readFileSync(file).length - 9);
    const { code, stderr } = await validate(directory);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^bulkhead: .*loop\.bin\.gz: not a complete gzip file \(unexpected end of file\); restore it.*\n$/,
    );
  });

  test('not gzip at all', async () => {
    const directory = goodVectors();
    writeFileSync(join(directory, 'random', 'toy-core', 'r0.bin.gz'), 'text');
    const { code, stderr } = await validate(directory);
    expect(code).toBe(2);
    expect(stderr).toMatch(/r0\.bin\.gz: not a complete gzip file \(incorrect header check\)/);
  });

  test('a bad file is found before anything runs', async () => {
    const directory = goodVectors();
    writeFileSync(join(directory, 'random', 'toy-core', 'r2.bin.gz'), gzipSync(bytesOf([1])));
    const { code, stdout } = await validate(directory, '--json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
