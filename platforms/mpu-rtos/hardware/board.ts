import type { Device } from '../../machine/device.js';
import type { BenchDevice } from '../../machine/devices/bench.js';
import { ramRegions, type Region } from '../../machine/memory.js';
import type { MachineRequest } from '../../platform.js';
import { CODE_BYTES } from './core.js';
import { CmsdkUart, MPS2_UART } from './uart.js';

/** Bytes of the RAM at 0x20000000. */
const RAM_BYTES = 4 << 20;

/** What is around the core. */
export interface Board {
  readonly regions: readonly Region[];
  /** Devices with a region, in order; the core's own timer is not among them. */
  readonly devices: readonly Device[];
  /** The test device, on boards that have one. */
  readonly bench?: BenchDevice;
  /** Address of the vector table, if not the lowest address an image loads. */
  readonly vectorTable: number | undefined;
}

/**
 * Board `mps2`: as much of the Arm MPS2 boards (AN385, AN386) as bare programs need. 4 MiB of code memory at 0, which is RAM
 * there too; 4 MiB of RAM at 0x20000000; a CMSDK UART at 0x40004000. Nothing answers elsewhere.
 */
export function mps2Board(request: MachineRequest, transmit: (byte: number) => void): Board {
  const uart = new CmsdkUart(transmit, MPS2_UART.transmitLine);
  const memory = [
    { start: 0, bytes: CODE_BYTES },
    { start: 0x20000000, bytes: RAM_BYTES },
  ];
  return {
    regions: [
      ...ramRegions(request.ram ?? memory),
      { kind: 'device', start: MPS2_UART.start, bytes: MPS2_UART.bytes, device: uart },
    ],
    devices: [uart],
    vectorTable: request.resetVector,
  };
}
