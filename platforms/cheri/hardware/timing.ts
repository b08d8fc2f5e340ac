import type { PhysicalMemory } from '../../machine/memory.js';
import { type CoreCounts, SimulatedCore } from '../../machine/simulated-core.js';
import { earlier, NEVER, PAST, STOP } from '../../machine/times.js';
import type { CoreConfig } from './parameters.js';
import { Pipeline } from './pipeline.js';
import { Revoker } from './revoker.js';
import { accessesMemory, DecodedSlots, SINK, SLOT_LONG } from './slots.js';
import { TagMemory } from './tags.js';

/** First cycle in which an instruction can be in decode after reset (measured: first retirement in cycle 5). */
const RESET_CYCLE = 3;

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

/** What the core counts. */
export interface CheriotCounts extends CoreCounts {
  capabilityLoads: number;
  capabilityStores: number;
}

/**
 * Time of the core, in cycles of the decode stage (ID/EX) relative to `base`: `next` is the cycle in which the instruction to
 * come arrives there, `last` the one in which the instruction before it left. An instruction retires `RETIRE_AFTER` cycles
 * after it left decode.
 *
 * The methods are the rules of README "Where the cycles come from". While `detailed`, `pipeline` is told what happens and
 * says when; `next` is then the earliest cycle, and the interpreter asks for each instruction when it has arrived.
 */
export abstract class Timing extends SimulatedCore {
  readonly slots: DecodedSlots;
  readonly tagMemory: TagMemory;
  readonly counts: CheriotCounts = { traps: 0, interrupts: 0, busBeats: 0, capabilityLoads: 0, capabilityStores: 0 };
  /** True for `timing=common`. */
  readonly common: boolean;
  /** Keeps time cycle by cycle while `detailed`: else the rules below do. */
  readonly pipeline: Pipeline;
  readonly revoker: Revoker;
  detailed: boolean;
  /** The configuration always needs that. */
  readonly alwaysDetailed: boolean;

  last = 0;
  /** Cycle from which each register may be read in decode, and from which it may be written. */
  readonly readFrom = new Int32Array(SINK + 1);
  readonly writeFrom = new Int32Array(SINK + 1);
  /** Latest entry of both: no hazard from here on. */
  lateUntil = 0;
  /** First cycle in which an interrupt can be taken: later than the end of the last instruction after mret and wfi. */
  drained = 0;

  /** Cycle (relative) from which an interrupt may be pending, or `NEVER`. */
  interruptAt = NEVER;
  /** Waiting in `wfi`, and the first cycle in which an interrupt can end that. */
  waiting = false;
  asleepFrom = 0;
  /** Cycle (relative) of the last change of an interrupt line. */
  wakeAt = 0;

  constructor(
    readonly config: CoreConfig,
    memory: PhysicalMemory,
  ) {
    super(memory);
    this.common = config.timing === 'common';
    this.alwaysDetailed =
      !this.common &&
      (config.memoryPorts === 1 || config.instructionWait > 0 || config.dataWait > 0 || config.instructionCache);
    this.detailed = this.alwaysDetailed;
    this.slots = new DecodedSlots(memory.capacityPages + 1);
    this.tagMemory = new TagMemory(memory);
    this.revoker = new Revoker(memory, this.tagMemory, 1 + config.dataWait, config.dataBusBits === 33);
    this.pipeline = new Pipeline(config, this.revoker, memory);
  }

  /** Time after reset. */
  protected resetTime(): void {
    this.base = 0;
    this.next = this.common ? 0 : RESET_CYCLE;
    this.last = this.next - 1;
    this.drained = 0;
    this.detailed = this.alwaysDetailed;
    this.revoker.reset();
    this.pipeline.reset(RESET_CYCLE - REDIRECT);
    this.readFrom.fill(0);
    this.writeFrom.fill(0);
    this.lateUntil = this.wakeAt = 0;
    this.waiting = false;
    // The cycles before the first instruction belong to none; they are in the ledger, so that it sums.
    this.exception = this.next;
    this.interruptAt = NEVER;
  }

  /** The stamp of a span that ends with the last instruction: it has left decode, whatever the bus still owes. */
  override get leaving(): number {
    return this.last + (this.common ? 1 : RETIRE_AFTER);
  }

  override get trailingCycles(): number {
    return this.next - this.last - 1;
  }

  /** The stamp of the last instruction's retirement; an access retires with its response. */
  get retiring(): number {
    return this.detailed ? Math.max(this.leaving, this.pipeline.responseAt + 1) : this.leaving;
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

  /** Fetching goes on at `pc` in cycle `at`. */
  sendFetch(at: number, kind: 'fetchStall' | 'exception'): void {
    const next = this.common ? this.next + COMMON_REDIRECT : at + REDIRECT;
    if (this.detailed) this.pipeline.redirect(at, this.pc);
    this[kind] += next - this.next;
    this.next = next;
  }

  /** The instruction sends the fetch unit to `pc` in cycle `early` and retires in cycle `at`; `isFence`: it is fence.i. */
  branch(early: number, at: number, isFence = false): void {
    if (this.detailed) {
      this.jumpFrom(this.slot, this.pc, early, early === at, isFence ? at : PAST);
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
  look(slot: number): number {
    const { halves } = this.memory;
    return this.slots.peek(halves[slot] | (halves[slot + 1] << 16));
  }

  /** The jump or branch in `slot` sends the fetch unit to `target` in cycle `at`, in which it leaves decode if `leaves`. */
  jumpFrom(slot: number, target: number, at: number, leaves: boolean, fence = PAST): void {
    const { pipeline, revoker } = this;
    if (!leaves || !revoker.active) return pipeline.redirect(at, target, fence);
    const behind = slot + ((this.slots.packed[slot] & SLOT_LONG) !== 0 ? 2 : 1);
    const packed = this.look(behind);
    pipeline.jump(at, target, fence, (behind & 1) !== 0, (packed & SLOT_LONG) !== 0, accessesMemory(packed));
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
