import type { Device, DeviceHost } from '../device.js';
import { type BusResult, PAGE_BYTES, type RamRange, ramRegions, type Region } from '../memory.js';
import { ConsoleDevice } from './console.js';

/** Interrupt lines of the bench board, as bits of register +0x08. */
export const BENCH_LINE = { timer: 0, software: 1, external: 2 } as const;

const RAISE_TIMER = 0;
const CONSOLE = 0x10;
/** Entries of each list that are kept: a guest that stores in a loop cannot use up the host. */
const KEPT = 1 << 20;

/**
 * What a board `bench` has (`tests/vectors/README.md`, section 1): RAM everywhere but for the test device and two ranges that
 * answer every access with a bus error (below 0x1000 and from 0xF0000000).
 * @param start address of the test device
 * @param ram RAM instead of that
 */
export const benchRegions = (
  device: BenchDevice,
  start: number,
  ram: readonly RamRange[] = [{ start: 0x1000, bytes: 0xf0000000 - 0x1000 }],
): Region[] => [...ramRegions(ram), { kind: 'device', start, bytes: PAGE_BYTES, device }];

/**
 * The one-page test device of the vector programs (`tests/vectors/README.md`, section 1): output list, exit,
 * interrupt lines, one-shot timer, console, cycle and instruction counters.
 */
export class BenchDevice implements Device {
  readonly name = 'bench';
  /** The words stored to +0x00, in order, unsigned; the first 2^20. */
  outputs: number[] = [];
  /** Cycle stamps at which the one-shot timer (+0x0C) raised the timer line; the first 2^20. */
  timerRises: number[] = [];
  /** Called when the one-shot timer raises its line, at the instruction boundary at which that is seen. */
  onTimer: () => void = () => undefined;
  /** Cycles that the engine of a platform's own registers was last busy (CHERIoT: the revoker); undefined if it never was. */
  engineBusy: number | undefined;
  private readonly uart = new ConsoleDevice({ data: CONSOLE });
  private lines = 0;
  private host!: DeviceHost;

  /** @param timerLine the core's line that bit 0 of +0x08 drives, and with it the one-shot timer */
  constructor(private readonly timerLine: number = BENCH_LINE.timer) {}

  /** Bytes stored to +0x10, as text (UTF-8); the first 1 MiB. */
  get console(): string {
    return this.uart.text;
  }

  attach(host: DeviceHost): void {
    this.host = host;
  }

  reset(): void {
    this.outputs = [];
    this.uart.reset();
    this.timerRises = [];
    this.engineBusy = undefined;
    this.setLines(0);
  }

  read(offset: number, _size: 1 | 2 | 4, now: number): number {
    if (offset === 0x00) return now >>> 0;
    if (offset === 0x14) return this.host.retired() >>> 0;
    return 0;
  }

  write(offset: number, size: 1 | 2 | 4, value: number, now: number): BusResult {
    switch (offset) {
      case 0x00:
        if (this.outputs.length < KEPT) this.outputs.push(value >>> 0);
        break;
      case 0x04:
        this.host.exit(value);
        break;
      case 0x08:
        this.setLines(value);
        break;
      case 0x0c:
        this.raiseAt(now + value);
        break;
      case CONSOLE:
        return this.uart.write(offset, size, value);
    }
    return 'ok';
  }

  /** Lets the one-shot timer raise its line at cycle `at`, as a store to +0x0C does; a harness may ask for it between two runs. */
  raiseAt(at: number): void {
    this.host.schedule(this, at, RAISE_TIMER);
  }

  fire(_tag: number, at: number): void {
    if (this.timerRises.length < KEPT) this.timerRises.push(at);
    this.setLines(this.lines | (1 << BENCH_LINE.timer));
    this.onTimer();
  }

  private setLines(lines: number): void {
    const changed = this.lines ^ lines;
    this.lines = lines;
    for (let line = 0; line < 32; line++) {
      if (((changed >>> line) & 1) === 0) continue;
      const driven = line === BENCH_LINE.timer ? this.timerLine : line;
      this.host.setInterruptLine(driven, ((lines >>> line) & 1) !== 0);
    }
  }

  save(): number[] {
    const { outputs, timerRises } = this;
    return [this.lines, outputs.length, timerRises.length, ...outputs, ...timerRises, ...this.uart.save()];
  }

  load(state: readonly number[]): void {
    const [lines = 0, outputs = 0, rises = 0] = state;
    this.outputs = state.slice(3, 3 + outputs);
    this.timerRises = state.slice(3 + outputs, 3 + outputs + rises);
    this.uart.load(state.slice(3 + outputs + rises));
    this.setLines(lines);
  }
}
