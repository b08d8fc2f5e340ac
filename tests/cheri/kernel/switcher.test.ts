import { describe, expect, it } from 'vitest';
import { topOf } from '../../../platforms/cheri/hardware/capability-bounds.js';
import { fromCompartment } from '../../../platforms/cheri/kernel/compartments.js';
import { constant } from '../../../platforms/cheri/kernel/source.js';
import type { Compartment, Export, System } from '../../../platforms/cheri/kernel/system.js';
import type { RegisterValue } from '../../../platforms/machine/machine.js';
import { physical } from '../../../platforms/machine/units.js';
import { compartment, run, seenAt, thread, type WalkedMachine } from './system.js';

/* Steps of the switcher whose absence no other test would see: found by leaving out one instruction after the other. */

const FAILED = 0xffffffff;

const GOOD = compartment('good', 'good:\n  nop\n  li a0, 7\n  cret', { exports: [{ name: 'good', arguments: 0 }] });

/** `outer` calls `middle` (which imports `good`) and reports what that answers, `times` times. */
const nested = (body: string, times = 1, more: Partial<Compartment> = {}): Partial<System> => ({
  compartments: [
    compartment(
      'outer',
      `main:\n  li s0, ${times}\n1:\n  cross_call middle\n  report a0\n  addi s0, s0, -1\n  bnez s0, 1b\n  exit`,
      { imports: fromCompartment('middle', 'middle') },
    ),
    compartment('middle', `middle:\n  cincoffset csp, csp, -32\n  csc cra, 0(csp)\n${body}`, {
      ...more,
      imports: fromCompartment('good', 'good'),
      exports: [{ name: 'middle', arguments: 0 }],
    }),
    GOOD,
  ],
  threads: [thread('outer', 'main')],
});

const BACK = '  clc cra, 0(csp)\n  cincoffset csp, csp, 32\n  cret\n';

const reports = (parts: Partial<System>): readonly number[] => {
  const { stop, reports: words } = run(parts);
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  return words;
};

const register = (machine: WalkedMachine, name: string): RegisterValue =>
  machine.registers().find((r) => r.name === name)!;

describe('a caller whose stack is not what it was given is ended', () => {
  it.each([
    ['without a permission', '  li t0, ~2\n  candperm csp, csp, t0'],
    ['at an address that is no multiple of 16', '  cincoffset csp, csp, -8'],
    [
      'with a base that is none',
      '  cgetbase t0, csp\n  addi t0, t0, 8\n  sub t1, sp, t0\n  csetaddr csp, csp, t0\n  csetbounds csp, csp, t1\n  cincoffset csp, csp, t1',
    ],
  ])('%s', (_, spoil) => {
    expect(reports(nested(`${spoil}\n  cross_call good\n  li a0, 1\n  j 2f\n2:\n  cret`))).toEqual([FAILED]);
    expect(reports(nested(`  cross_call good\n${BACK}`))).toEqual([7]);
  });
});

describe('after a call', () => {
  it('the caller has its globals', () => {
    const body = `  cross_call good\n  clw a0, value - globals(cgp)\n${BACK}  .data\nvalue: .word 42\n`;
    expect(reports(nested(body))).toEqual([42]);
  });

  it('the caller has s0 and s1 as they were, whatever the callee put there', () => {
    const parts: Partial<System> = {
      compartments: [
        compartment('outer', 'main:\n  li s0, 1\n  li s1, 2\n  cross_call entry\n  report s0\n  report s1\n  exit', {
          imports: fromCompartment('inner', 'entry'),
        }),
        compartment('inner', 'entry:\n  li s0, 8\n  li s1, 9\n  cret', { exports: [{ name: 'entry', arguments: 0 }] }),
      ],
      threads: [thread('outer', 'main')],
    };
    expect(reports(parts)).toEqual([1, 2]);
  });

  it('a handler may run in the next one that uses the frame, though one has given up in it', () => {
    const body = `
  clw t0, count - globals(cgp)
  li t1, 3
  beq t0, t1, 2f
  li t0, 0
  clw t0, 0(ct0)
2:
  mv a0, t0
${BACK}
handler:
  clw t0, count - globals(cgp)
  addi t0, t0, 1
  csw t0, count - globals(cgp)
  li a0, FORCE_UNWIND
  cret
  .data
count: .word 0
`;
    expect(reports(nested(body, 4, { errorHandler: 'handler' }))).toEqual([FAILED, FAILED, FAILED, 3]);
  });

  it('the frame says nothing of the callee when a next call is refused', () => {
    const refused = `  cross_call good\n  li t1, 0\n  load_import ct2, switcher\n  cjalr ct2\n  li a0, 5\n${BACK}`;
    const { seen: exports } = seenAt(nested(refused), ['switcher.unwind'], (machine) => {
      const trusted = register(machine, 'mtdc').value;
      const frame = trusted + (machine.word(trusted + constant('TS_FRAME')) & 0xffff) - constant('FRAME_BYTES');
      return machine.word(frame + constant('FRAME_EXPORT'));
    });
    expect(exports).toEqual([0]);
  });
});

/** `outer` calls an export of `inner` and reports both results. */
const entering = (export_: Partial<Export>, before = ''): Partial<System> => ({
  compartments: [
    compartment('outer', `main:\n${before}  cross_call entry\n  report a0\n  report a1\n  exit`, {
      imports: fromCompartment('inner', 'entry'),
    }),
    compartment('inner', 'entry:\n  nop\n  cret', { exports: [{ name: 'entry', arguments: 0, ...export_ }] }),
  ],
  threads: [thread('outer', 'main')],
});

it('a call that finds too little stack leaves nothing in the second result', () => {
  expect(reports(entering({ minimumStack: 2040 }, '  li a1, 5\n'))).toEqual([-140 >>> 0, 0]);
});

/** Registers of a compartment that are not null, tags and metadata included. */
const filled = (machine: WalkedMachine): readonly string[] =>
  machine
    .registers()
    .filter(
      ({ name, value, metadata, tag }) =>
        /^c(?!null)/.test(name) && tag !== undefined && (value !== 0 || metadata !== 0 || tag),
    )
    .map(({ name }) => name)
    .filter((name) => name !== 'cycle');

describe('registers are null where the switcher leads, but for what belongs there', () => {
  const OWN = ['cra', 'csp', 'cgp'];
  const faulting = (handlers: Partial<Compartment>): Partial<System> =>
    nested('  li t0, 64\n  clw t0, 0(ct0)\nhandler:\n  nop\n  li a0, FORCE_UNWIND\n  cret\n', 1, handlers);
  const yielding = nested(`  yield\n  cross_call good\n${BACK}`);

  it.each<[string, Partial<System>, readonly string[]]>([
    ['good.good', nested(`  cross_call good\n${BACK}`), OWN],
    // flags and number of arguments that are not 0: what the switcher knows of them is cleared too
    [
      'inner.entry',
      entering({ arguments: 3, interrupts: 'disabled' }, '  li a0, 1\n  li a1, 2\n  li a2, 3\n'),
      [...OWN, 'ca0', 'ca1', 'ca2'],
    ],
    ['scheduler.schedule', yielding, [...OWN, 'ca0', 'ca1', 'ca2']],
    ['middle.handler', faulting({ errorHandler: 'handler' }), [...OWN, 'ca0', 'ca1', 'ca2']],
    ['middle.handler', faulting({ stacklessHandler: 'handler' }), [...OWN, 'ca0', 'ca1']],
  ])('%s', (mark, parts, expected) => {
    const {
      seen: [first],
    } = seenAt(parts, [mark], filled);
    expect(first).toEqual(expected);
  });

  it('a caller finds results and what is kept', () => {
    const {
      seen: [back],
    } = seenAt(nested(`  cross_call good\nback:\n${BACK}`), ['middle.back'], filled);
    expect(back.filter((name) => !['cs0', 'cs1'].includes(name))).toEqual([...OWN, 'ca0']);
  });
});

it('a thread whose entry function returns ends, and no fault is needed for that', () => {
  const passed: string[] = [];
  const { stop } = run(
    {
      compartments: [compartment('short', 'main:\n  cret'), compartment('last', 'main:\n  exit')],
      threads: [thread('short', 'main', { priority: 2 }), thread('last', 'main')],
    },
    {
      watch: (machine, { symbol }) => {
        for (const name of ['exit_thread', 'fault', 'unwind']) {
          machine.probes.add(symbol(`switcher.${name}`).physical, () => {
            passed.push(name);
            return false;
          });
        }
      },
    },
  );
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  expect(passed).toEqual(['exit_thread']);
});

describe('interrupts', () => {
  it.each([
    ['enabled', 8],
    ['disabled', 0],
  ] as const)('%s in a callee that asks for it', (interrupts, expected) => {
    const { seen } = seenAt(
      entering({ interrupts }),
      ['inner.entry'],
      (machine) => register(machine, 'mstatus').value & 8,
    );
    expect(seen).toEqual([expected]);
  });
});

describe("a callee's stack", () => {
  it('ends below what the caller spilled, with 16 bytes reserved, and the high-water mark is there', () => {
    const {
      seen: [before, entry],
    } = seenAt(nested(`here:\n  cross_call good\n${BACK}`), ['middle.here', 'good.good'], (machine) => {
      const { value, metadata } = register(machine, 'csp');
      return { value, top: topOf(metadata!, value), mark: register(machine, 'mshwm').value };
    });
    expect(entry.top).toBe(before.value - constant('SPILL_BYTES'));
    expect(entry.value).toBe(entry.top - constant('RESERVED_BYTES'));
    expect(entry.mark).toBe(entry.value);
  });
});

it('after a return the high-water mark is where the caller stands: the next call has nothing to zero', () => {
  const parts = nested(`  cross_call good\nback:\n${BACK}`);
  const {
    seen: [[mark, sp]],
  } = seenAt(parts, ['middle.back'], (m) => ['mshwm', 'csp'].map((name) => register(m, name).value));
  expect(mark).toBe(sp);
});

describe('ephemeral claims', () => {
  it('end with a call and with a return', () => {
    const slots = (machine: WalkedMachine): number =>
      machine.word(register(machine, 'mtdc').value + constant('TS_HAZARDS'));
    const claims: (readonly number[])[] = [];
    const { stop } = run(nested(`  cross_call good\nback:\n${BACK}`), {
      watch: (machine, { symbol }) => {
        const at = (mark: string, handler: () => void): void =>
          machine.probes.add(symbol(mark).physical, () => {
            handler();
            return false;
          });
        const claim = (): void => machine.memory.load(physical(slots(machine)), new Uint8Array(16).fill(0xff));
        const note = (): void => void claims.push([0, 8].map((slot) => machine.word(slots(machine) + slot)));
        at('switcher.call_compartment', claim);
        at('good.good', note);
        at('switcher.return_compartment', claim);
        at('middle.back', note);
      },
    });
    expect(stop).toEqual({ kind: 'exit', code: 0 });
    expect(claims).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
