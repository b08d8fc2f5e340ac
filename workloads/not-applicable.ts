/** A part of the table workload x platform where there is nothing to measure, and why. */
export interface NotApplicable {
  /** The workload, or several by a prefix that ends with a dot: `fault.`. */
  readonly workload: string;
  readonly platform: string;
  /** Only with this value of the platform's parameter `isolation`. */
  readonly isolation?: 'full' | 'path' | 'none';
  /** Only where the workload's parameter is above the value: what does not fit the machine. */
  readonly above?: { readonly parameter: string; readonly value: number };
  /** Only where the workload's parameter has the value. */
  readonly where?: { readonly parameter: string; readonly value: string | boolean };
  /** One sentence, for readers of the table. */
  readonly reason: string;
}

const ONE_POLICY = 'all domains are one: what one does about faults it does about those of all';
const ONE_DOMAIN = 'all domains are one: whoever is ended is everybody';

/**
 * All of them; `README.md` shows the list. A platform that refuses a workload that is not here makes the run an error, and so
 * does one that runs what is here.
 */
export const NOT_APPLICABLE: readonly NotApplicable[] = [
  {
    workload: 'ipc.payload.move',
    platform: 'mpu-rtos',
    reason: 'which process owns a region is fixed when the system is linked',
  },
  {
    workload: 'guarantee.move.kept',
    platform: 'mpu-rtos',
    reason: 'which process owns a region is fixed when the system is linked',
  },
  ...['memory.allocate', 'realtime.allocate'].map((workload) => ({
    workload,
    platform: 'mpu-rtos',
    reason: 'CMRX has no allocator: all memory is fixed when linking',
  })),
  ...['fault.load', 'realtime.fault'].flatMap((workload): NotApplicable[] => [
    { workload, platform: 'mmu-microkernel', isolation: 'none', reason: ONE_DOMAIN },
    { workload, platform: 'mpu-rtos', isolation: 'none', reason: ONE_DOMAIN },
    { workload, platform: 'mpu-rtos', isolation: 'path', reason: 'the MPU is off: nothing notices the load' },
    { workload, platform: 'cheri', isolation: 'none', reason: ONE_DOMAIN },
  ]),
  ...['mmu-microkernel', 'mpu-rtos', 'cheri'].map((platform) => ({
    workload: 'fault.stack',
    platform,
    isolation: 'none' as const,
    reason: ONE_DOMAIN,
  })),
  {
    workload: 'fault.stack',
    platform: 'mpu-rtos',
    isolation: 'path',
    reason: 'the MPU is off: nothing notices the end of a stack',
  },
  {
    workload: 'fault.stack',
    platform: 'cheri',
    isolation: 'path',
    reason: 'stacks have the bounds of all memory: nothing notices the end of one',
  },
  {
    workload: 'context.yield.across-domains',
    platform: 'mpu-rtos',
    above: { parameter: 'domains', value: 7 },
    reason: 'the kernel has room for eight processes and eight threads, one of which is idle',
  },
  {
    workload: 'application.slide-out',
    platform: 'cheri',
    where: { parameter: 'victim', value: 'same-granule' },
    reason: 'a buffer has the granules of 8 bytes in which it lies to itself',
  },
  {
    workload: 'application.slide-out',
    platform: 'mmu-microkernel',
    where: { parameter: 'second', value: true },
    reason: 'threads of Xous have no priorities: who makes another ready goes on',
  },
  {
    workload: 'context.preempt.',
    platform: 'mmu-microkernel',
    reason: 'threads of Xous have no priorities: who makes another ready goes on',
  },
  {
    workload: 'synchronisation.inheritance',
    platform: 'mmu-microkernel',
    reason: 'threads of Xous have no priorities: no urgent thread interrupts the one that holds the mutex',
  },
  {
    workload: 'synchronisation.futex.wake',
    platform: 'mmu-microkernel',
    reason: 'the kernel has no wait for a word: who waits has sent a message to a server that does not answer yet',
  },
  {
    workload: 'fault.service',
    platform: 'mpu-rtos',
    reason: "a service runs on its caller's thread, which ends with it: nobody is left to be told",
  },
  ...(['full', 'path'] as const).flatMap((isolation) => [
    {
      workload: 'synchronisation.mutex.across-domains',
      platform: 'mpu-rtos',
      isolation,
      reason: 'a mutex of CMRX is a word in the memory of one process',
    },
    {
      workload: 'queue.across-domains',
      platform: 'mpu-rtos',
      isolation,
      reason: 'a queue of CMRX is in the memory of one process',
    },
  ]),
  { workload: 'fault.service', platform: 'mmu-microkernel', isolation: 'none', reason: ONE_DOMAIN },
  ...['fault.restart', 'fault.cascade.'].flatMap((workload) => [
    {
      workload,
      platform: 'mpu-rtos',
      reason: 'no request starts a process of CMRX again: a parameter of the kernel does, after a fault',
    },
    { workload, platform: 'mmu-microkernel', reason: 'Xous cannot start a process again' },
    { workload, platform: 'cheri', isolation: 'none' as const, reason: ONE_DOMAIN },
  ]),
  ...['fault.resume', 'fault.resume.'].flatMap((workload) => [
    {
      workload,
      platform: 'mpu-rtos',
      reason: 'CMRX runs no code of a process because of a fault',
    },
    {
      workload,
      platform: 'mmu-microkernel',
      reason:
        'the request of Xous that registers a handler for faults is disabled (its issue 90): no process can have one',
    },
    { workload, platform: 'cheri', isolation: 'none' as const, reason: ONE_POLICY },
  ]),
  ...['fault.crash', 'fault.crash.'].flatMap((workload) => [
    { workload, platform: 'mmu-microkernel', reason: 'Xous cannot start a process again' },
    { workload, platform: 'cheri', isolation: 'none' as const, reason: ONE_POLICY },
  ]),
  { workload: 'fault.crash', platform: 'mpu-rtos', isolation: 'none', reason: ONE_DOMAIN },
  {
    workload: 'fault.crash',
    platform: 'mpu-rtos',
    isolation: 'path',
    reason: 'the MPU is off: nothing notices the load',
  },
  { workload: 'fault.service', platform: 'cheri', isolation: 'none', reason: ONE_DOMAIN },
  ...(['full', 'path'] as const).map((isolation) => ({
    workload: 'synchronisation.mutex.across-domains',
    platform: 'mmu-microkernel',
    isolation,
    reason: 'a mutex of Xous is a word in the memory of one process; processes that share something ask a server',
  })),
];

/** The cell that a run of a workload falls into; undefined if it has to give a number. */
export function notApplicable(
  workload: string,
  values: Readonly<Record<string, unknown>>,
  platform: string,
  isolation: unknown,
): NotApplicable | undefined {
  return NOT_APPLICABLE.find(
    (cell) =>
      cell.platform === platform &&
      (cell.workload.endsWith('.') ? workload.startsWith(cell.workload) : workload === cell.workload) &&
      (cell.isolation === undefined || cell.isolation === isolation) &&
      (cell.where === undefined || values[cell.where.parameter] === cell.where.value) &&
      (cell.above === undefined || Number(values[cell.above.parameter]) > cell.above.value),
  );
}
