import { describeOperation, type PortableOperation, type Violation } from '../../../workloads/language/operations.js';
import type { Scenario } from '../../../workloads/language/scenario.js';
import type { LoweredOperation, OperationLowering } from '../../riscv/codegen/operations.js';
import { ILP32 } from '../../riscv/codegen/abi.js';
import { REGISTER_NAMES } from '../../riscv/registers.js';
import {
  connectionSymbol,
  type Endpoint,
  notificationEndpoint,
  queueEndpoint,
  serverName,
  serviceEndpoint,
  ticktimerEndpoint,
} from './endpoints.js';
import { enterAt, exposedCall, leaveWord, lookForWord } from './exposed.js';
import { BENCH, BENCH_REGISTER, FAILED, functionSymbol, messageSymbol, mutexSymbol } from './symbols.js';

/** Request 21 of Xous makes another process, with servers that clients have to look up anew (xous-core kernel/src/services.rs). */
export const NO_RESTART = 'Xous starts no process again: it creates new ones, which our kernel cannot';

/**
 * Registers that a call to the kernel may change: its number, its arguments and its result (`kernel/README.md`, Calls).
 */
const CALL_REGISTERS = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'] as const;
/** Where the words of a scalar message are. */
const SCALAR_WORDS = ['a4', 'a5', 'a6', 'a7'] as const;
/** Where words are that go with pages: "offset" and the id. */
const WORDS_BESIDE_PAGES = ['a6', 'a3'] as const;

/**
 * The operations of programs as calls of the Xous-like kernel.
 * @param direct True if all domains are one process, in which a call of a service is a call of its body
 * (`isolation=none`).
 */
export function xousOperations(scenario: Scenario, direct = false): OperationLowering {
  const ending = new Set(scenario.threads.filter((t) => t.endsRun).map((t) => t.function));
  return {
    lower(operation, given, within) {
      if (direct && isRequest(operation)) return directCall(scenario, operation);
      if (direct && operation.kind === 'handle-number') {
        return codeAddress(scenario.services.find(({ name }) => name === operation.service)!.function);
      }
      return lower(scenario, operation, given, ending.has(within));
    },
  };
}

/** Operations that ask a service for something. */
type Request = Extract<PortableOperation, { kind: 'call' | 'try-call' | 'send' }>;

/** Whether an operation becomes a function call where all domains are one process. */
export const isRequest = (operation: PortableOperation): operation is Request =>
  operation.kind === 'call' || operation.kind === 'try-call' || operation.kind === 'send';

/** A request as a function call: the parameters of the body are the arguments of the operation. */
function directCall({ services }: Scenario, operation: Request): LoweredOperation {
  const { service, words } = operation;
  const transfer = 'transfer' in operation ? operation.transfer : undefined;
  const body = services.find(({ name }) => name === service)!;
  const parameters = words + (transfer === undefined ? 0 : 2);
  const registers = CALL_REGISTERS.slice(0, parameters);
  const copied = transfer === 'copy';
  if (operation.kind === 'try-call' && operation.exposed !== undefined) {
    const jump = [`jal ${functionSymbol(body.function)}`, 'li a1, 0'];
    return exposedCall(operation.exposed, 'a0', jump, ['a0', 'a1'], false);
  }
  return {
    arguments: copied ? [...registers.slice(0, words), 't1', 'a7'] : registers,
    lines: [
      ...(copied ? [...copyToMessage(service, 't4'), `mv a${words}, t4`, `mv a${words + 1}, a7`] : []),
      `jal ${functionSymbol(body.function)}`,
      ...(operation.kind === 'try-call' ? ['li a1, 0'] : []),
    ],
    results: ['a0', 'a1'],
    clobbers: ILP32.clobbered.map((register) => REGISTER_NAMES[register]),
  };
}

function lower(
  scenario: Scenario,
  operation: PortableOperation,
  given: number,
  endsRun: boolean,
): LoweredOperation | string {
  switch (operation.kind) {
    case 'call':
      return call(operation, serviceEndpoint(scenario, operation.service));
    case 'try-call':
      return tryCall(operation, serviceEndpoint(scenario, operation.service));
    case 'send':
      return send(operation, serviceEndpoint(scenario, operation.service));
    case 'yield':
      return kernelCall('CALL_YIELD');
    case 'null-call':
      return kernelCall('CALL_GET_PROCESS_ID');
    case 'allocate':
      return {
        arguments: ['a3'],
        lines: [
          ...roundToPages('a3', 'a3', 'a0'),
          'li a1, 0',
          'li a2, 0',
          'li a4, RIGHT_READ | RIGHT_WRITE',
          ...enter('CALL_MAP_MEMORY'),
          ...mustBe('TAG_RANGE'),
        ],
        results: ['a1'],
        clobbers: [...CALL_REGISTERS, 't0'],
      };
    case 'free':
      return {
        arguments: ['a1', 'a2'],
        lines: [...roundToPages('a2', 'a2', 'a0'), ...enter('CALL_UNMAP_MEMORY'), ...mustBe('TAG_OK')],
        results: [],
        clobbers: [...CALL_REGISTERS, 't0'],
      };
    case 'exit':
      return {
        arguments: [],
        lines: endsRun
          ? [...benchStore('zero', BENCH_REGISTER.exit), '1:', 'j 1b']
          : ['li a0, 0', 'li t0, EXIT_THREAD', 'jr t0'],
        results: [],
        clobbers: ['a0', 't0'],
      };
    case 'report':
      return {
        arguments: ['a0'],
        lines: benchStore('a0', BENCH_REGISTER.report),
        results: [],
        clobbers: ['t0'],
      };
    case 'alarm':
      return { arguments: ['a0'], lines: benchStore('a0', BENCH_REGISTER.alarm), results: [], clobbers: ['t0'] };
    case 'address':
      return { arguments: ['a0'], lines: ['mv a1, a0'], results: ['a1'], clobbers: [] };
    case 'cycles':
      return { arguments: [], lines: ['rdcycle a0'], results: ['a0'], clobbers: [] };
    case 'violate':
      return violate(operation.violation, given);
    case 'notify':
      return scalar(notificationEndpoint(scenario, operation.notification), 0);
    case 'wait':
      return receive(notificationEndpoint(scenario, operation.notification), []);
    case 'put':
      return scalar(queueEndpoint(scenario, operation.queue), 1);
    case 'get':
      return receive(queueEndpoint(scenario, operation.queue), SCALAR_WORDS.slice(0, 1));
    case 'wait-until':
    case 'wake-at':
      return 'Xous has no wait for a value: programs wait in a server, its ticktimer for the library';
    case 'lock':
      return onMutex(operation.mutex, ['jal t0, mutex.try', 'beqz a0, 1f', 'jal mutex.lock', '1:']);
    case 'unlock':
      return onMutex(operation.mutex, [
        'li a0, -1',
        'amoadd.w a0, a0, (a1)',
        'addi a0, a0, -1',
        'beqz a0, 1f',
        'jal mutex.unlock',
        '1:',
      ]);
    case 'sleep':
      return {
        arguments: ['a4'],
        lines: [
          // the ticktimer counts milliseconds
          `li a0, 999`,
          'add a4, a4, a0',
          'li a0, 1000',
          'divu a4, a4, a0',
          ...sendWords(ticktimerEndpoint(scenario), 'KIND_BLOCKING_SCALAR', 'TAG_SCALAR1', 1),
        ],
        results: [],
        clobbers: [...CALL_REGISTERS, 't0'],
      };
    case 'restart':
      if (operation.attempt) return { arguments: [], lines: ['li a0, 0'], results: ['a0'], clobbers: [] };
      return NO_RESTART;
    case 'code-address':
      return codeAddress(operation.function);
    case 'handle-number':
      return {
        arguments: [],
        lines: [`lw a0, ${connectionSymbol(serviceEndpoint(scenario, operation.service))}`],
        results: ['a0'],
        clobbers: [],
      };
    case 'enter':
      return enterAt;
  }
}

const enter = (call: string): readonly string[] => [`li a0, ${call}`, 'ecall'];

/** Goes on if the result has the tag; programs of Xous look at it as well. */
const mustBe = (tag: string): readonly string[] =>
  tag === 'TAG_OK' ? [`bnez a0, ${FAILED}`] : [`li t0, ${tag}`, `bne a0, t0, ${FAILED}`];

const codeAddress = (name: string): LoweredOperation => ({
  arguments: [],
  lines: [`la a0, ${functionSymbol(name)}`],
  results: ['a0'],
  clobbers: [],
});

/** Stores a register to the test device. */
const benchStore = (register: string, offset: number): readonly string[] => [
  `li t0, 0x${BENCH.toString(16)}`,
  `sw ${register}, ${offset}(t0)`,
];

/** Receives a message at an endpoint; results: words of it. */
const receive = (endpoint: Endpoint, results: readonly string[]): LoweredOperation => ({
  arguments: [],
  lines: [...serverName(endpoint), ...enter('CALL_RECEIVE'), ...mustBe('TAG_MESSAGE')],
  results,
  clobbers: [...CALL_REGISTERS, 't0'],
});

/** Works on a mutex, whose word's address is in a1: `servers/mutex.s`. */
const onMutex = (mutex: string, lines: readonly string[]): LoweredOperation => ({
  arguments: [],
  lines: [`la a1, ${mutexSymbol(mutex)}`, ...lines],
  results: [],
  clobbers: [...CALL_REGISTERS, 't0', 't1', 'ra'],
});

const roundToPages = (to: string, from: string, scratch: string): readonly string[] => [
  `li ${scratch}, 4095`,
  `add ${to}, ${from}, ${scratch}`,
  `srli ${to}, ${to}, 12`,
  `slli ${to}, ${to}, 12`,
];

const kernelCall = (name: string): LoweredOperation => ({
  arguments: [],
  lines: enter(name),
  results: [],
  clobbers: CALL_REGISTERS,
});

const to = (endpoint: Endpoint, kind: string): readonly string[] => [
  `lw a1, ${connectionSymbol(endpoint)}`,
  `li a2, ${kind}`,
];

/** Sends the words in a4 to a7 to an endpoint; `id` says what for. */
const sendWords = (endpoint: Endpoint, kind: string, tag: string, id = 0): readonly string[] => [
  ...to(endpoint, kind),
  `li a3, ${id}`,
  ...enter('CALL_SEND'),
  ...mustBe(tag),
];

function call(
  operation: Extract<Request, { kind: 'call' | 'try-call' }>,
  endpoint: Endpoint,
): LoweredOperation | string {
  const { service, words, transfer } = operation;
  if (transfer === undefined) {
    return {
      arguments: SCALAR_WORDS.slice(0, words),
      lines: sendWords(endpoint, 'KIND_BLOCKING_SCALAR', 'TAG_SCALAR1'),
      results: ['a1'],
      clobbers: [...CALL_REGISTERS, 't0'],
    };
  }
  switch (transfer) {
    case 'move':
      return 'pages are moved by messages without answer only; use send';
    case 'copy':
      return {
        ...withPages(endpoint, 'KIND_BORROW', words, 't1', copyToMessage(service, 'a4')),
        clobbers: [...CALL_REGISTERS, 't0', 't1', 't2', 't3'],
      };
    case 'borrow':
      return withPages(endpoint, 'KIND_BORROW', words, 'a4', []);
    case 'mutable-borrow':
      return withPages(endpoint, 'KIND_MUTABLE_BORROW', words, 'a4', []);
  }
}

function tryCall(operation: Extract<Request, { kind: 'try-call' }>, endpoint: Endpoint): LoweredOperation | string {
  const lowered = orFailed(call(operation, endpoint));
  if (operation.exposed === undefined || typeof lowered === 'string') return lowered;
  return exposedCall(operation.exposed, SCALAR_WORDS[0], lowered.lines, lowered.results, true);
}

/** A call whose end by an error is a result and not the end of the run: what looks at the tag, the last two lines, gives way. */
function orFailed(lowered: LoweredOperation | string): LoweredOperation | string {
  if (typeof lowered === 'string') return lowered;
  const tag = mustBe('TAG_SCALAR1').length;
  return {
    ...lowered,
    lines: [...lowered.lines.slice(0, -tag), `addi a2, a0, -TAG_ERROR`, 'seqz a2, a2'],
    results: [...lowered.results, 'a2'],
  };
}

/** Lends the pages at a4, of which a7 bytes matter. */
function withPages(
  endpoint: Endpoint,
  kind: string,
  words: number,
  reference: string,
  before: readonly string[],
): LoweredOperation {
  return {
    arguments: [...WORDS_BESIDE_PAGES.slice(0, words), reference, 'a7'],
    lines: [
      ...before,
      ...roundToPages('a5', 'a7', 'a0'),
      ...to(endpoint, kind),
      ...enter('CALL_SEND'),
      ...mustBe('TAG_MEMORY_RETURNED'),
    ],
    results: ['a1'],
    clobbers: [...CALL_REGISTERS, 't0'],
  };
}

/** Copies a7 bytes at t1, whole words, to the caller's message page, whose address then is in `page`. */
const copyToMessage = (service: string, page: string): readonly string[] => [
  `la ${page}, ${messageSymbol(service)}`,
  `mv t2, ${page}`,
  'add t3, t1, a7',
  'bgeu t1, t3, 2f',
  '1:',
  'lw t0, 0(t1)',
  'sw t0, 0(t2)',
  'addi t1, t1, 4',
  'addi t2, t2, 4',
  'bltu t1, t3, 1b',
  '2:',
];

function send(
  { words, transfer }: Extract<PortableOperation, { kind: 'send' }>,
  endpoint: Endpoint,
): LoweredOperation | string {
  if (transfer === undefined) return scalar(endpoint, words);
  if (transfer === 'copy') {
    return 'bytes are copied into pages that the caller keeps, and so only with an answer; use call, or send by move';
  }
  return {
    arguments: [...WORDS_BESIDE_PAGES.slice(0, words), 'a4', 'a7'],
    lines: [
      ...roundToPages('a5', 'a7', 'a0'),
      ...to(endpoint, 'KIND_MOVE'),
      ...enter('CALL_SEND'),
      ...mustBe('TAG_OK'),
    ],
    results: [],
    clobbers: CALL_REGISTERS,
  };
}

/** A scalar without answer. */
const scalar = (endpoint: Endpoint, words: number): LoweredOperation => ({
  arguments: SCALAR_WORDS.slice(0, words),
  lines: sendWords(endpoint, 'KIND_SCALAR', 'TAG_OK'),
  results: [],
  clobbers: CALL_REGISTERS,
});

/** What code in user mode can try: the hardware or the kernel must stop it. */
function violate(violation: Violation, given: number): LoweredOperation {
  switch (violation) {
    case 'load':
      return { arguments: ['a0'], lines: ['lw a0, 0(a0)'], results: [], clobbers: ['a0'] };
    case 'store':
      return { arguments: ['a0', 'a1'], lines: ['sw a1, 0(a0)'], results: [], clobbers: [] };
    case 'jump':
      return { arguments: ['a0'], lines: ['jr a0'], results: [], clobbers: [] };
    case 'forge-handle':
      return {
        arguments: ['a1', ...SCALAR_WORDS].slice(0, given),
        lines: [
          'li a2, KIND_BLOCKING_SCALAR',
          'li a3, 0',
          ...enter('CALL_SEND'),
          'addi a0, a0, -TAG_ERROR',
          'seqz a1, a0',
        ],
        results: ['a1'],
        clobbers: [...CALL_REGISTERS, 't0'],
      };
    case 'raw-message':
      return {
        arguments: CALL_REGISTERS.slice(0, given),
        lines: ['ecall'],
        results: [],
        clobbers: CALL_REGISTERS,
      };
    case 'overflow-stack':
      return {
        arguments: ['a0'],
        lines: [
          'mv a1, sp',
          'sub a0, sp, a0',
          '1:',
          'addi sp, sp, -16',
          'sw zero, 0(sp)',
          'bltu a0, sp, 1b',
          'mv sp, a1',
        ],
        results: [],
        clobbers: ['a0', 'a1'],
      };
    case 'load-by-stack':
      // an address is all that it takes
      return { arguments: ['a0'], lines: ['lw a0, 0(a0)'], results: ['a0'], clobbers: [] };
    case 'store-by-stack':
      return { arguments: ['a0', 'a1'], lines: ['sw a1, 0(a0)'], results: [], clobbers: [] };
    case 'look-into-registers':
      return lookForWord;
    case 'fill-registers':
      return leaveWord;
  }
}

/** The reason why an operation cannot run here, undefined if it can. */
export function missingOperation(scenario: Scenario, operation: PortableOperation): string | undefined {
  const lowered = lower(scenario, operation, 1, false);
  return typeof lowered === 'string' ? `${describeOperation(operation)}: ${lowered}` : undefined;
}
