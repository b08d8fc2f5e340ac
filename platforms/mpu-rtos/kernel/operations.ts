import {
  client,
  EXIT,
  type Operation,
  process,
  repeat,
  REPETITIONS,
  rounds,
  SERVER,
  SPINNER,
  thread,
} from './programs.js';

const NOTIFY = 'ldr r0, =object\n bl notify_object';
const WAIT = 'ldr r0, =object\n movs r1, #0\n bl wait_for_object';
const LOCK = 'ldr r0, =mutex\n bl futex_lock';
const UNLOCK = 'ldr r0, =mutex\n bl futex_unlock';
/** A thread that computes, and its number where it is put and in r0. */
const CREATE = 'ldr r0, =number\n ldr r1, =spin + 1\n movs r2, #0\n movs r3, #20\n bl thread_create';
const NUMBER = 'ldr r0, =number\n ldr r0, [r0]';
const JOIN = 'ldr r1, =status\n bl thread_join';
/** The thread whose number is in r0 gets a signal. */
const signal = (name: string): string => `movs r1, #${name}\n bl kill`;

/** Object and method behind the words; as a compiler places them. */
const rpc = (words: string, method = 0): string => `
  ldr   r0, =server.service
  movs  r1, #${method}
  ldr   r2, =RPC_CANARY
  sub   sp, #12
  str   r0, [sp, #0]
  str   r1, [sp, #4]
  str   r2, [sp, #8]
  ${words}
  bl    rpc_call
  add   sp, #12
`;

/** The callee adds two words. */
const RPC = repeat(rpc('movs  r0, #20\n  movs  r1, #30'), '50');

/**
 * A server that keeps a queue for others, as CMRX's queue server does: methods that call the library. The items lie in the
 * caller's shared, which the callee reaches.
 */
const QUEUE_SERVER = process(
  'server',
  `
put:
  push  {r4, lr}
  adds  r0, #4
  bl    queue_send
  pop   {r4, pc}
get:
  push  {r4, lr}
  adds  r0, #4
  bl    queue_receive
  pop   {r4, pc}
  .section .vtable, "a"
words:
  .word put + 1, get + 1
  .data
  .balign 4
service:
  .word words
  .hword 16, 10, 0, 0, 0, 0
  .space 160
`,
  ['service'],
);
const THROUGH_SERVER = `${repeat(
  `${rpc('ldr r0, =sent')}${rpc('ldr r0, =received', 1)}`,
  'E_OK',
  'ldr r0, =sent\n str r4, [r0]',
  'ldr r0, =sent\n ldr r0, [r0]\n ldr r1, =received\n ldr r1, [r1]\n cmp r0, r1\n beq 2f\n adds r5, #1\n2:',
)}
  .section .shared, "aw"
  .balign 4
sent: .space 16
received: .space 16
`;

/** Two threads of one process that take turns by signals or notifications; `urgent` has the higher priority. */
const pair = (urgent: string, other: string): string => `
urgent:
  movs  r5, #0
  ${urgent}
other:${rounds(other)}`;
const PAIR = [thread('client.urgent', 10), thread('client.other', 20)];

/** A call for ever, between the marks `begin` and `woken`. */
const blocking = (call: string): string => `
1:
begin:
  nop
  ${call}
woken:
  nop
  b     1b
`;

/** A call once, between the marks `wake` and `end`. */
const waking = (call: string): string => `
wake:
  nop
  ${call}
end:
  nop
`;

const NOTIFICATIONS = pair(blocking(WAIT), waking(NOTIFY));
const SIGNALS = pair(blocking(`movs r0, #0\n ${signal('SIGSTOP')}`), waking(`movs r0, #0\n ${signal('SIGCONT')}`));
/** From the call that blocks to the less urgent thread, and from the call that wakes to the more urgent one. */
const BLOCKS = { threads: PAIR };
const WAKES = { threads: PAIR, from: ['client.wake'], to: ['client.woken'] };

/** A thread that repeats a call beside a less urgent one that computes. */
const besideSpinner = (...repeated: Parameters<typeof repeat>): string => `${repeat(...repeated)}\n.text\n${SPINNER}`;
const SPINS = { threads: [thread('client.main', 10), thread('client.spin', 20)] };

/** Computes for a while and ends the run: enough for some ticks. */
const COUNTDOWN = `
main:
  movs  r5, #0
  ldr   r0, =6000
spin:
  subs  r0, #1
spin2:
  bne   spin
  ${EXIT}
  b     .
`;

/** From the first instruction of the tick's handler to where it returns to. */
const tick = (threads: readonly string[], labels: readonly string[]): Parameters<typeof client>[3] => ({
  threads: threads.map((label) => thread(`client.${label}`, label === 'sleep' ? 5 : 10)),
  timers: true,
  from: ['systick'],
  to: labels.flatMap((label) => [`client.${label}`, `client.${label}2`]),
});

/** What is measured beside the real kernel, in the order of the table. */
export const OPERATIONS: readonly Operation[] = [
  client('null-call', 'get_tid', repeat('bl get_tid', '0')),
  client('rpc-call', 'RPC: caller to the first instruction of the callee', RPC, { to: ['server.entered'] }),
  client('rpc-return', 'RPC: return of the callee to the caller', RPC, { from: ['server.entered'] }),
  client('rpc', 'RPC and back, callee of two instructions', RPC),
  client('yield-alone', 'yield, nobody else is ready', repeat('bl thread_yield', 'E_OK')),
  client(
    'yield-switch',
    'yield to a thread of the same process; five threads and idle are ready',
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
    { threads: [0, 1, 2, 3, 4].map(() => thread('client.main', 10)) },
  ),
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
  client('lock', 'lock of a free mutex', repeat(LOCK, 'E_OK', '', UNLOCK)),
  client('unlock', 'unlock of a mutex that nobody waits for', repeat(UNLOCK, 'E_OK', LOCK)),
  client('notify-queued', 'notification of an object that nobody waits for, kept', repeat(NOTIFY, 'E_OK', '', WAIT)),
  client('wait-queued', 'wait for an object that was notified before', repeat(WAIT, 'E_OK', NOTIFY)),
  client('wait-blocking', 'wait that blocks, switch to a less urgent thread', NOTIFICATIONS, BLOCKS),
  client('notify-waking', 'notification that wakes a more urgent thread, switch to it', NOTIFICATIONS, WAKES),
  client(
    'continue',
    'SIGCONT to a stopped thread that is less urgent',
    besideSpinner(`movs r0, #1\n ${signal('SIGCONT')}`, 'E_OK', `movs r0, #1\n ${signal('SIGSTOP')}`),
    SPINS,
  ),
  client(
    'stop',
    'SIGSTOP to a ready thread that is less urgent',
    besideSpinner(`movs r0, #1\n ${signal('SIGSTOP')}`, 'E_OK', '', `movs r0, #1\n ${signal('SIGCONT')}`),
    SPINS,
  ),
  client('continue-switch', 'SIGCONT to a stopped thread that is more urgent, switch to it', SIGNALS, WAKES),
  client('stop-self', 'SIGSTOP to itself, switch to a less urgent thread', SIGNALS, BLOCKS),
  client('tick', 'tick, nobody sleeps, no switch', COUNTDOWN, tick(['main'], ['spin'])),
  client(
    'tick-sleeper',
    'tick while a thread sleeps, no switch',
    `sleep:\n ldr r0, =1000000\n bl usleep\n ${COUNTDOWN}`,
    tick(['sleep', 'main'], ['spin']),
  ),
  client(
    'tick-switch',
    'tick that switches to an equal thread of the same process',
    `${SPINNER}\nother:\n${SPINNER.replaceAll('spin', 'turn')}\n${COUNTDOWN.replaceAll('spin', 'last')}`,
    tick(['spin', 'other', 'main'], ['spin', 'turn', 'last']),
  ),
  client(
    'thread-create',
    'thread_create, the new thread is ready and less urgent',
    besideSpinner(CREATE, 'E_OK', '', `${NUMBER}\n ${signal('SIGKILL')}\n ${NUMBER}\n ${JOIN}`),
  ),
  client(
    'thread-exit',
    'thread_exit, switch to a less urgent thread of the same process',
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
  ${NUMBER}
  ${JOIN}
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
  client(
    'join',
    'join of a thread that has ended',
    besideSpinner(`mov r0, r6\n ${JOIN}`, 'E_OK', `${CREATE}\n ${NUMBER}\n mov r6, r0\n ${signal('SIGKILL')}`),
  ),
  client(
    'kill',
    'SIGKILL to another thread',
    besideSpinner(
      `mov r0, r6\n ${signal('SIGKILL')}`,
      'E_OK',
      `${CREATE}\n ${NUMBER}\n mov r6, r0`,
      `mov r0, r6\n ${JOIN}`,
    ),
  ),
  {
    id: 'queue-server',
    title: '16 bytes into a queue that another process keeps, and out again: two RPCs',
    system: {
      processes: [QUEUE_SERVER, process('client', THROUGH_SERVER)],
      threads: [thread('client.main', 10)],
    },
    from: ['client.begin'],
    to: ['client.end'],
  },
];
