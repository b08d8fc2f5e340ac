import {
  describeOperation,
  type PortableOperation,
  type Transfer,
  type Violation,
} from '../../../workloads/language/operations.js';
import type { LoweredOperation, OperationLowering } from '../../../workloads/language/backend/lowering.js';
import type { Scenario, Service } from '../../../workloads/language/scenario.js';
import { CALL_REGISTERS } from './abi.js';
import { enterAt, exposedCall, leaveWord, lookForWord } from './exposed.js';
import { abandoning, CHECK, lowerRestart, restartedDomains } from './reboot.js';
import {
  BENCH,
  BENCH_ALARM,
  BENCH_EXIT,
  entrySymbol,
  FAILED,
  functionSymbol,
  interruptImport,
  interruptSeen,
  interruptWord,
  mutexImport,
  notificationImport,
  QUOTA,
  queueImport,
  serviceImport,
} from './symbols.js';

/** Masks for candperm (CHERIoT 1.0, permissions): load, store, loads and stores of capabilities, load mutable. */
const LOAD = 0x20;
const STORE = 0x04;
const CAPABILITIES = 0x40;
const LOAD_MUTABLE = 0x08;

/**
 * Rights to lent bytes. No global: the callee can keep it nowhere but on its stack. No load-global: the same for what it loads
 * through it. Without load-mutable that can be read only, too.
 */
const RIGHTS: Readonly<Record<Exclude<Transfer, 'move'>, number>> = {
  copy: LOAD,
  borrow: LOAD | CAPABILITIES,
  'mutable-borrow': LOAD | STORE | CAPABILITIES | LOAD_MUTABLE,
};

const YIELD = 'yield';

/** Whether what an operation begins with retires. An ecall does not: a mark in front of it would never be passed. */
export const retires = (line: string): boolean => line !== YIELD;

/**
 * The operations of programs as calls between compartments.
 * @param direct true if all domains are one compartment, in which a call of a service is a call of its body
 * (`isolation=none`).
 * @param owner domain whose programs they are
 */
export function cheriotOperations(scenario: Scenario, direct = false, owner = ''): OperationLowering {
  const ending = new Set(scenario.threads.filter((t) => t.endsRun).map((t) => t.function));
  const restarted = direct ? new Set<string>() : restartedDomains(scenario);
  return {
    lower(operation, given, within) {
      if (direct && (operation.kind === 'call' || operation.kind === 'try-call' || operation.kind === 'send')) {
        return directCall(scenario, operation);
      }
      if (operation.kind === 'restart') {
        return lowerRestartRequest(operation, direct, owner);
      }
      if (direct && operation.kind === 'enter') return enterAt([], []);
      if (direct && operation.kind === 'handle-number') return codeAddress(serviceOf(scenario, operation).function);
      const guarded = restarted.has(owner);
      const lowered = lower(scenario, operation, given, ending.has(within), guarded);
      return guarded && typeof lowered !== 'string' ? abandoning(operation, lowered) : lowered;
    },
  };
}

function lowerRestartRequest(
  { domain, attempt }: Extract<PortableOperation, { kind: 'restart' }>,
  direct: boolean,
  owner: string,
): LoweredOperation | string {
  if (direct && !attempt) return 'all domains are one compartment: who is restarted is everybody';
  const lowered = direct ? kernelCall([], []) : lowerRestart(domain, owner);
  return attempt ? { ...lowered, lines: [...lowered.lines, `li a0, ${direct ? 0 : 1}`], results: ['a0'] } : lowered;
}

const codeAddress = (name: string): LoweredOperation => ({
  arguments: [],
  lines: [`cllc ca0, ${functionSymbol(name)}`, 'cgetaddr a0, ca0'],
  results: ['a0'],
  clobbers: [],
});

type Request = Extract<PortableOperation, { kind: 'call' | 'try-call' | 'send' }>;

/** Words, then reference and length. */
const messageRegisters = ({ words, transfer }: Request): readonly string[] =>
  CALL_REGISTERS.slice(0, words + (transfer === undefined ? 0 : 2));

/** A request as a function call: of the service's body, or of the entry that copies its bytes before. */
function directCall(scenario: Scenario, operation: Request): LoweredOperation {
  const { name, function: body } = serviceOf(scenario, operation);
  if (operation.kind === 'try-call' && operation.exposed !== undefined) {
    return exposedCall(operation.exposed, [`jal ${functionSymbol(body)}`], true, ['li a1, 0']);
  }
  return {
    arguments: messageRegisters(operation),
    lines: [
      `jal ${operation.transfer === 'copy' ? entrySymbol(name) : functionSymbol(body)}`,
      ...(operation.kind === 'try-call' ? ['li a1, 0'] : []),
    ],
    results: ['a0', 'a1'],
    clobbers: CALL_REGISTERS,
  };
}

function lower(
  scenario: Scenario,
  operation: Exclude<PortableOperation, { kind: 'restart' }>,
  given: number,
  endsRun: boolean,
  guarded: boolean,
): LoweredOperation | string {
  switch (operation.kind) {
    case 'call':
    case 'send':
      return request(operation);
    case 'try-call': {
      const called = request(operation);
      // as programs of CHERIoT RTOS tell: no service answers so itself
      const failed = ['addi t0, a0, COMPARTMENT_FAILED', 'seqz a1, t0'];
      if (operation.exposed !== undefined) {
        return exposedCall(operation.exposed, called.lines, false, failed);
      }
      return {
        ...called,
        lines: [
          ...called.lines,
          ...failed,
          ...(restartedDomains(scenario).has(serviceOf(scenario, operation).domain) ? REFUSED : []),
        ],
        results: ['a0', 'a1'],
      };
    }
    case 'yield':
      return { arguments: [], lines: [YIELD], results: [], clobbers: [] };
    case 'null-call':
      return kernelCall([], ['cross_call ticks']);
    case 'exit':
      return {
        arguments: [],
        // any other thread ends when its program returns
        lines: endsRun ? [`load_import ct0, ${BENCH}`, `csw zero, ${BENCH_EXIT}(ct0)`, '1: j 1b'] : [],
        results: [],
        clobbers: ['t0'],
      };
    case 'report':
      return {
        arguments: ['a0'],
        lines: [`load_import ct0, ${BENCH}`, 'csw a0, 0(ct0)'],
        results: [],
        clobbers: ['t0'],
      };
    case 'address':
      return { arguments: ['a0'], lines: ['cgetaddr a0, ca0'], results: ['a0'], clobbers: [] };
    case 'code-address':
      return codeAddress(operation.function);
    case 'handle-number':
      return {
        arguments: [],
        lines: [`load_import ca0, ${serviceImport(operation.service)}`, 'cgetaddr a0, ca0'],
        results: ['a0'],
        clobbers: [],
      };
    case 'enter':
      return enterAt([`load_import ct1, ${serviceImport(operation.beside)}`], enterSwitcher);
    case 'alarm':
      return {
        arguments: ['a0'],
        lines: [`load_import ct0, ${BENCH}`, `csw a0, ${BENCH_ALARM}(ct0)`],
        results: [],
        clobbers: ['t0'],
      };
    case 'cycles':
      return { arguments: [], lines: ['csrr a0, mcycle'], results: ['a0'], clobbers: [] };
    case 'notify':
      return notify(notificationImport(operation.notification));
    case 'wait':
      return scenario.interrupts.some(({ notification }) => notification === operation.notification)
        ? waitForInterrupt(operation.notification)
        : wait(notificationImport(operation.notification), guarded);
    case 'wait-until':
      // the scheduler sleeps while the word is what it was
      return {
        ...kernelCall(
          [],
          [
            'mv t0, a2',
            'clw a2, 0(ca1)',
            'beq a2, t0, 1f',
            'li t0, FOREVER',
            ...withTimeout('t0', ['cross_call futex_wait']),
            mustSucceed,
            '1:',
          ],
        ),
        arguments: ['a1', 'a2'],
      };
    case 'wake-at':
      return { ...kernelCall([], ['li a1, 1', 'cross_call futex_wake', mustSucceed]), arguments: ['a0'] };
    case 'lock':
      return libraryCall(mutexImport(operation.mutex), 'mutex_lock');
    case 'unlock':
      return libraryCall(mutexImport(operation.mutex), 'mutex_unlock');
    case 'put':
      return { ...libraryCall(queueImport(operation.queue), 'queue_put'), arguments: ['a1'] };
    case 'get':
      return { ...libraryCall(queueImport(operation.queue), 'queue_get'), results: ['a1'] };
    case 'sleep':
      return kernelCall(
        ['a0'],
        ['li t0, TICKS_PER_MICROSECOND', 'mul t0, a0, t0', ...withTimeout('t0', ['cross_call sleep'])],
      );
    case 'violate':
      return violate(operation.violation, given);
    case 'allocate':
      return {
        arguments: ['a2'],
        lines: [
          'li t0, FOREVER',
          ...withTimeout('t0', [`load_import ca1, ${QUOTA}`, 'cross_call heap_allocate']),
          'cgettag t0, ca0',
          `beqz t0, ${FAILED}`,
        ],
        results: ['a0'],
        clobbers: CALL_REGISTERS,
      };
    case 'free':
      // the allocator knows how long it is
      return kernelCall(['a1', 'a2'], [`load_import ca0, ${QUOTA}`, 'cross_call heap_free', mustSucceed]);
  }
}

/** A service that is being rebooted refuses callers: failed is then 2. */
const REFUSED: readonly string[] = ['addi t0, a0, RESTARTING', 'seqz t0, t0', 'slli t0, t0, 1', 'or a1, a1, t0'];

const serviceOf = ({ services }: Scenario, { service }: { readonly service: string }): Service =>
  services.find((s) => s.name === service)!;

const kernelCall = (given: readonly string[], lines: readonly string[]): LoweredOperation => ({
  arguments: given,
  lines,
  results: [],
  clobbers: CALL_REGISTERS,
});

/** A message without answer is a call as well: threads of CHERIoT RTOS go to the code, and nobody waits there for words. */
function request(operation: Request): LoweredOperation {
  const { service, words, transfer } = operation;
  if (transfer === 'move') return handOver(operation);
  const [reference, length] = [`a${words}`, `a${words + 1}`];
  const narrow =
    transfer === undefined
      ? []
      : [
          `csetbounds ${reference}, ${reference}, ${length}`,
          `li t0, ${RIGHTS[transfer]}`,
          `candperm ${reference}, ${reference}, t0`,
        ];
  return {
    arguments: messageRegisters(operation),
    lines: [...narrow, `cross_call ${serviceImport(service)}`],
    results: ['a0'],
    clobbers: CALL_REGISTERS,
  };
}

/**
 * Bytes of the heap that change hands: the receiver's entry claims them with a quota of its own (`compartments.ts`), then the
 * sender, who had allocated or claimed them, gives up its own right. If the receiver was unwound before it had claimed them, they
 * are freed.
 */
function handOver(operation: Request): LoweredOperation {
  return {
    arguments: messageRegisters(operation),
    lines: [
      'cincoffset csp, csp, -16',
      `csc a${operation.words}, 0(csp)`,
      `cross_call ${serviceImport(operation.service)}`,
      'clc a1, 0(csp)',
      'csw a0, 0(csp)',
      `load_import ca0, ${QUOTA}`,
      'cross_call heap_free',
      mustSucceed,
      'clw a0, 0(csp)',
      'cincoffset csp, csp, 16',
    ],
    results: ['a0'],
    clobbers: CALL_REGISTERS,
  };
}

/**
 * Lines that find a timeout of so many ticks in ca0, on the stack and bounded.
 * @param ticks register, not a0
 */
const withTimeout = (ticks: string, lines: readonly string[]): readonly string[] => [
  'cincoffset csp, csp, -16',
  'csw zero, TIMEOUT_ELAPSED(csp)',
  `csw ${ticks}, TIMEOUT_REMAINING(csp)`,
  'csetbounds ca0, csp, TIMEOUT_BYTES',
  ...lines,
  'cincoffset csp, csp, 16',
];

const mustSucceed = `bltz a0, ${FAILED}`;

const notify = (word: string): LoweredOperation =>
  kernelCall([], [`load_import ca0, ${word}`, 'li a1, 1', 'csw a1, 0(ca0)', 'cross_call futex_wake', mustSucceed]);

/** The loop does not come back to the first instruction: a mark may be there. */
const wait = (word: string, guarded: boolean): LoweredOperation =>
  kernelCall(
    [],
    [
      `load_import ca1, ${word}`,
      '1:',
      ...(guarded ? CHECK : []),
      'clw a0, 0(ca1)',
      'bnez a0, 2f',
      'li t0, FOREVER',
      ...withTimeout('t0', ['li a2, 0', 'cross_call futex_wait']),
      mustSucceed,
      `load_import ca1, ${word}`,
      'j 1b',
      '2:',
      'csw zero, 0(ca1)',
    ],
  );

/**
 * Waits for an interrupt as drivers of CHERIoT RTOS do: for the scheduler's word that counts it, until that is not what was seen
 * last; then the interrupt may come again. The word is asked for once.
 */
function waitForInterrupt(notification: string): LoweredOperation {
  const [word, seen] = [`${interruptWord(notification)} - globals(gp)`, `${interruptSeen(notification)} - globals(gp)`];
  const right = `load_import ca0, ${interruptImport(notification)}`;
  return kernelCall(
    [],
    [
      `clc ca1, ${word}`,
      'cgettag a0, ca1',
      'bnez a0, 1f',
      right,
      'cross_call interrupt_futex',
      'cgettag t0, ca0',
      `beqz t0, ${FAILED}`,
      `csc ca0, ${word}`,
      '1:',
      `clc ca1, ${word}`,
      `clw a2, ${seen}`,
      'clw a0, 0(ca1)',
      'bne a0, a2, 2f',
      'li t0, FOREVER',
      ...withTimeout('t0', ['cross_call futex_wait']),
      mustSucceed,
      'j 1b',
      '2:',
      `csw a0, ${seen}`,
      right,
      'cross_call interrupt_complete',
      mustSucceed,
    ],
  );
}

/** A function of a library on a shared object: mutex or queue. */
const libraryCall = (object: string, name: string): LoweredOperation =>
  kernelCall([], [`load_import ca0, ${object}`, `library_call ${name}`, mustSucceed]);

/** What code in a compartment can try: the hardware or the switcher must stop it. */
function violate(violation: Violation, given: number): LoweredOperation {
  switch (violation) {
    case 'load':
      return { arguments: ['a0'], lines: ['clw a0, 0(ca0)'], results: [], clobbers: ['a0'] };
    case 'store':
      return { arguments: ['a0', 'a1'], lines: ['csw a1, 0(ca0)'], results: [], clobbers: [] };
    case 'jump':
      return { arguments: ['a0'], lines: ['cjr ca0'], results: [], clobbers: [] };
    case 'forge-handle':
      // a number where the sealed entry of an export belongs
      return {
        arguments: ['t1', 'a0', 'a1', 'a2', 'a3'].slice(0, given),
        lines: [...enterSwitcher, 'addi t0, a0, COMPARTMENT_FAILED', 'seqz a1, t0'],
        results: ['a1'],
        clobbers: CALL_REGISTERS,
      };
    case 'raw-message':
      return {
        arguments: ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 't0', 't1'].slice(0, given),
        lines: enterSwitcher,
        results: [],
        clobbers: CALL_REGISTERS,
      };
    case 'overflow-stack':
      return {
        arguments: ['a0'],
        lines: [
          'cmove ca1, csp',
          'sub a0, sp, a0',
          '1:',
          'cincoffset csp, csp, -16',
          'csw zero, 0(csp)',
          'bltu a0, sp, 1b',
          'cmove csp, ca1',
        ],
        results: [],
        clobbers: ['a0', 'a1'],
      };
    case 'load-by-stack':
      return {
        arguments: ['a0'],
        lines: ['csetaddr ca0, csp, a0', 'clw a0, 0(ca0)'],
        results: ['a0'],
        clobbers: [],
      };
    case 'store-by-stack':
      return {
        arguments: ['a0', 'a1'],
        lines: ['csetaddr ca0, csp, a0', 'csw a1, 0(ca0)'],
        results: [],
        clobbers: ['a0'],
      };
    case 'look-into-registers':
      return lookForWord;
    case 'fill-registers':
      return leaveWord;
  }
}

/** What `cross_call` does, with whatever is in ct1. */
const enterSwitcher: readonly string[] = ['load_import ct2, switcher', 'cjalr ct2', 'back_here'];

/** The reason why an operation cannot run here, undefined if it can. */
export function missingOperation(scenario: Scenario, operation: PortableOperation, direct = false): string | undefined {
  const lowered = cheriotOperations(scenario, direct).lower(operation, 1, '');
  return typeof lowered === 'string' ? `${describeOperation(operation)}: ${lowered}` : undefined;
}
