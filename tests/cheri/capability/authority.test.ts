import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressTag,
  areBoundsExact,
  baseOf,
  boundsTag,
  isWithin,
  setBounds,
  setBoundsRoundDown,
  topOf,
} from '../../../platforms/cheri/hardware/capability-bounds.js';
import {
  andPermissions,
  andPermissionsTag,
  EXECUTABLE_ROOT,
  isSealed,
  loadedMetadata,
  loadedTag,
  MEMORY_ROOT,
  permissionsOf,
  SEALING_ROOT,
  sealTag,
  storedTag,
  typeOf,
  unseal,
  unsealTag,
  withType,
} from '../../../platforms/cheri/hardware/capability.js';
import { Permission } from '../../../platforms/cheri/hardware/permissions.js';

/** 31-bit numbers, the same in every run (Numerical Recipes, linear congruential generator of chapter 7.1). */
class Random {
  constructor(private state: number) {}
  next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0;
    return this.state >>> 1;
  }
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 31) * limit);
  }
  word(): number {
    return (this.next() << 16) ^ this.next();
  }
}

interface Capability {
  readonly tag: number;
  readonly metadata: number;
  readonly address: number;
}

/** What a tagged capability lets its holder do; a sealed one by whoever unseals it. */
interface Authority {
  readonly permissions: number;
  readonly base: number;
  readonly top: number;
}

const authorityOf = ({ metadata, address }: Capability): Authority => ({
  permissions: permissionsOf(metadata),
  base: baseOf(metadata, address) >>> 0,
  top: topOf(metadata, address),
});

const isPart = (part: Authority, whole: Authority): boolean =>
  part.base >= whole.base &&
  part.top <= whole.top &&
  part.base <= part.top &&
  (part.permissions & ~whole.permissions) === 0;

/** One random operation: its sources, and the capability that it makes. */
function operate(random: Random, source: Capability, other: Capability): Capability {
  const { tag, metadata, address } = source;
  const { tag: authorityTag, metadata: authority, address: authorityAddress } = other;
  const moved = [
    random.word(),
    (address + random.below(64)) | 0,
    (baseOf(metadata, address) + random.below(1024)) | 0,
    (topOf(metadata, address) - random.below(64)) | 0,
    random.below(16),
  ][random.below(5)];
  const length = [random.below(1 << (1 + random.below(24))), random.word() >>> random.below(31)][random.below(2)];
  const mask = random.below(4) === 0 ? 0xffe | random.below(2) : random.word() | random.word();
  switch (random.below(8)) {
    case 0:
    case 1:
      return { tag: addressTag(tag, metadata, address, moved), metadata, address: moved };
    case 2: {
      const exact = random.below(2) === 0 && !areBoundsExact(address, length);
      const kept = exact ? 0 : boundsTag(tag, metadata, address, length);
      return { tag: kept, metadata: setBounds(metadata, address, length), address };
    }
    case 3: {
      const kept = boundsTag(tag, metadata, address, length);
      return { tag: kept, metadata: setBoundsRoundDown(metadata, address, length), address };
    }
    case 4:
      return { tag: andPermissionsTag(tag, metadata, mask), metadata: andPermissions(metadata, mask), address };
    case 5: {
      const within = isWithin(authority, authorityAddress, authorityAddress, 1);
      const kept = sealTag(tag, metadata, authorityTag, authority, authorityAddress, within);
      return { tag: kept, metadata: withType(metadata, authorityAddress), address };
    }
    case 6: {
      const within = isWithin(authority, authorityAddress, typeOf(metadata), 1);
      const kept = unsealTag(tag, metadata, authorityTag, authority, within);
      return { tag: kept, metadata: unseal(metadata, authority), address };
    }
    default: {
      // Stored and loaded again by way of the other
      const stored = storedTag(tag, metadata, authority);
      const loaded = loadedTag(stored, authority);
      return { tag: loaded, metadata: loadedMetadata(loaded, metadata, authority), address };
    }
  }
}

const OPERATIONS = process.env.BULKHEAD_LONG === '1' ? 10_000_000 : 1_000_000;

describe('authority', () => {
  it(`does not grow in ${OPERATIONS} random operations`, () => {
    const random = new Random(1);
    const roots: Capability[] = [EXECUTABLE_ROOT, MEMORY_ROOT, SEALING_ROOT].map((metadata) => ({
      tag: 1,
      metadata,
      address: 0,
    }));
    // Each register remembers the authority of the root that it comes from and of what it was last derived from
    const registers = [...roots, ...roots, ...roots, ...roots];
    const kinds = new Map<string, number>();
    let tagged = 0;
    for (let i = 0; i < OPERATIONS; i++) {
      const source = registers[random.below(registers.length)];
      const other = registers[random.below(registers.length)];
      const result = operate(random, source, other);
      if (result.tag !== 0) {
        tagged++;
        const problem =
          source.tag === 0
            ? 'a tag from nothing'
            : isPart(authorityOf(result), authorityOf(source))
              ? undefined
              : 'more authority than the source';
        if (problem !== undefined) expect.fail(`${problem}: ${JSON.stringify({ source, other, result })}`);
        const kind = `${permissionsOf(result.metadata)} ${isSealed(result.metadata)}`;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
      // Half of the results replace a register; now and then a root comes back, so that there is something left to lose
      if (random.below(2) === 0) registers[random.below(registers.length)] = result;
      if (random.below(16) === 0) registers[random.below(registers.length)] = roots[random.below(3)];
    }
    // Without tagged results of many kinds the law would be empty
    expect(tagged).toBeGreaterThan(OPERATIONS / 10);
    expect(kinds.size).toBeGreaterThan(60);
  });

  it('of what is sealed can be had again only through an authority for its type', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer(), fc.boolean(), (stored, where, executable) => {
        const root = executable ? EXECUTABLE_ROOT : MEMORY_ROOT;
        const type = executable ? stored : stored + 8;
        const sealed = withType(root, type);
        expect(unsealTag(1, sealed, 1, SEALING_ROOT, false)).toBe(0);
        expect(unsealTag(1, sealed, 0, SEALING_ROOT, true)).toBe(0);
        expect(unsealTag(1, sealed, 1, MEMORY_ROOT, true)).toBe(0);
        expect(unsealTag(1, sealed, 1, withType(SEALING_ROOT, 9), true)).toBe(0);
        expect(unsealTag(0, sealed, 1, SEALING_ROOT, true)).toBe(0);
        // What is not sealed cannot be unsealed
        expect(unsealTag(1, root, 1, SEALING_ROOT, true)).toBe(0);
        expect(unsealTag(1, sealed, 1, SEALING_ROOT, true)).toBe(1);
        expect(unseal(sealed, SEALING_ROOT)).toBe(root);
        // Sealed, it cannot be changed
        expect(addressTag(1, sealed, 0, where)).toBe(0);
        expect(boundsTag(1, sealed, 0, where)).toBe(0);
        expect(andPermissionsTag(1, sealed, 0)).toBe(0);
        expect(andPermissionsTag(1, sealed, ~Permission.GL)).toBe(1);
        expect(sealTag(1, sealed, 1, SEALING_ROOT, type, true)).toBe(0);
      }),
    );
  });

  it('to seal gives each capability only the types of its kind', () => {
    const sealable = (root: number): number[] =>
      Array.from({ length: 20 }, (_, i) => i - 2).filter((type) => sealTag(1, root, 1, SEALING_ROOT, type, true) === 1);
    expect(sealable(EXECUTABLE_ROOT)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(sealable(MEMORY_ROOT)).toEqual([9, 10, 11, 12, 13, 14, 15]);
    expect(sealTag(1, MEMORY_ROOT, 1, SEALING_ROOT, 9, false)).toBe(0);
    expect(sealTag(1, MEMORY_ROOT, 0, SEALING_ROOT, 9, true)).toBe(0);
    expect(sealTag(1, MEMORY_ROOT, 1, withType(SEALING_ROOT, 9), 9, true)).toBe(0);
    expect(sealTag(0, MEMORY_ROOT, 1, SEALING_ROOT, 9, true)).toBe(0);
  });

  it('to be global is lost by unsealing with an authority that is not', () => {
    const local = andPermissions(SEALING_ROOT, ~Permission.GL);
    const unsealed = unseal(withType(MEMORY_ROOT, 9), local);
    expect(permissionsOf(unsealed)).toBe(permissionsOf(MEMORY_ROOT) & ~Permission.GL);
  });

  it('has the object types of the architecture', () => {
    const types = (root: number): number[] => Array.from({ length: 8 }, (_, stored) => typeOf(withType(root, stored)));
    expect(types(EXECUTABLE_ROOT)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(types(MEMORY_ROOT)).toEqual([0, 9, 10, 11, 12, 13, 14, 15]);
  });

  it('moves through memory as the permissions of the memory say', () => {
    const local = andPermissions(MEMORY_ROOT, ~(Permission.GL | Permission.SL));
    const noStoreLocal = andPermissions(MEMORY_ROOT, ~Permission.SL);
    const dataOnly = andPermissions(MEMORY_ROOT, ~Permission.MC);
    expect(storedTag(1, local, MEMORY_ROOT)).toBe(1);
    expect(storedTag(1, local, noStoreLocal)).toBe(0);
    expect(storedTag(1, MEMORY_ROOT, noStoreLocal)).toBe(1);
    expect(loadedTag(1, dataOnly)).toBe(0);
    expect(loadedMetadata(0, MEMORY_ROOT, andPermissions(MEMORY_ROOT, ~Permission.LG))).toBe(MEMORY_ROOT);
    const immutable = loadedMetadata(1, MEMORY_ROOT, andPermissions(MEMORY_ROOT, ~Permission.LM));
    expect(permissionsOf(immutable)).toBe(Permission.GL | Permission.LG | Permission.LD | Permission.MC);
  });
});
