import { PHASES } from '../../platforms/machine/ledger.js';
import type { TraceEvent } from '../../platforms/machine/machine.js';

/** What the lines of a trace need to know about the program. */
export interface TraceNames {
  /** `symbol+0x10` for a virtual address of a space; empty if nothing names it. */
  readonly place: (address: number, space: number) => string;
  readonly disassemble: (word: number, address: number) => string;
}

const line = (columns: readonly string[]): string => `${columns.join(' ').trimEnd()}\n`;

/** The first line of a trace file: names of the columns. */
export const TRACE_HEADER = line([
  '     cycle',
  'p',
  'pc      ',
  'word    ',
  'phase            ',
  'place'.padEnd(28),
  'instruction',
]);

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

/**
 * One line of a trace: cycle of retirement or trap entry, privilege, pc, instruction word, phase, the place as symbol and
 * offset, the instruction. A trap has its cause instead of an instruction.
 */
export function traceLine(event: TraceEvent, { place, disassemble }: TraceNames): string {
  const { kind, cycle, privilege, pc, word, phase, cause, space } = event;
  const what = kind === 'trap' ? `*** trap, cause 0x${(cause >>> 0).toString(16)}` : disassemble(word, pc);
  const where = place(pc, space).padEnd(28);
  return line([
    String(cycle).padStart(10),
    String(privilege),
    hex(pc),
    hex(word),
    PHASES[phase].padEnd(17),
    where,
    what,
  ]);
}
