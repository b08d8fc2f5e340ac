import type { Platform } from '../platform.js';
import { disassemble } from '../riscv/disassemble.js';
import { cheriotKernel } from './codegen/kernel.js';
import { rtosBoard } from './devices/board.js';
import { BENCHMARKS } from './hardware/benchmarks.js';
import { benchBoard, safeBoard } from './hardware/board.js';
import { CheriotMachine } from './hardware/machine.js';
import { coreConfig, PARAMETERS } from './hardware/parameters.js';
import { KERNEL_PARAMETERS } from './kernel/parameters.js';
import { DECODER } from './hardware/slots.js';

const BOARDS = new Map([
  ['bench', benchBoard],
  ['safe', safeBoard],
  ['rtos', rtosBoard],
]);

/** CHERIoT-Ibex: RV32EMC with capabilities, load filter and background revoker. */
export const cheri: Platform = {
  id: 'cheri',
  title: 'CHERI: CHERIoT-Ibex, RV32EMCB with capabilities',
  core: 'cheriot-ibex',
  parameters: [...PARAMETERS, ...KERNEL_PARAMETERS],
  kernel: cheriotKernel,
  boards: [...BOARDS.keys()],
  benchmarks: BENCHMARKS,
  modelVersion: '1',
  elfMachine: 243,
  createMachine(request) {
    const board = BOARDS.get(request.board);
    if (board === undefined) {
      throw new RangeError(`cheri has no board ${request.board}; it has ${[...BOARDS.keys()].join(', ')}`);
    }
    const hardware = Object.entries(request.parameters).filter(([n]) => !KERNEL_PARAMETERS.some((p) => p.name === n));
    return new CheriotMachine(coreConfig(Object.fromEntries(hardware)), board(request));
  },
  disassemble: (word, address) => disassemble(word, address, DECODER),
};
