import type { BusResult } from '../../machine/memory.js';
import type { Mpu } from './mpu.js';
import { Nvic } from './nvic.js';
import { Pmsav7 } from './pmsav7.js';
import { Pmsav8 } from './pmsav8.js';
import { CCR, Scb } from './scb.js';
import type { SystemConfig } from './system-control-config.js';
import { CycleCounter } from './system-control-debug.js';
import { type SystemParts, type SystemRegister, systemRegisters } from './system-control-registers.js';
import { SysTick } from './systick.js';

/** First address of the private peripheral bus, and the first after it (DDI0403E B3.1.1). */
export const PPB_START = 0xe0000000;
export const PPB_END = 0xe0100000;

/** Whether an address (signed or unsigned) is on the private peripheral bus, where `SystemControl` answers. */
export const isPpb = (address: number): boolean => address >>> 20 === 0xe00;

/** Whether an address is in the system control space, 0xE000E000 to 0xE000EFFF. */
const isScs = (address: number): boolean => address >>> 12 === 0xe000e;

/**
 * Pages of components: ITM, DWT, FPB or BPU, system control space, its alias for Non-secure state (Armv8-M), TPIU, ETM, ROM
 * table. Registers that are not modelled read 0 and ignore stores; elsewhere the bus answers with an error.
 */
const COMPONENTS = [
  0xe0000000, 0xe0001000, 0xe0002000, 0xe000e000, 0xe002e000, 0xe0040000, 0xe0041000, 0xe00ff000,
] as const;

/** What the system control space may do to the machine. */
export interface SystemControlHost {
  /** AIRCR.SYSRESETREQ was written: the machine reports it. */
  resetRequested(): void;
}

/**
 * The private peripheral bus: MPU, NVIC, system control block, SysTick and the cycle counter of the DWT. Its registers are
 * the table in `system-control-registers.ts`. One object per core; the parts are public because the core works with them.
 *
 * `systick` is a `Device` for its wake-ups: the machine lists it among the devices of its `EventQueue`, attaches, resets
 * and saves it with them, and maps no region to it.
 */
export class SystemControl implements SystemParts {
  readonly mpu: Mpu;
  readonly nvic: Nvic;
  readonly scb: Scb;
  readonly systick: SysTick;
  readonly cycleCounter = new CycleCounter();
  private readonly registers: readonly SystemRegister[];
  /** For each word of the system control space its register as an index into `registers`, or -1: MPU stores come in numbers. */
  private readonly indexes = new Int16Array(1024).fill(-1);
  /** The registers outside the system control space, by address. */
  private readonly outside = new Map<number, SystemRegister>();
  private readonly pages: ReadonlySet<number> = new Set(COMPONENTS.map((address) => address >>> 12));

  constructor(
    readonly config: SystemConfig,
    private readonly host: SystemControlHost,
  ) {
    const { architecture, mpuRegions } = config;
    this.mpu = architecture === 'v8m' ? new Pmsav8(mpuRegions) : new Pmsav7(architecture, mpuRegions);
    this.nvic = new Nvic(config);
    this.scb = new Scb(config, this.nvic);
    this.systick = new SysTick(config, this.nvic);
    this.registers = systemRegisters(config);
    this.registers.forEach((register, index) => {
      const { address } = register;
      if (isScs(address)) this.indexes[(address >>> 2) & 1023] = index;
      else this.outside.set(address, register);
    });
  }

  resetRequested(): void {
    this.host.resetRequested();
  }

  /**
   * A load of 1, 2 or 4 bytes at an aligned address of the private peripheral bus (DDI0403E B3.1.1).
   * @param address signed or unsigned.
   * @param now cycle of the access, for SysTick and the cycle counter.
   * @returns the value, unsigned, or undefined for a bus error: unprivileged, no component there, or not a word where
   *   only words are defined (UNPREDICTABLE in the manuals).
   */
  read(address: number, size: 1 | 2 | 4, privileged: boolean, now: number): number | undefined {
    if (!privileged) return undefined;
    const register = this.registerAt(address);
    if (register === undefined) return this.pages.has(address >>> 12) ? 0 : undefined;
    if (!this.acceptsSize(register, size)) return undefined;
    const word = register.read?.(this, now) ?? 0;
    if (size === 4) return word >>> 0;
    return (word >>> (8 * (address & 3))) & (size === 2 ? 0xffff : 0xff);
  }

  /** A store of 1, 2 or 4 bytes at an aligned address of the private peripheral bus; errors as for `read`. */
  write(address: number, size: 1 | 2 | 4, value: number, privileged: boolean, now: number): BusResult {
    const register = this.registerAt(address);
    if (!privileged && !this.permitsUnprivileged(register)) return 'error';
    if (register === undefined) return this.pages.has(address >>> 12) ? 'ok' : 'error';
    if (!this.acceptsSize(register, size)) return 'error';
    if (size === 4) {
      register.write?.(this, value >>> 0, now);
      return 'ok';
    }
    const shift = 8 * (address & 3);
    const mask = (size === 2 ? 0xffff : 0xff) << shift;
    const others = register.narrow === 'keep' ? (register.read?.(this, now) ?? 0) & ~mask : 0;
    register.write?.(this, (others | ((value << shift) & mask)) >>> 0, now);
    return 'ok';
  }

  private registerAt(address: number): SystemRegister | undefined {
    if (!isScs(address)) return this.outside.get((address & ~3) >>> 0);
    const index = this.indexes[(address >>> 2) & 1023];
    return index < 0 ? undefined : this.registers[index];
  }

  private permitsUnprivileged(register: SystemRegister | undefined): boolean {
    return register?.unprivilegedStore === true && (this.scb.ccr & CCR.USERSETMPEND) !== 0;
  }

  private acceptsSize(register: SystemRegister, size: 1 | 2 | 4): boolean {
    return size === 4 || (register.narrow !== undefined && this.config.architecture !== 'v6m');
  }

  /** Reset state of every part but `systick`, which the machine resets with the other devices. */
  reset(): void {
    this.mpu.reset();
    this.nvic.reset();
    this.scb.reset();
    this.cycleCounter.reset();
  }

  /** The state of every part but `systick` as numbers. */
  save(): readonly number[] {
    const parts = [this.mpu.save(), this.nvic.save(), this.scb.save(), this.cycleCounter.save()];
    return parts.flatMap((part) => [part.length, ...part]);
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    let at = 0;
    for (const part of [this.mpu, this.nvic, this.scb, this.cycleCounter]) {
      const length = state[at];
      part.load(state.slice(at + 1, at + 1 + length));
      at += 1 + length;
    }
  }
}
