/** DEMCR.TRCENA: the DWT runs (DDI0403E C1.6.5). */
const DEMCR_TRCENA = 1 << 24;
/** DWT_CTRL.CYCCNTENA. */
const CYCCNTENA = 1 << 0;
/** DWT_CTRL without comparators, trace packets, external triggers and profiling counters, with a cycle counter (C1.8.7). */
const DWT_CTRL_FIXED = (1 << 27) | (1 << 26) | (1 << 24);

/**
 * What software uses of the debug components of Armv7-M and Armv8-M: DWT_CYCCNT, the 32-bit counter of core cycles. It
 * counts while DEMCR.TRCENA and DWT_CTRL.CYCCNTENA are set, and can be set.
 */
export class CycleCounter {
  private trace = false;
  private counts = false;
  /** The counter's value while it stands; while it counts, its value minus the cycle. */
  private origin = 0;

  /** TRCENA in its place in DEMCR. */
  get demcr(): number {
    return this.trace ? DEMCR_TRCENA : 0;
  }

  /** A store to DEMCR in cycle `now`. */
  setDemcr(value: number, now: number): void {
    this.change((value & DEMCR_TRCENA) !== 0, this.counts, now);
  }

  /** DWT_CTRL. */
  get control(): number {
    return DWT_CTRL_FIXED | (this.counts ? CYCCNTENA : 0);
  }

  /** A store to DWT_CTRL in cycle `now`. */
  setControl(value: number, now: number): void {
    this.change(this.trace, (value & CYCCNTENA) !== 0, now);
  }

  /** DWT_CYCCNT in cycle `now`, unsigned. */
  count(now: number): number {
    return (this.running ? this.origin + now : this.origin) % 2 ** 32;
  }

  /** A store to DWT_CYCCNT in cycle `now`. */
  setCount(value: number, now: number): void {
    this.origin = this.running ? 2 ** 32 * Math.ceil(now / 2 ** 32) + value - now : value;
  }

  private get running(): boolean {
    return this.trace && this.counts;
  }

  private change(trace: boolean, counts: boolean, now: number): void {
    const value = this.count(now);
    this.trace = trace;
    this.counts = counts;
    this.setCount(value, now);
  }

  reset(): void {
    this.load([0, 0, 0]);
  }

  save(): readonly number[] {
    return [this.trace ? 1 : 0, this.counts ? 1 : 0, this.origin];
  }

  load(state: readonly number[]): void {
    this.trace = state[0] !== 0;
    this.counts = state[1] !== 0;
    this.origin = state[2];
  }
}
