import { describe, expect, test } from 'vitest';
import type { Machine, TraceEvent } from '../../../platforms/machine/machine.js';
import { cycles, instructions } from '../../../platforms/machine/units.js';
import { FOREVER, freshMachine, program, Random, register } from './guest.js';
import { finish, type Outcome, outcomeOf, type RandomProgram, randomPrograms, VARIANTS } from './random-programs.js';

/** Interrupts, wfi, a timer and traps, which the random programs do not have. */
const INTERRUPTED: RandomProgram = {
  name: 'interrupts and wfi',
  mode: 'M',
  outputs: [],
  image: program(`
    .option norvc
    _start: la t0, handler
      csrw mtvec, t0
      li t0, 0x88
      csrw mie, t0
      li s0, 40
      li s1, 61
    again: csrsi mstatus, 8
      sw s1, 12(tp)
      .rept 9
      div t1, s1, s0
      lw t2, 0(sp)
      addi sp, sp, 36
      sw t1, 0(sp)
      .endr
      csrci mstatus, 8
      andi t3, s0, 1
      beqz t3, 1f
      sw s1, 12(tp)
      wfi
      sw zero, 8(tp)
    1: addi s1, s1, 5
      ecall
      addi s0, s0, -1
      bnez s0, again
      exit
    .balign 4
    handler: csrr t4, mcause
      out t4
      bltz t4, 2f
      csrr t4, mepc
      addi t4, t4, 4
      csrw mepc, t4
      mret
    2: sw zero, 8(tp)
      mret`).image,
};

const PROGRAMS = randomPrograms(5, 1);
const SOME = [...randomPrograms(10, 3), INTERRUPTED];

function begin(machine: Machine, { image }: RandomProgram): void {
  machine.reset();
  machine.load(image);
  machine.setRegister('tp', 0x40000000);
  machine.setRegister('sp', 0x60180000);
  machine.setBudget(instructions(10_000_000));
}

function wholeRun(machine: Machine, guest: RandomProgram): Outcome {
  begin(machine, guest);
  finish(machine);
  const outcome = outcomeOf(machine);
  if (guest.outputs.length > 0) expect(outcome.outputs).toEqual(guest.outputs);
  return outcome;
}

describe.each(VARIANTS)('%s', (_, parameters) => {
  test('any slicing gives the same cycles, state, ledger and counters (seed 21)', () => {
    const machine = freshMachine(parameters);
    const random = new Random(21);
    for (const guest of [...PROGRAMS, INTERRUPTED]) {
      const expected = wholeRun(machine, guest);
      begin(machine, guest);
      const longest = random.pick([3, 40, 600, 5000]);
      for (;;) {
        const before = machine.counters.cycles;
        const limit = before + 1 + random.below(longest);
        const stop = machine.run(cycles(limit));
        if (stop.kind === 'exit') break;
        expect(stop).toEqual({ kind: 'limit' });
        // the first boundary at or after the limit: nothing takes long in these programs but wfi
        expect(machine.counters.cycles).toBeGreaterThanOrEqual(limit);
      }
      expect([guest.name, outcomeOf(machine)]).toEqual([guest.name, expected]);
    }
  });

  test('slices of one cycle stop at every instruction boundary', () => {
    const machine = freshMachine(parameters);
    const expected = wholeRun(machine, INTERRUPTED);
    begin(machine, INTERRUPTED);
    let boundaries = 0;
    let last = machine.counters.instructions;
    while (machine.run(cycles(machine.counters.cycles + 1)).kind === 'limit') {
      const { instructions: now } = machine.counters;
      expect(now - last).toBeLessThanOrEqual(1);
      last = now;
      boundaries++;
    }
    expect(boundaries).toBeGreaterThan(1000);
    expect(outcomeOf(machine)).toEqual(expected);
  });

  test('a limit that has passed runs nothing', () => {
    const machine = freshMachine(parameters);
    begin(machine, INTERRUPTED);
    machine.run(cycles(3000));
    const before = outcomeOf(machine);
    for (const limit of [0, 1, before.counters.cycles]) {
      expect(machine.run(cycles(limit))).toEqual({ kind: 'limit' });
      expect(outcomeOf(machine)).toEqual(before);
    }
  });

  test('reset gives exactly the first run again', () => {
    const machine = freshMachine(parameters);
    for (const guest of SOME) {
      const first = wholeRun(machine, guest);
      // leave every part of the machine in a state that is not reset's
      begin(machine, PROGRAMS[3]);
      machine.run(cycles(11_777));
      expect([guest.name, wholeRun(machine, guest)]).toEqual([guest.name, first]);
    }
  });

  test('snapshots at random points go on identically, cycles included, whatever ran in between (seed 22)', () => {
    const machine = freshMachine(parameters);
    const random = new Random(22);
    for (const guest of SOME) {
      const expected = wholeRun(machine, guest);
      begin(machine, guest);
      const taken = [];
      const points = Array.from({ length: 12 }, () => 133 + random.below(expected.counters.cycles - 140));
      for (const point of points.sort((a, b) => a - b)) {
        machine.run(cycles(point));
        taken.push({ snapshot: machine.snapshot(), state: outcomeOf(machine) });
      }
      finish(machine);
      expect(outcomeOf(machine)).toEqual(expected);
      for (const { snapshot, state } of taken.sort(() => random.word() - 2 ** 31)) {
        if (random.once(2)) {
          begin(machine, random.pick(SOME));
          machine.run(cycles(random.below(20_000)));
        }
        machine.restore(snapshot);
        expect([guest.name, state.counters.cycles, outcomeOf(machine)]).toEqual([
          guest.name,
          state.counters.cycles,
          state,
        ]);
        finish(machine);
        expect([guest.name, state.counters.cycles, outcomeOf(machine)]).toEqual([
          guest.name,
          state.counters.cycles,
          expected,
        ]);
      }
    }
  });

  test('saved and restored every hundred cycles it is the same run', () => {
    const machine = freshMachine(parameters);
    for (const guest of SOME) {
      const expected = wholeRun(machine, guest);
      begin(machine, guest);
      while (machine.run(cycles(machine.counters.cycles + 97)).kind === 'limit') machine.restore(machine.snapshot());
      expect([guest.name, outcomeOf(machine)]).toEqual([guest.name, expected]);
    }
  });

  test('probes do not change cycles, nor does adding and removing them on the way (seed 23)', () => {
    const machine = freshMachine(parameters);
    const random = new Random(23);
    for (const guest of SOME) {
      machine.probes.clear();
      const expected = wholeRun(machine, guest);
      begin(machine, guest);
      let fired = 0;
      const handler = (): boolean => {
        fired++;
        if (random.once(20)) probeSomewhere();
        return random.once(3);
      };
      const { physical: start, data } = guest.image.segments[0];
      const size = Math.min(data.length, 0x3000);
      const probeSomewhere = (): void => machine.probes.add((start + 2 * random.below(size / 2)) as never, handler);
      for (let i = 0; i < 200; i++) probeSomewhere();
      for (;;) {
        const stop = machine.run(FOREVER);
        if (stop.kind === 'exit') break;
        expect(stop).toEqual({ kind: 'probe' });
      }
      machine.probes.clear();
      expect([guest.name, outcomeOf(machine)]).toEqual([guest.name, expected]);
      expect(fired).toBeGreaterThan(3);
    }
  });

  test('the trace hook does not change cycles and lists every instruction and trap', () => {
    const machine = freshMachine(parameters);
    for (const guest of SOME) {
      const expected = wholeRun(machine, guest);
      begin(machine, guest);
      const seen = { retire: 0, trap: 0 };
      let last = -1;
      const wrong: TraceEvent[] = [];
      machine.setTrace((event) => {
        seen[event.kind]++;
        if (event.cycle <= last || (event.kind === 'retire') !== (event.word !== 0)) wrong.push({ ...event });
        last = event.cycle;
      });
      finish(machine);
      machine.setTrace(undefined);
      expect(wrong.slice(0, 3)).toEqual([]);
      const { counters } = expected;
      expect(seen).toEqual({ retire: counters.instructions, trap: counters.traps });
      expect([guest.name, outcomeOf(machine)]).toEqual([guest.name, expected]);
    }
  });

  test('the trace shows the fault of a fetch that is made while an interrupt is pending', () => {
    const machine = freshMachine(parameters);
    // mret lets the pending interrupt in and goes to where nothing can be fetched
    const guest = program(`.option norvc
      _start: la t0, handler
      csrw mtvec, t0
      li t0, 8
      csrw mie, t0
      li t1, 2
      sw t1, 8(tp)
      settle
      li t2, 0x100
      csrw mepc, t2
      li t2, 0x1880
      csrw mstatus, t2
      mret
      .balign 4
      handler: csrr t3, mcause
      out t3
      bltz t3, 1f
      la t2, after
      csrw mepc, t2
      mret
    1: sw zero, 8(tp)
      settle
      mret
      after: exit`);
    machine.load(guest.image);
    const traps: [number, number][] = [];
    machine.setTrace(({ kind, pc, cause }) => {
      if (kind === 'trap') traps.push([pc, cause]);
    });
    finish(machine);
    machine.setTrace(undefined);
    expect(traps).toEqual([
      [0x100, 1],
      [guest.address('after'), 0x80000003],
    ]);
    expect(machine.bench?.outputs).toEqual([1, 0x80000003]);
  });

  test('the budget stops after exactly so many instructions, and can be raised', () => {
    const machine = freshMachine(parameters);
    for (const guest of [PROGRAMS[0], INTERRUPTED]) {
      const expected = wholeRun(machine, guest);
      begin(machine, guest);
      for (const budget of [1, 2, 3, 50, 51, 1000, 1001, 1007]) {
        machine.setBudget(instructions(budget));
        expect(machine.run(FOREVER)).toEqual({ kind: 'budget', budget });
        expect(machine.counters.instructions).toBe(budget);
        expect(machine.run(FOREVER)).toEqual({ kind: 'budget', budget });
      }
      machine.setBudget(instructions(10_000_000));
      finish(machine);
      expect(outcomeOf(machine)).toEqual(expected);
    }
  });
});

describe('snapshots', () => {
  test('one taken in wfi goes on behind it', () => {
    const machine = freshMachine();
    const guest = program(`_start: li t0, 0x80
      csrw mie, t0
      li t0, 3000
      sw t0, 12(tp)
      wfi
      addi a0, a0, 1
      exit`);
    machine.load(guest.image);
    machine.run(cycles(1500));
    const snapshot = machine.snapshot();
    const before = machine.counters;
    expect(machine.run(FOREVER).kind).toBe('exit');
    const expected = outcomeOf(machine);
    expect(register(machine, 'a0')).toBe(1);
    machine.restore(snapshot);
    expect(machine.counters).toEqual(before);
    expect(machine.run(FOREVER).kind).toBe('exit');
    expect(outcomeOf(machine)).toEqual(expected);
  });

  test('one of another kind of machine is refused', () => {
    expect(() => freshMachine().restore({ machine: 'something else' })).toThrow(/something else/);
  });

  test('a snapshot of an ended run is an ended run', () => {
    const machine = freshMachine();
    machine.load(program('_start: li t0, 5\n sw t0, 4(tp)').image);
    const before = machine.snapshot();
    const stop = machine.run(FOREVER);
    expect(stop).toEqual({ kind: 'exit', code: 5 });
    const ended = machine.snapshot();
    machine.restore(before);
    expect(machine.run(cycles(1))).toEqual({ kind: 'limit' });
    machine.restore(ended);
    expect(machine.run(FOREVER)).toEqual(stop);
  });

  test('it is not changed by what runs afterwards', () => {
    const machine = freshMachine();
    begin(machine, INTERRUPTED);
    machine.run(cycles(2000));
    const snapshot = machine.snapshot();
    const copy = structuredClone(snapshot);
    finish(machine);
    expect(snapshot).toEqual(copy);
  });
});

describe('state hash', () => {
  test('sees a register, a CSR, memory and devices, and not the timing', () => {
    const hash = (source: string, parameters = {}): string => {
      const machine = freshMachine(parameters);
      machine.load(program(`.balign 4\n _start: ${source}\n .balign 64\n end: exit`).image);
      machine.probes.add(program(`_start: ${source}\n .balign 64\n end: exit`).address('end') as never, () => true);
      machine.run(FOREVER);
      return machine.stateHash();
    };
    const base = hash('li a0, 1');
    expect(hash('li a0, 1')).toBe(base);
    expect(hash('li a0, 1', { memoryLatency: 9 })).toBe(base);
    expect(hash('li a0, 1', { timing: 'common' })).toBe(base);
    for (const other of [
      'li a0, 2',
      'li a0, 1\n csrw mscratch, a0',
      'li a0, 1\n sw a0, 0x40(sp)',
      'li a0, 1\n out a0',
    ]) {
      expect(hash(`li sp, 0x60100000\n ${other}`)).not.toBe(hash('li sp, 0x60100000\n li a0, 1'));
    }
  });
});
