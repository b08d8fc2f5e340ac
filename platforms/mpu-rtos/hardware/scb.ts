import type { Nvic } from './nvic.js';
import type { Architecture, SystemConfig } from './system-control-config.js';

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

/** Bits of DFSR (DDI0403E C1.6.1). */
export const enum DFSR {
  HALTED = 1 << 0,
  BKPT = 1 << 1,
  DWTTRAP = 1 << 2,
  VCATCH = 1 << 3,
  EXTERNAL = 1 << 4,
}

/** CCR after reset, and the bits software can change. On Armv6-M CCR is constant; on Armv8-M bits 0 and 9 are always 1. */
const CCR_RESET: Readonly<Record<Architecture, number>> = { v6m: 0x208, v7m: 0x200, v8m: 0x201 };
const CCR_WRITABLE: Readonly<Record<Architecture, number>> = { v6m: 0, v7m: 0x31b, v8m: 0x51a };
const SCR_WRITABLE = SCR.SLEEPONEXIT | SCR.SLEEPDEEP | SCR.SEVONPEND;

/**
 * Address bits of VTOR. Armv6-M: 31:8, as the M0+ of the RP2040 has it (pico-sdk m0plus.h; a vector table of 48 words needs it);
 * Armv7-M and Armv8-M: 31:7 (DDI0403E B3.2.5). A table less aligned than its length (B1.5.3) is not refused.
 */
const VTOR_BITS: Readonly<Record<Architecture, number>> = { v6m: 0xffffff00, v7m: 0xffffff80, v8m: 0xffffff80 };

/**
 * Registers of the system control block that the core itself reads or sets (DDI0403E B3.2, DDI0553). The core reports
 * faults with the `report` methods; on Armv6-M, which has no fault status registers, they do nothing.
 *
 * MMFAR and BFAR are two registers here; the manuals let a core share one.
 */
export class Scb {
  private words = { vtor: 0, ccr: 0, scr: 0, cfsr: 0, hfsr: 0, dfsr: 0, mmfar: 0, bfar: 0 };
  private readonly hasFaultStatus: boolean;

  constructor(
    readonly config: SystemConfig,
    readonly nvic: Nvic,
  ) {
    this.hasFaultStatus = config.architecture !== 'v6m';
    this.reset();
  }

  /** Address of the vector table, unsigned. */
  get vtor(): number {
    return this.words.vtor;
  }

  set vtor(value: number) {
    this.words.vtor = (value & VTOR_BITS[this.config.architecture]) >>> 0;
  }

  /** CCR as the core obeys it; see `CCR`. A store changes what software can change. */
  get ccr(): number {
    return this.words.ccr;
  }

  set ccr(value: number) {
    const writable = CCR_WRITABLE[this.config.architecture];
    this.words.ccr = (this.words.ccr & ~writable) | (value & writable);
  }

  /** SCR; see `SCR`. */
  get scr(): number {
    return this.words.scr;
  }

  set scr(value: number) {
    this.words.scr = value & SCR_WRITABLE;
    this.nvic.eventOnPending = (value & SCR.SEVONPEND) !== 0;
  }

  /** CFSR, see `CFSR`. */
  get cfsr(): number {
    return this.words.cfsr;
  }

  /** HFSR, see `HFSR`; signed. */
  get hfsr(): number {
    return this.words.hfsr;
  }

  /** DFSR, see `DFSR`. */
  get dfsr(): number {
    return this.words.dfsr;
  }

  /** MMFAR, unsigned; it means something while CFSR.MMARVALID is set. */
  get mmfar(): number {
    return this.words.mmfar;
  }

  set mmfar(value: number) {
    this.words.mmfar = value >>> 0;
  }

  /** BFAR, unsigned; it means something while CFSR.BFARVALID is set. */
  get bfar(): number {
    return this.words.bfar;
  }

  set bfar(value: number) {
    this.words.bfar = value >>> 0;
  }

  /** Clears the bits of CFSR that are 1 in `bits`, as a store does; likewise for HFSR and DFSR. */
  clearCfsr(bits: number): void {
    this.words.cfsr &= ~bits;
  }

  clearHfsr(bits: number): void {
    this.words.hfsr &= ~bits;
  }

  clearDfsr(bits: number): void {
    this.words.dfsr &= ~bits;
  }

  /** Sets bits of CFSR (`CFSR`). */
  reportFault(bits: number): void {
    if (this.hasFaultStatus) this.words.cfsr |= bits;
  }

  /** Sets bits of CFSR with MMARVALID, and MMFAR. */
  reportMemManage(bits: number, address: number): void {
    if (!this.hasFaultStatus) return;
    this.words.cfsr |= bits | CFSR.MMARVALID;
    this.mmfar = address;
  }

  /** Sets bits of CFSR with BFARVALID, and BFAR. */
  reportBusFault(bits: number, address: number): void {
    if (!this.hasFaultStatus) return;
    this.words.cfsr |= bits | CFSR.BFARVALID;
    this.bfar = address;
  }

  /** Sets bits of HFSR (`HFSR`). */
  reportHardFault(bits: number): void {
    if (this.hasFaultStatus) this.words.hfsr |= bits;
  }

  /** Sets bits of DFSR (`DFSR`). */
  reportDebugEvent(bits: number): void {
    if (this.hasFaultStatus) this.words.dfsr |= bits;
  }

  reset(): void {
    this.load([0, CCR_RESET[this.config.architecture], 0, 0, 0, 0, 0, 0]);
  }

  save(): readonly number[] {
    const { vtor, ccr, scr, cfsr, hfsr, dfsr, mmfar, bfar } = this.words;
    return [vtor, ccr, scr, cfsr, hfsr, dfsr, mmfar, bfar];
  }

  load(state: readonly number[]): void {
    const [vtor, ccr, scr, cfsr, hfsr, dfsr, mmfar, bfar] = state;
    this.words = { vtor, ccr, scr, cfsr, hfsr, dfsr, mmfar, bfar };
    this.nvic.eventOnPending = (scr & SCR.SEVONPEND) !== 0;
  }
}
