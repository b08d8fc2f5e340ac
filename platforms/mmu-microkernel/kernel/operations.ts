import { XOUS_BOARD, XOUS_LINES } from '../devices/board.js';
import type { ProcessSource } from './link.js';

/**
 * A kernel operation that is measured between two marks in user programs: from the retirement of the instruction at `from` to
 * the retirement of the one at `to`. The programs repeat it and end the run by themselves.
 */
export interface Operation {
  readonly id: string;
  /** What happens between the marks, one line. */
  readonly title: string;
  readonly programs: readonly ProcessSource[];
  /** Symbols `program.label`; any of them starts and ends a measurement. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Number of different paths that the steady state goes through in turn; their mean is the steady value. Default 1. */
  readonly period?: number;
}

const REPETITIONS = 6;
const BENCH = 0xa0000000;
const TIMER = 0xa0001000;
const LINES = 0xa0002000;
const DEVICES = [
  { virtual: BENCH, physical: XOUS_BOARD.bench },
  { virtual: TIMER, physical: XOUS_BOARD.timer },
  { virtual: LINES, physical: XOUS_BOARD.interrupts },
];

const process = (name: string, program: string): ProcessSource => ({ name, program, devices: DEVICES });

/** Ends the run; s2 counts wrong results and is the exit code. */
const EXIT = `
  li   t0, ${BENCH}
  sw   s2, 4(t0)
`;

/** Loads the name of a server into a1 to a4. */
const sid = (first: number): string => `
  li   a1, ${first}
  li   a2, 2
  li   a3, 3
  li   a4, 4
`;

const create = (first: number): string => `${sid(first)}
  li   a0, CALL_CREATE_SERVER
  ecall
`;

/** Connects to server `first`, waiting until it is there; its CID in s0. */
const connect = (first: number): string => `
connect${first}: ${sid(first)}
  li   a0, CALL_CONNECT
  ecall
  mv   s0, a1
  li   t0, TAG_CONNECTION
  beq  a0, t0, connected${first}
  li   a0, CALL_YIELD
  ecall
  j    connect${first}
connected${first}:
`;

/** Receives once, then answers and receives in one call for ever. */
const REPLIER = process(
  'server',
  `_start: ${create(1)} ${sid(1)}
  li   a0, CALL_RECEIVE
  ecall
1:
  li   a0, CALL_REPLY_AND_RECEIVE
  li   a7, 1
  ecall
  j    1b
`,
);

/** Is server `first` for ever: receives a message and makes the call that `handle` prepares, or goes back to 1. */
const server = (name: string, first: number, handle: string): ProcessSource =>
  process(
    name,
    `_start: ${create(first)}
1: ${sid(first)}
  li   a0, CALL_RECEIVE
  ecall
  ${handle}
  ecall
  j    1b
`,
  );

/** Receives and answers in two calls, as programs did before ReplyAndReceiveNext. */
const LEGACY = server(
  'legacy',
  2,
  `li   t0, KIND_BLOCKING_SCALAR - 1
  li   a0, CALL_RETURN_SCALAR1
  beq  a2, t0, 2f
  mv   a2, a4
  mv   a3, a5
  li   a0, CALL_RETURN_MEMORY
2:`,
);

/** Receives messages that need no answer; pages that come are unmapped. */
const SINK = server(
  'sink',
  3,
  `li   t0, KIND_MOVE - 1
  bne  a2, t0, 1b
  mv   a1, a4
  mv   a2, a5
  li   a0, CALL_UNMAP_MEMORY`,
);

/** A program that repeats `call` between marks; `before` and `after` run outside of them. `tag` is the result it must give. */
function repeat(name: string, setup: string, before: string, call: string, tag: string, after = ''): ProcessSource {
  return process(
    name,
    `_start: ${setup}
  li   s1, ${REPETITIONS}
  li   s2, 0
again: ${before}
begin:
  nop
  ${call}
end:
  nop
  li   t0, ${tag}
  beq  a0, t0, 1f
  addi s2, s2, 1
1: ${after}
  addi s1, s1, -1
  bnez s1, again
  ${EXIT}
  .bss
  .balign 4096
buffer: .space 4096 * 4
`,
  );
}

const MARKS = { from: ['client.begin'], to: ['client.end'] };

/** A client that sends a message of a kind to server `first`; `before` may prepare the pages. */
const sender = (first: number, kind: string, tag: string, pages = 0, before = '', after = ''): ProcessSource =>
  repeat(
    'client',
    connect(first),
    `${before}
  mv   a1, s0
  li   a2, ${kind}
  li   a3, 1
  ${pages > 0 ? `la a4, buffer\n li a5, 4096 * ${pages}` : 'li a4, 1\n li a5, 2'}
  li   a6, 3
  li   a7, 4
  li   a0, CALL_SEND`,
    'ecall',
    tag,
    after,
  );

const lend = (id: string, kind: string, title: string, pages: number): Operation => ({
  id: `${id}-${pages}`,
  title: `${title} of ${pages} page${pages > 1 ? 's' : ''} to a waiting server and back`,
  programs: [REPLIER, LEGACY, sender(1, kind, 'TAG_MEMORY_RETURNED', pages)],
  ...MARKS,
});

/** Maps 4 KiB at s3 and touches it. */
const freshPage = `
  li   a0, CALL_MAP_MEMORY
  li   a1, 0
  mv   a2, s3
  li   a3, 4096
  li   a4, RIGHT_READ | RIGHT_WRITE
  ecall
  sw   s1, 0(s3)
`;

const SCRATCH_PAGE = 'li s3, 0x62000000';

/** Yields for ever; the marks are around the call. */
const yielder = (name: string, rounds: string): ProcessSource =>
  process(
    name,
    `_start:
  ${rounds}
1:
begin:
  nop
  li   a0, CALL_YIELD
  ecall
end:
  nop
  addi s1, s1, -1
  bnez s1, 1b
  ${EXIT}
`,
  );

/** Handles interrupts of lines that software raises. */
const HANDLER = process(
  'handler',
  `_start:
  li   a0, CALL_CLAIM_INTERRUPT
  li   a1, ${XOUS_LINES.firstInterrupt}
  la   a2, on_interrupt
  li   a3, ${LINES}
  ecall
  ${create(4)} ${sid(4)}
  li   a0, CALL_RECEIVE
  ecall
on_interrupt:
  nop
  sw   zero, 0(a1)
back:
  nop
  ret
`,
);

/** Raises a line and lets time pass. */
const RAISER = process(
  'client',
  `_start: ${connect(4)}
  li   s1, ${REPETITIONS}
  li   s2, 0
  li   s3, ${LINES}
  li   s4, 1
again:
begin:
  sw   s4, 0(s3)
  li   t0, 100
spin:
  addi t0, t0, -1
  bnez t0, spin
  addi s1, s1, -1
  bnez s1, again
  ${EXIT}
`,
);

/** A timer driver in user mode: every tick gives the processor back to the scheduler. */
const TICKER = process(
  'ticker',
  `.equ PERIOD, 5000
_start:
  li   a0, CALL_CLAIM_INTERRUPT
  li   a1, ${XOUS_LINES.timer}
  la   a2, on_tick
  li   a3, ${TIMER}
  ecall
  li   t0, ${TIMER}
  li   t1, PERIOD
  sw   t1, 0x10(t0)
  sw   t1, 0x08(t0)
  sw   zero, 0x0c(t0)
  ${create(5)} ${sid(5)}
  li   a0, CALL_RECEIVE
  ecall
on_tick:
  nop
  li   a0, CALL_RETURN_TO_PARENT
before_parent:
  nop
  ecall
after_parent:
  nop
  li   t0, ${TIMER}
  li   t1, 1
  sw   t1, 0x14(t0)
  ret
`,
);

/** Computes for ever. */
const spinner = (name: string): ProcessSource =>
  process(
    name,
    `_start:
  li   s2, 0
spin:
  addi t0, t0, 1
  j    spin
`,
  );

/** Computes for a while and ends the run. */
const COUNTDOWN = process(
  'last',
  `_start:
  li   s2, 0
  li   t0, 16000
1:
  addi t0, t0, -1
  bnez t0, 1b
  ${EXIT}
`,
);

const VICTIMS = Array.from({ length: REPETITIONS }, (_, i) =>
  process(
    `victim${i}`,
    `_start:
  li   a0, CALL_YIELD
  ecall
begin:
  nop
  lw   zero, 0(zero)
`,
  ),
);

/** What is measured beside the real kernel, in the order of the table. */
export const OPERATIONS: readonly Operation[] = [
  {
    id: 'null-call',
    title: 'GetProcessId',
    programs: [REPLIER, LEGACY, repeat('client', '', 'li a0, CALL_GET_PROCESS_ID', 'ecall', 'TAG_PROCESS')],
    ...MARKS,
  },
  {
    id: 'yield-alone',
    title: 'Yield, nobody else is ready',
    programs: [REPLIER, LEGACY, repeat('client', '', 'li a0, CALL_YIELD', 'ecall', 'TAG_OK')],
    ...MARKS,
  },
  {
    id: 'yield-next',
    title: 'Yield to another process, next in the table',
    programs: [yielder('first', 'li s1, 20'), yielder('second', `li s1, ${REPETITIONS}\n li s2, 0`)],
    from: ['first.begin'],
    to: ['second.end'],
  },
  {
    id: 'yield-wrap',
    title: 'Yield to another process, round the end of the table',
    programs: [yielder('first', 'li s1, 20'), yielder('second', `li s1, ${REPETITIONS + 1}\n li s2, 0`)],
    from: ['second.begin'],
    to: ['first.end'],
  },
  {
    id: 'scalar-call',
    title: 'blocking scalar to a waiting server and back',
    programs: [REPLIER, LEGACY, sender(1, 'KIND_BLOCKING_SCALAR', 'TAG_SCALAR1')],
    ...MARKS,
  },
  {
    id: 'scalar-call-legacy',
    title: 'blocking scalar, server with Receive and ReturnScalar',
    programs: [REPLIER, LEGACY, sender(2, 'KIND_BLOCKING_SCALAR', 'TAG_SCALAR1')],
    period: 2,
    ...MARKS,
  },
  ...[1, 2, 4].map((pages) => lend('borrow', 'KIND_BORROW', 'borrow', pages)),
  ...[1, 2, 4].map((pages) => lend('mutable-borrow', 'KIND_MUTABLE_BORROW', 'mutable borrow', pages)),
  {
    id: 'mutable-borrow-1-legacy',
    title: 'mutable borrow of 1 page, server with Receive and ReturnMemory',
    programs: [REPLIER, LEGACY, sender(2, 'KIND_MUTABLE_BORROW', 'TAG_MEMORY_RETURNED', 1)],
    period: 2,
    ...MARKS,
  },
  ...[1, 2].map((pages) => ({
    id: `move-${pages}`,
    title: `move of ${pages} page${pages > 1 ? 's' : ''} to a waiting server, back at the sender`,
    programs: [
      SINK,
      LEGACY,
      repeat(
        'client',
        `${connect(3)} ${SCRATCH_PAGE}`,
        `
  li   a0, CALL_MAP_MEMORY
  li   a1, 0
  mv   a2, s3
  li   a3, 4096 * ${pages}
  li   a4, RIGHT_READ | RIGHT_WRITE
  ecall
  mv   t1, s3
  li   t0, 4096
  li   t2, ${pages}
2:
  sw   s1, 0(t1)
  add  t1, t1, t0
  addi t2, t2, -1
  bnez t2, 2b
  mv   a1, s0
  li   a2, KIND_MOVE
  li   a3, 1
  mv   a4, s3
  li   a5, 4096 * ${pages}
  li   a0, CALL_SEND`,
        'ecall',
        'TAG_OK',
        'li a0, CALL_YIELD\n ecall',
      ),
    ],
    ...MARKS,
  })),
  {
    id: 'scalar',
    title: 'scalar without answer to a waiting server, back at the sender',
    programs: [SINK, LEGACY, sender(3, 'KIND_SCALAR', 'TAG_OK', 0, '', 'li a0, CALL_YIELD\n ecall')],
    ...MARKS,
  },
  {
    id: 'map-memory',
    title: 'MapMemory of a page that nobody has touched yet',
    programs: [
      REPLIER,
      LEGACY,
      repeat(
        'client',
        SCRATCH_PAGE,
        'li a0, CALL_MAP_MEMORY\n li a1, 0\n mv a2, s3\n li a3, 4096\n li a4, RIGHT_READ | RIGHT_WRITE',
        'ecall',
        'TAG_RANGE',
        'li a0, CALL_UNMAP_MEMORY\n mv a1, s3\n li a2, 4096\n ecall',
      ),
    ],
    ...MARKS,
  },
  {
    id: 'unmap-memory',
    title: 'UnmapMemory of a page',
    programs: [
      REPLIER,
      LEGACY,
      repeat(
        'client',
        SCRATCH_PAGE,
        `${freshPage}\n li a0, CALL_UNMAP_MEMORY\n mv a1, s3\n li a2, 4096`,
        'ecall',
        'TAG_OK',
      ),
    ],
    ...MARKS,
  },
  {
    id: 'demand-zero',
    title: 'store to a stack page that was never touched',
    programs: [
      REPLIER,
      LEGACY,
      repeat('client', 'mv s3, sp', 'li t0, -4096\n add s3, s3, t0\n li a0, 0', 'sw s1, -4(s3)', '0'),
    ],
    ...MARKS,
  },
  {
    id: 'interrupt-in',
    title: 'interrupt line raised, to the handler in another process',
    programs: [HANDLER, RAISER],
    from: ['client.begin'],
    to: ['handler.on_interrupt'],
  },
  {
    id: 'interrupt-out',
    title: 'return of the handler, to what it interrupted',
    programs: [HANDLER, RAISER],
    from: ['handler.back'],
    to: ['client.spin'],
  },
  {
    id: 'return-to-parent',
    title: 'ReturnToParent in a handler',
    programs: [TICKER, spinner('first'), COUNTDOWN],
    from: ['ticker.before_parent'],
    to: ['ticker.after_parent'],
  },
  {
    id: 'pre-emption',
    title: 'timer interrupt, handler, scheduler, another process: user to user',
    programs: [TICKER, spinner('first'), spinner('second'), COUNTDOWN],
    from: ['first.spin'],
    to: ['second.spin'],
  },
  {
    id: 'fault',
    title: 'load from an unmapped page, process terminated, the next in the table runs',
    programs: [...VICTIMS, repeat('client', '', 'li a0, CALL_YIELD', 'ecall', 'TAG_OK')],
    from: VICTIMS.map(({ name }) => `${name}.begin`),
    to: [...VICTIMS.slice(1).map(({ name }) => `${name}.begin`), 'client.end'],
  },
];
