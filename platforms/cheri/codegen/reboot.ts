import type { PortableOperation } from '../../../workloads/language/operations.js';
import { functionsOfDomain, operationsOf, type Scenario, type Service } from '../../../workloads/language/scenario.js';
import type { LoweredOperation } from '../../../workloads/language/backend/lowering.js';
import { ALLOCATOR, fromCompartment, fromLibrary, SCHEDULER } from '../kernel/compartments.js';
import type { Import } from '../kernel/system.js';
import { CALL_REGISTERS } from './abi.js';
import type { Global } from './globals.js';
import { entrySymbol, FAILED, notificationImport, QUOTA, rebootExport } from './symbols.js';

/*
 * Compartments that the scenario restarts (`kernel/reboot.s`): a guard around each service, an error handler that leaves it, and
 * an export that reboots. Whoever is inside faults at the next request to the kernel or to another compartment, and where it uses
 * memory of the heap.
 */

/** First of the globals. */
export const GUARD: Global = { symbol: 'reboot.guard', bytes: 16, alignment: 8, words: [] };
/** Stack that guarded entries ask for: no fault there may come before they have counted their caller, whom the handler takes off. */
export const GUARD_STACK = 256;
const CLOSED = `${GUARD.symbol} - globals`;
const IMAGE = 'reboot.image';
const ABANDONED = 'reboot.abandoned';
/** The stackless error handler. */
export const REBOOT_HANDLER = 'reboot.handler';
const OWN_REBOOT = 'reboot.steps';
/** Where the globals have their first values. */
export const INITIALISED = 'reboot.initialised';
/** What a compartment that reboots itself does to reach its handler: mcause of ebreak. */
const CAUSE_BREAKPOINT = 3;

/** Domains that begin anew after a fault. */
export const rebootsOnFault = ({ domains }: Scenario, name: string): boolean =>
  domains.some((d) => d.name === name && d.onFault?.kind === 'restart');

/** Domains that are restarted, by some program or after a fault. */
export const restartedDomains = ({ functions, domains }: Scenario): ReadonlySet<string> =>
  new Set([
    ...operationsOf(functions).flatMap((o) => (o.kind === 'restart' ? [o.domain] : [])),
    ...domains.flatMap(({ name, onFault }) => (onFault?.kind === 'restart' ? [name] : [])),
  ]);

/** Why a domain cannot be restarted; undefined if it can. */
export function restartProblem(scenario: Scenario): string | undefined {
  for (const domain of restartedDomains(scenario)) {
    if (scenario.domains.some(({ name, onFault }) => name === domain && onFault?.kind === 'handle')) {
      return `restart ${domain}: its fault handler would keep invocations from being counted out`;
    }
    if (scenario.threads.some((t) => t.domain === domain)) {
      return `restart ${domain}: it has threads of its own, which a micro-reboot does not begin anew`;
    }
    const waits = operationsOf(functionsOfDomain(scenario, domain)).find(
      (o) =>
        o.kind === 'lock' ||
        o.kind === 'put' ||
        o.kind === 'get' ||
        o.kind === 'wait-until' ||
        (o.kind === 'wait' && scenario.interrupts.some(({ notification }) => notification === o.notification)),
    );
    if (waits !== undefined)
      return `restart ${domain}: it may wait where a micro-reboot does not wake it (${waits.kind})`;
  }
  return undefined;
}

/** A restart as its caller does it: of another domain a call, of its own a fault that the handler understands. */
export const lowerRestart = (domain: string, owner: string): LoweredOperation =>
  domain === owner
    ? // an ebreak never retires: a mark in front of it would not be passed
      { arguments: [], lines: ['nop', 'ebreak'], results: [], clobbers: CALL_REGISTERS }
    : {
        arguments: [],
        // closed by somebody else who reboots it: that is waited for by him alone
        lines: [
          `cross_call ${rebootExport(domain)}`,
          'beqz a0, 1f',
          'addi a0, a0, RESTARTING',
          `bnez a0, ${FAILED}`,
          '1:',
        ],
        results: [],
        clobbers: CALL_REGISTERS,
      };

/** Requests to the kernel or to another compartment; waits look for themselves, before each turn. */
const REQUESTS: ReadonlySet<PortableOperation['kind']> = new Set([
  'call',
  'try-call',
  'send',
  'sleep',
  'yield',
  'null-call',
  'notify',
  'wake-at',
  'allocate',
  'free',
]);

/** An operation inside a compartment that may be rebooted meanwhile: who comes back from it finds the guard closed and faults. */
export function abandoning(operation: PortableOperation, lowered: LoweredOperation): LoweredOperation {
  if (!REQUESTS.has(operation.kind)) return lowered;
  return { ...lowered, lines: [...lowered.lines, ...CHECK], clobbers: [...new Set([...lowered.clobbers, 't0'])] };
}

/** Faults if the compartment is being rebooted. Uses t0. */
export const CHECK: readonly string[] = [`clw t0, ${CLOSED}(gp)`, `bnez t0, ${ABANDONED}`];

/** A service's entry: counts who is inside around the body at `label`. */
export function guardedEntry({ name, words, transfer }: Service, label: string): readonly string[] {
  const given = Array.from(
    { length: words + (transfer === undefined ? 0 : 2) },
    (_, i) => [`ca${i}`, 8 + 8 * i] as const,
  );
  return [
    `${guardedSymbol(name)}:`,
    'cincoffset csp, csp, -64',
    'csc ra, 0(csp)',
    ...given.map(([register, at]) => `csc ${register}, ${at}(csp)`),
    ...guard('guard_enter'),
    'bnez a0, 1f',
    ...given.map(([register, at]) => `clc ${register}, ${at}(csp)`),
    `jal ${label}`,
    'csw a0, 8(csp)',
    ...guard('guard_leave'),
    'clw a0, 8(csp)',
    '1:',
    'clc ra, 0(csp)',
    'cincoffset csp, csp, 64',
    'cret',
  ];
}

/** The entry with the guard. */
export const guardedSymbol = (service: string): string => `guarded.${entrySymbol(service)}`;

const guard = (name: string): readonly string[] => [
  `cincoffset ca0, gp, ${CLOSED}`,
  `csetbounds ca0, ca0, ${GUARD.bytes}`,
  `library_call ${name}`,
];

/**
 * The error handler, the export that reboots, and the first values of the globals.
 * @param onFault whether every fault reboots it, or only the one by which it asks for that
 * @param operations of the compartment: what its threads may wait for, whether it has memory
 */
export function rebootCode(
  domain: string,
  onFault: boolean,
  operations: readonly PortableOperation[],
  usesHeap: boolean,
  globals: readonly Global[],
): readonly string[] {
  const waits = wordsWaitedFor(operations);
  return [
    `${ABANDONED}:`,
    'unimp',
    // a0 = mcause
    `${REBOOT_HANDLER}:`,
    'cincoffset csp, csp, -16',
    'csc ra, 0(csp)',
    'csw a0, 8(csp)',
    ...guard('guard_leave'),
    // who faults because it is being rebooted finds it closed, and reboots nothing
    ...(onFault ? [] : ['clw a0, 8(csp)', `li t0, ${CAUSE_BREAKPOINT}`, 'bne a0, t0, 1f']),
    `jal ${OWN_REBOOT}`,
    '1:',
    'clc ra, 0(csp)',
    'cincoffset csp, csp, 16',
    'cret',
    `${rebootExport(domain)}:`,
    `${OWN_REBOOT}:`,
    'cincoffset csp, csp, -16',
    'csc ra, 0(csp)',
    ...guard('guard_close'),
    'bnez a0, 2f',
    '1:',
    ...waits.flatMap((word) => [`load_import ca0, ${word}`, 'li a1, FOREVER', 'cross_call futex_wake']),
    ...(usesHeap ? [`load_import ca0, ${QUOTA}`, 'cross_call heap_free_all'] : []),
    ...guard('guard_drain'),
    'bgtz a0, 1b',
    'bnez a0, 2f',
    `cincoffset ca0, gp, ${CLOSED}`,
    `cllc ca1, ${IMAGE}`,
    'library_call guard_reset',
    `${INITIALISED}:`,
    ...guard('guard_open'),
    '2:',
    'clc ra, 0(csp)',
    'cincoffset csp, csp, 16',
    'cret',
    '.balign 4',
    `${IMAGE}:`,
    `.word ${END} - ${GUARD.symbol}`,
    ...globals
      .filter(({ words }) => words.length > 0)
      .flatMap(({ symbol, words }) => [
        `.word ${symbol} - ${GUARD.symbol}, ${words.length}`,
        ...words.map((word) => `.word 0x${word.toString(16)}`),
      ]),
    '.word 0, 0',
  ];
}

/** Behind the globals. */
export const END = 'reboot.end';

export const rebootImports = (operations: readonly PortableOperation[], usesHeap: boolean): readonly Import[] => [
  ...fromLibrary('reboot', 'guard_enter', 'guard_leave', 'guard_close', 'guard_drain', 'guard_reset', 'guard_open'),
  ...(wordsWaitedFor(operations).length === 0 ? [] : fromCompartment(SCHEDULER, 'futex_wake')),
  ...(usesHeap ? fromCompartment(ALLOCATOR, 'heap_free_all') : []),
];

const wordsWaitedFor = (operations: readonly PortableOperation[]): readonly string[] => [
  ...new Set(operations.flatMap((o) => (o.kind === 'wait' ? [notificationImport(o.notification)] : []))),
];
