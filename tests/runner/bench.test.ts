import { describe, expect, test } from 'vitest';
import type { Image } from '../../platforms/machine/image.js';
import { physical, virtual } from '../../platforms/machine/units.js';
import { rp2040js } from '../../platforms/mpu-rtos/rivals/rp2040js.js';
import type { Platform, Rival } from '../../platforms/platform.js';
import { fakePlatform } from './fake-platform.js';
import { bulkhead, runWith } from './terminal.js';

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

/** The toy with a rival that says it executes so many instructions; undefined = it is not installed. */
const withRival = (executed: number | undefined): Platform => {
  const rival: Rival = {
    package: 'snail',
    load: () =>
      Promise.resolve(executed === undefined ? undefined : { version: '1.2.3', prepare: () => () => executed }),
  };
  return { ...fakePlatform, benchmarks: fakePlatform.benchmarks.map((b) => ({ ...b, rivals: [rival] })) };
};

describe('bench, compared with another simulator', () => {
  test.each([4001, 4002, 4003])(
    'the ratio of the speeds, if it ran the same program (%i instructions)',
    async (executed) => {
      const { code, stdout } = await runWith(withRival(executed), [], ['bench']);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /\ntoy, loop: [\d.]+ times the speed of snail 1\.2\.3: [\d.]+ million\/s \([\d.]+ to [\d.]+\) on the same image\n$/,
      );
    },
  );

  test('--json', async () => {
    const { stdout } = await runWith(withRival(4002), [], ['bench', '--json']);
    const { median, rivals } = JSON.parse(stdout) as {
      median: number;
      rivals: { installed: true; median: number; ratio: number }[];
    };
    expect(rivals).toMatchObject([{ package: 'snail', installed: true, version: '1.2.3', runs: 5 }]);
    expect(rivals[0].ratio).toBeCloseTo(median / rivals[0].median, 9);
    expect(JSON.parse((await runWith(withRival(undefined), [], ['bench', '--json'])).stdout)).toMatchObject({
      rivals: [{ package: 'snail', installed: false }],
    });
  });

  test('says so where it is not installed, and works', async () => {
    const { code, stdout } = await runWith(withRival(undefined), [], ['bench']);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'toy, loop: not compared with snail, which is not installed (npm install --no-save snail)\n',
    );
  });

  test('one that ran another program is no comparison: exit 1 and one line', async () => {
    const { code, stderr } = await runWith(withRival(4000), [], ['bench']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^bulkhead: bench: toy, loop, snail: executed 4000 instructions, not 4002: not the same program; [^\n]+\n$/,
    );
  });
});

describe('rp2040js', () => {
  /** Counts r0 down from 100 in SRAM, then asks for semihosting. */
  const HALFWORDS = [0x2064, 0x3801, 0xd1fd, 0xbeab];

  const image = (at: number): Image => {
    const data = new Uint8Array(16);
    const view = new DataView(data.buffer);
    view.setUint32(0, 0x20001000, true);
    view.setUint32(4, at + 9, true);
    HALFWORDS.forEach((halfword, i) => view.setUint16(8 + 2 * i, halfword, true));
    return {
      segments: [{ physical: physical(at), data, bytes: data.length, writable: true, executable: true }],
      symbols: [],
      phases: [],
      domains: [],
      lines: [],
      entry: virtual(at),
    };
  };

  test.each([
    ['boot ROM', 0],
    ['flash', 0x10000000],
    ['SRAM', 0x20000000],
  ])('runs an image in its %s to the end, more than once', async (_, at) => {
    const engine = await rp2040js.load();
    expect(engine?.version).toMatch(/^\d+\.\d+\.\d+$/);
    // MOVS, a hundred times SUBS and BNE, BKPT
    for (let i = 0; i < 2; i++) expect(engine?.prepare(image(at))()).toBe(202);
  });

  test('an image where it has no memory is refused', async () => {
    const engine = await rp2040js.load();
    expect(() => engine?.prepare(image(0x20080000))).toThrow(/rp2040js has no memory for 16 bytes at 0x20080000/);
  });
});
