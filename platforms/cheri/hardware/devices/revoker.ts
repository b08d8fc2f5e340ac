import type { Device } from '../../../machine/device.js';
import type { BusResult } from '../../../machine/memory.js';
import type { RevokerPort } from './revoker-port.js';

const BASE = 0x00;
const TOP = 0x04;
const CONTROL = 0x08;
const EPOCH = 0x0c;
const STATUS = 0x10;
const REQUEST = 0x14;
/** What the upper half of the control register reads, so that a driver recognises the device. */
const SIGNATURE = 0x55000000;

/**
 * The revoker's registers as the driver of cheriot-rtos uses them (research/cheri-cheriot.md section 1.13).
 *
 * | offset | register |
 * |---|---|
 * | 0x00, 0x04 | first granule and last granule of the walk, as addresses |
 * | 0x08 | control: reads a signature; storing 0 and then 1 begins a walk |
 * | 0x0C | epoch, read only: one more when a walk begins and when it ends, so that bit 0 tells whether one is under way |
 * | 0x10 | interrupt status; storing 1 clears it |
 * | 0x14 | interrupt request: bit 0 asks for an interrupt at the end of the walk |
 *
 * Words only: any other size is a bus error.
 */
export class RevokerDevice implements Device {
  readonly name = 'revoker';
  private port!: RevokerPort;
  private epoch = 0;
  private armed = false;
  private status = 0;
  private requested = 0;

  /** @param interrupt called when a walk ends that was to interrupt. */
  constructor(private readonly interrupt: () => void) {}

  /** Plugs the engine in. */
  connect(port: RevokerPort): void {
    this.port = port;
    port.onFinished = () => {
      this.epoch++;
      if (this.requested === 0) return;
      this.status = 1;
      this.interrupt();
    };
  }

  attach(): void {
    // the engine is plugged in by `connect`
  }

  reset(): void {
    this.epoch = this.status = this.requested = 0;
    this.armed = false;
  }

  read(offset: number, size: 1 | 2 | 4): number | undefined {
    if (size !== 4) return undefined;
    if (offset === BASE) return this.port.start >>> 0;
    if (offset === TOP) return this.port.end >>> 0;
    if (offset === CONTROL) return SIGNATURE;
    if (offset === EPOCH) return this.epoch >>> 0;
    if (offset === STATUS) return this.status;
    return offset === REQUEST ? this.requested : 0;
  }

  write(offset: number, size: 1 | 2 | 4, value: number, now: number): BusResult {
    if (size !== 4) return 'error';
    if (offset === BASE) this.port.start = value;
    else if (offset === TOP) this.port.end = value;
    else if (offset === CONTROL) this.control(value, now);
    else if (offset === STATUS) this.status &= ~value & 1;
    else if (offset === REQUEST) this.requested = value & 1;
    return 'ok';
  }

  private control(value: number, now: number): void {
    const begins = (value & 1) !== 0 && this.armed && !this.port.busy;
    this.armed = (value & 1) === 0;
    if (!begins) return;
    this.epoch++;
    this.port.go(now + 1);
  }

  fire(): void {
    // never asks for a wake-up
  }

  save(): number[] {
    return [this.epoch, this.armed ? 1 : 0, this.status, this.requested];
  }

  load(state: readonly number[]): void {
    this.epoch = state[0];
    this.armed = state[1] !== 0;
    [, , this.status, this.requested] = state;
  }
}
