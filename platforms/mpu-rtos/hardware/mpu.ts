import type { BusResult } from '../../machine/memory.js';

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

/** Bytes that always share one answer: no region starts or ends inside (DDI0403E B3.5 and DDI0553, MPU_RBAR). */
export const MPU_GRANULE = 32;

/** Bits of MPU_CTRL (DDI0403E B3.5). */
const enum CTRL {
  ENABLE = 1 << 0,
  HFNMIENA = 1 << 1,
  PRIVDEFENA = 1 << 2,
}

/** Offsets of the MPU registers from 0xE000E000. Odd names are those of PMSAv8 where the two differ. */
export const enum MpuRegister {
  TYPE = 0xd90,
  CTRL = 0xd94,
  RNR = 0xd98,
  RBAR = 0xd9c,
  /** RLAR in PMSAv8. */
  RASR = 0xda0,
  /** RBAR_A1, then RASR_A1 or RLAR_A1 and so on up to A3. */
  FIRST_ALIAS = 0xda4,
  LAST_ALIAS = 0xdb8,
  MAIR0 = 0xdc0,
  MAIR1 = 0xdc4,
}

/** Blocks of 256 MiB from which the default memory map lets nothing be executed: 4, 5 and A to F (DDI0403E table B3-1). */
const EXECUTE_NEVER_NIBBLES = 0xfc30;

/** Whether the default memory map permits an access; it restricts nothing but instruction fetches. */
const permitsByDefault = (address: number, access: MpuAccess): boolean =>
  access !== MpuAccess.FETCH || ((EXECUTE_NEVER_NIBBLES >>> (address >>> 28)) & 1) === 0;

/**
 * A memory protection unit: registers at 0xE000ED90 to 0xE000EDC7 and the check of every access of the core. The
 * subclasses say what a region is.
 *
 * A check never has side effects; the fault status registers are the core's concern. `negative` says that the execution
 * priority is below 0 (HardFault, NMI, FAULTMASK), where the MPU is off unless CTRL.HFNMIENA is set. HFNMIENA without
 * ENABLE is UNPREDICTABLE (DDI0403E B3.5, MPU_CTRL); here ENABLE alone counts.
 */
export abstract class Mpu {
  private control = 0;
  private generation = 0;
  private storeCount = 0;
  /** MPU_RNR. Values of regions that do not exist are UNPREDICTABLE: the register keeps its value then. */
  protected region = 0;

  /** @param regions number of regions; 0 without an MPU: every register reads 0 and ignores stores. */
  constructor(readonly regions: number) {}

  /** CTRL.ENABLE. */
  get enabled(): boolean {
    return (this.control & CTRL.ENABLE) !== 0;
  }

  /** Changes whenever an answer of `check`, `uniform` or `testTarget` may have changed. Counts up; never reused in a run. */
  get version(): number {
    return this.generation;
  }

  /** Stores to MPU registers so far, those without effect included (`ProtectionCounts.mpuStores`). */
  get stores(): number {
    return this.storeCount;
  }

  /** Whether the regions are looked at; else the default memory map decides. */
  applies(negative: boolean): boolean {
    return (this.control & CTRL.ENABLE) !== 0 && (!negative || (this.control & CTRL.HFNMIENA) !== 0);
  }

  /**
   * Whether the access to the byte at `address` is permitted (DDI0403E B3.5, DDI0553 rules of MPU checks); the answer
   * is the same for the `MPU_GRANULE` around it. Loads and stores of the private peripheral bus are always permitted
   * here (it has its own rule, see `SystemControl`), and nothing from 0xE0000000 up can be executed. Vector fetches are
   * not to be checked at all.
   * @param address 32 bits, signed or unsigned.
   */
  check(address: number, access: MpuAccess, privileged: boolean, negative: boolean): boolean {
    if (address >>> 29 === 7) {
      if (access === MpuAccess.FETCH) return false;
      if (address >>> 20 === 0xe00) return true;
    }
    if (!this.applies(negative)) return permitsByDefault(address, access);
    return this.decide(address, access, privileged);
  }

  /**
   * One answer for the whole aligned block around `address`, if there is one. Costs little more than a check unless a
   * region ends inside the block. For fast paths that remember the answer until `version` changes.
   * @param shift the block has 2^shift bytes; 5 to 12.
   */
  uniform(address: number, shift: number, access: MpuAccess, privileged: boolean, negative: boolean): Uniform {
    const bytes = 1 << shift;
    const first = (address & -bytes) >>> 0;
    const answer = this.check(first, access, privileged, negative);
    if (this.applies(negative) && this.splits(first, first + bytes - 1)) {
      for (let at = first + MPU_GRANULE; at < first + bytes; at += MPU_GRANULE) {
        if (this.check(at, access, privileged, negative) !== answer) return Uniform.MIXED;
      }
    }
    return answer ? Uniform.PERMITTED : Uniform.REFUSED;
  }

  /**
   * What TT answers about `address` (DDI0553, TT_RESP): MREGION in bits 7:0, MRVALID bit 16, R bit 18, RW bit 19. R and
   * RW are for `privileged`. Only Armv8-M has TT. TT without A or T in unprivileged code gets 0: the core's rule.
   */
  testTarget(address: number, privileged: boolean, negative: boolean): number {
    const isPpb = address >>> 20 === 0xe00;
    const region = this.applies(negative) && !isPpb ? this.regionAt(address) : -1;
    const readable = this.check(address, MpuAccess.LOAD, privileged, negative);
    const writable = readable && this.check(address, MpuAccess.STORE, privileged, negative);
    return (region >= 0 ? (1 << 16) | region : 0) | (readable ? 1 << 18 : 0) | (writable ? 1 << 19 : 0);
  }

  /** A word load of the register at `offset` from 0xE000E000, unsigned. Offsets that are no MPU register read 0. */
  readRegister(offset: number): number {
    if (this.regions === 0) return 0;
    switch (offset) {
      case MpuRegister.TYPE:
        return this.regions << 8;
      case MpuRegister.CTRL:
        return this.control;
      case MpuRegister.RNR:
        return this.region;
      default:
        return this.readRegion(offset) >>> 0;
    }
  }

  /** A word store to the register at `offset` from 0xE000E000; read-only registers and other offsets ignore it. */
  writeRegister(offset: number, value: number): BusResult {
    this.storeCount++;
    if (this.regions === 0) return 'ok';
    switch (offset) {
      case MpuRegister.CTRL:
        this.setControl(value & (CTRL.ENABLE | CTRL.HFNMIENA | CTRL.PRIVDEFENA));
        break;
      case MpuRegister.RNR:
        this.select(value & 0xff);
        break;
      case MpuRegister.TYPE:
        break;
      default:
        this.writeRegion(offset, value >>> 0);
    }
    return 'ok';
  }

  private setControl(control: number): void {
    if (control === this.control) return;
    this.control = control;
    this.generation++;
  }

  /** Sets MPU_RNR. */
  protected select(region: number): void {
    if (region < this.regions) this.region = region;
  }

  /** To be called when the answer of a region has changed. While the MPU is off, nobody can have noticed. */
  protected regionChanged(): void {
    if (this.enabled) this.generation++;
  }

  /** What is decided where no region matches: the default memory map for privileged accesses with PRIVDEFENA, else a fault. */
  protected decideBackground(address: number, access: MpuAccess, privileged: boolean): boolean {
    return privileged && (this.control & CTRL.PRIVDEFENA) !== 0 && permitsByDefault(address, access);
  }

  /** The decision of the regions; the address is not on the private peripheral bus. Addresses here may be signed or unsigned. */
  protected abstract decide(address: number, access: MpuAccess, privileged: boolean): boolean;
  /** Number of the one region that decides about an address, or a negative number. */
  protected abstract regionAt(address: number): number;
  /** Whether a boundary of an enabled region, or of a sub-region, lies inside the block of these addresses. */
  protected abstract splits(first: number, last: number): boolean;
  /** A load of a register that describes regions. */
  protected abstract readRegion(offset: number): number;
  /** A store of an unsigned word to a register that describes regions. */
  protected abstract writeRegion(offset: number, value: number): void;
  /** The registers of all regions as numbers. */
  protected abstract saveRegions(): readonly number[];
  /** Restores what `saveRegions` gave; zeros, as many as are missing, are the state after a reset. */
  protected abstract loadRegions(state: readonly number[]): void;

  /** Registers after a reset (MPU off), `stores` 0. `version` changes. */
  reset(): void {
    this.load([0, 0, 0]);
  }

  /** The state as numbers, `stores` included. */
  save(): readonly number[] {
    return [this.control, this.region, this.storeCount, ...this.saveRegions()];
  }

  /** Restores what `save` gave. `version` changes. */
  load(state: readonly number[]): void {
    [this.control, this.region, this.storeCount] = state;
    this.loadRegions(state.slice(3));
    this.generation++;
  }
}
