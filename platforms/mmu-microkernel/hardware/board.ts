import { BenchDevice, benchRegions } from '../../machine/devices/bench.js';
import type { MachineRequest } from '../../platform.js';
import type { Board } from './machine.js';

/** Address of the test device of the vector programs. */
export const BENCH_BASE = 0x40000000;

/** Where the core starts after reset unless an image or the request says otherwise. */
const RESET_VECTOR = 0x60000000;

/** Board `bench` of `tests/vectors/README.md` section 1: `benchRegions`. */
export function benchBoard(request: MachineRequest): Board {
  const bench = new BenchDevice();
  return {
    regions: benchRegions(bench, BENCH_BASE, request.ram),
    devices: [bench],
    bench,
    resetVector: request.resetVector ?? RESET_VECTOR,
  };
}
