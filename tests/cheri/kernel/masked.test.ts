import { describe, expect, it } from 'vitest';
import { fromCompartment, fromLibrary } from '../../../platforms/cheri/kernel/compartments.js';
import type { MaskedWindow } from '../../../platforms/machine/ledger.js';
import type { Compartment, Import, System } from '../../../platforms/cheri/kernel/system.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { compartment, run, thread } from './system.js';

const MIE = 8;

const system = (program: string, imports: readonly Import[], ...others: readonly Compartment[]): Partial<System> => ({
  compartments: [compartment('one', `main:\n  li a0, 0\n${program}\n  exit`, { imports }), ...others],
  threads: [
    thread('one', 'main', { stackBytes: 4096 }),
    ...others.filter((c) => c.exports.length === 0).map((c) => thread(c.name, 'main')),
  ],
});

const callee = (body: string, more: Partial<Compartment> = {}): Compartment =>
  compartment('callee', `entry:\n${body}`, { exports: [{ name: 'entry', arguments: 0 }], ...more });

const ALLOCATE = `
  csw zero, -16(csp)
  li t0, FOREVER
  csw t0, -12(csp)
  cincoffset ca0, csp, -16
  cincoffset csp, csp, -16
  csetbounds ca0, ca0, TIMEOUT_BYTES
  load_import ca1, quota
  li a2, 1024
  cross_call heap_allocate
`;

/** Thread `one` with a quota of the heap. */
const onHeap = (program: string): Partial<System> => ({
  ...system(program, [
    ...fromCompartment('allocator', 'heap_allocate', 'heap_free', 'heap_free_all'),
    { kind: 'quota', name: 'quota', quota: 'quota' },
  ]),
  quotas: [{ name: 'quota', bytes: 0x8000 }],
});

/** Somebody leaves a guarded compartment while thread `one` waits for that. */
function rebooting(): Partial<System> {
  const guarded = callee(
    `
.macro guard function
  cincoffset ca0, cgp, word - globals
  csetbounds ca0, ca0, 16
  library_call \\function
.endm
  cincoffset csp, csp, -16
  csc cra, 0(csp)
  guard guard_enter
  yield
  guard guard_leave
  clc cra, 0(csp)
  cincoffset csp, csp, 16
  cret
reboot:
  cincoffset csp, csp, -16
  csc cra, 0(csp)
  guard guard_close
  guard guard_drain
  guard guard_open
  clc cra, 0(csp)
  cincoffset csp, csp, 16
  cret
  .data
word: .space 16
`,
    {
      exports: ['entry', 'reboot'].map((name) => ({ name, arguments: 0 })),
      imports: fromLibrary('reboot', 'guard_enter', 'guard_leave', 'guard_close', 'guard_drain', 'guard_open'),
    },
  );
  const inside = compartment('inside', 'main:\n  cross_call entry\n1:\n  yield\n  j 1b', {
    imports: fromCompartment('callee', 'entry'),
  });
  return system('  yield\n  cross_call reboot', fromCompartment('callee', 'reboot'), guarded, inside);
}

const SYSTEMS: Readonly<Record<string, Partial<System>>> = {
  'a call': system('  cross_call entry', fromCompartment('callee', 'entry'), callee('  cret')),
  'a call with 1024 bytes to zero': system(
    '  csw zero, -1024(csp)\n  cross_call entry',
    fromCompartment('callee', 'entry'),
    callee('  cret'),
  ),
  'a thread switch': system('  yield\n  yield', [], compartment('two', 'main:\n  yield\n  j main')),
  'a fault without handler': system(
    '  cross_call entry',
    fromCompartment('callee', 'entry'),
    callee('  csw zero, -512(csp)\n  li a1, 0\n  clw a0, 0(ca1)\n  cret'),
  ),
  'a fault with a handler': system(
    '  cross_call entry',
    fromCompartment('callee', 'entry'),
    callee('  li a1, 0\n  clw a0, 0(ca1)\n  cret\nhandler:\n  li a0, FORCE_UNWIND\n  cret', {
      errorHandler: 'handler',
    }),
  ),
  'the scheduler': system('  cross_call ticks', fromCompartment('scheduler', 'ticks')),
  'the allocator': onHeap(`${ALLOCATE}
  cmove ca1, ca0
  load_import ca0, quota
  cross_call heap_free`),
  'all memory of a quota given back': onHeap(`${ALLOCATE}${ALLOCATE}
  load_import ca0, quota
  cross_call heap_free_all`),
  'a reboot of a compartment with somebody inside': rebooting(),
};

/** By the compartment that revocation=software adds. */
const SWEEPING = system('  cross_call sweep', fromCompartment('sweeper', 'sweep'));

/**
 * The longest time with interrupts off from the first instruction of thread `one` to the end of the run: as the ledger records it, and
 * as mstatus says after each instruction.
 */
function windows(
  parts: Partial<System>,
  kernel: ParameterValues = {},
): { readonly recorded: number; readonly seen: number; readonly from: string } {
  let [window, since, seen, last]: [MaskedWindow | undefined, number, number, number] = [undefined, -1, 0, 0];
  const { machine, linked, stop } = run(parts, {
    kernel,
    watch: (m, { symbol }) => {
      m.probes.add(symbol('one.main').physical, ({ cycle }) => {
        window ??= m.ledger.openMasked(cycle);
        m.setTrace(({ kind, cycle: now }) => {
          if (kind !== 'retire') return;
          const masked = (m.registers().find(({ name }) => name === 'mstatus')!.value & MIE) === 0;
          if (masked && since < 0) since = now;
          if (!masked && since >= 0) {
            seen = Math.max(seen, now - since);
            since = -1;
          }
          last = now;
        });
        return false;
      });
    },
  });
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  machine.ledger.closeMasked(window!, last);
  const { from, cycles } = window!;
  const place = linked.image.symbols
    .filter(({ physical }) => physical <= from)
    .sort((a, b) => b.physical - a.physical)[0];
  return { recorded: cycles, seen, from: place.name };
}

/** Where the longest begins, and its cycles on safe33. */
const LONGEST: Readonly<Record<string, readonly [from: string, cycles: number]>> = {
  'a call': ['switcher.call_compartment', 96],
  'a call with 1024 bytes to zero': ['switcher.call_compartment', 435],
  'a thread switch': ['switcher.trap_entry', 246],
  'a fault without handler': ['switcher.trap_entry', 324],
  'a fault with a handler': ['switcher.trap_entry', 280],
  'the scheduler': ['switcher.call_compartment', 172],
  'the allocator': ['switcher.call_compartment', 94],
  'all memory of a quota given back': ['switcher.call_compartment', 95],
  'a reboot of a compartment with somebody inside': ['switcher.call_compartment', 452],
};

/** Cycles from the trap to the retirement of the handler's first instruction, at most: an interrupt's or an ecall's. */
const TAKING_A_TRAP = 7;

describe('interrupts are never off for longer than the ledger records', () => {
  it.each(Object.keys(LONGEST))('%s', (name) => {
    const { recorded, seen, from } = windows(SYSTEMS[name]);
    expect([from, recorded]).toEqual(LONGEST[name]);
    // a trap masks them when it is taken, an instruction when it retires
    expect(recorded - seen).toBeGreaterThanOrEqual(0);
    expect(recorded - seen).toBeLessThanOrEqual(from === 'switcher.trap_entry' ? TAKING_A_TRAP : 0);
  });

  it('a part of the sweep by software: 4096 granules in one stretch, far longer than anything else', () => {
    const { recorded, seen, from } = windows(SWEEPING, { revocation: 'software' });
    expect([from, recorded, recorded - seen]).toEqual(['switcher.call_compartment', 42531, 0]);
  });
});
