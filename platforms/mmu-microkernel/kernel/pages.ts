import type { Segment } from '../../machine/image.js';
import { physical } from '../../machine/units.js';

const PAGE = 4096;

/** RAM while it is being laid out: pages with their bytes and owners, taken from the top down as the Xous loader does. */
export class Pages {
  private readonly bytes = new Map<number, Uint8Array>();
  private readonly owners: Uint8Array;
  private next: number;

  /** @param first number of the first page of RAM; @param count pages */
  constructor(
    private readonly first: number,
    count: number,
  ) {
    this.owners = new Uint8Array(count);
    this.next = count;
  }

  /**
   * A new page of zeros.
   * @returns its number (physical address >>> 12).
   * @throws RangeError if RAM is full.
   */
  take(owner: number): number {
    if (this.next === 0) throw new RangeError(`the programs need more than the ${this.owners.length} pages of RAM`);
    this.next--;
    this.owners[this.next] = owner;
    this.bytes.set(this.first + this.next, new Uint8Array(PAGE));
    return this.first + this.next;
  }

  /** Bytes of a page that was taken; they may be written. */
  of(page: number): Uint8Array {
    const bytes = this.bytes.get(page);
    if (bytes === undefined) throw new RangeError(`page ${page} was not taken`);
    return bytes;
  }

  /** Stores a word. */
  setWord(page: number, offset: number, value: number): void {
    const bytes = this.of(page);
    new DataView(bytes.buffer).setUint32(offset, value >>> 0, true);
  }

  word(page: number, offset: number): number {
    return new DataView(this.of(page).buffer).getUint32(offset, true);
  }

  /** Owner of each page of RAM, as the kernel's tracker holds them; 0 = free. */
  get tracker(): Uint8Array {
    return this.owners;
  }

  /** All pages as segments of an image, in order of address. */
  segments(): Segment[] {
    return [...this.bytes]
      .sort(([a], [b]) => a - b)
      .map(([page, data]) => ({
        physical: physical(page * PAGE),
        data,
        bytes: PAGE,
        writable: true,
        executable: true,
      }));
  }
}
