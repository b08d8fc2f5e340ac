import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { toy } from './fake-platform.js';
import { temporary } from './temporary.js';
import { bulkhead } from './terminal.js';
import { bytesOf } from './vector-writer.js';

const MAIN = fileURLToPath(new URL('../../runner/cli/main.js', import.meta.url));
const TOY = fileURLToPath(new URL('./fake-platform.js', import.meta.url));

describe('help', () => {
  test('--help and no arguments at all list the commands', async () => {
    const help = await bulkhead('--help');
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('validate');
    expect(help.stdout).toContain('Exit codes: 0 fine, 1 a check failed, 2 bad input');
    expect(await bulkhead()).toEqual(help);
  });

  test.each([[['validate', 'cores']], [['exec']], [['bench']]])(
    '%o --help has examples and exit codes',
    async (path) => {
      const { code, stdout } = await bulkhead(...path, '--help');
      expect(code).toBe(0);
      expect(stdout).toContain('Examples:\n  bulkhead ');
      expect(stdout).toContain('Exit codes:');
      expect(stdout).toContain('--json');
    },
  );

  test('--version is that of package.json', async () => {
    expect((await bulkhead('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('bad arguments: exit 2 and one line', () => {
  test.each([
    [['valid'], "bulkhead: arguments: unknown command 'valid'; did you mean validate?"],
    [['--jsn'], "bulkhead: arguments: unknown option '--jsn'; see 'bulkhead --help'"],
    [['validate'], "bulkhead: validate: a command must follow; see 'bulkhead validate --help'"],
    [['validate', 'corse'], "bulkhead: validate: unknown command 'corse'; did you mean cores?"],
    [
      ['validate', 'cores', '--vectr', 'x'],
      "bulkhead: validate cores: unknown option '--vectr'; did you mean --vectors?",
    ],
    [
      ['validate', 'cores', '--core'],
      "bulkhead: validate cores: option '--core <ID>' argument missing; see 'bulkhead validate cores --help'",
    ],
    [
      ['validate', 'cores', '--platform', './none.js'],
      /^bulkhead: --platform \.\/none\.js: the module cannot be loaded \(.*\); name an ES module that default-exports a Platform$/,
    ],
    [
      ['validate', 'cores', '--platform', 'tyo'],
      "bulkhead: --platform tyo: neither a platform nor an installed package; did you mean 'toy'?",
    ],
    [
      ['validate', 'cores', '--platform', 'zod'],
      /^bulkhead: --platform zod: not a platform; it lacks text 'id' in its default export/,
    ],
  ])('%o', async (args, line) => {
    const { code, stdout, stderr } = await bulkhead(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+\n$/);
    if (typeof line === 'string') expect(stderr).toBe(`${line}\n`);
    else expect(stderr.trimEnd()).toMatch(line);
  });
});

describe('as a process', () => {
  test('exit code and error output', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'valid'], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^bulkhead: .*\n$/);
  });

  test('the built command runs by itself, as npx runs it: a link to the file, no node before it', () => {
    const command = join(temporary(), 'bulkhead');
    symlinkSync(MAIN, command);
    const { status, stdout, error } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    expect({ status, error }).toEqual({ status: 0, error: undefined });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('a reader that goes away ends it quietly', async () => {
    const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s during a trace leaves nothing half-written', async (signal) => {
    const folder = temporary();
    const program = join(folder, 'loop.bin');
    writeFileSync(program, bytesOf([toy.jump(0)]));
    const load = ['--platform', TOY, '--format', 'flat', '--load', '0x60000000'];
    const args = [MAIN, 'exec', program, ...load, '--trace', join(folder, 'out.trace')];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await expect.poll(() => readdirSync(folder).length, { timeout: 20_000 }).toBe(2); // program and partial trace
    child.kill(signal);
    expect(await ended).toBe(130);
    expect(readdirSync(folder)).toEqual(['loop.bin']);
  });
});
