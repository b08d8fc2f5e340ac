import type { Exposure, Observation, PortableOperation, Violation } from '../operations.js';
import type { Expression, ReferenceExpression } from '../program.js';
import { ends } from './ends.js';
import type {
  DomainHandle,
  FunctionHandle,
  MutexHandle,
  NotificationHandle,
  Payload,
  QueueHandle,
  ServiceHandle,
} from './handles.js';
import { StatementBuilder } from './statements.js';
import { type Reference, ReferenceVariable, Word, wordExpression, type WordLike, WordVariable } from './values.js';

/** Words that a message carries at most. */
export const MESSAGE_WORDS = 4;

/** Writes a function: statements, and what it asks a kernel for. */
export class FunctionBuilder extends StatementBuilder {
  /** Calls a service and waits. The answer is a word if the service gives one, else 0. */
  callService(service: ServiceHandle, words: readonly WordLike[] = [], payload?: Payload): Word {
    this.checkMessage(service, words, payload);
    const { name, transfer, answers } = service;
    const operation: PortableOperation = {
      kind: 'call',
      service: name,
      words: words.length,
      ...(transfer === undefined ? {} : { transfer }),
    };
    const given = [...words.map((w) => this.wordOf(w)), ...this.payloadOf(payload)];
    if (answers) return this.wordOperation(operation, given);
    this.operation(operation, given);
    return new Word(wordExpression(0));
  }

  /**
   * Calls a service that may be ended before it answers.
   * @returns the answer, and a word that is 0 if there is one.
   */
  tryCallService(
    service: ServiceHandle,
    words: readonly WordLike[] = [],
    payload?: Payload,
  ): readonly [answer: Word, failed: Word] {
    this.checkMessage(service, words, payload);
    const { name, transfer, answers } = service;
    if (!answers) this.fail(`service ${name} gives no answer: nothing tells whether it was ended`);
    const results = [this.declareResult('answer', 'word'), this.declareResult('failed', 'word')];
    this.operation(
      {
        kind: 'try-call',
        service: name,
        words: words.length,
        ...(transfer === undefined ? {} : { transfer }),
      },
      [...words.map((w) => this.wordOf(w)), ...this.payloadOf(payload)],
      results,
    );
    return [new WordVariable(results[0]), new WordVariable(results[1])];
  }

  /**
   * Calls a service of one word, which is the address of what the caller shows on its stack, and looks what has come back.
   * @returns as `tryCallService`; in how many registers there is what was sought; whether the word on the stack has changed.
   */
  exposedCall(
    service: ServiceHandle,
    exposed: Exposure,
  ): Readonly<Record<'answer' | 'failed' | 'registers' | 'stackChanged', Word>> {
    this.checkMessage(service, [0], undefined);
    if (!service.answers) this.fail(`service ${service.name} gives no answer: nothing tells whether it was ended`);
    const results = ['answer', 'failed', 'registers', 'changed'].map((name) => this.declareResult(name, 'word'));
    this.operation({ kind: 'try-call', service: service.name, words: 1, exposed }, [], results);
    const [answer, failed, registers, stackChanged] = results.map((variable) => new WordVariable(variable));
    return { answer, failed, registers, stackChanged };
  }

  /** Sends words to a service without waiting; the service must give no answer. */
  send(service: ServiceHandle, words: readonly WordLike[] = [], payload?: Payload): void {
    this.checkMessage(service, words, payload);
    const { name, transfer, answers } = service;
    if (answers) this.fail(`service ${name} answers: call it, or declare it with answers: false`);
    if (transfer === 'borrow' || transfer === 'mutable-borrow') {
      this.fail(`service ${name} borrows its bytes until it answers: call it, or let it take them by copy or move`);
    }
    this.operation(
      { kind: 'send', service: name, words: words.length, ...(transfer === undefined ? {} : { transfer }) },
      [...words.map((w) => this.wordOf(w)), ...this.payloadOf(payload)],
    );
  }

  notify(notification: NotificationHandle): void {
    this.mustKnow(notification);
    this.operation({ kind: 'notify', notification: notification.name });
  }

  wait(notification: NotificationHandle): void {
    this.mustKnow(notification);
    this.operation({ kind: 'wait', notification: notification.name });
  }

  lock(mutex: MutexHandle): void {
    this.mustKnow(mutex);
    this.operation({ kind: 'lock', mutex: mutex.name });
  }

  unlock(mutex: MutexHandle): void {
    this.mustKnow(mutex);
    this.operation({ kind: 'unlock', mutex: mutex.name });
  }

  /** Puts a word into a queue, waiting while it is full. */
  put(queue: QueueHandle, value: WordLike): void {
    this.mustKnow(queue);
    this.operation({ kind: 'put', queue: queue.name }, [this.wordOf(value)]);
  }

  /** The oldest word of a queue, waiting while it is empty. */
  get(queue: QueueHandle): Word {
    this.mustKnow(queue);
    return this.wordOperation({ kind: 'get', queue: queue.name });
  }

  /** Sleeps until the word at a reference has a value, 0 to 127, and `wakeAt` says so; may come back earlier. */
  waitUntil(word: Reference, value: WordLike): void {
    this.operation({ kind: 'wait-until' }, [word.expression, this.wordOf(value)]);
  }

  /** Wakes one thread that sleeps because of the word at a reference, if one does. */
  wakeAt(word: Reference): void {
    this.operation({ kind: 'wake-at' }, [word.expression]);
  }

  yield(): void {
    this.operation({ kind: 'yield' });
  }

  /** Lets at least so many microseconds pass. */
  sleep(microseconds: WordLike): void {
    this.operation({ kind: 'sleep' }, [this.wordOf(microseconds)]);
  }

  /** Fresh zeroed memory of so many bytes. */
  allocate(bytes: WordLike): Reference {
    const variable = this.declareResult('memory', 'reference');
    this.operation({ kind: 'allocate' }, [this.wordOf(bytes)], [variable]);
    return new ReferenceVariable(variable);
  }

  /** Gives memory back that `allocate` or a message by move gave. */
  free(memory: Reference, bytes: WordLike): void {
    this.operation({ kind: 'free' }, [memory.expression, this.wordOf(bytes)]);
  }

  /** The cheapest request that enters the kernel and comes back. */
  nullCall(): void {
    this.operation({ kind: 'null-call' });
  }

  /** Ends the thread. */
  exit(): void {
    this.operation({ kind: 'exit' });
  }

  /** Appends a word to the outcome of the run. */
  report(value: WordLike): void {
    this.operation({ kind: 'report' }, [this.wordOf(value)]);
  }

  /** The address of a reference as a number. */
  addressOf(reference: Reference): Word {
    return this.wordOperation({ kind: 'address' }, [reference.expression]);
  }

  /** The address of a function of this domain as a number. */
  codeAddress(fn: FunctionHandle<readonly [], readonly []>): Word {
    this.mustBeOwn(fn);
    return this.wordOperation({ kind: 'code-address', function: fn.name });
  }

  /** The number that this domain names a service by, when it calls it. */
  handleNumber(service: ServiceHandle): Word {
    this.mustKnow(service);
    return this.wordOperation({ kind: 'handle-number', service: service.name });
  }

  /** Tries to enter a service's domain at an address that no service exports. */
  enter(beside: ServiceHandle, address: WordLike): void {
    this.mustKnow(beside);
    this.operation({ kind: 'enter', beside: beside.name }, [this.wordOf(address)]);
  }

  /** Lets the scenario's device raise interrupt line 0 once, after so many cycles, 1 at least. */
  alarm(cycles: WordLike): void {
    this.operation({ kind: 'alarm' }, [this.wordOf(cycles)]);
  }

  /** The cycle counter as user code can read it. */
  cycles(): Word {
    return this.wordOperation({ kind: 'cycles' });
  }

  /** Ends a domain and starts it again. */
  restart(domain: DomainHandle): void {
    this.mustKnow(domain);
    this.operation({ kind: 'restart', domain: domain.name });
  }

  /** Ends a domain and starts it again where the system has a request for that. @returns 1 if it has. */
  tryRestart(domain: DomainHandle): Word {
    this.mustKnow(domain);
    return this.wordOperation({ kind: 'restart', domain: domain.name, attempt: true });
  }

  /** Does what the domain has no right to; `words` are those that `PortableOperation` lists for each kind. */
  violate(violation: Violation, ...words: readonly WordLike[]): void {
    this.operation({ kind: 'violate', violation }, this.violationWords(violation, words));
  }

  /** What a violation finds out. */
  observe(violation: Observation, ...words: readonly WordLike[]): Word {
    return this.wordOperation({ kind: 'violate', violation }, this.violationWords(violation, words));
  }

  private violationWords(violation: Violation, words: readonly WordLike[]): readonly Expression[] {
    const [fewest, most] = VIOLATION_WORDS[violation];
    if (words.length < fewest || words.length > most) {
      const range = fewest === most ? `${fewest}` : `${fewest} to ${most}`;
      this.fail(`violation ${violation} takes ${range} words, not ${words.length}`);
    }
    return words.map((w) => this.wordOf(w));
  }

  /** Ends the program of a thread with `exit`, if it does not end by itself. */
  finishThread(): void {
    if (!ends(this.statements)) this.exit();
  }

  private operation(operation: PortableOperation, given: readonly Expression[] = [], results: number[] = []): void {
    this.emit({ kind: 'operation', operation, arguments: given, results });
  }

  private wordOperation(operation: PortableOperation, given: readonly Expression[] = []): Word {
    const variable = this.declareResult(operation.kind, 'word');
    this.operation(operation, given, [variable]);
    return new WordVariable(variable);
  }

  private checkMessage(service: ServiceHandle, words: readonly WordLike[], payload: Payload | undefined): void {
    this.mustKnow(service);
    if (words.length !== service.words) {
      this.fail(`service ${service.name} takes ${service.words} words, not ${words.length}`);
    }
    if ((payload === undefined) !== (service.transfer === undefined)) {
      this.fail(
        service.transfer === undefined
          ? `service ${service.name} takes no bytes`
          : `service ${service.name} takes bytes by ${service.transfer}: give reference and length`,
      );
    }
  }

  private payloadOf(payload: Payload | undefined): readonly Expression[] {
    if (payload === undefined) return [];
    const root = rootBuffer(payload.reference.expression);
    if (root !== undefined && !this.surroundings.isPassed(root)) {
      this.fail(`buffer ${root} goes to a service: declare it with passed: true`);
    }
    return [payload.reference.expression, this.wordOf(payload.bytes)];
  }
}

/** Fewest and most words of each violation. */
const VIOLATION_WORDS: Readonly<Record<Violation, readonly [number, number]>> = {
  load: [1, 1],
  store: [2, 2],
  jump: [1, 1],
  'forge-handle': [1, 1 + MESSAGE_WORDS],
  'raw-message': [0, 8],
  'overflow-stack': [1, 1],
  'load-by-stack': [1, 1],
  'store-by-stack': [2, 2],
  'look-into-registers': [1, 1],
  'fill-registers': [1, 1],
};

/** The buffer that an expression begins with, if it names one. */
function rootBuffer(expression: ReferenceExpression): string | undefined {
  switch (expression.kind) {
    case 'buffer':
      return expression.name;
    case 'variable':
      return undefined;
    default:
      return rootBuffer(expression.reference);
  }
}
