import type { MachineRequest, Platform } from '../platform.js';
import { disassemble } from '../riscv/disassemble.js';
import { xousKernel } from './codegen/kernel.js';
import { xousBoard } from './devices/board.js';
import { BENCHMARKS } from './hardware/benchmarks.js';
import { benchBoard } from './hardware/board.js';
import { type Board, VexRiscvMachine } from './hardware/machine.js';
import { coreConfig, PARAMETERS } from './hardware/parameters.js';
import { KERNEL_PARAMETERS } from './kernel/parameters.js';
import { DECODER } from './hardware/slots.js';

/** Boards by name; the first is the default. */
const BOARDS: Readonly<Record<string, (request: MachineRequest) => Board>> = { bench: benchBoard, xous: xousBoard };

/** VexRiscv of Baochip-1x: RV32IMAC, M/S/U, Sv32. */
export const mmuMicrokernel: Platform = {
  id: 'mmu-microkernel',
  title: 'MMU microkernel: VexRiscv of Baochip-1x, RV32IMAC with Sv32',
  core: 'vexriscv-baochip',
  parameters: [...PARAMETERS, ...KERNEL_PARAMETERS],
  kernel: xousKernel,
  boards: Object.keys(BOARDS),
  benchmarks: BENCHMARKS,
  modelVersion: '1',
  elfMachine: 243,
  createMachine(request) {
    const { board, parameters } = request;
    if (!Object.hasOwn(BOARDS, board)) {
      throw new RangeError(`mmu-microkernel has no board ${board}; it has ${Object.keys(BOARDS).join(', ')}`);
    }
    const hardware = Object.entries(parameters).filter(([name]) => !KERNEL_PARAMETERS.some((p) => p.name === name));
    return new VexRiscvMachine(coreConfig(Object.fromEntries(hardware)), BOARDS[board](request));
  },
  disassemble: (word, address) => disassemble(word, address, DECODER),
};
