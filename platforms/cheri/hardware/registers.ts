import { compressedOf, isSealed } from './capability.js';
import { addressTag, baseOf, isEmpty, spanOf } from './capability-bounds.js';
import { EXPANDED, Permission } from './permissions.js';

/** Bits of `CapabilityFile.state`: what is known of a register. 0: an integer, with NULL metadata and no tag. */
export const STATE = {
  /** `metadata` holds the metadata word; without it that word is 0. */
  METADATA: 1,
  /** The tag; `base` and `span` hold the decoded bounds. */
  TAGGED: 2,
  /** Tagged, with bounds of at least `LEAST_SPAN` + 1 bytes. */
  BOUNDED: 4,
  /** `BOUNDED`, unsealed, with LD. */
  LOADS: 8,
  /** `BOUNDED`, unsealed, with SD. */
  STORES: 16,
  /** `LOADS`, and what is loaded keeps all its rights: MC, LG, LM. */
  LOADS_CAPABILITIES: 32,
  /** `STORES`, and whatever is stored keeps its tag: MC, SL. */
  STORES_CAPABILITIES: 64,
  /** `BOUNDED`, with EX: sealed, it is a sentry. */
  EXECUTES: 128,
} as const;

const TAGGED = STATE.METADATA | STATE.TAGGED;

/** What is known of a sealed capability at most. */
export const SEALED_STATE = TAGGED | STATE.BOUNDED | STATE.EXECUTES;

/** State of a `BOUNDED` and unsealed capability by its compressed permissions. */
const RIGHTS = Uint8Array.from(EXPANDED, (permissions) => {
  const has = (all: number): boolean => (permissions & all) === all;
  return (
    TAGGED |
    STATE.BOUNDED |
    (has(Permission.EX) ? STATE.EXECUTES : 0) |
    (has(Permission.LD) ? STATE.LOADS : 0) |
    (has(Permission.SD) ? STATE.STORES : 0) |
    (has(Permission.LD | Permission.MC | Permission.LG | Permission.LM) ? STATE.LOADS_CAPABILITIES : 0) |
    (has(Permission.SD | Permission.MC | Permission.SL) ? STATE.STORES_CAPABILITIES : 0)
  );
});

/** State of a tagged capability whose length less one is `span`. */
export function taggedState(metadata: number, span: number): number {
  if (span >>> 0 < LEAST_SPAN || isEmpty(metadata)) return TAGGED;
  const known = RIGHTS[compressedOf(metadata)];
  return isSealed(metadata) ? known & SEALED_STATE : known;
}

/** Bounds shorter than this are not remembered, so that `span` less the size of an access is never negative. */
export const LEAST_SPAN = 7;

/**
 * Registers that are capabilities, as parallel arrays; one more, the sink, takes what is written to c0. Bounds are decoded
 * once, when a capability is written with its tag, and copied with it.
 */
export class CapabilityFile {
  /** Addresses, or the values of integers. */
  readonly address: Int32Array;
  readonly metadata: Int32Array;
  readonly state: Int32Array;
  readonly base: Int32Array;
  /** Length less one, unsigned; of an empty one -1. */
  readonly span: Int32Array;

  /** @param count registers, the sink not counted. */
  constructor(private readonly count: number) {
    this.address = new Int32Array(count + 1);
    this.metadata = new Int32Array(count + 1);
    this.state = new Int32Array(count + 1);
    this.base = new Int32Array(count + 1);
    this.span = new Int32Array(count + 1);
  }

  /** Copies a register of another file, with all that is known of it. */
  copy(to: number, from: CapabilityFile, register: number): void {
    this.address[to] = from.address[register];
    this.metadata[to] = from.metadata[register];
    this.state[to] = from.state[register];
    this.base[to] = from.base[register];
    this.span[to] = from.span[register];
  }

  /** Metadata word of a register. */
  metadataOf(register: number): number {
    return (this.state[register] & STATE.METADATA) !== 0 ? this.metadata[register] : 0;
  }

  /** Whether a register has its tag. */
  tagOf(register: number): boolean {
    return (this.state[register] & STATE.TAGGED) !== 0;
  }

  /** Writes a capability. */
  set(register: number, address: number, metadata: number, tag: boolean): void {
    this.address[register] = address;
    this.metadata[register] = metadata;
    if (tag) this.decode(register, metadata, address);
    else this.state[register] = STATE.METADATA;
  }

  /** Fills in what is known of a register that has its tag. */
  private decode(register: number, metadata: number, address: number): void {
    const span = spanOf(metadata);
    this.base[register] = baseOf(metadata, address);
    this.span[register] = span;
    this.state[register] = taggedState(metadata, span);
  }

  /** Moves the address of a register; a capability that loses its bounds by that loses its tag. */
  moveTo(register: number, address: number): void {
    const metadata = this.metadataOf(register);
    const tag = addressTag(this.tagOf(register) ? 1 : 0, metadata, this.address[register], address);
    if (metadata === 0) this.setInteger(register, address);
    else this.set(register, address, metadata, tag !== 0);
  }

  /** Writes an integer. */
  setInteger(register: number, value: number): void {
    this.address[register] = value;
    this.state[register] = 0;
  }

  /** All registers NULL. */
  reset(): void {
    this.address.fill(0);
    this.state.fill(0);
  }

  /** The registers as numbers. */
  save(): number[] {
    const all = Array.from({ length: this.count }, (_, i) => i);
    return all.flatMap((i) => [this.address[i], this.metadataOf(i), this.tagOf(i) ? 1 : 0]);
  }

  /** Restores what `save` gave. */
  load(saved: readonly number[]): void {
    for (let i = 0; i < this.count; i++) {
      const [address, metadata, tag] = saved.slice(3 * i, 3 * i + 3);
      if (metadata === 0 && tag === 0) this.setInteger(i, address);
      else this.set(i, address, metadata, tag !== 0);
    }
  }
}
