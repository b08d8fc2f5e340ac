import { describe, expect, test } from 'vitest';
import type { Machine, Stop } from '../../../platforms/machine/machine.js';
import { cycles, instructions, physical } from '../../../platforms/machine/units.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { bytesOf, checkLedger, freshMachine, Random } from './guest.js';
import { CODE, CODE_WORDS, FuzzState } from './fuzz-state.js';
import { type Outcome, outcomeOf } from './random-programs.js';

/*
 * Random instruction words executed from random states: whatever the guest does, the host neither throws nor hangs, every
 * cycle has a cause, and a run in pieces is the run in one piece.
 */

/** Words executed (retired or trapped) in all variants together, those of the trap handlers not counted. */
const WORDS = process.env['BULKHEAD_LONG'] === '1' ? 10_000_000 : 300_000;
/** Instructions and cycles that one case may take. */
const BUDGET = 1000;
const LIMIT = cycles(200_000);
/** One case in so many is run again in slices, with snapshots between. */
const REPEATED = 8;

const VARIANTS: readonly (readonly [name: string, parameters: ParameterValues])[] = [
  ['the core', {}],
  ['the core alone, L=0', { crossbar: false, memoryLatency: 0 }],
  ['write-back, 1 KiB', { dataCacheWriteBack: true, dataCacheBytes: 1024, dataCacheWays: 1, memoryLatency: 1 }],
  ['ASIDs, small TLBs', { asid: true, instructionTlbEntries: 4, dataTlbEntries: 5, instructionCacheBytes: 1024 }],
  ['common timing, w=4', { timing: 'common', commonWait: 4 }],
  [
    'no quirk',
    {
      ignoreAccessedDirty: false,
      supervisorFetchesUser: false,
      unprivilegedFence: false,
      trapValueOfCalls: false,
      breakpointNotDelegated: false,
      epcKeepsLowBits: false,
      countersEverywhere: false,
      readOnlyWritesIgnored: false,
      mprvIgnoresUser: false,
      fetchFaultAtWord: false,
    },
  ],
  ['endless walks, common timing, ASIDs', { endlessWalk: true, timing: 'common', asid: true, dataTlbEntries: 64 }],
  ['endless walks', { endlessWalk: true, instructionCacheWays: 1, instructionCacheBytes: 1024 }],
];

/** Puts a machine into the random state of a seed, ready to run. */
function prepare(machine: Machine, seed: number): void {
  const state = new FuzzState(new Random(seed));
  machine.reset();
  machine.load(state.handlers);
  machine.setBudget(instructions(BUDGET));
  machine.memory.load(physical(CODE), bytesOf(state.words(CODE_WORDS)));
  for (const [address, entries] of state.memory()) machine.memory.load(physical(address), bytesOf(entries));
  for (const [name, value] of state.registers()) machine.setRegister(name, value);
}

/** The same run again: slices of random length, snapshots restored, a trace that comes and goes. */
function inPieces(machine: Machine, seed: number): Stop {
  const random = new Random(seed + 1);
  for (;;) {
    const limit = Math.min(LIMIT, machine.counters.cycles + 1 + random.below(random.pick([2, 30, 300])));
    const stop = machine.run(cycles(limit));
    if (stop.kind !== 'limit' || limit === LIMIT) return stop;
    if (random.once(3)) machine.restore(machine.snapshot());
    if (random.once(5)) machine.setTrace(random.once(2) ? () => undefined : undefined);
  }
}

/**
 * What two runs of a case must agree on. At a budget the run ends behind any instruction, and the wait for the second word
 * of a jump's target counts for the jump if the target is decoded already, else for the target: one cycle sooner or later.
 */
function comparable(outcome: Outcome, stop: Stop): { cycles: number; rest: unknown } {
  const { counters, ledger, longestMasked, storeBacklog, ...rest } = outcome;
  const timing = { ledger, longestMasked, storeBacklog };
  const counts = { ...counters, cycles: 0 };
  return { cycles: counters.cycles, rest: [stop, rest, counts, stop.kind === 'budget' ? [] : timing] };
}

describe('random words from random states', () => {
  const kinds = new Map<string, number>();

  test.each(VARIANTS.map(([name, parameters], i) => ({ name, parameters, seed: 1_000_000 * (i + 1) })))(
    '$name (seeds from $seed)',
    ({ parameters, seed: firstSeed }) => {
      const machine = freshMachine(parameters);
      let executed = 0;
      for (let seed = firstSeed; executed < WORDS / VARIANTS.length; seed++) {
        prepare(machine, seed);
        const stop = machine.run(LIMIT);
        kinds.set(stop.kind, (kinds.get(stop.kind) ?? 0) + 1);
        // a trap is one word and at most 14 instructions of a handler; a case that ends at once is one word
        executed += Math.max(1, machine.counters.instructions - 13 * machine.counters.traps);
        checkLedger(machine, `seed ${seed}`);
        if (seed % REPEATED !== 0) continue;
        const expected = comparable(outcomeOf(machine), stop);
        prepare(machine, seed);
        const again = inPieces(machine, seed);
        machine.setTrace(undefined);
        const pieces = comparable(outcomeOf(machine), again);
        expect([seed, pieces.rest]).toEqual([seed, expected.rest]);
        const off = Math.abs(pieces.cycles - expected.cycles);
        expect([seed, off]).toEqual([seed, stop.kind === 'budget' ? Math.min(off, 1) : 0]);
      }
    },
    600_000,
  );

  test('every way such a run can end was met', () => {
    expect([...kinds.keys()]).toEqual(expect.arrayContaining(['asleep', 'budget', 'wedged']));
    expect(kinds.get('budget')).toBeGreaterThan(WORDS / BUDGET / 2);
  });
});
