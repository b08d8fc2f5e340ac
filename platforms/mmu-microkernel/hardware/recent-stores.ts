import { earlier, PAST } from '../../machine/times.js';

/**
 * The last two stores that found their line in the data cache. A load of the same bytes that is in execute or memory while
 * the store is in write-back reads the old ones, and is sent back (VexRiscv `DataCache`, `dataColisions`).
 *
 * Times are D cycles of the stores; two are enough, because a third would have left write-back.
 */
export class RecentStores {
  /** A load with a D cycle up to here may meet one of them. */
  window = 0;
  private key = 0;
  private keyBefore = 0;
  private at = PAST;
  private atBefore = PAST;

  /**
   * Enters a store.
   * @param key its `storeKey`.
   */
  add(key: number, at: number): void {
    this.keyBefore = this.key;
    this.atBefore = this.at;
    this.key = key;
    this.at = at;
    this.window = at + 2;
  }

  /** Whether a load of the bytes `key` that leaves execute in cycle `leaves` meets one of the stores. */
  meets(key: number, leaves: number): boolean {
    return (
      (this.at + 3 >= leaves && overlap(this.key, key)) || (this.atBefore + 3 >= leaves && overlap(this.keyBefore, key))
    );
  }

  /** Forgets all. */
  clear(): void {
    this.window = 0;
    this.at = this.atBefore = PAST;
  }

  /** Moves the origin of time by `delta` cycles. */
  settle(delta: number): void {
    this.window = earlier(this.window, delta);
    this.at = earlier(this.at, delta);
    this.atBefore = earlier(this.atBefore, delta);
  }

  /** The state as numbers. */
  save(): number[] {
    return [this.window, this.key, this.keyBefore, this.at, this.atBefore];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    [this.window, this.key, this.keyBefore, this.at, this.atBefore] = state;
  }
}

/** Word number and byte mask of `size` bytes at arena offset `offset`. */
export const storeKey = (offset: number, size: number): number =>
  ((offset >>> 2) << 4) | ((((1 << size) - 1) << (offset & 3)) & 15);

/** Arena offset of the word of a `storeKey`. */
export const keyOffset = (key: number): number => (key >>> 4) << 2;

/** Whether two accesses, given by their `storeKey`, share a byte. */
const overlap = (a: number, b: number): boolean => a >> 4 === b >> 4 && (a & b & 15) !== 0;
