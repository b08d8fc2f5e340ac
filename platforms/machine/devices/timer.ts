import type { Device, DeviceHost } from '../device.js';
import type { BusResult } from '../memory.js';

/** Offsets of the timer's registers. A register that is not named does not exist. */
export interface TimerRegisters {
  /** 64-bit count, low word first. */
  readonly count: number;
  /** 64-bit compare value, low word first. */
  readonly compare: number;
  /** Period in ticks. */
  readonly period?: number;
  /** Level of the interrupt line; acknowledges a periodic interrupt. */
  readonly status?: number;
}

/** How a board uses the timer. */
export interface TimerOptions {
  readonly name?: string;
  /** The core's interrupt line. */
  readonly line: number;
  /** Core cycles in one tick of the count, an integer of at least 1; default 1. For milliseconds: clock in Hz / 1000. */
  readonly cyclesPerTick?: number;
  /** Register offsets; default `TIMER_REGISTERS`. */
  readonly registers?: TimerRegisters;
}

/** The timer's own register map. */
export const TIMER_REGISTERS: TimerRegisters = { count: 0x00, compare: 0x08, period: 0x10, status: 0x14 };

const MATCH = 0;
const WORD = 2 ** 32;

/** An unsigned 64-bit value in two halves, each an unsigned number: exact, where a Number is not beyond 2^53. */
interface Word64 {
  readonly high: number;
  readonly low: number;
}

const below = (a: Word64, b: Word64): boolean => a.high < b.high || (a.high === b.high && a.low < b.low);

/** a + n mod 2^64, for an integer n of at most 2^53. */
const plus = (a: Word64, n: number): Word64 => {
  const low = a.low + (n % WORD);
  return { high: (a.high + Math.floor(n / WORD) + (low >= WORD ? 1 : 0)) % WORD, low: low % WORD };
};

/** Ticks until a count at `from` next becomes `to` (1 to 2^64); exact below 2^53. */
const ticksUntil = (from: Word64, to: Word64): number =>
  (to.high + (below(from, to) ? 0 : WORD) - from.high) * WORD + (to.low - from.low);

/**
 * One 64-bit compare timer for every board: RISC-V `mtime`/`mtimecmp`, a millisecond tick timer, a periodic pre-emption
 * timer. The count runs from 0 at reset, one tick every `cyclesPerTick` cycles, and wraps at 2^64.
 *
 * | offset | register | meaning |
 * |---|---|---|
 * | 0x00, 0x04 | count, low and high word | may be written; the new count starts a whole tick |
 * | 0x08, 0x0C | compare, low and high word | all ones after reset |
 * | 0x10 | period | ticks, 0 (after reset) = one-shot |
 * | 0x14 | status | bit 0 = level of the line; storing a 1 to bit 0 acknowledges a periodic interrupt |
 *
 * *One-shot* (period 0): the line is high exactly while count >= compare, unsigned; software lowers it by moving compare.
 * *Periodic*: when the count reaches compare, the line goes high and stays so until it is acknowledged or the period set to 0,
 * and compare moves on by one period, so that nothing drifts however late software is. A compare that is written already in the
 * past counts as reached at once; the next match is then one period after the write.
 *
 * The two words of a 64-bit register are two stores: write all ones to the half that would match too early first, as the
 * RISC-V privileged manual shows for `mtimecmp`. Words only: any other size or offset is a bus error.
 */
export class TimerDevice implements Device {
  readonly name: string;
  private readonly line: number;
  private readonly cyclesPerTick: number;
  private readonly registers: TimerRegisters;
  private host!: DeviceHost;
  /** The count was `base` at cycle `origin`. */
  private origin = 0;
  private base: Word64 = { high: 0, low: 0 };
  private compare: Word64 = { high: WORD - 1, low: WORD - 1 };
  private period = 0;
  private unacknowledged = false;
  private level = false;

  /** @throws RangeError if `cyclesPerTick` is not an integer of at least 1. */
  constructor(options: TimerOptions) {
    this.name = options.name ?? 'timer';
    this.line = options.line;
    this.cyclesPerTick = options.cyclesPerTick ?? 1;
    this.registers = options.registers ?? TIMER_REGISTERS;
    if (!Number.isSafeInteger(this.cyclesPerTick) || this.cyclesPerTick < 1) {
      throw new RangeError(
        `timer '${this.name}': ${this.cyclesPerTick} cycles per tick, must be an integer of at least 1`,
      );
    }
  }

  attach(host: DeviceHost): void {
    this.host = host;
  }

  reset(): void {
    this.origin = 0;
    this.base = { high: 0, low: 0 };
    this.compare = { high: WORD - 1, low: WORD - 1 };
    this.period = 0;
    this.unacknowledged = false;
    this.level = false;
    this.host.cancel(this, MATCH);
    this.host.setInterruptLine(this.line, false);
  }

  read(offset: number, size: 1 | 2 | 4, now: number): number | undefined {
    const { count, compare, period, status } = this.registers;
    if (size !== 4) return undefined;
    if (offset === count) return this.countAt(now).low;
    if (offset === count + 4) return this.countAt(now).high;
    if (offset === compare) return this.compare.low;
    if (offset === compare + 4) return this.compare.high;
    if (offset === period) return this.period;
    if (offset === status) return this.unacknowledged || !below(this.countAt(now), this.compare) ? 1 : 0;
    return undefined;
  }

  write(offset: number, size: 1 | 2 | 4, value: number, now: number): BusResult {
    const { count, compare, period, status } = this.registers;
    const word = value >>> 0;
    if (size !== 4) return 'error';
    this.update(now); // what was due before this store happened before it
    if (offset === count) this.setCount({ high: this.countAt(now).high, low: word }, now);
    else if (offset === count + 4) this.setCount({ high: word, low: this.countAt(now).low }, now);
    else if (offset === compare) this.compare = { high: this.compare.high, low: word };
    else if (offset === compare + 4) this.compare = { high: word, low: this.compare.low };
    else if (offset === period) this.setPeriod(word);
    else if (offset === status) this.unacknowledged &&= (word & 1) === 0;
    else return 'error';
    this.update(now);
    return 'ok';
  }

  fire(_tag: number, at: number): void {
    this.update(at);
  }

  save(): number[] {
    const { base, compare } = this;
    const flags = (this.unacknowledged ? 1 : 0) | (this.level ? 2 : 0);
    return [this.origin, base.high, base.low, compare.high, compare.low, this.period, flags];
  }

  load(state: readonly number[]): void {
    const [origin, baseHigh, baseLow, compareHigh, compareLow, period, flags] = state;
    this.origin = origin;
    this.base = { high: baseHigh, low: baseLow };
    this.compare = { high: compareHigh, low: compareLow };
    this.period = period;
    this.unacknowledged = (flags & 1) !== 0;
    this.level = (flags & 2) !== 0;
    this.host.setInterruptLine(this.line, this.level);
  }

  private countAt(now: number): Word64 {
    return plus(this.base, Math.floor((now - this.origin) / this.cyclesPerTick));
  }

  private setCount(count: Word64, now: number): void {
    this.base = count;
    this.origin = now;
  }

  private setPeriod(period: number): void {
    this.period = period;
    if (period === 0) this.unacknowledged = false;
  }

  /** Brings line and wake-up up to date with the registers at cycle `now`. */
  private update(now: number): void {
    const ticks = Math.floor((now - this.origin) / this.cyclesPerTick);
    const count = plus(this.base, ticks);
    let reached = !below(count, this.compare);
    if (reached && this.period !== 0) {
      this.unacknowledged = true;
      this.compare = plus(this.compare, this.period);
      if (!below(count, this.compare)) this.compare = plus(count, this.period);
      reached = false;
    }
    this.setLevel(reached || this.unacknowledged);

    // the line next changes when the count reaches compare or, above compare, when it wraps to 0
    const next = ticks + ticksUntil(count, reached ? { high: 0, low: 0 } : this.compare);
    const at = this.origin + next * this.cyclesPerTick;
    this.host.cancel(this, MATCH);
    if (at <= Number.MAX_SAFE_INTEGER) this.host.schedule(this, at, MATCH);
  }

  private setLevel(level: boolean): void {
    if (level === this.level) return;
    this.level = level;
    this.host.setInterruptLine(this.line, level);
  }
}
