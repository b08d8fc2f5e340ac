import type { Device } from '../device.js';
import type { BusResult } from '../memory.js';

/** Where a board's UART has its two registers, and what the status reads. Offsets count from the start of the region. */
export interface ConsoleOptions {
  readonly name?: string;
  /** Offset of the data register; default 0x00. */
  readonly data?: number;
  /** Offset of the status register; default 0x04. */
  readonly status?: number;
  /** What the status register reads: always "ready to send", as the guest's driver expects it. Default 1; 0x60 for a 16550. */
  readonly ready?: number;
  /** Bytes of output that are kept; default 1 MiB. */
  readonly capacity?: number;
}

/**
 * An output-only UART that is always ready: takes no guest time, has no input and no interrupt.
 *
 * | offset | store | load |
 * |---|---|---|
 * | 0x00 data | the low byte is sent | 0 |
 * | 0x04 status | nothing | 1 = ready to send |
 * | others | nothing (a driver may set a baud rate) | 0 |
 *
 * Accesses of 1, 2 and 4 bytes do the same. Output beyond `capacity` bytes is counted and dropped, so that a guest that
 * prints in a loop cannot use up the host.
 */
export class ConsoleDevice implements Device {
  readonly name: string;
  private readonly data: number;
  private readonly status: number;
  private readonly ready: number;
  private readonly buffer: Uint8Array;
  private length = 0;
  private lost = 0;

  constructor(options: ConsoleOptions = {}) {
    this.name = options.name ?? 'console';
    this.data = options.data ?? 0x00;
    this.status = options.status ?? 0x04;
    this.ready = options.ready ?? 1;
    this.buffer = new Uint8Array(options.capacity ?? 1 << 20);
  }

  /** The output so far as text (UTF-8; what is not becomes U+FFFD). */
  get text(): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.buffer.subarray(0, this.length));
  }

  /** Bytes that came after the capacity was reached. */
  get dropped(): number {
    return this.lost;
  }

  attach(): void {
    // needs nothing of its host
  }

  reset(): void {
    this.length = 0;
    this.lost = 0;
  }

  read(offset: number): number {
    return offset === this.status ? this.ready : 0;
  }

  write(offset: number, _size: 1 | 2 | 4, value: number): BusResult {
    if (offset !== this.data) return 'ok';
    if (this.length < this.buffer.length) this.buffer[this.length++] = value;
    else this.lost++;
    return 'ok';
  }

  fire(): void {
    // never asks for a wake-up
  }

  save(): number[] {
    return [this.lost, ...this.buffer.subarray(0, this.length)];
  }

  load(state: readonly number[]): void {
    const [lost = 0] = state;
    this.lost = lost;
    this.length = state.length - 1;
    this.buffer.set(state.slice(1));
  }
}
