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

/**
 * Exception state of the core and its interrupt controller: what is pending, active and enabled, with which priority, and
 * which exception would be taken now. Holds PRIMASK, BASEPRI, FAULTMASK and IPSR because they decide that.
 *
 * `due` and `executionPriority` are cached; a change of state only marks them stale and calls `changed`.
 */
export class Nvic {
  /** Called after anything that may have altered `due`, `wakes` or `executionPriority`. Set by the machine; must not throw. */
  changed: () => void = () => {};
  /** Called when an interrupt becomes pending while SCR.SEVONPEND is set: an event for WFE. */
  event: () => void = () => {};
  /** SCR.SEVONPEND; kept by `Scb`. */
  eventOnPending = false;

  constructor(readonly config: SystemConfig) {}

  /** PRIMASK, 0 or 1. */
  get primask(): number {
    throw new Error('to come');
  }
  set primask(value: number) {
    throw new Error('to come');
  }
  /** FAULTMASK, 0 or 1. Not on Armv6-M (reads 0). */
  get faultmask(): number {
    throw new Error('to come');
  }
  set faultmask(value: number) {
    throw new Error('to come');
  }
  /** BASEPRI, only implemented bits stick. Not on Armv6-M (reads 0). */
  get basepri(): number {
    throw new Error('to come');
  }
  set basepri(value: number) {
    throw new Error('to come');
  }
  /** IPSR: number of the exception being handled, 0 in thread mode. `activate` sets it; the core sets it on return. */
  get ipsr(): number {
    throw new Error('to come');
  }
  set ipsr(exception: number) {
    throw new Error('to come');
  }

  /** Priority at which the core executes, masks included: -3 (reset) to 256 (DDI0403E B1.5.4, ExecutionPriority). */
  get executionPriority(): number {
    throw new Error('to come');
  }
  /** The exception that preempts what executes now, 0 if none does. Of equal group priorities the lower subpriority, then number, wins. */
  get due(): number {
    throw new Error('to come');
  }
  /** Whether WFI ends: an exception would preempt if PRIMASK were 0 (DDI0403E B1.5.19). */
  get wakes(): boolean {
    throw new Error('to come');
  }

  /** Whole priority of an exception: -3, -2, -1, or 0 to 255. */
  priority(exception: number): number {
    throw new Error(`to come ${exception}`);
  }
  /** Group priority, what preemption compares: -3, -2, -1, or the priority without its subpriority bits. */
  groupPriority(exception: number): number {
    throw new Error(`to come ${exception}`);
  }
  /** Whether the exception is enabled; true for those that cannot be disabled. */
  isEnabled(exception: number): boolean {
    throw new Error(`to come ${exception}`);
  }
  isPending(exception: number): boolean {
    throw new Error(`to come ${exception}`);
  }
  isActive(exception: number): boolean {
    throw new Error(`to come ${exception}`);
  }
  /** Number of active exceptions. */
  get activeCount(): number {
    throw new Error('to come');
  }

  /**
   * The exception as which a synchronous fault or SVC is taken: itself, or HardFault if it is disabled or its group priority
   * is not above the execution priority. The core sets HFSR.FORCED if the answer differs, and locks up if not even HardFault can be taken.
   */
  taken(exception: number): number {
    throw new Error(`to come ${exception}`);
  }
  /** Makes an exception pending, enabled or not. Ignored for an interrupt line that does not exist. */
  setPending(exception: number): void {
    throw new Error(`to come ${exception}`);
  }
  clearPending(exception: number): void {
    throw new Error(`to come ${exception}`);
  }
  /** Entry: the exception is active and no longer pending; IPSR is its number. */
  activate(exception: number): void {
    throw new Error(`to come ${exception}`);
  }
  /**
   * Return: no longer active, pending again if its line is high, and FAULTMASK cleared unless it was NMI or (Armv8-M)
   * another exception of negative priority is active. IPSR is not touched.
   */
  deactivate(exception: number): void {
    throw new Error(`to come ${exception}`);
  }
  /** Level of external interrupt line `line` (0 to 239). A rising level makes the interrupt pending. */
  setLine(line: number, level: boolean): void {
    throw new Error(`to come ${line} ${level}`);
  }

  reset(): void {
    throw new Error('to come');
  }
  /** The state as numbers. Interrupt lines are included. */
  save(): readonly number[] {
    throw new Error('to come');
  }
  load(state: readonly number[]): void {
    throw new Error(`to come ${state.length}`);
  }
}
