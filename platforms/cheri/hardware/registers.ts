import { isSealed, permissionsOf } from './capability.js';
import { addressTag, baseOf, topOf } from './capability-bounds.js';
import { Permission } from './permissions.js';

/** Bits of `CapabilityFile.state`: what is known of a register. 0: an integer, with NULL metadata and no tag. */
export const STATE = {
  /** `metadata` holds the metadata word; without it that word is 0. */
  METADATA: 1,
  TAGGED: 2,
  /** `base` and `span` hold the decoded bounds, whose length is at least `LEAST_SPAN` + 1. */
  BOUNDED: 4,
  /** Tagged, unsealed, with LD, and `BOUNDED`. */
  LOADS: 8,
  /** Tagged, unsealed, with SD, and `BOUNDED`. */
  STORES: 16,
  /** `LOADS`, and what is loaded keeps all its rights: MC, LG, LM. */
  LOADS_CAPABILITIES: 32,
  /** `STORES`, and whatever is stored keeps its tag: MC, SL. */
  STORES_CAPABILITIES: 64,
  /** `examine` has found out what the capability may do. */
  EXAMINED: 128,
} as const;

/** What is known of a tagged capability with these rights and bounds of `span` + 1 bytes, once they are decoded. */
export function knownState(metadata: number, span: number): number {
  let known = STATE.METADATA | STATE.TAGGED | STATE.EXAMINED;
  if (span < LEAST_SPAN) return known;
  known |= STATE.BOUNDED;
  if (isSealed(metadata)) return known;
  const permissions = permissionsOf(metadata);
  const has = (all: number): boolean => (permissions & all) === all;
  if (has(Permission.LD)) known |= STATE.LOADS;
  if (has(Permission.SD)) known |= STATE.STORES;
  if (has(Permission.LD | Permission.MC | Permission.LG | Permission.LM)) known |= STATE.LOADS_CAPABILITIES;
  if (has(Permission.SD | Permission.MC | Permission.SL)) known |= STATE.STORES_CAPABILITIES;
  return known;
}

/** Bounds shorter than this are not remembered, so that `span` less the size of an access is never negative. */
export const LEAST_SPAN = 7;

/**
 * Registers that are capabilities, as parallel arrays; one more, the sink, takes what is written to c0. Bounds are decoded
 * once, when a capability is first used, and copied with it.
 */
export class CapabilityFile {
  /** Addresses, or the values of integers. */
  readonly address: Int32Array;
  readonly metadata: Int32Array;
  readonly state: Int32Array;
  readonly base: Int32Array;
  /** Length less one, unsigned. */
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

  /** Decodes the bounds of a tagged register and what it may do without a closer look. */
  examine(register: number): void {
    if ((this.state[register] & (STATE.TAGGED | STATE.EXAMINED)) !== STATE.TAGGED) return;
    const metadata = this.metadata[register];
    const address = this.address[register];
    const base = baseOf(metadata, address);
    const span = topOf(metadata, address) - (base >>> 0) - 1;
    this.state[register] = knownState(metadata, span);
    this.base[register] = base;
    this.span[register] = span | 0;
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
    this.state[register] = tag ? STATE.METADATA | STATE.TAGGED : STATE.METADATA;
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
