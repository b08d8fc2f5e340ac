import { describe, expect, it } from 'vitest';
import { cycles, instructions, physical } from '../../platforms/machine/units.js';
import { CORES, type CoreName, freshMachine, Random } from './guest.js';
import type { Image } from '../../platforms/machine/image.js';

const LONG = process.env['BULKHEAD_LONG'] === '1';
/** Halfwords of a round, and how many of them are executed on each core. */
const ROUND = 256;
const TOTAL = LONG ? 1e7 : 1e5;
const CODE = 0x400;

/** Half of the words begin like a 32-bit instruction, which random halfwords seldom do. */
function halfword(random: Random): number {
  const half = random.word() & 0xffff;
  return random.below(4) === 0 ? half | 0xe800 : half;
}

/** Random code behind a vector table whose handlers are random code too, or nowhere. */
function randomImage(random: Random): Image {
  const data = new Uint8Array(CODE + 2 * ROUND);
  const view = new DataView(data.buffer);
  view.setUint32(0, 0x20000000 + 8 * random.below(0x800), true);
  view.setUint32(4, (CODE + 2 * random.below(ROUND)) | 1, true);
  for (let i = 2; i < CODE / 4; i++) {
    const nowhere = random.below(16) === 0;
    view.setUint32(4 * i, nowhere ? random.word() : (CODE + 2 * random.below(ROUND)) | 1, true);
  }
  for (let i = 0; i < ROUND; i++) view.setUint16(CODE + 2 * i, halfword(random), true);
  return {
    segments: [{ physical: physical(0), data, bytes: data.length, writable: true, executable: true }],
    symbols: [],
    phases: [],
    domains: [],
    lines: [],
    entry: 0 as never,
  };
}

/** Addresses that mean something: memory, its end, the system control space, an EXC_RETURN. */
const PLACES = [
  0, 0x3ffffe, 0x20000000, 0x20000fff, 0x203ffffc, 0x40004000, 0xe000ed90, 0xe000e100, 0xfffffff9, 0x60000000,
];

describe('random halfwords', () => {
  it.each(CORES)(
    '%s: no exception comes out, no run hangs (seed 21)',
    (core: CoreName) => {
      const random = new Random(21 + CORES.indexOf(core));
      const machine = freshMachine({ core, ...(core === 'm33' ? { security: 'secure' } : {}) });
      const names = machine.registers().map((r) => r.name);
      const ends = new Set<string>();
      let executed = 0;
      let budget = 0;
      while (executed < TOTAL) {
        machine.reset();
        machine.load(randomImage(random));
        for (const name of names) {
          if (name === 'pc' || name === 'xpsr' || name === 'faultmask') continue;
          const value = random.below(3) === 0 ? random.word() : random.pick(PLACES) + random.below(64);
          if (!['primask', 'basepri', 'msplim', 'psplim'].includes(name) || random.below(4) === 0)
            machine.setRegister(name, value);
        }
        budget = ROUND * 4;
        machine.setBudget(instructions(budget));
        const stop = machine.run(cycles(4000));
        ends.add(stop.kind);
        expect(machine.counters.instructions).toBeLessThanOrEqual(budget);
        // Vector tables that lead into faults only: the core takes exceptions and executes nothing.
        executed += Math.max(ROUND, machine.counters.instructions);
      }
      expect(ends.has('wedged')).toBe(true);
      expect(ends.has('limit') || ends.has('budget')).toBe(true);
    },
    LONG ? 3_600_000 : 60_000,
  );
});
