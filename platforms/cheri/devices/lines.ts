import type { Device } from '../../machine/device.js';
import type { BusResult } from '../../machine/memory.js';
import type { PlicDevice } from '../hardware/devices/plic.js';

const RAISE = 0x04;

/**
 * Stand-ins for peripherals: a bit stored to +0x04 gives its source of the interrupt controller an edge, in the cycle of the
 * store. Loads read 0. Words only: any other size or offset is a bus error.
 */
export class InterruptLines implements Device {
  readonly name = 'lines';

  /**
   * @param first source of the controller that bit 0 raises.
   * @param count number of bits; others are ignored.
   */
  constructor(
    private readonly controller: PlicDevice,
    private readonly first: number,
    private readonly count: number,
  ) {}

  attach(): void {
    // the controller drives the core
  }

  reset(): void {
    // edges leave nothing behind
  }

  read(offset: number, size: 1 | 2 | 4): number | undefined {
    return size === 4 && offset === RAISE ? 0 : undefined;
  }

  write(offset: number, size: 1 | 2 | 4, value: number): BusResult {
    if (size !== 4 || offset !== RAISE) return 'error';
    for (let bit = 0; bit < this.count; bit++) if (((value >>> bit) & 1) !== 0) this.controller.raise(this.first + bit);
    return 'ok';
  }

  fire(): void {
    // never asks for a wake-up
  }

  save(): number[] {
    return [];
  }

  load(): void {
    // nothing to take over
  }
}
