import type { Platform } from '../platform.js';
import { disassemble } from '../riscv/disassemble.js';
import { BENCHMARKS } from './hardware/benchmarks.js';
import { benchBoard } from './hardware/board.js';
import { CheriotMachine } from './hardware/machine.js';
import { coreConfig, PARAMETERS } from './hardware/parameters.js';
import { DECODER } from './hardware/slots.js';

/** CHERIoT-Ibex: RV32EMC with capabilities, load filter and background revoker. */
export const cheri: Platform = {
  id: 'cheri',
  title: 'CHERI: CHERIoT-Ibex, RV32EMCB with capabilities',
  core: 'cheriot-ibex',
  parameters: PARAMETERS,
  boards: ['bench'],
  benchmarks: BENCHMARKS,
  modelVersion: '1',
  elfMachine: 243,
  createMachine(request) {
    if (request.board !== 'bench') throw new RangeError(`cheri has no board ${request.board}; it has bench`);
    return new CheriotMachine(coreConfig(request.parameters), benchBoard(request));
  },
  disassemble: (word, address) => disassemble(word, address, DECODER),
};
