import { expect } from 'vitest';
import { assemble } from '../platforms/assembler/assemble.js';
import type { IsaPlugin } from '../platforms/assembler/isa.js';
import type { Image } from '../platforms/machine/image.js';
import { KINDS } from '../platforms/machine/ledger.js';
import type { Machine, RegisterValue, Stop } from '../platforms/machine/machine.js';
import { cycles, hex32, instructions, physical } from '../platforms/machine/units.js';
import type { ParameterValues, Platform } from '../platforms/platform.js';

/* What the tests of all platforms need to run small guest programs; each platform's `guest.ts` adds what is its own. */

/** Never reached. */
export const FOREVER = cycles(Number.MAX_SAFE_INTEGER);
const BUDGET = instructions(1_000_000);

/** An assembled test program. */
export interface Program {
  readonly image: Image;
  /** Address of a label. */
  address(label: string): number;
}

/** Assembles a test program. @param sections where they lie, by name. */
export function assembleGuest(source: string, isa: IsaPlugin, sections: Readonly<Record<string, number>>): Program {
  const assembled = assemble(source, { file: 'test.s', isa, sections });
  if (!assembled.ok) throw new Error(assembled.problems.map((p) => JSON.stringify(p)).join('\n'));
  const { image, symbols } = assembled;
  return {
    image,
    address(label) {
      const found = symbols.get(label);
      if (found === undefined) throw new RangeError(`the program has no label ${label}`);
      return found;
    },
  };
}

/** Gives machines of a platform in reset state. One is built for each set of parameters, board and test file; it is reused. */
export function machinesOf(platform: Platform): (parameters?: ParameterValues, board?: string) => Machine {
  const machines = new Map<string, Machine>();
  return (parameters = {}, board = platform.boards[0]) => {
    const key = JSON.stringify([board, ...Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);
    let machine = machines.get(key);
    if (machine === undefined) {
      machine = platform.createMachine({ parameters, board });
      machines.set(key, machine);
    }
    machine.setTrace(undefined);
    machine.probes.clear();
    machine.setBudget(BUDGET);
    machine.reset();
    return machine;
  };
}

/** A program that has run. */
export interface Run {
  readonly machine: Machine;
  readonly guest: Program;
  readonly stop: Stop;
  /** What it gave out, unsigned words. */
  readonly outputs: readonly number[];
}

/** What a program gave out that must have ended with code 0. */
export function outputsAfterExit({ stop, outputs }: Run): readonly number[] {
  if (stop.kind !== 'exit' || stop.code !== 0) throw new Error(`the program ended with ${JSON.stringify(stop)}`);
  return outputs;
}

/** A register or CSR. */
export function registerOf(machine: Machine, name: string): RegisterValue {
  const found = machine.registers().find((r) => r.name === name);
  if (found === undefined) throw new RangeError(`no register ${name}`);
  return found;
}

/** Values as text that a failed comparison shows well. */
export const hexOf = (values: Iterable<number>): string[] => [...values].map(hex32);

/** Little-endian bytes of words. */
export function bytesOf(words: Iterable<number>): Uint8Array {
  return new Uint8Array(Int32Array.from(words, (w) => w | 0).buffer);
}

/** Stores words into memory as a loader does. */
export function poke(machine: Machine, address: number, ...words: readonly number[]): void {
  machine.memory.load(physical(address), bytesOf(words));
}

/** Words in memory, unsigned. */
export function peek(machine: Machine, address: number, count = 1): number[] {
  const { buffer, byteOffset } = machine.memory.dump(physical(address), 4 * count);
  return [...new Uint32Array(buffer, byteOffset, count)];
}

/** Cycles in the ledger. */
export const booked = (machine: Machine): number => machine.ledger.read().matrix.reduce((a, b) => a + b);

/** Every cycle is booked, every instruction issued once, nothing is negative. @throws Error with `place`. */
export function checkLedger(machine: Machine, place: string): void {
  const { counters } = machine;
  const { matrix } = machine.ledger.read();
  let sum = 0;
  let issued = 0;
  for (let i = 0; i < matrix.length; i++) {
    sum += matrix[i];
    if (i % KINDS.length === 0) issued += matrix[i];
    if (matrix[i] < 0) throw new Error(`${place}: negative cycles`);
  }
  if (sum !== counters.cycles || issued !== counters.instructions) {
    throw new Error(`${place}: ${sum} cycles booked of ${counters.cycles}, ${issued} instructions`);
  }
}

/**
 * Runs a program that was loaded and touches page after page, once per round from label `again`, until the host gives no
 * more memory: the run ends so, in the round that asks for the page too many and with all its cycles booked, and stays so.
 * @param early how many cycles before the last round's start the run may end: a core may be ahead of its retirements
 */
export function expectMemoryExhausted(machine: Machine, guest: Program, early = 0): void {
  let rounds = 0;
  let last = 0;
  machine.probes.add(physical(guest.address('again')), ({ cycle }) => {
    rounds++;
    last = cycle;
    return false;
  });
  const stop = machine.run(FOREVER);
  machine.probes.clear();
  expect(stop).toMatchObject({ kind: 'memory', reason: expect.stringContaining('16384') as string });
  expect(rounds).toBe(16384);
  expect(booked(machine)).toBe(machine.counters.cycles);
  const { cycles: end } = machine.counters;
  expect(end).toBeGreaterThanOrEqual(last - early);
  expect(end).toBeLessThan(last + 20);
  expect(machine.run(FOREVER)).toEqual(stop);
  expect([machine.counters.cycles, booked(machine)]).toEqual([end, end]);
}

/** A source of the same numbers for the same seed (xorshift, 32 bits); a test's name holds the seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed, 0x9e3779b9) | 1;
  }

  /** Any 32-bit word, unsigned. */
  word(): number {
    let s = this.state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.state = s;
    return Math.imul(s, 0x9e3779b1) >>> 0;
  }

  /** 0 to n - 1. */
  below(n: number): number {
    return Math.floor((this.word() / 2 ** 32) * n);
  }

  /** True once in `n` times. */
  once(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}
