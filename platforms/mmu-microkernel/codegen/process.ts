import {
  type Buffer,
  functionsOfDomain,
  operationsOf,
  type Scenario,
  type Service,
} from '../../../workloads/language/scenario.js';
import { ILP32 } from '../../riscv/codegen/abi.js';
import { compileFunctions } from '../../riscv/codegen/compile.js';
import { domainBefore, inPlace, linesBefore, linesBeforeLast } from '../../placement.js';
import { XOUS_LINES } from '../devices/board.js';
import {
  connect,
  connectionSymbol,
  createServer,
  endpointsOf,
  notificationEndpoint,
  serverName,
  serviceEndpoint,
} from './endpoints.js';
import { xousOperations } from './operations.js';
import {
  BENCH,
  BENCH_REGISTER,
  bufferSymbol,
  FAILED,
  FAILED_CODE,
  functionSymbol,
  handlerSymbol,
  messageSymbol,
  mutexSymbol,
  PAGE,
  serverSymbol,
  stackSymbol,
  wholePages,
} from './symbols.js';

/** Bytes of the stack of a thread that the process makes. */
const STACK_BYTES = 4096;

/** A process of the kernel's linker: name and assembly that starts at `_start` and knows the symbols of `abi.s`. */
export interface ProcessText {
  readonly name: string;
  readonly program: string;
  /** Name of the process that variables of this one lie directly behind. */
  readonly behind?: string;
}

/** Bytes in front of a process's text and variables, multiples of 4 and of 8: how layouts with a seed differ. */
export interface Padding {
  readonly text: number;
  readonly data: number;
}

/**
 * The processes of a scenario, one for each domain; `direct`: a single one with the scenario's threads, named after the
 * first domain, in which requests are function calls (`isolation=none`).
 * @throws CodegenError if a domain uses an operation that the kernel lacks.
 */
export function processesOf(
  scenario: Scenario,
  direct = false,
  padding: Padding = { text: 0, data: 0 },
): readonly ProcessText[] {
  const names = scenario.domains.map(({ name }) => name);
  if (direct) return [{ name: names[0], program: processText(scenario, new Set(names), true, padding) }];
  return names.map((name) => {
    const behind = domainBefore(new Set([name]), scenario.buffers);
    const program = processText(scenario, new Set([name]), false, padding);
    return { name, program, ...(behind === undefined ? {} : { behind }) };
  });
}

/**
 * Domains as one process. Unless calls are direct, each service has a thread that waits for messages and calls the
 * body.
 */
function processText(scenario: Scenario, domains: ReadonlySet<string>, direct: boolean, padding: Padding): string {
  const needed = new Set([...domains].flatMap((domain) => functionsOfDomain(scenario, domain)));
  const functions = scenario.functions.filter((f) => needed.has(f));
  const threads = scenario.threads.filter((t) => domains.has(t.domain));
  const own = direct ? [] : scenario.services.filter((s) => domains.has(s.domain));
  const operations = operationsOf(functions);
  const copied = scenario.services.filter(
    ({ name, transfer }) =>
      transfer === 'copy' && operations.some((o) => (o.kind === 'call' || o.kind === 'try-call') && o.service === name),
  );
  const bindings = scenario.interrupts.filter(({ domain }) => domains.has(domain));
  const bound = bindings.map(({ notification }) => notification);
  const mutexes = scenario.mutexes.filter((m) => operations.some((o) => 'mutex' in o && o.mutex === m));
  const { owned, used } = endpointsOf(scenario, operations, own, bound, direct);
  const [first, ...others] = threads;
  const code = [
    '.text',
    `.space ${padding.text}`,
    '_start:',
    ...owned.flatMap(createServer),
    // a service may itself call others: its messages wait until its process is connected
    ...used.flatMap(connect),
    ...own.flatMap(({ name }) => createThread(serverSymbol(name))),
    ...bindings.flatMap(({ line }) => claimInterrupt(line)),
    ...others.flatMap((t) => createThread(functionSymbol(t.function))),
    ...(first === undefined ? ['li a0, 0', 'li t0, EXIT_THREAD', 'jr t0'] : [`j ${functionSymbol(first.function)}`]),
    `${FAILED}:`,
    `li t0, 0x${BENCH.toString(16)}`,
    `li t1, ${FAILED_CODE}`,
    'sw t1, 4(t0)',
    `j ${FAILED}`,
    ...own.flatMap((service) => server(scenario, service)),
    ...bindings.flatMap(({ line, notification }) => handler(scenario, line, notification)),
    ...(mutexes.length > 0 ? ['.include "mutex.s"'] : []),
  ];
  const compiled = compileFunctions(functions, {
    abi: ILP32,
    operations: xousOperations(scenario, direct),
    threads: new Set(threads.map((t) => t.function)),
    functionSymbol,
    bufferSymbol,
  });
  const {
    first: neighbour,
    between,
    last,
  } = inPlace(
    scenario.buffers.filter((b) => domains.has(b.domain)),
    scenario.buffers,
  );
  const data = [
    '.data',
    ...(neighbour === undefined ? [] : placeBuffer(neighbour)),
    `.space ${padding.data}`,
    ...used.flatMap((endpoint) => ['.balign 4', `${connectionSymbol(endpoint)}: .word 0`]),
    ...mutexes.flatMap((mutex) => ['.balign 4', `${mutexSymbol(mutex)}: .word 0`]),
    ...between.flatMap((b) => [...linesBefore(b, scenario.buffers, PAGE), ...placeBuffer(b)]),
    ...(last === undefined ? [] : [...linesBeforeLast(last, PAGE), ...placeBuffer(last)]),
    '.bss',
    ...[...own.map(({ name }) => serverSymbol(name)), ...others.map((t) => functionSymbol(t.function))].flatMap(
      (entry) => ['.balign 16', `${stackSymbol(entry)}: .space ${STACK_BYTES}`],
    ),
    ...copied.flatMap(({ name, mostBytes }) => [
      `.balign ${PAGE}`,
      `${messageSymbol(name)}: .space ${wholePages(mostBytes)}`,
    ]),
  ];
  const lines = (list: readonly string[]): string => list.map((l) => (isLabel(l) ? l : `  ${l}`)).join('\n');
  return `${lines(code)}\n\n${compiled}\n${lines(data)}\n`;
}

const isLabel = (line: string): boolean => /^(\.text|\.data|\.bss)$|^\S+:/.test(line);

const createThread = (entry: string): readonly string[] => [
  `la a1, ${entry}`,
  `la a2, ${stackSymbol(entry)}`,
  `li a3, ${STACK_BYTES}`,
  'li a0, CALL_CREATE_THREAD',
  'ecall',
  'li t0, TAG_THREAD',
  `bne a0, t0, ${FAILED}`,
];

/** Lets interrupts of a line of the scenario come to its handler. The scenario's device is the alarm. */
const claimInterrupt = (line: number): readonly string[] => [
  `li a1, ${XOUS_LINES.alarm}`,
  `la a2, ${handlerSymbol(line)}`,
  'li a3, 0',
  'li a0, CALL_CLAIM_INTERRUPT',
  'ecall',
  `bnez a0, ${FAILED}`,
];

/** A handler: the device is quiet again, and the notification is given, as handlers of Xous send to a server. */
const handler = (scenario: Scenario, line: number, notification: string): readonly string[] => [
  `${handlerSymbol(line)}:`,
  `li t0, 0x${BENCH.toString(16)}`,
  `sw zero, ${BENCH_REGISTER.lines}(t0)`,
  `lw a1, ${connectionSymbol(notificationEndpoint(scenario, notification))}`,
  'li a2, KIND_SCALAR',
  'li a3, 0',
  'li a0, CALL_TRY_SEND',
  'ecall',
  'ret',
];

/** A service's thread: s0 = sender, s1 = kind of the message. */
function server(scenario: Scenario, service: Service): readonly string[] {
  const { name, words, transfer } = service;
  const order = transfer === undefined ? ['a4', 'a5', 'a6', 'a7'] : ['a6', 'a3'];
  const parameters = [...order.slice(0, words), ...(transfer === undefined ? [] : ['a4', 'a7'])];
  const label = serverSymbol(name);
  return [
    `${label}:`,
    ...serverName(serviceEndpoint(scenario, name)),
    'li a0, CALL_RECEIVE',
    'ecall',
    `${label}.message:`,
    'li t0, TAG_MESSAGE',
    `bne a0, t0, ${FAILED}`,
    'mv s0, a1',
    'mv s1, a2',
    ...inOrder(parameters),
    `jal ${functionSymbol(service.function)}`,
    ...(service.answers ? ['mv a2, a0'] : ['li a2, 0']),
    `li t0, KIND_${transfer === undefined ? 'SCALAR' : 'MOVE'} - 1`,
    `beq s1, t0, ${label}`,
    'mv a1, s0',
    'li a3, 0',
    'li a7, 1',
    'li a0, CALL_REPLY_AND_RECEIVE',
    'ecall',
    `j ${label}.message`,
  ];
}

/**
 * Moves registers to a0, a1 and on. No message has its words where a move before would overwrite them, but a3: it goes
 * first.
 */
function inOrder(from: readonly string[]): readonly string[] {
  const moves = from.map((register, i) => ({ register, to: `a${i}` }));
  const late = moves.filter(({ register }) => register !== 'a3');
  return [...moves.filter(({ register }) => register === 'a3'), ...late].map(
    ({ register, to }) => `mv ${to}, ${register}`,
  );
}

/** A buffer in the data section; one that is handed on has its pages to itself. */
function placeBuffer({ name, bytes, alignment, passed, words }: Buffer): readonly string[] {
  const size = passed ? wholePages(bytes) : Math.ceil(bytes / 4) * 4;
  const rest = size - 4 * words.length;
  return [
    `.balign ${passed ? PAGE : alignment}`,
    `${bufferSymbol(name)}:`,
    ...words.map((word) => `.word 0x${word.toString(16)}`),
    ...(rest > 0 ? [`.space ${rest}`] : []),
    ...(passed ? [`.balign ${PAGE}`] : []),
  ];
}
