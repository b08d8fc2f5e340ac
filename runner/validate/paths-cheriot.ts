import { DECODER } from '../../platforms/cheri/hardware/slots.js';
import type { Operation } from '../../platforms/cheri/kernel/operation.js';
import { OPERATIONS } from '../../platforms/cheri/kernel/operations.js';
import { Op } from '../../platforms/riscv/operations.js';
import { pathReferences } from '../reproduce/path-references.js';
import { CHERIOT_MEMORIES, linkCheriot, VARIANT } from './paths-cheriot-setups.js';
import { CHERIOT_TABLES } from './paths-cheriot-tables.js';
import type { PathSample, PathSuite } from './paths-suite.js';

const operands = { rd: 0, rs1: 0, rs2: 0, imm: 0 };

/** Capabilities that an instruction loads and stores. */
function access(word: number): { loads: number; stores: number } {
  const op = DECODER.decode(word, operands);
  return { loads: op === Op.CLC ? 1 : 0, stores: op === Op.CSC ? 1 : 0 };
}

/** The first mark counts, the last does not. There is one privilege level: programs and kernel are told apart by phase only. */
const instructions = ({ instructionsByPhase }: PathSample): number =>
  Object.values(instructionsByPhase).reduce((sum, count) => sum + count, 0);

/** The CHERIoT-RTOS-like kernel beside CHERIoT RTOS. */
export const CHERIOT_PATHS: PathSuite<Operation> = {
  platform: 'cheri',
  board: 'rtos',
  kernel: 'CHERIoT RTOS',
  measured: 'instructions counted in its source, cycles of it on the RTL',
  exactly: 'Traps',
  memories: CHERIOT_MEMORIES,
  variants: [VARIANT],
  parameters: () => ({ kernel: {}, hardware: {} }),
  operations: OPERATIONS,
  link: linkCheriot,
  access,
  quantities: [
    { name: 'traps', of: (s) => s.traps, exact: true },
    { name: 'instructions', of: instructions },
    { name: 'capability stores', of: (s) => s.kernel.stores },
    { name: 'capability loads', of: (s) => s.kernel.loads },
    { name: 'instructions of user', of: (s) => s.instructionsByPhase.user },
    { name: 'instructions of save', of: (s) => s.instructionsByPhase.save },
    { name: 'instructions of validate', of: (s) => s.instructionsByPhase.validate },
    { name: 'instructions of switch protection', of: (s) => s.instructionsByPhase['switch protection'] },
    { name: 'instructions of schedule', of: (s) => s.instructionsByPhase.schedule },
    { name: 'instructions of clear', of: (s) => s.instructionsByPhase.clear },
    { name: 'instructions of kernel', of: (s) => s.instructionsByPhase.kernel },
    {
      name: 'instructions of restore and return',
      of: (s) => s.instructionsByPhase.restore + s.instructionsByPhase.return,
    },
  ],
  columns: { before: ['traps'], after: ['capability stores', 'capability loads'] },
  references: pathReferences('cheri'),
  tables: CHERIOT_TABLES,
};
