import type { BusResult } from '../../machine/memory.js';
import { Pmsav7 } from './pmsav7.js';
import { Pmsav8 } from './pmsav8.js';
import type { SystemConfig } from './system-control-config.js';

/** What an access wants to do. */
export const enum MpuAccess {
  FETCH,
  LOAD,
  STORE,
}

/** Answer for a whole block of addresses. */
export const enum Uniform {
  /** Every byte is refused. */
  REFUSED,
  /** Every byte is permitted. */
  PERMITTED,
  /** It depends on the byte: ask `check`. */
  MIXED,
}

/** Bytes that always share one answer: no region of PMSAv7 or PMSAv8 starts or ends inside (DDI0403E B3.5.9, DDI0553 MPU_RBAR). */
export const MPU_GRANULE = 32;

/**
 * A memory protection unit: registers at 0xE000ED90 to 0xE000EDCF and the check of every access of the core.
 *
 * A check never has side effects; the fault status registers are the core's concern. `negative` says that the execution
 * priority is below 0 (HardFault, NMI, FAULTMASK), where the MPU is off unless CTRL.HFNMIENA is set.
 */
export interface Mpu {
  /** Number of regions; 0 without an MPU. */
  readonly regions: number;
  /** CTRL.ENABLE. */
  readonly enabled: boolean;
  /** Changes whenever an answer of `check` or `uniform` may have changed. Counts up from 0; never reused in a run. */
  readonly version: number;
  /** Stores to MPU registers so far, those without effect included (`ProtectionCounts.mpuStores`). */
  readonly stores: number;
  /** Whether the regions are looked at: CTRL.ENABLE, and HFNMIENA if `negative`. Else the default memory map decides. */
  applies(negative: boolean): boolean;
  /**
   * Whether the access to the byte at `address` is permitted; the answer is the same for the `MPU_GRANULE` around it.
   * Loads and stores of the private peripheral bus are always permitted here (it has its own rule, see `SystemControl`).
   * Vector fetches are not to be checked at all (DDI0403E B3.5).
   * @param address 32 bits, signed or unsigned.
   */
  check(address: number, access: MpuAccess, privileged: boolean, negative: boolean): boolean;
  /**
   * One answer for the whole aligned block around `address`, if there is one. Cheap, but not free: for fast paths that
   * remember the answer until `version` changes.
   * @param shift the block has 2^shift bytes; 5 to 12.
   */
  uniform(address: number, shift: number, access: MpuAccess, privileged: boolean, negative: boolean): Uniform;
  /**
   * What TT answers about `address` (DDI0553, TT_RESP): MREGION in bits 7:0, MRVALID bit 16, R bit 18, RW bit 19. R and RW
   * are for `privileged`. PMSAv7 has no TT and answers 0. TT without A or T in unprivileged code gets 0: the core's rule.
   */
  testTarget(address: number, privileged: boolean, negative: boolean): number;
  /** A word load of the register at `offset` from 0xE000E000, unsigned. Offsets that are no MPU register read 0. */
  readRegister(offset: number): number;
  /** A word store to the register at `offset` from 0xE000E000; read-only registers and other offsets ignore it. */
  writeRegister(offset: number, value: number): BusResult;
  /** Registers after a reset (MPU off), `stores` 0. `version` changes. */
  reset(): void;
  /** The state as numbers, `stores` included. */
  save(): readonly number[];
  /** Restores what `save` gave. `version` changes. */
  load(state: readonly number[]): void;
}

/** The MPU of a core. */
export function createMpu(config: SystemConfig): Mpu {
  if (config.architecture === 'v8m') return new Pmsav8(config.mpuRegions);
  return new Pmsav7(config.architecture === 'v6m' ? 'v6m' : 'v7m', config.mpuRegions);
}
