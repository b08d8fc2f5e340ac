import { DECODER } from '../../platforms/cheri/hardware/slots.js';
import { linkSystem } from '../../platforms/cheri/kernel/link.js';
import { OPERATIONS, type Operation } from '../../platforms/cheri/kernel/operations.js';
import { kernelConfig } from '../../platforms/cheri/kernel/parameters.js';
import { Op } from '../../platforms/riscv/operations.js';
import { CHERIOT_REFERENCES, SWITCH_CYCLES, SWITCH_SOURCE, VARIANT } from './paths-cheriot-reference.js';
import type { PathResult, PathRow, PathSample, PathSuite } from './paths-suite.js';

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
  memories: {
    safe33: {},
    'filter off': { loadFilter: false },
    'one port': { memoryPorts: 1 },
    '65 bits': { dataBusBits: 65 },
  },
  variants: [VARIANT],
  parameters: () => ({ kernel: {}, hardware: {} }),
  operations: OPERATIONS,
  link(operation, kernel) {
    const { image, symbol } = linkSystem(kernelConfig(kernel), operation.system);
    return { image, place: (name) => symbol(name).physical };
  },
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
    {
      name: 'instructions of restore and return',
      of: (s) => s.instructionsByPhase.restore + s.instructionsByPhase.return,
    },
  ],
  columns: { before: ['traps'], after: ['capability stores', 'capability loads'] },
  references: CHERIOT_REFERENCES,
  prices,
};

/** The nop in front of the ecall, which carries the first mark of `switch`. */
const MARK_CYCLES = 1;

/** A switch of threads without the scheduler: on the RTL that was one instruction. */
function prices(results: readonly PathResult[]): PathRow[] {
  const cycles = (operation: string, quantity: string): PathRow | undefined =>
    results.find((r) => r.operation === operation)?.rows.find((r) => r.quantity === quantity);
  return Object.entries(SWITCH_CYCLES).flatMap(([memory, real]) => {
    const quantity = `cycles ${memory}`;
    const [whole, scheduler] = [cycles('switch', quantity), cycles('scheduler', quantity)];
    if (whole === undefined || scheduler === undefined) return [];
    const operation = `switch of threads without the scheduler, ${memory}`;
    return [{ ...whole, operation, real, ours: whole.ours - scheduler.ours - MARK_CYCLES, source: SWITCH_SOURCE }];
  });
}
