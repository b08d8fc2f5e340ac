import { PAGE_BYTES, type PhysicalMemory } from '../../machine/memory.js';

/** log2 of the bytes in a cache line. */
const CACHE_LINE_SHIFT = 5;

/**
 * Which lines a cache holds. Presence of a line that is in host memory is a flag in `PhysicalMemory.lineFlags`, so that
 * the engine's hit test is one byte load; the tags only say what to evict.
 *
 * The way a refill takes is a counter that steps in every cycle in which no line is being loaded (VexRiscv
 * `lineLoader.wayToAllocate`, `loader.waysAllocator`), so it depends on the exact cycle.
 */
export class Cache {
  /** Physical line number (address >>> 5) by set and way, -1 = invalid. */
  private readonly tags: Int32Array;
  private readonly dirty: Uint8Array;
  private readonly setMask: number;
  private loading = 0;

  /** @param flag this cache's bit in `PhysicalMemory.lineFlags`. */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly flag: number,
    bytes: number,
    private readonly ways: number,
  ) {
    const lines = bytes >>> CACHE_LINE_SHIFT;
    this.tags = new Int32Array(lines).fill(-1);
    this.dirty = new Uint8Array(lines);
    this.setMask = lines / ways - 1;
  }

  /** Sets: the cycles that emptying the cache takes. */
  get sets(): number {
    return this.setMask + 1;
  }

  /** Called with the arena offset of a line that leaves the cache. */
  evicted: (offset: number) => void = () => undefined;

  /** Whether the line of a physical address is present. For lines outside host memory; others have their flag. */
  holds(address: number): boolean {
    const line = address >>> CACHE_LINE_SHIFT;
    const first = (line & this.setMask) * this.ways;
    for (let i = first; i < first + this.ways; i++) if (this.tags[i] === line) return true;
    return false;
  }

  /**
   * Takes the line of `address` in, evicting what is in its way.
   * @param from first cycle of the load; @param until first cycle after it.
   * @returns true if the evicted line was dirty.
   */
  refill(address: number, from: number, until: number): boolean {
    const line = address >>> CACHE_LINE_SHIFT;
    const way = (from - this.loading) & (this.ways - 1);
    this.loading = (this.loading + until - from) | 0;
    const at = (line & this.setMask) * this.ways + way;
    const old = this.tags[at];
    const wasDirty = this.dirty[at] !== 0;
    if (old >= 0) this.drop(old);
    this.tags[at] = line;
    this.dirty[at] = 0;
    this.mark(line);
    return wasDirty;
  }

  /** Marks the line of a physical address as changed (write-back caches). */
  soil(address: number): void {
    const line = address >>> CACHE_LINE_SHIFT;
    const first = (line & this.setMask) * this.ways;
    for (let i = first; i < first + this.ways; i++) if (this.tags[i] === line) this.dirty[i] = 1;
  }

  /** Arena offset of a line, 0 if it is not in host memory. */
  private offsetOf(line: number): number {
    const page = this.memory.touch(line << CACHE_LINE_SHIFT);
    return page === 0 ? 0 : page + ((line << CACHE_LINE_SHIFT) & (PAGE_BYTES - 1));
  }

  private mark(line: number): void {
    const offset = this.offsetOf(line);
    if (offset !== 0) this.memory.lineFlags[offset >>> CACHE_LINE_SHIFT] |= this.flag;
  }

  private drop(line: number): void {
    const offset = this.offsetOf(line);
    if (offset === 0) return;
    this.memory.lineFlags[offset >>> CACHE_LINE_SHIFT] &= ~this.flag;
    this.evicted(offset);
  }

  /** Empties the set that holds line number `line`. @returns dirty lines dropped. */
  emptySet(line: number): number {
    const first = (line & this.setMask) * this.ways;
    let dirty = 0;
    for (let i = first; i < first + this.ways; i++) {
      if (this.tags[i] >= 0) this.drop(this.tags[i]);
      dirty += this.dirty[i];
      this.tags[i] = -1;
      this.dirty[i] = 0;
    }
    return dirty;
  }

  /** Empties the cache. @returns dirty lines dropped. */
  empty(): number {
    let dirty = 0;
    for (let set = 0; set <= this.setMask; set++) dirty += this.emptySet(set);
    return dirty;
  }

  /** Power-on state; the memory's flags are already clear. */
  reset(): void {
    this.tags.fill(-1);
    this.dirty.fill(0);
    this.loading = 0;
  }

  /** The state as numbers. */
  save(): number[] {
    return [this.loading, ...this.tags, ...this.dirty];
  }

  /** Restores what `save` gave; sets the flags of what is present. Call after the memory was restored. */
  load(state: readonly number[]): void {
    this.reset();
    this.loading = state[0];
    this.tags.set(state.slice(1, 1 + this.tags.length));
    this.dirty.set(state.slice(1 + this.tags.length));
    for (const line of this.tags) if (line >= 0) this.mark(line);
  }
}
