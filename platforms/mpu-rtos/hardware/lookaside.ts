/** Granules per bank of a data look-aside, pages per bank of the fetch look-aside. */
export const DATA_ENTRIES = 2048;
export const FETCH_ENTRIES = 256;

/** Who accesses, as the MPU sees it: an answer for one says nothing about another. */
export const enum Bank {
  PRIVILEGED = 0,
  UNPRIVILEGED = 1,
  /** Execution priority below 0 (HardFault, NMI, FAULTMASK): the MPU is off unless HFNMIENA. */
  PRIVILEGED_NEGATIVE = 2,
  UNPRIVILEGED_NEGATIVE = 3,
}
const BANKS = 4;

/** Data: bits 4:2 of a tag hold the epoch; an aligned access has bits 1:0 clear and compares the rest. */
const DATA_EPOCHS = 8;
/** Fetch: bits 11:1 of a tag hold the epoch. */
const FETCH_EPOCHS = 2048;

/**
 * A direct-mapped table of what the MPU has permitted: host addresses by 32-byte granule (data) or slots by 4 KiB page
 * (fetch), for one kind of access. No region of an MPU starts or ends inside a granule. An entry counts only while the epoch
 * in its tag is the current one: a change of the MPU costs one addition, however many entries it makes void.
 */
export class Lookaside {
  readonly tags: Int32Array;
  /** Data: what is added to the guest address. Fetch: the page's first slot. */
  readonly values: Int32Array;
  /** The epoch as it stands in a tag. */
  epoch = 0;
  private used = false;

  constructor(
    private readonly entries: number,
    private readonly granule: number,
    private readonly step: number,
    private readonly epochs: number,
  ) {
    // Bit 0 is never set in a tag of `set`.
    this.tags = new Int32Array(BANKS * entries).fill(1);
    this.values = new Int32Array(BANKS * entries);
  }

  /** Makes an entry for the granule around `address`. */
  set(bank: number, address: number, value: number): void {
    const at = bank * this.entries + ((address >>> this.granule) & (this.entries - 1));
    this.tags[at] = (address & -(1 << this.granule)) | this.epoch;
    this.values[at] = value;
    this.used = true;
  }

  /** Makes every entry void. @returns whether the epoch has changed. */
  renew(): boolean {
    if (!this.used) return false;
    this.used = false;
    this.epoch += this.step;
    if (this.epoch === this.epochs * this.step) {
      this.epoch = 0;
      this.tags.fill(1);
    }
    return true;
  }
}

/** A look-aside for loads or stores. */
export const dataLookaside = (): Lookaside => new Lookaside(DATA_ENTRIES, 5, 4, DATA_EPOCHS);

/** A look-aside for instruction fetches. */
export const fetchLookaside = (): Lookaside => new Lookaside(FETCH_ENTRIES, 12, 2, FETCH_EPOCHS);

/** What of an address must equal a data tag without its epoch: the granule, and what an aligned access of `size` bytes has clear. */
export const tagMask = (size: number): number => ~(32 - size);
