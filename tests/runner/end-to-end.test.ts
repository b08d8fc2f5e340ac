import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../runner/cli/program.js';
import { writeElf } from '../machine/elf-writer.js';
import { temporary } from './temporary.js';
import { type Finished, RecordingTerminal } from './terminal.js';
import { bytesOf } from './vector-writer.js';

const ID = 'mmu-microkernel';

/** The command line as users have it, with the platforms that come with Bulkhead. */
async function bulkhead(...args: string[]): Promise<Finished> {
  const terminal = new RecordingTerminal();
  const code = await runCommandLine(args, terminal);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

/** The program of README.md without compressed instructions: prints x three times. */
const HELLO = [
  0x40000437, // _start: lui s0, 0x40000
  0x00300493, //         addi s1, zero, 3
  0x07800293, // work:   addi t0, zero, 'x'
  0x00542823, //         sw t0, 16(s0)
  0x0ff0000f, //         fence
  0xfff48493, // done:   addi s1, s1, -1
  0xfe0498e3, //         bne s1, zero, work
  0x00042223, //         sw zero, 4(s0)
];

const START = 0x60000000;

function hello(): string {
  const file = join(temporary(), 'hello.elf');
  const symbols = [
    { name: '_start', value: START },
    { name: 'work', value: START + 8 },
    { name: 'done', value: START + 20 },
  ];
  writeFileSync(file, writeElf({ segments: [{ vaddr: START, data: bytesOf(HELLO) }], symbols }).bytes);
  return file;
}

describe('with the platform mmu-microkernel', () => {
  test('exec: console, passages with a ledger that adds up, trace', async () => {
    const trace = join(temporary(), 'hello.trace');
    const ends = ['--from', 'work', '--to', 'done', '--trace', trace, '--json'];
    const { code, stdout, stderr } = await bulkhead('exec', hello(), '--platform', ID, ...ends);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout) as {
      console: string;
      instructions: number;
      passages: {
        cycles: number;
        instructions: number;
        byPhase: Record<string, number>;
        byKind: Record<string, number>;
      }[];
    };
    expect(result).toMatchObject({
      console: 'xxx',
      code: 0,
      instructions: 18,
      traps: 0,
      unmatchedFrom: 0,
      unmatchedTo: 0,
    });
    expect(result.passages).toHaveLength(3);
    const sum = (parts: Record<string, number>): number => Object.values(parts).reduce((a, b) => a + b, 0);
    for (const { cycles, instructions, byPhase, byKind } of result.passages) {
      expect(instructions).toBe(3);
      expect([sum(byPhase), sum(byKind)]).toEqual([cycles, cycles]);
      expect(byKind['issue']).toBe(3);
    }
    const lines = readFileSync(trace, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1 + result.instructions);
    expect(lines[3]).toMatch(/^ +\d+ 3 60000008 07800293 user +work +(li|addi)\s/);
  });

  test('exec is the same twice, and slower with a slower memory', async () => {
    const cycles = async (...args: string[]): Promise<number> => {
      const { stdout } = await bulkhead('exec', hello(), '--platform', ID, '--json', ...args);
      return (JSON.parse(stdout) as { cycles: number }).cycles;
    };
    const fast = await cycles('--set', `${ID}.memoryLatency=0`);
    expect(await cycles('--set', `${ID}.memoryLatency=0`)).toBe(fast);
    expect(await cycles('--set', `${ID}.memoryLatency=4`)).toBeGreaterThan(fast);
  });

  test('the validation table of README.md is what the command prints', async () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const [, args, shown] =
      /<!-- validation table: output of `npx bulkhead ([^`]*)`[^>]*-->\n\n(.*)\n\n<!-- end of validation table -->/s.exec(
        readme,
      ) ?? [];
    const { code, stdout } = await bulkhead(...args.split(' '));
    expect(code).toBe(0);
    expect(stdout.trimEnd()).toBe(shown);
  });

  test('validate cores: every state is that of the RTL', async () => {
    const { code, stdout } = await bulkhead('validate', 'cores', '--core', 'vexriscv-baochip', '--summary', '--json');
    expect(code).toBe(0);
    const parts = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { stateDiffers: number; withoutResult: number; config: string });
    expect(new Set(parts.map((p) => p.config))).toEqual(new Set(['core_lat0', 'core_lat4', 'xbar_lat0', 'xbar_lat4']));
    for (const { stateDiffers, withoutResult } of parts)
      expect({ stateDiffers, withoutResult }).toEqual({ stateDiffers: 0, withoutResult: 0 });
  });
});
