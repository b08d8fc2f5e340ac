import { CMRX_BOARD } from '../devices/board.js';
import type { ProcessSource, SystemSource, ThreadSource } from './link.js';

/* What the programs that repeat one operation between two marks are made of. */

/**
 * A kernel operation that is measured between two marks: from the retirement of the instruction at `from` to the retirement of
 * the one at `to`. The programs repeat it and end the run by themselves.
 */
export interface Operation {
  readonly id: string;
  /** What happens between the marks, one line. */
  readonly title: string;
  readonly system: SystemSource;
  /** Symbols `process.label`, or labels of the kernel; any of them starts and ends a measurement. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Passages of a measured operation; the last four count. */
export const REPETITIONS = 6;
const { bench, deviceBytes } = CMRX_BOARD;

/** Ends the run; r5 counts wrong results and is the exit code. */
export const EXIT = `
  ldr   r0, =${bench}
  str   r5, [r0, #4]
`;

/** A process that may end the run. */
export const process = (name: string, program: string, exports: readonly string[] = []): ProcessSource => ({
  name,
  program: `.text\n${program}\n.text\n.pool\n`,
  exports,
  mmio: [{ start: bench, bytes: deviceBytes }],
});

/** A thread as `process.label`. */
export const thread = (place: string, priority: number, data = 0): ThreadSource => {
  const [owner, entry] = place.split('.');
  return { process: owner, entry, priority, data };
};

/** A process with one service, whose method adds: its object is `service`. */
export const SERVER = process(
  'server',
  `
add:
entered:
  adds  r0, r1, r2
leave:
  bx    lr
  .section .vtable, "a"
words:
  .word add + 1
  .data
service:
  .word words
`,
  ['service'],
);

/** Repeats `round` with r4 as the number of rounds left, then ends the run; r5 counts what went wrong. There is a word `object`. */
export const rounds = (round: string): string => `
  movs  r5, #0
  movs  r4, #${REPETITIONS}
again: ${round}
  subs  r4, #1
  bne   again
  ${EXIT}
  b     .
  .bss
  .balign 4
object: .space 4
`;

/**
 * A program that repeats `call` between marks and checks that r0 is `result` then; `before` and `after` run outside of them. It may
 * use r0 to r3, r6 and r7.
 */
export const repeat = (call: string, result: string, before = '', after = ''): string => `
main:${rounds(`${before}
begin:
  nop
  ${call}
end:
  nop
  cmp   r0, #${result}
  beq   1f
  adds  r5, #1
1: ${after}`)}
number: .space 4
status: .space 4
  .data
mutex: .byte 0, NO_OWNER
`;

/** What differs from one thread at `main`, which passes `begin` and `end`. */
type Special = Partial<Pick<Operation, 'from' | 'to'> & Pick<SystemSource, 'threads' | 'timers'>>;

/** A server that nobody need call, and a process `client`: the first process is the server, as in the traces. */
export function client(id: string, title: string, program: string, special: Special = {}): Operation {
  const { threads = [thread('client.main', 10)], timers, from = ['client.begin'], to = ['client.end'] } = special;
  const processes = [SERVER, process('client', program)];
  return { id, title, system: { processes, threads, ...(timers === undefined ? {} : { timers }) }, from, to };
}

/** Computes for ever; the marks of ticks. */
export const SPINNER = `
spin:
  adds  r0, #1
spin2:
  b     spin
`;
