import { ConsoleDevice } from '../../machine/devices/console.js';
import type { Device } from '../../machine/device.js';

/** The CMSDK APB UART of the MPS2 boards (4 KiB at 0x40004000). `text` is the console output. */
export class CmsdkUart implements Device {
  readonly name = 'uart';
  private readonly console = new ConsoleDevice();
  get text(): string {
    return this.console.text;
  }
  attach(): void {}
  reset(): void {}
  read(_offset: number): number | undefined {
    return 0;
  }
  write(_offset: number, _size: 1 | 2 | 4, _value: number): 'ok' | 'error' {
    return 'ok';
  }
  fire(): void {}
  save(): readonly number[] {
    return [];
  }
  load(_state: readonly number[]): void {}
}
