import { RTOS_BOARD, RTOS_SOURCES } from '../devices/board.js';
import { ALLOCATOR, fromCompartment, fromLibrary, SCHEDULER, SCOPED_HANDLERS } from './compartments.js';
import {
  callee,
  caller,
  compartment,
  exit,
  interrupted,
  type Operation,
  REPETITIONS,
  ROUND,
  system,
  threadOf,
  TIMEOUT,
} from './operation.js';
import type { Compartment, Import, Library, Quota, System } from './system.js';

/*
 * Rows of CHERIoT RTOS's own benchmarks (cheriot-rtos b06a7bb, benchmarks/; research/cheri-cheriot.md section 3) that the paths of the
 * switcher do not show. Those that are long tables are in benchmark-tables.ts.
 */

/** A callee that faults, under a kind of handler; its caller is told that it failed. */
const failing = (handlers: Partial<Compartment>, handler = ''): System =>
  system(
    caller('-COMPARTMENT_FAILED'),
    callee(`entry:\n  li    a1, 0\n  clw   a0, 0(ca1)\n  cret\n${handler}`, handlers),
  );

const GIVES_UP = 'handler:\n  li    a0, FORCE_UNWIND\n  cret\n';

/** A callee that loads a word in a region, through `pointer`; its handler makes an error of a fault. */
const trying = (pointer: string, result: string): System =>
  system(
    caller(result),
    callee(
      `
  .include "scoped.s"
entry:
  cincoffset csp, csp, -64
  csc   cra, 48(csp)
  region_begin 0, failed
  ${pointer}
  clw   a0, 0(ca1)
  region_end 0
  j     1f
failed:
  li    a0, -INVALID
1:
  clc   cra, 48(csp)
  cincoffset csp, csp, 64
  cret
`,
      SCOPED_HANDLERS,
    ),
  );

/** One thread that does the same again and again: `body` between the marks. */
const repeated = (
  parts: {
    readonly start?: string;
    readonly before?: string;
    readonly body: string;
    /** Jumps to `wrong` if a result is. */
    readonly after?: string;
    /** Functions behind the program. */
    readonly functions?: string;
    readonly times?: number;
  },
  imports: readonly Import[] = [],
  more: { readonly libraries?: readonly Library[]; readonly quotas?: readonly Quota[] } = {},
): System => {
  const { start = '', before = '', body, after = '', functions = '', times = REPETITIONS } = parts;
  const user = compartment(
    'user',
    `
main:
  cincoffset csp, csp, -64
${start}
  li    s0, ${times}
again:
${before}
begin:
${body}
end:
  nop
${after}
  addi  s0, s0, -1
  bnez  s0, again
done:
  ${exit('zero')}
wrong:
  li    a0, 1
  ${exit('a0')}
${functions}`,
    { imports },
  );
  return { ...system(user), ...more, threads: [{ ...threadOf(user), trustedFrames: 8 }] };
};

const BETWEEN = { from: ['user.begin'], to: ['user.end'] };

const QUOTAS: readonly Quota[] = ['mine', 'yours'].map((name) => ({ name, bytes: RTOS_BOARD.ram.bytes }));
const HEAP: readonly Import[] = [
  ...fromCompartment(
    ALLOCATOR,
    'heap_allocate',
    'heap_free',
    'heap_claim',
    'token_key_new',
    'token_allocate',
    'token_free',
  ),
  ...QUOTAS.map(({ name }): Import => ({ kind: 'quota', name, quota: name })),
];

const ALLOCATE = (bytes: number): string => `
${TIMEOUT}
  load_import ca1, mine
  li    a2, ${bytes}
  cross_call heap_allocate
`;
const NOT_NULL = `
  cgettag t0, ca0
  beqz  t0, wrong
  csc   ca0, 8(csp)
`;
const FREE = `
  clc   ca1, 8(csp)
  load_import ca0, mine
  cross_call heap_free
`;
const IS_ZERO = '  bnez  a0, wrong\n';

/** Allocates and frees memory of one size, `times` times; each must succeed. */
export const allocating = (bytes: number, times: number): System =>
  repeated({ body: `${ALLOCATE(bytes)}${NOT_NULL}${FREE}`, after: IS_ZERO, times }, HEAP, { quotas: QUOTAS });

const heap = (parts: Parameters<typeof repeated>[0]): System => repeated(parts, HEAP, { quotas: QUOTAS });

/** A key at 16(csp); an object of 4 bytes at 24(csp). */
const NEW_KEY = '  cross_call token_key_new\n  csc   ca0, 16(csp)\n';
const SEAL = `
${TIMEOUT}
  load_import ca1, mine
  clc   ca2, 16(csp)
  li    a3, 4
  cross_call token_allocate
`;
const KEEP_OBJECT = '  cgettag t0, ca0\n  beqz  t0, wrong\n  csc   ca0, 24(csp)\n';
const DESTROY = `
  load_import ca0, mine
  clc   ca1, 16(csp)
  clc   ca2, 24(csp)
  cross_call token_free
${IS_ZERO}`;

/** A thread of low priority that stores the time again and again; the last store before the interrupt is when it came. */
const storing = (stores: number): Compartment =>
  compartment(
    'low',
    `
main:
  cincoffset csp, csp, -16
  li    s0, ${stores}
again:
  csrr  t0, mcycle
storing:
  csw   t0, 0(csp)
  addi  s0, s0, -1
  bnez  s0, again
  ${exit('zero')}
`,
  );

/** Beside it a thread that waits for an interrupt, and is back at `woken`. */
const interruptedStoring = (program: string, imports: readonly Import[], stores: number): System =>
  interrupted(storing(stores), compartment('waiter', program, { imports }));
const LATENCY = { from: ['low.storing'], to: ['waiter.woken'] };

/** Ticks of each sleep, far more than a passage takes. */
const SLEEP = 2500;
const TIMER_INTERRUPTS = interruptedStoring(
  `
main:
  cincoffset csp, csp, -16
1:
  csw   zero, TIMEOUT_ELAPSED(csp)
  li    t0, ${SLEEP}
  csw   t0, TIMEOUT_REMAINING(csp)
  csetbounds ca0, csp, TIMEOUT_BYTES
  cross_call sleep
woken:
  j     1b
`,
  fromCompartment(SCHEDULER, 'sleep'),
  3500,
);

/** Bytes that the revoker walks over: longer than the waiter takes to wait. */
const WALK = 0x1800;
const REVOKER_INTERRUPTS = interruptedStoring(
  `
.equ REVOKER_START, 0
.equ REVOKER_END, 4
.equ REVOKER_CONTROL, 8
.equ REVOKER_REQUEST, 0x14
main:
  cincoffset csp, csp, -32
  load_import ca0, done
  cross_call interrupt_futex
  csc   ca0, 16(csp)
1:
  clc   ca1, 16(csp)
  clw   a2, 0(ca1)
  load_import ct0, revoker
  li    t1, 1
  csw   t1, REVOKER_REQUEST(ct0)
  li    t2, ${RTOS_BOARD.ram.start}
  csw   t2, REVOKER_START(ct0)
  li    t2, ${RTOS_BOARD.ram.start + WALK - 8}
  csw   t2, REVOKER_END(ct0)
  csw   zero, REVOKER_CONTROL(ct0)
  csw   t1, REVOKER_CONTROL(ct0)
${TIMEOUT}
  cross_call futex_wait
woken:
  load_import ca0, done
  cross_call interrupt_complete
  j     1b
`,
  [
    ...fromCompartment(SCHEDULER, 'futex_wait', 'interrupt_futex', 'interrupt_complete'),
    { kind: 'interrupt', name: 'done', source: RTOS_SOURCES.revoker },
    { kind: 'device', name: 'revoker', device: 'revoker' },
  ],
  3500,
);

/** Sizes of one allocation: the least, one of each kind of bin, and most of the heap. */
const SIZES = [32, 1024, 16384, 196608];

/** In the order of the real kernel's benchmarks. */
export const BENCHMARKS: readonly Operation[] = [
  {
    id: 'failed-call',
    title: 'call of a callee that loads through null and has no handler, until its caller knows',
    system: failing({}),
    ...ROUND,
  },
  {
    id: 'failed-call-rich',
    title: 'the same with a rich handler that gives up',
    system: failing({ errorHandler: 'handler' }, GIVES_UP),
    ...ROUND,
  },
  {
    id: 'failed-call-stackless',
    title: 'the same with a stackless handler that gives up',
    system: failing({ stacklessHandler: 'handler' }, GIVES_UP),
    ...ROUND,
  },
  {
    id: 'failed-call-scoped',
    title: 'the same load in a region, whose scoped handler returns an error',
    system: trying('li    a1, 0', '-INVALID'),
    ...ROUND,
  },
  {
    id: 'scoped-call',
    title: 'the same call, and the load in the region is a good one',
    system: trying('cmove ca1, csp', '0'),
    ...ROUND,
  },
  {
    id: 'scoped-region',
    title: 'a region entered and left',
    system: repeated(
      {
        // macros come before what uses them
        start: '  j     tries\n  .include "scoped.s"\ntries:\n',
        body: '  region_begin 0, wrong\n  region_end 0',
      },
      SCOPED_HANDLERS.imports,
    ),
    ...BETWEEN,
  },
  {
    id: 'function-call',
    title: 'function call within a compartment',
    system: repeated({ body: '  cjal  function', functions: 'function:\n  cret\n' }),
    ...BETWEEN,
  },
  {
    id: 'library-call',
    title: 'call of a function of a library',
    system: repeated({ body: '  library_call nothing' }, fromLibrary('empty', 'nothing'), {
      libraries: [
        {
          name: 'empty',
          program: 'nothing:\n  cret\n',
          exports: [{ name: 'nothing', arguments: 0, interrupts: 'inherit' }],
        },
      ],
    }),
    ...BETWEEN,
  },
  {
    id: 'bounds',
    title: 'a pointer with fewer permissions and a length of one byte: two instructions',
    system: repeated({
      start: '  li    t0, 0x7d\n',
      body: '  candperm ca0, csp, t0\n  csetbounds ca0, ca0, 1',
      after: '  cgetlen t1, ca0\n  addi  t1, t1, -1\n  bnez  t1, wrong\n',
    }),
    ...BETWEEN,
  },
  ...(['heap', 'other'] as const).map((memory): Operation => ({
    id: `claim-ephemeral-${memory}`,
    title: `an ephemeral claim on ${memory === 'heap' ? '32 bytes of the heap' : 'other memory, which needs none'}`,
    system: repeated(
      {
        start: memory === 'heap' ? `${ALLOCATE(32)}${NOT_NULL}` : '  csc   csp, 8(csp)\n',
        before: TIMEOUT,
        body: '  clc   ca1, 8(csp)\n  li    a2, 0\n  library_call heap_claim_ephemeral',
        after: IS_ZERO,
      },
      [...HEAP, ...fromLibrary('ephemeral', 'heap_claim_ephemeral')],
      { quotas: QUOTAS },
    ),
    ...BETWEEN,
  })),
  {
    id: 'token-key',
    title: 'a new key for sealed objects',
    system: heap({ body: '  cross_call token_key_new', after: NOT_NULL }),
    ...BETWEEN,
  },
  {
    id: 'token-allocate',
    title: 'a sealed object of 4 bytes made',
    system: heap({ start: NEW_KEY, body: SEAL, after: `${KEEP_OBJECT}${DESTROY}` }),
    ...BETWEEN,
  },
  {
    id: 'token-unseal',
    title: 'a sealed object opened',
    system: repeated(
      {
        start: `${NEW_KEY}${SEAL}${KEEP_OBJECT}`,
        body: '  clc   ca0, 16(csp)\n  clc   ca1, 24(csp)\n  library_call token_unseal',
        after: NOT_NULL,
      },
      [...HEAP, ...fromLibrary('tokens', 'token_unseal')],
      { quotas: QUOTAS },
    ),
    ...BETWEEN,
  },
  {
    id: 'claim',
    title: 'a claim on 32 bytes of another quota, and the claim given back',
    system: heap({
      start: `${ALLOCATE(32)}${NOT_NULL}`,
      body: `
  clc   ca1, 8(csp)
  load_import ca0, yours
  cross_call heap_claim
  bltz  a0, wrong
  clc   ca1, 8(csp)
  load_import ca0, yours
  cross_call heap_free
`,
      after: IS_ZERO,
    }),
    ...BETWEEN,
  },
  ...SIZES.map((bytes) => ({
    id: `allocate-free-${bytes}`,
    title: `${bytes} bytes allocated and freed, with the sweeps that this waits for`,
    system: allocating(bytes, REPETITIONS),
    ...BETWEEN,
  })),
  {
    id: 'interrupt-timer',
    title: 'interrupt of the timer, from the last store of the thread that runs to where the sleeper is back',
    system: TIMER_INTERRUPTS,
    ...LATENCY,
  },
  {
    id: 'interrupt-revoker',
    title: 'interrupt of the revoker, to where who waits for its word is back',
    system: REVOKER_INTERRUPTS,
    ...LATENCY,
  },
];
