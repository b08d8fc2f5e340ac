import { describe, expect, it } from 'vitest';
import { fromCompartment } from '../../../platforms/cheri/kernel/compartments.js';
import { constant } from '../../../platforms/cheri/kernel/source.js';
import type { Compartment, System } from '../../../platforms/cheri/kernel/system.js';
import { compartment, run, seenAt, thread, type WalkedMachine } from './system.js';

/*
 * Steps of trap.s, fault.s and of refused calls whose absence no other test would see: found by leaving out one instruction after the
 * other, cycle counts aside.
 */

type State = ReadonlyMap<string, string>;

/** All registers with tag and metadata, and the system registers that belong to a thread. */
const stateOf = (machine: WalkedMachine): State =>
  new Map(
    machine
      .registers()
      .filter(({ name }) => /^(c(ra|sp|gp|tp|[tsa]\d)|mshwmb?|mstatus)$/.test(name))
      .map(({ name, value, metadata, tag }) => [name, `${value} ${metadata ?? 0} ${tag ?? false}`]),
  );

const interruptsOn = (machine: WalkedMachine): boolean =>
  (machine.registers().find(({ name }) => name === 'mstatus')!.value & constant('STATUS_MIE')) !== 0;

/** Something of its own in every register but csp, cgp and cra, a capability in a few. */
const fill = (n: number): string =>
  ['tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a3', 'a4', 'a5'].map((r, i) => `  li ${r}, ${n + i}\n`).join('') +
  '  cmove ca2, csp\n  cmove ca5, cgp\n';

it('a thread that has yielded goes on as it was: all registers, its high-water mark, interrupts', () => {
  const one = `main:\n  csw zero, -128(csp)\n${fill(1)}  cjal here\nhere:\n  nop\n  yield\nback:\n  nop\n  clw t0, value - globals(cgp)\n  report t0\n  exit\n  .data\nvalue: .word 42\n`;
  const other = `main:\n  csw zero, -64(csp)\n${fill(100)}  yield\n  exit`;
  const { seen, reports } = seenAt(
    {
      compartments: [compartment('one', one), compartment('two', other)],
      threads: [thread('one', 'main'), thread('two', 'main')],
    },
    ['one.here', 'one.back'],
    stateOf,
  );
  const [then, now] = seen;
  const own = [...then].filter(([name]) => /^c(tp|[tsa]\d)$/.test(name)).map(([, value]) => value);
  expect(new Set(own).size).toBe(12);
  expect(now).toEqual(then);
  expect(reports).toEqual([42]);
});

it('the scheduler is told where a thread was, and cannot go there; it finds nothing else of it', () => {
  const program = `main:\n${fill(1)}here:\n  yield\n  exit`;
  let here = 0;
  const seen: State[] = [];
  run(
    { compartments: [compartment('one', program)], threads: [thread('one', 'main')] },
    {
      watch: (machine, { symbol }) => {
        here = symbol('one.here').virtual;
        machine.probes.add(symbol('scheduler.schedule').physical, () => {
          seen.push(stateOf(machine));
          return false;
        });
      },
    },
  );
  const [told] = seen.filter((state) => state.get('ca2') === `${here} 0 false`);
  const filled = [...told].filter(([name, value]) => name.startsWith('c') && value !== '0 0 false');
  expect(filled.map(([name]) => name)).toEqual(['cra', 'csp', 'cgp', 'ca0', 'ca1', 'ca2']);
});

describe('a thread that ends', () => {
  /**
   * `keep` keeps its return sentry, with which interrupts are on; the thread `ends` of its compartment returns by it, where its own
   * has them off.
   */
  const parts = (link: string): Partial<System> => ({
    compartments: [
      compartment('caller', 'main:\n  cmove cs0, cra\n  cross_call keep\n  cmove cra, cs0\n  cret', {
        imports: fromCompartment('keeper', 'keep'),
      }),
      compartment(
        'keeper',
        `keep:\n  csc cra, kept - globals(cgp)\n  cret\nends:\n  nop\n${fill(1)}${link}  cret\n  .data\nkept: .space 8\n`,
        { exports: [{ name: 'keep', arguments: 0 }] },
      ),
      compartment('last', 'main:\n  exit'),
    ],
    threads: [
      thread('caller', 'main', { priority: 3 }),
      thread('keeper', 'ends', { priority: 2 }),
      thread('last', 'main'),
    ],
  });

  it.each([
    ['its own return sentry', ''],
    ['one with which interrupts are on', '  clc cra, kept - globals(cgp)\n'],
  ])('by %s: the scheduler is told whose state it is, and why; nobody runs, interrupts are off', (_, link) => {
    let expected: readonly number[] = [];
    const seen: (readonly unknown[])[] = [];
    run(parts(link), {
      watch: (machine, { symbol, threads }) => {
        expected = threads.slice(1, 3).map(({ trustedStack }) => trustedStack.base);
        machine.probes.add(symbol('scheduler.schedule').physical, () => {
          const at = new Map(machine.registers().map((r) => [r.name, r]));
          const [a0, a1, a2, mtdc] = ['ca0', 'ca1', 'ca2', 'mtdc'].map((name) => at.get(name)!);
          seen.push([a0.value, a0.tag, a1.value, a2.value, a2.tag, mtdc.value, mtdc.tag, interruptsOn(machine)]);
          return false;
        });
      },
    });
    const exits = seen.filter(([, , cause]) => cause === constant('CAUSE_THREAD_EXIT'));
    expect(exits).toEqual(expected.map((at) => [at, true, constant('CAUSE_THREAD_EXIT'), 0, false, 0, false, false]));
  });
});

it('a trap of the scheduler stops the machine, whoever runs: no trap handler is left', () => {
  const { stop, machine } = run(
    { compartments: [compartment('one', 'main:\n  yield\n  exit')], threads: [thread('one', 'main')] },
    {
      watch: (machine, { symbol }) => {
        machine.memory.load(symbol('scheduler.yielded').physical, new Uint8Array(4));
      },
    },
  );
  // the breakpoint at its end
  expect(stop).toMatchObject({ kind: 'wedged', reason: expect.stringContaining('cause 0x00000003') as string });
  expect(machine.registers().find(({ name }) => name === 'mtcc')).toMatchObject({ value: 0, metadata: 0, tag: false });
});

/** `outer` calls `entry` of `inner` and reports both results. */
const calling = (
  body: string,
  more: Partial<Compartment> = {},
  interrupts: 'enabled' | 'disabled' = 'enabled',
): Partial<System> => ({
  compartments: [
    compartment('outer', 'main:\n  cross_call entry\n  report a0\n  report a1\n  exit', {
      imports: [{ kind: 'call', name: 'entry', compartment: 'inner', export: 'entry' }],
    }),
    compartment('inner', `entry:\n${body}`, { ...more, exports: [{ name: 'entry', arguments: 0, interrupts }] }),
    compartment('peer', 'main:\n1:\n  yield\n  j 1b'),
  ],
  threads: [thread('outer', 'main'), thread('peer', 'main')],
});

const GIVES_UP = 'handler:\n  li a0, FORCE_UNWIND\n  cret\n';
const RICH = { errorHandler: 'handler' };
const STACKLESS = { stacklessHandler: 'handler' };

describe.each([
  ['rich', RICH, ['cra', 'csp', 'cgp', 'ca0', 'ca1', 'ca2']],
  ['stackless', STACKLESS, ['cra', 'csp', 'cgp', 'ca0', 'ca1']],
] as const)('a %s handler', (_, handlers, given) => {
  const faults = calling(`${fill(1)}  unimp\n${GIVES_UP}`, handlers);

  it('finds nothing of the registers but what it is given', () => {
    const { seen } = seenAt(faults, ['inner.handler'], stateOf);
    const filled = [...seen[0]].filter(([name, value]) => name.startsWith('c') && value !== '0 0 false');
    // of an illegal instruction mtval may be 0
    for (const [name] of filled) expect(given).toContain(name);
  });

  it('runs with interrupts on, and the switcher behind it without', () => {
    const { seen } = seenAt(faults, ['inner.handler', 'switcher.unwind'], interruptsOn);
    expect(seen).toEqual([true, false]);
  });
});

it('a stackless handler has the stack that its invocation began with, wherever the fault was', () => {
  const body = `  nop\n  cincoffset csp, csp, -64\n  unimp\n${GIVES_UP}`;
  const { seen } = seenAt(calling(body, STACKLESS), ['inner.entry', 'inner.handler'], (machine) =>
    stateOf(machine).get('csp'),
  );
  expect(seen[1]).toBe(seen[0]);
});

it('what a stackless handler leaves in its registers leads nowhere, not even with what a refused call has there', () => {
  const at = (place: number): Partial<System> =>
    calling(`  unimp\nhandler:\n  cincoffset csp, csp, -256\n  li a2, ${place}\n  cret\n`, STACKLESS);
  // the number has as many instructions wherever the switcher is
  const place = run(at(0x20041234)).linked.symbol('switcher.call_spill').virtual;
  expect(seenAt(at(place), [], () => 0).reports).toEqual([-constant('COMPARTMENT_FAILED') >>> 0, 0]);
});

it('without handler the switcher itself does not fault', () => {
  expect(seenAt(calling('  unimp\n'), ['switcher.fault'], () => 0).seen).toEqual([0]);
});

describe('a rich handler that goes on', () => {
  /** Two faults; the handler loses its turn, leaves s1 at 0, dirties stack and steps over each. */
  const body = `
  cincoffset csp, csp, -16
  unimp
resumed:
  nop
  unimp
again:
  li a0, 7
  li a1, 0
  cincoffset csp, csp, 16
  cret
handler:
  cincoffset csp, csp, -256
  csw zero, 0(csp)
  yield
  cincoffset csp, csp, 256
  clw t0, CONTEXT_PC(ca0)
  addi t0, t0, 2
  csw t0, CONTEXT_PC(ca0)
  li s1, 0
  li a0, INSTALL_CONTEXT
  cret
`;

  it('may be needed again in the same invocation', () => {
    expect(seenAt(calling(body, RICH), ['inner.again'], () => 0)).toEqual({ seen: [0], reports: [7, 0] });
  });

  it.each(['enabled', 'disabled'] as const)('has interrupts %s again as they were', (interrupts) => {
    const at = seenAt(calling(body, RICH, interrupts), ['inner.resumed'], interruptsOn).seen;
    expect(at).toEqual([interrupts === 'enabled']);
    const installs = seenAt(calling(body, RICH, interrupts), ['switcher.install_thread'], interruptsOn).seen;
    expect(installs).not.toContain(true);
  });

  it.each([
    ['and has lost its turn', body],
    ['at one go', body.replace('  yield\n', '')],
  ])('leaves the high-water mark below what it has written, %s', (_, written) => {
    const { seen } = seenAt(calling(written, RICH), ['inner.resumed'], (m) =>
      ['mshwm', 'csp'].map((name) => m.registers().find((r) => r.name === name)!.value),
    );
    const [[mark, sp]] = seen;
    expect(mark).toBeLessThanOrEqual(sp - constant('CONTEXT_BYTES') - 256);
  });
});

describe('a rich handler', () => {
  const entries = (handler: string): number => {
    const parts = calling(`  unimp\n  cret\nhandler:\n  nop\n${handler}`, RICH);
    const { seen, reports } = seenAt(parts, ['inner.handler'], () => 0);
    expect(reports).toEqual([-constant('COMPARTMENT_FAILED') >>> 0, 0]);
    return seen.length;
  };

  it('that faults is not entered again', () => {
    expect(entries('  unimp\n')).toBe(1);
  });

  it('is entered for 512 faults of an invocation', () => {
    expect(entries('  li a0, INSTALL_CONTEXT\n  cret\n')).toBe(constant('MOST_HANDLED') / 2);
  });

  it('learns where the fault was, and cannot jump there', () => {
    const handler =
      'handler:\n  clc ct0, CONTEXT_PC(ca0)\n  cgettag t0, ct0\n  report t0\n  li a0, FORCE_UNWIND\n  cret\n';
    expect(seenAt(calling(`  unimp\n${handler}`, RICH), [], () => 0).reports[0]).toBe(0);
  });
});

describe('a call that is refused', () => {
  const KEPT = ['csp', 'cgp', 'cs0', 'cs1'];
  const refused = (before: string): Partial<System> => ({
    compartments: [
      compartment('outer', 'main:\n  cross_call entry\n  exit', {
        imports: [{ kind: 'call', name: 'entry', compartment: 'inner', export: 'entry' }],
      }),
      compartment(
        'inner',
        `entry:\n${fill(1)}${before}here:\n  cross_call good\nback:\n  nop\n  report a0\n  report a1\n  exit\ngood:\n  cret`,
        {
          imports: [{ kind: 'call', name: 'good', compartment: 'inner', export: 'good' }],
          exports: ['entry', 'good'].map((name) => ({ name, arguments: 0 })),
        },
      ),
    ],
    threads: [thread('outer', 'main', { trustedFrames: 1 })],
  });

  it.each([
    ['for want of a frame', '', 'NOT_ENOUGH_TRUSTED_STACK'],
    ['for want of stack', '  cgetbase t0, csp\n  csetaddr csp, csp, t0\n', 'NOT_ENOUGH_STACK'],
  ])('%s leaves the caller what is kept, the error, and nothing else', (_, before, error) => {
    const { seen, reports } = seenAt(refused(before), ['inner.here', 'inner.back'], stateOf);
    expect(reports).toEqual([-constant(error) >>> 0, 0]);
    const [then, now] = seen;
    for (const name of KEPT) expect(now.get(name)).toBe(then.get(name));
    const filled = [...now].filter(([name, value]) => name.startsWith('c') && value !== '0 0 false');
    expect(filled.map(([name]) => name).sort()).toEqual([...KEPT, 'cra', 'ca0'].sort());
  });
});
