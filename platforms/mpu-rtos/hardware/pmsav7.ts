import { Mpu, MPU_GRANULE, MpuAccess, MpuRegister } from './mpu.js';

/** Bits of RASR that exist: XN, AP, TEX, S, C, B, SRD, SIZE, ENABLE (DDI0403E B3.5, MPU_RASR); Armv6-M has no TEX (DDI0419 B3.5). */
const RASR_BITS = { v6m: 0x1707ff3f, v7m: 0x173fff3f } as const;
/** Smallest region as a power of two, and with it the address bits of RBAR (DDI0419 and DDI0403E B3.5, MPU_RBAR). */
const SMALLEST = { v6m: 8, v7m: 5 } as const;
/** Smallest region with sub-regions, as a power of two (DDI0403E B3.5). */
const SMALLEST_SUBDIVIDED = 8;

/** The base of a region that never matches: no granule starts there. */
const NO_GRANULE = 1;

const RBAR_VALID = 1 << 4;
const RASR_ENABLE = 1 << 0;
const RASR_XN = 1 << 28;

/**
 * Who may do what by RASR.AP (DDI0403E B3.5, MPU_RASR), one bit per access: bit 0 unprivileged read, 1 unprivileged write,
 * 2 privileged read, 3 privileged write. AP 4 is UNPREDICTABLE: nobody may do anything.
 */
const RIGHTS = [0b0000, 0b1100, 0b1101, 0b1111, 0b0000, 0b0100, 0b0101, 0b0101] as const;

/**
 * The MPU of Armv6-M and Armv7-M (DDI0419 B3.5, DDI0403E B3.5): regions of a power of two in size with eight
 * sub-regions each; where enabled regions overlap, the highest number decides.
 *
 * Choices where the manual says UNPREDICTABLE: a region smaller than the minimum never matches; sub-region bits of a
 * region below 256 bytes are ignored; so are address bits of RBAR below the size of the region.
 */
export class Pmsav7 extends Mpu {
  private readonly addressBits: number;
  private readonly rasrBits: number;
  private readonly hasAliases: boolean;
  private readonly rbar: Uint32Array;
  private readonly rasr: Uint32Array;
  // What the registers mean, by region.
  /** log2 of the size in bytes, 0 for a region that never matches. */
  private readonly sizeLog: Uint8Array;
  /** Address bits above the size, and their values in the region's addresses. */
  private readonly mask: Int32Array;
  private readonly base: Int32Array;
  /** Disabled sub-regions. */
  private readonly disabled: Uint8Array;
  private readonly rights: Uint8Array;
  private readonly executable: Uint8Array;

  constructor(
    private readonly architecture: 'v6m' | 'v7m',
    regions: number,
  ) {
    super(regions);
    this.addressBits = -(1 << SMALLEST[architecture]);
    this.rasrBits = RASR_BITS[architecture];
    this.hasAliases = architecture === 'v7m';
    this.rbar = new Uint32Array(regions);
    this.rasr = new Uint32Array(regions);
    this.sizeLog = new Uint8Array(regions);
    this.mask = new Int32Array(regions).fill(-1);
    this.base = new Int32Array(regions).fill(NO_GRANULE);
    this.disabled = new Uint8Array(regions);
    this.rights = new Uint8Array(regions);
    this.executable = new Uint8Array(regions);
  }

  protected decide(address: number, access: MpuAccess, privileged: boolean): boolean {
    const region = this.regionAt(address);
    if (region < 0) return this.decideBackground(address, access, privileged);
    const rights = this.rights[region] >>> (privileged ? 2 : 0);
    if (access === MpuAccess.STORE) return (rights & 2) !== 0;
    return (rights & 1) !== 0 && (access === MpuAccess.LOAD || this.executable[region] !== 0);
  }

  protected regionAt(address: number): number {
    const granule = address & -MPU_GRANULE;
    for (let region = this.regions - 1; region >= 0; region--) {
      if (((granule ^ this.base[region]) & this.mask[region]) !== 0) continue;
      const disabled = this.disabled[region];
      if (disabled === 0 || ((disabled >>> ((address >>> (this.sizeLog[region] - 3)) & 7)) & 1) === 0) return region;
    }
    return -1;
  }

  protected splits(first: number, last: number): boolean {
    for (let region = this.regions - 1; region >= 0; region--) {
      const log = this.sizeLog[region];
      if (log === 0) continue;
      // With all or none of its sub-regions enabled only the ends of the region count.
      const piece = this.disabled[region] === 0 ? log : log - 3;
      const blockSpansPieces = piece < 32 && (first ^ last) >>> piece !== 0;
      if (blockSpansPieces && this.touches(region, first, last)) return true;
    }
    return false;
  }

  /** Whether an aligned block and the region have an address in common: then one contains the other. */
  private touches(region: number, first: number, last: number): boolean {
    const base = this.base[region];
    const blockMask = ~(first ^ last);
    return ((first ^ base) & blockMask & this.mask[region]) === 0;
  }

  protected readRegion(offset: number): number {
    switch (this.withoutAlias(offset)) {
      case MpuRegister.RBAR:
        return this.rbar[this.region] | this.region;
      case MpuRegister.RASR:
        return this.rasr[this.region];
      default:
        return 0;
    }
  }

  protected writeRegion(offset: number, value: number): void {
    switch (this.withoutAlias(offset)) {
      case MpuRegister.RBAR:
        if ((value & RBAR_VALID) !== 0) {
          if ((value & 15) >= this.regions) return;
          this.select(value & 15);
        }
        this.set(this.region, value & this.addressBits, this.rasr[this.region]);
        break;
      case MpuRegister.RASR:
        this.set(this.region, this.rbar[this.region], value & this.rasrBits);
        break;
    }
  }

  /** The register an alias stands for (DDI0403E B3.5); RBAR_A and RASR_A differ from RBAR and RASR in nothing. */
  private withoutAlias(offset: number): number {
    const isAlias = this.hasAliases && offset >= MpuRegister.FIRST_ALIAS && offset <= MpuRegister.LAST_ALIAS;
    return isAlias ? MpuRegister.RBAR + ((offset - MpuRegister.RBAR) % 8) : offset;
  }

  private set(region: number, rbar: number, rasr: number): void {
    if (this.rbar[region] === rbar >>> 0 && this.rasr[region] === rasr >>> 0) return;
    const was = this.sizeLog[region];
    this.rbar[region] = rbar;
    this.rasr[region] = rasr;
    const log = ((rasr >>> 1) & 31) + 1;
    const matches = (rasr & RASR_ENABLE) !== 0 && log >= SMALLEST[this.architecture];
    this.sizeLog[region] = matches ? log : 0;
    this.mask[region] = !matches ? -1 : log === 32 ? 0 : -1 << log;
    this.base[region] = matches ? rbar & this.mask[region] : NO_GRANULE;
    this.disabled[region] = log >= SMALLEST_SUBDIVIDED ? (rasr >>> 8) & 0xff : 0;
    this.rights[region] = RIGHTS[(rasr >>> 24) & 7];
    this.executable[region] = (rasr & RASR_XN) === 0 ? 1 : 0;
    if (was !== 0 || matches) this.regionChanged();
  }

  protected saveRegions(): readonly number[] {
    return [...this.rbar, ...this.rasr];
  }

  protected loadRegions(state: readonly number[]): void {
    for (let r = 0; r < this.regions; r++) this.set(r, state[r] ?? 0, state[this.regions + r] ?? 0);
  }
}
