import { describe, expect, it } from 'vitest';
import { cycles, instructions, physical, virtual } from '../../platforms/machine/units.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { INSTRUCTIONS } from '../../platforms/riscv/table.js';
import { machineWith, Random } from './programs.js';

/** Random instruction words executed from random states: whatever the guest does, the host neither throws nor hangs. */
const WORDS = process.env['BULKHEAD_LONG'] === '1' ? 10_000_000 : 1_000_000;
const WORDS_A_CASE = 256;
const BUDGET = 400;
const CODE = 0x60000000;

const VARIANTS: readonly ParameterValues[] = [
  {},
  { memoryLatency: 0, crossbar: false, dataCacheWriteBack: true, dataCacheBytes: 1024, dataCacheWays: 1 },
  { asid: true, instructionTlbEntries: 4, dataTlbEntries: 64, ignoreAccessedDirty: false, endlessWalk: true },
  { timing: 'common', commonWait: 4, instructionCacheBytes: 1024 },
];

const word = (random: Random): number => random.below(0x100000000);

/** A word of any kind, or one with the fixed bits of a real instruction. */
function instruction(random: Random): number {
  if (random.below(4) === 0) return word(random);
  const { match, mask, length } = INSTRUCTIONS[random.below(INSTRUCTIONS.length)];
  const value = ((word(random) & ~mask) | match) >>> 0;
  return length === 4 ? value : ((word(random) << 16) | (value & 0xffff)) >>> 0;
}

/** An address that may be code, tables, data, uncached memory, the device, an error range or nothing in particular. */
function address(random: Random): number {
  const places = [CODE, 0x60002000, 0x60008000, 0xa0000000, 0x40000000, 0xf0000000, 0x0, 0x80000000];
  const place = random.below(9);
  return place === 8 ? word(random) : (places[place] + random.below(4096)) >>> 0;
}

function words(random: Random, count: number, make: (random: Random) => number): Uint8Array {
  const data = new DataView(new ArrayBuffer(count * 4));
  for (let i = 0; i < count; i++) data.setUint32(i * 4, make(random), true);
  return new Uint8Array(data.buffer);
}

/** A page-table entry that is often a good leaf or pointer near the code. */
const entry = (random: Random): number =>
  random.below(4) === 0 ? word(random) : (((0x60000 + random.below(16)) << 10) | random.below(256)) >>> 0;

const CSRS = ['mtvec', 'stvec', 'mepc', 'sepc', 'medeleg', 'mideleg', 'mie', 'mstatus', 'mip', 'mscratch', 'sscratch'];

describe('random words from random states', () => {
  it.each(VARIANTS.map((parameters, i) => ({ parameters, seed: 1000 + i })))('$parameters', ({ parameters, seed }) => {
    const machine = machineWith(parameters);
    const random = new Random(seed);
    const registers = machine.registers().map(({ name }) => name);
    const general = registers.slice(2, 33);
    const kinds = new Set<string>();
    for (let executed = 0; executed < WORDS / VARIANTS.length;) {
      machine.reset();
      machine.setBudget(instructions(BUDGET));
      const data = words(random, WORDS_A_CASE, instruction);
      const segment = { physical: physical(CODE + 2 * random.below(1800)), data, bytes: data.length };
      machine.load({
        segments: [{ ...segment, writable: true, executable: true }],
        symbols: [],
        phases: [],
        domains: [],
        lines: [],
        entry: virtual(segment.physical),
      });
      machine.memory.load(physical(0x60002000), words(random, 64, entry));
      for (const name of general) machine.setRegister(name, random.below(3) === 0 ? word(random) : address(random));
      for (const name of CSRS) machine.setRegister(name, random.below(2) === 0 ? word(random) : address(random));
      machine.setRegister('satp', random.below(2) === 0 ? 0 : 0x80060002);
      machine.setRegister('privilege', [0, 1, 3][random.below(3)]);
      const stop = machine.run(cycles(10_000_000));
      kinds.add(stop.kind);
      // Words that were fetched and retired, or trapped; a case that ends at once counts as one
      executed += Math.max(1, machine.counters.instructions + machine.counters.traps);
      const booked = machine.ledger.read().matrix.reduce((a, b) => a + b);
      expect(booked).toBe(machine.counters.cycles);
    }
    expect(kinds).toContain('budget');
  });
});
