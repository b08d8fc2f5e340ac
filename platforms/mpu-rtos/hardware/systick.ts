import type { Device, DeviceHost } from '../../machine/device.js';
import type { BusResult } from '../../machine/memory.js';
import { ExceptionNumber, type Nvic } from './nvic.js';
import type { SystemConfig } from './system-control-config.js';

/** Offsets of the registers from 0xE000E010 (DDI0403E B3.3). */
export const SYSTICK_REGISTERS = { CSR: 0x0, RVR: 0x4, CVR: 0x8, CALIB: 0xc } as const;

const CSR_ENABLE = 1 << 0;
const CSR_TICKINT = 1 << 1;
const CSR_CLKSOURCE = 1 << 2;
const CSR_COUNTFLAG = 1 << 16;
/** CALIB: no reference clock; the number of ticks in 10 ms (bits 23:0) is unknown and reads 0, so SKEW is set. */
const CALIB_NOREF = 2 ** 31;
const CALIB_SKEW = 1 << 30;
const MAXIMUM = 0xffffff;
const ZERO_REACHED = 0;

/**
 * The 24-bit system timer (DDI0403E B3.3, DDI0419 B3.3). Each tick of its clock takes 1 from the count; at 0, the next tick
 * loads RVR. Going from 1 to 0 sets COUNTFLAG and, with TICKINT, makes exception 15 pending: with RVR = N every N + 1 ticks.
 * A tick is a core cycle, or with CLKSOURCE = 0 one of `sysTickReference` cycles. Nothing is done per tick: the count is
 * computed from the cycle of the access, and one wake-up stands in the event queue while TICKINT is set.
 *
 * Enabling goes on from the count as it is. A store to CVR sets it to 0, so that the next tick loads RVR; no exception
 * comes from that. With RVR = 0 the count stays at 0. Without a reference clock CLKSOURCE is fixed at 1. RVR and CVR are
 * UNKNOWN after reset and 0 here. Accesses are words; others are a bus error.
 */
export class SysTick implements Device {
  readonly name = 'systick';
  private readonly fixedControl: number;
  private host!: DeviceHost;
  /** ENABLE, TICKINT and CLKSOURCE. */
  private control = 0;
  private reload = 0;
  /** The count at tick `since`. Ticks are numbered from cycle 0. */
  private count = 0;
  private since = 0;
  private countFlag = false;

  constructor(
    readonly config: SystemConfig,
    private readonly nvic: Nvic,
  ) {
    this.fixedControl = config.sysTickReference === 0 ? CSR_CLKSOURCE : 0;
  }

  attach(host: DeviceHost): void {
    this.host = host;
  }

  reset(): void {
    this.control = this.fixedControl;
    this.reload = 0;
    this.count = 0;
    this.since = 0;
    this.countFlag = false;
  }

  read(offset: number, size: 1 | 2 | 4, now: number): number | undefined {
    if (size !== 4) return undefined;
    switch (offset) {
      case SYSTICK_REGISTERS.CSR:
        return this.readControl(now);
      case SYSTICK_REGISTERS.RVR:
        return this.reload;
      case SYSTICK_REGISTERS.CVR:
        this.settle(now);
        return this.count;
      case SYSTICK_REGISTERS.CALIB:
        return CALIB_SKEW + (this.config.sysTickReference === 0 ? CALIB_NOREF : 0);
      default:
        return undefined;
    }
  }

  write(offset: number, size: 1 | 2 | 4, value: number, now: number): BusResult {
    if (size !== 4) return 'error';
    this.settle(now); // what was due before this store happened before it
    switch (offset) {
      case SYSTICK_REGISTERS.CSR:
        this.control = (value & (CSR_ENABLE | CSR_TICKINT | CSR_CLKSOURCE)) | this.fixedControl;
        this.since = this.tick(now);
        break;
      case SYSTICK_REGISTERS.RVR:
        this.reload = value & MAXIMUM;
        break;
      case SYSTICK_REGISTERS.CVR:
        this.count = 0;
        this.countFlag = false;
        break;
      case SYSTICK_REGISTERS.CALIB:
        break;
      default:
        return 'error';
    }
    this.plan();
    return 'ok';
  }

  fire(_tag: number, at: number): void {
    this.settle(at);
    this.plan();
  }

  save(): readonly number[] {
    return [this.control, this.reload, this.count, this.since, this.countFlag ? 1 : 0];
  }

  load(state: readonly number[]): void {
    const [control, reload, count, since, countFlag] = state;
    this.control = control;
    this.reload = reload;
    this.count = count;
    this.since = since;
    this.countFlag = countFlag !== 0;
  }

  private readControl(now: number): number {
    this.settle(now);
    const value = this.control | (this.countFlag ? CSR_COUNTFLAG : 0);
    this.countFlag = false;
    return value;
  }

  private get cyclesPerTick(): number {
    return (this.control & CSR_CLKSOURCE) !== 0 ? 1 : this.config.sysTickReference;
  }

  private tick(now: number): number {
    return Math.floor(now / this.cyclesPerTick);
  }

  /** Ticks from `since` until the count next goes from 1 to 0; Infinity if it never does. */
  private ticksToZero(): number {
    if (this.count > 0) return this.count;
    return this.reload > 0 ? 1 + this.reload : Infinity;
  }

  /** Brings count, COUNTFLAG and the pending exception up to cycle `now`. */
  private settle(now: number): void {
    if ((this.control & CSR_ENABLE) === 0) return;
    const ticks = this.tick(now) - this.since;
    if (ticks <= 0) return;
    if (ticks >= this.ticksToZero()) {
      this.countFlag = true;
      if ((this.control & CSR_TICKINT) !== 0) this.nvic.setPending(ExceptionNumber.SYSTICK);
    }
    // The tick after 0 loads RVR; from there the count runs down in periods of RVR + 1 ticks.
    this.count =
      ticks <= this.count ? this.count - ticks : this.reload - ((ticks - this.count - 1) % (this.reload + 1));
    this.since += ticks;
  }

  /** Puts the next moment at which the exception becomes pending into the event queue. */
  private plan(): void {
    this.host.cancel(this, ZERO_REACHED);
    if ((this.control & CSR_ENABLE) === 0 || (this.control & CSR_TICKINT) === 0) return;
    const at = (this.since + this.ticksToZero()) * this.cyclesPerTick;
    if (at <= Number.MAX_SAFE_INTEGER) this.host.schedule(this, at, ZERO_REACHED);
  }
}
