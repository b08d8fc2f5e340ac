import type { Device, DeviceHost } from '../device.js';
import type { BusResult } from '../memory.js';

/**
 * Ends the run.
 *
 * | offset | store | load |
 * |---|---|---|
 * | 0x00 | the run ends after this instruction; the exit code is the stored value, unsigned | 0 |
 * | others | nothing | 0 |
 *
 * It has no state. Programs that end through `tohost` instead are served by `PhysicalMemory.watch`.
 */
export class ExitDevice implements Device {
  private host!: DeviceHost;

  constructor(readonly name = 'exit') {}

  attach(host: DeviceHost): void {
    this.host = host;
  }

  reset(): void {
    // no state
  }

  read(): number {
    return 0;
  }

  write(offset: number, _size: 1 | 2 | 4, value: number): BusResult {
    if (offset === 0x00) this.host.exit(value >>> 0);
    return 'ok';
  }

  fire(): void {
    // never asks for a wake-up
  }

  save(): number[] {
    return [];
  }

  load(): void {
    // no state
  }
}
