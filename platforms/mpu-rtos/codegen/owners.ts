import type { PortableOperation } from '../../../workloads/language/operations.js';
import { functionsOfDomain, operationsOf, type Scenario } from '../../../workloads/language/scenario.js';

/* CMRX objects are memory of a process: which process has those that scenarios only name. */

/** Domains with a program that has such an operation, in the scenario's order. */
export function domainsWith(scenario: Scenario, test: (operation: PortableOperation) => boolean): readonly string[] {
  return scenario.domains
    .map(({ name }) => name)
    .filter((name) => operationsOf(functionsOfDomain(scenario, name)).some(test));
}

/** The domain whose memory a notification is an address of: the first that waits for it, else the first of all. */
export function notificationOwner(scenario: Scenario, notification: string): string {
  const waiting = domainsWith(scenario, (o) => o.kind === 'wait' && o.notification === notification);
  return waiting.at(0) ?? scenario.domains[0].name;
}

/** Domains that lock or unlock a mutex. */
export const mutexUsers = (scenario: Scenario, mutex: string): readonly string[] =>
  domainsWith(scenario, (o) => (o.kind === 'lock' || o.kind === 'unlock') && o.mutex === mutex);

/** Domains that put into a queue or get from it. */
export const queueUsers = (scenario: Scenario, queue: string): readonly string[] =>
  domainsWith(scenario, (o) => (o.kind === 'put' || o.kind === 'get') && o.queue === queue);
