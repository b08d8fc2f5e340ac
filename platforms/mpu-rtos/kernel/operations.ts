import { CMRX_BOARD } from '../devices/board.js';
import type { ProcessSource, SystemSource, ThreadSource } from './link.js';

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

const REPETITIONS = 6;
const { bench, deviceBytes } = CMRX_BOARD;

/** Ends the run; r5 counts wrong results and is the exit code. */
export const EXIT = `
  ldr   r0, =${bench}
  str   r5, [r0, #4]
`;

export const process = (name: string, program: string, exports: readonly string[] = []): ProcessSource => ({
  name,
  program: `.text\n${program}\n.text\n.pool\n`,
  exports,
  mmio: [{ start: bench, bytes: deviceBytes }],
});

export const thread = (place: string, priority: number, data = 0): ThreadSource => {
  const [owner, entry] = place.split('.');
  return { process: owner, entry, priority, data };
};

/** A process with one service, whose method adds: its object is \`service\`. */
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

/**
 * A program that repeats \`call\` between marks and checks that r0 is \`result\` then; \`before\` and \`after\` run outside of them. It may
 * use r0 to r3, r6 and r7.
 */
const repeat = (call: string, result: string, before = '', after = ''): string => `
main:
  movs  r5, #0
  movs  r4, #${REPETITIONS}
again: ${before}
begin:
  nop
  ${call}
end:
  nop
  cmp   r0, #${result}
  beq   1f
  adds  r5, #1
1: ${after}
  subs  r4, #1
  bne   again
  ${EXIT}
  b     .
  .bss
  .balign 4
object: .space 4
number: .space 4
status: .space 4
  .data
mutex: .byte 0, NO_OWNER
`;

const MARKS = { from: ['client.begin'], to: ['client.end'] };

/** A server that nobody calls, and a client: the first process is the server, as in the traces. */
const alone = (id: string, title: string, program: string): Operation => ({
  id,
  title,
  system: { processes: [SERVER, process('client', program)], threads: [thread('client.main', 10)] },
  ...MARKS,
});

/** Object and method behind the words; as a compiler places them. */
const RPC = `
  ldr   r0, =server.service
  movs  r1, #0
  ldr   r2, =RPC_CANARY
  sub   sp, #12
  str   r0, [sp, #0]
  str   r1, [sp, #4]
  str   r2, [sp, #8]
  movs  r0, #20
  movs  r1, #30
  bl    rpc_call
  add   sp, #12
`;

/** The callee adds the object's address, which the check takes off again. */
const rpc = (id: string, title: string, from: string, to: string): Operation => ({
  id,
  title,
  system: {
    processes: [SERVER, process('client', repeat(RPC, '50'))],
    threads: [thread('client.main', 10)],
  },
  from: [from],
  to: [to],
});

/** Two threads of one process that take turns by signals or notifications; \`urgent\` has the higher priority. */
const pair = (
  id: string,
  title: string,
  urgent: string,
  other: string,
  from: readonly string[],
  to: readonly string[],
): Operation => ({
  id,
  title,
  system: {
    processes: [
      SERVER,
      process(
        'client',
        `
urgent:
  movs  r5, #0
  ${urgent}
other:
  movs  r5, #0
  movs  r4, #${REPETITIONS}
again:
  ${other}
  subs  r4, #1
  bne   again
  ${EXIT}
  b     .
  .bss
  .balign 4
object: .space 4
`,
      ),
    ],
    threads: [thread('client.urgent', 10), thread('client.other', 20)],
  },
  from,
  to,
});

/** Waits for the object for ever; its marks are around the call. */
const WAITER = `
1:
begin:
  nop
  ldr   r0, =object
  movs  r1, #0
  bl    wait_for_object
woken:
  nop
  b     1b
`;
const NOTIFIER = `
notify:
  nop
  ldr   r0, =object
  bl    notify_object
end:
  nop
`;

/** Stops itself for ever. */
const STOPPER = `
1:
begin:
  nop
  movs  r0, #0
  movs  r1, #SIGSTOP
  bl    kill
woken:
  nop
  b     1b
`;
const CONTINUER = `
continue:
  nop
  movs  r0, #0
  movs  r1, #SIGCONT
  bl    kill
end:
  nop
`;

/** Computes for ever; the marks of ticks. */
const SPINNER = `
spin:
  adds  r0, #1
  b     spin
`;

/** Computes for a while and ends the run: enough for some ticks. */
const countdown = (loops: number): string => `
main:
  movs  r5, #0
  ldr   r0, =${loops}
spin:
  subs  r0, #1
  bne   spin
  ${EXIT}
  b     .
`;

const LOOPS = 40_000;

/** What is measured beside the real kernel, in the order of the table. */
export const OPERATIONS: readonly Operation[] = [
  alone('null-call', 'get_tid', repeat('bl get_tid', '0')),
  rpc('rpc-call', 'RPC: caller to the first instruction of the callee', 'client.begin', 'server.entered'),
  rpc('rpc-return', 'RPC: return of the callee to the caller', 'server.entered', 'client.end'),
  rpc('rpc', 'RPC and back, callee of two instructions', 'client.begin', 'client.end'),
  alone('yield-alone', 'yield, nobody else is ready', repeat('bl thread_yield', 'E_OK')),
  {
    id: 'yield-switch',
    title: 'yield to a thread of the same process; five threads and idle are ready',
    system: {
      processes: [
        SERVER,
        process(
          'client',
          `
main:
  movs  r5, #0
  ldr   r4, =20
1:
begin:
  nop
  bl    thread_yield
end:
  nop
  subs  r4, #1
  bne   1b
  ${EXIT}
  b     .
`,
        ),
      ],
      threads: [0, 1, 2, 3, 4].map(() => thread('client.main', 10)),
    },
    ...MARKS,
  },
  {
    id: 'yield-switch-process',
    title: 'yield to a thread of another process; two threads and idle are ready',
    system: {
      processes: [SERVER, ...['first', 'second'].map((name) => process(name, repeat('bl thread_yield', 'E_OK')))],
      threads: [thread('first.main', 10), thread('second.main', 10)],
    },
    from: ['first.begin', 'second.begin'],
    to: ['first.end', 'second.end'],
  },
  alone(
    'lock',
    'lock of a free mutex',
    repeat('ldr r0, =mutex\n bl futex_lock', 'E_OK', '', 'ldr r0, =mutex\n bl futex_unlock'),
  ),
  alone(
    'unlock',
    'unlock of a mutex that nobody waits for',
    repeat('ldr r0, =mutex\n bl futex_unlock', 'E_OK', 'ldr r0, =mutex\n bl futex_lock'),
  ),
  alone(
    'notify-queued',
    'notification of an object that nobody waits for, kept',
    repeat('ldr r0, =object\n bl notify_object', 'E_OK', '', 'ldr r0, =object\n movs r1, #0\n bl wait_for_object'),
  ),
  alone(
    'wait-queued',
    'wait for an object that was notified before',
    repeat('ldr r0, =object\n movs r1, #0\n bl wait_for_object', 'E_OK', 'ldr r0, =object\n bl notify_object'),
  ),
  pair(
    'wait-blocking',
    'wait that blocks, switch to a less urgent thread',
    WAITER,
    NOTIFIER,
    ['client.begin'],
    ['client.end'],
  ),
  pair(
    'notify-waking',
    'notification that wakes a more urgent thread, switch to it',
    WAITER,
    NOTIFIER,
    ['client.notify'],
    ['client.woken'],
  ),
  {
    id: 'continue',
    title: 'SIGCONT to a stopped thread that is less urgent',
    system: {
      processes: [
        SERVER,
        process(
          'client',
          `${repeat(
            'movs r0, #1\n movs r1, #SIGCONT\n bl kill',
            'E_OK',
            'movs r0, #1\n movs r1, #SIGSTOP\n bl kill',
          )}\n.text\n${SPINNER}`,
        ),
      ],
      threads: [thread('client.main', 10), thread('client.spin', 20)],
    },
    ...MARKS,
  },
  {
    id: 'stop',
    title: 'SIGSTOP to a ready thread that is less urgent',
    system: {
      processes: [
        SERVER,
        process(
          'client',
          `${repeat(
            'movs r0, #1\n movs r1, #SIGSTOP\n bl kill',
            'E_OK',
            '',
            'movs r0, #1\n movs r1, #SIGCONT\n bl kill',
          )}\n.text\n${SPINNER}`,
        ),
      ],
      threads: [thread('client.main', 10), thread('client.spin', 20)],
    },
    ...MARKS,
  },
  pair(
    'continue-switch',
    'SIGCONT to a stopped thread that is more urgent, switch to it',
    STOPPER,
    CONTINUER,
    ['client.continue'],
    ['client.woken'],
  ),
  pair(
    'stop-self',
    'SIGSTOP to itself, switch to a less urgent thread',
    STOPPER,
    CONTINUER,
    ['client.begin'],
    ['client.end'],
  ),
  {
    id: 'tick',
    title: 'tick, nobody sleeps, no switch',
    system: {
      processes: [SERVER, process('client', countdown(LOOPS))],
      threads: [thread('client.main', 10)],
      timers: true,
    },
    from: ['systick'],
    to: ['client.spin'],
  },
  {
    id: 'tick-sleeper',
    title: 'tick while a thread sleeps, no switch',
    system: {
      processes: [SERVER, process('client', `sleep:\n ldr r0, =1000000\n bl usleep\n ${countdown(LOOPS)}`)],
      threads: [thread('client.sleep', 5), thread('client.main', 10)],
      timers: true,
    },
    from: ['systick'],
    to: ['client.spin'],
  },
  {
    id: 'tick-switch',
    title: 'tick that switches to an equal thread of the same process',
    system: {
      processes: [
        SERVER,
        process(
          'client',
          `${SPINNER}\nother:\n${SPINNER.replaceAll('spin', 'turn')}\n${countdown(LOOPS).replaceAll('spin', 'last')}`,
        ),
      ],
      threads: [thread('client.spin', 10), thread('client.other', 10), thread('client.main', 10)],
      timers: true,
    },
    from: ['systick'],
    to: ['client.turn', 'client.last', 'client.spin'],
  },
  {
    id: 'thread-create',
    title: 'thread_create, the new thread is ready and less urgent',
    system: {
      processes: [
        SERVER,
        process(
          'client',
          `${repeat(
            'ldr r0, =number\n ldr r1, =spin + 1\n movs r2, #0\n movs r3, #20\n bl thread_create',
            'E_OK',
            '',
            'ldr r0, =number\n ldr r0, [r0]\n movs r1, #SIGKILL\n bl kill\n ldr r0, =number\n ldr r0, [r0]\n ldr r1, =status\n bl thread_join',
          )}\n.text\n${SPINNER}`,
        ),
      ],
      threads: [thread('client.main', 10)],
    },
    ...MARKS,
  },
  {
    id: 'thread-exit',
    title: 'thread_exit, switch to a less urgent thread of the same process',
    system: {
      processes: [
        SERVER,
        process(
          'client',
          `
main:
  movs  r5, #0
  movs  r4, #${REPETITIONS}
again:
  ldr   r0, =number
  ldr   r1, =short + 1
  movs  r2, #0
  movs  r3, #5
  bl    thread_create
  bl    thread_yield
end:
  nop
  ldr   r0, =number
  ldr   r0, [r0]
  ldr   r1, =status
  bl    thread_join
  subs  r4, #1
  bne   again
  ${EXIT}
  b     .
short:
begin:
  nop
  movs  r0, #3
  bx    lr
  .bss
  .balign 4
number: .space 4
status: .space 4
`,
        ),
      ],
      threads: [thread('client.main', 10)],
    },
    ...MARKS,
  },
  {
    id: 'join',
    title: 'join of a thread that has ended',
    system: {
      processes: [
        SERVER,
        process(
          'client',
          `${repeat(
            'mov r0, r6\n ldr r1, =status\n bl thread_join',
            'E_OK',
            'ldr r0, =number\n ldr r1, =spin + 1\n movs r2, #0\n movs r3, #20\n bl thread_create\n ldr r6, =number\n ldr r6, [r6]\n mov r0, r6\n movs r1, #SIGKILL\n bl kill',
          )}\n.text\n${SPINNER}`,
        ),
      ],
      threads: [thread('client.main', 10)],
    },
    ...MARKS,
  },
  {
    id: 'kill',
    title: 'SIGKILL to another thread',
    system: {
      processes: [
        SERVER,
        process(
          'client',
          `${repeat(
            'mov r0, r6\n movs r1, #SIGKILL\n bl kill',
            'E_OK',
            'ldr r0, =number\n ldr r1, =spin + 1\n movs r2, #0\n movs r3, #20\n bl thread_create\n ldr r6, =number\n ldr r6, [r6]',
            'mov r0, r6\n ldr r1, =status\n bl thread_join',
          )}\n.text\n${SPINNER}`,
        ),
      ],
      threads: [thread('client.main', 10)],
    },
    ...MARKS,
  },
];
