import type { BusResult } from '../../platforms/machine/memory.js';
import type { Device, DeviceHost } from '../../platforms/machine/device.js';
import { BenchDevice } from '../../platforms/machine/devices/bench.js';
import { EventQueue } from '../../platforms/machine/events.js';
import type { Image } from '../../platforms/machine/image.js';
import { Ledger, PHASE_INDEX } from '../../platforms/machine/ledger.js';
import type { Counters, Machine, RegisterValue, Snapshot, Stop, TraceHook } from '../../platforms/machine/machine.js';
import { PhysicalMemory } from '../../platforms/machine/memory.js';
import { ProbeSet } from '../../platforms/machine/probes.js';
import {
  cycles,
  type Cycles,
  instructions,
  type Instructions,
  physical,
  type PhysicalAddress,
  virtual,
  type VirtualAddress,
} from '../../platforms/machine/units.js';
import type { MachineRequest, ParameterValues, Platform } from '../../platforms/platform.js';

/**
 * A core of four-byte instructions for tests of the runner: programs are written by hand as words. Anything that is not
 * one of `toy` is a nop of one cycle, so the marker instructions of the vectors work as they are.
 */
export const toy = {
  nop: 0x00000013,
  mark: (k: number): number => 0x00002013 | (k << 20),
  /** Takes n cycles more than one, booked as data stall. */
  stall: (n: number): number => op(1, n),
  output: (n: number): number => op(2, n),
  exit: (code: number): number => op(3, code),
  putchar: (c: string): number => op(4, c.charCodeAt(0)),
  /** A trap that returns to the next instruction after two cycles. The instruction does not retire. */
  trap: (cause: number): number => op(5, cause),
  /** A trap that abandons no instruction, as an interrupt does: its event in the trace has no word. */
  interrupt: op(14, 0),
  /** To the instruction n words after (before, if negative) this one. */
  jump: (n: number): number => op(6, n & 0xffff),
  /** The timer line rises n cycles from now. */
  timer: (n: number): number => op(7, n),
  wedge: op(8, 0),
  /** Books a cycle to no kind: the ledger no longer adds up. */
  lose: op(9, 0),
  /** Stores n to the word the machine was told is `tohost`. */
  tohost: (n: number): number => op(10, n),
  sleep: op(11, 0),
  /** Counts as a write of satp. */
  satp: op(12, 0),
  /** To the instruction n words after this one; register `link` holds where the next one is. */
  call: (n: number): number => op(15, n),
  /** To where `link` says. */
  ret: op(15, 0),
  /** Jumps back n words until it has done so `passes` times in this run. */
  loop: (n: number, passes: number): number => op(13, n | (passes << 8)),
} as const;

function op(code: number, operand: number): number {
  return ((operand << 12) | (code << 8) | 0x0b) >>> 0;
}

class ToyMachine implements Machine {
  readonly memory: PhysicalMemory;
  readonly ledger = new Ledger();
  readonly probes = new ProbeSet();
  readonly bench = new BenchDevice();
  storeBacklog = 0;
  pc: VirtualAddress = virtual(0);
  private readonly queue: EventQueue;
  private budget = 1e9;
  private hook: TraceHook | undefined;
  private toHost: number | undefined;
  private ended: Stop | undefined;
  private count = { cycles: 0, instructions: 0, traps: 0, interrupts: 0, satpWrites: 0 };
  private loops = new Map<number, number>();
  private link = 0;

  constructor(private readonly parameters: ParameterValues) {
    const devices: readonly Device[] = [this.bench];
    this.queue = new EventQueue(devices);
    this.memory = new PhysicalMemory([
      { kind: 'ram', start: 0x1000, bytes: 2 ** 32 - 0x1000 },
      { kind: 'device', start: 0x40000000, bytes: 4096, device: this.bench },
    ]);
    const host: DeviceHost = {
      setInterruptLine: () => undefined,
      schedule: (device, at, tag) => this.queue.schedule(device, at, tag),
      cancel: (device, tag) => this.queue.cancel(device, tag),
      exit: (code) => (this.ended = { kind: 'exit', code }),
      retired: () => this.count.instructions,
    };
    this.bench.attach(host);
  }

  get counters(): Counters {
    const { cycles: c, instructions: i, traps, interrupts, satpWrites } = this.count;
    return {
      cycles: cycles(c),
      instructions: instructions(i),
      traps,
      interrupts,
      busBeats: 0,
      pageWalkReads: 0,
      protection: { mpuStores: 0, satpWrites, sfences: 0, capabilityLoads: 0, capabilityStores: 0 },
    };
  }

  get console(): string {
    return this.bench.console;
  }

  setBudget(budget: Instructions): void {
    this.budget = budget;
  }

  setToHost(address: PhysicalAddress | undefined): void {
    this.toHost = address;
  }

  setTrace(hook: TraceHook | undefined): void {
    this.hook = hook;
  }

  reset(): void {
    this.memory.reset();
    this.ledger.reset();
    this.queue.clear();
    this.bench.reset();
    this.loops.clear();
    this.link = 0;
    this.ended = undefined;
    this.toHost = undefined;
    this.count = { cycles: 0, instructions: 0, traps: 0, interrupts: 0, satpWrites: 0 };
  }

  load(image: Image): void {
    for (const { physical: at, data } of image.segments) this.memory.load(at, data);
    this.pc = image.entry;
  }

  run(limit: Cycles): Stop {
    while (this.ended === undefined) {
      if (this.count.cycles >= limit) return { kind: 'limit' };
      if (this.count.instructions >= this.budget) return { kind: 'budget', budget: instructions(this.budget) };
      if (this.step()) return { kind: 'probe' };
    }
    return this.ended;
  }

  /** @returns true if a probe wants to stop. */
  private step(): boolean {
    const at = this.pc;
    const word = this.memory.read(at, 4, this.count.cycles) ?? 0;
    const code = (word & 0xff) === 0x0b ? (word >>> 8) & 15 : 0;
    const operand = word >>> 12;
    this.pc = virtual(at + 4);
    if (code === 5) return this.trap(at, word, operand);
    if (code === 14) return this.trap(at, 0, operand);
    if (code === 8) this.ended = { kind: 'wedged', pc: at, reason: 'told to' };
    if (code === 11) this.ended = { kind: 'asleep', pc: at };
    if (this.ended !== undefined) return false;
    this.book(1, code === 1 ? operand : 0, this.parameters['wait'] as number);
    this.count.instructions++;
    if (code === 2) this.store(0, operand);
    if (code === 3) this.store(4, operand);
    if (code === 4) this.store(0x10, operand);
    if (code === 6) this.pc = virtual(at + 4 * ((operand << 16) >> 16));
    if (code === 7) this.store(0x0c, operand);
    if (code === 9) this.count.cycles++;
    if (code === 10 && this.toHost !== undefined) {
      this.ended = { kind: 'exit', code: operand === 1 ? 0 : operand >>> 1 };
    }
    if (code === 12) this.count.satpWrites++;
    if (code === 15) this.call(at, operand);
    if (code === 13) this.loop(at, operand & 0xff, operand >>> 8);
    this.queue.fireDue(this.count.cycles);
    this.trace('retire', at, word, 0);
    return this.probes.fire({
      cycle: this.count.cycles,
      instructions: this.count.instructions,
      physical: at,
      virtual: at,
      space: 0,
      thread: 0,
    });
  }

  private store(offset: number, value: number): BusResult {
    return this.bench.write(offset, 4, value, this.count.cycles);
  }

  private call(at: number, distance: number): void {
    if (distance === 0) this.pc = virtual(this.link);
    else {
      this.link = at + 4;
      this.pc = virtual(at + 4 * distance);
    }
  }

  private loop(at: number, back: number, passes: number): void {
    const done = (this.loops.get(at) ?? 0) + 1;
    this.loops.set(at, done);
    if (done < passes) this.pc = virtual(at - 4 * back);
  }

  private trap(at: number, word: number, cause: number): boolean {
    this.count.traps++;
    if (word === 0) this.count.interrupts++;
    this.count.cycles += 2;
    this.ledger.setPhase(PHASE_INDEX['hardware entry']);
    this.ledger.charge(0, 0, 0, 0, 0, 2);
    this.trace('trap', at, word, cause);
    this.ledger.setPhase(PHASE_INDEX.user);
    return false;
  }

  private book(issue: number, data: number, fetch: number): void {
    this.count.cycles += issue + data + fetch;
    this.ledger.charge(issue, 0, fetch, data, 0, 0);
  }

  private trace(kind: 'retire' | 'trap', pc: number, word: number, cause: number): void {
    this.hook?.({ kind, cycle: this.count.cycles, pc, word, space: 0, privilege: 3, phase: this.ledger.phase, cause });
  }

  registers(): readonly RegisterValue[] {
    return [
      { name: 'pc', value: this.pc },
      { name: 'link', value: this.link },
    ];
  }

  setRegister(name: string): void {
    throw new RangeError(`no register ${name}`);
  }

  translate(address: VirtualAddress): PhysicalAddress {
    return physical(address);
  }

  snapshot(): Snapshot {
    return { machine: 'toy' };
  }

  restore(): void {
    throw new Error('the toy keeps no snapshots');
  }

  stateHash(): string {
    return '0';
  }
}

/** An image of words at 0x60000000, with symbols by name and index of the word. */
export function imageOf(words: readonly number[], symbols: Readonly<Record<string, number>> = {}): Image {
  const data = new Uint8Array(Uint32Array.from(words).buffer);
  const at = 0x60000000;
  return {
    segments: [{ physical: physical(at), data, bytes: data.length, writable: true, executable: true }],
    symbols: Object.entries(symbols).map(([name, index]) => ({
      name,
      space: 0,
      virtual: virtual(at + 4 * index),
      physical: physical(at + 4 * index),
    })),
    phases: [],
    domains: [],
    lines: [],
    entry: virtual(at),
  };
}

/** The platform of the toy core; its parameter `wait` makes every instruction slower. */
export const fakePlatform = {
  id: 'toy',
  title: 'A toy for tests of the runner',
  core: 'toy-core',
  modelVersion: '1',
  elfMachine: 243,
  boards: ['bench', 'empty'],
  parameters: [
    {
      name: 'wait',
      type: { kind: 'integer', minimum: 0, maximum: 64 },
      default: 0,
      meaning: 'cycles every instruction waits',
      unit: 'cycles',
      source: 'chosen for tests',
    },
    {
      name: 'ways',
      type: { kind: 'integer', minimum: 1, maximum: 8, powerOfTwo: true },
      default: 4,
      meaning: 'does nothing',
      source: 'chosen for tests',
    },
    { name: 'crossbar', type: { kind: 'switch' }, default: false, meaning: 'does nothing', source: 'chosen for tests' },
    {
      name: 'loadFilter',
      type: { kind: 'switch' },
      default: true,
      meaning: 'does nothing',
      source: 'chosen for tests',
    },
    {
      name: 'timing',
      type: { kind: 'choice', values: ['core', 'common'] },
      default: 'core',
      meaning: 'does nothing',
      source: 'chosen for tests',
    },
    {
      name: 'instructionWait',
      type: { kind: 'integer', minimum: 0, maximum: 4 },
      default: 0,
      meaning: 'does nothing',
      source: 'chosen for tests',
    },
  ],
  vectorCores: { t1: { wait: 0 }, t2: { wait: 2 } },
  benchmarks: [
    {
      name: 'loop',
      meaning: 'a loop of four instructions, a trap and a write of satp',
      parameters: { ways: 8 },
      image: (): Image => imageOf([toy.nop, toy.nop, toy.nop, toy.loop(3, 1000), toy.trap(1), toy.satp, toy.exit(0)]),
    },
  ],
  createMachine: ({ parameters }: MachineRequest): Machine => new ToyMachine(parameters),
  disassemble: (word: number): string => (word === toy.nop ? 'nop' : `.word 0x${word.toString(16)}`),
} as const satisfies Platform;

export default fakePlatform;
