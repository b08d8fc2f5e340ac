import { Mpu, MpuAccess, MpuRegister } from './mpu.js';

/** RLAR without bit 4, which is PXN only from Armv8.1-M on (DDI0553, MPU_RLAR). */
const RLAR_BITS = 0xffffffef;
const RLAR_ENABLE = 1 << 0;
const RBAR_XN = 1 << 0;
/** AP[1]: unprivileged accesses too. */
const RBAR_ANY_PRIVILEGE = 1 << 1;
/** AP[2]: read-only. */
const RBAR_READ_ONLY = 1 << 2;

/** Answers of `find` that are no region number. */
const NO_REGION = -1;
const SEVERAL_REGIONS = -2;

/** An address as a signed word that compares as the address does unsigned. */
const ordered = (address: number): number => address ^ 0x80000000;

/**
 * The MPU of Armv8-M (DDI0553, MPU registers; Arm 100699): regions from a base to a limit in steps of 32 bytes. An access
 * where two enabled regions overlap faults. Attributes (SH, AttrIndx, MAIR) are stored and have no effect here.
 */
export class Pmsav8 extends Mpu {
  private readonly rbar: Uint32Array;
  private readonly rlar: Uint32Array;
  /** First and last address of each region, as `ordered` words; first > last if it never matches. */
  private readonly first: Int32Array;
  private readonly last: Int32Array;
  private readonly mair = new Uint32Array(2);

  constructor(regions: number) {
    super(regions);
    this.rbar = new Uint32Array(regions);
    this.rlar = new Uint32Array(regions);
    this.first = new Int32Array(regions).fill(1);
    this.last = new Int32Array(regions);
  }

  protected decide(address: number, access: MpuAccess, privileged: boolean): boolean {
    const region = this.find(address);
    if (region === NO_REGION) return this.decideBackground(address, access, privileged);
    if (region === SEVERAL_REGIONS) return false;
    const rbar = this.rbar[region];
    if (!privileged && (rbar & RBAR_ANY_PRIVILEGE) === 0) return false;
    if (access === MpuAccess.STORE) return (rbar & RBAR_READ_ONLY) === 0;
    return access === MpuAccess.LOAD || (rbar & RBAR_XN) === 0;
  }

  protected regionAt(address: number): number {
    return this.find(address);
  }

  private find(address: number): number {
    const place = ordered(address);
    let found = NO_REGION;
    for (let region = 0; region < this.regions; region++) {
      if (place < this.first[region] || place > this.last[region]) continue;
      if (found !== NO_REGION) return SEVERAL_REGIONS;
      found = region;
    }
    return found;
  }

  protected splits(firstAddress: number, lastAddress: number): boolean {
    const first = ordered(firstAddress);
    const last = ordered(lastAddress);
    for (let region = 0; region < this.regions; region++) {
      const from = this.first[region];
      const to = this.last[region];
      if (from > to) continue;
      if ((from > first && from <= last) || (to >= first && to < last)) return true;
    }
    return false;
  }

  protected readRegion(offset: number): number {
    switch (offset) {
      case MpuRegister.MAIR0:
        return this.mair[0];
      case MpuRegister.MAIR1:
        return this.mair[1];
    }
    const region = this.regionOf(offset);
    if (region < 0) return 0;
    return Pmsav8.isBase(offset) ? this.rbar[region] : this.rlar[region];
  }

  protected writeRegion(offset: number, value: number): void {
    switch (offset) {
      case MpuRegister.MAIR0:
        this.mair[0] = value;
        return;
      case MpuRegister.MAIR1:
        this.mair[1] = value;
        return;
    }
    const region = this.regionOf(offset);
    if (region < 0) return;
    if (Pmsav8.isBase(offset)) this.set(region, value, this.rlar[region]);
    else this.set(region, this.rbar[region], value & RLAR_BITS);
  }

  /** Whether `offset` is RBAR or one of its aliases rather than RLAR. */
  private static isBase(offset: number): boolean {
    return (offset - MpuRegister.RBAR) % 8 === 0;
  }

  /**
   * The region a register is about: that of RNR for RBAR and RLAR; for their aliases n = 1 to 3, RNR with its two low bits
   * replaced by n (DDI0553, MPU_RBAR_An). -1 for other registers and regions that do not exist.
   */
  private regionOf(offset: number): number {
    if (offset < MpuRegister.RBAR || offset > MpuRegister.LAST_ALIAS) return -1;
    const alias = (offset - MpuRegister.RBAR) >>> 3;
    const region = alias === 0 ? this.region : (this.region & ~3) + alias;
    return region < this.regions ? region : -1;
  }

  private set(region: number, rbar: number, rlar: number): void {
    if (this.rbar[region] === rbar >>> 0 && this.rlar[region] === rlar >>> 0) return;
    const matched = this.first[region] <= this.last[region];
    this.rbar[region] = rbar;
    this.rlar[region] = rlar;
    const enabled = (rlar & RLAR_ENABLE) !== 0;
    this.first[region] = enabled ? ordered(rbar & ~31) : 1;
    this.last[region] = enabled ? ordered(rlar | 31) : 0;
    if (matched || this.first[region] <= this.last[region]) this.regionChanged();
  }

  protected saveRegions(): readonly number[] {
    return [...this.mair, ...this.rbar, ...this.rlar];
  }

  protected loadRegions(state: readonly number[]): void {
    this.mair[0] = state[0] ?? 0;
    this.mair[1] = state[1] ?? 0;
    for (let r = 0; r < this.regions; r++) this.set(r, state[2 + r] ?? 0, state[2 + this.regions + r] ?? 0);
  }
}
