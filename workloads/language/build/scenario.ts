import { describeOperation, type Transfer } from '../operations.js';
import { completeValues, type GivenValues, type ParameterValuesOf, type WorkloadParameters } from '../parameters.js';
import type { ValueType } from '../program.js';
import {
  type ArrivalSweep,
  type Buffer,
  type FaultPolicy,
  functionsFrom,
  functionsOfDomain,
  type InterruptBinding,
  marksOf,
  operationsOf,
  type Outcome,
  type Placement,
  type Queue,
  type Scenario,
  type Service,
  type Span,
  type SpanEvent,
  type SpanPoint,
  type Thread,
} from '../scenario.js';
import { type FunctionBuilder, MESSAGE_WORDS } from './function.js';
import type {
  BufferHandle,
  DomainHandle,
  FunctionHandle,
  MutexHandle,
  NotificationHandle,
  QueueHandle,
  ServiceHandle,
} from './handles.js';
import { checkName, FunctionLibrary } from './library.js';
import { listNames, ScenarioError } from './problem.js';
import type { Reference, Word } from './values.js';

/** A workload: a scenario for each set of parameter values. */
export interface ScenarioDefinition {
  readonly id: string;
  readonly title: string;
  readonly parameters: WorkloadParameters;
  /**
   * Builds the scenario.
   * @param given values of parameters; others have their defaults.
   * @throws RangeError for a wrong parameter, ScenarioError for a mistake in the scenario.
   */
  build(given?: GivenValues): Scenario;
}

const ID = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/;
const PRIORITIES = 8;
const DEFAULT_PRIORITY = 3;
/** Words beside bytes: a message has four, and reference and length take two. */
const WORDS_BESIDE_BYTES = MESSAGE_WORDS - 2;
const LARGEST_BUFFER = 1 << 24;

/**
 * Defines a workload.
 * @param id family and name, `ipc.call`.
 * @param body describes the system; it runs once for each set of values.
 */
export function scenario<const P extends WorkloadParameters>(
  id: string,
  title: string,
  parameters: P,
  body: (s: ScenarioBuilder, values: ParameterValuesOf<P>) => void,
): ScenarioDefinition {
  if (!ID.test(id)) throw new ScenarioError('scenario', `"${id}" is no id: lower-case words separated by dots`);
  return {
    id,
    title,
    parameters,
    build(given = {}) {
      const values = completeValues(id, parameters, given);
      const builder = new ScenarioBuilder(id);
      body(builder, values);
      return builder.finish(title, values);
    },
  };
}

export interface ThreadOptions {
  readonly domain: DomainHandle;
  /** 0 to 7, default 3. */
  readonly priority?: number;
  /** True for the thread whose exit ends the run; one thread has it. */
  readonly endsRun?: boolean;
}

export interface ServiceOptions {
  readonly domain: DomainHandle;
  readonly priority?: number;
  /** 0 to 4 words; with bytes 0 to 2. Default 0. */
  readonly words?: number;
  /** How bytes come with the message; default: none do. */
  readonly transfer?: Transfer;
  /** Most bytes that come with a message, a multiple of 4; needed with `transfer`. */
  readonly mostBytes?: number;
  /** True if the service gives back a word. Default true. */
  readonly answers?: boolean;
}

export interface BufferOptions {
  readonly domain: DomainHandle;
  readonly bytes: number;
  /** A power of two from 8 to 4096, default 8. */
  readonly alignment?: number;
  /** True if it is handed to services. Default false. */
  readonly passed?: boolean;
  /** First words; default zeros. */
  readonly words?: readonly number[];
  /** Where it lies behind another buffer, of the domain or (`nearest`) of another; default: where the linker puts it. */
  readonly behind?: { readonly buffer: BufferHandle; readonly at: Placement['at'] };
}

/** An `Outcome` as it is written. */
export interface ExpectedOutcome {
  readonly reports: readonly number[];
  /** Domains that must be ended. */
  readonly terminated?: readonly DomainHandle[];
  /** Names of further reports, whose values are the measurement. */
  readonly observed?: readonly string[];
  /** Domains that may be ended. */
  readonly mayEnd?: readonly DomainHandle[];
  /** Passages of marks between others that the runner counts. */
  readonly counts?: Outcome['counts'];
  /** Buffers whose changed words the runner counts at the end. */
  readonly changes?: readonly { readonly name: string; readonly buffer: BufferHandle }[];
  /** Buffers placed behind others; the runner looks how far. */
  readonly distances?: readonly { readonly name: string; readonly buffer: BufferHandle }[];
}

/** Where a span begins or ends: a mark, any of several marks, or the first event of a kind after one of them. */
export type SpanBoundary =
  string | readonly string[] | { readonly event: SpanEvent; readonly after: string | readonly string[] };

function spanPoint(boundary: SpanBoundary): SpanPoint {
  if (typeof boundary === 'string') return { marks: [boundary] };
  if (!('event' in boundary)) return { marks: boundary };
  return { ...spanPoint(boundary.after), event: boundary.event };
}

/** Describes a system part by part; a mistake is reported where it is made. */
export class ScenarioBuilder extends FunctionLibrary {
  private readonly domains: string[] = [];
  private readonly faultPolicies = new Map<string, FaultPolicy>();
  private readonly threads: Thread[] = [];
  private readonly services: Service[] = [];
  private readonly buffers: Buffer[] = [];
  private readonly notifications: string[] = [];
  private readonly mutexes: string[] = [];
  private readonly queues: Queue[] = [];
  private readonly interrupts: InterruptBinding[] = [];
  private readonly spans: Span[] = [];
  private arrivals: ArrivalSweep | undefined;
  private outcome: Outcome | undefined;
  private priorities = false;
  private excluded = '';

  constructor(private readonly id: string) {
    super(`scenario ${id}`);
  }

  domain(name: string): DomainHandle {
    this.addName('domain', name, this.domains);
    return { kind: 'domain', name };
  }

  /**
   * What becomes of a domain when its code faults, in place of its end: it begins anew, or a function of it runs, which ends with
   * `f.return(word)`: 0 to go on behind the instruction that faulted.
   */
  onFault(domain: DomainHandle, policy: 'restart' | ((f: FunctionBuilder) => void)): void {
    this.mustKnow(domain);
    if (this.faultPolicies.has(domain.name)) this.fail(`domain ${domain.name} has two fault policies`);
    if (policy === 'restart') {
      this.faultPolicies.set(domain.name, { kind: 'restart' });
      return;
    }
    const fn = `fault_${domain.name}`;
    this.define(fn, [], ['word'], domain.name, policy);
    this.faultPolicies.set(domain.name, { kind: 'handle', function: fn });
  }

  /** A thread and its program. */
  thread(name: string, options: ThreadOptions, program: (f: FunctionBuilder) => void): void {
    this.mustKnow(options.domain);
    this.unique('thread', name, this.threads);
    const { domain } = options;
    const endsRun = options.endsRun ?? false;
    const other = this.threads.find((t) => t.endsRun);
    if (endsRun && other !== undefined) this.fail(`threads ${other.name} and ${name} both end the run: one must`);
    const fn = `thread_${name}`;
    this.define(fn, [], [], domain.name, (f) => {
      program(f);
      f.finishThread();
    });
    const priority = this.priority(options.priority);
    this.threads.push({ name, domain: domain.name, priority, function: fn, endsRun });
  }

  /**
   * A service and its body, which gets the words and, with `transfer`, a reference to the bytes and their number. A
   * service that answers
   * ends with `f.return(word)`.
   */
  service(
    name: string,
    options: ServiceOptions,
    body: (f: FunctionBuilder, words: readonly Word[], bytes: Reference, length: Word) => void,
  ): ServiceHandle {
    const { domain, transfer, words = 0, answers = true, mostBytes = 0 } = options;
    this.mustKnow(domain);
    this.unique('service', name, this.services);
    const most = transfer === undefined ? MESSAGE_WORDS : WORDS_BESIDE_BYTES;
    if (!Number.isInteger(words) || words < 0 || words > most) {
      this.fail(`service ${name} takes ${words} words: 0 to ${most} are possible${transfer ? ' beside bytes' : ''}`);
    }
    if (!answers && (transfer === 'borrow' || transfer === 'mutable-borrow')) {
      this.fail(`service ${name} borrows bytes until it answers, and must answer`);
    }
    if ((transfer === undefined) !== (mostBytes === 0) || mostBytes % 4 !== 0 || mostBytes > LARGEST_BUFFER) {
      this.fail(
        `service ${name} has mostBytes ${mostBytes}: a multiple of 4 where bytes come with the message, else 0`,
      );
    }
    const types: ValueType[] = Array.from({ length: words }, () => 'word');
    if (transfer !== undefined) types.push('reference', 'word');
    const fn = `service_${name}`;
    this.define(fn, types, answers ? ['word'] : [], domain.name, (f, values) => {
      const given = values as readonly (Word | Reference)[];
      body(f, given.slice(0, words) as readonly Word[], given[words] as Reference, given[words + 1] as Word);
    });
    this.services.push({
      name,
      domain: domain.name,
      priority: this.priority(options.priority),
      function: fn,
      words,
      ...(transfer === undefined ? {} : { transfer }),
      mostBytes,
      answers,
    });
    return { kind: 'service', name, words, transfer, answers };
  }

  /** A function that only programs of one domain call, which may use the domain's buffers. */
  routine(
    name: string,
    domain: DomainHandle,
    body: (f: FunctionBuilder) => void,
  ): FunctionHandle<readonly [], readonly []> {
    this.mustKnow(domain);
    this.define(name, [], [], domain.name, body);
    return { kind: 'function', name, domain: domain.name, parameters: [], results: [] };
  }

  /** Memory of a domain. */
  buffer(name: string, options: BufferOptions): BufferHandle {
    const { domain, bytes, alignment = 8, passed = false, words = [], behind } = options;
    this.mustKnow(domain);
    this.unique('buffer', name, this.buffers);
    if (!Number.isInteger(bytes) || bytes < 1 || bytes > LARGEST_BUFFER) {
      this.fail(`buffer ${name} has ${bytes} bytes: 1 to ${LARGEST_BUFFER} are possible`);
    }
    if (!Number.isInteger(Math.log2(alignment)) || alignment < 8 || alignment > 4096) {
      this.fail(`buffer ${name} is aligned to ${alignment}: a power of two from 8 to 4096 is possible`);
    }
    if (4 * words.length > bytes) this.fail(`buffer ${name} has ${bytes} bytes and ${words.length} first words`);
    this.buffers.push({
      name,
      domain: domain.name,
      bytes,
      alignment,
      passed,
      words: words.map((w) => w >>> 0),
      ...(behind === undefined ? {} : { behind: this.placement(name, options, behind) }),
    });
    return { kind: 'buffer', name, domain: domain.name, bytes, passed };
  }

  /** A place behind another buffer: both are their domains' own, at multiples of 8, and nothing else is behind that one. */
  private placement(
    name: string,
    { domain, alignment = 8, passed = false }: BufferOptions,
    { buffer, at }: NonNullable<BufferOptions['behind']>,
  ): Placement {
    const before = this.buffers.find((b) => b.name === buffer.name);
    if (before === undefined) this.fail(`buffer ${name} is to lie behind ${buffer.name}, which is none of its buffers`);
    if ((at === 'nearest') === (before.domain === domain.name)) {
      this.fail(
        at === 'nearest'
          ? `buffer ${name} is to lie nearest behind ${buffer.name}, which is of the same domain: say adjacent`
          : `buffer ${name} is to lie behind ${buffer.name} of domain ${before.domain}: domains share no granule, say nearest`,
      );
    }
    const taken = at === 'nearest' ? (this.neighbourOf(domain.name) ?? this.neighbourOf(before.domain)) : undefined;
    if (taken !== undefined) {
      this.fail(`buffer ${name} behind ${buffer.name}: domain ${taken} has a neighbour, and can have one only`);
    }
    if (passed || before.passed || alignment !== 8 || before.alignment !== 8 || before.bytes % 8 !== 0) {
      this.fail(
        `buffer ${name} behind ${buffer.name}: neither is handed on, both are aligned to 8, that one has a multiple of 8 bytes`,
      );
    }
    if (before.behind !== undefined || this.buffers.some((b) => b.behind?.buffer === buffer.name)) {
      this.fail(`buffer ${name} behind ${buffer.name}: only two buffers can be placed together`);
    }
    return { buffer: buffer.name, at };
  }

  /** The domain, if its memory already lies behind another's or another's behind it. */
  private neighbourOf(domain: string): string | undefined {
    const pairs = this.buffers.flatMap((b) =>
      b.behind?.at === 'nearest' ? [b.domain, this.buffers.find(({ name }) => name === b.behind?.buffer)!.domain] : [],
    );
    return pairs.find((name) => name === domain);
  }

  notification(name: string): NotificationHandle {
    this.addName('notification', name, this.notifications);
    return { kind: 'notification', name };
  }

  mutex(name: string): MutexHandle {
    this.addName('mutex', name, this.mutexes);
    return { kind: 'mutex', name };
  }

  queue(name: string, capacity: number): QueueHandle {
    this.unique('queue', name, this.queues);
    if (!Number.isInteger(capacity) || capacity < 1) this.fail(`queue ${name} holds ${capacity} words: 1 at least`);
    this.queues.push({ name, capacity });
    return { kind: 'queue', name };
  }

  /** Lets an interrupt line give a notification. */
  interrupt(line: number, domain: DomainHandle, notification: NotificationHandle): void {
    this.mustKnow(domain);
    this.mustKnow(notification);
    if (!Number.isInteger(line) || line < 0 || line > 7) this.fail(`interrupt line ${line}: 0 to 7 are possible`);
    if (this.interrupts.some((i) => i.line === line)) this.fail(`interrupt line ${line} is bound twice`);
    this.interrupts.push({ line, domain: domain.name, notification: notification.name });
  }

  /** Something to measure, between marks that the programs have, or events after them. */
  span(
    name: string,
    span: Omit<Span, 'name' | 'from' | 'to'> & { readonly from: SpanBoundary; readonly to: SpanBoundary },
  ): void {
    this.unique('span', name, this.spans);
    const [from, to] = [spanPoint(span.from), spanPoint(span.to)];
    for (const { marks } of [from, to]) {
      if (marks.length === 0) this.fail(`span ${name} has a boundary without marks: give one at least`);
      const unknown = marks.find((mark) => !this.hasMark(mark));
      if (unknown !== undefined) this.fail(`span ${name} needs mark ${unknown}, which no program has`);
    }
    this.spans.push({ ...span, name, from, to });
  }

  /** Sweeps the arrival of the device's interrupt, line 0, over a span; every arrival must leave the expected outcome behind. */
  sweepArrivals(sweep: ArrivalSweep): void {
    if (this.arrivals !== undefined) this.fail('sweeps arrivals over two spans: one is possible');
    if (!this.interrupts.some(({ line }) => line === 0)) this.fail('sweeps arrivals, and no interrupt has line 0');
    if (!this.spans.some(({ name }) => name === sweep.span)) {
      this.fail(`sweeps arrivals over span ${sweep.span}; there is ${listNames(this.spans.map(({ name }) => name))}`);
    }
    if (!this.hasMark(sweep.served)) this.fail(`sweeps arrivals up to mark ${sweep.served}, which no program has`);
    for (const what of ['passage', 'stride'] as const) {
      if (!Number.isInteger(sweep[what]) || sweep[what] < 1)
        this.fail(`${what} ${sweep[what]} of arrivals: 1 at least`);
    }
    this.arrivals = sweep;
  }

  /** What a right run leaves behind. */
  expect(outcome: ExpectedOutcome): void {
    if (this.outcome !== undefined) this.fail('expects two outcomes');
    const { reports, terminated = [], observed = [], mayEnd = [], counts = [], changes = [], distances = [] } = outcome;
    for (const domain of [...terminated, ...mayEnd]) this.mustKnow(domain);
    const names = [...observed, ...[...counts, ...changes, ...distances].map(({ name }) => name)];
    for (const name of names) checkName(`scenario ${this.id}`, 'word to observe', name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) this.fail(`observes two things named ${twice}`);
    const unknown = counts
      .flatMap(({ mark, after, until }) => [mark, after, ...until])
      .find((mark) => !this.hasMark(mark));
    if (unknown !== undefined) this.fail(`counts passages with mark ${unknown}, which no program has`);
    const foreign = changes.find(({ buffer }) => !this.knows(buffer));
    if (foreign !== undefined) this.fail(`looks for changes in buffer ${foreign.buffer.name}, which there is not`);
    const loose = distances.find(({ buffer }) => !this.buffers.some((b) => b.name === buffer.name && b.behind));
    if (loose !== undefined)
      this.fail(`looks how far ${loose.buffer.name} lies behind a buffer, and it is behind none`);
    const byName = (list: typeof changes): NonNullable<Outcome['changes']> =>
      list.map(({ name, buffer }) => ({ name, buffer: buffer.name }));
    this.outcome = {
      reports: reports.map((w) => w >>> 0),
      terminated: terminated.map(({ name }) => name),
      ...(observed.length === 0 ? {} : { observed }),
      ...(counts.length === 0 ? {} : { counts }),
      ...(changes.length === 0 ? {} : { changes: byName(changes) }),
      ...(distances.length === 0 ? {} : { distances: byName(distances) }),
      ...(mayEnd.length === 0 ? {} : { mayEnd: mayEnd.map(({ name }) => name) }),
    };
  }

  /** Says that the outcome needs priorities: a thread that one of a lower priority makes ready runs at once. */
  needsPriorities(): void {
    this.priorities = true;
  }

  /** Says what happens in the run that no span contains. */
  excludes(what: string): void {
    this.excluded = what;
  }

  /** The scenario, frozen; what the builder was given is frozen with it. */
  finish(title: string, parameters: Scenario['parameters']): Scenario {
    if (this.outcome === undefined) this.fail('has no expected outcome: call expect');
    if (!this.threads.some(({ endsRun }) => endsRun)) this.fail('has no thread that ends the run: give one endsRun');
    const built: Scenario = {
      id: this.id,
      title,
      parameters,
      domains: this.domains.map((name) => {
        const onFault = this.faultPolicies.get(name);
        return { name, ...(onFault === undefined ? {} : { onFault }) };
      }),
      threads: this.threads,
      services: this.services,
      buffers: this.buffers,
      notifications: this.notifications,
      mutexes: this.mutexes,
      queues: this.queues,
      interrupts: this.interrupts,
      functions: this.functions,
      ...(this.priorities ? { preemptive: true } : {}),
      spans: this.spans,
      ...(this.arrivals === undefined ? {} : { arrivals: this.arrivals }),
      expected: this.outcome,
      excluded: this.excluded,
    };
    this.checkMarks(built);
    this.checkFaultHandlers(built);
    return freeze(built);
  }

  protected override knows(handle: { readonly kind: string; readonly name: string }): boolean {
    switch (handle.kind) {
      case 'domain':
        return this.domains.includes(handle.name);
      case 'service':
        return this.services.some(({ name }) => name === handle.name);
      case 'buffer':
        return this.buffers.some(({ name }) => name === handle.name);
      case 'notification':
        return this.notifications.includes(handle.name);
      case 'mutex':
        return this.mutexes.includes(handle.name);
      case 'queue':
        return this.queues.some(({ name }) => name === handle.name);
      default:
        return super.knows(handle);
    }
  }

  protected override isPassed(buffer: string): boolean {
    return this.buffers.some(({ name, passed }) => name === buffer && passed);
  }

  /** A mark in a function that two domains run would be in two places. */
  private checkMarks(built: Scenario): void {
    const owners = new Map<string, string>();
    for (const { name } of built.domains) {
      for (const mark of marksOf(functionsOfDomain(built, name))) {
        const owner = owners.get(mark);
        if (owner !== undefined) this.fail(`mark ${mark} is in a function that domains ${owner} and ${name} both run`);
        owners.set(mark, name);
      }
    }
  }

  /** The kernel waits for the handler: what would enter it again is refused. */
  private checkFaultHandlers(built: Scenario): void {
    for (const { name, onFault } of built.domains) {
      if (onFault?.kind !== 'handle') continue;
      const asked = operationsOf(functionsFrom(built, [onFault.function])).find(({ kind }) => kind !== 'report');
      if (asked !== undefined) {
        this.fail(
          `the fault handler of domain ${name} asks for ${describeOperation(asked)}: it can compute, load, store and report`,
        );
      }
    }
  }

  private fail(problem: string): never {
    throw new ScenarioError(`scenario ${this.id}`, problem);
  }

  private mustKnow(handle: DomainHandle | NotificationHandle): void {
    if (this.knows(handle)) return;
    const known = handle.kind === 'domain' ? this.domains : this.notifications;
    this.fail(`there is no ${handle.kind} ${handle.name}; there is ${listNames(known)}`);
  }

  private addName(kind: string, name: string, names: string[]): void {
    this.unique(
      kind,
      name,
      names.map((n) => ({ name: n })),
    );
    names.push(name);
  }

  private unique(kind: string, name: string, list: readonly { readonly name: string }[]): void {
    checkName(`scenario ${this.id}`, kind, name);
    if (list.some((other) => other.name === name)) this.fail(`there are two ${kind}s named ${name}`);
  }

  private priority(given = DEFAULT_PRIORITY): number {
    if (!Number.isInteger(given) || given < 0 || given >= PRIORITIES) {
      this.fail(`priority ${given}: 0 to ${PRIORITIES - 1} are possible`);
    }
    return given;
  }
}

/** Freezes an object with everything in it. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}
