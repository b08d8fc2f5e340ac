import { TimerDevice } from '../../machine/devices/timer.js';
import type { Device } from '../../machine/device.js';
import type { Region } from '../../machine/memory.js';
import type { MachineRequest } from '../../platform.js';
import { PlicDevice } from '../hardware/devices/plic.js';
import { RevokerDevice } from '../hardware/devices/revoker.js';
import type { Board } from '../hardware/machine.js';
import { BITMAP_BASE, BITMAP_WORDS, HEAP_BASE } from '../hardware/revocation.js';
import { AlarmDevice } from './alarm.js';
import { InterruptLines } from './lines.js';

/**
 * Addresses of board `rtos`. They are those of SAFE (`hardware/board.ts`) where SAFE has the device; code, too, is in its RAM, as
 * the images of cheriot-rtos have it.
 */
export const RTOS_BOARD = {
  /** 256 KiB, all of it covered by the revocation bitmap. */
  ram: { start: HEAP_BASE, bytes: 0x40000 },
  bitmap: { start: BITMAP_BASE, bytes: 4 * BITMAP_WORDS },
  controller: { start: 0x10000000, bytes: 0x400000 },
  revoker: { start: 0x14000000, bytes: 0x1000 },
  /** Counts core cycles. */
  timer: { start: 0x14001000, bytes: 0x1000 },
  /** The test device: reports, exit, and the alarm of scenarios, which is line 0. */
  bench: { start: 0x14002000, bytes: 0x1000 },
  lines: { start: 0x14003000, bytes: 0x1000 },
} as const;

/** Sources of the interrupt controller. */
export const RTOS_SOURCES = { revoker: 1, firstLine: 2, lineCount: 8 } as const;

const TIMER_LINE = 0;
const EXTERNAL_LINE = 2;

/** Registers of SAFE's timer: mtime and mtimecmp. */
const TIMER_REGISTERS = { count: 0x10, compare: 0x18 };

/** Board `rtos`, which the kernel is for. All else answers with a bus error. */
export function rtosBoard(request: MachineRequest): Board {
  const controller = new PlicDevice(EXTERNAL_LINE);
  const bench = new AlarmDevice(() => controller.raise(RTOS_SOURCES.firstLine));
  const timer = new TimerDevice({ line: TIMER_LINE, registers: TIMER_REGISTERS });
  const revoker = new RevokerDevice(() => controller.raise(RTOS_SOURCES.revoker));
  const lines = new InterruptLines(controller, RTOS_SOURCES.firstLine, RTOS_SOURCES.lineCount);
  const memory = request.ram ?? [RTOS_BOARD.ram];
  const device = (name: 'controller' | 'revoker' | 'timer' | 'bench' | 'lines', what: Device): Region => ({
    kind: 'device',
    ...RTOS_BOARD[name],
    device: what,
  });
  return {
    regions: [
      ...memory.map(({ start, bytes }): Region => ({ kind: 'ram', start, bytes })),
      { kind: 'ram', ...RTOS_BOARD.bitmap },
      device('controller', controller),
      device('revoker', revoker),
      device('timer', timer),
      device('bench', bench),
      device('lines', lines),
    ],
    devices: [bench, controller, timer, revoker, lines],
    bench,
    console: () => bench.console,
    connect: (port) => revoker.connect(port),
    resetVector: request.resetVector ?? RTOS_BOARD.ram.start,
  };
}
