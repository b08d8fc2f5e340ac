import type { LoweredOperation, OperationLowering } from '../../../workloads/language/backend/lowering.js';
import { describeOperation, type PortableOperation, type Violation } from '../../../workloads/language/operations.js';
import type { Scenario } from '../../../workloads/language/scenario.js';
import { exposedCall, leaveWord, lookForWord } from './exposed.js';
import { mutexUsers, notificationOwner, queueUsers } from './owners.js';
import {
  BENCH,
  BENCH_ALARM,
  FAILED,
  functionSymbol,
  messageSymbol,
  mutexSymbol,
  notificationSymbol,
  objectSymbol,
  queueSymbol,
  vtableSymbol,
  within,
} from './symbols.js';

type Call = Extract<PortableOperation, { kind: 'call' | 'send' }>;

const NO_MOVE = 'memory of CMRX processes is theirs for good: it is given out when linked';

/** Registers with the words of a request, and those that functions of the kernel's library change besides. */
const WORDS = ['r0', 'r1', 'r2', 'r3'] as const;
const CHANGED = [...WORDS, 'r12', 'lr'] as const;

/** How operations become code of a process. */
export interface OperationOptions {
  /** Name of the process. */
  readonly process: string;
  /** True if all domains are one process, in which a request is a call of the service's body (`isolation=none`). */
  readonly direct: boolean;
  /** True if the kernel answers for a service that failed (`faultPolicy=unwind`). */
  readonly unwinds: boolean;
}

/** The operations of programs as calls of the CMRX-like kernel and its library. */
export function cmrxOperations(scenario: Scenario, options: OperationOptions): OperationLowering {
  const ending = new Set(scenario.threads.filter((t) => t.endsRun).map((t) => t.function));
  return {
    lower: (operation, given, within) => new Lowering(scenario, options).lower(operation, given, ending.has(within)),
  };
}

class Lowering {
  constructor(
    private readonly scenario: Scenario,
    private readonly options: OperationOptions,
  ) {}

  lower(operation: PortableOperation, given: number, endsRun: boolean): LoweredOperation | string {
    switch (operation.kind) {
      case 'call':
      case 'send':
        if (operation.transfer === 'move') return NO_MOVE;
        return this.options.direct ? this.directCall(operation) : this.rpc(operation);
      case 'try-call':
        return this.tryCall(operation);
      case 'yield':
        return library('thread_yield');
      case 'null-call':
        return library('get_tid');
      case 'notify':
        return this.onNotification(operation.notification, ['bl notify_object', ...mustBe('E_OK', 'E_YIELD')]);
      case 'wait':
        return this.onNotification(operation.notification, [
          'movs r1, #0',
          'bl wait_for_object',
          ...mustBe('E_OK', 'E_OK_NO_WAIT'),
        ]);
      case 'wait-until':
        // the kernel compares a byte
        return {
          arguments: ['r0', 'r1'],
          lines: ['movs r2, #0', 'movs r3, #0', 'bl wait_for_object_value'],
          results: [],
          clobbers: CHANGED,
        };
      case 'wake-at':
        return { ...library('notify_object2'), arguments: ['r0'], lines: ['movs r1, #0', 'bl notify_object2'] };
      case 'lock':
        return this.onMutex(operation.mutex, 'futex_lock');
      case 'unlock':
        return this.onMutex(operation.mutex, 'futex_unlock');
      case 'put':
      case 'get':
        return this.onQueue(operation.kind, operation.queue);
      case 'sleep':
        return { ...library('usleep'), arguments: ['r0'] };
      case 'allocate':
      case 'free':
        return 'CMRX has no heap: all memory is given out when linked';
      case 'exit':
        return {
          arguments: [],
          lines: endsRun
            ? [`ldr r1, =0x${BENCH.toString(16)}`, 'movs r0, #0', 'str r0, [r1, #4]', '1:', 'b 1b']
            : ['movs r0, #0', 'bl thread_exit'],
          results: [],
          clobbers: CHANGED,
        };
      case 'report':
        return {
          arguments: ['r0'],
          lines: [`ldr r1, =0x${BENCH.toString(16)}`, 'str r0, [r1]'],
          results: [],
          clobbers: ['r1'],
        };
      case 'alarm':
        return {
          arguments: ['r0'],
          lines: [`ldr r1, =0x${BENCH.toString(16)}`, `str r0, [r1, #${BENCH_ALARM}]`],
          results: [],
          clobbers: ['r1'],
        };
      case 'address':
        return { arguments: ['r0'], lines: [], results: ['r0'], clobbers: [] };
      case 'cycles':
        // the cores' own counters are privileged; a board has a timer that programs may read
        return {
          arguments: [],
          lines: [`ldr r0, =0x${BENCH.toString(16)}`, 'ldr r0, [r0]'],
          results: ['r0'],
          clobbers: [],
        };
      case 'code-address':
        return {
          arguments: [],
          lines: [`ldr r0, =${functionSymbol(operation.function)}`],
          results: ['r0'],
          clobbers: [],
        };
      case 'handle-number':
        return this.handleNumber(operation.service);
      case 'enter':
        return this.enter(operation.beside);
      case 'restart':
        if (operation.attempt) return { arguments: [], lines: ['movs r0, #0'], results: ['r0'], clobbers: [] };
        return 'CMRX has no request that starts a process again';
      case 'violate':
        return violate(operation.violation, given);
    }
  }

  /** A request as a function call: the parameters of the body are the arguments of the operation. */
  private directCall({ service, words, transfer }: Call): LoweredOperation {
    const body = this.scenario.services.find(({ name }) => name === service)!;
    const registers = WORDS.slice(0, words + (transfer === undefined ? 0 : 2));
    const [from, bytes] = [WORDS[words], WORDS[words + 1]];
    return {
      arguments: registers,
      lines: [...(transfer === 'copy' ? copyLoop(service, from, bytes) : []), `bl ${functionSymbol(body.function)}`],
      results: ['r0'],
      clobbers: [...CHANGED, ...COPY_REGISTERS],
    };
  }

  /** RPC: arguments in r0 to r3; object, number of the method and a canary on the stack, padded to 8 bytes. */
  private rpc({ service, words, transfer }: Call): LoweredOperation {
    const { domain } = this.scenario.services.find(({ name }) => name === service)!;
    return rpc(WORDS.slice(0, words + (transfer === undefined ? 0 : 2)), [
      `ldr r4, =${within(this.options.process, domain, objectSymbol(service))}`,
    ]);
  }

  /**
   * A service that fails takes its caller's thread along, which executes it, unless the policy is to unwind: then the caller
   * gets an error in place of the answer, and a service that answers with that number seems to have failed.
   */
  private tryCall({
    service,
    words,
    transfer,
    exposed,
  }: Extract<PortableOperation, { kind: 'try-call' }>): LoweredOperation | string {
    if (transfer === 'move') return NO_MOVE;
    if (this.scenario.expected.terminated.length > 0) {
      return "an RPC is executed by its caller's thread, which ends with the service that it is in";
    }
    const operation = { kind: 'call', service, words, ...(transfer === undefined ? {} : { transfer }) } as const;
    const lowered = this.options.direct ? this.directCall(operation) : this.rpc(operation);
    const failed = this.options.unwinds
      ? ['movs r1, #0', 'cmp r0, #E_ACCESS', 'bne 1f', 'movs r1, #1', '1:']
      : ['movs r1, #0'];
    if (exposed !== undefined) return exposedCall(exposed, lowered.lines, !this.options.direct, failed);
    return { ...lowered, lines: [...lowered.lines, ...failed], results: ['r0', 'r1'] };
  }

  /** The address of the service's object; in one process, of its code. */
  private handleNumber(service: string): LoweredOperation {
    const { process, direct } = this.options;
    const { domain, function: body } = this.scenario.services.find(({ name }) => name === service)!;
    const number = direct ? functionSymbol(body) : within(process, domain, objectSymbol(service));
    return { arguments: [], lines: [`ldr r0, =${number}`], results: ['r0'], clobbers: [] };
  }

  /**
   * All that a process can do to get into another one at an address: the kernel takes the number of a method as it comes, so that
   * one can be chosen which finds the method in a word of the caller's. In one process a jump is enough.
   */
  private enter(beside: string): LoweredOperation {
    const { process, direct } = this.options;
    const thumb = ['movs r2, #1', 'orrs r0, r2'];
    if (direct) return { arguments: ['r0'], lines: [...thumb, 'blx r0'], results: [], clobbers: CHANGED };
    const { domain } = this.scenario.services.find(({ name }) => name === beside)!;
    const { lines, clobbers } = rpc(
      [],
      [
        ...thumb,
        'push {r0, r1}',
        'mov r5, sp',
        // tables are in flash, which everybody reads
        `ldr r4, =${within(process, domain, vtableSymbol(beside))}`,
        'subs r5, r5, r4',
        'lsrs r5, #2',
        `ldr r4, =${within(process, domain, objectSymbol(beside))}`,
      ],
      ['add sp, sp, #8'],
      [],
    );
    return { arguments: ['r0'], lines, results: [], clobbers };
  }

  private onNotification(notification: string, lines: readonly string[]): LoweredOperation {
    const { process, direct } = this.options;
    const owner = direct ? process : notificationOwner(this.scenario, notification);
    return {
      arguments: [],
      lines: [`ldr r0, =${within(process, owner, notificationSymbol(notification))}`, ...lines],
      results: [],
      clobbers: CHANGED,
    };
  }

  private onMutex(mutex: string, routine: string): LoweredOperation | string {
    if (!this.options.direct && mutexUsers(this.scenario, mutex).length > 1) {
      return 'a mutex of CMRX lies in memory of one process';
    }
    return {
      arguments: [],
      lines: [`ldr r0, =${mutexSymbol(mutex)}`, `bl ${routine}`, ...mustBe('E_OK')],
      results: [],
      clobbers: CHANGED,
    };
  }

  /** Items are words; the library copies them from and to the stack. A full queue is no reason to wait for it. */
  private onQueue(kind: 'put' | 'get', queue: string): LoweredOperation | string {
    if (!this.options.direct && queueUsers(this.scenario, queue).length > 1) {
      return 'a queue of CMRX lies in memory of one process';
    }
    const address = `ldr r0, =${queueSymbol(queue)}`;
    const get = ['sub sp, sp, #8', 'mov r1, sp', address, 'bl queue_receive', 'ldr r0, [sp]', 'add sp, sp, #8'];
    if (kind === 'get') return { arguments: [], lines: get, results: ['r0'], clobbers: CHANGED };
    return {
      arguments: ['r4'],
      lines: [
        'push {r4, r5}',
        '1:',
        'mov r1, sp',
        address,
        'bl queue_send',
        'cmp r0, #E_BUSY',
        'bne 2f',
        'bl thread_yield',
        'b 1b',
        '2:',
        'add sp, sp, #8',
      ],
      results: [],
      clobbers: [...CHANGED, 'r4'],
    };
  }
}

const library = (name: string): LoweredOperation => ({
  arguments: [],
  lines: [`bl ${name}`],
  results: [],
  clobbers: CHANGED,
});

/** Goes on if r0 is one of the results. */
const mustBe = (...results: readonly string[]): readonly string[] => [
  ...results.flatMap((result) => [`cmp r0, #${result}`, 'beq 1f']),
  `bl ${FAILED}`,
  '1:',
];

const rpc = (
  registers: readonly string[],
  object: readonly string[],
  after: readonly string[] = [],
  method: readonly string[] = ['movs r5, #0'],
): LoweredOperation => ({
  arguments: registers,
  lines: [
    ...object,
    ...method,
    'ldr r6, =RPC_CANARY',
    'push {r4, r5, r6, r7}',
    'bl rpc_call',
    'add sp, sp, #16',
    ...after,
  ],
  results: ['r0'],
  clobbers: [...CHANGED, 'r4', 'r5', 'r6'],
});

/** Registers that `copyLoop` changes. */
export const COPY_REGISTERS = ['r4', 'r5', 'r6'] as const;

/** Copies words at `from` to where the service keeps them; `from` then points there. r4, r5 and r6 change. */
export const copyLoop = (service: string, from: string, bytes: string): readonly string[] => [
  `ldr r4, =${messageSymbol(service)}`,
  'movs r5, #0',
  `cmp ${bytes}, #0`,
  'beq 4f',
  '3:',
  `ldr r6, [${from}, r5]`,
  'str r6, [r4, r5]',
  'adds r5, r5, #4',
  `cmp r5, ${bytes}`,
  'blo 3b',
  '4:',
  `mov ${from}, r4`,
];

/** What code in a process can try; the MPU or the kernel must stop it. Which address it tries, `aimViolations` has chosen. */
function violate(violation: Violation, given: number): LoweredOperation {
  switch (violation) {
    case 'load':
      return { arguments: ['r0'], lines: ['ldr r0, [r0]'], results: [], clobbers: ['r0'] };
    case 'store':
      return { arguments: ['r0', 'r1'], lines: ['str r1, [r0]'], results: [], clobbers: [] };
    case 'jump':
      return {
        arguments: ['r0'],
        lines: ['movs r2, #1', 'orrs r0, r0, r2', 'bx r0'],
        results: [],
        clobbers: ['r0', 'r2'],
      };
    case 'forge-handle': {
      const refused = ['movs r1, #0', 'cmp r0, #E_INVALID_ADDRESS', 'bne 1f', 'movs r1, #1', '1:'];
      return { ...rpc(['r4', ...WORDS].slice(0, given), [], refused), results: ['r1'] };
    }
    case 'raw-message':
      return {
        arguments: [...WORDS, 'r4', 'r5', 'r6', 'r7'].slice(0, given),
        // the last of the numbers that an SVC has
        lines: ['svc #255'],
        results: [],
        clobbers: WORDS,
      };
    case 'overflow-stack':
      return {
        arguments: ['r0'],
        lines: [
          'mov r1, sp',
          'subs r0, r1, r0',
          'movs r2, #0',
          '1:',
          'sub sp, #16',
          'str r2, [sp]',
          'mov r3, sp',
          'cmp r3, r0',
          'bhi 1b',
          'mov sp, r1',
        ],
        results: [],
        clobbers: ['r0', 'r1', 'r2', 'r3'],
      };
    case 'load-by-stack':
      // an address is all that it takes
      return { arguments: ['r0'], lines: ['ldr r0, [r0]'], results: ['r0'], clobbers: [] };
    case 'store-by-stack':
      return { arguments: ['r0', 'r1'], lines: ['str r1, [r0]'], results: [], clobbers: [] };
    case 'look-into-registers':
      return lookForWord;
    case 'fill-registers':
      return leaveWord;
  }
}

/** The reason why an operation cannot run here, undefined if it can. */
export function missingOperation(
  scenario: Scenario,
  operation: PortableOperation,
  options: OperationOptions,
): string | undefined {
  const lowered = new Lowering(scenario, options).lower(operation, 1, false);
  return typeof lowered === 'string' ? `${describeOperation(operation)}: ${lowered}` : undefined;
}
