import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readParameters } from '../../runner/parameters.js';
import { BUILT_IN } from '../../runner/platforms.js';
import { type SiliconEntry, siliconEntries } from '../../runner/silicon/entries.js';
import { writeElf } from '../machine/elf-writer.js';
import { fakePlatform, toy } from './fake-platform.js';
import { temporary } from './temporary.js';
import { runWith } from './terminal.js';
import { bytesOf } from './vector-writer.js';

const ENTRY: SiliconEntry = {
  name: 'toy-work',
  title: 'work of the toy',
  platform: 'toy',
  parameters: { wait: 1 },
  symbol: 'work',
  link: 'link',
  cycles: 20,
  core: 'a toy chip',
  clock: '1 Hz',
  memory: 'beads',
  unknown: 'everything else',
  citation: 'A. Nobody, Toys, page 1',
};

const silicon = (...args: string[]) => runWith(fakePlatform, [ENTRY], ['validate', 'silicon', ...args]);

const START = 0x60000000;

/** Calls `work` twice; work: two nops, a stall of 7 and the return. */
const PROGRAM = [
  toy.stall(3),
  toy.call(4),
  toy.nop,
  toy.call(2),
  toy.exit(0),
  toy.nop, // work
  toy.nop,
  toy.stall(7),
  toy.ret,
];

function elf(words = PROGRAM, symbols: Readonly<Record<string, number>> = { work: 5 }): string {
  const file = join(temporary(), 'program.elf');
  const list = Object.entries(symbols).map(([name, index]) => ({ name, value: START + 4 * index }));
  writeFileSync(file, writeElf({ segments: [{ vaddr: START, data: bytesOf(words) }], symbols: list }).bytes);
  return file;
}

describe('validate silicon', () => {
  test('the first call, from the end of the calling instruction to the end of the return', async () => {
    const { code, stdout, stderr } = await silicon('--elf', `toy-work=${elf()}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // four instructions of 1 + 1 cycle each, and a stall of 7
    expect(stdout).toMatch(/\| toy-work \| +4 \| +15 \| +20 \| -25\.00 % \| a toy chip \| 1 Hz +\| beads +\|/);
    expect(stdout).toContain('toy-work: A. Nobody, Toys, page 1; not known: everything else\n');
  });

  test('--json', async () => {
    const { stdout } = await silicon('--json', '--elf', `toy-work=${elf()}`);
    expect(JSON.parse(stdout)).toEqual({
      name: 'toy-work',
      platform: 'toy',
      parameters: { wait: 1 },
      symbol: 'work',
      instructions: 4,
      simulated: 15,
      published: 20,
      error: -0.25,
      core: 'a toy chip',
      clock: '1 Hz',
      memory: 'beads',
      unknown: 'everything else',
      citation: 'A. Nobody, Toys, page 1',
    });
  });

  test('without --elf it lists what is known', async () => {
    const { code, stdout } = await silicon();
    expect(code).toBe(0);
    expect(stdout).toMatch(/\| toy-work \| work of the toy \| work +\| +20 \| a toy chip \| 1 Hz/);
    expect(stdout).toContain('A. Nobody, Toys, page 1');
    expect(JSON.parse((await silicon('--json')).stdout)).toEqual(ENTRY);
  });

  test.each([
    [
      'is never called',
      [toy.nop, toy.exit(3)],
      { work: 0x40 },
      'work: no call that returns: the guest ended with code 3',
    ],
    [
      'does not return',
      [toy.call(1), toy.nop, toy.wedge],
      { work: 1 },
      'work: no call that returns: wedged at 0x60000008',
    ],
  ])('a function that %s is no number and exit 1', async (_, words, symbols, reason) => {
    const { code, stdout } = await silicon('--elf', `toy-work=${elf(words, symbols)}`);
    expect(code).toBe(1);
    expect(stdout).toContain(reason);
    expect(stdout).not.toContain('%');
  });

  test.each([
    ['no NAME=PATH', 'toy-work', /--elf toy-work: not of the form NAME=PATH; example: --elf toy-work=program\.elf/],
    ['an unknown name', 'toy-wrk=x', /--elf toy-wrk=x: no figures are known for 'toy-wrk'; did you mean 'toy-work'\?/],
    [
      'a missing file',
      'toy-work=none.elf',
      /--elf toy-work=none\.elf: no such file; name an ELF file with the function work/,
    ],
    ['no ELF file', `toy-work=${process.execPath}`, /64-bit/],
  ])('%s: exit 2 and one line', async (_, option, expected) => {
    const { code, stdout, stderr } = await silicon('--elf', option);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^bulkhead: [^\n]+\n$/);
    expect(stderr).toMatch(expected);
  });

  test('a file without the function: exit 2 and one line', async () => {
    const { code, stderr } = await silicon('--elf', `toy-work=${elf(PROGRAM, { wrok: 5 })}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^bulkhead: .*program\.elf work: no such symbol; did you mean 'wrok'\?\n$/);
  });

  test('a platform that is not there: exit 2 and one line', async () => {
    const foreign = { ...ENTRY, platform: 'toi' };
    const args = ['validate', 'silicon', '--elf', `toy-work=${elf()}`];
    const { code, stderr } = await runWith(fakePlatform, [foreign], args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/its platform toi is not there; did you mean 'toy'\?/);
  });
});

describe('the entries that ship', () => {
  test('have parameters that their platform takes, a figure and a source', async () => {
    for (const { name, platform, parameters, cycles, citation } of siliconEntries()) {
      expect([name, cycles > 0 && Number.isInteger(cycles)]).toEqual([name, true]);
      expect(citation).toMatch(/https:\/\//);
      const model = BUILT_IN.find((p) => p.id === platform);
      if (model === undefined) throw new Error(`${name}: no platform ${platform}`);
      expect(readParameters(await model.load(), parameters)).toMatchObject({ ok: true });
    }
    expect(new Set(siliconEntries().map((e) => e.name)).size).toBe(siliconEntries().length);
  });
});
