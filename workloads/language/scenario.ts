import type { PortableOperation, Transfer } from './operations.js';
import { type FunctionDefinition, visitStatements } from './program.js';

/*
 * A system and what is measured in it, as plain data: what `build/scenario.ts` makes and platforms link. Names are
 * unique within their
 * kind.
 */

/** A protection domain: what the platform isolates (process, CMRX process, compartment). */
export interface Domain {
  readonly name: string;
  /** What becomes of it when its code faults; absent: it is ended. */
  readonly onFault?: FaultPolicy;
}

/** What a domain has in place of being ended for a fault of its code. */
export type FaultPolicy =
  /**
   * A function of it runs on the thread that faulted. It computes, loads, stores and reports, and gives a word: 0, the thread goes
   * on behind the instruction that faulted, all else as it was; otherwise the domain is ended as if it had no such function.
   */
  | { readonly kind: 'handle'; readonly function: string }
  /** Whoever is inside is gone as if it were ended; then it begins anew: its variables have their first values, it can be called. */
  | { readonly kind: 'restart' };

export interface Thread {
  readonly name: string;
  readonly domain: string;
  /** 0 to 7; a ready thread of a higher number runs first, where the platform has priorities. */
  readonly priority: number;
  /** The program: a function without parameters that ends with `exit`. */
  readonly function: string;
  /** True for the thread whose exit ends the run. */
  readonly endsRun: boolean;
}

/** An entry point of a domain that others call. A platform that needs threads for it makes them and says so. */
export interface Service {
  readonly name: string;
  readonly domain: string;
  readonly priority: number;
  /** Its body. Parameters: the words; with `transfer`, a reference and the number of bytes. */
  readonly function: string;
  readonly words: number;
  readonly transfer?: Transfer;
  /** Most bytes that come with a message; 0 without `transfer`. */
  readonly mostBytes: number;
  /** True if it gives back a word. */
  readonly answers: boolean;
}

/** Memory of a domain. */
export interface Buffer {
  readonly name: string;
  readonly domain: string;
  readonly bytes: number;
  /** A power of two, at least 8. */
  readonly alignment: number;
  /** True if it is handed to services: it then has its pages or regions to itself. */
  readonly passed: boolean;
  /** First words; the rest is 0. */
  readonly words: readonly number[];
  /** Where it lies, if that is not left to the platform's linker. */
  readonly behind?: Placement;
}

/**
 * Where a buffer lies behind another. In one domain in terms of the granule of the platform's protection, the smallest region of an
 * MPU, a page, the 8 bytes that bounds and tags are about. `adjacent`: its first byte follows the other's last. `same-granule`: a few
 * bytes later, in the granule in which the other ends. `next-granule`: where the next granule begins.
 *
 * Behind a buffer of another domain there is only `nearest`, since no two domains share a granule: that one is the last of the
 * memory of its domain, this one the first of its own, and the two memories follow each other as closely as the platform can
 * protect them apart; in physical memory, where each domain has an address space. Where all domains are one, it is `adjacent`.
 */
export interface Placement {
  readonly buffer: string;
  readonly at: 'adjacent' | 'same-granule' | 'next-granule' | 'nearest';
}

export interface Queue {
  readonly name: string;
  /** Words that fit at least. */
  readonly capacity: number;
}

/** An interrupt that gives a notification. */
export interface InterruptBinding {
  /** Number of a line, from 0. The scenario's device raises line 0 (operation `alarm`). */
  readonly line: number;
  readonly notification: string;
  /** Domain that owns the line. */
  readonly domain: string;
}

/**
 * The path that a span goes through; a platform says how far its own is the real system's. `compute` is none: no kernel takes
 * part. `fault` is that of whatever a domain does without a right to it, also where nothing stops it.
 */
export const SPAN_PATHS = [
  'compute',
  'null-call',
  'yield',
  'switch',
  'call',
  'borrow',
  'copy',
  'move',
  'send',
  'notify',
  'interrupt',
  'lock',
  'queue',
  'sleep',
  'allocate',
  'fault',
  'restart',
] as const;
export type SpanPath = (typeof SPAN_PATHS)[number];

/**
 * What can end a span beside a mark. `trap`: the core takes an exception or interrupt, stamped at the entry. `interrupt`: it
 * takes the first interrupt after the scenario's device has raised its line. `handler`: the hardware's
 * entry of a trap is over, the first instruction of its handler begins; what of the entry comes before `trap`, and what behind,
 * differs from core to core. `ended`: the guest kernel has decided to end a
 * domain because of what it did, stamped at the first instruction that does so. `initialised`: the
 * variables of a domain that begins anew have their first values, stamped at the instruction behind. `raised`: the scenario's device raises its
 * line, stamped at the first instruction boundary from then on.
 */
export type SpanEvent = 'trap' | 'handler' | 'interrupt' | 'ended' | 'initialised' | 'raised';

/**
 * A boundary of a span. Without `event` the passing of any of the marks; with it the first such event after the passing of
 * one of them.
 */
export interface SpanPoint {
  /** One at least; several where the same thing is done in more than one domain. */
  readonly marks: readonly string[];
  readonly event?: SpanEvent;
}

/** What is measured: from one boundary to the next passing of another. */
export interface Span {
  readonly name: string;
  readonly from: SpanPoint;
  readonly to: SpanPoint;
  /**
   * `round-trip`: it ends in the thread in which it began, which has asked somebody for something (a call and its answer, a
   * request to the kernel). `one-way`: it ends elsewhere (a message, a wake-up). Says nothing where nobody is asked (`compute`).
   */
  readonly trip: 'one-way' | 'round-trip';
  readonly path: SpanPath;
  /** What happens between the two, one sentence. */
  readonly meaning: string;
}

/**
 * The line of the scenario's device is raised in one run after another, each time at another cycle of one passage of a span. The
 * runs that are measured besides have no interrupt.
 */
export interface ArrivalSweep {
  /** Name of the span. */
  readonly span: string;
  /** Which of its passages, from 1. */
  readonly passage: number;
  /** Mark behind the wait of the thread that the interrupt is for: its next instruction ends the driver's latency. */
  readonly served: string;
  /** Cycles from one arrival to the next; 1 is every cycle. */
  readonly stride: number;
  /**
   * `bisect`: arrivals between two that entered the handler in the same cycle, and one in the middle that did too, are not run:
   * until it is taken, a raised line changes nothing that a core executes. `every`: each one is run.
   */
  readonly method: 'bisect' | 'every';
}

/** How often a mark is passed from the passing of `after` to that of any of `until`, or to the end of the run. */
export interface PassageCount {
  readonly name: string;
  readonly mark: string;
  readonly after: string;
  readonly until: readonly string[];
}

/** What a right run leaves behind. Anything else is an error, never a number. */
export interface Outcome {
  /** Words reported, in order. Words beyond them are what `observed` names. */
  readonly reports: readonly number[];
  /**
   * Names of the words that the run reports after `reports` and whose values are what is measured: what an attempt came to. The
   * last ones are missing where who would report them was ended.
   */
  readonly observed?: readonly string[];
  /**
   * How often marks were passed between others, and how many words of buffers are not the first ones any more when the run has
   * ended. The runner itself observes these, with no code in the guest, so that they are known also where nobody is left to tell.
   */
  readonly counts?: readonly PassageCount[];
  readonly changes?: readonly { readonly name: string; readonly buffer: string }[];
  /** How many bytes lie between the end of a buffer and the beginning of another that is placed behind it. */
  readonly distances?: readonly { readonly name: string; readonly buffer: string }[];
  /**
   * Domains that a right run may end besides: whether it does is part of what is measured. Where the thread that ends the run
   * went with them, the run stops asleep: nobody is left who could report anything.
   */
  readonly mayEnd?: readonly string[];
  /** Domains that the kernel must have ended, because they did what they had no right to. */
  readonly terminated: readonly string[];
}

export interface Scenario {
  /** `ipc.call`. */
  readonly id: string;
  readonly title: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly domains: readonly Domain[];
  readonly threads: readonly Thread[];
  readonly services: readonly Service[];
  readonly buffers: readonly Buffer[];
  readonly notifications: readonly string[];
  readonly mutexes: readonly string[];
  readonly queues: readonly Queue[];
  readonly interrupts: readonly InterruptBinding[];
  readonly functions: readonly FunctionDefinition[];
  /** True if a right run needs priorities: a thread that one of a lower priority makes ready runs at once. */
  readonly preemptive?: true;
  readonly spans: readonly Span[];
  /** The arrival of the device's interrupt, swept over a span; absent if the device is the programs' own (`alarm`). */
  readonly arrivals?: ArrivalSweep;
  readonly expected: Outcome;
  /** What happens in the run and is not part of any span, one sentence. */
  readonly excluded: string;
}

/**
 * Functions that a domain runs: those of its threads and services, its fault handler, and every one that these call. In the scenario's
 * order.
 */
export function functionsOfDomain(scenario: Scenario, domain: string): readonly FunctionDefinition[] {
  const own = [...scenario.threads, ...scenario.services].filter(({ domain: owner }) => owner === domain);
  const onFault = scenario.domains.find(({ name }) => name === domain)?.onFault;
  return functionsFrom(scenario, [
    ...own.map(({ function: name }) => name),
    ...(onFault?.kind === 'handle' ? [onFault.function] : []),
  ]);
}

/** Functions by their names, and every one that these call. In the scenario's order. */
export function functionsFrom(scenario: Scenario, names: readonly string[]): readonly FunctionDefinition[] {
  const byName = new Map(scenario.functions.map((f) => [f.name, f]));
  const needed = new Set<string>();
  const need = (name: string): void => {
    const definition = byName.get(name);
    if (definition === undefined || needed.has(name)) return;
    needed.add(name);
    visitStatements(definition.body, (statement) => {
      if (statement.kind === 'call') need(statement.function);
    });
  };
  names.forEach(need);
  return scenario.functions.filter(({ name }) => needed.has(name));
}

/** Operations that functions ask a kernel for, each once; what a platform's `supports` goes through. */
export function operationsOf(functions: readonly FunctionDefinition[]): readonly PortableOperation[] {
  const found = new Map<string, PortableOperation>();
  for (const { body } of functions) {
    visitStatements(body, (statement) => {
      if (statement.kind === 'operation') found.set(JSON.stringify(statement.operation), statement.operation);
    });
  }
  return [...found.values()];
}

/** What a run left behind. */
export interface Ran {
  /** How it ended: `exit` with a code, `asleep` with nobody left to run, or otherwise. */
  readonly stop: { readonly kind: string; readonly code?: number };
  /** Words that programs reported, in order. */
  readonly reports: readonly number[];
  /** Domains that the guest kernel ended, in any order. */
  readonly ended: readonly string[];
}

/**
 * Whether a run ended as it must. Every test and the runner judge by this. A run that exits has reported everything, so that
 * what was attempted was also observed; one that sleeps has ended somebody who may end.
 * @param oneDomain all domains of the scenario are one (`isolation=none`)
 */
export function isExpected(expected: Outcome, { stop, reports, ended }: Ran, oneDomain = false): boolean {
  const { observed = [], mayEnd = [], terminated } = expected;
  const more = reports.length - expected.reports.length;
  const exited = stop.kind === 'exit' && stop.code === 0;
  const cut = stop.kind === 'asleep' && mayEnd.length > 0 && ended.some((name) => !terminated.includes(name));
  // then the name is that of the one domain
  const wasAll = cut && oneDomain && ended.length === 1;
  return (
    ((exited && more === observed.length) || (cut && more >= 0 && more < observed.length)) &&
    expected.reports.every((word, i) => reports[i] === word) &&
    terminated.every((name) => ended.includes(name)) &&
    ended.every((name, i) => ended.indexOf(name) === i) &&
    ended.every((name) => wasAll || terminated.includes(name) || mayEnd.includes(name))
  );
}

/**
 * The mark that a service's body begins with, if it does: where a platform is asked what the bytes that it was given really let
 * it reach.
 */
export function headMark({ functions }: Scenario, service: Service): string | undefined {
  const first = functions.find(({ name }) => name === service.function)!.body.at(0);
  return first?.kind === 'mark' ? first.name : undefined;
}

/** Marks in functions, in the order of the source. */
export function marksOf(functions: readonly FunctionDefinition[]): readonly string[] {
  const marks: string[] = [];
  for (const { body } of functions) {
    visitStatements(body, (statement) => {
      if (statement.kind === 'mark') marks.push(statement.name);
    });
  }
  return marks;
}
