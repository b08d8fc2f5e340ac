import { BenchDevice } from '../../machine/devices/bench.js';
import { InterruptDevice } from '../../machine/devices/interrupts.js';
import { TimerDevice } from '../../machine/devices/timer.js';
import { ramRegions, type Region } from '../../machine/memory.js';
import type { MachineRequest } from '../../platform.js';
import { BENCH_BASE } from '../hardware/board.js';
import type { Board } from '../hardware/machine.js';

/** Physical addresses of board `xous`. */
export const XOUS_BOARD = {
  /** 2 MiB of SRAM (baochip-1x docs, memory map). */
  ram: { start: 0x61000000, bytes: 0x00200000 },
  /** The test device: outputs, exit, console; its one-shot timer is the alarm of scenarios. */
  bench: BENCH_BASE,
  /** Pre-emption timer, in core cycles. */
  timer: 0x58001000,
  /** Lines that software sets: stand-ins for peripherals. */
  interrupts: 0x58002000,
} as const;

/** Interrupt lines of board `xous`, as bits of the core's external interrupt array (CSR 0x9C0). */
export const XOUS_LINES = { timer: 1, alarm: 2, firstInterrupt: 6, interruptCount: 8 } as const;

/**
 * Cycles of a millisecond at the CPU clock of Baochip-1x, 350 MHz (baochip-1x docs, chapter 1): what the ticktimer server's
 * tick is. No figure of a report is converted with it.
 */
export const CYCLES_PER_MILLISECOND = 350_000;

/** The core's line that is bit 0 of the array; the two below are its machine timer and software interrupts. */
const ARRAY = 2;

const DEVICE_BYTES = 4096;

/** Board `xous`: the SRAM of Baochip-1x, a timer and interrupt lines. Everything else answers with a bus error. */
export function xousBoard(request: MachineRequest): Board {
  const bench = new BenchDevice(ARRAY + XOUS_LINES.alarm);
  const timer = new TimerDevice({ line: ARRAY + XOUS_LINES.timer });
  const interrupts = new InterruptDevice({
    first: ARRAY + XOUS_LINES.firstInterrupt,
    count: XOUS_LINES.interruptCount,
  });
  const device = (start: number, what: BenchDevice | TimerDevice | InterruptDevice): Region => ({
    kind: 'device',
    start,
    bytes: DEVICE_BYTES,
    device: what,
  });
  return {
    regions: [
      ...ramRegions(request.ram ?? [XOUS_BOARD.ram]),
      device(XOUS_BOARD.bench, bench),
      device(XOUS_BOARD.timer, timer),
      device(XOUS_BOARD.interrupts, interrupts),
    ],
    devices: [bench, timer, interrupts],
    bench,
    resetVector: request.resetVector ?? XOUS_BOARD.ram.start,
  };
}
