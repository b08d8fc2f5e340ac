import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cheri } from '../../platforms/cheri/index.js';
import { mmuMicrokernel } from '../../platforms/mmu-microkernel/index.js';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import { CHERIOT_TABLES } from '../../runner/validate/paths-cheriot-tables.js';
import { CHERIOT_PATHS } from '../../runner/validate/paths-cheriot.js';
import { cellsHere } from '../../runner/validate/paths-tables.js';
import { bulkhead } from '../runner/run/suite.js';
import { temporary } from '../runner/temporary.js';

const PLATFORMS = [cheri, mmuMicrokernel, mpuRtos];
const reproduce = (...args: string[]) => bulkhead(['reproduce', ...args], PLATFORMS);

const line = z.object({
  published: z.union([z.number(), z.tuple([z.number(), z.number()])]),
  simulated: z.number().nullable(),
  ratio: z.number().nullable(),
  verdict: z.string(),
  explanation: z.array(z.string()),
  claim: z.object({ id: z.string(), role: z.string(), source: z.string() }),
});

describe('bulkhead reproduce', () => {
  test('a few cheap claims: published, simulated, ratio, verdict, role; then why', async () => {
    const { code, stdout, stderr } = await reproduce(
      'cheriot-sosp25.call-empty',
      'xous-book.scalar-round',
      'xous-rtl.head.null-call',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /\| cheriot-sosp25\.call-empty +\| +209 \| cycles \| +\d+ \| +\d\.\d\d \| consistent +\| target/,
    );
    expect(stdout).toMatch(/\| xous-book\.scalar-round +\| +174 \| us +\| +- \| +- \| not modelled \| held-out/);
    expect(stdout).toMatch(
      /\| xous-rtl\.head\.null-call\.traps +\| +1 \| count +\| +1 \| +1\.00 \| reproduced +\| target/,
    );
    expect(stdout).toMatch(
      /\* xous-rtl\.head\.null-call\.instructions\n {2}missing work, 134 of \d+ count: copying argument/,
    );
    expect(stdout).toMatch(/\* cheriot-sosp25\.call-empty\n[^*]*unknown \(85 % to 100 % of ours in all\)/);
    expect(stdout).toMatch(/targets and calibration: .*reproduced.*\nheld-out: 1 not modelled\n$/);
  });

  test('--json: a line for each claim, and the figures of a workload are those of run', async () => {
    const { code, stdout } = await reproduce('xous-book.ratio-send', '--json');
    expect(code).toBe(0);
    const [row, ...others] = stdout
      .trimEnd()
      .split('\n')
      .map((text) => line.parse(JSON.parse(text)));
    expect(others).toEqual([]);
    expect(row).toMatchObject({ published: 1.55, claim: { id: 'xous-book.ratio-send', role: 'held-out' } });
    const median = async (workload: string, span: string, ...set: string[]): Promise<number> => {
      const sets = [...set, 'mmu-microkernel.generation=v0.9.12'].flatMap((s) => ['--set', s]);
      const run = await bulkhead(['run', workload, ...sets, '--json'], [mmuMicrokernel]);
      const record = z
        .object({ spans: z.array(z.object({ name: z.string(), samples: z.object({ cycles: z.array(z.number()) }) })) })
        .parse(JSON.parse(run.stdout.split('\n')[0]));
      const warm = record.spans
        .find((s) => s.name === span)!
        .samples.cycles.slice(1)
        .sort((a, b) => a - b);
      return (warm[Math.floor((warm.length - 1) / 2)] + warm[Math.ceil((warm.length - 1) / 2)]) / 2;
    };
    const lend = await median(
      'ipc.payload.mutable-borrow',
      'given',
      'ipc.payload.mutable-borrow.touch=none',
      'ipc.payload.mutable-borrow.bytes=4096',
      'ipc.payload.mutable-borrow.reuse=yes',
      'ipc.payload.mutable-borrow.state=warm',
    );
    const scalar = await median('ipc.call', 'there', 'ipc.call.words=2', 'ipc.call.state=warm');
    expect(row.simulated).toBe(lend / scalar);
    expect(row.ratio).toBe(lend / scalar / 1.55);
  });

  test('a row of a long table, for one pair of its operations', async () => {
    const { code, stdout } = await reproduce('cheriot-micro23.table4.metadata.131072', '--json');
    expect(code).toBe(0);
    const row = line.parse(JSON.parse(stdout));
    const { cells } = CHERIOT_TABLES.find(({ name }) => name === 'allocation')!;
    const cell = cells.filter(
      ({ path, row: { quantity } }) => path.id === 'allocation-131072' && quantity === 'cycles safe33',
    );
    const [{ ours }] = cellsHere(CHERIOT_PATHS, cheri, cell.slice(0, 1));
    expect(row).toMatchObject({ simulated: ours / 8, claim: { role: 'held-out' } });
  });

  test('a measurement that fails is an error, exit code 1, and the others are still judged', async () => {
    const folder = temporary();
    const shared = `{ unit: cycles, core: c, clock: c, memory: m, system: s, source: s, tag: SAW, role: target, tolerance: 0.1,
      committed: 2026-11-29, unknowns: [], explanation: e }`;
    const workload = 'kind: workload, workload: fault.load, platform: cheri, set: { isolation: none }, span: over';
    writeFileSync(
      join(folder, 'toy.yaml'),
      `title: T\nshared: ${shared}\nclaims:\n  - { id: a, quantity: q, value: 1, measurement: { ${workload} } }\n` +
        '  - { id: b, quantity: q, value: 1, measurement: { kind: constant, value: 1, meaning: one } }\n',
    );
    const { code, stdout } = await reproduce('--claims', folder);
    expect(code).toBe(1);
    expect(stdout).toMatch(/\| toy\.a \| +1 \| cycles \| +- \| +- \| error +\| target/);
    expect(stdout).toContain('whoever is ended is everybody');
    expect(stdout).toMatch(/\| toy\.b .*reproduced/);
  });
});

describe('bad input: exit 2 and one line', () => {
  const claimOf = (measurement: string): string => {
    const folder = temporary();
    const shared = `{ unit: cycles, core: c, clock: c, memory: m, system: s, source: s, tag: SAW, role: target, tolerance: 0.1,
      committed: 2026-11-29, unknowns: [], explanation: e }`;
    writeFileSync(
      join(folder, 'toy.yaml'),
      `title: T\nshared: ${shared}\nclaims:\n  - { id: a, quantity: q, value: 1, measurement: { ${measurement} } }\n`,
    );
    return folder;
  };

  test('an unknown id: the nearest one', async () => {
    const { code, stderr, stdout } = await reproduce('xous-book.ratio-sent');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe("bulkhead: xous-book.ratio-sent: no such claim; did you mean 'xous-book.ratio-send'?\n");
  });

  test('an id like none: the sources', async () => {
    const { code, stderr } = await reproduce('%%%%%%%%');
    expect(code).toBe(2);
    expect(stderr).toMatch(/no such claim; sources: cheriot-micro23, .*zephyr\n$/);
  });

  test.each([
    [
      'kind: workload, workload: ipc.cal, platform: cheri, span: round',
      /claim toy\.a: no workload 'ipc\.cal'; did you mean 'ipc\.call'/,
    ],
    [
      'kind: workload, workload: ipc.call, platform: cheri, span: rund',
      /claim toy\.a: no span of ipc\.call 'rund'; did you mean 'round'/,
    ],
    [
      'kind: workload, workload: ipc.call, with: { word: 1 }, platform: cheri, span: round',
      /no parameter of ipc\.call 'word'; did you mean 'words'/,
    ],
    ['kind: workload, workload: ipc.call, with: { words: 99 }, platform: cheri, span: round', /words/],
    ['kind: workload, workload: ipc.call, platform: cheri, set: { isolation: some }, span: round', /isolation/],
    ['kind: workload, workload: ipc.call, platform: cherry, span: round', /claim toy\.a.*cherry/],
    [
      'kind: path, platform: cheri, operation: cal, variant: b06a7bb, quantity: traps',
      /no path 'cal'; did you mean 'call'/,
    ],
    ['kind: path, platform: cheri, operation: call, variant: b06a7b, quantity: traps', /no variant 'b06a7b'/],
    [
      'kind: path, platform: cheri, operation: call, variant: b06a7bb, quantity: trap',
      /no quantity 'trap'; did you mean 'traps'/,
    ],
    [
      'kind: cell, platform: cheri, table: alocation, operation: 32 bytes, variant: software, quantity: cycles safe33',
      /no long table of cheri 'alocation'; did you mean 'allocation'/,
    ],
    [
      'kind: cell, platform: mpu-rtos, table: allocation, operation: 32 bytes, variant: software, quantity: cycles safe33',
      /no long table of mpu-rtos 'allocation'/,
    ],
    [
      'kind: cell, platform: cheri, table: allocation, operation: 33 bytes, variant: software, quantity: cycles safe33',
      /no row of table allocation '33 bytes, software, cycles safe33'; did you mean '32 bytes, software, cycles safe33'/,
    ],
    [
      'kind: path, platform: toy, operation: call, variant: b06a7bb, quantity: traps',
      /no platform whose paths are measured 'toy'/,
    ],
  ])('%s', async (measurement, message) => {
    const { code, stdout, stderr } = await reproduce('--claims', claimOf(measurement));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^bulkhead: [^\n]+; [^\n]+\n$/);
  });
});
