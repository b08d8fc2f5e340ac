import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assemble } from '../../platforms/assembler/assemble.js';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import { thumbAssembler } from '../../platforms/thumb/assembler.js';
import { runCommandLine } from '../../runner/cli/program.js';
import { siliconEntries } from '../../runner/silicon/entries.js';
import { describeGnu } from '../gnu.js';
import { writeElf } from '../machine/elf-writer.js';
import { temporary } from './temporary.js';
import { type Finished, RecordingTerminal, runWith } from './terminal.js';

const ID = 'mpu-rtos';
const PREFIX = 'arm-none-eabi-';

/** The command line as users have it, with the platforms that come with Bulkhead. */
async function bulkhead(...args: string[]): Promise<Finished> {
  const terminal = new RecordingTerminal();
  const code = await runCommandLine(args, terminal);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

const exec = (file: string, ...args: string[]): Promise<Finished> => bulkhead('exec', file, '--platform', ID, ...args);

/** Stack, start, and the same handler for the ten exceptions that follow up to SVCall. */
const VECTORS = `
  .syntax unified
  .thumb
  .text
  .word 0x20001000, _start + 1
  .rept 9
  .word handler + 1
  .endr
  .word service + 1
`;

/** Prints through the UART and through semihosting; a system call and an MPU store in each passage. */
const HELLO = `${VECTORS}
  .globl _start, work, done
_start:
  ldr  r4, =0x40004000
  movs r0, #1
  str  r0, [r4, #8]         @ transmitter on
  movs r5, #3
  ldr  r6, =0xe000ed98      @ MPU_RNR
work:
  movs r0, #'x'
  str  r0, [r4]
  str  r5, [r6]
  svc  #1
  nop
done:
  subs r5, #1
  bne  work
  ldr  r1, =message
  movs r0, #4               @ SYS_WRITE0
  bkpt 0xab
  movs r0, #0x18            @ SYS_EXIT
  ldr  r1, =0x20026
  bkpt 0xab
service:
  bx   lr
handler:
  udf  #0
  .pool
message:
  .asciz " bye\\n"
`;

/** Assembles a program for all cores. */
function elf(source: string, at = 0): string {
  const isa = thumbAssembler({ architecture: 'armv6-m' });
  const assembled = assemble(source, { file: 'program.s', isa, sections: { '.text': at } });
  if (!assembled.ok) throw new Error(assembled.problems.map((p) => `${p.line}: ${p.message}`).join('\n'));
  const { segments, symbols } = assembled.image;
  const file = join(temporary(), 'program.elf');
  const written = writeElf({
    machine: mpuRtos.elfMachine,
    segments: segments.map(({ physical, data }) => ({ vaddr: physical, data })),
    symbols: symbols.map(({ name, virtual }) => ({ name, value: virtual })),
  });
  writeFileSync(file, written.bytes);
  return file;
}

/** What `HELLO` does, whoever assembled it. */
async function expectHello(file: string): Promise<void> {
  const trace = join(temporary(), 'hello.trace');
  const { code, stdout, stderr } = await exec(file, '--from', 'work', '--to', 'done', '--trace', trace, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const result = JSON.parse(stdout) as {
    passages: {
      cycles: number;
      instructions: number;
      traps: number;
      protection: { mpuStores: number };
      byPhase: Record<string, number>;
      byKind: Record<string, number>;
    }[];
  };
  expect(result).toMatchObject({ console: 'xxx bye\n', code: 0, traps: 3, unmatchedFrom: 0, unmatchedTo: 0 });
  expect(result.passages).toHaveLength(3);
  const sum = (parts: Record<string, number>): number => Object.values(parts).reduce((a, b) => a + b, 0);
  for (const { cycles, instructions, traps, protection, byPhase, byKind } of result.passages) {
    expect({ instructions, traps, mpuStores: protection.mpuStores }).toEqual({
      instructions: 6,
      traps: 1,
      mpuStores: 1,
    });
    expect([sum(byPhase), sum(byKind)]).toEqual([cycles, cycles]);
    expect(byKind['exception']).toBeGreaterThan(0);
  }
  const lines = readFileSync(trace, 'utf8');
  expect(lines.match(/^ +\d+ \d [\da-f]{8} 0000df01 .* svc +(#)?1$/gm)).toHaveLength(3);
  expect(lines.match(/\*\*\* trap, cause 0xb$/gm)).toHaveLength(3);
}

describeGnu(PREFIX, 'exec on a Cortex-M of a file of GNU as and ld', () => {
  test('gives the same', async () => {
    const folder = temporary();
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('hello.s'), HELLO);
    execFileSync(`${PREFIX}as`, ['-mcpu=cortex-m4', '-o', at('hello.o'), at('hello.s')]);
    execFileSync(`${PREFIX}ld`, ['-Ttext=0', '-e', '_start', '-o', at('hello.elf'), at('hello.o')], { stdio: 'pipe' });
    await expectHello(at('hello.elf'));
  });
});

describe('exec on a Cortex-M', () => {
  test('console by UART and semihosting, exceptions and MPU stores of passages, trace', async () => {
    await expectHello(elf(HELLO));
  });

  test('the text names exceptions and MPU stores', async () => {
    const { stdout } = await exec(elf(HELLO), '--from', 'work', '--to', 'done');
    expect(stdout).toMatch(/^xxx bye\nend +the guest ended with code 0\n/);
    expect(stdout).toMatch(/\| passage \| start \| instructions \| cycles \| traps \| MPU stores \|/);
  });

  test.each(['m0plus', 'm3', 'm4', 'm33'])('the same program on core %s', async (core) => {
    const { code, stdout } = await exec(elf(HELLO), '--set', `${ID}.core=${core}`, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ console: 'xxx bye\n', traps: 3 });
  });

  test('the vector table is at the lowest loaded address, or where --vectors says', async () => {
    const high = elf(HELLO, 0x20000400);
    expect((await exec(high)).stdout).toContain('xxx bye');
    const behind = elf(`.word 0, 0\n.balign 256\n${HELLO}`);
    expect((await exec(behind)).code).toBe(1);
    expect((await exec(behind, '--vectors', '0x100')).stdout).toContain('xxx bye');
  });

  test('--ram replaces flash and RAM of the board; the UART stays', async () => {
    const at = ['--ram', '0x10000000:4K', '--ram', '0x20000000:4K'];
    expect((await exec(elf(HELLO, 0x10000000), ...at)).stdout).toContain('xxx bye');
    const { code, stderr } = await exec(elf(HELLO), ...at);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^bulkhead: .*program\.elf: no RAM or ROM at 0x00000000 [^\n]*--ram START:SIZE\n$/);
  });

  test.each([
    ['a fault in the HardFault handler', `${VECTORS}_start: udf #0\nhandler: udf #0\nservice: bx lr`, [], /lockup/],
    ['a vector table where no memory is', HELLO, ['--vectors', '0x60000000'], /no vector table at 0x60000000/],
  ])('%s is an outcome with the registers that explain it', async (_, source, args, end) => {
    const { code, stdout, stderr } = await exec(elf(source), ...args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^end +wedged at 0x[\da-f]{8}: /);
    expect(stdout).toMatch(end);
    expect(stdout).toMatch(/^pc +0x[\da-f]{8} +r0 +0x/m);
    expect(stdout).toMatch(/^xpsr +0x[\da-f]{8} +msp +0x/m);
  });

  test('a program that ends by semihosting with another reason than success: exit 1', async () => {
    const failing = `${VECTORS}_start: movs r0, #0x18\nmovs r1, #0\nbkpt 0xab\nhandler: udf #0\nservice: bx lr`;
    const { code, stdout } = await exec(elf(failing));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^end +the guest ended with code [1-9]\d*\n/);
  });

  test('--entry is refused: the core starts with what its vector table says', async () => {
    const { code, stderr } = await exec(elf(HELLO), '--entry', '0');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^bulkhead: --entry: [^\n]*; give --vectors ADDR\n$/);
  });
});

describe('validate cores on a Cortex-M', () => {
  test('m0: every result word and count, the cycles of plain programs by the rules of the manual, as README.md says', async () => {
    const { code, stdout } = await bulkhead('validate', 'cores', '--core', 'm0');
    expect(code).toBe(0);
    expect(stdout.match(/^\| m0-[^|]*\|( +\d+ \|){3} same +\| same +\|$/gm)).toHaveLength(150);
    // recorded, correction, their sum, simulated
    const cycles = [...stdout.matchAll(/^\| m0-[^|]*\| +(\d+) \| +\+(\d+) \| +(\d+) \| +(\d+) \| +0 \|$/gm)];
    expect(cycles).toHaveLength(92);
    for (const [, recorded, correction, expected, simulated] of cycles) {
      expect([Number(recorded) + Number(correction), simulated]).toEqual([Number(expected), expected]);
    }
    const said = stdout.match(/^(\| m0 .*|m0, recorded cycles corrected: .*TRM .*table 3-1.*)$/gm) ?? [];
    expect(said).toHaveLength(4);
    const squeeze = (text: string): string => text.replace(/ +/g, ' ');
    const readme = squeeze(readFileSync(new URL('../../../README.md', import.meta.url), 'utf8'));
    for (const line of said) expect(readme).toContain(squeeze(line));
  });
});

describe('validate silicon on a Cortex-M', () => {
  test('a call takes what the table of the Cortex-M0+ says', async () => {
    const source = `${VECTORS}
      _start: bl x25519
      nop
      movs r0, #0x18
      ldr r1, =0x20026
      bkpt 0xab
      x25519: push {r4, lr}  @ 1 + 2
      movs r0, #1            @ 1
      pop {r4, pc}           @ 3 + 2
      handler: udf #0
      service: bx lr
      .pool`;
    const args = ['validate', 'silicon', '--json', '--elf', `x25519-cm0=${elf(source)}`];
    const { code, stdout } = await runWith(mpuRtos, siliconEntries(), args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      instructions: 3,
      simulated: 9,
      published: 3229950,
      error: 9 / 3229950 - 1,
    });
  });
});
