import { alignmentMask, representableLength } from '../hardware/capability-bounds.js';

/** A range of memory that a capability can have as its exact bounds. */
export interface Region {
  readonly base: number;
  readonly bytes: number;
}

/** Hands out memory from low to high addresses. */
export class MemoryPlan {
  private next: number;

  constructor(
    private readonly start: number,
    private readonly end: number,
  ) {
    this.next = start;
  }

  /** The first free address. */
  get free(): number {
    return this.next;
  }

  /** Leaves out what is below the next multiple of a power of two. */
  align(alignment: number): void {
    this.next = Math.ceil(this.next / alignment) * alignment;
  }

  /**
   * The region that `take` would give: at least this size, as little longer as exact bounds ask for.
   * @param alignment a power of two; of the base at least 8. @param from what lies below is taken.
   */
  find(bytes: number, alignment = 8, from = this.next): Region {
    const size = representableLength(Math.max(8, Math.ceil(bytes / 8) * 8));
    const step = Math.max(8, alignment, -alignmentMask(size));
    return { base: Math.ceil(from / step) * step, bytes: size };
  }

  /** Takes a region. @throws RangeError if it is not left. */
  take(what: string, bytes: number, alignment = 8): Region {
    const region = this.find(bytes, alignment);
    this.next = region.base + region.bytes;
    if (this.next > this.end) {
      throw new RangeError(
        `${what}: memory of ${this.end - this.start} bytes is ${this.next - this.end} bytes too small`,
      );
    }
    return region;
  }
}

/** The contents of memory, as the image holds them. */
export class MemoryImage {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(
    private readonly start: number,
    size: number,
  ) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  set(address: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, address - this.start);
  }

  word(address: number, value: number): void {
    this.view.setUint32(address - this.start, value, true);
  }

  half(address: number, value: number): void {
    this.view.setUint16(address - this.start, value, true);
  }

  byte(address: number, value: number): void {
    this.view.setUint8(address - this.start, value);
  }

  /** What lies below an address. */
  upTo(address: number): Uint8Array {
    return this.bytes.slice(0, address - this.start);
  }
}
