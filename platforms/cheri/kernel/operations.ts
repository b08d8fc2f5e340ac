import { BENCHMARKS } from './benchmarks.js';
import { fromCompartment, SCHEDULER, SWEEPER } from './compartments.js';
import {
  callee,
  caller,
  calling,
  compartment,
  exit,
  interrupted,
  type Operation,
  REPETITIONS,
  ROUND,
  system,
  TIMEOUT,
  WORD,
} from './operation.js';
import type { Import, System } from './system.js';

/** Two threads that yield to each other. An ecall does not retire: a nop carries the mark. */
const YIELDING = system(
  compartment(
    'one',
    `main:\n  li    s0, ${REPETITIONS}\nbegin:\n  nop\n  yield\nend:\n  addi  s0, s0, -1\n  bnez  s0, begin\n${exit('zero')}`,
  ),
  compartment('two', 'main:\n  yield\nend:\n  j     main'),
);

/** The callee faults; `handler` steps over the load. */
const faulting = (handled: boolean): System =>
  system(
    caller(handled ? '7' : '-COMPARTMENT_FAILED'),
    callee(
      `
entry:
  li    a1, 0
  li    a0, 7
  clw   a2, 0(ca1)
resumed:
  cret
handler:
  clw   t0, CONTEXT_PC(ca0)
  addi  t0, t0, 2
  csw   t0, CONTEXT_PC(ca0)
  li    a0, INSTALL_CONTEXT
  cret
`,
      handled ? { errorHandler: 'handler' } : {},
    ),
  );

const word: Import = { kind: 'object', name: 'word', object: 'word', access: 'read' };

/** A thread wakes another of higher priority, which waits for a word. */
const WAKING: System = (() => {
  const waker = compartment(
    'waker',
    `
main:
  li    s0, ${REPETITIONS}
begin:
  load_import ca0, word
  li    a1, 1
  cross_call futex_wake
  addi  a0, a0, -1
  bnez  a0, wrong
  addi  s0, s0, -1
  bnez  s0, begin
  ${exit('zero')}
wrong:
  li    a0, 1
  ${exit('a0')}
`,
    { imports: [word, ...fromCompartment(SCHEDULER, 'futex_wake')] },
  );
  const waiter = compartment(
    'waiter',
    `
main:
  cincoffset csp, csp, -16
1:
${TIMEOUT}
  load_import ca1, word
  li    a2, 0
  cross_call futex_wait
woken:
  j     1b
`,
    { imports: [word, ...fromCompartment(SCHEDULER, 'futex_wait')] },
  );
  return { ...interrupted(waker, waiter), objects: [WORD] };
})();

/** Parts of sweeps of the software revoker, of 4096 granules each, one after the other. */
const SWEEPING = system(
  compartment(
    'cleaner',
    `main:\n  li    s0, ${REPETITIONS}\n1:\n  cross_call sweep\n  addi  s0, s0, -1\n  bnez  s0, 1b\n${exit('zero')}`,
    { imports: fromCompartment(SWEEPER, 'sweep') },
  ),
);

/**
 * The paths of the switcher, each by itself, and the scheduler's beside them; then what published figures are of; then the rows of the
 * real kernel's own benchmarks.
 */
export const OPERATIONS: readonly Operation[] = [
  {
    id: 'caller',
    title: 'caller: imports of callee and switcher, jump',
    system: calling(),
    from: ['caller.begin'],
    to: ['switcher.call_compartment'],
  },
  {
    id: 'call',
    title: 'switcher, call: no arguments, nothing to zero, interrupts enabled',
    system: calling(),
    from: ['switcher.call_compartment'],
    to: ['callee.entry'],
  },
  {
    id: 'return',
    title: 'switcher, return: 48 bytes zeroed',
    system: calling(),
    from: ['switcher.return_compartment'],
    to: ['caller.end'],
  },
  { id: 'round-trip', title: 'caller, call, a callee that only returns, return', system: calling(), ...ROUND },
  ...[64, 256, 512].map((dirty) => ({
    id: `round-trip-${dirty}`,
    title: `the same with ${dirty} bytes of stack dirtied by the callee`,
    system: calling(dirty),
    ...ROUND,
  })),
  {
    id: 'trap',
    title: 'switcher, trap to the first instruction of the scheduler',
    system: YIELDING,
    from: ['switcher.trap_entry'],
    to: ['scheduler.schedule'],
  },
  {
    id: 'scheduler',
    title: 'scheduler, first instruction to its return: next thread of the same priority',
    system: YIELDING,
    from: ['scheduler.schedule'],
    to: ['scheduler.schedule_done'],
  },
  {
    id: 'install',
    title: "switcher, scheduler's return to the thread behind its ecall",
    system: YIELDING,
    from: ['switcher.install'],
    to: ['one.end', 'two.end'],
  },
  {
    id: 'switch',
    title: 'yield to the other thread, scheduler included, from the instruction in front of the ecall',
    system: YIELDING,
    from: ['one.begin'],
    to: ['two.end'],
  },
  {
    id: 'unwind',
    title: 'switcher, fault to the return path: no handler',
    system: faulting(false),
    from: ['switcher.trap_entry'],
    to: ['switcher.return_compartment'],
  },
  {
    id: 'handler-in',
    title: 'switcher, fault to a rich handler',
    system: faulting(true),
    from: ['switcher.trap_entry'],
    to: ['callee.handler'],
  },
  {
    id: 'handler-out',
    title: 'switcher, rich handler to where its context goes on',
    system: faulting(true),
    from: ['switcher.handled'],
    to: ['callee.resumed'],
  },
  {
    id: 'round-trip-both-256',
    title: 'call and return, 256 bytes of stack dirtied by caller and callee each',
    system: calling(256, 256),
    ...ROUND,
  },
  {
    id: 'wake',
    title: 'futex_wake of a thread of higher priority, to where its futex_wait is back',
    system: WAKING,
    from: ['waker.begin'],
    to: ['waiter.woken'],
  },
  {
    id: 'sweep',
    title: 'software revoker, 4096 granules without the call',
    system: SWEEPING,
    from: [`${SWEEPER}.sweep`],
    to: [`${SWEEPER}.sweep_done`],
    kernel: { revocation: 'software' },
  },
  ...BENCHMARKS,
];
