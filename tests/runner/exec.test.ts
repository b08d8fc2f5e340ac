import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { execute, type ExecRequest } from '../../runner/exec/run.js';
import { readParameters } from '../../runner/parameters.js';
import { must } from '../../runner/failure.js';
import { writeElf } from '../machine/elf-writer.js';
import { fakePlatform, imageOf, toy } from './fake-platform.js';
import { temporary } from './temporary.js';
import { bulkhead, type Finished } from './terminal.js';
import { bytesOf } from './vector-writer.js';

/** Writes words as a flat file. */
function flat(words: readonly number[]): string {
  const file = join(temporary(), 'program.bin');
  writeFileSync(file, bytesOf(words));
  return file;
}

const FLAT = ['--platform', 'toy', '--format', 'flat', '--load', '0x60000000'];
const exec = (words: readonly number[], ...args: string[]): Promise<Finished> =>
  bulkhead('exec', flat(words), ...FLAT, ...args);

const request = (
  words: readonly number[],
  symbols: Record<string, number>,
  more: Partial<ExecRequest>,
): ExecRequest => ({
  platform: fakePlatform,
  parameters: must(readParameters(fakePlatform, {})),
  board: 'bench',
  image: imageOf(words, symbols),
  file: 'program',
  ...more,
});

const HELLO = [toy.putchar('h'), toy.putchar('i'), toy.stall(7), toy.trap(8), toy.exit(0)];

describe('exec', () => {
  test('console output, reason, code, cycles, instructions', async () => {
    const { code, stdout, stderr } = await exec(HELLO);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      [
        'hi',
        'end           the guest ended with code 0',
        'code          0',
        'cycles        13',
        'instructions  4',
        'traps         1',
        '',
      ].join('\n'),
    );
  });

  test('--json is one object', async () => {
    const { stdout } = await exec(HELLO, '--json');
    const { file, ...result } = JSON.parse(stdout) as { file: string };
    expect(file).toMatch(/program\.bin$/);
    expect(result).toEqual({
      platform: 'toy',
      modelVersion: '1',
      end: { kind: 'exit', code: 0, text: 'the guest ended with code 0' },
      code: 0,
      cycles: 13,
      instructions: 4,
      traps: 1,
      interrupts: 0,
      busBeats: 0,
      pageWalkReads: 0,
      protection: { mpuStores: 0, satpWrites: 0, sfences: 0, capabilityLoads: 0, capabilityStores: 0 },
      console: 'hi',
    });
  });

  test('--set changes the machine', async () => {
    const { stdout } = await exec([toy.nop, toy.exit(0)], '--set', 'toy.wait=9', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ cycles: 20, instructions: 2 });
  });

  test('what a guest prints cannot reach the terminal as control codes', async () => {
    const { stdout } = await exec([toy.putchar('\u001b'), toy.putchar('c'), toy.exit(0)]);
    expect(stdout).toMatch(/^\ufffdc\n/);
  });

  test.each([
    ['a failure code', [toy.exit(3)], [], 'the guest ended with code 3', '3'],
    ['a loop', [toy.jump(0)], ['--max-instructions', '1000'], 'the budget of 1000 instructions is used up', '-'],
    ['sleep', [toy.sleep], [], 'asleep at 0x60000000, no interrupt will come', '-'],
    ['a jump into nothing', [toy.wedge], [], 'wedged at 0x60000000: told to', '-'],
  ])('%s of the guest is a reported outcome: exit 1', async (_, words, args, end, guestCode) => {
    const { code, stdout, stderr } = await exec(words, ...args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain(`end           ${end}\ncode          ${guestCode}\n`);
  });

  test('a long run is the same in slices', async () => {
    const words = [toy.stall(0xfffff), toy.loop(1, 100), toy.exit(0)];
    expect(await execute(request(words, {}, {}))).toMatchObject({
      end: { kind: 'exit' },
      counters: { cycles: 0x100000 * 100 + 101, instructions: 201 },
    });
  });

  test.each([
    [1, 0],
    [3, 1],
    [10, 5],
  ])('tohost: value %i is code %i', async (value, expected) => {
    const { end } = await execute(request([toy.nop, toy.tohost(value), toy.jump(0)], { tohost: 9 }, {}));
    expect(end).toEqual({ kind: 'exit', code: expected });
  });
});

describe('passages', () => {
  const words = [toy.nop, toy.nop, toy.stall(4), toy.trap(8), toy.satp, toy.nop, toy.loop(5, 2), toy.exit(0)];

  test('instructions, cycles, traps, protection operations and the ledger of each', async () => {
    const { passages } = await execute(request(words, { enter: 1, leave: 5 }, { from: 'enter', to: 'leave' }));
    expect(passages).toMatchObject({ notListed: 0, unmatchedFrom: 0, unmatchedTo: 0 });
    expect(passages?.passages).toHaveLength(2);
    expect(passages?.passages[0]).toMatchObject({
      start: 2,
      cycles: 9,
      instructions: 3,
      traps: 1,
      protection: { satpWrites: 1, sfences: 0 },
      byPhase: { user: 7, 'hardware entry': 2 },
      byKind: { issue: 3, 'data stall': 4, exception: 2, hazard: 0 },
      storeBacklog: { start: 0, end: 0 },
    });
    expect(passages?.passages[1]).toMatchObject({ start: 13, cycles: 9 });
  });

  test('as a table and as JSON, with addresses', async () => {
    const ends = ['--from', '0x60000004', '--to', '0x60000014'];
    const { stdout } = await exec(words, ...ends);
    expect(stdout).toContain('2 passages from 0x60000004 to 0x60000014; unmatched: 0 from, 0 to');
    expect(stdout).toContain('| passage | start | instructions | cycles | traps | satp writes | phase user |');
    expect(stdout).not.toContain('MPU stores');
    const json = JSON.parse((await exec(words, ...ends, '--json')).stdout) as { passages: unknown[] };
    expect(json.passages).toHaveLength(2);
  });

  test('a second start restarts, and what does not pair up is counted', async () => {
    const list = [toy.nop, toy.mark(2), toy.nop, toy.nop, toy.mark(1), toy.jump(-3), toy.exit(0)];
    const { passages } = await execute(
      request(list, { to: 1, from: 4, twice: 2 }, { from: 'from', to: 'to', maxInstructions: 20 }),
    );
    expect(passages).toMatchObject({ passages: [], unmatchedTo: 1, unmatchedFrom: 4 });
    const restarted = [toy.nop, toy.loop(1, 3), toy.nop, toy.exit(0)];
    const again = (await execute(request(restarted, { from: 0, to: 2 }, { from: 'from', to: 'to' }))).passages;
    expect(again).toMatchObject({ unmatchedFrom: 2, unmatchedTo: 0 });
    expect(again?.passages).toMatchObject([{ start: 5, cycles: 2, instructions: 2 }]);
  });

  test('one address: the time between two retirements', async () => {
    const list = [toy.nop, toy.stall(2), toy.loop(2, 3), toy.exit(0)];
    const { passages } = await execute(request(list, { top: 0 }, { from: 'top', to: 'top' }));
    expect(passages?.passages.map((p) => p.cycles)).toEqual([5, 5]);
    expect(passages).toMatchObject({ unmatchedFrom: 1, unmatchedTo: 0 });
  });

  test('a ledger that does not add up is an internal error, exit 1', async () => {
    const list = [toy.nop, toy.lose, toy.nop, toy.exit(0)];
    const { code, stderr } = await exec(list, '--from', '0x60000000', '--to', '0x60000008');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^bulkhead: internal error: cycle ledger: phases sum to 2, the span has 3 cycles; [^\n]*\n$/,
    );
  });
});

describe('trace', () => {
  test('a line per retired instruction and trap', async () => {
    const file = join(temporary(), 'out.trace');
    const words = [toy.nop, toy.trap(8), toy.stall(7), toy.exit(0)];
    await execute(request(words, { start: 0, end: 3 }, { trace: file }));
    expect(readFileSync(file, 'utf8').split('\n')).toEqual([
      '     cycle p pc       word     phase             place                        instruction',
      '         1 3 60000000 00000013 user              start                        nop',
      '         3 3 60000004 0000850b hardware entry    start+0x4                    *** trap, cause 0x8',
      '        11 3 60000008 0000710b user              start+0x8                    .word 0x710b',
      '        12 3 6000000c 0000030b user              end                          .word 0x30b',
      '',
    ]);
  });

  test('is complete when the run ends by the budget', async () => {
    const file = join(temporary(), 'out.trace');
    const { code } = await exec([toy.nop, toy.jump(-1)], '--max-instructions', '5000', '--trace', file);
    expect(code).toBe(1);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines).toHaveLength(5002);
    expect(lines[5000]).toMatch(/^ +5000 3 60000004 /);
  });

  test('nothing is left of a run that failed, and an old file stays', async () => {
    const folder = temporary();
    const file = join(folder, 'out.trace');
    writeFileSync(file, 'old');
    const args = ['--from', '0x60000000', '--to', '0x60000008', '--trace', file];
    expect((await exec([toy.nop, toy.lose, toy.nop, toy.exit(0)], ...args)).code).toBe(1);
    expect(readdirSync(folder)).toEqual(['out.trace']);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect((await exec([toy.nop, toy.exit(0)], '--trace', file)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toContain('old');
    expect(readdirSync(folder)).toEqual(['out.trace']);
  });

  test('something that is no ordinary file is written to, not replaced', async () => {
    expect((await exec([toy.exit(0)], '--trace', '/dev/null')).code).toBe(0);
    expect(existsSync('/dev/null')).toBe(true);
    expect(() => readFileSync('/dev/null')).not.toThrow();
  });
});

describe('bad input: exit 2, one line, nothing written', () => {
  const program = flat([toy.nop, toy.exit(0)]);
  const folder = temporary();
  mkdirSync(join(folder, 'directory'));
  const cases: [string, string[], RegExp][] = [
    ['no platform', [program], /exec: required option '--platform <ID>' not specified/],
    ['no file', ['--platform', 'toy'], /exec: missing required argument 'FILE'/],
    [
      'unknown platform',
      [program, '--platform', 'tyo'],
      /--platform tyo: neither a platform nor .*; did you mean 'toy'\?/,
    ],
    ['missing file', ['none.elf', '--platform', 'toy'], /none\.elf: no such file or directory; /],
    ['a directory', [folder, '--platform', 'toy'], /: not a file; /],
    ['a device without end', ['/dev/zero', '--platform', 'toy'], /\/dev\/zero: not a file; /],
    ['not an ELF file', [program, '--platform', 'toy'], /program\.bin: .*not an ELF file/],
    ['flat without --load', [program, '--platform', 'toy', '--format', 'flat'], /--format flat: .*; add --load ADDR/],
    [
      'elf with --load',
      [program, '--platform', 'toy', '--load', '0'],
      /--load: .*; leave it out, or add --format flat/,
    ],
    ['unknown format', [program, '--platform', 'toy', '--format', 'hex'], /argument 'hex' is invalid.*elf, flat/],
    ['bad address', [program, ...FLAT.slice(0, 4), '--load', 'top'], /--load top: not a 32-bit address; /],
    ['address too large', [program, ...FLAT, '--entry', '0x100000000'], /--entry 0x100000000: not a 32-bit address/],
    ['bad parameter', [program, ...FLAT, '--set', 'toy.wiat=1'], /--set toy\.wiat=1: .*did you mean 'wait'\?/],
    [
      'bad value',
      [program, ...FLAT, '--set', 'toy.wait=99'],
      /toy\.wait cannot be 99; it takes an integer from 0 to 64/,
    ],
    [
      'unknown board',
      [program, ...FLAT, '--board', 'bnech'],
      /--board bnech: platform toy has no such board; did you mean 'bench'/,
    ],
    ['bad ram', [program, ...FLAT, '--ram', '64K'], /--ram 64K: not of the form START:SIZE; example: /],
    ['ram not pages', [program, ...FLAT, '--ram', '0x1000:100'], /--ram 0x1000:100: not whole pages; /],
    ['ram past the end', [program, ...FLAT, '--ram', '0xfffff000:8K'], /--ram 0xfffff000:8K: runs past 4 GiB/],
    [
      'memory missing',
      [program, ...FLAT.slice(0, 4), '--load', '0x100'],
      /program\.bin: no RAM or ROM at .*; link it for/,
    ],
    ['--from without --to', [program, ...FLAT, '--from', 'a'], /exec: --to is missing; a passage needs both/],
    [
      'unknown symbol',
      [program, ...FLAT, '--from', 'a', '--to', 'b'],
      /--from a: the program has no symbols; give a symbol or an address/,
    ],
    [
      'bad budget',
      [program, ...FLAT, '--max-instructions', '-1'],
      /--max-instructions -1: not a number it can take; give an integer/,
    ],
    ['budget zero', [program, ...FLAT, '--max-instructions', '0'], /--max-instructions 0: not a number it can take/],
    [
      'trace into nothing',
      [program, ...FLAT, '--trace', join(folder, 'none', 'x')],
      /--trace .*: no such file or directory; /,
    ],
    ['trace is a directory', [program, ...FLAT, '--trace', join(folder, 'directory')], /--trace .*: is a directory; /],
  ];

  test.each(cases)('%s', async (_, args, expected) => {
    const { code, stdout, stderr } = await bulkhead('exec', ...args);
    expect(stderr).toMatch(/^bulkhead: [^\n]+\n$/);
    expect(stderr).toMatch(expected);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('unknown and ambiguous symbols', async () => {
    const symbols = { from_here: 0, to_there: 1 };
    const run = (from: string) =>
      execute(request([toy.nop, toy.exit(0)], symbols, { from, to: 'to_there' })).catch((e: Error) => e.message);
    expect(await run('from_her')).toBe("--from from_her: no such symbol; did you mean 'from_here'?");
    const image = imageOf([toy.nop, toy.exit(0)], symbols);
    const twice = { ...image, symbols: [...image.symbols, { ...image.symbols[1], name: 'from_here' }] };
    await expect(execute(request([], {}, { image: twice, from: 'from_here', to: 'to_there' }))).rejects.toThrow(
      '--from from_here: names 2 places (0x60000000, 0x60000004); give one of these addresses',
    );
  });
});

describe('ELF files', () => {
  const words = [toy.nop, toy.nop, toy.tohost(5), toy.jump(0)];
  const data = bytesOf(words);
  const segment = { vaddr: 0x60000000, data };
  const elf = (file: Uint8Array): Promise<Finished> => {
    const path = join(temporary(), 'program.elf');
    writeFileSync(path, file);
    return bulkhead('exec', path, '--platform', 'toy', '--from', '_start', '--to', '0x60000004');
  };
  const symbols = [
    { name: '_start', value: 0x60000000 },
    { name: 'tohost', value: 0x60001000 },
  ];

  test('symbols name the ends of passages, and tohost ends the run', async () => {
    const { code, stdout } = await elf(writeElf({ segments: [segment], symbols }).bytes);
    expect(code).toBe(1);
    expect(stdout).toContain('the guest ended with code 2');
    expect(stdout).toContain('1 passage from _start to 0x60000004; unmatched: 0 from, 0 to');
  });

  const good = writeElf({ segments: [segment], symbols }).bytes;
  const changed = (at: number, value: number): Uint8Array => good.with(at, value);
  test.each([
    ['truncated', good.slice(0, 60), /ELF header: 1 program headers .* run past the end of the file/],
    ['empty', good.slice(0, 0), /not an ELF file/],
    ['64-bit', changed(4, 2), /a 64-bit file/],
    ['big-endian', changed(5, 2), /a big-endian file/],
    ['of another machine', writeElf({ segments: [segment], machine: 62 }).bytes, /built for x86-64/],
    ['relocatable', writeElf({ segments: [segment], type: 1 }).bytes, /relocatable object: link it first/],
    ['overlapping', writeElf({ segments: [segment, { ...segment, vaddr: 0x60000004 }] }).bytes, /overlap/],
    ['wrapping', writeElf({ segments: [{ ...segment, vaddr: 0xfffffff8 }] }).bytes, /2\^32|address space|4 GiB/],
    ['where no memory is', writeElf({ segments: [{ ...segment, vaddr: 0 }], symbols }).bytes, /no RAM or ROM/],
  ])('%s: exit 2, one line', async (_, file, expected) => {
    const { code, stdout, stderr } = await elf(file);
    expect(stderr).toMatch(/^bulkhead: \S*program\.elf: [^\n]+\n$/);
    expect(stderr).toMatch(expected);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('bench', () => {
  test('prints the speed and the host', async () => {
    const { code, stdout } = await bulkhead('bench');
    expect(code).toBe(0);
    expect(stdout).toContain(`Host speed: node ${process.version}`);
    expect(stdout).toMatch(
      /\| toy +\| loop +\| ways=8 +\| +4002 \| +5 \|.*\| 0\.25 traps, 0\.25 satp writes \| a loop of/,
    );
  });

  test('--json', async () => {
    const { stdout } = await bulkhead('bench', '--json', '--platform', 'toy');
    const speed = JSON.parse(stdout) as { median: number; slowest: number; fastest: number };
    expect(speed).toMatchObject({
      platform: 'toy',
      benchmark: 'loop',
      parameters: { ways: 8 },
      switchedFrom: { wait: 1 },
      instructions: 4002,
      cycles: 4004,
      traps: 1,
      pageWalkReads: 0,
      runs: 5,
      node: process.version,
    });
    expect(speed.slowest).toBeLessThanOrEqual(speed.median);
    expect(speed.fastest).toBeGreaterThanOrEqual(speed.median);
  });
});
