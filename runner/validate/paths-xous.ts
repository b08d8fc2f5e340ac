import { kernelConfig } from '../../platforms/mmu-microkernel/kernel/parameters.js';
import { linkSystem } from '../../platforms/mmu-microkernel/kernel/link.js';
import { OPERATIONS, type Operation } from '../../platforms/mmu-microkernel/kernel/operations.js';
import { pathReferences } from '../reproduce/path-references.js';
import type { PathSuite } from './paths-suite.js';

const LOAD = 0x03;
const STORE = 0x23;
const AMO = 0x2f;

/** Whether an instruction loads and stores (unprivileged ISA 20191213, tables 24.1 and 16.5 to 16.7; no floating point). */
function access(word: number): { loads: number; stores: number } {
  const counts = (loads: boolean, stores: boolean): { loads: number; stores: number } => ({
    loads: Number(loads),
    stores: Number(stores),
  });
  if ((word & 3) === 3) {
    const opcode = word & 0x7f;
    return counts(opcode === LOAD || opcode === AMO, opcode === STORE || opcode === AMO);
  }
  const quadrant = word & 3;
  const function3 = (word >>> 13) & 7;
  const memory = quadrant === 0 || quadrant === 2;
  return counts(memory && function3 === 2, memory && function3 === 6);
}

/** The Xous-like kernel beside Xous; instructions, loads and stores are the kernel's, PID 1 included. */
export const XOUS_PATHS: PathSuite<Operation> = {
  platform: 'mmu-microkernel',
  board: 'xous',
  kernel: 'Xous',
  measured: 'on the same core',
  exactly: 'Traps, satp writes and sfence.vma',
  memories: {
    core_lat0: { memoryLatency: 0, crossbar: false },
    xbar_lat4: { memoryLatency: 4, crossbar: true },
  },
  variants: ['head', 'pr668', 'v0.9.12', 'ideal'],
  parameters: (generation) => ({ kernel: { generation }, hardware: {} }),
  operations: OPERATIONS,
  link(operation, kernel) {
    const { image, symbol } = linkSystem(kernelConfig(kernel), operation.programs);
    return { image, place: (name) => symbol(name).physical };
  },
  access,
  quantities: [
    { name: 'traps', of: (s) => s.traps, exact: true },
    { name: 'satp writes', of: (s) => s.protection.satpWrites, exact: true },
    { name: 'sfence.vma', of: (s) => s.protection.sfences, exact: true },
    { name: 'instructions', of: (s) => s.kernel.instructions },
    { name: 'loads', of: (s) => s.kernel.loads },
    { name: 'stores', of: (s) => s.kernel.stores },
    { name: 'instructions of save', of: (s) => s.instructionsByPhase.save },
    { name: 'instructions of validate', of: (s) => s.instructionsByPhase.validate },
    { name: 'instructions of switch protection', of: (s) => s.instructionsByPhase['switch protection'] },
    { name: 'instructions of schedule', of: (s) => s.instructionsByPhase.schedule },
    { name: 'instructions of clear', of: (s) => s.instructionsByPhase.clear },
    {
      name: 'instructions of restore and return',
      of: (s) => s.instructionsByPhase.restore + s.instructionsByPhase.return,
    },
  ],
  columns: { before: ['traps', 'satp writes', 'sfence.vma'], after: ['loads', 'stores'] },
  references: pathReferences('mmu-microkernel'),
};
