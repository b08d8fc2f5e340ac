import { describe, expect, it } from 'vitest';
import { KIND_INDEX, KINDS, ledgerSpan, type LedgerReading } from '../../platforms/machine/ledger.js';
import type { Machine } from '../../platforms/machine/machine.js';
import { cycles, physical } from '../../platforms/machine/units.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { FOREVER, Random } from './guest.js';
import { machineFor, readSet, type SetName } from './vectors.js';

const VARIANTS: readonly (readonly [SetName, ParameterValues])[] = [
  ['m0', {}],
  ['m3', { flash: 'wait', flashWaitStates: 3 }],
  ['m4', {}],
  ['m4', { timing: 'common', commonWait: 1 }],
  ['m33', { m33Timing: 'low', flash: 'stm32l4' }],
];

const LONG = process.env['BULKHEAD_LONG'] === '1';

/** Every n-th program of a set. */
const some = (set: SetName, n: number) => readSet(set).filter((_, i) => LONG || i % n === 3);

/** What must be the same however a run is cut. */
const picture = (machine: Machine): unknown => [
  machine.stateHash(),
  machine.counters,
  [...machine.ledger.read(machine.counters.cycles).matrix],
  machine.ledger.read(machine.counters.cycles).longestMasked,
];

function prepare(machine: Machine, image: Parameters<Machine['load']>[0]): void {
  machine.setTrace(undefined);
  machine.probes.clear();
  machine.reset();
  machine.load(image);
}

describe.each(VARIANTS)('%s %o', (set, parameters) => {
  const machine = machineFor(set, parameters);

  it('a run in one piece, one in slices and one with a trace end the same (seed 11)', () => {
    const random = new Random(11);
    for (const { program, image } of some(set, 49)) {
      prepare(machine, image);
      expect([program.name, machine.run(FOREVER).kind]).toEqual([program.name, 'exit']);
      const whole = picture(machine);

      prepare(machine, image);
      while (machine.run(cycles(machine.counters.cycles + 1 + random.below(200))).kind === 'limit');
      expect([program.name, picture(machine)]).toEqual([program.name, whole]);

      prepare(machine, image);
      let events = 0;
      machine.setTrace(() => events++);
      machine.run(FOREVER);
      expect([program.name, picture(machine)]).toEqual([program.name, whole]);
      expect(events).toBeGreaterThanOrEqual(machine.counters.instructions + machine.counters.traps);
    }
  });

  it('a snapshot taken anywhere, between an exception and its handler too, goes on the same (seed 12)', () => {
    const random = new Random(12);
    const other = machineFor(set, parameters);
    for (const { program, image } of some(set, 75)) {
      prepare(machine, image);
      machine.run(FOREVER);
      const whole = picture(machine);
      const length = machine.counters.cycles;
      const points = Array.from({ length: 6 }, () => random.below(length)).sort((a, b) => a - b);
      prepare(machine, image);
      for (const point of points) {
        machine.run(cycles(point));
        other.restore(machine.snapshot());
        other.run(FOREVER);
        expect([program.name, point, picture(other)]).toEqual([program.name, point, whole]);
      }
    }
  });

  it('between any two probes the phases and the kinds sum to the cycles', () => {
    let spans = 0;
    for (const { program, image } of some(set, 37)) {
      prepare(machine, image);
      let before:
        { readonly cycle: number; readonly instructions: number; readonly reading: LedgerReading } | undefined;
      for (let offset = 0x300; offset < program.size; offset += 22) {
        machine.probes.add(physical(offset), ({ cycle, instructions }) => {
          const reading = machine.ledger.read(cycle);
          if (before !== undefined) {
            const { byKind } = ledgerSpan(before.reading, reading, cycle - before.cycle);
            // A folded IT takes no cycle.
            if (byKind.issue > instructions - before.instructions) throw new Error(`${program.name}: issue`);
            for (const [kind, amount] of Object.entries(byKind)) {
              if (amount < 0) throw new Error(`${program.name}: ${amount} cycles of ${kind} at ${cycle}`);
            }
            spans++;
          }
          before = { cycle, instructions, reading };
          return false;
        });
      }
      machine.run(FOREVER);
      const { matrix } = machine.ledger.read();
      expect([program.name, matrix.reduce((a, b) => a + b)]).toEqual([program.name, machine.counters.cycles]);
      let issued = 0;
      for (let i = KIND_INDEX.issue; i < matrix.length; i += KINDS.length) issued += matrix[i];
      expect(issued).toBeLessThanOrEqual(machine.counters.instructions);
      expect(issued).toBeGreaterThan(0.9 * machine.counters.instructions);
    }
    expect(spans).toBeGreaterThan(500);
  });

  it('probes change no cycle', () => {
    for (const { program, image } of some(set, 49)) {
      prepare(machine, image);
      machine.run(FOREVER);
      const whole = picture(machine);
      prepare(machine, image);
      for (let offset = 0x100; offset < program.size; offset += 2) machine.probes.add(physical(offset), () => false);
      machine.run(FOREVER);
      expect([program.name, picture(machine)]).toEqual([program.name, whole]);
    }
  });
});
