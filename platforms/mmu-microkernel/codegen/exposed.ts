import type { LoweredOperation } from '../../../workloads/language/backend/lowering.js';
import type { Exposure } from '../../../workloads/language/operations.js';
import { changedWord, countHolding, fillRegisters, lookIntoRegisters } from '../../riscv/codegen/exposure.js';

const CALLEE_SAVED = ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11'] as const;
const TEMPORARIES = ['t0', 't1', 't2', 't3', 't4', 't5', 't6'] as const;
/** What a message is given in, all of it, whatever its kind: a0 to a7. A function call of one word has the rest of them free. */
const FREE_ARGUMENTS = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'] as const;

const [SHOWN_AT, ANSWER_AT, FAILED_AT, BYTES] = [48, 52, 56, 64];

/**
 * A call between two looks at what it leaves in the open.
 * @param address register of the one word
 * @param call lines of the call
 * @param results registers with the answer and with whether there is none
 * @param message true if the four words of a message go along: programs of Xous set them all
 */
export function exposedCall(
  { shown, sought }: Exposure,
  address: string,
  call: readonly string[],
  [answer, failed]: readonly string[],
  message: boolean,
): LoweredOperation {
  return {
    arguments: [],
    lines: [
      `addi sp, sp, -${BYTES}`,
      ...CALLEE_SAVED.map((register, i) => `sw ${register}, ${4 * i}(sp)`),
      ...fillRegisters(['t0'], shown),
      `sw t0, ${SHOWN_AT}(sp)`,
      ...fillRegisters([...TEMPORARIES, ...CALLEE_SAVED], shown),
      ...fillRegisters(FREE_ARGUMENTS, message ? 0 : shown),
      `addi ${address}, sp, ${SHOWN_AT}`,
      ...call,
      `sw ${answer}, ${ANSWER_AT}(sp)`,
      `sw ${failed}, ${FAILED_AT}(sp)`,
      ...fillRegisters(['a1'], sought),
      'li a0, 0',
      ...countHolding([...TEMPORARIES, ...CALLEE_SAVED, 'a3', 'a4', 'a5', 'a6', 'a7'], 'a1', 'a0'),
      'mv a2, a0',
      ...changedWord(`lw a3, ${SHOWN_AT}(sp)`, 'a3', shown, 'a0'),
      `lw a0, ${ANSWER_AT}(sp)`,
      `lw a1, ${FAILED_AT}(sp)`,
      ...CALLEE_SAVED.map((register, i) => `lw ${register}, ${4 * i}(sp)`),
      `addi sp, sp, ${BYTES}`,
    ],
    results: ['a0', 'a1', 'a2', 'a3'],
    clobbers: ['a0', ...FREE_ARGUMENTS, ...TEMPORARIES, 'ra'],
  };
}

/** Counts registers that hold the word. */
export const lookForWord: LoweredOperation = {
  arguments: ['a0'],
  lines: lookIntoRegisters([...TEMPORARIES, ...CALLEE_SAVED, 'a2', 'a3', 'a4', 'a5', 'a6', 'a7']),
  results: ['a1'],
  clobbers: ['a1'],
};

/**
 * The word in all registers but those that lead to code and stack; s2 to s11 are changed behind the compiler's back. In s0 and s1
 * the loop around a service keeps whom it answers.
 */
export const leaveWord: LoweredOperation = {
  arguments: ['a0'],
  lines: [...TEMPORARIES, ...CALLEE_SAVED.slice(2), ...FREE_ARGUMENTS].map((register) => `mv ${register}, a0`),
  results: [],
  clobbers: [...FREE_ARGUMENTS, ...TEMPORARIES],
};

/** All that a process can do to get into another one at an address: no call of the kernel takes one, so a jump. */
export const enterAt: LoweredOperation = {
  arguments: ['a0'],
  lines: ['jalr a0'],
  results: [],
  clobbers: ['a0', ...FREE_ARGUMENTS, ...TEMPORARIES, 'ra'],
};
