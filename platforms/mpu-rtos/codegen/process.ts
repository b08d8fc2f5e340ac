import {
  type Buffer,
  functionsOfDomain,
  operationsOf,
  type Scenario,
  type Service,
} from '../../../workloads/language/scenario.js';
import { NARROW, WIDE } from '../../thumb/codegen/abi.js';
import { compileFunctions } from '../../thumb/codegen/compile.js';
import { domainBefore, inPlace, isPlaced, linesBefore, linesBeforeLast } from '../../placement.js';
import { CMRX_BOARD, CMRX_LINES } from '../devices/board.js';
import type { ProcessSource } from '../kernel/link.js';
import { cmrxOperations, COPY_REGISTERS, copyLoop } from './operations.js';
import { mutexUsers, notificationOwner, queueUsers } from './owners.js';
import { aimViolations } from './violations.js';
import {
  BENCH,
  bufferSymbol,
  FAILED,
  FAILED_CODE,
  functionSymbol,
  messageSymbol,
  methodSymbol,
  mutexSymbol,
  notificationSymbol,
  objectSymbol,
  queueSymbol,
  startSymbol,
  vtableSymbol,
} from './symbols.js';

/** Bytes in front of a process's text and variables, multiples of 4 and of 8: how layouts with a seed differ. */
export interface Padding {
  readonly text: number;
  readonly data: number;
}

/** How a scenario becomes processes. */
export interface ProcessOptions {
  /** The core has 32-bit Thumb instructions. */
  readonly wide: boolean;
  /** All domains are one process, in which requests are function calls (`isolation=none`). */
  readonly direct: boolean;
  readonly kernelVariables: number;
  /** The kernel answers for a service that failed. */
  readonly unwinds: boolean;
  /** Bytes that the MPU protects together. */
  readonly granule: number;
  readonly padding: Padding;
}

const WORD_REGISTERS = ['r0', 'r1', 'r2', 'r3'] as const;
const MMIO = [{ start: BENCH, bytes: CMRX_BOARD.deviceBytes }];

/**
 * The processes of a scenario, one for each domain, or a single one named after the first.
 * @throws CodegenError if a domain uses an operation that the kernel lacks.
 */
export function processesOf(scenario: Scenario, options: ProcessOptions): readonly ProcessSource[] {
  const names = scenario.domains.map(({ name }) => name);
  const groups: readonly (readonly string[])[] = options.direct ? [names] : names.map((name) => [name]);
  return groups.map((domains) => new ProcessText(scenario, domains, options).source());
}

class ProcessText {
  private readonly name: string;
  private readonly services: readonly Service[];
  private readonly notifications: readonly string[];

  constructor(
    private readonly scenario: Scenario,
    private readonly domains: readonly string[],
    private readonly options: ProcessOptions,
  ) {
    this.name = domains[0];
    this.services = scenario.services.filter((s) => domains.includes(s.domain));
    this.notifications = scenario.notifications.filter((n) => this.owns(notificationOwner(scenario, n)));
  }

  source(): ProcessSource {
    const { padding, direct } = this.options;
    const lines = [
      '.text',
      `.space ${padding.text}`,
      this.code(),
      `${FAILED}:`,
      `ldr r1, =0x${BENCH.toString(16)}`,
      `movs r0, #${FAILED_CODE}`,
      'str r0, [r1, #4]',
      `b ${FAILED}`,
      '.pool',
      ...(direct ? [] : this.vtables()),
      ...this.variables(padding.data),
    ];
    const exported = [
      ...(direct ? [] : this.services.flatMap(({ name }) => [objectSymbol(name), vtableSymbol(name)])),
      ...this.notifications.map(notificationSymbol),
    ];
    const behind = domainBefore(new Set(this.domains), this.scenario.buffers);
    return {
      name: this.name,
      program: `${lines.join('\n')}\n`,
      exports: exported,
      mmio: MMIO,
      ...(behind === undefined ? {} : { behind }),
    };
  }

  private owns(domain: string): boolean {
    return this.domains.includes(domain);
  }

  private code(): string {
    const { scenario, options } = this;
    const needed = new Set(this.domains.flatMap((domain) => functionsOfDomain(scenario, domain)));
    const functions = scenario.functions.filter((f) => needed.has(f));
    const bodies = new Map(this.services.map((service) => [service.function, service]));
    return compileFunctions(aimViolations(functions, options.kernelVariables), {
      target: options.wide ? WIDE : NARROW,
      operations: cmrxOperations(scenario, { ...options, process: this.name }),
      threads: new Set(scenario.threads.map((t) => t.function)),
      functionSymbol,
      bufferSymbol,
      before: (name) => {
        const service = bodies.get(name);
        if (service !== undefined && !options.direct) return method(service);
        return enablesInterrupts(scenario, name) ? enableInterrupts(name) : [];
      },
    });
  }

  private vtables(): readonly string[] {
    if (this.services.length === 0) return [];
    return [
      '.section .vtable, "a"',
      ...this.services.flatMap(({ name }) => [`${vtableSymbol(name)}:`, `.word ${methodSymbol(name)}`]),
    ];
  }

  private variables(padding: number): readonly string[] {
    const { scenario, options } = this;
    const buffers = scenario.buffers.filter(({ domain }) => this.owns(domain));
    const all = scenario.buffers;
    const { first, between, last } = inPlace(
      buffers.filter(({ passed }) => !passed),
      all,
    );
    const inData = (buffer: Buffer): boolean => buffer.words.length > 0 || isPlaced(buffer, all);
    const mutexes = scenario.mutexes.filter((name) => mutexUsers(scenario, name).some((d) => this.owns(d)));
    const queues = scenario.queues.filter(({ name }) => queueUsers(scenario, name).some((d) => this.owns(d)));
    const copied = this.services.filter(({ transfer }) => transfer === 'copy');
    return [
      '.data',
      ...(first === undefined ? [] : placeBuffer(first)),
      `.space ${padding}`,
      ...(options.direct
        ? []
        : this.services.flatMap(({ name }) => [`${objectSymbol(name)}:`, `.word ${vtableSymbol(name)}`])),
      ...queues.flatMap(({ name, capacity }) => [
        '.balign 4',
        `${queueSymbol(name)}:`,
        `.hword 4, ${capacity}`,
        `.space QUEUE_HEADER - 4 + 4 * ${capacity}`,
      ]),
      ...mutexes.flatMap((name) => [`${mutexSymbol(name)}:`, '.byte 0, NO_OWNER']),
      ...between.filter(inData).flatMap((b) => [...linesBefore(b, all, options.granule), ...placeBuffer(b)]),
      ...(last === undefined ? [] : [...linesBeforeLast(last, options.granule), ...placeBuffer(last)]),
      '.bss',
      ...this.notifications.flatMap((name) => ['.balign 4', `${notificationSymbol(name)}: .space 4`]),
      ...between.filter((b) => !inData(b)).flatMap(placeBuffer),
      ...copied.flatMap(({ name, mostBytes }) => ['.balign 8', `${messageSymbol(name)}: .space ${mostBytes}`]),
      '.section .shared, "aw"',
      ...buffers.filter(({ passed }) => passed).flatMap(placeBuffer),
    ];
  }
}

/**
 * Lines in front of a service's body: the method that RPC calls, with the object in r0 and the words behind it. Bytes that are
 * copied are refused if they are more than there is room for.
 */
function method({ name, words, transfer, mostBytes }: Service): readonly string[] {
  const parameters = words + (transfer === undefined ? 0 : 2);
  const moves = WORD_REGISTERS.slice(0, parameters).map((to, i) =>
    i < 3 ? `mov ${to}, ${WORD_REGISTERS[i + 1]}` : `ldr ${to}, [sp]`,
  );
  const [from, bytes] = [WORD_REGISTERS[words], WORD_REGISTERS[words + 1]];
  const saved = COPY_REGISTERS.join(', ');
  const copy = [
    `push {${saved}}`,
    `ldr r4, =${mostBytes}`,
    `cmp ${bytes}, r4`,
    'bls 2f',
    'movs r0, #E_INVALID_SIZE',
    `pop {${saved}}`,
    'bx lr',
    '2:',
    ...copyLoop(name, from, bytes),
    `pop {${saved}}`,
  ];
  return ['.thumb_func', `${methodSymbol(name)}:`, ...moves, ...(transfer === 'copy' ? copy : [])];
}

/** A buffer with its first words. */
function placeBuffer({ name, bytes, alignment, words }: Buffer): readonly string[] {
  const rest = Math.ceil(bytes / 4) * 4 - 4 * words.length;
  return [
    `.balign ${alignment}`,
    `${bufferSymbol(name)}:`,
    ...words.map((word) => `.word 0x${word.toString(16)}`),
    ...(rest > 0 ? [`.space ${rest}`] : []),
  ];
}

/** True if a function is the program of a thread that enables its domain's interrupts: the first of the domain. */
export function enablesInterrupts({ threads, interrupts }: Scenario, program: string): boolean {
  const thread = threads.find((t) => t.function === program);
  return (
    thread !== undefined &&
    interrupts.some(({ domain }) => domain === thread.domain) &&
    threads.find(({ domain }) => domain === thread.domain) === thread
  );
}

/** Lines in front of such a program. */
const enableInterrupts = (program: string): readonly string[] => [
  '.thumb_func',
  `${startSymbol(program)}:`,
  `movs r0, #${CMRX_LINES.benchTimer}`,
  'bl enable_irq',
];

/** Whether anybody sleeps: only then the tick runs. */
export const usesSleep = (scenario: Scenario): boolean =>
  operationsOf(scenario.functions).some(({ kind }) => kind === 'sleep');
