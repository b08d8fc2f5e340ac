import { DECODER } from '../../platforms/cheri/hardware/slots.js';
import { linkSystem } from '../../platforms/cheri/kernel/link.js';
import type { Operation } from '../../platforms/cheri/kernel/operation.js';
import { OPERATIONS } from '../../platforms/cheri/kernel/operations.js';
import { kernelConfig } from '../../platforms/cheri/kernel/parameters.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { Op } from '../../platforms/riscv/operations.js';
import {
  CHERIOT_MEMORIES,
  CHERIOT_REFERENCES,
  HELD_OUT,
  SWITCH_CYCLES,
  SWITCH_SOURCE,
  VARIANT,
} from './paths-cheriot-reference.js';
import { CHERIOT_TABLES } from './paths-cheriot-tables.js';
import type { LinkedPath, PathResult, PathRow, PathSample, PathSuite } from './paths-suite.js';

const operands = { rd: 0, rs1: 0, rs2: 0, imm: 0 };

/** Capabilities that an instruction loads and stores. */
function access(word: number): { loads: number; stores: number } {
  const op = DECODER.decode(word, operands);
  return { loads: op === Op.CLC ? 1 : 0, stores: op === Op.CSC ? 1 : 0 };
}

/** The first mark counts, the last does not. There is one privilege level: programs and kernel are told apart by phase only. */
const instructions = ({ instructionsByPhase }: PathSample): number =>
  Object.values(instructionsByPhase).reduce((sum, count) => sum + count, 0);

/** What was linked last: each memory set-up runs the same. */
let linked: { readonly operation: Operation; readonly kernel: string; readonly path: LinkedPath } | undefined;

function link(operation: Operation, values: ParameterValues): LinkedPath {
  const parameters = { ...values, ...operation.kernel };
  const kernel = JSON.stringify(parameters);
  if (linked?.operation !== operation || linked.kernel !== kernel) {
    const { image, symbol } = linkSystem(kernelConfig(parameters), operation.system);
    linked = { operation, kernel, path: { image, place: (name) => symbol(name).physical } };
  }
  return linked.path;
}

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
  link,
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
  references: CHERIOT_REFERENCES,
  prices,
  tables: CHERIOT_TABLES,
};

/** The nop in front of the ecall, which carries the first mark of `switch`. */
const MARK_CYCLES = 1;

type Rows = (operation: string, memory: string) => PathRow | undefined;

function prices(results: readonly PathResult[]): PathRow[] {
  const cycles: Rows = (operation, memory) =>
    results.find((r) => r.operation === operation)?.rows.find((r) => r.quantity === `cycles ${memory}`);
  return [...switches(cycles), ...heldOut(cycles)];
}

/** A switch of threads without the scheduler: on the RTL that was one instruction. */
const switches = (cycles: Rows): PathRow[] =>
  Object.entries(SWITCH_CYCLES).flatMap(([memory, real]) => {
    const [whole, scheduler] = [cycles('switch', memory), cycles('scheduler', memory)];
    if (whole === undefined || scheduler === undefined) return [];
    const operation = `switch of threads without the scheduler, ${memory}`;
    return [{ ...whole, operation, real, ours: whole.ours - scheduler.ours - MARK_CYCLES, source: SWITCH_SOURCE }];
  });

const heldOut = (cycles: Rows): PathRow[] =>
  HELD_OUT.flatMap(({ operation, what, memory, times, published, source }) => {
    const row = cycles(operation, memory);
    return row === undefined
      ? []
      : [{ ...row, operation: `${what}, held-out`, real: published, ours: row.ours / times, source }];
  });
