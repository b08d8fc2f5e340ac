import { describe, expect, test } from 'vitest';
import { isWithin } from '../../../platforms/cheri/hardware/capability-bounds.js';
import type { Machine } from '../../../platforms/machine/machine.js';
import { cycles, instructions, physical } from '../../../platforms/machine/units.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { CHERIOT_INSTRUCTIONS } from '../../../platforms/riscv/cheriot.js';
import { bytesOf, checkLedger, freshMachine, program, Random } from './guest.js';

/*
 * Random instruction words executed from random states: whatever the guest does, the host neither throws nor hangs, every
 * cycle has a cause, and a run in pieces is the run in one piece. And whatever it does, it does not get more authority than
 * it was given.
 */

/** Words executed (retired or trapped) in all variants together, those of the trap handler not counted. */
const WORDS = process.env['BULKHEAD_LONG'] === '1' ? 10_000_000 : 100_000;
/** Instructions and cycles that one case may take. */
const BUDGET = 1000;
const LIMIT = cycles(200_000);
/** One case in so many is run again in pieces. */
const REPEATED = 8;

const CODE = 0x20001000;
const CODE_WORDS = 512;
const DATA = 0x20050000;
const DATA_BYTES = 0x1000;
const SECRET = 0x20060000;

const VARIANTS: readonly (readonly [name: string, parameters: ParameterValues])[] = [
  ['safe33', {}],
  ['one port', { memoryPorts: 1 }],
  ['waits, 65 bits', { instructionWait: 1, dataWait: 1, dataBusBits: 65 }],
  ['common timing', { timing: 'common', commonWait: 1 }],
  [
    'no quirk, no filter',
    {
      loadFilter: false,
      trapValueZero: false,
      userMode: false,
      addressCsrs: false,
      counterWrites: false,
      markPerTransfer: false,
      faultsRetire: false,
      countsAhead: false,
    },
  ],
];

/**
 * A trap handler that lets the random words go on: it skips an instruction that traps, goes on at another place of the
 * random words when the program counter is lost, and ends every interrupt. It keeps its own registers in MTDC.
 */
const handler = `
  .p2align 2
fuzz_handler:
  cspecialrw csp, mtdc, csp
  csc ca0, 8(csp)
  csc ca1, 16(csp)
  csrr a0, mcause
  bltz a0, 3f
  cspecialrw ca1, mepcc, cnull
  cgettag a0, ca1
  beqz a0, 2f
  cincoffset ca1, ca1, 4
  cgettag a0, ca1
  bnez a0, 1f
2: clw a0, 4(csp)
  addi a0, a0, 70
  andi a0, a0, ${4 * CODE_WORDS - 2}
  csw a0, 4(csp)
  clc ca1, 24(csp)
  cincoffset ca1, ca1, a0
1: cspecialrw cnull, mepcc, ca1
  li a0, 0x1800
  csrs mstatus, a0
  j 4f
3: csrw mie, zero
  li a0, 0x1800
  csrs mstatus, a0
4: clc ca1, 16(csp)
  clc ca0, 8(csp)
  cspecialrw csp, mtdc, csp
  mret
`;

/** Starts random code with what it may have; the words and the seed decide about all the rest. */
const setUp = (system: boolean): ReturnType<typeof program> =>
  program(`
  lui t1, 0x20070
  csetaddr csp, cgp, t1
  csetbounds csp, csp, 64
  0: auipcc ca0, %cheriot_compartment_hi(fuzz_handler)
  cincoffset ca0, ca0, %cheriot_compartment_lo_i(0b)
  cspecialrw cnull, mtcc, ca0
  li t0, ${CODE}
  csetaddr ca1, ctp, t0
  csetbounds ca1, ca1, ${CODE_WORDS * 2}
  li t0, ${CODE}
  csetaddr ca1, ctp, t0
  li t0, ${CODE_WORDS * 4}
  csetbounds ca1, ca1, t0
  ${system ? '' : 'li t0, 0x16b\n candperm ca1, ca1, t0'}
  csc ca1, 24(csp)
  csw zero, 4(csp)
  cspecialrw cnull, mtdc, csp
  cspecialrw ca2, mscratchc, cnull
  cspecialrw cnull, mscratchc, cnull
  li t0, 9
  csetaddr ca2, ca2, t0
  csetbounds ca2, ca2, 2
  li t0, ${DATA_BYTES}
  csetbounds cs1, cs1, t0
  cmove ctp, ca1
  cmove csp, cs1
  cmove cgp, cs1
  cmove cra, cnull
  cmove cs0, cnull
  cmove ca0, cs1
  cmove ct0, cs1
  cmove ca3, cs1
  cmove ca4, ca1
  cmove ca5, ca2
  cmove ca1, cs1
  cmove ct2, cs1
  cjr ctp
  ${handler}`);
const PRIVILEGED = setUp(true);
const CONFINED = setUp(false);

/** A word of any kind, or (mostly) one with the fixed bits of a real instruction; two halves may be two of them. */
function instruction(random: Random): number {
  if (random.once(8)) return random.word();
  const { match, mask, length } = random.pick(CHERIOT_INSTRUCTIONS);
  // registers of RV32E, most of the time
  const value = ((random.word() & ~mask & (random.once(9) ? -1 : 0xfff7f7ff)) | match) >>> 0;
  if (length === 4) return value;
  return ((value & 0xffff) | ((random.once(2) ? 0x0001 : instruction(random) & 0xffff) << 16)) >>> 0;
}

function prepare(machine: Machine, seed: number, confined: boolean): void {
  const random = new Random(seed);
  machine.reset();
  machine.load((confined ? CONFINED : PRIVILEGED).image);
  machine.setBudget(instructions(BUDGET));
  const words = Array.from({ length: CODE_WORDS }, () => instruction(random));
  machine.memory.load(physical(CODE), bytesOf(words));
  const data = Array.from({ length: DATA_BYTES / 4 }, () => random.word());
  machine.memory.load(physical(DATA), bytesOf(data));
}

function inPieces(machine: Machine, seed: number): ReturnType<Machine['run']> {
  const random = new Random(seed + 1);
  for (;;) {
    const limit = Math.min(LIMIT, machine.counters.cycles + 1 + random.below(random.pick([20, 300])));
    const stop = machine.run(cycles(limit));
    if (stop.kind !== 'limit' || limit === LIMIT) return stop;
    if (random.once(5)) machine.restore(machine.snapshot());
  }
}

const outcome = (machine: Machine): unknown => [machine.counters, machine.stateHash(), machine.bench?.outputs];

describe('random words', () => {
  test.each(VARIANTS.map(([name, parameters], i) => ({ name, parameters, seed: 1_000_000 * (i + 1) })))(
    '$name (seeds from $seed)',
    ({ parameters, seed: firstSeed }) => {
      const machine = freshMachine(parameters);
      let executed = 0;
      for (let seed = firstSeed; executed < WORDS / VARIANTS.length; seed++) {
        prepare(machine, seed, false);
        const stop = machine.run(LIMIT);
        // a trap is one word and at most 22 instructions of the handler
        executed += Math.max(1, machine.counters.instructions - 21 * machine.counters.traps);
        checkLedger(machine, `seed ${seed}`);
        if (seed % REPEATED !== 0 || stop.kind === 'budget') continue;
        const expected = outcome(machine);
        prepare(machine, seed, false);
        const again = inPieces(machine, seed);
        expect([seed, again, outcome(machine)]).toEqual([seed, stop, expected]);
      }
    },
    600_000,
  );

  test('confined code never gets authority over memory that it was not given (seeds from 9000000)', () => {
    const machine = freshMachine();
    let tagged = 0;
    for (let seed = 9_000_000; seed < 9_000_000 + WORDS / 400; seed++) {
      prepare(machine, seed, true);
      machine.memory.load(physical(SECRET), bytesOf([1, 2, 3, 4]));
      machine.run(LIMIT);
      const kept = new Uint32Array(machine.memory.dump(physical(SECRET), 16).buffer);
      expect([seed, ...kept]).toEqual([seed, 1, 2, 3, 4]);
      for (const { name, value, metadata = 0, tag = false } of machine.registers()) {
        // the handler's own registers and the special registers hold more
        if (!tag || !name.startsWith('c') || name === 'pcc') continue;
        tagged++;
        const reaches = [SECRET, DATA + DATA_BYTES, DATA - 1, 0x20000080].some((at) =>
          isWithin(metadata | 0, value | 0, at, 1),
        );
        const isHandler = machine.pc < CODE;
        if (reaches && !isHandler && ((metadata >>> 25) & 0x18) !== 0)
          throw new Error(`seed ${seed}: ${name} reaches beyond its rights`);
      }
    }
    expect(tagged).toBeGreaterThan(100);
  });
});
