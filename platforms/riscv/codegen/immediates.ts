import type { Instruction, Operand, Terminator } from '../../../workloads/language/ir/function.js';
import type { OffsetRange } from '../../../workloads/language/passes/addresses.js';
import type { Immediates } from '../../../workloads/language/passes/materialise.js';
import type { Operator } from '../../../workloads/language/program.js';
import type { NarrowForms } from './abi.js';

/* What RV32 instructions can contain: I-type and S-type immediates have 12 bits, signed (unprivileged ISA 2.3). */

const LOWEST = -2048;
const HIGHEST = 2047;

const is12Bit = (n: number): boolean => (n | 0) >= LOWEST && (n | 0) <= HIGHEST;

/** True if an operator has a form with this number on the right. */
export function fitsImmediate(operator: Operator, n: number): boolean {
  switch (operator) {
    case 'add':
    case 'and':
    case 'or':
    case 'xor':
      return is12Bit(n);
    case 'shl':
    case 'shr':
    case 'sar':
      return n < 32;
    default:
      return false;
  }
}

/** Distances that loads and stores of any width add. */
export const OFFSETS: OffsetRange = () => ({ lowest: LOWEST, highest: HIGHEST });

const isZero = (operand: Operand): boolean => operand.kind === 'constant' && operand.value === 0;

/** Numbers that instructions contain; `narrow` is how references of the target are narrowed. */
export const immediates = (narrow: NarrowForms | undefined): Immediates => ({
  fits(instruction: Instruction, index: number, operand: Operand): boolean {
    if (isZero(operand)) return true;
    if (index !== 1 || operand.kind !== 'constant') return false;
    switch (instruction.op) {
      case 'binary':
        return fitsImmediate(instruction.operator, operand.value);
      case 'compare':
        return is12Bit(
          instruction.comparison === 'eq' || instruction.comparison === 'ne' ? -operand.value : operand.value,
        );
      case 'advance':
        return is12Bit(operand.value);
      case 'narrow':
        return narrow !== undefined && operand.value <= narrow.largest;
      default:
        return false;
    }
  },
  // branches compare registers; 0 has one
  fitsBranch: (_branch: Extract<Terminator, { op: 'branch' }>, _index: number, operand: Operand) => isZero(operand),
});
