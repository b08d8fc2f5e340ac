import { LINE_HAS_CODE, LINE_WATCHED, PAGE_BYTES, type PhysicalMemory } from '../../machine/memory.js';
import { STOP } from '../../machine/times.js';
import { EXECUTABLE_ROOT, ObjectType, permissionsOf, withType } from './capability.js';
import { baseOf, isEmpty, spanOf } from './capability-bounds.js';
import { CORE_CSRS, CsrFile } from './csr.js';
import type { RevokerPort } from './devices/revoker-port.js';
import type { CoreConfig } from './parameters.js';
import { Permission } from './permissions.js';
import { CapabilityFile, STATE, taggedState } from './registers.js';
import { PAGE_SLOTS, SINK } from './slots.js';
import { SCR, SpecialRegisters } from './special.js';
import { Timing } from './timing.js';

/** Flags that keep a store off the fast path. */
export const LINE_STORE_SLOW = LINE_HAS_CODE | LINE_WATCHED;

/** Offset of the first instruction from the reset vector (`tests/vectors/README.md` section 1). */
export const ENTRY_OFFSET = 0x80;

/** The capability that the core starts with. */
const ROOTS = new CapabilityFile(1);
ROOTS.set(0, 0, EXECUTABLE_ROOT, true);

/**
 * State of the CHERIoT-Ibex core that the interpreter and the slow paths share. Its time is `Timing`.
 */
export class Core extends Timing {
  readonly registers = new CapabilityFile(SINK);
  readonly special = new SpecialRegisters();
  readonly csr: CsrFile;

  /** Capability of the program counter: metadata (unsealed), tag, and whether it has SR. */
  pccMetadata = 0;
  pccTag = false;
  pccSystem = false;
  /** Its bounds: base, and length less one, unsigned. `pccEmpty` if the length is 0. */
  pccBase = 0;
  pccSpan = 0;
  pccEmpty = false;
  /** `CapabilityFile.state` of a copy of it. */
  pccState = 0;

  /** Slots of the page being executed that can be executed without looking at the bounds: from `low` up to `high`. */
  low = 0;
  high = 0;
  /** The instruction to come follows a redirect: if it lies across two words, the second comes a cycle later. */
  redirected = false;

  /** Phase at the last trap, for the return from it. */
  interruptedPhase = 0;
  /** Where the last trap was taken. */
  interruptedPc = 0;
  /** Retired instructions and handler at the last trap, to notice a handler that traps at its first instruction. */
  trappedAt = -1;
  trappedTo = 0;
  constructor(config: CoreConfig, memory: PhysicalMemory) {
    super(config, memory);
    this.revokerPort = this.makeRevokerPort();
    this.csr = new CsrFile(config, {
      cycleCount: () => this.base + this.last,
      retiredCount: () => this.retiredBase + this.retired + (this.countsAhead ? 1 : 0),
      interruptsChanged: () => this.interruptsChanged(),
      cacheSwitched: (on) => this.pipeline.cache?.enable(on, this.last + 1),
      trapAddress: () => this.special.addressOf(SCR.MTCC),
      exceptionAddress: () => this.special.addressOf(SCR.MEPCC),
    });
    this.reset(0);
  }

  /** Power-on state with the reset vector at `boot`; the memory has been reset before. */
  reset(boot: number): void {
    this.registers.reset();
    this.special.reset(boot);
    this.csr.reset();
    this.resetExecution();
    this.forgetDecoded();
    this.resetTime();
    this.trappedAt = -1;
    this.redirected = false;
    this.trappedTo = this.interruptedPhase = this.interruptedPc = 0;
    this.start(boot + ENTRY_OFFSET);
    this.noteMasking();
  }

  /** Starts a program whose first instruction is at `entry`: MTCC points to the reset vector, the 256 bytes it is in. */
  boot(entry: number): void {
    this.special.reset(entry & ~0xff);
    this.start(entry);
  }

  /** Goes on at `pc` with all rights, as after reset. */
  start(pc: number): void {
    this.setPcc(ROOTS, 0);
    this.jumpTo(pc);
    this.pipeline.retarget(pc);
  }

  forgetDecoded(): void {
    this.slots.forgetAll(this.memory.usedArenaPages);
  }

  get space(): number {
    return this.pccBase >>> 0;
  }

  protected get arenaOffset(): number {
    return this.slot << 1;
  }

  /** Goes on at `pc`, where fetching starts anew if `redirected`; the page is looked up by the next fetch. */
  jumpTo(pc: number, redirected = true): void {
    this.relocate = true;
    this.redirected = redirected;
    this.pendingPc = pc | 0;
  }

  /** Makes a capability the one of the program counter, unsealed. */
  setPcc(file: CapabilityFile, register: number): void {
    const metadata = withType(file.metadataOf(register), ObjectType.UNSEALED);
    this.pccMetadata = metadata;
    this.pccTag = file.tagOf(register);
    // Without its tag it fetches nothing.
    this.pccBase = this.pccTag ? file.base[register] : baseOf(metadata, file.address[register]);
    this.pccSpan = spanOf(metadata);
    this.pccEmpty = isEmpty(metadata);
    this.pccState = this.pccTag ? taggedState(metadata, this.pccSpan) : STATE.METADATA;
    this.pccSystem = (permissionsOf(metadata) & Permission.SR) !== 0;
    // `low` and `high` are those of the old one.
    this.relocate = true;
  }

  /** Whether `bytes` bytes at `pc` can be fetched: the tag is there and they are in bounds. */
  fetchable(pc: number, bytes: number): boolean {
    const offset = (pc - this.pccBase) >>> 0;
    return !this.pccEmpty && offset + bytes - 1 <= this.pccSpan >>> 0;
  }

  /** Sets `low` and `high` for the page at `page` and the bounds of the program counter. */
  frame(): void {
    const start = this.page >>> 0;
    const base = this.pccBase >>> 0;
    // One past the last byte; more than 32 bits if the bounds end there.
    const top = base + (this.pccSpan >>> 0) + 1;
    const from = Math.min(Math.max(0, base - start), PAGE_BYTES);
    const to = Math.min(Math.max(0, top - start), PAGE_BYTES);
    this.low = this.pageSlot + ((from + 1) >> 1);
    // The last halfword in bounds may be the first of an instruction that is not: it is looked at each time.
    this.high = this.pageSlot + (top - start >= PAGE_BYTES ? PAGE_SLOTS : (to >> 1) - 1);
    if (!this.pccTag || this.pccEmpty) this.high = this.low;
  }

  /**
   * Looks up the page of a jump's target whose bounds are known to be tagged.
   * @returns its slot, or -1 if it is to be fetched the long way.
   */
  enterPage(pc: number): number {
    const offset = this.memory.readMap[pc >>> 12];
    if (offset === 0) return -1;
    const page = pc & ~0xfff;
    if (this.relocate || this.page !== page || this.pageSlot !== offset >> 1) {
      this.page = page;
      this.pageSlot = offset >> 1;
      this.frame();
    }
    const slot = this.pageSlot + ((pc >>> 1) & (PAGE_SLOTS - 1));
    if (slot < this.low || slot >= this.high) return -1;
    this.relocate = false;
    return slot;
  }

  /**
   * Reads a CSR in cycle `at`, when the counters are those of that cycle. `minstret` is read with the instruction in
   * write-back added; the core adds one although there is none.
   */
  readCsr(number: number, at: number): number {
    const written = this.detailed ? Math.max(this.last + 1, this.pipeline.responseAt) : this.last + 1;
    this.countsAhead = this.config.countsAhead && at > written && this.retiredBase + this.retired > 0;
    this.last = at;
    const value = this.csr.read(number);
    this.countsAhead = false;
    return value;
  }
  private countsAhead = false;

  /** The revoker as devices see it. A walk makes time be kept cycle by cycle from the next instruction on. */
  readonly revokerPort: RevokerPort;

  private makeRevokerPort(): RevokerPort {
    const { revoker } = this;
    const port: RevokerPort = {
      onFinished: () => undefined,
      get start() {
        return revoker.start;
      },
      set start(address) {
        revoker.start = address;
      },
      get end() {
        return revoker.end;
      },
      set end(address) {
        revoker.end = address;
      },
      get busy() {
        return revoker.busy;
      },
      go: (at) => {
        // The abstract model has no idle cycles of the bus: the walk takes no time.
        if (this.common) return port.onFinished(at, revoker.walkAtOnce());
        revoker.go(at - this.base);
        this.limit = STOP;
      },
    };
    revoker.finished = (at, busy) => port.onFinished(this.base + at, busy);
    return port;
  }

  /** Chooses between the two ways to keep time, at an instruction boundary. */
  chooseTiming(): void {
    const detailed = !this.common && (this.alwaysDetailed || this.revoker.active);
    if (detailed === this.detailed) return;
    this.detailed = detailed;
    if (detailed) this.pipeline.begin(this.next);
    else this.jumpTo(this.pc, this.pipeline.isRedirected);
  }

  /** A line or an interrupt-enable bit changed in cycle `last`: it shows in the next. */
  private interruptsChanged(): void {
    this.noteMasking();
    // A mask alone interrupts nothing.
    if (this.csr.interrupt < 0) return;
    this.interruptAt = Math.min(this.interruptAt, this.last + 1);
    this.limit = Math.min(this.limit, this.interruptAt + 1);
  }

  /** Tells the ledger whether interrupts are masked. */
  noteMasking(): void {
    const now = this.base + this.last + 1;
    if (this.csr.masked) this.ledger.interruptsMasked(now, this.pc >>> 0);
    else this.ledger.interruptsEnabled(now);
  }

  /** Sets an interrupt line, which the core sees in cycle `at` (absolute). Lines from 32 on are the fast ones. */
  setLine(line: number, level: boolean, at: number): void {
    const bit = 1 << (line & 31);
    const pending = this.csr.interrupt >= 0;
    if (line < 32) this.csr.lines = level ? this.csr.lines | bit : this.csr.lines & ~bit;
    else this.csr.fast = level ? this.csr.fast | bit : this.csr.fast & ~bit;
    this.wakeAt = at - this.base;
    if (this.csr.interrupt < 0) return;
    this.interruptAt = pending ? Math.min(this.interruptAt, this.wakeAt) : this.wakeAt;
    this.limit = Math.min(this.limit, this.interruptAt + 1);
  }

  /** Sets `privilege` or a CSR as a debugger does. @returns false if there is none of that name. */
  setSystemRegister(name: string, value: number): boolean {
    const number = CORE_CSRS.get(name);
    if (name === 'privilege') this.csr.privilege = value & 3;
    else if (number === undefined) return false;
    else this.csr.write(number, value | 0);
    return true;
  }

  rebase(): void {
    this.moveOrigin(this.next);
  }
}
