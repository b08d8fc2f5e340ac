import type { LoweredOperation } from '../../../workloads/language/backend/lowering.js';
import type { Exposure } from '../../../workloads/language/operations.js';

const LOW = ['r2', 'r3', 'r4', 'r5', 'r6', 'r7'] as const;
const HIGH = ['r8', 'r9', 'r10', 'r11', 'r12'] as const;
/** The words of an RPC behind the first; a function call has them free. */
const WORDS = ['r1', 'r2', 'r3'] as const;

/** Adds to r1 how many of the registers hold the word in r0. */
const countHolding: readonly string[] = [...LOW, ...HIGH].flatMap((register) => [
  `cmp ${register}, r0`,
  'bne 1f',
  'adds r1, #1',
  '1:',
]);

const fillFrom = (from: string, registers: readonly string[]): readonly string[] =>
  registers.map((register) => `mov ${register}, ${from}`);

const load = (register: string, word: number): string => `ldr ${register}, =0x${word.toString(16)}`;

/**
 * A call between two looks at what it leaves in the open. It keeps r4 to r11 itself: what comes back in them is looked at.
 * @param call lines of the call: word and answer in r0
 * @param message true if the four words of an RPC go along: programs set them all
 * @param failed lines that put into r1 whether the answer in r0 is none
 */
export const exposedCall = (
  { shown, sought }: Exposure,
  call: readonly string[],
  message: boolean,
  failed: readonly string[],
): LoweredOperation => ({
  arguments: [],
  lines: [
    'push {r4-r7}',
    ...HIGH.slice(0, 4).map((register, i) => `mov r${4 + i}, ${register}`),
    'push {r4-r7}',
    load('r7', shown),
    'sub sp, sp, #8',
    'str r7, [sp]',
    ...fillFrom('r7', ['r4', 'r5', 'r6', ...HIGH]),
    ...(message ? WORDS.map((word) => `movs ${word}, #0`) : fillFrom('r7', WORDS)),
    'mov r0, sp',
    ...call,
    'str r0, [sp, #4]',
    load('r0', sought),
    'movs r1, #0',
    ...countHolding,
    'mov r2, r1',
    'ldr r3, [sp]',
    load('r0', shown),
    'subs r3, r3, r0',
    'beq 1f',
    'movs r3, #1',
    '1:',
    'ldr r0, [sp, #4]',
    'add sp, sp, #8',
    'pop {r4-r7}',
    ...HIGH.slice(0, 4).map((register, i) => `mov ${register}, r${4 + i}`),
    'pop {r4-r7}',
    ...failed,
  ],
  results: ['r0', 'r1', 'r2', 'r3'],
  clobbers: ['r0', 'r1', 'r2', 'r3', 'r12', 'lr'],
});

/** Counts registers that hold the word. */
export const lookForWord: LoweredOperation = {
  arguments: ['r0'],
  lines: ['cmp r1, r0', 'beq 1f', 'movs r1, #0', 'b 2f', '1:', 'movs r1, #1', '2:', ...countHolding],
  results: ['r1'],
  clobbers: ['r1'],
};

/** The word in all registers but those that lead to code and stack; r4 to r11 are changed behind the compiler's back. */
export const leaveWord: LoweredOperation = {
  arguments: ['r0'],
  lines: fillFrom('r0', ['r1', ...LOW, ...HIGH]),
  results: [],
  clobbers: ['r1', 'r2', 'r3', 'r12'],
};
