import type { Device, DeviceHost } from '../../platforms/machine/device.js';
import { EventQueue } from '../../platforms/machine/events.js';

/** A board for device tests: a real event queue, interrupt lines that remember every change, and the exit code. */
export class TestHost implements DeviceHost {
  readonly queue: EventQueue;
  /** Level of every line that was ever set. */
  readonly lines = new Map<number, boolean>();
  /** Every call of `setInterruptLine`, with the stamp of the event that made it (or the time set by hand). */
  readonly changes: { now: number; line: number; level: boolean }[] = [];
  exitCode: number | undefined;
  retiredInstructions = 0;
  now = 0;

  constructor(readonly devices: readonly Device[]) {
    this.queue = new EventQueue(devices);
    for (const device of devices) device.attach(this);
  }

  setInterruptLine(line: number, level: boolean): void {
    this.lines.set(line, level);
    this.changes.push({ now: this.now, line, level });
  }

  schedule(device: Device, at: number, tag: number): void {
    this.queue.schedule(device, at, tag);
  }

  cancel(device: Device, tag: number): void {
    this.queue.cancel(device, tag);
  }

  exit(code: number): void {
    this.exitCode = code;
  }

  retired(): number {
    return this.retiredInstructions;
  }

  /** Lets time pass: fires everything due, each at its own stamp, and leaves `now` at `until`. */
  advance(until: number): void {
    while (this.queue.next <= until) {
      this.now = this.queue.next;
      this.queue.fireDue(this.now);
    }
    this.now = until;
  }

  /** What a machine does on reset: time zero, no wake-ups, every device reset. */
  reset(): void {
    this.now = 0;
    this.queue.clear();
    for (const device of this.devices) device.reset();
  }
}
