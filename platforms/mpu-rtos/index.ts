import type { Platform } from '../platform.js';
import { disassemble } from '../thumb/disassemble.js';
import { cmrxKernel } from './codegen/kernel.js';
import { BENCHMARKS } from './hardware/benchmarks.js';
import { CortexMMachine } from './hardware/machine.js';
import { coreConfig, PARAMETERS } from './hardware/parameters.js';
import { decoderOf } from './hardware/slots.js';
import { KERNEL_PARAMETERS } from './kernel/parameters.js';

const BOARDS = ['mps2', 'cmrx'];

/** Cortex-M0+, M3, M4 or M33 with a PMSAv7 or PMSAv8 MPU. */
export const mpuRtos: Platform = {
  id: 'mpu-rtos',
  title: 'MPU RTOS: Cortex-M0+, M3, M4 or M33 with an MPU, NVIC and SysTick',
  core: 'cortex-m',
  parameters: [...PARAMETERS, ...KERNEL_PARAMETERS],
  kernel: cmrxKernel,
  boards: BOARDS,
  benchmarks: BENCHMARKS,
  modelVersion: '1',
  elfMachine: 40,
  startsFromVectors: true,
  vectorCores: { m0: { core: 'm0plus' }, m3: { core: 'm3' }, m4: { core: 'm4' }, m33: { core: 'm33' } },
  createMachine(request) {
    if (!BOARDS.includes(request.board)) {
      throw new RangeError(`mpu-rtos has no board ${request.board}; it has ${BOARDS.join(', ')}`);
    }
    const { parameters } = request;
    const hardware = Object.entries(parameters).filter(([name]) => !KERNEL_PARAMETERS.some((p) => p.name === name));
    return new CortexMMachine(coreConfig(Object.fromEntries(hardware)), request);
  },
  // The largest of the instruction sets; the others are parts of it.
  disassemble: (word, address) => disassemble(word, address, decoderOf('m33', 'secure')),
};
