import type { Device, DeviceHost } from '../../../machine/device.js';
import type { BusResult } from '../../../machine/memory.js';

/** Offsets of the PLIC's registers for one hart (RISC-V Platform-Level Interrupt Controller 1.0.0, chapter 3). */
const PENDING = 0x1000;
const ENABLE = 0x2000;
const THRESHOLD = 0x200000;
const CLAIM = 0x200004;
/** Sources that exist, source 0 not counted. */
const SOURCES = 31;

/**
 * The platform-level interrupt controller of SAFE: edge-triggered sources 1 to 31, one hart. Its output is the core's
 * external interrupt line.
 *
 * | offset | register |
 * |---|---|
 * | 4 n | priority of source n, 0 to 7; 0 never interrupts |
 * | 0x1000 | pending sources, read only |
 * | 0x2000 | enabled sources |
 * | 0x200000 | threshold: only higher priorities interrupt |
 * | 0x200004 | load: claims the pending source of the highest priority (the lowest number of several); store: completes it |
 *
 * Words only: any other size is a bus error. A source that is raised again before it is completed waits.
 */
export class PlicDevice implements Device {
  readonly name = 'plic';
  private readonly priorities = new Uint8Array(SOURCES + 1);
  private pending = 0;
  private enabled = 0;
  private inService = 0;
  private threshold = 0;
  private level = false;
  private host!: DeviceHost;

  /** @param line the core's external interrupt line. */
  constructor(private readonly line: number) {}

  attach(host: DeviceHost): void {
    this.host = host;
  }

  /** A source has an edge. */
  raise(source: number): void {
    this.pending |= 1 << source;
    this.drive();
  }

  reset(): void {
    this.priorities.fill(0);
    this.pending = this.enabled = this.inService = this.threshold = 0;
    this.level = false;
    this.host.setInterruptLine(this.line, false);
  }

  read(offset: number, size: 1 | 2 | 4): number | undefined {
    if (size !== 4) return undefined;
    if (offset < 4 * (SOURCES + 1)) return this.priorities[offset >> 2];
    if (offset === PENDING) return this.pending >>> 0;
    if (offset === ENABLE) return this.enabled >>> 0;
    if (offset === THRESHOLD) return this.threshold;
    return offset === CLAIM ? this.claim() : 0;
  }

  write(offset: number, size: 1 | 2 | 4, value: number): BusResult {
    if (size !== 4) return 'error';
    if (offset > 0 && offset < 4 * (SOURCES + 1)) this.priorities[offset >> 2] = value & 7;
    else if (offset === ENABLE) this.enabled = value & ~1;
    else if (offset === THRESHOLD) this.threshold = value & 7;
    else if (offset === CLAIM) this.inService &= ~(1 << (value & 31));
    this.drive();
    return 'ok';
  }

  /** The source to be served, or 0. */
  private get best(): number {
    let best = 0;
    let above = this.threshold;
    for (let source = 1; source <= SOURCES; source++) {
      if (((this.pending & this.enabled & ~this.inService) >>> source) % 2 === 0) continue;
      if (this.priorities[source] <= above) continue;
      best = source;
      above = this.priorities[source];
    }
    return best;
  }

  private claim(): number {
    const { best } = this;
    if (best !== 0) {
      this.pending &= ~(1 << best);
      this.inService |= 1 << best;
      this.drive();
    }
    return best;
  }

  private drive(): void {
    const level = this.best !== 0;
    if (level === this.level) return;
    this.level = level;
    this.host.setInterruptLine(this.line, level);
  }

  fire(): void {
    // never asks for a wake-up
  }

  save(): number[] {
    return [this.pending, this.enabled, this.inService, this.threshold, ...this.priorities];
  }

  load(state: readonly number[]): void {
    [this.pending, this.enabled, this.inService, this.threshold] = state;
    this.priorities.set(state.slice(4));
    this.level = this.best !== 0;
    this.host.setInterruptLine(this.line, this.level);
  }
}
