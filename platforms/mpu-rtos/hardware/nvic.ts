import type { SystemConfig } from './system-control-config.js';

/** Exception numbers (DDI0403E table B1-4). External interrupt n has number 16 + n. */
export const enum ExceptionNumber {
  NONE = 0,
  RESET = 1,
  NMI = 2,
  HARD_FAULT = 3,
  MEM_MANAGE = 4,
  BUS_FAULT = 5,
  USAGE_FAULT = 6,
  SVCALL = 11,
  DEBUG_MONITOR = 12,
  PENDSV = 14,
  SYSTICK = 15,
  FIRST_INTERRUPT = 16,
}

/** Execution priority of thread mode with nothing active and nothing masked: below every exception (DDI0403E B1.5.4). */
export const LOWEST_PRIORITY = 256;

/** Bitmaps over exception numbers 0 to 255. */
const WORDS = 8;
const SYSTEM_EXCEPTIONS = 0xffff;
/** Exceptions that cannot be disabled: NMI, HardFault, SVCall, PendSV, SysTick. */
const ALWAYS_ENABLED =
  (1 << ExceptionNumber.NMI) |
  (1 << ExceptionNumber.HARD_FAULT) |
  (1 << ExceptionNumber.SVCALL) |
  (1 << ExceptionNumber.PENDSV) |
  (1 << ExceptionNumber.SYSTICK);
/** Exceptions that can be made pending, active and enabled at all, by architecture (external interrupts apart). */
const EXISTING = {
  v6m: ALWAYS_ENABLED,
  v7m: ALWAYS_ENABLED | (0b111 << ExceptionNumber.MEM_MANAGE) | (1 << ExceptionNumber.DEBUG_MONITOR),
  v8m: ALWAYS_ENABLED | (0b111 << ExceptionNumber.MEM_MANAGE) | (1 << ExceptionNumber.DEBUG_MONITOR),
} as const;
/** Exceptions with a priority register. */
const CONFIGURABLE = SYSTEM_EXCEPTIONS & ~0b1111;

/**
 * Exception state of the core and its interrupt controller (DDI0403E B1.5 and B3.4): what is pending, active and enabled,
 * with which priority, and which exception would be taken now. Holds PRIMASK, BASEPRI, FAULTMASK and IPSR because they
 * decide that.
 *
 * `due`, `wakes` and `executionPriority` are computed when they are asked for after a change, and remembered. What the
 * registers of the system control space say is `system-control-registers.ts`.
 */
export class Nvic {
  /** Called after anything that may have altered `due`, `wakes` or `executionPriority`. Set by the machine; must not throw. */
  changed: () => void = () => {};
  /** Called when an interrupt becomes pending while SCR.SEVONPEND is set: an event for WFE. */
  event: () => void = () => {};
  /** SCR.SEVONPEND; kept by `Scb`. */
  eventOnPending = false;

  private readonly existing = new Int32Array(WORDS);
  private readonly pending = new Int32Array(WORDS);
  private readonly active = new Int32Array(WORDS);
  private readonly enabled = new Int32Array(WORDS);
  /** Levels of the interrupt lines, at the bit of their exception. */
  private readonly lines = new Int32Array(WORDS);
  private readonly priorities = new Uint8Array(256);
  private readonly priorityMask: number;
  /** Words of the bitmaps in use. */
  private readonly words: number;
  private grouping = 0;
  private maskPrimary = 0;
  private maskFault = 0;
  private maskBase = 0;
  private current = 0;

  private stale = true;
  private knownDue = 0;
  private knownWakes = false;
  private knownPriority = LOWEST_PRIORITY;

  constructor(readonly config: SystemConfig) {
    this.priorityMask = (0xff00 >>> config.priorityBits) & 0xff;
    this.words = (this.lastException >>> 5) + 1;
    this.existing[0] = EXISTING[config.architecture];
    for (let line = 0; line < config.interruptLines; line++) setBit(this.existing, 16 + line);
    this.reset();
  }

  /** Last exception number that exists. */
  get lastException(): number {
    return ExceptionNumber.FIRST_INTERRUPT + this.config.interruptLines - 1;
  }

  /** PRIMASK, 0 or 1. */
  get primask(): number {
    return this.maskPrimary;
  }

  set primask(value: number) {
    this.maskPrimary = value & 1;
    this.touch();
  }

  /** FAULTMASK, 0 or 1. Not on Armv6-M: stays 0. */
  get faultmask(): number {
    return this.maskFault;
  }

  set faultmask(value: number) {
    if (this.config.architecture === 'v6m') return;
    this.maskFault = value & 1;
    this.touch();
  }

  /** BASEPRI, 0 to 255; only the implemented bits stick. Not on Armv6-M: stays 0. */
  get basepri(): number {
    return this.maskBase;
  }

  set basepri(value: number) {
    if (this.config.architecture === 'v6m') return;
    this.maskBase = value & this.priorityMask;
    this.touch();
  }

  /** IPSR: number of the exception being handled, 0 in thread mode. `activate` sets it; the core sets it on return. */
  get ipsr(): number {
    return this.current;
  }

  set ipsr(exception: number) {
    this.current = exception;
    this.touch();
  }

  /** AIRCR.PRIGROUP, 0 to 7: the low PRIGROUP + 1 bits of a priority do not preempt (DDI0403E B1.5.4). Stays 0 on Armv6-M. */
  get prigroup(): number {
    return this.grouping;
  }

  set prigroup(value: number) {
    if (this.config.architecture === 'v6m') return;
    this.grouping = value & 7;
    this.touch();
  }

  /** Priority at which the core executes, masks included: -3 (reset) to 256 (DDI0403E B1.5.4). */
  get executionPriority(): number {
    if (this.stale) this.update();
    return this.knownPriority;
  }

  /** The exception that preempts what executes now, 0 if none does. Of equal group priorities the lower subpriority, then number, wins. */
  get due(): number {
    if (this.stale) this.update();
    return this.knownDue;
  }

  /** Whether WFI ends: an exception would preempt if PRIMASK were 0 (DDI0403E B1.5.19). */
  get wakes(): boolean {
    if (this.stale) this.update();
    return this.knownWakes;
  }

  /**
   * Whether no enabled external interrupt would be taken if its line rose now: by PRIMASK, BASEPRI, FAULTMASK, or because a handler
   * runs that none of them preempts. With none enabled, whether one of the lowest priority would not be.
   */
  get blocksInterrupts(): boolean {
    let most = LOWEST_PRIORITY - 1;
    for (let word = 0; word < this.words; word++) {
      const external = word === 0 ? this.enabled[0] & ~SYSTEM_EXCEPTIONS : this.enabled[word];
      for (let bits = external; bits !== 0; bits &= bits - 1) {
        most = Math.min(most, this.groupPriority(word * 32 + 31 - Math.clz32(bits & -bits)));
      }
    }
    return this.executionPriority <= most;
  }

  /** Whole priority of an exception: -3, -2, -1, or 0 to 255. */
  priority(exception: number): number {
    if (exception <= ExceptionNumber.HARD_FAULT) return exception - 4;
    return this.priorities[exception];
  }

  /** Sets a priority register, 0 to 255; only the implemented bits stick. Ignored for exceptions without one. */
  setPriority(exception: number, priority: number): void {
    const configurable = exception >= 16 || ((CONFIGURABLE >>> exception) & 1) !== 0;
    if (!configurable || !hasBit(this.existing, exception)) return;
    this.priorities[exception] = priority & this.priorityMask;
    this.touch();
  }

  /** Group priority, what preemption compares: -3, -2, -1, or the priority without its subpriority bits. */
  groupPriority(exception: number): number {
    return this.group(this.priority(exception));
  }

  private group(priority: number): number {
    return priority < 0 ? priority : priority & (-2 << this.grouping);
  }

  /** Whether the exception is enabled; true for those that cannot be disabled. */
  isEnabled(exception: number): boolean {
    return hasBit(this.enabled, exception);
  }

  /** Enables or disables an exception; ignored for those that do not exist or cannot be disabled. */
  setEnabled(exception: number, enabled: boolean): void {
    if (!hasBit(this.existing, exception)) return;
    if (exception < 16 && ((ALWAYS_ENABLED >>> exception) & 1) !== 0) return;
    putBit(this.enabled, exception, enabled);
    this.touch();
  }

  isPending(exception: number): boolean {
    return hasBit(this.pending, exception);
  }

  isActive(exception: number): boolean {
    return hasBit(this.active, exception);
  }

  /** Makes an exception active or not without entry or return, as stores to SHCSR do. */
  setActive(exception: number, active: boolean): void {
    if (!hasBit(this.existing, exception)) return;
    putBit(this.active, exception, active);
    this.touch();
  }

  /** Number of active exceptions. */
  get activeCount(): number {
    let count = 0;
    for (let word = 0; word < this.words; word++) {
      for (let bits = this.active[word]; bits !== 0; bits &= bits - 1) count++;
    }
    return count;
  }

  /** Bits of 32 external interrupts from interrupt 32 * `index` on, as ISER, ISPR and IABR show them; unsigned. */
  interruptBits(what: 'pending' | 'active' | 'enabled', index: number): number {
    const bits = this[what];
    const high = index + 1 < WORDS ? bits[index + 1] << 16 : 0;
    return ((bits[index] >>> 16) | high) >>> 0;
  }

  /** Whether an external interrupt is pending, enabled or not (ICSR.ISRPENDING). */
  get interruptPending(): boolean {
    let any = this.pending[0] & ~SYSTEM_EXCEPTIONS;
    for (let word = 1; word < this.words; word++) any |= this.pending[word];
    return any !== 0;
  }

  /** Number of the pending and enabled exception of highest priority, unless BASEPRI or FAULTMASK masks it; else 0 (ICSR.VECTPENDING). */
  get highestPending(): number {
    const exception = this.candidate();
    if (exception === 0) return 0;
    const masked = Math.min(
      this.maskFault !== 0 ? -1 : LOWEST_PRIORITY,
      this.maskBase !== 0 ? this.group(this.maskBase) : LOWEST_PRIORITY,
    );
    return this.groupPriority(exception) < masked ? exception : 0;
  }

  /**
   * The exception as which a synchronous fault or SVC is taken: itself, or HardFault if it is disabled or its group
   * priority is not above the execution priority (DDI0403E B1.5.4, priority escalation). The core sets HFSR.FORCED if the answer differs, and
   * locks up where not even HardFault can be taken.
   */
  taken(exception: number): number {
    const preempts = this.isEnabled(exception) && this.groupPriority(exception) < this.executionPriority;
    return preempts ? exception : ExceptionNumber.HARD_FAULT;
  }

  /** Makes an exception pending, enabled or not. Ignored for one that does not exist. */
  setPending(exception: number): void {
    if (!hasBit(this.existing, exception) || hasBit(this.pending, exception)) return;
    setBit(this.pending, exception);
    this.touch();
    if (this.eventOnPending) this.event();
  }

  /** Makes an exception no longer pending. An interrupt whose line is high and which is not active becomes pending again. */
  clearPending(exception: number): void {
    putBit(this.pending, exception, hasBit(this.lines, exception) && !hasBit(this.active, exception));
    this.touch();
  }

  /** Entry: the exception is active and no longer pending; IPSR is its number. */
  activate(exception: number): void {
    clearBit(this.pending, exception);
    setBit(this.active, exception);
    this.current = exception;
    this.touch();
  }

  /**
   * Return: no longer active, pending again if its line is high (DDI0403E B3.4.1), and FAULTMASK cleared except on return
   * from NMI (B1.5.8); with the Security Extension, except if an exception of negative priority was active (DDI0553,
   * exception return). IPSR is not touched: the core takes it from the frame.
   */
  deactivate(exception: number): void {
    const keepsMask = this.config.securityExtension
      ? (this.active[0] & ((1 << ExceptionNumber.NMI) | (1 << ExceptionNumber.HARD_FAULT))) !== 0
      : this.current === ExceptionNumber.NMI;
    if (!keepsMask) this.maskFault = 0;
    clearBit(this.active, exception);
    if (hasBit(this.lines, exception)) setBit(this.pending, exception);
    this.touch();
  }

  /** Level of external interrupt line `line` (0 to 239). A rising level makes the interrupt pending. */
  setLine(line: number, level: boolean): void {
    const exception = ExceptionNumber.FIRST_INTERRUPT + line;
    if (!hasBit(this.existing, exception)) return;
    const rises = level && !hasBit(this.lines, exception);
    putBit(this.lines, exception, level);
    if (rises) this.setPending(exception);
  }

  private touch(): void {
    this.stale = true;
    this.changed();
  }

  /** The pending and enabled exception of highest priority, 0 if there is none. */
  private candidate(): number {
    let best = 0;
    let bestPriority = LOWEST_PRIORITY;
    for (let word = 0; word < this.words; word++) {
      for (let bits = this.pending[word] & this.enabled[word]; bits !== 0; bits &= bits - 1) {
        const exception = word * 32 + 31 - Math.clz32(bits & -bits);
        const priority = this.priority(exception);
        if (priority >= bestPriority) continue;
        best = exception;
        bestPriority = priority;
      }
    }
    return best;
  }

  /** Execution priority without PRIMASK. */
  private priorityWithoutPrimask(): number {
    let lowest = this.maskFault !== 0 ? -1 : LOWEST_PRIORITY;
    if (this.maskBase !== 0) lowest = Math.min(lowest, this.group(this.maskBase));
    for (let word = 0; word < this.words; word++) {
      for (let bits = this.active[word]; bits !== 0; bits &= bits - 1) {
        const exception = word * 32 + 31 - Math.clz32(bits & -bits);
        lowest = Math.min(lowest, this.groupPriority(exception));
      }
    }
    return lowest;
  }

  private update(): void {
    const unmasked = this.priorityWithoutPrimask();
    const candidate = this.candidate();
    const priority = candidate === 0 ? LOWEST_PRIORITY : this.groupPriority(candidate);
    this.knownPriority = this.maskPrimary !== 0 ? Math.min(unmasked, 0) : unmasked;
    this.knownDue = priority < this.knownPriority ? candidate : 0;
    this.knownWakes = priority < unmasked;
    this.stale = false;
  }

  /** Nothing pending, active or enabled, every priority and mask 0, thread mode. Interrupt lines are low until devices raise them. */
  reset(): void {
    this.load([]);
  }

  /** The state as numbers, interrupt lines included. */
  save(): readonly number[] {
    const masks = [this.grouping, this.maskPrimary, this.maskFault, this.maskBase, this.current];
    return [...masks, ...this.pending, ...this.active, ...this.enabled, ...this.lines, ...this.priorities];
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    [this.grouping, this.maskPrimary, this.maskFault, this.maskBase, this.current] =
      state.length === 0 ? [0, 0, 0, 0, 0] : state;
    let at = 5;
    for (const array of [this.pending, this.active, this.enabled, this.lines, this.priorities]) {
      for (let i = 0; i < array.length; i++) array[i] = state[at++] ?? 0;
    }
    this.enabled[0] |= ALWAYS_ENABLED;
    this.touch();
  }
}

const hasBit = (bits: Int32Array, at: number): boolean => ((bits[at >>> 5] >>> (at & 31)) & 1) !== 0;

function setBit(bits: Int32Array, at: number): void {
  bits[at >>> 5] |= 1 << (at & 31);
}

function clearBit(bits: Int32Array, at: number): void {
  bits[at >>> 5] &= ~(1 << (at & 31));
}

function putBit(bits: Int32Array, at: number, value: boolean): void {
  if (value) setBit(bits, at);
  else clearBit(bits, at);
}
