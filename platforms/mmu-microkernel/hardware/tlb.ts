/** PTE bits (privileged ISA, section "Sv32"). */
export const PTE = { V: 1, R: 2, W: 4, X: 8, U: 16, G: 32, A: 64, D: 128 } as const;

/**
 * A fully associative TLB with round-robin refill; 4 KiB and 4 MiB entries share it (VexRiscv `MmuPlugin`).
 *
 * The core has no entry for a failed translation that outlives the trap it causes, so a refill that ends in a fault
 * (`refillInvalid`) only takes a place.
 */
export class Tlb {
  /** Virtual page number by entry, -1 = invalid; of a superpage the low 10 bits are 0. */
  private readonly pages: Int32Array;
  private readonly superpage: Uint8Array;
  /** Bits of the page number that count, by entry. */
  private readonly masks: Int32Array;
  private readonly asids: Int32Array;
  /** Leaf PTE of each entry. */
  readonly leaves: Int32Array;
  private next = 0;

  /** @param tagged hypothetical: entries match only their ASID, unless their leaf has G. */
  constructor(
    private readonly entries: number,
    private readonly tagged: boolean,
  ) {
    this.pages = new Int32Array(entries).fill(-1);
    this.superpage = new Uint8Array(entries);
    this.masks = new Int32Array(entries).fill(0xfffff);
    this.asids = new Int32Array(entries);
    this.leaves = new Int32Array(entries);
  }

  /** Entry that translates virtual page `page` (20 bits), or -1. */
  find(page: number, asid: number): number {
    const { pages, masks } = this;
    for (let i = 0; i < pages.length; i++) {
      if (pages[i] === (page & masks[i]) && (!this.tagged || this.matches(i, asid))) return i;
    }
    return -1;
  }

  private matches(entry: number, asid: number): boolean {
    return this.asids[entry] === asid || (this.leaves[entry] & PTE.G) !== 0;
  }

  /** First byte of the physical page that entry `entry` gives for virtual page `page`. */
  physicalPage(entry: number, page: number): number {
    return leafPage(this.leaves[entry], this.superpage[entry] !== 0, page);
  }

  /** Virtual page of the entry that the next refill replaces, -1 = none; `nextIsSuperpage` tells its size. */
  get nextPage(): number {
    return this.pages[this.next];
  }

  get nextIsSuperpage(): boolean {
    return this.superpage[this.next] !== 0;
  }

  /** Enters a leaf. @returns its entry. */
  refill(page: number, leaf: number, superpage: boolean, asid: number): number {
    const entry = this.next;
    this.masks[this.next] = superpage ? 0xffc00 : 0xfffff;
    this.pages[this.next] = superpage ? page & 0xffc00 : page;
    this.superpage[this.next] = superpage ? 1 : 0;
    this.leaves[this.next] = leaf;
    this.asids[this.next] = asid;
    this.step();
    return entry;
  }

  /** A walk that ended in a fault took the next place. */
  refillInvalid(): void {
    this.pages[this.next] = -1;
    this.step();
  }

  private step(): void {
    this.next = this.next + 1 === this.entries ? 0 : this.next + 1;
  }

  /** Drops every entry; the refill counter keeps its place. */
  empty(): void {
    this.pages.fill(-1);
  }

  /** Drops what `sfence.vma` with these operands names; undefined = all (hypothetical ASID hardware only). */
  drop(page: number | undefined, asid: number | undefined): void {
    for (let i = 0; i < this.entries; i++) {
      const pageFits = page === undefined || this.pages[i] === (page & this.masks[i]);
      const asidFits = asid === undefined || (this.asids[i] === asid && (this.leaves[i] & PTE.G) === 0);
      if (pageFits && asidFits) this.pages[i] = -1;
    }
  }

  reset(): void {
    this.empty();
    this.next = 0;
  }

  /** The state as numbers. */
  save(): number[] {
    return [this.next, ...this.pages, ...this.superpage, ...this.asids, ...this.leaves];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    const n = this.entries;
    this.next = state[0];
    this.pages.set(state.slice(1, 1 + n));
    this.superpage.set(state.slice(1 + n, 1 + 2 * n));
    this.asids.set(state.slice(1 + 2 * n, 1 + 3 * n));
    this.leaves.set(state.slice(1 + 3 * n, 1 + 4 * n));
    for (let i = 0; i < n; i++) this.masks[i] = this.superpage[i] === 0 ? 0xfffff : 0xffc00;
  }
}

/** First byte of the physical page of a leaf; the top two bits of a 34-bit address do not exist. */
export function leafPage(leaf: number, superpage: boolean, page: number): number {
  return superpage ? (((leaf << 2) & 0xffc00000) | ((page & 0x3ff) << 12)) >>> 0 : (leaf << 2) & 0xfffff000;
}
