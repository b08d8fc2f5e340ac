import { PAGE_BYTES, type PhysicalMemory } from '../../machine/memory.js';

/** Bytes that share a tag (CHERIoT 1.0: a capability). */
export const GRANULE_BYTES = 8;

/** log2 of `GRANULE_BYTES`. */
export const GRANULE_SHIFT = 3;

/** Tags in a page. */
const PAGE_TAGS = PAGE_BYTES / GRANULE_BYTES;

/** The tags of physical memory: one for each 8 bytes, in step with the arena of `PhysicalMemory`. */
export class TagMemory {
  /** 1 where a granule holds a capability, by arena offset / 8. */
  readonly tags: Uint8Array;

  constructor(private readonly memory: PhysicalMemory) {
    this.tags = new Uint8Array((memory.capacityPages + 1) * PAGE_TAGS);
  }

  /** Clears all tags. Call before the memory forgets its pages. */
  clear(): void {
    this.tags.fill(0, 0, this.memory.usedArenaPages * PAGE_TAGS);
  }

  /** Clears the tags of a physical range, as a store of data does. */
  clearRange(address: number, bytes: number): void {
    const end = address + bytes;
    for (let at = address - (address % GRANULE_BYTES); at < end; at += GRANULE_BYTES) {
      const page = this.memory.readMap[at / PAGE_BYTES];
      if (page !== 0) this.tags[(page + (at % PAGE_BYTES)) >>> GRANULE_SHIFT] = 0;
    }
  }

  /** Arena numbers of the granules that have a tag. */
  save(): readonly number[] {
    const tagged: number[] = [];
    const end = this.memory.usedArenaPages * PAGE_TAGS;
    for (let i = 0; i < end; i++) if (this.tags[i] !== 0) tagged.push(i);
    return tagged;
  }

  /** Restores what `save` gave. Call after the memory was restored, and `clear` before. */
  load(saved: readonly number[]): void {
    for (const i of saved) this.tags[i] = 1;
  }

  /** Addresses of tagged granules in order, for hashes and for who looks at all of them. */
  addresses(): number[] {
    const places = this.save().map((i) => {
      const page = this.memory.pageOfArena[(i / PAGE_TAGS) | 0];
      return page * PAGE_BYTES + (i % PAGE_TAGS) * GRANULE_BYTES;
    });
    return places.sort((a, b) => a - b);
  }
}
