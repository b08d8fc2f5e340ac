import { describe, expect, it } from 'vitest';
import type { Import, Thread } from '../../../platforms/cheri/kernel/system.js';
import { compartment, run, thread, TIMEOUT_MACRO } from './system.js';

const minus = (n: number): number => -n >>> 0;
const scheduler = (...names: readonly string[]): readonly Import[] =>
  names.map((name) => ({ kind: 'call', name, compartment: 'scheduler', export: name }));
const library = (from: string, ...names: readonly string[]): readonly Import[] =>
  names.map((name) => ({ kind: 'library', name, library: from, function: name }));

const IMPORTS: readonly Import[] = [
  ...scheduler(
    'sleep',
    'futex_wait',
    'futex_wait_inheriting',
    'futex_wake',
    'ticks',
    'interrupt_futex',
    'interrupt_complete',
  ),
  ...library('locks', 'mutex_lock', 'mutex_unlock'),
  ...library('queues', 'queue_put', 'queue_get'),
  { kind: 'object', name: 'word', object: 'word', access: 'write' },
  { kind: 'object', name: 'queue', object: 'queue', access: 'write' },
  { kind: 'device', name: 'lines', device: 'lines' },
  { kind: 'interrupt', name: 'line0', source: 2 },
];

/** Each thread has reserved 32 bytes. */
const MACROS = `${TIMEOUT_MACRO}
.macro wait ticks, value
  timeout \\ticks
  load_import ca1, word
  li a2, \\value
  cross_call futex_wait
.endm
.macro nap ticks
  timeout \\ticks
  cross_call sleep
.endm
`;

/** Programs, each a thread of its own compartment; the first exits the run. */
function outcome(programs: Readonly<Record<string, readonly [string, Partial<Thread>?]>>): readonly number[] {
  const names = Object.keys(programs);
  const { stop, reports } = run({
    compartments: names.map((name) =>
      compartment(name, `${MACROS}\nmain:\n  cincoffset csp, csp, -32\n${programs[name][0]}`, { imports: IMPORTS }),
    ),
    threads: names.map((name) => thread(name, 'main', programs[name][1])),
    objects: [
      { name: 'word', bytes: 8, alignment: 8, words: [0] },
      { name: 'queue', bytes: 24, alignment: 8, words: [2] },
    ],
  });
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  return reports;
}

const say = (n: number): string => `  li a0, ${n}\n  report a0\n`;
const wake = (count: number): string => `  load_import ca0, word\n  li a1, ${count}\n  cross_call futex_wake\n`;

describe('time', () => {
  it('sleepers wake in the order of their times, not before them', () => {
    const [first, second, third, late] = outcome({
      long: [`  nap 20000\n  clw s0, 0(csp)\n${say(3)}  report s0\n  exit`],
      short: [`  nap 4000\n${say(1)}2:\n  yield\n  j 2b`],
      middle: [`  nap 9000\n${say(2)}2:\n  yield\n  j 2b`],
    });
    expect([first, second, third]).toEqual([1, 2, 3]);
    expect(late).toBeGreaterThanOrEqual(20000);
    expect(late).toBeLessThan(23000);
  });

  it('peers take turns without asking', () => {
    const reports = outcome({
      one: [`  li s0, 150000\n1:\n  addi s0, s0, -1\n  bnez s0, 1b\n${say(1)}  nap 1000\n  exit`],
      two: [`${say(2)}  nap 4000000\n  cret`],
    });
    expect(reports).toEqual([2, 1]);
  });

  it('a higher priority runs at once when its time has come', () => {
    const reports = outcome({
      low: [`  li s0, 20000\n1:\n  addi s0, s0, -1\n  bnez s0, 1b\n${say(1)}  exit`, { priority: 1 }],
      high: [`  nap 3000\n${say(2)}  nap -1`, { priority: 5 }],
    });
    expect(reports).toEqual([2, 1]);
  });
});

describe('futexes', () => {
  it('a word with another value is not waited for', () => {
    expect(outcome({ one: ['  wait -1, 7\n  report a0\n  exit'] })).toEqual([0]);
  });

  it('a timeout ends the wait and is used up', () => {
    const [result, elapsed, remaining] = outcome({
      one: ['  wait 5000, 0\n  report a0\n  clw a0, 0(csp)\n  report a0\n  clw a0, 4(csp)\n  report a0\n  exit'],
    });
    expect(result).toBe(minus(116));
    expect(elapsed).toBeGreaterThanOrEqual(5000);
    expect(remaining).toBe(0);
  });

  it('wakes as many as asked, first come first', () => {
    const waiter = (n: number): readonly [string, Partial<Thread>] => [
      `  wait -1, 0\n${say(n)}  nap -1`,
      { priority: 2 },
    ];
    const reports = outcome({
      waker: [`${wake(2)}  report a0\n${wake(5)}  report a0\n${wake(5)}  report a0\n  exit`, { priority: 1 }],
      a: waiter(10),
      b: waiter(11),
      c: waiter(12),
    });
    expect(reports).toEqual([10, 11, 2, 12, 1, 0]);
  });

  it.each([
    ['a number for the word', '  timeout 9\n  li a1, 0x20041000\n  li a2, 0\n  cross_call futex_wait'],
    ['a number for the timeout', '  load_import ca1, word\n  li a0, 64\n  li a2, 0\n  cross_call futex_wait'],
    ['a timeout that is too short', '  timeout 9\n  csetbounds ca0, ca0, 4\n  cross_call sleep'],
    ['a sealed word', '  timeout 9\n  load_import ca1, line0\n  li a2, 0\n  cross_call futex_wait'],
    ['a word out of bounds', '  timeout 9\n  load_import ca1, word\n  cincoffset ca1, ca1, 8\n  cross_call futex_wait'],
    ['nothing to wake', '  li a0, 0\n  li a1, 1\n  cross_call futex_wake'],
  ])('%s is refused, and all goes on', (_, call) => {
    expect(outcome({ one: [`${call}\n  report a0\n  nap 100\n  report a0\n  exit`] })).toEqual([minus(22), 0]);
  });
});

describe('mutexes and queues', () => {
  it('one thread at a time holds a mutex, also across a sleep', () => {
    const body = (n: number): string =>
      `  load_import ca0, word\n  library_call mutex_lock\n${say(n)}  nap 3000\n${say(n + 1)}  load_import ca0, word\n  library_call mutex_unlock\n`;
    expect(
      outcome({
        last: [`${body(10)}  nap 90000\n  exit`],
        two: [`${body(20)}  nap -1`],
        three: [`${body(30)}  nap -1`],
      }),
    ).toEqual([10, 11, 20, 21, 30, 31]);
  });

  it('words come out as they went in, by way of a queue that holds two', () => {
    const put =
      '  li s0, 0\n1:\n  load_import ca0, queue\n  mv a1, s0\n  library_call queue_put\n  addi s0, s0, 1\n  li t0, 9\n  bne s0, t0, 1b\n  nap -1';
    const get =
      '  li s0, 0\n1:\n  load_import ca0, queue\n  library_call queue_get\n  report a1\n  addi s0, s0, 1\n  li t0, 9\n  bne s0, t0, 1b\n  exit';
    const words = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    expect(outcome({ get: [get], put: [put] })).toEqual(words);
    expect(outcome({ get: [get, { priority: 3 }], put: [put] })).toEqual(words);
    expect(outcome({ get: [get], put: [put, { priority: 3 }] })).toEqual(words);
  });
});

describe('interrupts', () => {
  const SERVE = `
  load_import ca0, line0
  cross_call interrupt_futex
  csc ca0, 16(csp)
  li s0, 0
1:
  timeout -1
  clc ca1, 16(csp)
  mv a2, s0
  cross_call futex_wait
  clc ca1, 16(csp)
  clw s0, 0(ca1)
  report s0
  load_import ca0, line0
  cross_call interrupt_complete
  j 1b`;
  const RAISE = '  load_import ca0, lines\n  li a1, 1\n  csw a1, 4(ca0)\n  nap 2000\n';

  it('each counts once and wakes who waits', () => {
    const reports = outcome({
      low: [`${RAISE}${RAISE}${say(99)}  exit`, { priority: 1 }],
      high: [SERVE, { priority: 4 }],
    });
    expect(reports).toEqual([1, 2, 99]);
  });

  it('the word is read only, and a handle is needed', () => {
    const body = `
  load_import ca0, word
  cross_call interrupt_futex
  report a0
  load_import ca0, line0
  cross_call interrupt_futex
  cgetperm t0, ca0
  andi t0, t0, 4
  report t0
  cgetlen t0, ca0
  report t0
  exit`;
    expect(outcome({ one: [body] })).toEqual([minus(1), 0, 4]);
  });
});

describe('priority inheritance', () => {
  const locked = (body: string): string =>
    `  load_import ca0, word\n  library_call mutex_lock\n${body}  load_import ca0, word\n  library_call mutex_unlock\n`;
  const work = (steps: number): string => `  li s0, ${steps}\n1:\n  addi s0, s0, -1\n  bnez s0, 1b\n`;

  it('who holds what an urgent thread waits for runs before what is in between, and not after that', () => {
    const reports = outcome({
      slow: [`${locked(`${work(3000)}${say(1)}`)}${say(4)}  exit`, { priority: 1 }],
      between: [`  nap 3000\n${say(3)}  nap -1`, { priority: 3 }],
      urgent: [`  nap 2000\n${locked(say(2))}  nap -1`, { priority: 5 }],
    });
    // 3 would be first if the slow one kept its own priority, 4 would be before 3 if it kept the urgent one's
    expect(reports).toEqual([1, 2, 3, 4]);
  });

  it('of several who wait the highest counts, and each gets it in turn of priority', () => {
    const reports = outcome({
      slow: [`${locked(`${work(6000)}${say(1)}`)}${say(5)}  exit`, { priority: 1 }],
      middle: [`  nap 2000\n${locked(say(3))}  nap -1`, { priority: 3 }],
      between: [`  nap 5000\n${say(4)}  nap -1`, { priority: 2 }],
      urgent: [`  nap 4000\n${locked(say(2))}  nap -1`, { priority: 5 }],
    });
    expect(reports).toEqual([1, 2, 3, 4, 5]);
  });

  it('ends with a wait that times out', () => {
    const holder = 1;
    const reports = outcome({
      slow: [
        `  load_import ca0, word\n  li a1, ${holder}\n  csw a1, 0(ca0)\n${work(8000)}${say(3)}  exit`,
        { priority: 1 },
      ],
      between: [`  nap 4000\n${say(2)}  nap -1`, { priority: 3 }],
      urgent: [
        `  nap 2000\n  timeout 6000\n  load_import ca1, word\n  li a2, ${holder}\n  cross_call futex_wait_inheriting\n  report a0\n${say(1)}  nap -1`,
        { priority: 5 },
      ],
    });
    expect(reports).toEqual([minus(116), 1, 2, 3]);
  });

  it.each([
    ['nobody', 0],
    ['the caller itself', 1],
    ['no thread', 9],
  ])('a word that names %s as its holder is refused', (_, holder) => {
    const wait = `  load_import ca1, word\n  li a2, ${holder}\n  csw a2, 0(ca1)\n  timeout 900\n  cross_call futex_wait_inheriting\n  report a0\n  exit`;
    expect(outcome({ one: [wait] })).toEqual([minus(22)]);
  });

  it('a mutex that the caller has already is refused', () => {
    expect(
      outcome({ one: [`${locked('  load_import ca0, word\n  library_call mutex_lock\n  report a0\n')}  exit`] }),
    ).toEqual([minus(22)]);
  });
});
