import { functionsOfDomain, operationsOf, type Scenario } from '../../../workloads/language/scenario.js';
import { XOUS_BOARD } from '../devices/board.js';
import { kernelProgram, type LinkedSystem, linkSystem } from '../kernel/link.js';
import type { KernelConfig } from '../kernel/parameters.js';
import { endpointsOf } from './endpoints.js';
import { missingOperation } from './operations.js';
import { type Padding, processesOf } from './process.js';
import { BENCH } from './symbols.js';

/**
 * Why the kernel cannot run a scenario: an operation that it lacks, or more of something than it has.
 * @returns one line; undefined if it can.
 */
export function scenarioProblem(scenario: Scenario, config: KernelConfig): string | undefined {
  if (config.isolation === 'none' && scenario.expected.terminated.length > 0) {
    return 'all domains are one process: who is ended is everybody';
  }
  for (const operation of operationsOf(scenario.functions)) {
    const direct = config.isolation === 'none' && (operation.kind === 'call' || operation.kind === 'send');
    const missing = direct ? undefined : missingOperation(scenario, operation);
    if (missing !== undefined) return missing;
  }
  if (scenario.interrupts.length > 0) return 'interrupts are not bound to notifications on this platform yet';
  const shared = scenario.notifications.find((n) => waitingDomains(scenario, n).length > 1);
  if (shared !== undefined) {
    return `domains ${waitingDomains(scenario, shared).join(' and ')} both wait for ${shared}: a server has one owner`;
  }
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

/** Domains with a program that waits for a notification. */
const waitingDomains = (scenario: Scenario, notification: string): readonly string[] =>
  scenario.domains
    .map(({ name }) => name)
    .filter((name) =>
      operationsOf(functionsOfDomain(scenario, name)).some((o) => o.kind === 'wait' && o.notification === notification),
    );

/** Links a scenario with the kernel. @throws RangeError if it does not fit; CodegenError if an operation is missing. */
export function linkScenario(scenario: Scenario, config: KernelConfig, padding?: Padding): LinkedSystem {
  const devices = [{ virtual: BENCH, physical: XOUS_BOARD.bench }];
  return linkSystem(
    config,
    processesOf(scenario, config.isolation === 'none', padding).map((process) => ({ ...process, devices })),
  );
}

/** Things that the kernel has a fixed number of, by the symbols of its layout. */
interface Capacity {
  readonly what: string;
  readonly asked: number;
  readonly most: number;
}

function capacities(scenario: Scenario, config: KernelConfig): readonly Capacity[] {
  const { symbols } = kernelProgram(config);
  const { threads, services, domains } = scenario;
  const most = (name: string): number => symbols.get(name)!;
  const threadsEach = most('THREADS') - most('FIRST_THREAD');
  if (config.isolation === 'none') return [{ what: 'threads', asked: threads.length, most: threadsEach }];
  const each = domains.flatMap(({ name }) => {
    const operations = operationsOf(functionsOfDomain(scenario, name));
    const servers = services.filter((s) => s.domain === name).length;
    const { used } = endpointsOf(scenario, operations, [], false);
    return [
      // the process's first thread starts the others, also if it has no program
      {
        what: `threads of domain ${name}, one for each service`,
        asked: servers + Math.max(1, threads.filter((t) => t.domain === name).length),
        most: threadsEach,
      },
      {
        what: `services and notifications that domain ${name} sends to`,
        asked: used.length,
        most: most('CONNECTIONS'),
      },
    ];
  });
  const servers = services.length + scenario.notifications.length;
  return [{ what: 'services and notifications', asked: servers, most: most('SERVER_COUNT') }, ...each];
}
