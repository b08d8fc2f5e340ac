import type { FlashModel } from './flash.js';
import { FlashCache } from './flash-cache.js';

/** Lines of 256 bits of the instruction and of the data cache. RECALLED, as everything in this file. */
const INSTRUCTION_LINES = 32;
const DATA_LINES = 8;
const NONE = -1;

/**
 * Unverified memory model: the flash accelerator ("ART") of STM32L4, all of whose parameters are RECALLED, none looked up.
 * Results with it carry that label.
 *
 * The array gives 64 bits per access of waitStates + 1 cycles and does one access at a time. An instruction fetch takes no
 * extra cycle if its 64 bits are those of the fetch before or are in the instruction cache (32 lines). Else it waits for
 * the prefetch buffer if that holds or is getting them, or for a new access to the array, whose word also goes into the
 * cache; prefetched words do not. Whenever a fetch has moved to another 64-bit word that does not hit the cache, the word
 * after it is prefetched unless it is cached. Data reads have the word of the read before and a cache of 8 lines, and no
 * prefetch. An access that finds the array busy waits until it is free.
 */
export class Stm32l4Flash implements FlashModel {
  private readonly instructions = new FlashCache(INSTRUCTION_LINES);
  private readonly data = new FlashCache(DATA_LINES);
  /** Number (address / 8) of the 64-bit word fetched last, of the one read last, and of the one in the prefetch buffer. */
  private fetched = NONE;
  private readLast = NONE;
  private prefetched = NONE;
  /** First cycle in which the prefetched word can be fetched without waiting, and in which the array is free. */
  private prefetchReady = 0;
  private free = 0;

  /** @param waitStates extra cycles of one access to the array; 4 at 80 MHz. */
  constructor(private readonly waitStates: number) {}

  fetch(address: number, now: number): number {
    const word = address >>> 3;
    if (word === this.fetched) return 0;
    this.fetched = word;
    if (word === this.prefetched) {
      const wait = Math.max(0, this.prefetchReady - now);
      this.prefetch(word + 1, now + wait);
      return wait;
    }
    if (this.instructions.has(address)) {
      this.instructions.use(address);
      return 0;
    }
    const wait = this.access(now);
    this.instructions.fill(address);
    this.prefetch(word + 1, now + wait);
    return wait;
  }

  read(address: number, now: number): number {
    const word = address >>> 3;
    if (word === this.readLast) return 0;
    this.readLast = word;
    if (this.data.has(address)) {
      this.data.use(address);
      return 0;
    }
    const wait = this.access(now);
    this.data.fill(address);
    return wait;
  }

  /** An access to the array that is needed in cycle `now`. @returns extra cycles. */
  private access(now: number): number {
    const start = Math.max(now, this.free);
    this.free = start + this.waitStates + 1;
    return start - now + this.waitStates;
  }

  /** Starts to get a word into the prefetch buffer once the fetch that ends in cycle `now` is over. */
  private prefetch(word: number, now: number): void {
    if (this.instructions.has(word << 3)) return;
    this.prefetched = word;
    this.prefetchReady = now + 1 + this.access(now + 1);
  }

  reset(): void {
    this.instructions.reset();
    this.data.reset();
    this.fetched = NONE;
    this.readLast = NONE;
    this.prefetched = NONE;
    this.prefetchReady = 0;
    this.free = 0;
  }

  save(): readonly number[] {
    const { fetched, readLast, prefetched, prefetchReady, free } = this;
    return [fetched, readLast, prefetched, prefetchReady, free, ...this.instructions.save(), ...this.data.save()];
  }

  load(state: readonly number[]): void {
    [this.fetched, this.readLast, this.prefetched, this.prefetchReady, this.free] = state;
    const data = 5 + 1 + 3 * INSTRUCTION_LINES;
    this.instructions.load(state.slice(5, data));
    this.data.load(state.slice(data));
  }
}
