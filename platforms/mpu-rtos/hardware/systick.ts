import type { Device, DeviceHost } from '../../machine/device.js';
import type { BusResult } from '../../machine/memory.js';
import type { Nvic } from './nvic.js';
import type { SystemConfig } from './system-control-config.js';

/**
 * The 24-bit system timer (DDI0403E B3.3). Makes exception 15 pending when it counts from 1 to 0; no work per cycle.
 * Register offsets: 0x0 CSR, 0x4 RVR, 0x8 CVR, 0xC CALIB.
 */
export class SysTick implements Device {
  readonly name = 'systick';

  constructor(
    readonly config: SystemConfig,
    private readonly nvic: Nvic,
  ) {}

  attach(_host: DeviceHost): void {
    throw new Error('to come');
  }
  reset(): void {
    throw new Error('to come');
  }
  read(_offset: number, _size: 1 | 2 | 4, _now: number): number | undefined {
    throw new Error('to come');
  }
  write(_offset: number, _size: 1 | 2 | 4, _value: number, _now: number): BusResult {
    throw new Error('to come');
  }
  fire(_tag: number, _at: number): void {
    this.nvic.setPending(15);
  }
  save(): readonly number[] {
    throw new Error('to come');
  }
  load(_state: readonly number[]): void {
    throw new Error('to come');
  }
}
