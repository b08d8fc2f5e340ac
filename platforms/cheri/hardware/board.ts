import { benchRegions } from '../../machine/devices/bench.js';
import { TimerDevice } from '../../machine/devices/timer.js';
import { ramRegions, type Region } from '../../machine/memory.js';
import type { MachineRequest } from '../../platform.js';
import { RevokerBench } from './devices/bench.js';
import { PlicDevice } from './devices/plic.js';
import { RevokerDevice } from './devices/revoker.js';
import { SafeUart } from './devices/uart.js';
import type { Board } from './machine.js';
import { BITMAP_BASE, BITMAP_WORDS, HEAP_BASE } from './revocation.js';

/** Address of the test device of the vector programs. */
export const BENCH_BASE = 0x10000000;

/** Reset vector of the vector programs and of SAFE; the first instruction is 0x80 bytes behind it. */
const RESET_VECTOR = 0x20000000;

/** Board `bench` of `tests/vectors/README.md` section 1: `benchRegions`. */
export function benchBoard(request: MachineRequest): Board {
  const bench = new RevokerBench();
  return {
    regions: benchRegions(bench, BENCH_BASE, request.ram),
    devices: [bench],
    bench,
    console: () => bench.console,
    connect: (revoker) => bench.connect(revoker),
    resetVector: request.resetVector ?? RESET_VECTOR,
  };
}

/** Lines of the core (`Core.setLine`). */
const TIMER_LINE = 0;
const EXTERNAL_LINE = 2;

/** Source of the revoker's interrupt at the PLIC (cheriot-rtos, board ibex-safe-simulator). */
const REVOKER_SOURCE = 1;

/**
 * Core cycles in one tick of the timer: 100 kHz (cheriot-rtos, board ibex-safe-simulator) of the 20 MHz at which SAFE runs on
 * the FPGA (MICRO'23 section 7.2.3). The simulator's own clock is not stated.
 */
const CYCLES_PER_TICK = 200;

const SAFE = {
  /** Read only for stores; the loader places code and data there. */
  rom: { start: 0x20000000, bytes: HEAP_BASE - 0x20000000 },
  ram: { start: HEAP_BASE, bytes: 0x40000 },
  bitmap: { start: BITMAP_BASE, bytes: 4 * BITMAP_WORDS },
  plic: { start: 0x10000000, bytes: 0x400000 },
  revoker: { start: 0x14000000, bytes: 0x1000 },
  timer: { start: 0x14001000, bytes: 0x1000 },
  uart: { start: 0x8f00b000, bytes: 0x1000 },
} as const;

/** Registers of SAFE's timer: mtime and mtimecmp. */
const TIMER_REGISTERS = { count: 0x10, compare: 0x18 };

/**
 * Board `safe`: the addresses of microsoft/cheriot-safe as cheriot-rtos knows them (research/cheri-cheriot.md section 1.14):
 * ROM, 256 KiB of RAM, revocation bitmap, timer, PLIC, revoker, UART. All else answers with a bus error.
 */
export function safeBoard(request: MachineRequest): Board {
  const uart = new SafeUart();
  const plic = new PlicDevice(EXTERNAL_LINE);
  const timer = new TimerDevice({ line: TIMER_LINE, cyclesPerTick: CYCLES_PER_TICK, registers: TIMER_REGISTERS });
  const revoker = new RevokerDevice(() => plic.raise(REVOKER_SOURCE));
  const memory: Region[] = [{ kind: 'rom', ...SAFE.rom }, ...ramRegions([SAFE.ram])];
  return {
    regions: [
      ...(request.ram ? ramRegions(request.ram) : memory),
      { kind: 'ram', ...SAFE.bitmap },
      { kind: 'device', ...SAFE.plic, device: plic },
      { kind: 'device', ...SAFE.revoker, device: revoker },
      { kind: 'device', ...SAFE.timer, device: timer },
      { kind: 'device', ...SAFE.uart, device: uart },
    ],
    devices: [uart, plic, timer, revoker],
    bench: undefined,
    console: () => uart.text,
    connect: (port) => revoker.connect(port),
    resetVector: request.resetVector ?? RESET_VECTOR,
  };
}
