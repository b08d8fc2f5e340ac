import type { Outcome, Ran } from '../../workloads/language/scenario.js';

/*
 * What the attempts of workloads come to, on each platform and at each isolation: the observed words in the order of their names, and
 * who was ended; `asleep` where nobody was left to report. A word that changes here is a guarantee that changed.
 */

/** At `isolation` full, path and none. */
type ByIsolation = readonly [full: string, path: string, none: string];

/** What an attempt comes to on each platform, by the id of the platform. */
type ByPlatform<T> = Readonly<Record<'mpu-rtos' | 'mmu-microkernel' | 'cheri', T>>;

/** At the defaults of each workload. */
export const AT_DEFAULTS: Readonly<Record<string, Partial<ByPlatform<ByIsolation>>>> = {
  // refused
  'guarantee.handle.forged': {
    'mpu-rtos': ['asleep, attacker', 'asleep, attacker', 'asleep, attacker'],
    'mmu-microkernel': ['1', '1', '1'],
    cheri: ['1', '1', '1'],
  },
  // stopped, changed. Xous: the address is one of the service's own. CHERIoT: a number is no capability, one domain or two
  'guarantee.caller.write': {
    'mpu-rtos': ['asleep, server', '01', '01'],
    'mmu-microkernel': ['00', '01', '01'],
    cheri: ['10, server', '10, server', 'asleep, client'],
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
  // driver_stopped, slide_words_changed, driver_gone, driver_words_changed; 64 bytes too many
  'application.slide-out': {
    'mpu-rtos': ['0000', '0000', '0000'],
    'mmu-microkernel': ['0004', '0004', '0404'],
    cheri: ['1000, driver', '1000, driver', 'asleep, driver'],
  },
  // rounds_behind_work, of 8
  'synchronisation.inheritance': {
    'mpu-rtos': ['0', '0', '0'],
    cheri: ['0', '0', '0'],
  },
};

/** With other parameters, isolation=full: where the bound is. */
export const AT_POINTS: readonly (readonly [
  workload: string,
  values: Readonly<Record<string, number>>,
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
  ['application.slide-out', { overrun: 0 }, { 'mpu-rtos': '0000', 'mmu-microkernel': '0000', cheri: '0000' }],
  ['application.slide-out', { overrun: 4 }, { 'mpu-rtos': '0000', 'mmu-microkernel': '0001', cheri: '1000, driver' }],
  [
    'application.slide-out',
    { overrun: 256 },
    { 'mpu-rtos': 'asleep, driver', 'mmu-microkernel': '0004', cheri: '1000, driver' },
  ],
  [
    'application.slide-out',
    { overrun: 8192 },
    { 'mpu-rtos': 'asleep, driver', 'mmu-microkernel': '0004', cheri: '1000, driver' },
  ],
];

/** What an attempt came to, in the words of the tables. */
export function cameTo({ reports }: Outcome, ran: Ran): string {
  const words = ran.stop.kind === 'exit' ? ran.reports.slice(reports.length).join('') : ran.stop.kind;
  return [words, ...ran.ended].join(', ');
}
