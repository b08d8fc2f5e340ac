import type { Platform } from '../platform.js';
import { disassemble } from '../riscv/disassemble.js';
import { BENCHMARKS } from './hardware/benchmarks.js';
import { benchBoard } from './hardware/board.js';
import { VexRiscvMachine } from './hardware/machine.js';
import { coreConfig, PARAMETERS } from './hardware/parameters.js';
import { DECODER } from './hardware/slots.js';

/** VexRiscv of Baochip-1x: RV32IMAC, M/S/U, Sv32. */
export const mmuMicrokernel: Platform = {
  id: 'mmu-microkernel',
  title: 'MMU microkernel: VexRiscv of Baochip-1x, RV32IMAC with Sv32',
  core: 'vexriscv-baochip',
  parameters: PARAMETERS,
  boards: ['bench'],
  benchmarks: BENCHMARKS,
  modelVersion: '1',
  elfMachine: 243,
  createMachine(request) {
    if (request.board !== 'bench') throw new RangeError(`mmu-microkernel has no board ${request.board}; it has bench`);
    return new VexRiscvMachine(coreConfig(request.parameters), benchBoard(request));
  },
  disassemble: (word, address) => disassemble(word, address, DECODER),
};
