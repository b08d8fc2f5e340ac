import { BenchDevice } from '../../machine/devices/bench.js';
import { InterruptDevice } from '../../machine/devices/interrupts.js';
import { ramRegions, type Region } from '../../machine/memory.js';
import type { MachineRequest } from '../../platform.js';
import type { Board } from '../hardware/board.js';

/** Addresses of board `cmrx`. Each device is one range of 4 KiB: an MPU region. */
export const CMRX_BOARD = {
  flash: { start: 0x00000000, bytes: 0x00200000 },
  ram: { start: 0x20000000, bytes: 0x00200000 },
  /** The test device: outputs at +0, exit code at +4; its timer raises interrupt line 0. */
  bench: 0x40000000,
  /** Lines that software sets: stand-ins for peripherals. */
  interrupts: 0x40001000,
  deviceBytes: 0x1000,
} as const;

/** Interrupt lines of board `cmrx`, as the NVIC numbers them. */
export const CMRX_LINES = { benchTimer: 0, firstInterrupt: 8, interruptCount: 8 } as const;

/** Board `cmrx`: flash from 0, RAM, the test device, interrupt lines. Everything else answers with a bus error. */
export function cmrxBoard(request: MachineRequest): Board {
  const bench = new BenchDevice();
  const interrupts = new InterruptDevice({
    first: CMRX_LINES.firstInterrupt,
    count: CMRX_LINES.interruptCount,
  });
  const { flash, ram, deviceBytes } = CMRX_BOARD;
  const memory: readonly Region[] =
    request.ram === undefined ? [{ kind: 'rom', ...flash }, ...ramRegions([ram])] : ramRegions(request.ram);
  const device = (start: number, what: BenchDevice | InterruptDevice): Region => ({
    kind: 'device',
    start,
    bytes: deviceBytes,
    device: what,
  });
  return {
    regions: [...memory, device(CMRX_BOARD.bench, bench), device(CMRX_BOARD.interrupts, interrupts)],
    devices: [bench, interrupts],
    bench,
    vectorTable: request.resetVector,
  };
}
