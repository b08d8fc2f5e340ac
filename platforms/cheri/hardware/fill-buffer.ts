/** Words of a line: it comes from memory in as many transfers (`ibex_pkg`, IC_LINE_BEATS). */
export const WORDS = 2;

/**
 * One line that the instruction cache has looked up and whose words are not all in place yet: words are asked for, arrive,
 * go to decode, and the line into the cache. Counts begin with the word that the fetch was for.
 *
 * Source: `ibex_icache`, section "Fill buffer tracking".
 */
export class FillBuffer {
  busy = false;
  /** Lookups since this one: the largest is the oldest. */
  age = 0;
  /** Address of the fetch; its word is the first of the line to be asked for. */
  address = 0;
  /** Fetching has gone elsewhere: decode needs none of this. */
  stale = false;
  /** The line is to be written into the cache, unless it is there; into this way. */
  caches = false;
  way = 0;
  hit = false;
  written = false;
  /** Words asked for, a request that waits for the port, and whether no more are needed. */
  requested = 0;
  held = false;
  requestsDone = false;
  /** Words that have arrived, and those with a bus error as bits. */
  received = 0;
  failed = 0;
  /** Word of the line that decode comes to next, `WORDS` = it has them all. */
  delivered = 0;

  /** A fetch takes the buffer. `requested`: words asked for in the same cycle; `held`: that request waits for the port. */
  allocate(address: number, caches: boolean, requested: number, held: boolean): void {
    this.busy = true;
    this.age = 0;
    this.address = address;
    this.stale = this.hit = this.written = this.requestsDone = false;
    this.caches = caches;
    this.requested = requested;
    this.held = held;
    this.received = this.failed = 0;
    this.delivered = this.first;
  }

  /** Word of the line that was asked for first. */
  private get first(): number {
    return (this.address >>> 2) & (WORDS - 1);
  }

  /** Whether nothing is left to be asked for. `hit`: the lookup says so in this cycle. What is not cached is not completed. */
  asked(redirect: boolean, hit: boolean): boolean {
    if (this.held) return false;
    if (hit || this.hit || this.requested === WORDS) return true;
    return !this.caches && (redirect || this.stale || this.first + this.requested >= WORDS);
  }

  /** Whether all answers have come. */
  get complete(): boolean {
    return this.requestsDone && !this.held && this.received === this.requested;
  }

  /** Whether the word that decode comes to next is there. */
  get ready(): boolean {
    return this.hit || this.first + this.received > this.delivered;
  }

  /** Word of the line that arrives next, and its address. */
  get nextWord(): number {
    return (this.first + this.received) & (WORDS - 1);
  }
  get nextAddress(): number {
    return (this.address & -(4 * WORDS)) + 4 * this.nextWord;
  }

  /** Whether the word that arrives next is the one that decode comes to next. */
  get inStep(): boolean {
    return this.first + this.received === this.delivered;
  }

  /** A word arrives. */
  receive(failed: boolean): void {
    if (failed) this.failed |= 1 << this.nextWord;
    this.received++;
  }

  /** Whether the line waits to be written into the cache. */
  get writable(): boolean {
    return this.busy && this.received === WORDS && !this.hit && this.caches && this.failed === 0 && !this.written;
  }

  /** Whether the buffer is free from the next cycle on. */
  finished(redirect: boolean): boolean {
    return (
      (this.written || this.hit || !this.caches || this.failed !== 0) &&
      (this.delivered === WORDS || this.stale || redirect) &&
      this.complete
    );
  }

  /** The state as numbers. */
  save(): number[] {
    const { age, address, way, requested, received, failed, delivered } = this;
    const { busy, stale, caches, hit, written, held, requestsDone } = this;
    const flags = [busy, stale, caches, hit, written, held, requestsDone].map((flag) => (flag ? 1 : 0));
    return [age, address, way, requested, received, failed, delivered, ...flags];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    [this.age, this.address, this.way, this.requested, this.received, this.failed, this.delivered] = state;
    const flags = state.slice(7).map((flag) => flag !== 0);
    [this.busy, this.stale, this.caches, this.hit, this.written, this.held, this.requestsDone] = flags;
  }
}

/** Numbers in what `FillBuffer.save` gives. */
export const FILL_BUFFER_NUMBERS = new FillBuffer().save().length;
