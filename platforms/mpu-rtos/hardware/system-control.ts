import type { BusResult } from '../../machine/memory.js';
import { createMpu, type Mpu } from './mpu.js';
import { Nvic } from './nvic.js';
import { Scb } from './scb.js';
import type { SystemConfig } from './system-control-config.js';
import { SysTick } from './systick.js';

/** First address of the private peripheral bus, and the first after it (DDI0403E B3.1.1). */
export const PPB_START = 0xe0000000;
export const PPB_END = 0xe0100000;

/** Whether an address (signed or unsigned) is on the private peripheral bus, where `SystemControl` answers. */
export const isPpb = (address: number): boolean => address >>> 20 === 0xe00;

/** What the system control space may do to the machine. */
export interface SystemControlHost {
  /** AIRCR.SYSRESETREQ or VECTRESET was written: the machine reports it. */
  resetRequested(): void;
}

/**
 * The private peripheral bus: MPU, NVIC, system control block, SysTick and the cycle counter of the DWT, register by
 * register. One object per core; the parts are public because the core works with them directly.
 *
 * `systick` is a `Device` for its wake-ups: the machine lists it among the devices of its `EventQueue`, attaches it, and maps no region to it.
 */
export class SystemControl {
  readonly mpu: Mpu;
  readonly nvic: Nvic;
  readonly scb: Scb;
  readonly systick: SysTick;

  constructor(
    readonly config: SystemConfig,
    readonly host: SystemControlHost,
  ) {
    this.mpu = createMpu(config);
    this.nvic = new Nvic(config);
    this.scb = new Scb(config, this.nvic);
    this.systick = new SysTick(config, this.nvic);
  }

  /**
   * A load of 1, 2 or 4 bytes at an aligned address of the private peripheral bus.
   * @param now cycle of the access, for SysTick and the cycle counter.
   * @returns the value, unsigned, or undefined for a bus error (no register there, wrong size, unprivileged).
   */
  read(address: number, size: 1 | 2 | 4, privileged: boolean, now: number): number | undefined {
    throw new Error(`to come ${address} ${size} ${privileged} ${now}`);
  }

  /** A store of 1, 2 or 4 bytes at an aligned address of the private peripheral bus. */
  write(address: number, size: 1 | 2 | 4, value: number, privileged: boolean, now: number): BusResult {
    throw new Error(`to come ${address} ${size} ${value} ${privileged} ${now}`);
  }

  /** Reset state of every part. The SysTick device is reset by the machine, with the other devices. */
  reset(): void {
    throw new Error('to come');
  }
  /** The state of every part but `systick` as numbers. */
  save(): readonly number[] {
    throw new Error('to come');
  }
  load(state: readonly number[]): void {
    throw new Error(`to come ${state.length}`);
  }
}
