import { describe, expect, test } from 'vitest';
import { KINDS, ledgerSpan, type LedgerReading } from '../../../platforms/machine/ledger.js';
import type { Machine } from '../../../platforms/machine/machine.js';
import { cycles, instructions } from '../../../platforms/machine/units.js';
import { FOREVER, freshMachine, program, Random } from './guest.js';
import { type Guest, GUESTS, VARIANTS } from './guests.js';

function begin(machine: Machine, { image }: Guest): void {
  machine.reset();
  machine.load(image);
  machine.setBudget(instructions(10_000_000));
}

/** Everything that a run leaves. */
function outcomeOf(machine: Machine): unknown {
  return {
    counters: machine.counters,
    registers: machine.registers(),
    hash: machine.stateHash(),
    outputs: machine.bench?.outputs,
    ledger: [...machine.ledger.read().matrix],
  };
}

function wholeRun(machine: Machine, guest: Guest): unknown {
  begin(machine, guest);
  expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
  if (guest.outputs.length > 0 && !guest.name.startsWith('i'))
    expect(machine.bench?.outputs.length).toBe(guest.outputs.length);
  return outcomeOf(machine);
}

describe.each(VARIANTS)('%s', (_, parameters) => {
  test('any slicing, with snapshots and traces between, gives the same (seed 21)', () => {
    const machine = freshMachine(parameters);
    const random = new Random(21);
    for (const guest of GUESTS) {
      const expected = wholeRun(machine, guest);
      begin(machine, guest);
      const longest = random.pick([17, 60, 600]);
      for (;;) {
        const limit = machine.counters.cycles + 1 + random.below(longest);
        const stop = machine.run(cycles(limit));
        if (stop.kind === 'exit') break;
        expect(stop).toEqual({ kind: 'limit' });
        expect(machine.counters.cycles).toBeGreaterThanOrEqual(limit);
        if (random.once(40)) machine.restore(machine.snapshot());
        if (random.once(20)) machine.setTrace(random.once(2) ? () => undefined : undefined);
      }
      machine.setTrace(undefined);
      expect([guest.name, outcomeOf(machine)]).toEqual([guest.name, expected]);
    }
  });

  test('a snapshot brings everything back, whatever ran meanwhile', () => {
    const machine = freshMachine(parameters);
    const [first, second] = [GUESTS[0], GUESTS[GUESTS.length - 1]];
    for (const guest of [first, second]) {
      const expected = wholeRun(machine, guest);
      begin(machine, guest);
      machine.run(cycles(1500));
      const snapshot = machine.snapshot();
      const then = machine.stateHash();
      wholeRun(machine, guest === first ? second : first);
      machine.restore(snapshot);
      expect(machine.stateHash()).toBe(then);
      machine.run(FOREVER);
      expect(outcomeOf(machine)).toEqual(expected);
    }
  });

  test('between any two probes the phases and the kinds sum to the cycles', () => {
    const machine = freshMachine(parameters);
    let spans = 0;
    for (const guest of GUESTS) {
      begin(machine, guest);
      let before: { cycle: number; instructions: number; reading: LedgerReading } | undefined;
      const { physical: start, data } = guest.image.segments[0];
      for (let offset = 0; offset < data.length; offset += 58) {
        machine.probes.add((start + offset) as never, (event) => {
          const { cycle } = event;
          const reading = machine.ledger.read(cycle);
          if (before !== undefined) {
            const { byKind } = ledgerSpan(before.reading, reading, cycle - before.cycle);
            if (byKind.issue !== event.instructions - before.instructions) throw new Error(`${guest.name}: issue`);
            for (const [kind, amount] of Object.entries(byKind)) {
              if (amount < 0) throw new Error(`${guest.name}: ${amount} cycles of ${kind} at ${cycle}`);
            }
            spans++;
          }
          before = { cycle, instructions: event.instructions, reading };
          return false;
        });
      }
      expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
      machine.probes.clear();
      const { matrix } = machine.ledger.read();
      expect([guest.name, matrix.reduce((a, b) => a + b)]).toEqual([guest.name, machine.counters.cycles]);
      let issued = 0;
      for (let i = 0; i < matrix.length; i += KINDS.length) issued += matrix[i];
      expect([guest.name, issued]).toEqual([guest.name, machine.counters.instructions]);
    }
    expect(spans).toBeGreaterThan(500);
  });

  test('probes and traces change nothing', () => {
    const machine = freshMachine(parameters);
    for (const guest of GUESTS) {
      const expected = wholeRun(machine, guest);
      begin(machine, guest);
      const { physical: start, data } = guest.image.segments[0];
      for (let offset = 0; offset < data.length; offset += 2)
        machine.probes.add((start + offset) as never, () => false);
      let events = 0;
      machine.setTrace(() => events++);
      machine.run(FOREVER);
      machine.setTrace(undefined);
      machine.probes.clear();
      expect([guest.name, outcomeOf(machine)]).toEqual([guest.name, expected]);
      expect(events).toBe(machine.counters.instructions + machine.counters.traps);
    }
  });
});

test('the rules that keep time with two ports give the cycles of the pipeline that is stepped', () => {
  // A walk of the revoker makes time be kept cycle by cycle. It asks for the data port only, and not in a loop without data.
  const source = (go: string): string => `
    csw zero, 0x40(cs0)
    li t0, 0xffffff
    csw t0, 0x44(cs0)
    csetbounds ca5, cs1, 16
    ${go}
    nop
    csrr a0, mcycle
    li a1, 20
  1: addi a2, a1, 1
    mul a3, a2, a1
    mulh a3, a2, a1
    .insn r 0x33, 1, 0x30, x13, x11, x12
    .option rvc
    beqz zero, 3f
    nop
  3: .option norvc
    addi a4, zero, 1000
    div a2, a1, a4
    cjal cra, 4f
    csrsi mstatus, 0
    csrs mstatus, zero
    csrsi mie, 8
    csrci mie, 8
    fence.i
    cspecialrw ca4, mtdc, cnull
    addi a1, a1, -1
    bnez a1, 1b
    csrr a1, mcycle
    sub a0, a1, a0
    csw a0, 0(cs0)
    exit
  4: cret`;
  const cyclesOf = (go: string): number => {
    const machine = freshMachine();
    machine.load(program(source(go)).image);
    expect(machine.run(FOREVER).kind).toBe('exit');
    return machine.bench?.outputs.at(-1) ?? 0;
  };
  expect(cyclesOf('csw zero, 0x48(cs0)')).toBe(cyclesOf('csw zero, 0x20(cs0)'));
});

describe('limits', () => {
  test('a limit that has passed runs nothing; a budget ends the run', () => {
    const machine = freshMachine();
    begin(machine, GUESTS[0]);
    machine.run(cycles(3000));
    const before = outcomeOf(machine);
    expect(machine.run(cycles(10))).toEqual({ kind: 'limit' });
    expect(outcomeOf(machine)).toEqual(before);
    machine.setBudget(instructions(machine.counters.instructions + 7));
    expect(machine.run(FOREVER).kind).toBe('budget');
  });

  test('wfi without an interrupt to come is asleep', () => {
    const machine = freshMachine();
    machine.load(program('wfi\n exit').image);
    expect(machine.run(FOREVER).kind).toBe('asleep');
  });
});
