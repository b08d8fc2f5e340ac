import type { PhysicalMemory } from '../../machine/memory.js';
import { type CoreCounts, SimulatedCore } from '../../machine/simulated-core.js';
import { STOP } from '../../machine/times.js';
import { createFlash, type FlashModel } from './flash.js';
import { Bank, DATA_ENTRIES, dataLookaside, FETCH_ENTRIES, fetchLookaside } from './lookaside.js';
import type { CoreConfig } from './parameters.js';
import type { Nvic } from './nvic.js';
import type { Scb } from './scb.js';
import { isWide } from '../../thumb/decode.js';
import { decoderOf, DecodedSlots, offsetOf, SLOT_LONG } from './slots.js';
import { epsrOfIt, XPSR_T } from './status.js';
import { SystemControl } from './system-control.js';
import type { Mpu } from './mpu.js';
import { type Timing, timingOf } from './timing.js';

/** Why the core executes nothing. */
export const enum Sleep {
  AWAKE = 0,
  /** WFI, or SLEEPONEXIT after an exception return. */
  FOR_INTERRUPT = 1,
  /** WFE. */
  FOR_EVENT = 2,
}

/** Size of the code memory that has wait states, from address 0. */
export const CODE_BYTES = 4 << 20;

/** CONTROL (DDI0403E B1.4.4). */
export const CONTROL_NPRIV = 1;
export const CONTROL_SPSEL = 2;

/**
 * State of a Cortex-M core that the interpreter and the slow paths share.
 *
 * Time is kept as the cycle in which the instruction to come begins to execute, `next`, relative to `base`. What an
 * instruction costs is known when it has been executed; what it costs the one after it (a load that overlaps, an address
 * that waits for a result) is decided there from `done`.
 */
export class Core extends SimulatedCore {
  /** r0 to r12, the current stack pointer, lr. r15 is not kept here. */
  readonly r = new Int32Array(16);
  /** Condition flags: N is the sign of `n`, Z is set if `z` is 0, C is `c` (0 or 1), V is the sign of `v`. */
  n = 0;
  z = 1;
  c = 0;
  v = 0;
  /** APSR.Q, 0 or 1, and APSR.GE, 4 bits. */
  q = 0;
  ge = 0;
  /** ITSTATE of the instruction to come, and of the one being executed. */
  it = 0;
  itAt = 0;
  /** Register with which an LDM or STM to come goes on (EPSR.ICI), 0 if it begins. */
  ici = 0;
  /** An exception makes that LDM or STM begin anew. */
  restarts = false;
  /** EPSR.T. Without it the next instruction raises INVSTATE. */
  thumb = true;
  handler = false;
  /** CONTROL: nPRIV and SPSEL. SPSEL is 0 in handler mode. */
  control = 0;
  /** The stack pointer that is not in r13: see `msp` and `psp`. */
  private otherSp = 0;
  /** Stack limits (Armv8-M). */
  msplim = 0;
  psplim = 0;
  /** Local exclusive monitor: it covers the whole memory, so no address is kept (DDI0439 2.3.4, DDI0337 2.3.4). */
  exclusive = false;
  /** Event register of WFE. */
  event = false;
  sleep: Sleep = Sleep.AWAKE;

  readonly slots: DecodedSlots;
  readonly loads = dataLookaside();
  readonly stores = dataLookaside();
  readonly fetches = fetchLookaside();
  readonly counts: CoreCounts = { traps: 0, interrupts: 0, busBeats: 0 };
  readonly system: SystemControl;
  readonly mpu: Mpu;
  readonly nvic: Nvic;
  readonly scb: Scb;
  readonly timing: Timing;
  /** Timing of the code memory; undefined if it has no wait states. */
  readonly flash: FlashModel | undefined;

  /** Packed form of the instruction executed before the one to come, 0 if a branch or an exception came between. */
  done = 0;
  /** Cycle (relative) of the next event of a device, or of the end of time: an LDM or STM stops there for it. */
  eventAt = 0;

  /** The instruction to come is the target of a branch whose refill has not been charged in full. */
  redirected = false;
  /** The MPU does not permit all of the page being executed: each instruction is checked. */
  checking = false;

  /** First entries of the banks in use: data, unprivileged data (LDRT), fetch. */
  bank: Bank = Bank.PRIVILEGED;
  dataBank = 0;
  fetchBank = 0;
  /** MPU version that the look-asides stand for. */
  private mpuVersion = -1;

  /** Instructions abandoned by a fault of their own. */
  abandoned = 0;

  /** Retired instructions that took no cycle (a folded IT) and have not been charged yet. */
  folded = 0;
  /** `interpret` executes a single instruction (trace). */
  stepping = false;
  /** Phase of the code that each exception interrupted, by exception number. */
  readonly phaseBefore = new Uint8Array(256);
  /** Number of the last exception taken, for traces. */
  lastException = 0;
  /** EXC_RETURN that a branch in handler mode has gone to, 0 if none: the return is carried out at the next boundary. */
  returning = 0;
  /** Code memory: address of the word fetched last, -1 = none. */
  fetchedWord = -1;
  /** Fires the devices' events up to a cycle (absolute) while an exception is being entered; set by the machine. */
  fireEvents: (until: number) => void = () => undefined;
  /** BKPT 0xAB: a semihosting call; set by the machine. */
  semihost: () => void = () => undefined;

  constructor(
    readonly config: CoreConfig,
    memory: PhysicalMemory,
  ) {
    super(memory);
    this.system = new SystemControl(config.system, {
      resetRequested: () => this.wedge('the guest asked for a system reset (AIRCR.SYSRESETREQ)'),
    });
    this.mpu = this.system.mpu;
    this.nvic = this.system.nvic;
    this.scb = this.system.scb;
    this.timing = timingOf(config);
    this.flash = config.flash === 'zero' ? undefined : createFlash(config.flash, config.flashWaitStates);
    this.slots = new DecodedSlots(memory.capacityPages + 1, decoderOf(config.core, config.security));
    this.nvic.changed = () => {
      this.limit = STOP;
    };
    this.nvic.event = () => {
      this.event = true;
    };
    this.reset();
  }

  /** Power-on state; the memory has been reset before. The program counter and the stack pointer are the machine's to set. */
  reset(): void {
    this.r.fill(0);
    this.n = this.c = this.v = this.q = this.ge = 0;
    this.z = 1;
    this.it = this.itAt = this.ici = 0;
    this.thumb = true;
    this.handler = this.exclusive = this.event = this.restarts = false;
    this.sleep = Sleep.AWAKE;
    this.control = this.otherSp = this.msplim = this.psplim = 0;
    this.system.reset();
    this.flash?.reset();
    this.resetExecution();
    this.forgetDecoded();
    this.base = this.next = this.done = this.abandoned = this.folded = 0;
    this.checking = this.redirected = false;
    this.lastException = this.returning = 0;
    this.fetchedWord = -1;
    this.phaseBefore.fill(0);
    this.regimeChanged();
    this.jumpTo(0);
    this.noteMasking();
  }

  forgetDecoded(): void {
    if (!this.relocate) this.relocateTo(this.pc);
    this.slots.forgetAll(this.memory.usedArenaPages);
    this.loads.renew();
    this.stores.renew();
    this.fetches.renew();
  }

  // Program counter

  /** A branch to `pc`; its page is looked up by the next fetch. */
  jumpTo(pc: number): void {
    this.relocateTo(pc);
    this.done = 0;
    this.redirected = true;
  }

  /** Goes on at `pc` with its page looked up anew. */
  relocateTo(pc: number): void {
    this.relocate = true;
    this.pendingPc = pc & ~1;
  }

  /** Whether the instruction in a slot of the page being executed has 32 bits, decoded or not. */
  isWideAt(slot: number): boolean {
    const packed = this.slots.packed[slot];
    if (packed !== 0) return (packed & SLOT_LONG) !== 0;
    return isWide(this.memory.halves[offsetOf(slot) >> 1]);
  }

  // Modes, stacks, status

  /** Whether the code being executed is privileged. */
  get privileged(): boolean {
    return this.handler || (this.control & CONTROL_NPRIV) === 0;
  }

  /** Whether r13 is the process stack pointer. */
  get usesPsp(): boolean {
    return !this.handler && (this.control & CONTROL_SPSEL) !== 0;
  }

  get msp(): number {
    return this.usesPsp ? this.otherSp : this.r[13];
  }
  set msp(value: number) {
    if (this.usesPsp) this.otherSp = value & ~3;
    else this.r[13] = value & ~3;
  }

  get psp(): number {
    return this.usesPsp ? this.r[13] : this.otherSp;
  }
  set psp(value: number) {
    if (this.usesPsp) this.r[13] = value & ~3;
    else this.otherSp = value & ~3;
  }

  /** Lowest address that the current stack pointer may have; 0 without stack limits. */
  get stackLimit(): number {
    return this.usesPsp ? this.psplim : this.msplim;
  }

  /** Changes mode and CONTROL; r13 becomes the stack pointer of the new combination. */
  setMode(handler: boolean, control: number): void {
    const before = this.usesPsp;
    this.handler = handler;
    this.control = control;
    if (before !== this.usesPsp) {
      const current = this.r[13];
      this.r[13] = this.otherSp;
      this.otherSp = current;
    }
    this.regimeChanged();
  }

  /** APSR: N, Z, C, V, Q and GE. */
  get apsr(): number {
    return (
      (this.n & 0x80000000) |
      (this.z === 0 ? 0x40000000 : 0) |
      (this.c << 29) |
      (this.v < 0 ? 0x10000000 : 0) |
      (this.q << 27) |
      (this.ge << 16)
    );
  }

  /** Sets N, Z, C, V and Q. */
  setFlags(value: number): void {
    this.n = value;
    this.z = (value & 0x40000000) === 0 ? 1 : 0;
    this.c = (value >>> 29) & 1;
    this.v = value << 3;
    this.q = this.config.system.architecture === 'v6m' ? 0 : (value >>> 27) & 1;
  }

  /** xPSR as an exception entry stacks it, without the alignment bit. */
  get xpsr(): number {
    return (
      this.apsr |
      (this.thumb ? XPSR_T : 0) |
      epsrOfIt(this.it) |
      (this.it === 0 && this.ici !== 0 ? this.ici << 12 : 0) |
      this.nvic.ipsr
    );
  }

  // Protection

  /** After a change of mode, privilege, execution priority, or MPU: whose answers of the MPU count from here on. */
  regimeChanged(): void {
    const negative = this.nvic.executionPriority < 0;
    const bank = (this.privileged ? 0 : 1) | (negative ? 2 : 0);
    const version = this.mpu.version;
    if (version !== this.mpuVersion) {
      this.mpuVersion = version;
      this.loads.renew();
      this.stores.renew();
      this.fetches.renew();
      if (!this.relocate) this.relocateTo(this.pc);
    }
    if (bank !== this.bank) {
      this.bank = bank;
      if (!this.relocate) this.relocateTo(this.pc);
    }
    this.dataBank = bank * DATA_ENTRIES;
    this.fetchBank = bank * FETCH_ENTRIES;
  }

  /** Whether the execution priority is below 0 in the current regime. */
  get negative(): boolean {
    return this.bank >= Bank.PRIVILEGED_NEGATIVE;
  }

  /** Tells the ledger whether interrupts are masked (`Nvic.blocksInterrupts`). To be called after whatever may change that. */
  noteMasking(): void {
    const now = this.base + this.next;
    if (this.nvic.blocksInterrupts) this.ledger.interruptsMasked(now, this.pc >>> 0);
    else this.ledger.interruptsEnabled(now);
  }

  /** Extra cycles for the fetch of the instruction to come out of code memory. */
  fetchWait(wide: boolean): number {
    const pc = this.pc;
    if (pc >>> 0 >= CODE_BYTES) return 0;
    let wait = this.fetchWord(pc & ~3);
    if (wide && (pc & 2) !== 0) wait += this.fetchWord((pc + 2) & ~3);
    return wait;
  }

  private fetchWord(address: number): number {
    if (address === this.fetchedWord) return 0;
    this.fetchedWord = address;
    return this.flash!.fetch(address, this.base + this.next);
  }

  /** Extra cycles for a load from code memory at cycle `at` (relative). */
  readWait(address: number, at: number): number {
    return this.flash === undefined || address >>> 0 >= CODE_BYTES ? 0 : this.flash.read(address >>> 0, this.base + at);
  }

  /** Stops executing until an interrupt or an event. */
  sleepUntil(what: Sleep): void {
    this.sleep = what;
    this.limit = STOP;
  }

  // What the machine asks

  get waiting(): boolean {
    return this.sleep !== Sleep.AWAKE;
  }

  get retiring(): number {
    return this.next;
  }

  /** The hardware knows of no address spaces. */
  get space(): number {
    return 0;
  }

  protected get arenaOffset(): number {
    return offsetOf(this.slot);
  }

  override charge(): void {
    this.issueCharged += this.folded;
    this.folded = 0;
    super.charge();
  }

  rebase(): void {
    this.moveOrigin(this.next);
  }

  /** No time is kept but `base` and `next`: what an instruction owes is in `done`. */
  settle(): void {
    return;
  }
}
