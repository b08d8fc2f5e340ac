import type { Nvic } from './nvic.js';
import type { SystemConfig } from './system-control-config.js';

/** Bits of CCR (DDI0403E B3.2.8; STKOFHFNMIGN DDI0553). */
export const enum CCR {
  NONBASETHRDENA = 1 << 0,
  USERSETMPEND = 1 << 1,
  UNALIGN_TRP = 1 << 3,
  DIV_0_TRP = 1 << 4,
  BFHFNMIGN = 1 << 8,
  STKALIGN = 1 << 9,
  STKOFHFNMIGN = 1 << 10,
}

/** Bits of SCR (DDI0403E B3.2.7). */
export const enum SCR {
  SLEEPONEXIT = 1 << 1,
  SLEEPDEEP = 1 << 2,
  SEVONPEND = 1 << 4,
}

/** Bits of CFSR: MMFSR in bits 7:0, BFSR in 15:8, UFSR in 31:16 (DDI0403E B3.2.15; STKOF DDI0553). */
export const enum CFSR {
  IACCVIOL = 1 << 0,
  DACCVIOL = 1 << 1,
  MUNSTKERR = 1 << 3,
  MSTKERR = 1 << 4,
  MMARVALID = 1 << 7,
  IBUSERR = 1 << 8,
  PRECISERR = 1 << 9,
  IMPRECISERR = 1 << 10,
  UNSTKERR = 1 << 11,
  STKERR = 1 << 12,
  BFARVALID = 1 << 15,
  UNDEFINSTR = 1 << 16,
  INVSTATE = 1 << 17,
  INVPC = 1 << 18,
  NOCP = 1 << 19,
  STKOF = 1 << 20,
  UNALIGNED = 1 << 24,
  DIVBYZERO = 1 << 25,
}

/** Bits of HFSR (DDI0403E B3.2.16); DEBUGEVT is bit 31, so the value is negative. */
export const enum HFSR {
  VECTTBL = 1 << 1,
  FORCED = 1 << 30,
  DEBUGEVT = 1 << 31,
}

/**
 * Registers of the system control block that the core itself reads or sets. Armv6-M has none of the fault status
 * registers: there `reportFault` and the others do nothing.
 */
export class Scb {
  /** Address of the vector table. */
  vtor = 0;
  /** CCR as the core obeys it; see `CCR`. On Armv6-M STKALIGN and UNALIGN_TRP are fixed at 1. */
  ccr = 0;
  /** SCR; see `SCR`. */
  scr = 0;
  /** CFSR; see `CFSR`. */
  cfsr = 0;
  /** HFSR; see `HFSR`. */
  hfsr = 0;
  dfsr = 0;
  mmfar = 0;
  bfar = 0;

  constructor(
    readonly config: SystemConfig,
    readonly nvic: Nvic,
  ) {}

  /** Sets bits of CFSR (`CFSR`). */
  reportFault(bits: number): void {
    throw new Error(`to come ${bits}`);
  }
  /** Sets bits of CFSR with MMARVALID, and MMFAR. */
  reportMemManage(bits: number, address: number): void {
    throw new Error(`to come ${bits} ${address}`);
  }
  /** Sets bits of CFSR with BFARVALID, and BFAR. */
  reportBusFault(bits: number, address: number): void {
    throw new Error(`to come ${bits} ${address}`);
  }
  /** Sets bits of HFSR (`HFSR`). */
  reportHardFault(bits: number): void {
    throw new Error(`to come ${bits}`);
  }

  reset(): void {
    throw new Error('to come');
  }
  save(): readonly number[] {
    throw new Error('to come');
  }
  load(state: readonly number[]): void {
    throw new Error(`to come ${state.length}`);
  }
}
