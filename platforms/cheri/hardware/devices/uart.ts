import type { DeviceHost } from '../../../machine/device.js';
import { ConsoleDevice } from '../../../machine/devices/console.js';
import type { BusResult } from '../../../machine/memory.js';

/** Registers of the 16550 on SAFE, a word each, and its status "transmitter empty". */
const DATA = 0x00;
const LINE_STATUS = 0x14;
const TRANSMITTER_EMPTY = 0x60;

/** First byte that is no character but the end of a simulation. */
const EXIT = 0x80;

/**
 * The UART of SAFE's simulator: a console, and the end of the run when a byte from 0x80 up is sent; its low seven bits are
 * the exit code.
 */
export class SafeUart extends ConsoleDevice {
  private host!: DeviceHost;

  constructor() {
    super({ name: 'uart', data: DATA, status: LINE_STATUS, ready: TRANSMITTER_EMPTY });
  }

  override attach(host?: DeviceHost): void {
    if (host !== undefined) this.host = host;
  }

  override write(offset: number, size: 1 | 2 | 4, value: number): BusResult {
    const byte = value & 0xff;
    if (offset !== DATA || byte < EXIT) return super.write(offset, size, value);
    this.host.exit(byte - EXIT);
    return 'ok';
  }
}
