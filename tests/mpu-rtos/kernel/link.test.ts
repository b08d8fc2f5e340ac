import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkSystem, type ProcessSource, type SystemSource } from '../../../platforms/mpu-rtos/kernel/link.js';
import { kernelConfig, type KernelCore } from '../../../platforms/mpu-rtos/kernel/parameters.js';
import { type Block, placeRegions, regionBytes } from '../../../platforms/mpu-rtos/kernel/regions.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { physical } from '../../../platforms/machine/units.js';
import { outputsOf } from './system.js';

const link = (processes: readonly ProcessSource[], kernel: ParameterValues = {}, rest: Partial<SystemSource> = {}) =>
  linkSystem(kernelConfig(kernel), { processes, threads: [], ...rest });

const IDLE = 'main: b main';

describe('regions', () => {
  const bytes = (core: KernelCore, regionSizes: string, size: number): number =>
    regionBytes(kernelConfig({ core, regionSizes }), size);

  it('as shipped: a power of two of at least 256, an exact power is doubled, on every core', () => {
    for (const core of ['m0plus', 'm4', 'm33'] as const) {
      expect([0, 1, 255, 256, 300, 1024, 1500].map((n) => bytes(core, 'as-shipped', n))).toEqual([
        0, 256, 256, 512, 512, 2048, 2048,
      ]);
    }
  });

  it('tight: what the MPU can describe', () => {
    expect([1, 32, 33, 256, 700].map((n) => bytes('m0plus', 'tight', n))).toEqual([256, 256, 256, 256, 1024]);
    expect([1, 32, 33, 256, 700].map((n) => bytes('m4', 'tight', n))).toEqual([32, 32, 64, 256, 1024]);
    expect([1, 32, 33, 256, 700].map((n) => bytes('m33', 'tight', n))).toEqual([32, 32, 64, 256, 704]);
  });

  it('lie at a multiple of their size, apart from each other, and keep the order of the map', () => {
    const processes = [300, 5000, 20].map((n, i) => ({
      name: `p${i}`,
      program: `${IDLE}\n.data\n.space ${n}\n.bss\n.space ${n * 2}\n.section .shared, "aw"\n.space ${n}`,
      mmio: [{ start: 0x40000000, bytes: 4096 }],
    }));
    const system = link(processes);
    const all = processes.flatMap(({ name }) => system.regions(name).filter(({ start }) => start < 0x40000000));
    expect(processes.map(({ name }) => system.regions(name).map(({ number }) => number))).toEqual(
      processes.map(() => [0, 1, 4, 2]),
    );
    for (const { start, bytes: size } of all) expect(start % size).toBe(0);
    const sorted = [...all].sort((a, b) => a.start - b.start);
    sorted.slice(1).forEach(({ start }, i) => expect(start).toBeGreaterThanOrEqual(sorted[i].start + sorted[i].bytes));
    expect(sorted[0].start).toBeGreaterThanOrEqual(system.kernel('kernel_end'));
  });
});

describe('data behind that of another process', () => {
  const size = fc.integer({ min: 1, max: 1500 });
  const cores = fc.constantFrom('m0plus', 'm3', 'm4', 'm33');
  const sizes = fc.constantFrom('as-shipped', 'tight');

  it('begins where the region of that one ends, and fills no region of others', () => {
    fc.assert(
      fc.property(cores, sizes, fc.tuple(size, size, size, size), (core, regionSizes, [a, b, c, d]) => {
        const config = kernelConfig({ core, regionSizes });
        const block = (bytes: number, behind?: number): Block => ({
          process: 'p',
          section: '.data',
          bytes,
          alignment: 8,
          ...(behind === undefined ? {} : { behind }),
        });
        const placed = placeRegions(config, [block(b, 2), block(c), block(a), block(d)], 0x20000100, 0x20080000);
        const [follower, , leader] = placed;
        expect(follower.start).toBe(leader.start + leader.bytes);
        for (const { start, bytes } of placed) {
          expect(start % (core === 'm33' && regionSizes === 'tight' ? 32 : bytes)).toBe(0);
        }
        const sorted = [...placed].sort((x, y) => x.start - y.start);
        sorted.slice(1).forEach(({ start }, i) => {
          expect(start).toBeGreaterThanOrEqual(sorted[i].start + sorted[i].bytes);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('leaves no byte between the last variable and the first, on every core', () => {
    for (const core of ['m0plus', 'm4', 'm33'] as const) {
      const { symbol } = link(
        [
          { name: 'after', program: `${IDLE}\n.data\nfirst: .word 2`, behind: 'before' },
          { name: 'before', program: `${IDLE}\n.data\n.space 300\n.balign 256\n.space 252\nlast: .word 1` },
        ],
        { core },
      );
      expect(symbol('after.first').physical).toBe(symbol('before.last').physical + 4);
    }
  });
});

describe('what does not fit is refused by name', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'variables larger than RAM',
      () => link([{ name: 'big', program: `${IDLE}\n.bss\n.space 0x180000` }]),
      /^process big: \.bss needs a region of 2097152 bytes at a multiple of 2097152, \d+ bytes of RAM are left$/,
    ],
    [
      'a device that is no power of two',
      () => link([{ name: 'driver', program: IDLE, mmio: [{ start: 0x40000000, bytes: 3000 }] }]),
      /^process driver: no region describes 3000 bytes of a device at 0x40000000: it must be a power of two of at least 32/,
    ],
    [
      'a device at a wrong place',
      () => link([{ name: 'driver', program: IDLE, mmio: [{ start: 0x40000020, bytes: 64 }] }]),
      /no region describes 64 bytes of a device at 0x40000020/,
    ],
    [
      'a device too small for Armv6-M',
      () => link([{ name: 'driver', program: IDLE, mmio: [{ start: 0x40000000, bytes: 64 }] }], { core: 'm0plus' }),
      /at least 256 bytes/,
    ],
    [
      'three devices',
      () =>
        link([
          {
            name: 'driver',
            program: IDLE,
            mmio: [0, 1, 2].map((i) => ({ start: 0x40000000 + 4096 * i, bytes: 4096 })),
          },
        ]),
      /^process driver: 3 ranges of devices, the MPU map has 2$/,
    ],
    [
      'nine processes',
      () => link(Array.from({ length: 9 }, (_, i) => ({ name: `p${i}`, program: IDLE }))),
      /^9 processes: the kernel has room for 8$/,
    ],
    [
      'eight threads beside idle',
      () =>
        link(
          [{ name: 'p', program: IDLE }],
          {},
          {
            threads: Array.from({ length: 8 }, () => ({ process: 'p', entry: 'main', priority: 1 })),
          },
        ),
      /^8 threads and the idle thread: the kernel has room for 8$/,
    ],
    [
      'a priority of idle',
      () => link([{ name: 'p', program: IDLE }], {}, { threads: [{ process: 'p', entry: 'main', priority: 255 }] }),
      /^thread p\.main: priority 255, must be 0 to 254$/,
    ],
    [
      'an entry that is not there',
      () => link([{ name: 'p', program: IDLE }], {}, { threads: [{ process: 'p', entry: 'start', priority: 1 }] }),
      /^process p has no label start$/,
    ],
    [
      'an export that is not there',
      () => link([{ name: 'p', program: IDLE, exports: ['service'] }]),
      /^process p exports service, which it does not have$/,
    ],
    [
      'a section of another name',
      () => link([{ name: 'p', program: `${IDLE}\n.section .mine, "aw"\n.word 1` }]),
      /^p\.s: section \.mine does not exist here: \.vtable/,
    ],
    ['a mistake in a program', () => link([{ name: 'p', program: 'main: frobnicate r0' }]), /^p\.s:3: /],
    ['a parameter out of range', () => kernelConfig({ threads: 6 }), /threads cannot be 6/],
  ])('%s', (_, refused, message) => {
    expect(refused).toThrow(message);
  });
});

describe('programs', () => {
  it('see the labels that others export, also in a circle; constants, variables and zeros are where they belong', () => {
    const program = (other: string): string => `
main:
  ldr r1, =${other}.value
  ldr r0, =here
  ldr r0, [r0]
  out r0
  ldr r0, =table
  ldr r0, [r0]
  cmp r0, r1
  bne 1f
  ldr r0, =zero
  ldr r0, [r0]
  out r0
1:
  bl thread_exit
last:
  exit
.section .rodata, "a"
table: .word ${other}.value
.data
value: .word 7
here: .word 9
.bss
.balign 4
zero: .space 4
`;
    const processes = {
      a: { program: program('b'), exports: ['value'] },
      b: { program: program('a'), exports: ['value'] },
    };
    const threads = [
      ['a.main', 5],
      ['b.main', 6],
      ['a.last', 7],
    ] as const;
    expect(outputsOf({ processes, threads })).toEqual([9, 0, 9, 0]);
  });
});

describe('transactions', () => {
  it('a change by somebody else between decision and commit makes the kernel decide again', () => {
    const program = `
main:
  bl thread_yield
  put 1
  exit
other:
  put 2
  bl thread_yield
  put 3
  exit
`;
    let disturbed = 0;
    let decisions = 0;
    const outputs = outputsOf(
      {
        processes: { p: program },
        threads: [
          ['p.main', 5],
          ['p.other', 5],
        ],
      },
      {
        prepare(machine, system) {
          const transaction = system.kernel('kernel') + system.kernel('K_TRANSACTION');
          const at = system.image.symbols.find(({ name }) => name === 'get_next_thread')!.physical;
          machine.probes.add(at, () => {
            decisions++;
            if (decisions % 2 === 0) {
              const word = new DataView(machine.memory.dump(physical(transaction), 4).slice().buffer);
              word.setUint32(0, word.getUint32(0, true) + 1, true);
              machine.memory.load(physical(transaction), new Uint8Array(word.buffer));
              disturbed++;
            }
            return false;
          });
        },
      },
    );
    expect(outputs).toEqual([2, 1]);
    expect(disturbed).toBe(2);
    // boot, then each of two yields twice
    expect(decisions).toBe(5);
  });
});
