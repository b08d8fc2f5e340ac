import { client, EXIT, type Operation, thread } from './programs.js';
import type { ThreadSource } from './link.js';

/*
 * Thread-Metric as its public description defines the tests: threads of one process count what they do in a loop. A passage is one
 * turn of the loop, from mark to mark; the loop is in it, the mark is not.
 */

const ROUNDS = 8;

/** Counts in r4 and ends the run after some rounds. */
const counted = (name: string, setup: string, body: string): string => `
${name}:
  movs  r5, #0
  movs  r4, #0
  ${setup}
1:
  ${body}
  adds  r4, #1
  cmp   r4, #${ROUNDS}
  bls   1b
  ${EXIT}
  b     .
`;

const test = (
  id: string,
  title: string,
  program: string,
  threads: readonly ThreadSource[],
  mark = 'client.mark',
): Operation => client(id, `Thread-Metric: ${title}`, program, { threads, from: [mark], to: [mark] });

/** Resumes thread `next`, counts, and stops itself. */
const link = (name: string, next: number | undefined): string => `
${name}:
  mov   r6, r0
  movs  r4, #0
1:
  ${next === undefined ? '' : `movs r0, #${next}\n movs r1, #SIGCONT\n bl kill`}
  adds  r4, #1
  mov   r0, r6
  movs  r1, #SIGSTOP
  bl    kill
  b     1b
`;

const CHAIN = ['second', 'third', 'fourth', 'fifth'];

export const THREAD_METRIC: readonly Operation[] = [
  test(
    'basic',
    'computing alone, 1024 elements',
    `${counted(
      'main',
      'ldr r6, =array',
      `
mark:
  nop
  movs  r0, #0
  movs  r1, #1
  lsls  r1, #12
2:
  ldr   r2, [r6, r0]
  ldr   r3, [r6]
  adds  r2, r3
  adds  r2, r4
  eors  r2, r0
  str   r2, [r6, r0]
  adds  r0, #4
  cmp   r0, r1
  bne   2b`,
    )}
  .bss
  .balign 4
array: .space 4096
`,
    [thread('client.main', 10)],
  ),
  test(
    'cooperative',
    'five equal threads yield, one count',
    counted('main', '', 'bl thread_yield\nmark:\n nop'),
    [0, 1, 2, 3, 4].map(() => thread('client.main', 10)),
  ),
  test(
    'preemptive',
    'five threads resume each other and stop themselves, a round of five counts',
    [
      counted('main', '', 'mark:\n nop\n movs r0, #1\n movs r1, #SIGCONT\n bl kill'),
      ...CHAIN.map((name, i) => link(name, i + 1 < CHAIN.length ? i + 2 : undefined)),
    ].join('\n'),
    [
      thread('client.main', 20),
      // the chain stops itself before the first round: the most urgent first
      ...CHAIN.map((name, i) => thread(`client.${name}`, 19 - i, i + 1)),
    ],
  ),
  test(
    'message',
    'one thread sends 16 bytes to a queue and receives them',
    `${counted('main', '', 'mark:\n nop\n ldr r0, =queue\n ldr r1, =sent\n bl queue_send\n ldr r0, =queue\n ldr r1, =received\n bl queue_receive')}
  .bss
  .balign 4
sent: .space 16
received: .space 16
  .data
  .balign 4
queue: .hword 16, 10, 0, 0, 0, 0
  .space 160
`,
    [thread('client.main', 10)],
  ),
  test(
    'synchronisation',
    'one thread locks a mutex and unlocks it',
    `${counted('main', '', 'mark:\n nop\n ldr r0, =mutex\n bl futex_lock\n ldr r0, =mutex\n bl futex_unlock')}
  .data
mutex: .byte 0, NO_OWNER
`,
    [thread('client.main', 10)],
  ),
];
