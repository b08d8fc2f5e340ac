/** log2 of the bytes of one line, 256 bits, and of one word of the flash array, 64 bits. */
const LINE_LOG = 5;
const WORD_LOG = 3;
const WORDS_PER_LINE_MASK = 3;
const EMPTY = -1;

/**
 * A fully associative cache of 256-bit lines that are filled by 64-bit words, least recently used line first out. It holds
 * which words are present, no data.
 */
export class FlashCache {
  private readonly tags: Int32Array;
  /** Words present, one bit each. */
  private readonly present: Uint8Array;
  /** When each line was last used, as a count of uses. */
  private readonly used: Float64Array;
  private uses = 0;

  constructor(readonly lines: number) {
    this.tags = new Int32Array(lines).fill(EMPTY);
    this.present = new Uint8Array(lines);
    this.used = new Float64Array(lines);
  }

  /** Whether the word that holds `address` is present. Changes nothing. */
  has(address: number): boolean {
    const line = this.find(address);
    return line >= 0 && ((this.present[line] >>> wordInLine(address)) & 1) !== 0;
  }

  /** Notes a use of the line of `address`, which is present. */
  use(address: number): void {
    const line = this.find(address);
    if (line >= 0) this.used[line] = ++this.uses;
  }

  /** Takes in the word that holds `address`; a new line replaces the one that was used longest ago. */
  fill(address: number): void {
    let line = this.find(address);
    if (line < 0) {
      line = this.oldest();
      this.tags[line] = address >>> LINE_LOG;
      this.present[line] = 0;
    }
    this.present[line] |= 1 << wordInLine(address);
    this.used[line] = ++this.uses;
  }

  private find(address: number): number {
    const tag = address >>> LINE_LOG;
    for (let line = 0; line < this.lines; line++) if (this.tags[line] === tag) return line;
    return -1;
  }

  private oldest(): number {
    let oldest = 0;
    for (let line = 1; line < this.lines; line++) if (this.used[line] < this.used[oldest]) oldest = line;
    return oldest;
  }

  reset(): void {
    this.tags.fill(EMPTY);
    this.present.fill(0);
    this.used.fill(0);
    this.uses = 0;
  }

  /** The state as numbers, 1 + 3 * lines of them. */
  save(): readonly number[] {
    return [this.uses, ...this.tags, ...this.present, ...this.used];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    this.uses = state[0];
    for (let i = 0; i < this.lines; i++) {
      this.tags[i] = state[1 + i];
      this.present[i] = state[1 + this.lines + i];
      this.used[i] = state[1 + 2 * this.lines + i];
    }
  }
}

const wordInLine = (address: number): number => (address >>> WORD_LOG) & WORDS_PER_LINE_MASK;
