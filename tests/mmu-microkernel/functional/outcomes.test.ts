import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../platforms/machine/machine.js';
import { cycles, instructions } from '../../../platforms/machine/units.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { booked, expectMemoryExhausted, FOREVER, freshMachine, poke, program, register, run } from './guest.js';
import { finish, outcomeOf, randomPrograms } from './random-programs.js';
import { PageTables, RWX } from './page-table.js';

const TIMINGS: readonly ParameterValues[] = [{}, { timing: 'common' }];

describe.each(TIMINGS)('wedged, %j', (parameters) => {
  test.each([
    ['an error range', 0x100],
    ['a device', 0x40000000],
  ])('a handler in %s', (_, handler) => {
    const { stop, machine } = run(`_start: li t0, ${handler}\n csrw mtvec, t0\n ecall`, { parameters });
    expect(stop).toMatchObject({ kind: 'wedged', pc: handler });
    expect(machine.run(cycles(1))).toEqual(stop);
    expect(machine.run(FOREVER)).toEqual(stop);
  });

  test.each(['lw t0, 1(zero)', '.word 0xffffffff', 'ecall', 'lw t0, 0(zero)', 'amoadd.w t0, t0, (zero)'])(
    'a handler that begins with %s',
    (first) => {
      const { stop, guest } = run(
        `.option norvc\n _start: la t0, handler\n csrw mtvec, t0\n nop\n ecall\n .balign 4\n handler: ${first}`,
        { parameters },
      );
      expect(stop).toMatchObject({ kind: 'wedged', pc: guest.address('handler') });
    },
  );

  test('a handler of S-mode that S-mode cannot fetch', () => {
    const machine = freshMachine(parameters);
    const tables = new PageTables(machine).superpage(0x60000000, 0x60000000, RWX);
    poke(machine, 0x60000000, 0x73);
    for (const [name, value] of [
      ['satp', tables.satp()],
      ['medeleg', 0xb3f7],
      ['stvec', 0x80000000],
      ['privilege', 1],
    ] as const) {
      machine.setRegister(name, value);
    }
    expect(machine.run(FOREVER)).toMatchObject({ kind: 'wedged', pc: 0x80000000 });
  });

  test('one handler address for both modes, which only M-mode can fetch, is none', () => {
    const machine = freshMachine(parameters);
    const tables = new PageTables(machine).superpage(0x60000000, 0x60000000, RWX);
    poke(machine, 0x60000000, 0x73);
    poke(machine, 0x61000000, 0x00022223); // sw zero, 4(tp)
    for (const [name, value] of [
      ['satp', tables.satp()],
      ['medeleg', 0x200],
      ['stvec', 0x61000000],
      ['mtvec', 0x61000000],
      ['privilege', 1],
    ] as const) {
      machine.setRegister(name, value);
    }
    expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
    expect([register(machine, 'scause'), register(machine, 'mcause')]).toEqual([9, 12]);
  });

  test('a handler whose first load goes through MPRV the first time only is none', () => {
    const machine = freshMachine(parameters);
    const tables = new PageTables(machine).superpage(0x60000000, 0x60000000, RWX);
    poke(machine, 0x60000000, 0x73);
    poke(machine, 0x61000000, 0x00052583, 0x00022223); // lw a1, 0(a0); sw zero, 4(tp)
    // from S-mode with MPRV set: the handler in M-mode loads as S, and traps again with MPP = M
    for (const [name, value] of [
      ['satp', tables.satp()],
      ['mtvec', 0x61000000],
      ['mstatus', 1 << 17],
      ['a0', 0x70000000],
      ['privilege', 1],
    ] as const) {
      machine.setRegister(name, value);
    }
    expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
    expect(machine.counters.traps).toBe(2);
  });

  test('a handler that traps later than at its first instruction uses up its budget', () => {
    const { stop } = run('_start: la t0, h\n csrw mtvec, t0\n ecall\n .balign 4\n h: nop\n ecall', { parameters });
    expect(stop.kind).toBe('budget');
  });

  test('a reset ends it', () => {
    const { machine } = run('_start: li t0, 0x100\n csrw mtvec, t0\n ecall', { parameters });
    machine.reset();
    machine.load(program('_start: li t0, 3\n sw t0, 4(tp)').image);
    machine.setRegister('tp', 0x40000000);
    expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 3 });
  });
});

describe.each(TIMINGS)('asleep, %j', (parameters) => {
  test('wfi that nothing can wake, with or without a limit', () => {
    for (const limit of [FOREVER, cycles(1_000_000)]) {
      const guest = program('_start: nop\n wfi\n nop');
      const machine = freshMachine(parameters);
      machine.load(guest.image);
      const stop = machine.run(limit);
      expect(stop).toEqual({ kind: 'asleep', pc: 0x60000002 });
      expect(machine.run(FOREVER)).toEqual(stop);
      expect(machine.counters.instructions).toBe(1);
    }
  });

  test('a timer that is not enabled fires, and then nothing is left', () => {
    const { stop, machine } = run('_start: li t0, 700\n sw t0, 12(tp)\n wfi', { parameters });
    expect(stop.kind).toBe('asleep');
    expect(machine.bench?.timerRises).toHaveLength(1);
    expect(machine.counters.cycles).toBeGreaterThan(700);
  });
});

describe.each(TIMINGS)('memory, %j', (parameters) => {
  const touching = (instruction: string): string => `
    _start: lui t0, 0x61000
      lui t1, 1
    again: addi a0, a0, 3
      mul a1, a0, a0
      ${instruction}
      add t0, t0, t1
      mul a1, a1, a1
      j again`;

  test.each(['sw t0, 0(t0)', 'lw t2, 0(t0)', 'amoadd.w t2, t2, (t0)', 'sb t0, 0(t0)\n lbu t2, 1(t0)'])(
    'a guest that touches too much: %s',
    (instruction) => {
      const machine = freshMachine(parameters);
      const [other] = randomPrograms(150, 7);
      machine.load(other.image);
      finish(machine);
      const expected = outcomeOf(machine);
      machine.reset();
      const guest = program(touching(instruction));
      machine.load(guest.image);
      expectMemoryExhausted(machine, guest, 1);
      // and nothing of it is left
      machine.reset();
      machine.load(other.image);
      finish(machine);
      expect(outcomeOf(machine)).toEqual(expected);
    },
  );

  test('a guest that touches too much behind a page table: the walk has its cycles', () => {
    const machine = freshMachine(parameters);
    const tables = new PageTables(machine);
    for (let at = 0x60000000; at < 0x68000000; at += 1 << 22) tables.superpage(at, at, RWX);
    const { image } = program(touching('sw t0, 0(t0)'));
    machine.memory.load(image.segments[0].physical, image.segments[0].data);
    machine.setRegister('satp', tables.satp());
    machine.setRegister('privilege', 1);
    machine.setRegister('pc', image.entry);
    expect(machine.run(FOREVER).kind).toBe('memory');
    expect(booked(machine)).toBe(machine.counters.cycles);
  });

  test('a guest that executes too much', () => {
    const { stop, machine } = run(
      `.option norvc
      _start: lui t0, 0x61000
        lui t1, 1
        li t2, 0x00008067  # ret
      again: sw t2, 0(t0)
        jalr ra, 0(t0)
        add t0, t0, t1
        j again`,
      { parameters },
    );
    expect(stop.kind).toBe('memory');
    expect(booked(machine)).toBe(machine.counters.cycles);
  });
});

describe.each(TIMINGS)('exit, %j', (parameters) => {
  test.each([0, 1, 7, 0xffffffff])('by the device, with code %i', (code) => {
    const { stop, machine, outputs } = run(`_start: li t0, ${code}\n sw t0, 4(tp)\n sw t0, 0(tp)\n exit`, {
      parameters,
    });
    expect(stop).toEqual({ kind: 'exit', code });
    expect(outputs).toEqual([]);
    const before = outcomeOf(machine);
    expect(machine.run(FOREVER)).toEqual(stop);
    expect(outcomeOf(machine)).toEqual(before);
  });

  test('by an AMO on the device', () => {
    expect(run('_start: addi a0, tp, 4\n li a1, 6\n amoor.w a2, a1, (a0)', { parameters }).stop).toEqual({
      kind: 'exit',
      code: 6,
    });
  });

  const toHost = (value: number, store: string): { machine: Machine; prepared: ReturnType<typeof run> } => {
    const prepared = run(
      `.option norvc
      _start: la a0, tohost
        sw zero, 0(a0)
        li a1, ${value}
        sw a1, -4(a0)
        ${store}
        j .
        .balign 64
        .word 0
        tohost: .word 0`,
      {
        parameters,
        prepare: (machine, guest) => {
          machine.setToHost(guest.address('tohost') as never);
          machine.setBudget(instructions(1000));
        },
      },
    );
    prepared.machine.setToHost(undefined);
    return { machine: prepared.machine, prepared };
  };

  test.each([
    [1, 0, 'sw a1, 0(a0)'],
    [3, 1, 'sw a1, 0(a0)'],
    [0x54, 0x2a, 'sw a1, 0(a0)'],
    [0xfffffffe, 0x7fffffff, 'sw a1, 0(a0)'],
    [5, 2, 'sb a1, 0(a0)'],
    [5, 2, 'amoswap.w a2, a1, (a0)'],
    [5, 2, 'lr.w a2, (a0)\n sc.w a2, a1, (a0)'],
  ])('a store of %i to tohost is code %i: %s', (value, code, store) => {
    const { machine, prepared } = toHost(value, store);
    expect(prepared.stop).toEqual({ kind: 'exit', code });
    // the store retires, the jump behind it does not
    expect(machine.counters.instructions).toBeLessThan(9);
  });

  test('a store of 0, or next to it, does nothing', () => {
    expect(toHost(0, 'sw a1, 0(a0)').prepared.stop.kind).toBe('budget');
    expect(toHost(5, 'sw a1, 4(a0)').prepared.stop.kind).toBe('budget');
    expect(toHost(5, 'lw a1, 0(a0)').prepared.stop.kind).toBe('budget');
  });

  test('a reset forgets it', () => {
    const guest = program('_start: la a0, word\n li a1, 1\n sw a1, 0(a0)\n j .\n .balign 64\n word: .word 0');
    const machine = freshMachine(parameters);
    machine.setToHost(guest.address('word') as never);
    machine.reset();
    machine.load(guest.image);
    machine.setBudget(instructions(100));
    expect(machine.run(FOREVER).kind).toBe('budget');
  });
});

test('setRegister refuses names that there are not, and x0 stays 0', () => {
  const machine = freshMachine();
  expect(() => machine.setRegister('x99', 1)).toThrow(RangeError);
  expect(() => machine.setRegister('toString', 1)).toThrow(RangeError);
  machine.setRegister('zero', 5);
  expect(register(machine, 'zero')).toBe(0);
  machine.setRegister('a0', -1);
  expect(register(machine, 'a0')).toBe(0xffffffff);
});
