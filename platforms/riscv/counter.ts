/** The low (0) or high (1) word of a 64-bit value, signed. */
const word = (value: bigint, index: 0 | 1): number => Number(BigInt.asIntN(32, value >> BigInt(32 * index)));

/** A 64-bit value with its low (0) or high (1) word replaced. */
export function withWord(value: bigint, index: 0 | 1, by: number): bigint {
  const all = BigInt.asUintN(64, value);
  const bits = BigInt(by >>> 0);
  return index === 1 ? (bits << 32n) | (all & 0xffffffffn) : (all & ~0xffffffffn) | bits;
}

/**
 * A 64-bit counter CSR (`mcycle`, `minstret`: privileged ISA 3.1.10) that software may set and stop. It follows a count of
 * the engine at a distance, so that nothing has to count while instructions run.
 */
export class Counter {
  /** Distance from the engine's count; the value itself while the counter stands still. */
  private offset = 0n;
  private still = false;

  /** @param count the engine's count, as the counter reads in the cycle of the access. */
  constructor(private readonly count: () => number) {}

  reset(): void {
    this.offset = 0n;
    this.still = false;
  }

  private get origin(): bigint {
    return this.still ? 0n : BigInt(this.count());
  }

  get value(): bigint {
    return this.origin + this.offset;
  }

  /** The low (0) or high (1) word, signed. */
  word(index: 0 | 1): number {
    return word(this.value, index);
  }

  /**
   * Sets the value.
   * @param later how much the engine's count grows until the counter reads so: 1 if a write takes effect in the next cycle.
   */
  set(value: bigint, later: 0 | 1 = 0): void {
    this.offset = value - this.origin - (this.still ? 0n : BigInt(later));
  }

  /** Counts `amount` more than the engine, unless it stands still. */
  add(amount: bigint): void {
    if (!this.still) this.offset += amount;
  }

  /**
   * Stops the counter or lets it go on (`mcountinhibit`, privileged ISA 3.1.12).
   * @param later how much the engine's count grows until that takes effect
   */
  stop(still: boolean, later: 0 | 1 = 0): void {
    if (still === this.still) return;
    const { value } = this;
    this.still = still;
    this.offset = still ? value + BigInt(later) : value - BigInt(this.count()) - BigInt(later);
  }

  /** The state as words; whether it stands still is the owner's to keep. */
  save(): [number, number] {
    return [word(this.offset, 0), word(this.offset, 1)];
  }

  /** Restores what `save` gave. */
  load(low: number, high: number, still = false): void {
    this.offset = (BigInt(high) << 32n) | BigInt(low >>> 0);
    this.still = still;
  }
}
