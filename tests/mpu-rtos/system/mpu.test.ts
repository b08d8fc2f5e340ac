import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Mpu, MpuAccess, MpuRegister, Uniform } from '../../../platforms/mpu-rtos/hardware/mpu.js';
import { Pmsav7 } from '../../../platforms/mpu-rtos/hardware/pmsav7.js';
import { Pmsav8 } from '../../../platforms/mpu-rtos/hardware/pmsav8.js';

const ACCESSES = [MpuAccess.FETCH, MpuAccess.LOAD, MpuAccess.STORE] as const;
const [TYPE, CTRL, RNR] = [MpuRegister.TYPE, MpuRegister.CTRL, MpuRegister.RNR] as const;
const [RBAR, RASR] = [MpuRegister.RBAR, MpuRegister.RASR] as const;
const ENABLE = 1;
const HFNMIENA = 2;
const PRIVDEFENA = 4;

type Family = 'v6m' | 'v7m' | 'v8m';
const REGIONS: Readonly<Record<Family, number>> = { v6m: 8, v7m: 8, v8m: 16 };
const create = (family: Family): Mpu => (family === 'v8m' ? new Pmsav8(16) : new Pmsav7(family, 8));

/** Two register values of one region: RBAR without VALID, and RASR or RLAR. */
interface RegionWords {
  readonly rbar: number;
  readonly other: number;
}

interface Setting {
  readonly family: Family;
  readonly control: number;
  readonly regions: readonly RegionWords[];
}

function configured({ family, control, regions }: Setting): Mpu {
  const mpu = create(family);
  regions.forEach(({ rbar, other }, region) => {
    mpu.writeRegister(RNR, region);
    mpu.writeRegister(RBAR, rbar);
    mpu.writeRegister(RASR, other);
  });
  mpu.writeRegister(CTRL, control);
  return mpu;
}

/** Everything a check says at one address, as text: f l s for an unprivileged fetch, load and store, F L S for privileged ones. */
function rightsAt(mpu: Mpu, address: number, negative = false): string {
  return ['fls', 'FLS']
    .flatMap((names, privileged) =>
      ACCESSES.map((access) => (mpu.check(address, access, privileged === 1, negative) ? names[access] : '-')),
    )
    .join('');
}

// --- A slow, direct reading of the manuals: intervals of plain numbers, no masks, no precomputed state. ---

const field = (word: number, high: number, low: number): number => Math.floor(word / 2 ** low) % 2 ** (high - low + 1);

/** What the regions of PMSAv7 say: undefined where none matches. */
function slowV7(setting: Setting, address: number): { ap: number; xn: boolean } | undefined {
  const smallest = setting.family === 'v6m' ? 256 : 32;
  for (let region = setting.regions.length - 1; region >= 0; region--) {
    const { rbar, other } = setting.regions[region];
    const size = 2 ** (field(other, 5, 1) + 1);
    if (field(other, 0, 0) === 0 || size < smallest) continue;
    const written = setting.family === 'v6m' ? rbar - (rbar % 256) : rbar - (rbar % 32);
    const base = written - (written % size);
    if (address < base || address >= base + size) continue;
    const part = Math.floor((address - base) / (size / 8));
    if (size >= 256 && field(other, 8 + part, 8 + part) === 1) continue;
    return { ap: field(other, 26, 24), xn: field(other, 28, 28) === 1 };
  }
  return undefined;
}

const V7_READ = { user: [2, 3, 6, 7], privileged: [1, 2, 3, 5, 6, 7] };
const V7_WRITE = { user: [3], privileged: [1, 2, 3] };

function background(address: number, access: MpuAccess): boolean {
  const top = Math.floor(address / 2 ** 29);
  return access !== MpuAccess.FETCH || top < 2 || top === 3 || top === 4;
}

function slowCheck(setting: Setting, address: number, access: MpuAccess, privileged: boolean, neg: boolean): boolean {
  const isPpb = address >= 0xe0000000 && address < 0xe0100000;
  if (isPpb) return access !== MpuAccess.FETCH;
  if (access === MpuAccess.FETCH && address >= 0xe0000000) return false;
  const on = field(setting.control, 0, 0) === 1 && (!neg || field(setting.control, 1, 1) === 1);
  if (!on) return background(address, access);
  const otherwise = privileged && field(setting.control, 2, 2) === 1 && background(address, access);
  if (setting.family === 'v8m') {
    const hits = setting.regions.filter(({ rbar, other }) => {
      const base = rbar - (rbar % 32);
      const limit = other - (other % 32) + 31;
      return field(other, 0, 0) === 1 && address >= base && address <= limit;
    });
    if (hits.length === 0) return otherwise;
    if (hits.length > 1) return false;
    const ap = field(hits[0].rbar, 2, 1);
    if (!privileged && ap !== 1 && ap !== 3) return false;
    if (access === MpuAccess.STORE) return ap === 0 || ap === 1;
    return access === MpuAccess.LOAD || field(hits[0].rbar, 0, 0) === 0;
  }
  const hit = slowV7(setting, address);
  if (hit === undefined) return otherwise;
  const who = privileged ? 'privileged' : 'user';
  if (access === MpuAccess.STORE) return V7_WRITE[who].includes(hit.ap);
  return V7_READ[who].includes(hit.ap) && (access === MpuAccess.LOAD || !hit.xn);
}

// --- Random settings: a few windows of the address space, so that regions overlap and touch. ---

const WINDOWS = [
  0x00000000, 0x20000000, 0x40000000, 0x60000000, 0xa0000000, 0xdffff000, 0xe0000000, 0xe0100000, 0xfffff000,
];
const place = fc
  .tuple(fc.constantFrom(...WINDOWS), fc.nat(0x1fff))
  .map(([window, offset]) => Math.min(window + offset, 0xffffffff));

const wordsV7 = fc
  .record({
    base: place,
    size: fc.oneof(fc.integer({ min: 3, max: 13 }), fc.integer({ min: 0, max: 31 })),
    srd: fc.oneof(fc.constant(0), fc.nat(255)),
    rights: fc.nat(7),
    xn: fc.nat(1),
    enable: fc.constantFrom(1, 1, 1, 0),
  })
  .map(({ base, size, srd, rights, xn, enable }): RegionWords => ({
    rbar: base - (base % 32),
    other: xn * 2 ** 28 + rights * 2 ** 24 + srd * 256 + size * 2 + enable,
  }));

const wordsV8 = fc
  .record({
    base: place,
    length: fc.integer({ min: -64, max: 0x1800 }),
    low: fc.nat(31),
    enable: fc.constantFrom(1, 1, 0),
  })
  .map(({ base, length, low, enable }): RegionWords => {
    const limit = Math.min(Math.max(base + length, 0), 0xffffffff);
    return { rbar: base - (base % 32) + low, other: limit - (limit % 32) + enable };
  });

const setting = fc.constantFrom<Family>('v6m', 'v7m', 'v8m').chain((family) =>
  fc.record({
    family: fc.constant(family),
    control: fc.constantFrom(0, 1, 1, 3, 5, 5, 7),
    regions: fc.array(family === 'v8m' ? wordsV8 : wordsV7, { maxLength: REGIONS[family] }),
  }),
);

/** Addresses worth a look: those at the ends of regions and sub-regions, and others. */
function addressesOf({ regions }: Setting): number[] {
  const ends = regions.flatMap(({ rbar, other }) => {
    const size = 2 ** (field(other, 5, 1) + 1);
    const base = rbar - (rbar % size);
    return [rbar - 1, rbar, base, base + size / 8, base + size - 1, base + size, other, other + 32];
  });
  return [...ends, ...WINDOWS, 0xe000ed94].map((address) => ((address % 2 ** 32) + 2 ** 32) % 2 ** 32);
}

describe('MPU checks', () => {
  it('agree with a slow reading of the manuals', () => {
    fc.assert(
      fc.property(setting, fc.array(place, { maxLength: 8 }), (setting, more) => {
        const mpu = configured(setting);
        const differences: string[] = [];
        for (const address of [...addressesOf(setting), ...more]) {
          for (const access of ACCESSES) {
            for (let mode = 0; mode < 4; mode++) {
              const [privileged, negative] = [mode % 2 === 1, mode > 1];
              const wanted = slowCheck(setting, address, access, privileged, negative);
              // Engines hold addresses as signed words.
              if (mpu.check(address | 0, access, privileged, negative) !== wanted) {
                differences.push(`${address.toString(16)} access ${access} mode ${mode}: wanted ${wanted}`);
              }
            }
          }
        }
        expect(differences).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('for a whole block agree with the checks of all its granules', () => {
    const block = fc.tuple(
      place,
      fc.integer({ min: 5, max: 12 }),
      fc.constantFrom(...ACCESSES),
      fc.boolean(),
      fc.boolean(),
    );
    fc.assert(
      fc.property(setting, fc.array(block, { minLength: 1, maxLength: 12 }), (setting, blocks) => {
        const mpu = configured(setting);
        for (const [address, shift, access, privileged, negative] of blocks) {
          const first = address - (address % 2 ** shift);
          const answers = new Set<boolean>();
          for (let at = first; at < first + 2 ** shift; at += 32) {
            answers.add(mpu.check(at, access, privileged, negative));
          }
          const wanted = answers.size > 1 ? Uniform.MIXED : answers.has(true) ? Uniform.PERMITTED : Uniform.REFUSED;
          expect(mpu.uniform(address | 0, shift, access, privileged, negative)).toBe(wanted);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('change with the version only', () => {
    const stores = fc.array(
      fc.tuple(
        fc.constantFrom<number>(TYPE, CTRL, RNR, RBAR, RASR, 0xda4, 0xda8, 0xdb8, 0xdc0),
        fc.oneof(place, fc.nat(63)),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(setting, stores, (setting, stores) => {
        const mpu = configured(setting);
        const addresses = addressesOf(setting);
        const look = (): string => addresses.map((a) => rightsAt(mpu, a) + rightsAt(mpu, a, true)).join();
        let version = mpu.version;
        let before = look();
        for (const [offset, value] of stores) {
          mpu.writeRegister(offset, value);
          const after = look();
          if (after !== before) expect(mpu.version).toBeGreaterThan(version);
          before = after;
          version = mpu.version;
        }
      }),
      { numRuns: 200 },
    );
  });

  it('survive a save and a load', () => {
    fc.assert(
      fc.property(setting, (setting) => {
        const mpu = configured(setting);
        const other = create(setting.family);
        const version = other.version;
        other.load(mpu.save());
        expect(other.version).toBeGreaterThan(version);
        expect(other.save()).toEqual(mpu.save());
        for (const address of addressesOf(setting)) expect(rightsAt(other, address)).toBe(rightsAt(mpu, address));
        mpu.reset();
        expect(mpu.save()).toEqual(create(setting.family).save());
        expect(mpu.enabled).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});

describe('MPU registers', () => {
  it('of Armv7-M have the fields of the manual', () => {
    const mpu = new Pmsav7('v7m', 8);
    expect(mpu.readRegister(TYPE)).toBe(0x800);
    mpu.writeRegister(TYPE, 0);
    expect(mpu.readRegister(TYPE)).toBe(0x800);
    mpu.writeRegister(RBAR, 0xffffffff - 15 + 5); // VALID, region 5
    expect(mpu.readRegister(RNR)).toBe(5);
    expect(mpu.readRegister(RBAR)).toBe(0xffffffe0 + 5); // VALID reads 0, REGION is RNR
    mpu.writeRegister(RASR, 0xffffffff);
    expect(mpu.readRegister(RASR)).toBe(0x173fff3f);
    mpu.writeRegister(CTRL, 0xffffffff);
    expect(mpu.readRegister(CTRL)).toBe(7);
    mpu.writeRegister(RNR, 8); // does not exist
    mpu.writeRegister(RBAR, 0x20000000 + 16 + 9); // VALID, but no such region
    expect(mpu.readRegister(RNR)).toBe(5);
    expect(mpu.readRegister(RBAR)).toBe(0xffffffe0 + 5);
    expect(mpu.stores).toBe(6);
  });

  it('of Armv7-M have aliases that act on the selected region', () => {
    const mpu = new Pmsav7('v7m', 8);
    for (let alias = 0; alias < 4; alias++) {
      mpu.writeRegister(RBAR + 8 * alias, 0x20000000 + 0x1000 * alias + 16 + alias);
      mpu.writeRegister(RASR + 8 * alias, (3 << 24) | (11 << 1) | 1);
    }
    for (let region = 0; region < 4; region++) {
      mpu.writeRegister(RNR, region);
      expect(mpu.readRegister(0xdb4)).toBe(0x20000000 + 0x1000 * region + region);
      expect(mpu.readRegister(0xdb8)).toBe((3 << 24) | (11 << 1) | 1);
    }
  });

  it('of Armv6-M have no TEX, no aliases and 256-byte bases', () => {
    const mpu = new Pmsav7('v6m', 8);
    mpu.writeRegister(RBAR, 0xffffffe0);
    expect(mpu.readRegister(RBAR)).toBe(0xffffff00);
    mpu.writeRegister(RASR, 0xffffffff);
    expect(mpu.readRegister(RASR)).toBe(0x1707ff3f);
    mpu.writeRegister(0xda4, 0x20000000);
    expect(mpu.readRegister(RBAR)).toBe(0xffffff00);
    expect(mpu.readRegister(0xda4)).toBe(0);
  });

  it('of Armv8-M have the fields of the manual and aliases by the upper bits of RNR', () => {
    const mpu = new Pmsav8(16);
    expect(mpu.readRegister(TYPE)).toBe(0x1000);
    mpu.writeRegister(RNR, 9);
    for (let alias = 0; alias < 4; alias++) {
      mpu.writeRegister(RBAR + 8 * alias, 0xffffffff - alias);
      mpu.writeRegister(RASR + 8 * alias, 0xfffffff0 - alias);
    }
    // Alias 1 names region 9 too.
    for (const [region, alias] of [
      [9, 1],
      [10, 2],
      [11, 3],
    ]) {
      mpu.writeRegister(RNR, region);
      expect(mpu.readRegister(RBAR)).toBe(0xffffffff - alias);
      expect(mpu.readRegister(RASR)).toBe(((0xfffffff0 - alias) & 0xffffffef) >>> 0);
    }
    mpu.writeRegister(0xdc0, 0xdeadbeef);
    mpu.writeRegister(0xdc4, 0x12345678);
    expect([mpu.readRegister(0xdc0), mpu.readRegister(0xdc4)]).toEqual([0xdeadbeef, 0x12345678]);
    expect(mpu.enabled).toBe(false);
  });

  it('are absent without an MPU, and nothing is refused', () => {
    const mpu = new Pmsav7('v7m', 0);
    mpu.writeRegister(CTRL, 7);
    expect([TYPE, CTRL, RNR, RBAR, RASR].map((offset) => mpu.readRegister(offset))).toEqual([0, 0, 0, 0, 0]);
    expect(rightsAt(mpu, 0x20000000)).toBe('flsFLS');
  });
});

describe('MPU rules', () => {
  const size = (log: number): number => (log - 1) << 1;

  it('the default map lets nothing run from peripherals, devices and the system space', () => {
    const mpu = new Pmsav7('v7m', 8);
    expect(rightsAt(mpu, 0x08000000)).toBe('flsFLS');
    expect(rightsAt(mpu, 0x60000000)).toBe('flsFLS');
    for (const address of [0x40000000, 0x5fffffff, 0xa0000000, 0xdfffffff, 0xe0100000]) {
      expect(rightsAt(mpu, address)).toBe('-ls-LS');
    }
  });

  it('no region opens the system space for fetches or closes the private peripheral bus', () => {
    const everything = { rbar: 0, other: (0 << 24) | size(32) | 1 };
    const open = { rbar: 0, other: (3 << 24) | size(32) | 1 };
    const closed = configured({ family: 'v7m', control: ENABLE, regions: [everything] });
    expect(rightsAt(closed, 0xe000ed94)).toBe('-ls-LS');
    expect(rightsAt(closed, 0xe0100000)).toBe('------');
    const opened = configured({ family: 'v7m', control: ENABLE, regions: [open] });
    expect(rightsAt(opened, 0xe0100000)).toBe('-ls-LS');
    expect(rightsAt(opened, 0x40000000)).toBe('flsFLS');
  });

  it('of negative priority: HFNMIENA decides whether the regions count', () => {
    const regions = [{ rbar: 0x20000000, other: (5 << 24) | size(12) | 1 }];
    const off = configured({ family: 'v7m', control: ENABLE | PRIVDEFENA, regions });
    expect(rightsAt(off, 0x20000000)).toBe('---FL-');
    expect(rightsAt(off, 0x20000000, true)).toBe('flsFLS');
    const on = configured({ family: 'v7m', control: ENABLE | HFNMIENA | PRIVDEFENA, regions });
    expect(rightsAt(on, 0x20000000, true)).toBe('---FL-');
  });

  it('a sub-region that is switched off shows what lies below', () => {
    const regions = [
      { rbar: 0x20000000, other: (2 << 24) | size(12) | 1 },
      { rbar: 0x20000000, other: (3 << 24) | (0b00000010 << 8) | size(12) | 1 },
    ];
    const mpu = configured({ family: 'v7m', control: ENABLE, regions });
    expect(rightsAt(mpu, 0x200001ff)).toBe('flsFLS');
    expect(rightsAt(mpu, 0x20000200)).toBe('fl-FLS');
    expect(rightsAt(mpu, 0x20000400)).toBe('flsFLS');
  });

  it('TT names the one region that matches, and what may be done', () => {
    const regions = [
      { rbar: 0x20000000 | (1 << 1), other: 0x20000fe0 | 1 },
      { rbar: 0x20000f00 | (2 << 1), other: 0x20001fe0 | 1 },
      { rbar: 0x20004000 | (2 << 1), other: 0x20004fe0 | 1 },
    ];
    const mpu = configured({ family: 'v8m', control: ENABLE, regions });
    const [VALID, R, RW] = [1 << 16, 1 << 18, 1 << 19];
    expect(mpu.testTarget(0x20000010, false, false)).toBe(VALID | R | RW | 0);
    expect(mpu.testTarget(0x20000f00, true, false)).toBe(0); // two regions
    expect(mpu.testTarget(0x20001800, true, false)).toBe(VALID | R | 1);
    expect(mpu.testTarget(0x20001800, false, false)).toBe(VALID | 1);
    expect(mpu.testTarget(0x20004000, true, false)).toBe(VALID | R | 2);
    expect(mpu.testTarget(0x30000000, true, false)).toBe(0);
    expect(mpu.testTarget(0x20001800, false, true)).toBe(R | RW); // off at negative priority
  });
});
