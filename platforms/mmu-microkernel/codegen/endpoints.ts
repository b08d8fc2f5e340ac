import type { PortableOperation } from '../../../workloads/language/operations.js';
import type { Scenario } from '../../../workloads/language/scenario.js';
import { FAILED } from './symbols.js';

/** First word of the names of a scenario's servers; the second is the number of the endpoint. */
const SERVER_NAME = 0x53455256;

/**
 * What a server of the kernel stands for: a service; a notification or a queue, which Xous programs give as scalars to a
 * server; the ticktimer.
 */
export interface Endpoint {
  /** Part of symbols: `adder`, `notification.ready`. */
  readonly name: string;
  /** From 1. */
  readonly number: number;
}

/** The endpoint of a service. */
export function serviceEndpoint({ services }: Scenario, service: string): Endpoint {
  return { name: service, number: 1 + services.findIndex(({ name }) => name === service) };
}

/** The endpoint of a notification; the domain that waits for it owns it. */
export function notificationEndpoint({ services, notifications }: Scenario, notification: string): Endpoint {
  return { name: `notification.${notification}`, number: 1 + services.length + notifications.indexOf(notification) };
}

/** The endpoint of a queue; the domain that gets from it owns it. */
export function queueEndpoint({ services, notifications, queues }: Scenario, queue: string): Endpoint {
  const before = services.length + notifications.length;
  return { name: `queue.${queue}`, number: 1 + before + queues.findIndex(({ name }) => name === queue) };
}

/** The ticktimer server's endpoint. */
export function ticktimerEndpoint({ services, notifications, queues }: Scenario): Endpoint {
  return { name: 'ticktimer', number: 1 + services.length + notifications.length + queues.length };
}

/** Whether an operation may need the ticktimer server. */
export const needsTicktimer = ({ kind }: PortableOperation): boolean =>
  kind === 'sleep' || kind === 'lock' || kind === 'unlock';

/** Loads the name of an endpoint's server into a1 to a4. */
export const serverName = ({ number }: Endpoint): readonly string[] => [
  `li a1, 0x${SERVER_NAME.toString(16)}`,
  `li a2, ${number}`,
  'li a3, 0',
  'li a4, 0',
];

/** The word that holds the number of a connection to an endpoint. */
export const connectionSymbol = ({ name }: Endpoint): string => `connection.${name}`;

/** Makes the server. */
export const createServer = (endpoint: Endpoint): readonly string[] => [
  ...serverName(endpoint),
  'li a0, CALL_CREATE_SERVER',
  'ecall',
  'li t0, TAG_NEW_SERVER',
  `bne a0, t0, ${FAILED}`,
];

/** Connects to the server; asks until it is there, since processes start in any order. */
export const connect = (endpoint: Endpoint): readonly string[] => [
  `connect.${endpoint.name}:`,
  ...serverName(endpoint),
  'li a0, CALL_CONNECT',
  'ecall',
  'li t0, TAG_CONNECTION',
  'beq a0, t0, 1f',
  'li a0, CALL_YIELD',
  'ecall',
  `j connect.${endpoint.name}`,
  '1:',
  `sw a1, ${connectionSymbol(endpoint)}, t0`,
];

/**
 * Endpoints that programs with these operations own, and those that they send to. Services are left out if calls are
 * direct.
 * @param bound notifications that interrupt handlers of the programs' domains give
 */
export function endpointsOf(
  scenario: Scenario,
  operations: readonly PortableOperation[],
  ownServices: readonly { readonly name: string }[],
  bound: readonly string[],
  direct: boolean,
): { readonly owned: readonly Endpoint[]; readonly used: readonly Endpoint[] } {
  const { services, notifications, queues } = scenario;
  const asks = (test: (o: PortableOperation) => boolean): boolean => operations.some(test);
  const called = services.filter(({ name }) => asks((o) => 'service' in o && o.service === name));
  const waited = notifications.filter((n) => asks((o) => o.kind === 'wait' && o.notification === n));
  const given = notifications.filter(
    (n) => bound.includes(n) || asks((o) => o.kind === 'notify' && o.notification === n),
  );
  const queuesOf = (kind: 'put' | 'get'): readonly Endpoint[] =>
    queues
      .filter(({ name }) => asks((o) => o.kind === kind && o.queue === name))
      .map(({ name }) => queueEndpoint(scenario, name));
  const serviceEndpoints = (list: readonly { readonly name: string }[]): readonly Endpoint[] =>
    direct ? [] : list.map(({ name }) => serviceEndpoint(scenario, name));
  return {
    owned: [
      ...serviceEndpoints(ownServices),
      ...waited.map((n) => notificationEndpoint(scenario, n)),
      ...queuesOf('get'),
    ],
    used: [
      ...serviceEndpoints(called),
      ...given.map((n) => notificationEndpoint(scenario, n)),
      ...queuesOf('put'),
      ...(operations.some(needsTicktimer) ? [ticktimerEndpoint(scenario)] : []),
    ],
  };
}
