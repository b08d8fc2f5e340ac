import type { BusResult } from './memory.js';

/** What a device may do to the machine it is plugged into. All of it is deterministic and takes no guest time. */
export interface DeviceHost {
  /** Sets the interrupt line `line` of the core to `level`. Line numbers are the platform's (see its README). */
  setInterruptLine(line: number, level: boolean): void;
  /** Asks for `fire(tag, at)` at the first instruction boundary with cycles >= at. */
  schedule(device: Device, at: number, tag: number): void;
  /** Withdraws every pending wake-up of this device with this tag. */
  cancel(device: Device, tag: number): void;
  /** Ends the run with `{ kind: 'exit', code }` after the current instruction. */
  exit(code: number): void;
  /** Retired instructions so far, current one excluded. */
  retired(): number;
}

/**
 * A memory-mapped device. Offsets count from the start of its region. Device state is plain data: `save` and
 * `load` make it part of snapshots, `save` also of the state hash.
 */
export interface Device {
  /** Short name for messages, unique on a board. */
  readonly name: string;
  /** Called once, when the board is built. */
  attach(host: DeviceHost): void;
  /** State after a reset of the machine: time is 0 again and no wake-up is pending. Puts its interrupt lines low. */
  reset(): void;
  /** A load of 1, 2 or 4 bytes at cycle `now`; undefined = bus error. */
  read(offset: number, size: 1 | 2 | 4, now: number): number | undefined;
  /** A store of 1, 2 or 4 bytes at cycle `now`. */
  write(offset: number, size: 1 | 2 | 4, value: number, now: number): BusResult;
  /** A wake-up asked for with `schedule` has come due. */
  fire(tag: number, at: number): void;
  /** The state as numbers: integers of at most 53 bits. */
  save(): readonly number[];
  /** Restores what `save` gave and drives its interrupt lines again. The machine restores pending wake-ups, not the device. */
  load(state: readonly number[]): void;
}
