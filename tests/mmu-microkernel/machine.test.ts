import { describe, expect, it } from 'vitest';
import type { Image } from '../../platforms/machine/image.js';
import { KIND_INDEX, KINDS, type LedgerReading, ledgerSpan, PHASE_INDEX } from '../../platforms/machine/ledger.js';
import type { Machine, TraceEvent } from '../../platforms/machine/machine.js';
import { cycles, instructions, physical } from '../../platforms/machine/units.js';
import { mmuMicrokernel } from '../../platforms/mmu-microkernel/index.js';
import type { ParameterValues } from '../../platforms/platform.js';
import { machineWith, type Outcome, outcome, program, Random, runToEnd, vectorPrograms } from './programs.js';

const paging = mmuMicrokernel.benchmarks.find((b) => b.name === 'paging')!.image();

/** Interrupts of a one-shot timer at varying distances, in code with loads, stores, divisions and calls. */
const INTERRUPTS = `
  .equ ROUNDS, 60
_start:
  la    t0, handler
  csrw  mtvec, t0
  li    s0, 0x40000000
  li    s1, ROUNDS
  li    s2, 3
  lui   s3, 0x60010
  li    t0, 1 << 7
  csrw  mie, t0
  csrsi mstatus, 8
again:
  sw    s2, 12(s0)
  addi  s2, s2, 7
  li    a0, 12
1: lw   a1, 0(s3)
  add   a1, a1, a0
  sw    a1, 4(s3)
  divu  a2, a1, s2
  mul   a3, a2, a1
  call  leaf
  addi  s3, s3, 68
  addi  a0, a0, -1
  bnez  a0, 1b
  andi  t1, s1, 3
  bnez  t1, 2f
  li    t2, 200
  sw    t2, 12(s0)
  wfi
2: addi s1, s1, -1
  bnez  s1, again
  sw    zero, 4(s0)
3: j    3b
leaf:
  lw    a4, 0(s3)
  xor   a4, a4, a1
  ret
  .p2align 2
  .phase kernel
handler:
  sw    zero, 8(s0)
  csrr  a5, mepc
  sw    a5, 0(s0)
  csrr  a5, mcause
  sw    a5, 0(s0)
  mret
`;
const interrupts = program(INTERRUPTS).image;

const vectors = vectorPrograms().filter((p) => p.kind === 'random');
const chosen = new Random(11);
const sample = Array.from({ length: 10 }, () => chosen.of(vectors));

/** Programs that end by themselves, or at a cycle. */
const programs: readonly { name: string; image: Image; until: number; step: number }[] = [
  ...sample.map((p) => ({ name: p.random.name, image: p.image, until: Number.MAX_SAFE_INTEGER, step: 300 })),
  { name: 'paging', image: paging, until: 60_000, step: 500 },
  { name: 'interrupts', image: interrupts, until: Number.MAX_SAFE_INTEGER, step: 60 },
];
const variants: readonly ParameterValues[] = [{}, { timing: 'common', commonWait: 1 }];

function whole(machine: Machine, image: Image, until: number): Outcome {
  machine.reset();
  machine.load(image);
  machine.setBudget(instructions(1e6));
  return outcome(machine, machine.run(cycles(until)));
}

/** Runs on to `until` in slices of random length, `between` after each. */
function sliced(
  machine: Machine,
  until: number,
  random: Random,
  step: number,
  between = (): void => undefined,
): Outcome {
  for (let slices = 0; ; slices++) {
    // a guest that sleeps for good is asleep only in a run without a limit
    if (slices > 300_000) throw new Error('the run does not end');
    const now = machine.counters.cycles;
    const target = Math.min(until, now + random.below(random.below(4) === 0 ? 4 : step));
    const stop = machine.run(cycles(target));
    if (stop.kind !== 'limit' || target === until) return outcome(machine, stop);
    expect(machine.counters.cycles).toBeGreaterThanOrEqual(target);
    between();
  }
}

describe.each(variants)('with parameters %j', (parameters) => {
  describe.each(programs)('$name', ({ image, until, step }) => {
    it('is the same however a run is cut', () => {
      const machine = machineWith(parameters);
      const expected = whole(machine, image, until);
      expect(expected.stop.kind).toBe(until === Number.MAX_SAFE_INTEGER ? 'exit' : 'limit');
      for (let seed = 0; seed < 3; seed++) {
        machine.reset();
        machine.load(image);
        expect(sliced(machine, until, new Random(seed), seed === 2 ? 5000 : step)).toEqual(expected);
      }
    });

    it('is the same after a reset, whatever ran before', () => {
      const machine = machineWith(parameters);
      const expected = whole(machine, image, until);
      machine.reset();
      machine.load(paging);
      machine.run(cycles(7001));
      expect(whole(machine, image, until)).toEqual(expected);
    });

    it('continues from a snapshot as if nothing had been', () => {
      const machine = machineWith(parameters);
      const expected = whole(machine, image, until);
      const random = new Random(77);
      for (let i = 0; i < 4; i++) {
        machine.reset();
        machine.load(image);
        machine.run(cycles(random.below(Math.min(expected.cycles, 60_000))));
        const snapshot = machine.snapshot();
        const before = outcome(machine, { kind: 'limit' });
        for (const other of [paging, interrupts]) {
          machine.reset();
          machine.load(other);
          machine.run(cycles(1000 + random.below(3000)));
        }
        machine.restore(snapshot);
        expect(outcome(machine, { kind: 'limit' })).toEqual(before);
        expect(outcome(machine, machine.run(cycles(until)))).toEqual(expected);
        machine.restore(snapshot);
        expect(sliced(machine, until, random, step)).toEqual(expected);
      }
    });

    it('is the same if every few cycles it is saved and restored', () => {
      const machine = machineWith(parameters);
      const end = Math.min(until, 20_000);
      const expected = whole(machine, image, end);
      machine.reset();
      machine.load(image);
      let last = 0;
      const actual = sliced(machine, end, new Random(5), step, () => {
        const now = machine.counters.cycles;
        if (now - last < 100) return;
        last = now;
        machine.restore(machine.snapshot());
      });
      expect(actual).toEqual(expected);
    });

    it('is the same with probes and trace, and the trace has every instruction', () => {
      const machine = machineWith(parameters);
      const end = Math.min(until, 20_000);
      const expected = whole(machine, image, end);

      let retired = 0;
      let traps = 0;
      let lastCycle = -1;
      let backwards = 0;
      const addresses = new Set<number>();
      machine.setTrace((event) => {
        if (event.kind === 'trap') traps++;
        else {
          retired++;
          if (event.cycle <= lastCycle) backwards++;
          lastCycle = event.cycle;
          const at = machine.memory.dump(physical(event.pc), 2);
          if (event.space === 0 && (at[0] | (at[1] << 8)) === (event.word & 0xffff)) addresses.add(event.pc);
        }
      });
      expect(whole(machine, image, end)).toEqual(expected);
      expect([retired, traps, backwards]).toEqual([expected.instructions, expected.counters.traps, 0]);

      machine.setTrace(undefined);
      let fired = 0;
      const random = new Random(3);
      for (const address of addresses) {
        if (random.below(3) === 0) machine.probes.add(physical(address), () => ++fired < 0);
      }
      expect(whole(machine, image, end)).toEqual(expected);
      expect(fired).toBeGreaterThan(0);

      // stopping at every probe, and probes that come and go
      machine.reset();
      machine.load(image);
      const handler = (): boolean => true;
      machine.probes.clear();
      for (const address of addresses) if (random.below(8) === 0) machine.probes.add(physical(address), handler);
      const list = [...addresses];
      let stops = 0;
      for (;;) {
        const stop = machine.run(cycles(end));
        if (stop.kind !== 'probe') {
          expect(outcome(machine, stop)).toEqual(expected);
          break;
        }
        if (++stops % 64 === 0) {
          machine.probes.remove(physical(random.of(list)), handler);
          machine.probes.add(physical(random.of(list)), handler);
        }
      }
      machine.probes.clear();
      expect(stops).toBeGreaterThan(0);
    });

    it('accounts in the ledger for every cycle between two probes', () => {
      const machine = machineWith(parameters);
      const pcs = new Set<number>();
      machine.setTrace((event) => pcs.add(event.pc));
      whole(machine, image, 3000);
      machine.setTrace(undefined);
      let before: { cycle: number; instructions: number; reading: LedgerReading } | undefined;
      let spans = 0;
      for (const pc of pcs) {
        machine.probes.add(physical(pc), ({ cycle, instructions }) => {
          const reading = machine.ledger.read(cycle);
          if (before !== undefined) {
            spans++;
            const { byKind } = ledgerSpan(before.reading, reading, cycle - before.cycle);
            expect(byKind.issue).toBe(instructions - before.instructions);
          }
          before = { cycle, instructions, reading };
          return false;
        });
      }
      const end = Math.min(until, 20_000);
      const { matrix } = whole(machine, image, end);
      expect(spans).toBeGreaterThan(10);
      expect(matrix.filter((cell) => cell < 0)).toEqual([]);
    });
  });
});

const boot = (source: string, parameters: ParameterValues = {}): Machine => {
  const machine = machineWith(parameters);
  machine.load(program(source).image);
  return machine;
};

const LOOP = `
_start: addi a0, a0, 1
  j _start
`;

describe('the ways a run ends', () => {
  it.each([1, 2, 3, 999, 1000, 200_001])('a budget of %i instructions', (budget) => {
    const machine = boot(LOOP);
    machine.setBudget(instructions(budget));
    expect(runToEnd(machine)).toEqual({ kind: 'budget', budget });
    expect(machine.counters.instructions).toBe(budget);
    expect(machine.registers().find((r) => r.name === 'a0')?.value).toBe(Math.ceil(budget / 2));
    // a larger budget continues
    machine.setBudget(instructions(budget + 10));
    expect(runToEnd(machine).kind).toBe('budget');
    expect(machine.counters.instructions).toBe(budget + 10);
    machine.setBudget(instructions(1e9));
  });

  it.each([{}, { timing: 'common' }])('a trap handler in an error range wedges it, %j', (parameters) => {
    const machine = boot('_start: li t0, 0x100\n csrw mtvec, t0\n ecall\n', parameters);
    expect(runToEnd(machine)).toMatchObject({ kind: 'wedged', pc: 0x100 });
    expect(machine.run(cycles(1)).kind).toBe('wedged');
  });

  const walk = `
  _start: li t0, 0x60004000
    li   t1, (0x60005 << 10) | 1
    sw   t1, 0(t0)
    li   t0, 0x60005000
    li   t1, (0x60006 << 10) | 1
    sw   t1, 4(t0)
    la   t0, handler
    csrw mtvec, t0
    li   t0, (1 << 31) | 0x60004
    csrw satp, t0
    li   t0, 1 << 17
    csrs mstatus, t0
    li   t0, 1 << 12
    csrc mstatus, t0
    li   s0, 0x1000
    lw   a0, 0(s0)
  handler:
    csrr a1, mcause
    csrw satp, zero
    li   t0, 0x40000000
    sw   a1, 4(t0)
  1: j 1b
  `;
  it('an endless page walk wedges it, if it is modelled', () => {
    expect(runToEnd(boot(walk))).toEqual({ kind: 'exit', code: 13 });
    const stop = runToEnd(boot(walk, { endlessWalk: true }));
    expect(stop).toMatchObject({ kind: 'wedged' });
    expect(stop.kind === 'wedged' && stop.reason).toMatch(/walk/);
  });

  it('wfi without anything to wake it is asleep', () => {
    const machine = boot('_start: nop\n wfi\n nop\n');
    expect(runToEnd(machine)).toEqual({ kind: 'asleep', pc: 0x60000002 });
  });

  it.each([{}, { timing: 'common' }])('touching too much memory, %j', (parameters) => {
    const source = `
    _start: lui t0, 0x61000
      lui  t1, 1
      addi a0, a0, 3
      mul  a1, a0, a0
    1: sw  t0, 0(t0)
      add  t0, t0, t1
      mul  a1, a1, a1
      addi a1, a1, 1
      j    1b
    `;
    const machine = machineWith(parameters);
    const expected = whole(machine, interrupts, Number.MAX_SAFE_INTEGER);
    machine.reset();
    machine.load(program(source).image);
    const stop = runToEnd(machine);
    expect(stop.kind).toBe('memory');
    expect(machine.run(cycles(1))).toEqual(stop);
    // nothing of it is left behind
    expect(whole(machine, interrupts, Number.MAX_SAFE_INTEGER)).toEqual(expected);
  });

  it.each([
    [1, 0],
    [3, 1],
    [0x2a << 1, 0x2a],
  ])('a store of %i to tohost exits with code %i', (value, code) => {
    const source = `
    _start: la t0, tohost
      sw   zero, 0(t0)
      li   t1, ${value}
      sw   t1, -4(t0)
      sw   t1, 0(t0)
    1: j 1b
      .p2align 6
      .word 0
    tohost: .word 0
    `;
    const { image, at } = program(source);
    for (const parameters of variants) {
      const machine = machineWith(parameters);
      machine.load(image);
      machine.setToHost(at('tohost'));
      machine.setBudget(instructions(1000));
      expect(runToEnd(machine)).toEqual({ kind: 'exit', code });
      // the store retires, the jump behind it does not
      expect(machine.counters.instructions).toBeLessThan(10);
      machine.setToHost(undefined);
    }
  });

  it('a reset forgets tohost', () => {
    const { image, at } = program('_start: la t0, word\n li t1, 1\n sw t1, 0(t0)\n1: j 1b\n .p2align 6\nword: .word 0');
    const machine = machineWith();
    machine.setToHost(at('word'));
    machine.reset();
    machine.load(image);
    machine.setBudget(instructions(100));
    expect(runToEnd(machine).kind).toBe('budget');
  });

  it('an exit keeps its code and ends the run for good', () => {
    const machine = boot('_start: lui t0, 0x40000\n li a0, 7\n sw a0, 4(t0)\n1: j 1b\n');
    expect(runToEnd(machine)).toEqual({ kind: 'exit', code: 7 });
    const before = outcome(machine, { kind: 'exit', code: 7 });
    expect(outcome(machine, runToEnd(machine))).toEqual(before);
  });
});

describe('the ledger', () => {
  const phases = `
  _start: la t0, handler
    csrw  mtvec, t0
    nop
  from:
    nop
    .phase save
    addi  a0, a0, 1
    addi  a0, a0, 1
    addi  a0, a0, 1
    .phase clear
    addi  a0, a0, 1
    addi  a0, a0, 1
    ecall
    .phase schedule
    nop
  to:
    nop
    lui   t0, 0x40000
    sw    zero, 4(t0)
  1: j 1b
    .p2align 2
    .phase validate
  handler:
    csrr  t0, mepc
    addi  t0, t0, 4
    csrw  mepc, t0
    mret
  `;

  it('books instructions to the phase of their mark, a trap to hardware entry', () => {
    const { image, at } = program(phases);
    const machine = machineWith({ timing: 'common' });
    machine.load(image);
    const readings: { cycle: number; reading: LedgerReading }[] = [];
    for (const label of ['from', 'to']) {
      machine.probes.add(at(label), ({ cycle }) => {
        readings.push({ cycle, reading: machine.ledger.read() });
        return false;
      });
    }
    runToEnd(machine);
    const [a, b] = readings;
    const issue = (phase: keyof typeof PHASE_INDEX): number => {
      const i = PHASE_INDEX[phase] * KINDS.length + KIND_INDEX.issue;
      return b.reading.matrix[i] - a.reading.matrix[i];
    };
    ledgerSpan(a.reading, b.reading, b.cycle - a.cycle);
    expect(issue('save')).toBe(3);
    expect(issue('clear')).toBe(2);
    expect(issue('validate')).toBe(4);
    expect(issue('schedule')).toBe(2);
    expect(issue('user')).toBe(0);
    const { byPhase } = ledgerSpan(a.reading, b.reading, b.cycle - a.cycle);
    expect(byPhase['hardware entry']).toBe(2);
  });

  it('keeps the order of trace events and their phases', () => {
    const { image } = program(phases);
    const machine = machineWith({});
    machine.load(image);
    const events: TraceEvent[] = [];
    machine.setTrace((event) => events.push({ ...event }));
    runToEnd(machine);
    const trap = events.findIndex((e) => e.kind === 'trap');
    expect(events[trap]).toMatchObject({ cause: 11, phase: PHASE_INDEX['hardware entry'] });
    expect(events[trap + 1]).toMatchObject({ kind: 'retire', phase: PHASE_INDEX.validate, privilege: 3 });
    expect(events[trap - 1].phase).toBe(PHASE_INDEX.clear);
  });
});
