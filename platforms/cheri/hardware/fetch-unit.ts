import { earlier, PAST } from '../../machine/times.js';

/** Words in the prefetch buffer, and requests under way, at most (`ibex_fetch_fifo`, `ibex_prefetch_buffer`). */
const BUFFERED = 3;
const UNDER_WAY = 2;

/**
 * The prefetch buffer in time: which words have been asked for, are under way, and have arrived. What they hold is not this
 * class's business. It is advanced a cycle at a time: first `wants`, then - the port having been given to it or not -
 * `advance`.
 *
 * Source: `ibex_prefetch_buffer` and `ibex_fetch_fifo`.
 */
export class FetchUnit {
  /** Words that have arrived and are not used up. */
  private words = 0;
  /** Requests under way, the cycles of the first and second response, and how many of the responses are for nobody. */
  private underWay = 0;
  private first = PAST;
  private second = PAST;
  private forNobody = 0;
  /** A request waits for the port; its word is for nobody because fetching has gone elsewhere since. */
  private waiting = false;
  private waitingForNobody = false;

  /** @param latency cycles from the grant of a request to its response. */
  constructor(private readonly latency: number) {}

  /** Whether there is a request in this cycle. `redirect`: fetching goes on elsewhere in it. `enabled`: not asleep. */
  wants(redirect: boolean, enabled: boolean): boolean {
    if (this.waiting) return true;
    return enabled && this.underWay < UNDER_WAY && (redirect || this.words + this.underWay < BUFFERED);
  }

  /**
   * One cycle.
   * @param wants what `wants` said; @param granted the request got the port; @param take the next instruction is wanted by
   *   decode, `odd` if it begins in the upper half of a word, `long` if it has 32 bits.
   * @returns whether an instruction was taken; one that is taken in the cycle of a redirect is lost.
   */
  advance(
    now: number,
    wants: boolean,
    granted: boolean,
    redirect: boolean,
    take: boolean,
    odd: boolean,
    long: boolean,
  ): boolean {
    let arrived = 0;
    const { underWay } = this;
    if (underWay > 0 && this.first === now) {
      if (this.forNobody > 0) this.forNobody--;
      else arrived = 1;
      this.first = this.second;
      this.underWay--;
    }
    const available = this.words + arrived;
    const taken = take && available >= (odd && long ? 2 : 1);
    if (redirect) {
      this.words = 0;
      this.forNobody = this.underWay;
    } else {
      this.words = taken && (odd || long) ? available - 1 : available;
    }
    const useless = this.waiting && (redirect || this.waitingForNobody);
    if (wants && granted) {
      if (this.underWay === 0) this.first = now + this.latency;
      else this.second = now + this.latency;
      this.underWay++;
      if (useless) this.forNobody++;
    }
    this.waiting = wants && !granted;
    this.waitingForNobody = useless && this.waiting;
    return taken;
  }

  /** Whether responses are still to come. */
  get busy(): boolean {
    return this.underWay > 0 || this.waiting;
  }

  /** All that was asked for has arrived. */
  receiveAll(): void {
    this.words += this.underWay - this.forNobody + (this.waiting && !this.waitingForNobody ? 1 : 0);
    this.underWay = this.forNobody = 0;
    this.waiting = this.waitingForNobody = false;
  }

  /** As if code had run for a while without a jump: nothing under way, all words there. */
  fill(): void {
    this.reset();
    this.words = BUFFERED;
  }

  reset(): void {
    this.load([0, 0, PAST, PAST, 0, 0, 0]);
  }

  /** Moves the origin of time by `delta` cycles. */
  settle(delta: number): void {
    this.first = earlier(this.first, delta);
    this.second = earlier(this.second, delta);
  }

  /** The state as numbers. */
  save(): number[] {
    const { words, underWay, first, second, forNobody, waiting, waitingForNobody } = this;
    return [words, underWay, first, second, forNobody, waiting ? 1 : 0, waitingForNobody ? 1 : 0];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    [this.words, this.underWay, this.first, this.second, this.forNobody] = state;
    this.waiting = state[5] !== 0;
    this.waitingForNobody = state[6] !== 0;
  }
}
