import { operationsOf, type Scenario } from '../../../workloads/language/scenario.js';
import { lastLink } from '../../last-link.js';
import { RTOS_SOURCES } from '../devices/board.js';
import { type LinkedSystem, linkSystem } from '../kernel/link.js';
import type { KernelConfig } from '../kernel/parameters.js';
import type { Padding } from '../kernel/system.js';
import { systemOf } from './compartments.js';
import { missingOperation } from './operations.js';
import { functionsReachedFrom } from './reach.js';
import { restartProblem } from './reboot.js';

/**
 * Why the kernel cannot run a scenario: an operation that it lacks, or more of something than it has.
 * @returns one line; undefined if it can.
 */
export function scenarioProblem(scenario: Scenario, config: KernelConfig): string | undefined {
  const direct = config.isolation === 'none';
  if (direct && scenario.expected.terminated.length > 0) {
    return 'all domains are one compartment: who is ended is everybody';
  }
  if (direct && scenario.domains.some(({ onFault }) => onFault !== undefined)) {
    return 'all domains are one compartment: what one of them does about faults it does about those of all';
  }
  const operations = operationsOf(scenario.functions);
  const overflows = operations.some((o) => o.kind === 'violate' && o.violation === 'overflow-stack');
  if (config.isolation === 'path' && overflows && scenario.expected.terminated.length > 0) {
    return 'stacks have the bounds of all memory: nothing notices the end of one';
  }
  const missing = operations
    .map((operation) => missingOperation(scenario, operation, direct))
    .find((reason) => reason !== undefined);
  if (missing !== undefined) return missing;
  if (scenario.buffers.some(({ behind }) => behind?.at === 'same-granule')) {
    return 'a buffer has the granules of 8 bytes in which it lies to itself';
  }
  const unfit = restartProblem(scenario);
  if (unfit !== undefined) return unfit;
  const odd = scenario.interrupts.find(
    ({ line, notification }) => line >= RTOS_SOURCES.lineCount || given(scenario, notification),
  );
  if (odd !== undefined) {
    return odd.line >= RTOS_SOURCES.lineCount
      ? `interrupt line ${odd.line}: the board has ${RTOS_SOURCES.lineCount}`
      : `${odd.notification} is given by an interrupt and by a program: the scheduler counts interrupts only`;
  }
  const shared = scenario.services.find(({ name, transfer }) => transfer === 'copy' && callersOf(scenario, name) > 1);
  if (shared !== undefined) {
    return `${callersOf(scenario, shared.name)} threads may copy into service ${shared.name} at once: it has one buffer`;
  }
  try {
    linkScenario(scenario, config);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** True if a program gives the notification. */
const given = ({ functions }: Scenario, notification: string): boolean =>
  operationsOf(functions).some((o) => o.kind === 'notify' && o.notification === notification);

/** Threads that may run a service, by themselves or by way of others. */
function callersOf(scenario: Scenario, service: string): number {
  const reaches = (program: string, seen: Set<string>): boolean =>
    operationsOf(functionsReachedFrom(scenario, program)).some((o) => {
      if (o.kind !== 'call' && o.kind !== 'try-call' && o.kind !== 'send') return false;
      if (o.service === service) return true;
      if (seen.has(o.service)) return false;
      seen.add(o.service);
      return reaches(scenario.services.find(({ name }) => name === o.service)!.function, seen);
    });
  return scenario.threads.filter(({ function: program }) => reaches(program, new Set())).length;
}

const linkedBefore = lastLink<LinkedSystem>();

/** Links a scenario with the kernel. @throws RangeError if it does not fit; CodegenError if an operation is missing. */
export function linkScenario(
  scenario: Scenario,
  config: KernelConfig,
  padding: Padding = { code: 0, globals: 0 },
): LinkedSystem {
  return linkedBefore(scenario, [config, padding], () =>
    linkSystem(config, systemOf(scenario, config.isolation === 'none'), padding),
  );
}
