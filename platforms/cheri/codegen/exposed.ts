import type { LoweredOperation } from '../../../workloads/language/backend/lowering.js';
import type { Exposure } from '../../../workloads/language/operations.js';
import { changedWord, countHolding, fillRegisters, lookIntoRegisters } from '../../riscv/codegen/exposure.js';
import { CALL_REGISTERS } from './abi.js';

/** Registers that neither carry the one argument and the answer nor lead to code, stack and globals; what a call uses itself apart. */
const QUIET = ['t0', 's0', 's1', 'tp', 'a2', 'a3', 'a4', 'a5'] as const;
/** The second argument, and the second word that a call may give back. */
const SECOND = 'a1';
/** What a call of a compartment uses: the sealed entry, and the way into the switcher. */
const CALLING = ['t1', 't2'] as const;

const [SHOWN_AT, ANSWER_AT, BYTES] = [16, 20, 32];

/**
 * A call between two looks at what it leaves in the open.
 * @param call lines of the call: argument and answer in a0
 * @param direct true if it is a function call in one compartment
 * @param failed lines that put into a1 whether the answer in a0 is none
 */
export const exposedCall = (
  { shown, sought }: Exposure,
  call: readonly string[],
  direct: boolean,
  failed: readonly string[],
): LoweredOperation => ({
  arguments: [],
  lines: [
    `cincoffset csp, csp, -${BYTES}`,
    'csc cs0, 0(csp)',
    'csc cs1, 8(csp)',
    ...fillRegisters(['a0'], shown),
    `csw a0, ${SHOWN_AT}(csp)`,
    `addi a0, sp, ${SHOWN_AT}`,
    ...fillRegisters([...QUIET, SECOND, ...(direct ? CALLING : [])], shown),
    ...call,
    `csw a0, ${ANSWER_AT}(csp)`,
    ...fillRegisters(['a1'], sought),
    'li a0, 0',
    ...countHolding([...QUIET, ...CALLING], 'a1', 'a0'),
    'mv a2, a0',
    ...changedWord(`clw a3, ${SHOWN_AT}(csp)`, 'a3', shown, 'a0'),
    `clw a0, ${ANSWER_AT}(csp)`,
    'clc cs0, 0(csp)',
    'clc cs1, 8(csp)',
    `cincoffset csp, csp, ${BYTES}`,
    ...failed,
  ],
  results: ['a0', 'a1', 'a2', 'a3'],
  clobbers: CALL_REGISTERS,
});

/** Counts registers that hold the word. */
export const lookForWord: LoweredOperation = {
  arguments: ['a0'],
  lines: lookIntoRegisters([...QUIET, ...CALLING]),
  results: ['a1'],
  clobbers: ['a1'],
};

/** The word in all registers but those that lead somewhere; cs0, cs1 and ctp are changed behind the compiler's back. */
export const leaveWord: LoweredOperation = {
  arguments: ['a0'],
  lines: [...QUIET, ...CALLING, SECOND].map((register) => `mv ${register}, a0`),
  results: [],
  clobbers: ['a1', 'a2', 'a3', 'a4', 'a5', 't0', 't1', 't2'],
};

/** All that a domain can do to get into another one at an address: the entry behind a right one, and a jump. */
export const enterAt = (imported: readonly string[], enterSwitcher: readonly string[]): LoweredOperation => ({
  arguments: ['a0'],
  lines: [
    ...(imported.length === 0
      ? []
      : [
          'cincoffset csp, csp, -16',
          'csw a0, 0(csp)',
          ...imported,
          'cincoffset ct1, ct1, 4',
          ...enterSwitcher,
          'clw a0, 0(csp)',
          'cincoffset csp, csp, 16',
        ]),
    'auipcc ca1, 0',
    'csetaddr ca1, ca1, a0',
    'cjalr ca1',
  ],
  results: [],
  clobbers: CALL_REGISTERS,
});
