import type { Outcome } from '../../workloads/language/scenario.js';
import type { Passed } from './run.js';

/*
 * What the attempts of workloads come to, on each platform and at each isolation: the observed words in the order of their names,
 * what the runner has observed itself, and who was ended; `asleep` where nobody was left to report. A word that changes here is a guarantee that changed.
 */

/** At `isolation` full, path and none. */
type ByIsolation = readonly [full: string, path: string, none: string];

/** What an attempt comes to on each platform, by the id of the platform. */
type ByPlatform<T> = Readonly<Record<'mpu-rtos' | 'mmu-microkernel' | 'cheri', T>>;

/** At the defaults of each workload. */
export const AT_DEFAULTS: Readonly<Record<string, Partial<ByPlatform<ByIsolation>>>> = {
  // refused, of 4 numbers; entered, as the runner has it. CMRX: a handle is the address of an object, whoever uses it
  'guarantee.handle.forged': {
    'mpu-rtos': ['asleep 1, attacker', 'asleep 1, attacker', 'asleep 0, attacker'],
    'mmu-microkernel': ['4 0', '4 0', '4 0'],
    cheri: ['4 0', '4 0', '4 0'],
  },
  // stopped; changed, as the runner has it. Xous: the address is one of the service's own. CHERIoT: a number is no capability, one
  // domain or two
  'guarantee.caller.write': {
    'mpu-rtos': ['asleep 0, server', '0 1', '0 1'],
    'mmu-microkernel': ['0 0', '0 1', '0 1'],
    cheri: ['1 0, server', '1 0, server', 'asleep 0, client'],
  },
  // stopped, entered. CMRX: the number of a method is not checked. CHERIoT, path: the code runs, on its caller's own variables
  'guarantee.entry.unexported': {
    'mpu-rtos': ['01', '01', '01'],
    'mmu-microkernel': ['10, attacker', '01', '01'],
    cheri: ['10, attacker', '00', '01'],
  },
  // stopped, leaked; not_stopped, as the runner has it. CMRX: a service has its caller's stack. Xous: the address is one of the
  // service's own
  'guarantee.stack.read': {
    'mpu-rtos': ['01 1', '01 1', '01 1'],
    'mmu-microkernel': ['00 1', '01 1', '01 1'],
    cheri: ['10 0, server', '01 1', '01 1'],
  },
  // stopped, changed; not_stopped, as the runner has it
  'guarantee.stack.write': {
    'mpu-rtos': ['01 1', '01 1', '01 1'],
    'mmu-microkernel': ['00 1', '01 1', '01 1'],
    cheri: ['10 0, server', '01 1', '01 1'],
  },
  // registers_seen. CMRX: r7 to r11. Xous: the kernel has a context for each thread, with or without protection
  'guarantee.registers.in': {
    'mpu-rtos': ['5', '5', '12'],
    'mmu-microkernel': ['0', '0', '26'],
    cheri: ['0', '6', '11'],
  },
  // registers_seen. CMRX: r4 to r11, which a service has to keep and nobody makes it
  'guarantee.registers.out': {
    'mpu-rtos': ['8', '8', '11'],
    'mmu-microkernel': ['0', '0', '22'],
    cheri: ['0', '4', '10'],
  },
  // stopped, leaked
  'guarantee.borrow.read-beyond': {
    'mpu-rtos': ['01', '01', '01'],
    'mmu-microkernel': ['01', '01', '01'],
    cheri: ['10, consumer', '10, consumer', '01'],
  },
  // stopped, changed
  'guarantee.mutable-borrow.write-beyond': {
    'mpu-rtos': ['01', '01', '01'],
    'mmu-microkernel': ['01', '01', '01'],
    cheri: ['10, consumer', '10, consumer', '01'],
  },
  // stopped, changed
  'guarantee.borrow.write': {
    'mpu-rtos': ['01', '01', '01'],
    'mmu-microkernel': ['10, consumer', '01', '01'],
    cheri: ['10, consumer', '10, consumer', '01'],
  },
  // keeping_refused, stopped, changed
  'guarantee.mutable-borrow.kept': {
    'mpu-rtos': ['001', '001', '001'],
    'mmu-microkernel': ['010, consumer', '001', '001'],
    cheri: ['010, consumer', '010, consumer', '001'],
  },
  // changed. Xous: whoever writes to pages that are lent is ended. CHERIoT: the lender keeps its capability
  'guarantee.borrow.changed-during-use': {
    'mpu-rtos': ['1', '1', '1'],
    'mmu-microkernel': ['0, producer', '1', '1'],
    cheri: ['1', '1', '1'],
  },
  // stopped, changed. CHERIoT: the receiver's claim keeps the memory from being freed, and so the giver's capability valid
  'guarantee.move.kept': {
    'mmu-microkernel': ['10, producer', '01', '01'],
    cheri: ['01', '01', '01'],
  },
  // told. CMRX: the thread that is in the service ends, and is the caller; without MPU nothing notices
  'guarantee.callee.fault': {
    'mpu-rtos': ['asleep, server', '0', 'asleep, client'],
    'mmu-microkernel': ['1, server', '1, server', 'asleep, client'],
    cheri: ['1, server', '1, server', 'asleep, client'],
  },
  // restarted, came_back
  'guarantee.callee.waits': {
    'mpu-rtos': ['00', '00', '00'],
    'mmu-microkernel': ['00', '00', '00'],
    cheri: ['11, server', '11, server', '00'],
  },
  // others_run, came_back
  'guarantee.callee.loops': {
    'mpu-rtos': ['10', '10', '10'],
    cheri: ['10', '10', '10'],
  },
  // driver_stopped, frame_refused, driver_serves_again, slide_answers, slide_open; then as the runner has it bytes_stored,
  // slide_words_changed, driver_words_changed. 64 bytes too many
  'application.slide-out': {
    'mpu-rtos': ['00110 128 0 4', '00110 128 0 4', '00111 128 4 4'],
    'mmu-microkernel': ['00110 128 0 4', '00110 128 0 4', '00111 128 4 4'],
    cheri: ['10110 64 0 0, driver', '10110 64 0 0, driver', 'asleep 64 0 0, driver'],
  },
  // errors, restarts; three dependents that answer with an error
  'fault.cascade.chain': { cheri: ['30, root', '30, root', 'not run'] },
  'fault.cascade.star': { cheri: ['30, root', '30, root', 'not run'] },
  // rounds_behind_work, of 8
  'synchronisation.inheritance': {
    'mpu-rtos': ['0', '0', '0'],
    cheri: ['0', '0', '0'],
  },
};

/**
 * `mpu-rtos` with kernels that are not as shipped, isolation=full: what differs from the table above. With `equal` a service has a
 * stack of its own, registers are scrubbed, all arguments are checked; with `unwind` the kernel answers for a service that failed.
 */
export const HARDENED: readonly (readonly [
  set: Readonly<Record<string, string | boolean>>,
  Readonly<Record<string, string>>,
])[] = [
  [
    { equal: true },
    {
      'guarantee.handle.forged': '3 1',
      'guarantee.entry.unexported': '00',
      'guarantee.stack.read': 'asleep 0, server',
      'guarantee.stack.write': 'asleep 0, server',
      'guarantee.registers.in': '0',
      'guarantee.registers.out': '0',
    },
  ],
  [
    { equal: true, faultPolicy: 'unwind' },
    {
      'guarantee.handle.forged': '3 1',
      'guarantee.entry.unexported': '00',
      'guarantee.caller.write': '1 0',
      'guarantee.stack.read': '10 0',
      'guarantee.stack.write': '10 0',
      'guarantee.registers.in': '0',
      'guarantee.registers.out': '0',
      'guarantee.callee.fault': '1',
    },
  ],
];

/** With other parameters, isolation=full: where the bound is. */
export const AT_POINTS: readonly (readonly [
  workload: string,
  values: Readonly<Record<string, number | string>>,
  ByPlatform<string>,
])[] = [
  ...(['borrow.read', 'mutable-borrow.write'] as const).flatMap((kind) => [
    // the last word of the page that was lent, and the first behind it
    [
      `guarantee.${kind}-beyond`,
      { distance: 4028 },
      { 'mpu-rtos': '01', 'mmu-microkernel': '01', cheri: '10, consumer' },
    ] as const,
    [
      `guarantee.${kind}-beyond`,
      { distance: 4032 },
      { 'mpu-rtos': '01', 'mmu-microkernel': '10, consumer', cheri: '10, consumer' },
    ] as const,
  ]),
  [
    'application.slide-out',
    { overrun: 0 },
    { 'mpu-rtos': '00110 64 0 0', 'mmu-microkernel': '00110 64 0 0', cheri: '00110 64 0 0' },
  ],
  [
    'application.slide-out',
    { overrun: 4 },
    { 'mpu-rtos': '00110 68 0 0', 'mmu-microkernel': '00110 68 0 1', cheri: '10110 64 0 0, driver' },
  ],
  [
    'application.slide-out',
    { overrun: 256 },
    { 'mpu-rtos': 'asleep 248 0 4, driver', 'mmu-microkernel': '00110 320 0 4', cheri: '10110 64 0 0, driver' },
  ],
  // the last number: bytes from the buffer to the slide's state. Xous: the next address is another page of the driver's own
  ...([1, 64, 4096] as const).map(
    (overrun) =>
      [
        'application.slide-out',
        { overrun, victim: 'neighbour-domain' },
        {
          'mpu-rtos': 'asleep 64 0 0 0, driver',
          'mmu-microkernel': `00110 ${64 + overrun} 0 0 0`,
          cheri: '10110 64 0 0 0, driver',
        },
      ] as const,
  ),
  [
    'application.slide-out',
    { overrun: 8192 },
    {
      'mpu-rtos': 'asleep 248 0 4, driver',
      'mmu-microkernel': '10010 8192 0 4, driver',
      cheri: '10110 64 0 0, driver',
    },
  ],
];

/** What an attempt came to, in the words of the tables. */
export function cameTo({ reports }: Outcome, ran: Passed): string {
  const words = ran.stop.kind === 'exit' ? ran.reports.slice(reports.length).join('') : ran.stop.kind;
  return [[words, ...Object.values(ran.observed)].join(' '), ...ran.ended].join(', ');
}
