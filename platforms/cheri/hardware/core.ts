import { Ledger } from '../../machine/ledger.js';
import { LINE_HAS_CODE, LINE_WATCHED, PAGE_BYTES, type PhysicalMemory } from '../../machine/memory.js';
import { EXECUTABLE_ROOT, ObjectType, permissionsOf, withType } from './capability.js';
import { baseOf, topOf } from './capability-bounds.js';
import { CORE_CSRS, CsrFile } from './csr.js';
import type { RevokerPort } from './devices/revoker-port.js';
import type { CoreConfig } from './parameters.js';
import { Permission } from './permissions.js';
import { Pipeline } from './pipeline.js';
import { CapabilityFile, knownState, LEAST_SPAN, STATE } from './registers.js';
import { Revoker } from './revoker.js';
import { accessesMemory, DecodedSlots, PAGE_SLOTS, SINK, SLOT_LONG } from './slots.js';
import { SCR, SpecialRegisters } from './special.js';
import { TagMemory } from './tags.js';
import { earlier, NEVER, PAST, STOP } from './times.js';

/** Flags that keep a store off the fast path. */
export const LINE_STORE_SLOW = LINE_HAS_CODE | LINE_WATCHED;

/** First cycle in which an instruction can be in decode after reset (measured: first retirement in cycle 5). */
const RESET_CYCLE = 3;

/** Offset of the first instruction from the reset vector (`tests/vectors/README.md` section 1). */
export const ENTRY_OFFSET = 0x80;

/** Cycles from the end of decode to the retirement stamp of the vectors: write-back, and a register of RVFI. */
export const RETIRE_AFTER = 2;

/** Cycles from the response to a load until its result can be read: of a word, and of a capability behind the load filter. */
export const LATE = 1;
export const LATE_FILTERED = 3;

/** Cycles from the redirect of the fetch unit to the new instruction in decode. */
const REDIRECT = 2;
/** The same with `timing=common`, from the end of the instruction that redirects. */
const COMMON_REDIRECT = 2;
/** Cycles that a CSR write which empties the pipeline costs: the flush, and the next instruction's way to decode. */
const FLUSH = 2;
/** Cycles from wfi in decode to the state SLEEP (`ibex_controller`: FLUSH, WAIT_SLEEP, SLEEP). */
const FALLING_ASLEEP = 3;

/** Cycles from the end of sleep to the next instruction in decode. */
const WAKING = 2;

/** The capability that the core starts with. */
const ROOTS = new CapabilityFile(1);
ROOTS.set(0, 0, EXECUTABLE_ROOT, true);

/** Counters of `Counters` that are not derived from others. */
export interface CoreCounts {
  traps: number;
  interrupts: number;
  busBeats: number;
  capabilityLoads: number;
  capabilityStores: number;
}

/**
 * State of the CHERIoT-Ibex core that the interpreter and the slow paths share.
 *
 * Time is kept in cycles of the decode stage (ID/EX) relative to `base`: `next` is the cycle in which the instruction to
 * come arrives there, `last` the one in which the instruction before it left. An instruction retires `RETIRE_AFTER` cycles
 * after it left decode.
 */
export class Core {
  readonly registers = new CapabilityFile(SINK);
  readonly special = new SpecialRegisters();
  readonly csr: CsrFile;
  readonly ledger = new Ledger();
  readonly slots: DecodedSlots;
  readonly tagMemory: TagMemory;
  readonly counts: CoreCounts = { traps: 0, interrupts: 0, busBeats: 0, capabilityLoads: 0, capabilityStores: 0 };
  /** True for `timing=common`. */
  readonly common: boolean;
  /** Keeps time cycle by cycle while `detailed`: else the rules below do. */
  readonly pipeline: Pipeline;
  readonly revoker: Revoker;
  detailed: boolean;
  /** The configuration always needs that. */
  readonly alwaysDetailed: boolean;

  /** Cycles before the slice. */
  base = 0;
  next = 0;
  last = 0;
  /** Cycle from which each register may be read in decode, and from which it may be written. */
  readonly readFrom = new Int32Array(SINK + 1);
  readonly writeFrom = new Int32Array(SINK + 1);
  /** Latest entry of both: no hazard from here on. */
  lateUntil = 0;
  /** First cycle in which an interrupt can be taken: later than the end of the last instruction after mret and wfi. */
  drained = 0;

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

  /** First byte of the page being executed, and its first slot. */
  page = 0;
  pageSlot = 0;
  /** Slots of that page that can be executed without looking at the bounds: from `low` up to `high`. */
  low = 0;
  high = 0;
  /** Slot of the instruction to come. */
  slot = 0;
  /** True while `page`, `pageSlot`, `slot` stand for `pendingPc`, whose page has not been looked up yet. */
  relocate = true;
  pendingPc = 0;
  /** The instruction to come follows a redirect: if it lies across two words, the second comes a cycle later. */
  redirected = false;

  /** Retired instructions before the slice and in it. */
  retiredBase = 0;
  retired = 0;

  // Cycles not yet charged to the ledger, by kind; issue is `retired` less `issueCharged`.
  issueCharged = 0;
  hazard = 0;
  fetchStall = 0;
  dataStall = 0;
  exception = 0;

  /** The interpreter returns when `next` reaches this. Slow paths lower it when something is due earlier. */
  limit = 0;
  /** The interpreter executes one more instruction although `limit` is reached, or the slot is outside of the window. */
  once = false;
  /** Slot that holds something else for the time of one instruction, -1 = none, and what belongs there. */
  private patched = -1;
  private patchedValue = 0;
  /** Phase at the last trap, for the return from it. */
  interruptedPhase = 0;
  /** A probed instruction is being executed: its address. */
  probe: { physical: number; virtual: number; retired: number } | undefined;
  /** Cycle (relative) from which an interrupt may be pending, or `NEVER`. */
  interruptAt = NEVER;
  /** Waiting in `wfi`, and the first cycle in which an interrupt can end that. */
  waiting = false;
  asleepFrom = 0;
  /** Cycle (relative) of the last change of an interrupt line. */
  wakeAt = 0;
  /** Retired instructions and handler at the last trap, to notice a handler that traps at its first instruction. */
  trappedAt = -1;
  trappedTo = 0;
  /** Phase that begins at the next instruction boundary, or -1. */
  pendingPhase = -1;
  /** Kind of the cycles between the end of the last instruction and the next one. */
  trailing: 'fetchStall' | 'exception' = 'fetchStall';
  /** Reason why the core can never go on. */
  wedged: string | undefined;

  /** Physical addresses with a phase mark: phase index by address. */
  readonly phaseMarks = new Map<number, number>();
  /** Physical addresses with a probe; kept by the machine. */
  isProbed: (physical: number) => boolean = () => false;

  constructor(
    readonly config: CoreConfig,
    readonly memory: PhysicalMemory,
  ) {
    this.common = config.timing === 'common';
    this.alwaysDetailed =
      !this.common && (config.memoryPorts === 1 || config.instructionWait > 0 || config.dataWait > 0);
    this.detailed = this.alwaysDetailed;
    this.slots = new DecodedSlots(memory.capacityPages + 1);
    this.tagMemory = new TagMemory(memory);
    this.revoker = new Revoker(memory, this.tagMemory, 1 + config.dataWait, config.dataBusBits === 33);
    this.pipeline = new Pipeline(config, this.revoker);
    memory.codeWritten = (offset) => this.codeWritten(offset);
    this.revokerPort = this.makeRevokerPort();
    this.csr = new CsrFile(config, {
      cycleCount: () => this.base + this.last,
      retiredCount: () => this.retiredBase + this.retired + (this.countsAhead ? 1 : 0),
      interruptsChanged: () => this.interruptsChanged(),
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
    this.ledger.reset();
    this.forgetDecoded();
    this.base = 0;
    this.next = this.common ? 0 : RESET_CYCLE;
    this.last = this.next - 1;
    this.drained = 0;
    this.detailed = this.alwaysDetailed;
    this.revoker.reset();
    this.pipeline.reset(RESET_CYCLE - REDIRECT);
    this.readFrom.fill(0);
    this.writeFrom.fill(0);
    this.lateUntil = 0;
    this.waiting = false;
    this.retiredBase = this.retired = this.issueCharged = 0;
    this.hazard = this.fetchStall = this.dataStall = 0;
    // The cycles before the first instruction belong to none; they are in the ledger, so that it sums.
    this.exception = this.next;
    this.interruptAt = NEVER;
    this.wedged = undefined;
    this.probe = undefined;
    this.pendingPhase = this.trappedAt = this.patched = -1;
    this.once = this.redirected = false;
    this.trappedTo = this.wakeAt = this.interruptedPhase = 0;
    for (const name of Object.keys(this.counts) as (keyof CoreCounts)[]) this.counts[name] = 0;
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
  }

  /** Drops all decoded slots; they are derived from memory. Call before memory pages are given back. */
  forgetDecoded(): void {
    this.slots.forgetAll(this.memory.usedArenaPages);
  }

  /** Address of the instruction to come, signed. */
  get pc(): number {
    return this.relocate ? this.pendingPc : (this.page + ((this.slot - this.pageSlot) << 1)) | 0;
  }

  /** The stamp of a span that ends with the last instruction: it has left decode, whatever the bus still owes. */
  get leaving(): number {
    return this.last + (this.common ? 1 : RETIRE_AFTER);
  }

  /** The stamp of the last instruction's retirement; an access retires with its response. */
  get retiring(): number {
    return this.detailed ? Math.max(this.leaving, this.pipeline.responseAt + 1) : this.leaving;
  }

  /** The core can never go on: the run ends with `reason`. */
  wedge(reason: string): void {
    this.wedged = reason;
    this.limit = STOP;
  }

  /** Goes on at `pc`, where fetching starts anew if `redirected`; the page is looked up by the next fetch. */
  jumpTo(pc: number, redirected = true): void {
    this.relocate = true;
    this.redirected = redirected;
    this.pendingPc = pc | 0;
  }

  /** Makes a capability the one of the program counter, unsealed. */
  setPcc(file: CapabilityFile, register: number): void {
    file.examine(register);
    const metadata = withType(file.metadataOf(register), ObjectType.UNSEALED);
    this.pccMetadata = metadata;
    this.pccTag = file.tagOf(register);
    this.pccBase = file.base[register];
    this.pccSpan = file.span[register];
    this.pccEmpty = false;
    if ((file.state[register] & STATE.BOUNDED) === 0) {
      const address = file.address[register];
      this.pccBase = baseOf(metadata, address);
      const length = topOf(metadata, address) - (this.pccBase >>> 0);
      this.pccSpan = (length - 1) | 0;
      this.pccEmpty = length <= 0;
    }
    const known = this.pccEmpty || this.pccSpan >>> 0 < LEAST_SPAN ? 0 : this.pccSpan >>> 0;
    this.pccState = this.pccTag ? knownState(metadata, known) : STATE.METADATA;
    this.pccSystem = (permissionsOf(metadata) & Permission.SR) !== 0;
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
    this.page = pc & ~0xfff;
    this.pageSlot = offset >> 1;
    this.frame();
    const slot = this.pageSlot + ((pc >>> 1) & (PAGE_SLOTS - 1));
    if (slot < this.low || slot >= this.high) return -1;
    this.relocate = false;
    return slot;
  }

  /** Cycle in which something that is no instruction arrives in decode in the place of the one to come. */
  arrive(): number {
    if (!this.detailed) return this.next;
    while (!this.pipeline.take(false, false, false)) {
      this.next++;
      this.fetchStall++;
    }
    return this.next;
  }

  /** The instruction leaves decode in cycle `at` and retires. */
  retire(at: number): void {
    if (this.detailed) this.pipeline.pass(at);
    this.last = at;
    this.next = at + 1;
    this.retired++;
  }

  /** Fetching goes on elsewhere in cycle `at`. */
  sendFetch(at: number, kind: 'fetchStall' | 'exception'): void {
    const next = this.common ? this.next + COMMON_REDIRECT : at + REDIRECT;
    if (this.detailed) this.pipeline.redirect(at);
    this[kind] += next - this.next;
    this.next = next;
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

  /** The instruction sends the fetch unit elsewhere in cycle `early` and retires in cycle `at`. */
  branch(early: number, at: number): void {
    if (this.detailed) {
      this.jumpFrom(this.slot, early, early === at);
      this.retire(at);
      this.fetchStall += this.pipeline.now + 1 - this.next;
      this.next = this.pipeline.now + 1;
    } else {
      this.retire(at);
      this.sendFetch(at, 'fetchStall');
    }
  }

  /** What was to execute in cycle `at` traps in cycle `early`: it has waited for nothing. */
  hurry(at: number, early: number): void {
    this.hazard -= at - early;
    this.next = early;
  }

  /** Decode takes the next instruction a cycle later. */
  bubble(): void {
    if (this.common) return;
    if (this.detailed) this.pipeline.pass(this.next);
    this.next++;
    this.fetchStall++;
  }

  /** A 32-bit instruction after a redirect waits for the second of its two words. */
  awaitSecondWord(): void {
    if (this.common || this.detailed) return;
    this.next++;
    this.fetchStall++;
  }

  /** The write of a CSR in cycle `at` empties the pipeline. */
  flush(): void {
    if (this.detailed) this.pipeline.pass(this.last + FLUSH);
    this.next += FLUSH;
    this.fetchStall += FLUSH;
    // Not in the cycle of the flush itself.
    this.drained = this.last + FLUSH;
  }

  /**
   * Moves data in `beats` transfers of the bus, the first in cycle `at`.
   * @returns the cycle in which the instruction leaves decode.
   */
  transfer(at: number, beats: 1 | 2, device: boolean): number {
    this.counts.busBeats += beats;
    let end = at + beats - 1;
    if (this.common) end = at + beats * (1 + this.config.commonWait);
    else if (this.detailed) end = this.pipeline.access(at, beats, device);
    this.dataStall += end - at;
    return end;
  }

  /** The same for a capability. */
  transferCapability(at: number, device: boolean): number {
    return this.transfer(at, this.common || this.config.dataBusBits === 33 ? 2 : 1, device);
  }

  /** Register `rd` is the destination of a capability load that left decode in cycle `end`. */
  holdCapability(rd: number, end: number): void {
    const late = this.common ? 0 : this.config.loadFilter ? LATE_FILTERED : LATE;
    const from = this.responseTo(end) + late;
    this.readFrom[rd] = from;
    if (this.config.loadFilter) this.writeFrom[rd] = from;
    if (from > this.lateUntil) this.lateUntil = from;
  }

  /** The decoded form of the instruction in a slot, without remembering it. */
  private look(slot: number): number {
    const { halves } = this.memory;
    return this.slots.peek(halves[slot] | (halves[slot + 1] << 16));
  }

  /** The jump or branch in `slot` sends the fetch unit elsewhere in cycle `at`, in which it leaves decode if `leaves`. */
  jumpFrom(slot: number, at: number, leaves: boolean): void {
    const { pipeline, revoker } = this;
    if (!leaves || !revoker.active) return pipeline.redirect(at);
    const behind = slot + ((this.slots.packed[slot] & SLOT_LONG) !== 0 ? 2 : 1);
    const packed = this.look(behind);
    pipeline.jump(at, (behind & 1) !== 0, (packed & SLOT_LONG) !== 0, accessesMemory(packed));
  }

  /**
   * An instruction that has left decode in cycle `end` faults in write-back with the response in cycle `response`: until
   * then decode may have taken in the instruction behind it, in vain.
   * @returns the cycle in which the fetch unit is sent to the handler.
   */
  failBehind(end: number, response: number): number {
    const { pipeline, slots } = this;
    if (this.detailed) {
      const behind = this.slot + ((slots.packed[this.slot] & SLOT_LONG) !== 0 ? 2 : 1);
      const packed = this.look(behind);
      pipeline.pass(end);
      let taken = false;
      while (!taken && pipeline.now < response) {
        taken = pipeline.take((behind & 1) !== 0, (packed & SLOT_LONG) !== 0, accessesMemory(packed));
      }
      pipeline.pass(response + 1);
    }
    return response + 1;
  }

  /** Cycle of the response to an access that left decode in cycle `end`. */
  responseTo(end: number): number {
    return this.detailed ? this.pipeline.responseAt : end + 1;
  }

  /** Waits for an interrupt after a wfi that left decode in cycle `at`. */
  sleep(at: number): void {
    this.waiting = true;
    this.asleepFrom = this.common ? at : at + FALLING_ASLEEP;
    if (this.detailed) this.pipeline.pass(this.asleepFrom - 1);
    this.limit = STOP;
  }

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

  /** First cycle in which the interrupt that is pending can be decided: decode is empty, and write-back done. */
  get interruptible(): number {
    const drained = Math.max(this.interruptAt, this.last + 1, this.drained);
    return this.detailed ? Math.max(drained, this.pipeline.responseAt) : drained;
  }

  /** Passes time in wfi up to cycle `until` while the revoker works, or until it has done. */
  dream(until: number): void {
    const from = this.next;
    while (this.next < until && this.revoker.active) this.pipeline.sleep(++this.next - 1);
    this.hazard += this.next - from;
  }

  /** Ends the wait of wfi: an interrupt is pending (`ibex_controller`: SLEEP, FIRST_FETCH, DECODE). */
  wake(): void {
    this.waiting = false;
    const seen = Math.max(this.asleepFrom, this.wakeAt, this.common ? this.next : PAST);
    const next = this.common ? seen : seen + WAKING;
    if (this.detailed) this.pipeline.sleep(next - 1);
    this.hazard += next - this.next;
    this.next = next;
    this.drained = next - 1;
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

  private codeWritten(offset: number): void {
    const line = offset & ~31;
    this.slots.forgetLine(line);
    this.memory.lineFlags[line >>> 5] &= ~LINE_HAS_CODE;
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

  /** Books the cycles since the last call to the current phase, up to `next`. */
  charge(): void {
    const issue = this.retired - this.issueCharged;
    this.issueCharged = this.retired;
    this.ledger.charge(issue, this.hazard, this.fetchStall, this.dataStall, 0, this.exception);
    this.hazard = this.fetchStall = this.dataStall = this.exception = 0;
  }

  /** Changes the ledger's phase. */
  setPhase(phase: number): void {
    if (phase === this.ledger.phase) return;
    this.charge();
    this.ledger.setPhase(phase);
  }

  /** Passes the mark on the instruction to come. @returns what the mark covers. */
  passMark(): number {
    this.noteMark(this.physicalOf(this.slot << 1));
    return this.slots.covered.get(this.slot)!;
  }

  /** Puts `packed` into the slot of the instruction to come for the time of its execution; the interpreter returns after it. */
  patch(packed: number, value: number): void {
    if (packed === 0) return;
    this.patched = this.slot;
    this.patchedValue = value;
    this.slots.packed[this.slot] = packed;
    this.limit = STOP;
    this.once = true;
  }

  /** Undoes `patch`, unless the slot has been forgotten. */
  unpatch(): void {
    if (this.patched < 0) return;
    if (this.slots.packed[this.patched] !== 0) this.slots.packed[this.patched] = this.patchedValue;
    this.patched = -1;
  }

  /** Sets the phase and arms the probe that stand on the instruction to come, if there are any. */
  noteMark(physical: number): void {
    const phase = this.phaseMarks.get(physical);
    if (phase !== undefined) this.setPhase(phase);
    if (this.isProbed(physical)) {
      this.probe = { physical, virtual: this.pc >>> 0, retired: this.retired };
      this.limit = STOP;
    }
  }

  /** Whether a phase mark or a probe stands on a physical address. */
  isMarked(physical: number): boolean {
    return this.phaseMarks.has(physical) || this.isProbed(physical);
  }

  /** Physical address of an arena offset. */
  physicalOf(offset: number): number {
    return ((this.memory.pageOfArena[offset >>> 12] << 12) | (offset & 0xfff)) >>> 0;
  }

  /** Sets `privilege` or a CSR as a debugger does. @returns false if there is none of that name. */
  setSystemRegister(name: string, value: number): boolean {
    const number = CORE_CSRS.get(name);
    if (name === 'privilege') this.csr.privilege = value & 3;
    else if (number === undefined) return false;
    else this.csr.write(number, value | 0);
    return true;
  }

  /** Moves the origin of time so that relative cycles stay small. */
  rebase(): void {
    const delta = this.next;
    this.base += delta;
    this.next -= delta;
    this.settle(delta);
    this.retiredBase += this.retired;
    this.issueCharged -= this.retired;
    this.retired = 0;
  }

  /** Makes every time but `base` and `next` `delta` cycles earlier: the past, seen from a new origin. */
  settle(delta: number): void {
    const moved = (time: number): number => earlier(time, delta);
    this.last = moved(this.last);
    this.pipeline.settle(delta);
    this.lateUntil = moved(this.lateUntil);
    this.drained = moved(this.drained);
    this.asleepFrom = moved(this.asleepFrom);
    this.wakeAt = moved(this.wakeAt);
    if (this.interruptAt !== NEVER) this.interruptAt = moved(this.interruptAt);
    for (let i = 0; i <= SINK; i++) {
      this.readFrom[i] = moved(this.readFrom[i]);
      this.writeFrom[i] = moved(this.writeFrom[i]);
    }
  }
}
