import { describe, expect, test } from 'vitest';
import {
  KIND_INDEX,
  KINDS,
  type LedgerReading,
  type LedgerSpan,
  ledgerSpan,
  type Phase,
  PHASE_INDEX,
} from '../../../platforms/machine/ledger.js';
import type { TraceEvent } from '../../../platforms/machine/machine.js';
import { instructions } from '../../../platforms/machine/units.js';
import { FOREVER, freshMachine, program } from './guest.js';
import { finish, randomPrograms, VARIANTS } from './random-programs.js';

interface Point {
  readonly cycle: number;
  readonly instructions: number;
  readonly reading: LedgerReading;
}

const at = (reading: LedgerReading, phase: Phase, kind: (typeof KINDS)[number]): number =>
  reading.matrix[PHASE_INDEX[phase] * KINDS.length + KIND_INDEX[kind]];

describe.each(VARIANTS)('%s', (_, parameters) => {
  test('between any two probes of every random program the phases and the kinds sum to the cycles', () => {
    const machine = freshMachine(parameters);
    let spans = 0;
    for (const guest of randomPrograms()) {
      machine.probes.clear();
      machine.reset();
      machine.load(guest.image);
      machine.setBudget(instructions(1_000_000));
      let before: Point | undefined;
      const { physical: start, data } = guest.image.segments[0];
      // every 29th halfword of the code, wherever an instruction begins there
      for (let offset = 0; offset < Math.min(0x3000, data.length); offset += 58) {
        machine.probes.add((start + offset) as never, (event) => {
          const { cycle } = event;
          const reading = machine.ledger.read(cycle);
          if (before !== undefined) {
            const { byKind } = ledgerSpan(before.reading, reading, cycle - before.cycle);
            if (cycle <= before.cycle) throw new Error(`${guest.name}: ${cycle} after ${before.cycle}`);
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
      finish(machine);
      const { matrix } = machine.ledger.read();
      expect([guest.name, matrix.reduce((a, b) => a + b)]).toEqual([guest.name, machine.counters.cycles]);
      let issued = 0;
      for (let i = 0; i < matrix.length; i += KINDS.length) issued += matrix[i];
      expect([guest.name, issued]).toEqual([guest.name, machine.counters.instructions]);
    }
    machine.probes.clear();
    expect(spans).toBeGreaterThan(10_000);
  });
});

const PHASES_GUEST = program(`
  .option norvc
  _start: la t0, handler
    csrw mtvec, t0
    nop
  from: nop
    .phase save
    addi a0, a0, 1
    addi a0, a0, 1
    addi a0, a0, 1
    .phase clear
    addi a0, a0, 1
    addi a0, a0, 1
    ecall
  back: nop
    .phase schedule
    nop
  to: nop
    exit
  .balign 4
    .phase validate
  handler: csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    mret
`);

/** The span from `from` to `to` of that guest. */
function spanOf(parameters: { timing?: string }): { span: LedgerSpan; between: typeof at } {
  const machine = freshMachine(parameters);
  machine.load(PHASES_GUEST.image);
  const points: Point[] = [];
  for (const label of ['from', 'to']) {
    machine.probes.add(PHASES_GUEST.address(label) as never, ({ cycle, instructions: count }) => {
      points.push({ cycle, instructions: count, reading: machine.ledger.read(cycle) });
      return false;
    });
  }
  machine.run(FOREVER);
  const [a, b] = points;
  const between: typeof at = (_, phase, kind) => at(b.reading, phase, kind) - at(a.reading, phase, kind);
  return { span: ledgerSpan(a.reading, b.reading, b.cycle - a.cycle), between };
}

describe('.phase', () => {
  test.each([{}, { timing: 'common' }])(
    'books instructions to the phase of their mark; an interrupted phase goes on after the return: %j',
    (parameters) => {
      const { between } = spanOf(parameters);
      const issued = (phase: Phase): number => between(undefined as never, phase, 'issue');
      // `back` is in the phase that the ecall was in
      expect([issued('save'), issued('clear'), issued('validate'), issued('schedule')]).toEqual([3, 3, 4, 2]);
      expect([issued('user'), issued('hardware entry')]).toEqual([0, 0]);
    },
  );

  test('with timing=common the entry is the 2 of its redirect', () => {
    const { span } = spanOf({ timing: 'common' });
    expect(span.byPhase['hardware entry']).toBe(2);
    expect(span.byKind.exception).toBe(4);
  });

  test('stalls before a fault stay in the phase of the faulting code', () => {
    const guest = program(`
      .option norvc
      _start: la t0, handler
        csrw mtvec, t0
        li s0, 7
        li s1, 100
      again:
        .phase save
        div t1, s1, s0
        add t1, t1, t1
        mul t2, t1, t1
        lw t3, 1(t2)       # traps, and waits for t2 before
        addi s1, s1, -1
        bnez s1, again
        exit
      .balign 4
        .phase validate
      handler: csrr t0, mepc
        addi t0, t0, 4
        csrw mepc, t0
        mret`);
    const machine = freshMachine();
    machine.load(guest.image);
    machine.run(FOREVER);
    const reading = machine.ledger.read();
    expect(at(reading, 'hardware entry', 'hazard')).toBe(0);
    expect(at(reading, 'save', 'hazard')).toBeGreaterThan(99 * (33 + 1 + 2));
  });

  test('the trace tells the phase of each instruction', () => {
    const machine = freshMachine();
    machine.load(PHASES_GUEST.image);
    const events: TraceEvent[] = [];
    machine.setTrace((event) => events.push({ ...event }));
    machine.run(FOREVER);
    const trap = events.findIndex((e) => e.kind === 'trap');
    expect(events[trap]).toMatchObject({ cause: 11, phase: PHASE_INDEX['hardware entry'] });
    expect(events[trap + 1]).toMatchObject({ kind: 'retire', phase: PHASE_INDEX.validate, privilege: 3 });
    expect(events[trap - 1].phase).toBe(PHASE_INDEX.clear);
    expect(events[0].phase).toBe(PHASE_INDEX.user);
  });

  test('the longest interval with interrupts masked, and where it began', () => {
    const guest = program(`
      .option norvc
      _start: csrsi mstatus, 8
        nop
        csrci mstatus, 8
        nop
        csrsi mstatus, 8
        nop
      long: csrci mstatus, 8
        .rept 40
        nop
        .endr
        csrsi mstatus, 8
        nop
        nop
        exit`);
    const machine = freshMachine({ timing: 'common' });
    machine.load(guest.image);
    machine.run(FOREVER);
    expect(machine.ledger.read().longestMasked).toEqual({ from: guest.address('long'), cycles: 41 });
  });
});
