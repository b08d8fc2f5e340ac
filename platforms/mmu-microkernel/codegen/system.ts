import type { PortableOperation } from '../../../workloads/language/operations.js';
import {
  type FaultPolicy,
  functionsOfDomain,
  operationsOf,
  type Scenario,
} from '../../../workloads/language/scenario.js';
import { lastLink } from '../../last-link.js';
import { CYCLES_PER_MILLISECOND, XOUS_BOARD, XOUS_LINES } from '../devices/board.js';
import { kernelProgram, type LinkedSystem, linkSystem, type ProcessSource } from '../kernel/link.js';
import type { KernelConfig } from '../kernel/parameters.js';
import { endpointsOf, needsTicktimer, ticktimerEndpoint } from './endpoints.js';
import { isRequest, missingOperation } from './operations.js';
import { type Padding, processesOf } from './process.js';
import { BENCH, TIMER } from './symbols.js';

/**
 * Why the kernel cannot run a scenario: an operation that it lacks, or more of something than it has.
 * @returns one line; undefined if it can.
 */
export function scenarioProblem(scenario: Scenario, config: KernelConfig): string | undefined {
  if (config.isolation === 'none' && scenario.expected.terminated.length > 0) {
    return 'all domains are one process: who is ended is everybody';
  }
  if (scenario.preemptive) return 'threads of Xous have no priorities: who makes another ready goes on';
  const policy = scenario.domains.find(({ onFault }) => onFault !== undefined);
  if (policy !== undefined) return `domain ${policy.name}: ${NO_POLICY[policy.onFault!.kind]}`;
  for (const operation of operationsOf(scenario.functions)) {
    const direct = config.isolation === 'none' && isRequest(operation);
    const missing = direct ? undefined : missingOperation(scenario, operation);
    if (missing !== undefined) return missing;
  }
  const quiet = scenario.interrupts.find(({ line }) => line !== 0);
  if (quiet !== undefined) return `interrupt line ${quiet.line}: nothing on the board raises it, line 0 is the alarm's`;
  const shared = sharedPart(scenario, config);
  if (shared !== undefined) return shared;
  const tooMany = capacities(scenario, config).find(({ asked, most }) => asked > most);
  if (tooMany !== undefined) return `${tooMany.asked} ${tooMany.what}: the kernel has room for ${tooMany.most}`;
  try {
    linkScenario(scenario, config);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** What Xous does not do about a fault (services/xous-core kernel/src/syscall.rs: SetExceptionHandler is commented out, issue 90). */
const NO_POLICY: Readonly<Record<FaultPolicy['kind'], string>> = {
  handle: 'the request of Xous that registers a handler for faults is disabled',
  restart: 'Xous cannot start a process again',
};

/** Notifications, queues and mutexes belong to one process each, whichever others give and put. */
function sharedPart(scenario: Scenario, { isolation }: KernelConfig): string | undefined {
  const { notifications, queues, mutexes } = scenario;
  const users = (asks: (operation: PortableOperation) => boolean): readonly string[] =>
    scenario.domains
      .map(({ name }) => name)
      .filter((name) => operationsOf(functionsOfDomain(scenario, name)).some(asks));
  const owners = [
    ...notifications.map((name) => ({
      who: users((o) => o.kind === 'wait' && o.notification === name),
      problem: `both wait for ${name}: a server has one owner`,
    })),
    ...queues.map(({ name }) => ({
      who: users((o) => o.kind === 'get' && o.queue === name),
      problem: `both get from ${name}: a server has one owner`,
    })),
    ...(isolation === 'none' ? [] : mutexes).map((name) => ({
      who: users((o) => 'mutex' in o && o.mutex === name),
      problem: `both lock ${name}: a mutex of Xous is a word of one process`,
    })),
  ];
  const shared = owners.find(({ who }) => who.length > 1);
  return shared === undefined ? undefined : `domains ${shared.who.join(' and ')} ${shared.problem}`;
}

const linkedBefore = lastLink<LinkedSystem>();

/** Links a scenario with the kernel. @throws RangeError if it does not fit; CodegenError if an operation is missing. */
export function linkScenario(
  scenario: Scenario,
  config: KernelConfig,
  padding: Padding = { text: 0, data: 0 },
): LinkedSystem {
  return linkedBefore(scenario, [config, padding], () => {
    const devices = [{ virtual: BENCH, physical: XOUS_BOARD.bench }];
    const processes = processesOf(scenario, config.isolation === 'none', padding);
    return linkSystem(config, [
      ...processes.map((process) => ({ ...process, devices })),
      ...(operationsOf(scenario.functions).some(needsTicktimer) ? [ticktimer(scenario)] : []),
    ]);
  });
}

/** The process of the ticktimer server; it comes after those of the scenario. */
function ticktimer(scenario: Scenario): ProcessSource {
  const program = [
    `.equ TICKTIMER_NAME, ${ticktimerEndpoint(scenario).number}`,
    `.equ CYCLES_PER_TICK, ${CYCLES_PER_MILLISECOND}`,
    `.equ TIMER_LINE, ${XOUS_LINES.timer}`,
    `.equ TIMER, 0x${TIMER.toString(16)}`,
    '.include "ticktimer.s"',
    '',
  ];
  return {
    name: 'ticktimer',
    program: program.join('\n'),
    devices: [{ virtual: TIMER, physical: XOUS_BOARD.timer }],
  };
}

/** Things that the kernel has a fixed number of, by the symbols of its layout. */
interface Capacity {
  readonly what: string;
  readonly asked: number;
  readonly most: number;
}

/** Notifications that handlers of a domain give. */
const boundIn = ({ interrupts }: Scenario, name: string): readonly string[] =>
  interrupts.filter(({ domain }) => domain === name).map(({ notification }) => notification);

function capacities(scenario: Scenario, config: KernelConfig): readonly Capacity[] {
  const { symbols } = kernelProgram(config);
  const { threads, services, domains } = scenario;
  const most = (name: string): number => symbols.get(name)!;
  const threadsEach = most('THREADS') - most('FIRST_THREAD');
  if (config.isolation === 'none') return [{ what: 'threads', asked: threads.length, most: threadsEach }];
  const each = domains.flatMap(({ name }) => {
    const operations = operationsOf(functionsOfDomain(scenario, name));
    const servers = services.filter((s) => s.domain === name).length;
    const { used } = endpointsOf(scenario, operations, [], boundIn(scenario, name), false);
    return [
      // the process's first thread starts the others, also if it has no program
      {
        what: `threads of domain ${name}, one for each service`,
        asked: servers + Math.max(1, threads.filter((t) => t.domain === name).length),
        most: threadsEach,
      },
      {
        what: `services, notifications and queues that domain ${name} sends to`,
        asked: used.length,
        most: most('CONNECTIONS'),
      },
    ];
  });
  const queues = scenario.queues.map(({ name, capacity }) => ({
    what: `words in queue ${name}`,
    asked: capacity,
    most: most('SLOTS'),
  }));
  const servers = services.length + scenario.notifications.length + queues.length;
  return [
    ...queues,
    { what: 'services, notifications and queues', asked: servers, most: most('SERVER_COUNT') },
    ...each,
  ];
}
