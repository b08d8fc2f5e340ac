import type { Device } from './device.js';

interface Pending {
  readonly at: number;
  readonly device: number;
  readonly tag: number;
}

/**
 * What is due when. Holds one entry per wake-up, ordered by time and, at the same time, by the order in which they were
 * asked for, so that a run never depends on anything but its inputs.
 */
export class EventQueue {
  private pending: Pending[] = [];

  /** @param devices the board's devices in order; wake-ups are stored by index so that a snapshot is plain data. */
  constructor(private readonly devices: readonly Device[]) {}

  /** Cycle stamp of the next wake-up, or Infinity. */
  get next(): number {
    return this.pending[0]?.at ?? Infinity;
  }

  /**
   * Adds a wake-up.
   * @throws RangeError if the device is not on this board or the time is not a number of cycles: a defect of the host.
   */
  schedule(device: Device, at: number, tag: number): void {
    const index = this.devices.indexOf(device);
    if (index < 0) throw new RangeError(`device '${device.name}' asks for a wake-up but is not on the board`);
    if (!Number.isSafeInteger(at)) throw new RangeError(`device '${device.name}' asks for a wake-up at cycle ${at}`);
    const position = this.pending.findIndex((p) => p.at > at);
    this.pending.splice(position < 0 ? this.pending.length : position, 0, { at, device: index, tag });
  }

  /** Withdraws every wake-up of this device with this tag. */
  cancel(device: Device, tag: number): void {
    const index = this.devices.indexOf(device);
    this.pending = this.pending.filter((p) => p.device !== index || p.tag !== tag);
  }

  /** Fires everything due at or before `now`, in order; what a device schedules for `now` or earlier fires too. */
  fireDue(now: number): void {
    while (this.next <= now) {
      const { at, device, tag } = this.pending.shift()!;
      this.devices[device].fire(tag, at);
    }
  }

  /** Forgets every wake-up (reset). */
  clear(): void {
    this.pending = [];
  }

  /** The wake-ups as numbers: at, device index, tag, and so on. */
  save(): number[] {
    return this.pending.flatMap((p) => [p.at, p.device, p.tag]);
  }

  /** Restores what `save` gave. */
  load(state: readonly number[]): void {
    this.pending = [];
    for (let i = 0; i < state.length; i += 3) {
      this.pending.push({ at: state[i], device: state[i + 1], tag: state[i + 2] });
    }
  }
}
