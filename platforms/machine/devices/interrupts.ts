import type { Device, DeviceHost } from '../device.js';
import type { BusResult } from '../memory.js';

/** Which interrupt lines of the core an `InterruptDevice` drives. */
export interface InterruptOptions {
  readonly name?: string;
  /** Core line that bit 0 drives; bit b drives line `first + b`. Default 0. */
  readonly first?: number;
  /** Number of lines, 1 to 32; default 32. */
  readonly count?: number;
}

/**
 * Interrupt lines under software control: a software interrupt (RISC-V `msip` is this device with one line), a doorbell, or
 * the stand-in for a peripheral whose interrupt a workload measures. Lines are levels and stay until they are cleared.
 *
 * | offset | store | load |
 * |---|---|---|
 * | 0x00 level | bit b = level of line b, for all lines | the levels |
 * | 0x04 set | raises the lines whose bit is 1 | the levels |
 * | 0x08 clear | lowers the lines whose bit is 1 | the levels |
 *
 * Words only: any other size or offset is a bus error. Bits at and above `count` are ignored and read 0. A line changes
 * in the cycle of the store.
 */
export class InterruptDevice implements Device {
  readonly name: string;
  private readonly first: number;
  private readonly mask: number;
  private levels = 0;
  private host!: DeviceHost;

  /** @throws RangeError if `count` is not 1 to 32. */
  constructor(options: InterruptOptions = {}) {
    const count = options.count ?? 32;
    if (!Number.isInteger(count) || count < 1 || count > 32) {
      throw new RangeError(`interrupt device of ${count} lines: must be 1 to 32`);
    }
    this.name = options.name ?? 'interrupts';
    this.first = options.first ?? 0;
    this.mask = 0xffffffff >>> (32 - count);
  }

  /** The levels as bits; a harness may set them between two calls of `run`, as a peripheral outside the guest would. */
  get lines(): number {
    return this.levels;
  }

  set lines(levels: number) {
    const changed = this.levels ^ (levels & this.mask);
    this.levels = (levels & this.mask) >>> 0;
    this.drive(changed);
  }

  attach(host: DeviceHost): void {
    this.host = host;
  }

  reset(): void {
    this.levels = 0;
    this.drive(this.mask);
  }

  read(offset: number, size: 1 | 2 | 4): number | undefined {
    return size === 4 && (offset === 0x00 || offset === 0x04 || offset === 0x08) ? this.levels : undefined;
  }

  write(offset: number, size: 1 | 2 | 4, value: number): BusResult {
    if (size !== 4) return 'error';
    if (offset === 0x00) this.lines = value;
    else if (offset === 0x04) this.lines = this.levels | value;
    else if (offset === 0x08) this.lines = this.levels & ~value;
    else return 'error';
    return 'ok';
  }

  fire(): void {
    // never asks for a wake-up
  }

  save(): number[] {
    return [this.levels];
  }

  load(state: readonly number[]): void {
    this.levels = state[0] >>> 0;
    this.drive(this.mask);
  }

  /** Puts the levels of the lines in `which` on the core. */
  private drive(which: number): void {
    for (let bit = 0; bit < 32; bit++) {
      if (((which >>> bit) & 1) !== 0) this.host.setInterruptLine(this.first + bit, ((this.levels >>> bit) & 1) !== 0);
    }
  }
}
