import type { Region } from '../../machine/memory.js';
import type { MachineRequest } from '../../platform.js';
import { RevokerBench } from './devices/bench.js';
import type { Board } from './machine.js';

/** Address of the test device of the vector programs. */
export const BENCH_BASE = 0x10000000;

/** Reset vector of the vector programs and of SAFE; the first instruction is 0x80 bytes behind it. */
const RESET_VECTOR = 0x20000000;

/**
 * Board `bench` of `tests/vectors/README.md` section 1: RAM everywhere but for the test device and two ranges that answer
 * every access with a bus error (below 0x1000 and from 0xF0000000).
 */
export function benchBoard(request: MachineRequest): Board {
  const bench = new RevokerBench();
  const everywhere: Region[] = [{ kind: 'ram', start: 0x1000, bytes: 0xf0000000 - 0x1000 }];
  const asked = request.ram?.map(({ start, bytes }): Region => ({ kind: 'ram', start, bytes }));
  return {
    regions: [...(asked ?? everywhere), { kind: 'device', start: BENCH_BASE, bytes: 4096, device: bench }],
    devices: [bench],
    bench,
    console: () => bench.console,
    connect: (revoker) => bench.connect(revoker),
    resetVector: request.resetVector ?? RESET_VECTOR,
  };
}
