import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../platforms/machine/machine.js';
import { cycles, instructions } from '../../../platforms/machine/units.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { FOREVER, freshMachine, hexOf, outputsOf, poke, program, Random, register } from './guest.js';

/** Interrupts by cause, the most urgent first (privileged ISA 3.1.9). */
const PRIORITY = [11, 3, 7, 9, 1, 5] as const;
const SUPERVISOR_CAUSES = 0x222;

interface Situation {
  readonly mode: 0 | 1 | 3;
  readonly mie: boolean;
  readonly sie: boolean;
  /** Pending and enabled causes, and those that go to S, as bits. */
  readonly pending: number;
  readonly enabled: number;
  readonly delegated: number;
}

/** Which interrupt is taken and by which mode (privileged ISA 3.1.6.1, 3.1.8 and 3.1.9). */
function taken({
  mode,
  mie,
  sie,
  pending,
  enabled,
  delegated,
}: Situation): { cause: number; by: 'M' | 'S' } | undefined {
  for (const by of ['M', 'S'] as const) {
    const goesHere = (cause: number): boolean =>
      (((delegated & SUPERVISOR_CAUSES) >> cause) & 1) === (by === 'S' ? 1 : 0);
    const open = by === 'M' ? mode < 3 || mie : mode < 1 || (mode === 1 && sie);
    if (!open) continue;
    const cause = PRIORITY.find((c) => ((pending & enabled) >> c) % 2 === 1 && goesHere(c));
    if (cause !== undefined) return { cause, by };
  }
  return undefined;
}

/**
 * a0: mie; a1: mideleg; a2: mstatus at the mret; a3: interrupt lines; a4: mip. Goes to `body` in mode MPP; the outputs are
 * handler, cause, xepc and xtval, or 0 if nothing happened.
 */
const DISPATCH = program(`
  .option norvc
  _start: la t0, machine
    csrw mtvec, t0
    la t0, supervisor
    csrw stvec, t0
    la t0, body
    csrw mepc, t0
    csrwi 0xbc0, 1
    csrwi 0x9c0, 2
    li t0, 0x1234
    csrw mtval, t0
    csrw stval, t0
    csrw mie, a0
    csrw mideleg, a1
    csrw mstatus, a2
    csrw mip, a4
    sw a3, 8(tp)
    settle
    mret
  body:
    settle
    out zero
    exit
  .balign 4
  machine: li t0, 3
    out t0
    outcsr mcause
    outcsr mepc
    outcsr mtval
    exit
  .balign 4
  supervisor: li t0, 1
    out t0
    outcsr scause
    outcsr sepc
    outcsr stval
    exit
`);

/** Lines of the test device and bits of mip that make exactly these causes pending. */
function sources(pending: number): { lines: number; soft: number } {
  const has = (cause: number): boolean => (pending >> cause) % 2 === 1;
  const lines = (has(7) ? 1 : 0) + (has(3) ? 2 : 0) + (has(11) ? 4 : 0) + (has(9) ? 8 : 0);
  return { lines, soft: pending & 0x22 };
}

function dispatch(situation: Situation): readonly number[] {
  const machine = freshMachine();
  machine.load(DISPATCH.image);
  const { lines, soft } = sources(situation.pending);
  machine.setRegister('a0', situation.enabled);
  machine.setRegister('a1', situation.delegated);
  machine.setRegister('a2', (situation.mode << 11) | (situation.mie ? 0x80 : 0) | (situation.sie ? 2 : 0));
  machine.setRegister('a3', lines);
  machine.setRegister('a4', soft);
  const stop = machine.run(FOREVER);
  if (stop.kind !== 'exit') throw new Error(JSON.stringify(stop));
  return machine.bench!.outputs;
}

function check(situation: Situation): void {
  const expected = taken(situation);
  const outputs = dispatch(situation);
  const body = DISPATCH.address('body');
  const record = expected && [expected.by === 'M' ? 3 : 1, 2 ** 31 + expected.cause, body, 0x1234];
  expect([situation, hexOf(outputs)]).toEqual([situation, hexOf(record ?? [0])]);
}

const bit = (cause: number): number => 2 ** cause;
const binary = [false, true];

describe('what is taken, by whom', () => {
  test.each(PRIORITY)('cause %i alone: every mode, enable and delegation', (cause) => {
    for (const mode of [0, 1, 3] as const) {
      for (const mie of binary) {
        for (const sie of binary) {
          for (const delegated of [0, SUPERVISOR_CAUSES, 0xaaa & ~bit(cause)]) {
            for (const enabled of [0xaaa, bit(cause), 0xaaa & ~bit(cause), 0]) {
              check({ mode, mie, sie, pending: bit(cause), enabled, delegated });
            }
          }
        }
      }
    }
  });

  test('two at once: the more urgent, M before S', () => {
    for (const first of PRIORITY) {
      for (const second of PRIORITY) {
        for (const delegated of [0, 0x222, 0x200, 0x022]) {
          check({ mode: 0, mie: false, sie: false, pending: bit(first) | bit(second), enabled: 0xaaa, delegated });
          check({ mode: 1, mie: false, sie: true, pending: bit(first) | bit(second), enabled: 0xaaa, delegated });
        }
      }
    }
  });

  test('any combination (seed 11)', () => {
    const random = new Random(11);
    for (let i = 0; i < 1500; i++) {
      const some = (): number => random.word() & 0xaaa;
      check({
        mode: random.pick([0, 1, 3] as const),
        mie: random.once(2),
        sie: random.once(2),
        pending: some(),
        enabled: some(),
        delegated: some(),
      });
    }
  });
});

describe('handlers', () => {
  /** A loop that must come out the same however often it is interrupted. a0 = its result, s11 = interrupts. */
  const loop = (sleep: string): string => `
    .option norvc
    _start: la t0, handler
      csrw mtvec, t0
      li t0, 0x80
      csrw mie, t0
      csrsi mstatus, 8
      sw s10, 12(tp)
      li a0, 1
      li a1, 400
    again: mul a0, a0, a1
      addi a0, a0, 7
      sw a0, 64(sp)
      ${sleep}
      lw t1, 64(sp)
      add a0, a0, t1
      addi a1, a1, -1
      bnez a1, again
      csrci mstatus, 8
      out a0
      out s11
      exit
    .balign 4
    handler: csrw mscratch, t0
      sw zero, 8(tp)
      addi s11, s11, 1
      sw s10, 12(tp)
      li t0, 24
    1: addi t0, t0, -1
      bnez t0, 1b
      csrr t0, mscratch
      mret`;

  test('a program does not notice interrupts at any moment', () => {
    const results = new Set<number>();
    let most = 0;
    for (let period = 90; period < 190; period++) {
      const [result, count] = outputsOf(loop(''), { prepare: (m) => started(m, period) });
      results.add(result);
      most = Math.max(most, count);
    }
    expect(results.size).toBe(1);
    expect(most).toBeGreaterThan(50);
  });

  const started = (machine: Machine, period: number): void => {
    machine.setRegister('s10', period);
    machine.setRegister('sp', 0x60100000);
  };

  test('mepc is the instruction that has not run: each address of a run of nops is seen', () => {
    const source = `
      .option norvc
      _start: la t0, handler
        csrw mtvec, t0
        li t0, 0x80
        csrw mie, t0
        csrsi mstatus, 8
        sw s10, 12(tp)
      .balign 32
      body: .rept 64
        addi a0, a0, 1
        .endr
        exit
      .balign 4
      handler: csrr t0, mepc
        la t1, body
        sub t0, t0, t1
        srli t0, t0, 2
        out t0
        out a0
        exit`;
    const seen = new Set<number>();
    for (let delay = 1; delay < 80; delay++) {
      const [index, executed] = outputsOf(source, {
        prepare: (m) => started(m, delay),
        parameters: { memoryLatency: 0 },
      });
      if (index > 64) continue; // before the nops
      expect(executed).toBe(index);
      seen.add(index);
    }
    expect(seen.size).toBeGreaterThan(30);
  });

  test('interrupts are masked in the handler until mret, levels persist', () => {
    const outputs = outputsOf(`
      .option norvc
      _start: la t0, handler
        csrw mtvec, t0
        li t0, 8
        csrw mie, t0
        li t0, 2
        sw t0, 8(tp)
        settle
        csrsi mstatus, 8
        settle
        exit
      .balign 4
      handler: outcsr mstatus
        settle             # still masked, line still high
        addi s11, s11, 1
        li t0, 3
        bne s11, t0, 1f
        sw zero, 8(tp)     # the third time it is acknowledged
        out s11
        settle
      1: mret`);
    expect(hexOf(outputs)).toEqual(hexOf([0x1980, 0x1980, 0x1980, 3]));
  });

  test('a line that goes low before it is enabled leaves nothing', () => {
    const outputs = outputsOf(`
      _start: la t0, handler
        csrw mtvec, t0
        li t0, 0x888
        csrw mie, t0
        li t0, 3
        sw t0, 8(tp)
        settle
        sw zero, 8(tp)
        settle
        csrsi mstatus, 8
        settle
        exit
      .balign 4
      handler: outcsr mcause
        exit`);
    expect(outputs).toEqual([]);
  });
});

describe('latency', () => {
  const source = program(`
    .option norvc
    _start: la t0, handler
      csrw mtvec, t0
      li t0, 0x80
      csrw mie, t0
      csrsi mstatus, 8
      li s1, 7
      sw s10, 12(tp)
    again: div t1, s10, s1
      lw t2, 0(sp)
      addi sp, sp, 64
      sw t2, 0(sp)
      lw t3, 32(tp)
      csrr t4, mscratch
      beqz zero, again
    .balign 4
    handler: exit
  `);

  /** Cycles at which the handler's store ended the run, in slices of `slice` cycles. */
  function endOf(delay: number, slice: number | undefined, parameters: ParameterValues): number {
    const machine = freshMachine(parameters);
    machine.load(source.image);
    machine.setRegister('s10', delay);
    machine.setRegister('sp', 0x60100000);
    for (let limit = slice ?? Infinity; ; limit += slice ?? 0) {
      const stop = machine.run(slice === undefined ? FOREVER : cycles(limit));
      if (stop.kind === 'exit') return machine.counters.cycles;
      if (stop.kind !== 'limit') throw new Error(JSON.stringify(stop));
    }
  }

  test.each([{}, { timing: 'common', commonWait: 1 }, { crossbar: false, memoryLatency: 0 }])(
    'is the same whatever the slice size, for 120 delays: %o',
    (parameters) => {
      for (let delay = 1; delay <= 120; delay++) {
        const whole = endOf(delay, undefined, parameters);
        for (const slice of [1, 2, 3, 7, 50])
          expect([delay, slice, endOf(delay, slice, parameters)]).toEqual([delay, slice, whole]);
      }
    },
  );

  test('and does not depend on the trace hook', () => {
    for (let delay = 1; delay <= 60; delay++) {
      const plain = endOf(delay, undefined, {});
      const machine = freshMachine();
      machine.load(source.image);
      machine.setRegister('s10', delay);
      machine.setRegister('sp', 0x60100000);
      let traps = 0;
      machine.setTrace((event) => {
        if (event.kind === 'trap') traps++;
      });
      expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
      expect([machine.counters.cycles, traps]).toEqual([plain, 1]);
    }
  });

  test('setRegister can enable an interrupt from outside', () => {
    const machine = freshMachine();
    poke(machine, 0x60000000, 0x0000006f); // loop
    poke(machine, 0x60001000, 0x00022223);
    machine.setRegister('mtvec', 0x60001000);
    machine.setBudget(instructions(100_000));
    machine.run(cycles(1000));
    machine.setRegister('mie', 2);
    machine.setRegister('mip', 2);
    machine.run(cycles(2000));
    expect(machine.counters.traps).toBe(0);
    machine.setRegister('mstatus', 8);
    expect(machine.run(FOREVER)).toEqual({ kind: 'exit', code: 0 });
    expect(machine.counters.interrupts).toBe(1);
    expect(register(machine, 'mcause')).toBe(0x80000001);
  });
});
