import type { PortableOperation } from '../../../workloads/language/operations.js';
import {
  functionsOfDomain,
  type InterruptBinding,
  operationsOf,
  type Queue,
  type Scenario,
  type Service,
} from '../../../workloads/language/scenario.js';
import { compileFunctions } from '../../riscv/codegen/compile.js';
import { domainBefore } from '../../placement.js';
import { RTOS_SOURCES } from '../devices/board.js';
import { ALLOCATOR, fromCompartment, fromLibrary, SCHEDULER } from '../kernel/compartments.js';
import type { Compartment, Export, Import, SharedObject, System } from '../kernel/system.js';
import { cheriotAbi, globalAddress, type GlobalPlace } from './abi.js';
import { FAULT_HANDLER, faultHandler, handlerEntry } from './fault-handler.js';
import { dataLines, globalsOf, placesOf } from './globals.js';
import { cheriotOperations, retires } from './operations.js';
import {
  END,
  GUARD,
  GUARD_STACK,
  guardedEntry,
  guardedSymbol,
  REBOOT_HANDLER,
  rebootCode,
  rebootImports,
  rebootsOnFault,
  restartedDomains,
} from './reboot.js';
import {
  BENCH,
  BENCH_EXIT,
  bufferSymbol,
  copySymbol,
  entrySymbol,
  FAILED,
  FAILED_CODE,
  functionSymbol,
  interruptImport,
  mutexImport,
  notificationImport,
  QUOTA,
  queueImport,
  rebootExport,
  serviceImport,
} from './symbols.js';
import { needsOf } from './threads.js';

/**
 * A scenario as a system of the kernel: a compartment for each domain; `direct`: a single one, named after the first domain,
 * in which requests are function calls (`isolation=none`).
 * @throws CodegenError if a domain uses an operation that the kernel lacks.
 */
export function systemOf(scenario: Scenario, direct = false): System {
  const names = scenario.domains.map(({ name }) => name);
  const groups = direct ? [new Set(names)] : names.map((name) => new Set([name]));
  const home = (domain: string): string => (direct ? names[0] : domain);
  const compartments = groups.map((domains) => compartmentOf(scenario, domains, direct));
  return {
    compartments,
    libraries: [],
    threads: scenario.threads.map((thread) => ({
      name: thread.name,
      compartment: home(thread.domain),
      entry: functionSymbol(thread.function),
      priority: thread.priority,
      ...needsOf(scenario, thread, direct),
    })),
    objects: [
      ...[...scenario.notifications.map(notificationImport), ...scenario.mutexes.map(mutexImport)].map(word),
      ...scenario.queues.map(queue),
    ],
    quotas: compartments
      .filter(({ imports }) => imports.some(({ kind }) => kind === 'quota'))
      .map(({ name }) => ({ name, bytes: QUOTA_BYTES })),
  };
}

/** What one domain may have of the heap: more than there is. */
const QUOTA_BYTES = 1 << 18;

/** The word of a notification (0 or given) or of a mutex. */
const word = (name: string): SharedObject => ({ name, bytes: 4, alignment: 8, words: [] });

/** A queue as the library `queues.s` has it: capacity, three words of its own, the slots. */
const queue = ({ name, capacity }: Queue): SharedObject => ({
  name: queueImport(name),
  bytes: 16 + 4 * capacity,
  alignment: 8,
  words: [capacity],
});

function compartmentOf(scenario: Scenario, domains: ReadonlySet<string>, direct: boolean): Compartment {
  const needed = new Set([...domains].flatMap((domain) => functionsOfDomain(scenario, domain)));
  const functions = scenario.functions.filter((f) => needed.has(f));
  const services = scenario.services.filter(({ domain }) => domains.has(domain));
  const [name] = domains;
  const restarted = !direct && restartedDomains(scenario).has(name);
  const handler = faultHandler(scenario, name);
  const globals = [...(restarted ? [GUARD] : []), ...globalsOf(scenario, domains)];
  const behind = domainBefore(domains, scenario.buffers);
  const operations = operationsOf(functions);
  const usesHeap = needsQuota(operations, services, direct);
  const places = placesOf(globals);
  const compiled = compileFunctions(functions, {
    abi: cheriotAbi(places),
    operations: cheriotOperations(scenario, direct, name),
    retires,
    threadsReturn: true,
    functionSymbol,
    bufferSymbol,
  });
  const code = [
    ...services.filter(({ transfer }) => transfer === 'copy').flatMap((s) => copyingEntry(s, places)),
    ...(direct ? [] : services.filter(({ transfer }) => transfer === 'move')).flatMap(claimingEntry),
    ...(handler === undefined ? [] : handlerEntry(functionSymbol(handler))),
    ...(restarted ? services.flatMap((s) => guardedEntry(s, labelOf(s))) : []),
    ...(restarted ? rebootCode(name, rebootsOnFault(scenario, name), operations, usesHeap, globals) : []),
    `${FAILED}:`,
    `load_import ct0, ${BENCH}`,
    `li t1, ${FAILED_CODE}`,
    `csw t1, ${BENCH_EXIT}(ct0)`,
    `j ${FAILED}`,
  ];
  const lines = (list: readonly string[]): string => list.map((l) => (/^\S+:/.test(l) ? l : `  ${l}`)).join('\n');
  return {
    name,
    program: `  .text\n${compiled}\n${lines(code)}\n  .data\n${lines([...dataLines(globals), ...(restarted ? [`${END}:`] : [])])}\n`,
    imports: eachOnce([
      ...importsOf(scenario, name, operations, services, direct, usesHeap),
      ...(restarted ? rebootImports(operations, usesHeap) : []),
    ]),
    exports: direct
      ? []
      : [
          ...services.map((s) => exportOf(s, restarted)),
          ...(restarted ? [{ name: rebootExport(name), arguments: 0 }] : []),
        ],
    ...(handler === undefined ? {} : { errorHandler: FAULT_HANDLER }),
    ...(restarted ? { stacklessHandler: REBOOT_HANDLER } : {}),
    ...(behind === undefined ? {} : { behind }),
  };
}

/** A service is entered at its body, or at what copies or claims its bytes first. */
const labelOf = ({ name, transfer, function: body }: Service): string =>
  transfer === 'copy' || transfer === 'move' ? entrySymbol(name) : functionSymbol(body);

/** The label that callers reach. */
const exportedAs = (service: Service, restarted: boolean): string =>
  restarted ? guardedSymbol(service.name) : labelOf(service);

const exportOf = (service: Service, restarted: boolean): Export => ({
  name: exportedAs(service, restarted),
  arguments: service.words + (service.transfer === undefined ? 0 : 2),
  ...(restarted ? { minimumStack: GUARD_STACK } : {}),
});

/** Imports of the same name are the same. */
const eachOnce = (imports: readonly Import[]): readonly Import[] => [
  ...new Map(imports.map((item) => [item.name, item])).values(),
];

/** What operations need beyond the compartment. */
function importsOf(
  scenario: Scenario,
  owner: string,
  operations: readonly PortableOperation[],
  services: readonly Service[],
  direct: boolean,
  usesHeap: boolean,
): readonly Import[] {
  const bench: Import = { kind: 'device', name: BENCH, device: 'bench' };
  const quota: Import = { kind: 'quota', name: QUOTA, quota: owner };
  return [
    bench,
    ...(usesHeap ? [quota] : []),
    ...(claimsMemory(services, direct) ? fromCompartment(ALLOCATOR, 'heap_claim') : []),
    ...operations.flatMap((operation) => importsFor(scenario, operation, direct)),
  ];
}

const claimsMemory = (services: readonly Service[], direct: boolean): boolean =>
  !direct && services.some(({ transfer }) => transfer === 'move');

const needsQuota = (operations: readonly PortableOperation[], services: readonly Service[], direct: boolean): boolean =>
  claimsMemory(services, direct) || operations.some((o) => o.kind === 'allocate' || o.kind === 'free' || isMove(o));

const isMove = (operation: PortableOperation): boolean => 'transfer' in operation && operation.transfer === 'move';

const shared = (name: string): Import => ({ kind: 'object', name, object: name, access: 'write' });

const interruptImports = ({ line, notification }: InterruptBinding): readonly Import[] => [
  { kind: 'interrupt', name: interruptImport(notification), source: RTOS_SOURCES.firstLine + line },
  ...fromCompartment(SCHEDULER, 'interrupt_futex', 'interrupt_complete', 'futex_wait'),
];

function importsFor(scenario: Scenario, operation: PortableOperation, direct: boolean): readonly Import[] {
  switch (operation.kind) {
    case 'call':
    case 'try-call':
    case 'send':
    case 'handle-number':
    case 'enter': {
      if (direct) return [];
      const called = operation.kind === 'enter' ? operation.beside : operation.service;
      const service = scenario.services.find(({ name }) => name === called)!;
      const name = serviceImport(service.name);
      return [
        {
          kind: 'call',
          name,
          compartment: service.domain,
          export: exportedAs(service, restartedDomains(scenario).has(service.domain)),
        },
        ...(isMove(operation) ? fromCompartment(ALLOCATOR, 'heap_free') : []),
      ];
    }
    case 'restart':
      if (direct) return [];
      return fromCompartment(operation.domain, rebootExport(operation.domain));
    case 'null-call':
      return fromCompartment(SCHEDULER, 'ticks');
    case 'sleep':
      return fromCompartment(SCHEDULER, 'sleep');
    case 'notify':
      return [shared(notificationImport(operation.notification)), ...fromCompartment(SCHEDULER, 'futex_wake')];
    case 'wait': {
      const bound = scenario.interrupts.find(({ notification }) => notification === operation.notification);
      if (bound !== undefined) return interruptImports(bound);
      return [shared(notificationImport(operation.notification)), ...fromCompartment(SCHEDULER, 'futex_wait')];
    }
    case 'wait-until':
      return fromCompartment(SCHEDULER, 'futex_wait');
    case 'wake-at':
      return fromCompartment(SCHEDULER, 'futex_wake');
    case 'lock':
      return [shared(mutexImport(operation.mutex)), ...fromLibrary('locks', 'mutex_lock')];
    case 'unlock':
      return [shared(mutexImport(operation.mutex)), ...fromLibrary('locks', 'mutex_unlock')];
    case 'put':
      return [shared(queueImport(operation.queue)), ...fromLibrary('queues', 'queue_put')];
    case 'get':
      return [shared(queueImport(operation.queue)), ...fromLibrary('queues', 'queue_get')];
    case 'allocate':
      return fromCompartment(ALLOCATOR, 'heap_allocate');
    case 'free':
      return fromCompartment(ALLOCATOR, 'heap_free');
    default:
      return [];
  }
}

/**
 * Claims the bytes that a caller hands over, so that they stay when it gives them up, and goes on in the body. What is no whole
 * piece of the heap is a mistake of the scenario.
 */
const claimingEntry = ({ name, words, function: body }: Service): readonly string[] => {
  const given = Array.from({ length: words + 2 }, (_, i) => [`ca${i}`, 8 + 8 * i] as const);
  return [
    `${entrySymbol(name)}:`,
    'cincoffset csp, csp, -48',
    'csc ra, 0(csp)',
    ...given.map(([register, at]) => `csc ${register}, ${at}(csp)`),
    `cmove ca1, ca${words}`,
    `load_import ca0, ${QUOTA}`,
    'cross_call heap_claim',
    `bltz a0, ${FAILED}`,
    ...given.map(([register, at]) => `clc ${register}, ${at}(csp)`),
    'clc ra, 0(csp)',
    'cincoffset csp, csp, 48',
    `j ${functionSymbol(body)}`,
  ];
};

/**
 * Copies the bytes that a caller shows to a buffer of the service, whole words, and goes on in the body with a reference to
 * the copy. More bytes than the buffer has are a fault of the service: bounds without a tag.
 */
function copyingEntry(
  { name, words, function: body }: Service,
  places: ReadonlyMap<string, GlobalPlace>,
): readonly string[] {
  const [reference, length] = [`a${words}`, `a${words + 1}`];
  const symbol = copySymbol(name);
  const address = globalAddress(symbol, places.get(symbol)).text.replaceAll('{d0}', 't0').replaceAll('{d1}', 't1');
  return [
    `${entrySymbol(name)}:`,
    ...address.split('\n'),
    `csetbounds t0, t0, ${length}`,
    'cmove t1, t0',
    `add a5, ${reference}, ${length}`,
    `bgeu ${reference}, a5, 2f`,
    '1:',
    `lw a4, 0(${reference})`,
    'sw a4, 0(t1)',
    `cincoffset ${reference}, ${reference}, 4`,
    'cincoffset t1, t1, 4',
    `bltu ${reference}, a5, 1b`,
    '2:',
    `cmove ${reference}, t0`,
    `j ${functionSymbol(body)}`,
  ];
}
