/** Pages per look-aside bank and the number of banks; see `Lookaside`. */
export const BANK_PAGES = 256;
const BANKS = 4;
/** Banks by translation regime. */
export const BANK = {
  bare: 0,
  supervisor: BANK_PAGES,
  user: 2 * BANK_PAGES,
  machineTranslated: 3 * BANK_PAGES,
} as const;
/** A tag no access has: bits 11:2 are never set in a masked address. */
const NO_TAG = 0x800;

/**
 * A direct-mapped table of host addresses by virtual page. An entry exists only while the access it stands for would hit
 * the modelled TLB with permission and needs nothing else, so a hit here is a hit there without change of state.
 */
export class Lookaside {
  /** Virtual page address of each entry. */
  readonly tags = new Int32Array(BANKS * BANK_PAGES).fill(NO_TAG);
  /** Arena offset (data) or first slot (fetch) of each entry's page. */
  readonly bases = new Int32Array(BANKS * BANK_PAGES);

  set(bank: number, address: number, base: number): void {
    const at = bank + ((address >>> 12) & (BANK_PAGES - 1));
    this.tags[at] = address & ~0xfff;
    this.bases[at] = base;
  }

  /** What `set` gave for the page of `address`, or -1. */
  find(bank: number, address: number): number {
    const at = bank + ((address >>> 12) & (BANK_PAGES - 1));
    return this.tags[at] === (address & ~0xfff) ? this.bases[at] : -1;
  }

  /** Forgets every entry. */
  clear(): void {
    this.tags.fill(NO_TAG);
  }

  /** Forgets what a TLB entry stands for that is about to be replaced. */
  forget(page: number, superpage: boolean): void {
    if (page < 0) return;
    if (superpage) {
      this.clearTranslated();
      return;
    }
    for (let bank = BANK_PAGES; bank < BANKS * BANK_PAGES; bank += BANK_PAGES) {
      this.tags[bank + (page & (BANK_PAGES - 1))] = NO_TAG;
    }
  }

  /** Forgets the entries of all banks but the untranslated one. */
  clearTranslated(): void {
    this.tags.fill(NO_TAG, BANK_PAGES);
  }
}
