import { describe, expect, it } from 'vitest';
import { permissionsOf, typeOf } from '../../../platforms/cheri/hardware/capability.js';
import { baseOf, topOf } from '../../../platforms/cheri/hardware/capability-bounds.js';
import { Permission } from '../../../platforms/cheri/hardware/permissions.js';
import { fromCompartment, fromLibrary } from '../../../platforms/cheri/kernel/compartments.js';
import { constant } from '../../../platforms/cheri/kernel/source.js';
import type { Import } from '../../../platforms/cheri/kernel/system.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { HEAP_CALLS, HEAP_MACROS, QUOTA } from './heap.js';
import { compartment, run, type Run, thread, type WalkedMachine } from './system.js';

/* Ephemeral claims: thread `main` claims by its hazard slots, thread `other` of the same compartment frees meanwhile. */

const minus = (n: number): number => -n >>> 0;
const [INVALID, TIMED_OUT, NOT_PERMITTED] = [22, 116, 1].map(minus);

const QUOTAS = ['mine', 'yours'].map((name) => ({ name, bytes: QUOTA }));
const IMPORTS: readonly Import[] = [
  ...HEAP_CALLS,
  ...fromCompartment('allocator', 'token_key_new', 'token_allocate', 'token_free'),
  ...fromCompartment('scheduler', 'ticks'),
  { kind: 'switcher', name: 'hazard_slots', function: 'hazard_slots' },
  ...fromLibrary('ephemeral', 'heap_claim_ephemeral'),
  ...QUOTAS.map(({ name }): Import => ({ kind: 'quota', name, quota: name })),
];

/** Pointers are kept in globals, a thread's timeout at 0(csp). `hand` gives the other thread its turn without a call. */
const MACROS = `${HEAP_MACROS}
.macro allocate bytes, place, quota=mine
  timeout
  load_import ca1, \\quota
  li a2, \\bytes
  cross_call heap_allocate
  csc ca0, \\place - globals(cgp)
.endm
.macro free place, quota=mine
  load_import ca0, \\quota
  clc ca1, \\place - globals(cgp)
  cross_call heap_free
  report a0
.endm
.macro claim one, two=nothing
  timeout
  clc ca1, \\one - globals(cgp)
  clc ca2, \\two - globals(cgp)
  library_call heap_claim_ephemeral
  report a0
.endm
.macro usable place
  clc ca0, \\place - globals(cgp)
  cgettag t0, ca0
  report t0
.endm
.macro flush
  timeout
  cross_call quarantine_flush
  report a0
.endm
.macro hand
  clw t0, turn - globals(cgp)
  addi t0, t0, 1
  csw t0, turn - globals(cgp)
.Lhanded\\@:
  yield
  clw t1, turn - globals(cgp)
  beq t0, t1, .Lhanded\\@
.endm
.macro await number
.Lawait\\@:
  yield
  clw t0, turn - globals(cgp)
  addi t0, t0, -\\number
  bnez t0, .Lawait\\@
.endm
`;

/** What both report, in the order in which they do. `main` ends the run; the first turn is its. */
function both(
  main: string,
  other: string,
  options: {
    readonly kernel?: ParameterValues;
    readonly watch?: (m: WalkedMachine, linked: Run['linked']) => void;
  } = {},
): Run {
  const program = `${MACROS}
main:
  cincoffset csp, csp, -64
${main}
  exit
other:
  cincoffset csp, csp, -64
  await 1
${other}
  hand
  .data
  .balign 8
nothing: .space 8
one: .space 8
two: .space 8
three: .space 8
turn: .word 0
`;
  const more = { stackBytes: 2048, trustedFrames: 8 };
  const done = run(
    {
      compartments: [compartment('user', program, { imports: IMPORTS })],
      threads: [thread('user', 'main', more), thread('user', 'other', more)],
      quotas: QUOTAS,
    },
    options,
  );
  expect(done.stop).toEqual({ kind: 'exit', code: 0 });
  return done;
}

/** Chunks follow each other to the end of the heap, and the allocator's sums are theirs. */
function expectWholeHeap({ machine, linked: { heap, symbol } }: Run): void {
  const [FLAGS, FREE, QUARANTINED] = [7, 0, 2];
  const bytes = new Map<number, number>();
  let at = heap.base + 8;
  while (at < heap.base + heap.bytes) {
    const word = machine.word(at);
    expect(word & ~FLAGS).toBeGreaterThan(0);
    bytes.set(word & FLAGS, (bytes.get(word & FLAGS) ?? 0) + (word & ~FLAGS));
    at += word & ~FLAGS;
  }
  expect(at).toBe(heap.base + heap.bytes);
  const sum = (name: string): number => machine.word(symbol(`allocator.${name}`).physical);
  expect([sum('free_bytes'), sum('quarantine_bytes')]).toEqual([bytes.get(FREE) ?? 0, bytes.get(QUARANTINED) ?? 0]);
}
function reports(main: string, other: string, kernel: ParameterValues = {}): readonly number[] {
  const done = both(main, other, { kernel });
  expectWholeHeap(done);
  return done.reports;
}

describe.each(['hardware', 'software', 'none'])('what a hazard slot has is not freed, revocation=%s', (revocation) => {
  /** Where nobody sweeps, memory is used again at once, and old pointers reach it. */
  const gone = revocation === 'none' ? 1 : 0;
  const told = (main: string, other: string): readonly number[] => reports(main, other, { revocation });

  it('until the next call of who has claimed it, and is freed with what is allocated or freed after that', () => {
    const main = `
  allocate 32, one
  li t0, 77
  csw t0, 8(ca0)
  claim one
  hand
  usable one
  clw t0, 8(ca0)
  report t0
  cross_call ticks
  usable one
  allocate 16, two
  usable one
  usable two`;
    expect(told(main, '  free one\n  allocate 8, three')).toEqual([0, 0, 1, 77, 1, gone, 1]);
  });

  it('the quota of who has freed it is whole at once, and the memory comes back', () => {
    const main = `
  allocate 32, one
  claim one
  hand
  usable one
  left
  flush
  usable one
  left`;
    expect(told(main, '  free one\n  left')).toEqual([0, 0, QUOTA, 1, QUOTA, 0, gone, QUOTA]);
  });

  it('given back with all of a quota', () => {
    const freeAll = '  load_import ca0, mine\n  cross_call heap_free_all\n  report a0';
    const main = `
  allocate 32, one
  allocate 64, two
  claim one
  hand
  usable one
  usable two
  flush
  usable one
  left`;
    expect(told(main, freeAll)).toEqual([0, 40 + 72, 1, 0, 0, gone, QUOTA]);
  });
});

describe('a thread has two slots', () => {
  const THREE = '  allocate 32, one\n  allocate 48, two\n  allocate 5000, three\n';
  const FREE_THREE = '  free one\n  free two\n  free three';
  const usable = '  usable one\n  usable two\n  usable three';

  it('two objects', () => {
    expect(reports(`${THREE}  claim one, three\n  hand\n${usable}`, FREE_THREE)).toEqual([0, 0, 0, 0, 1, 0, 1]);
    expect(reports(`${THREE}  claim one, one\n  hand\n${usable}`, FREE_THREE)).toEqual([0, 0, 0, 0, 1, 0, 0]);
  });

  it('a second claim replaces the first one, both slots of it', () => {
    const main = `${THREE}  claim one, two\n  claim three\n  hand\n${usable}`;
    expect(reports(main, FREE_THREE)).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    const nothing = `${THREE}  claim one, two\n  claim nothing\n  hand\n${usable}`;
    expect(reports(nothing, FREE_THREE)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('of what is kept the one that is in no slot any more is freed, the other stays', () => {
    const main = `${THREE}  claim one, two\n  hand\n${usable}\n  claim two\n  hand\n${usable}`;
    const other = '  free one\n  free two\n  hand\n  free three';
    expect(reports(main, other)).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0]);
  });
});

describe('what can be claimed', () => {
  const one = (body: string): readonly number[] => reports(`  allocate 64, one\n${body}`, '');
  const claim = '  timeout\n  library_call heap_claim_ephemeral\n  report a0';

  it('a part of an object keeps all of it, wherever the pointer points', () => {
    const part = `
  allocate 64, one
  timeout
  clc ca1, one - globals(cgp)
  cincoffset ca1, ca1, 56
  csetbounds ca1, ca1, 8
  cincoffset ca1, ca1, 64
  li a2, 0
  library_call heap_claim_ephemeral
  report a0
  hand
  usable one`;
    expect(reports(part, '  free one')).toEqual([0, 0, 1]);
  });

  it('a neighbour keeps nothing', () => {
    const main =
      '  allocate 32, one\n  allocate 32, two\n  allocate 32, three\n  claim one, three\n  hand\n  usable two';
    expect(reports(main, '  free two')).toEqual([0, 0, 0]);
  });

  it('other memory, null and numbers are passed over', () => {
    expect(one(`  cmove ca1, csp\n  cmove ca2, cgp\n${claim}`)).toEqual([0]);
    expect(one(`  li a1, 0\n  li a2, 5\n${claim}`)).toEqual([0]);
  });

  it.each([
    ['without a tag', '  ccleartag ca1, ca1'],
    ['that is a number in the heap', '  mv a1, a1'],
    ['that is not global: a slot cannot hold it', '  li t0, -2\n  candperm ca1, ca1, t0'],
  ])('a pointer %s is refused, and the other one is not claimed either', (_, spoil) => {
    const main = (first: string, second: string): string => `
  allocate 32, one
  allocate 32, two
  timeout
  clc ca1, two - globals(cgp)
${spoil}
  cmove ca3, ca1
  clc ca4, one - globals(cgp)
  cmove ca1, ${first}
  cmove ca2, ${second}
  library_call heap_claim_ephemeral
  report a0
  hand
  usable one`;
    expect(reports(main('ca3', 'ca4'), '  free one')).toEqual([INVALID, 0, 0]);
    expect(reports(main('ca4', 'ca3'), '  free one')).toEqual([INVALID, 0, 0]);
  });

  it('what has been freed cannot be claimed', () => {
    expect(one('  free one\n  claim one')).toEqual([0, INVALID]);
  });

  it('who has claimed it may still free it: the call ends the claim', () => {
    expect(one('  claim one\n  free one\n  usable one\n  left')).toEqual([0, 0, 0, QUOTA]);
  });

  it('kept memory is not freed a second time', () => {
    const main = '  allocate 32, one\n  claim one\n  hand\n  usable one\n  flush\n  left';
    expect(reports(main, '  free one\n  free one')).toEqual([0, 0, NOT_PERMITTED, 1, 0, QUOTA]);
  });
});

describe('slots that a compartment sets itself', () => {
  const set = (pointer: string): string => `
  library_call hazard_slots
  clc ca1, one - globals(cgp)
${pointer}
  csc ca1, 0(ca0)
  hand
  usable one`;

  it('keep what they point into, if they have its tag: bits alone hold up nobody', () => {
    expect(reports(`  allocate 32, one\n${set('')}`, '  free one')).toEqual([0, 1]);
    expect(reports(`  allocate 32, one\n${set('  ccleartag ca1, ca1')}`, '  free one')).toEqual([0, 0]);
  });

  const SEALED = `
  cross_call token_key_new
  csc ca0, two - globals(cgp)
  timeout
  load_import ca1, mine
  clc ca2, two - globals(cgp)
  li a3, 16
  cross_call token_allocate
  csc ca0, one - globals(cgp)
  csc ca1, three - globals(cgp)`;
  const DESTROY = `
  load_import ca0, mine
  clc ca1, two - globals(cgp)
  clc ca2, one - globals(cgp)
  cross_call token_free
  report a0`;

  it('the handle of a sealed object keeps nothing and is refused, its payload does', () => {
    expect(reports(`${SEALED}\n${set('')}`, DESTROY)).toEqual([0, 0]);
    expect(reports(`${SEALED}\n  claim one\n  hand\n  usable one`, DESTROY)).toEqual([INVALID, 0, 0]);
    expect(reports(`${SEALED}\n  claim three\n  hand\n  usable three`, DESTROY)).toEqual([0, 0, 1]);
  });
});

describe('beside heap_claim', () => {
  const own = '  load_import ca0, yours\n  clc ca1, one - globals(cgp)\n  cross_call heap_claim\n  report a0\n';
  const main = (body: string): string => `  allocate 32, one\n  claim one\n  hand\n${body}`;

  it('a claim of its own goes on where the ephemeral one ends', () => {
    const body = `${own}  flush\n  usable one\n  free one, yours\n  usable one\n  left yours`;
    expect(reports(main(body), '  free one')).toEqual([0, 0, 32, 0, 1, 0, 0, QUOTA]);
  });

  it('given up at once it leaves nothing behind: it is freed once', () => {
    const body = `${own}  free one, yours\n  usable one\n  left yours\n  left\n  flush\n  allocate 32, two\n  usable two`;
    expect(reports(main(body), '  free one')).toEqual([0, 0, 32, 0, 0, QUOTA, QUOTA, 0, 1]);
  });

  it('the last claim on memory in a slot is given up: it is kept', () => {
    const claimed = `  allocate 32, one\n${own}  free one\n  claim one\n  hand\n  usable one\n  flush\n  usable one`;
    expect(reports(claimed, '  free one, yours\n  left yours')).toEqual([32, 0, 0, 0, QUOTA, 1, 0, 0]);
  });
});

describe('one interrupts the other', () => {
  /** Claims with a timeout; s0 is the result. At last it is reported with the tag of the pointer, when turn 3 has come. */
  const claiming = (ticks: number): string => `
  timeout ${ticks}
  clc ca1, one - globals(cgp)
  li a2, 0
  library_call heap_claim_ephemeral
  mv s0, a0
1:
  yield
  clw t0, turn - globals(cgp)
  addi t0, t0, -3
  bnez t0, 1b
  report s0
  usable one
  clw t0, 0(csp)
  report t0`;
  const delay = (iterations: number): string => `
  li t0, ${iterations}
1:
  addi t0, t0, -1
  bnez t0, 1b`;
  const setTurn = (turn: number): string => `  li t0, ${turn}\n  csw t0, turn - globals(cgp)`;
  const FREE = `
  load_import ca0, mine
  clc ca1, one - globals(cgp)
  cross_call heap_free
${setTurn(3)}
1:
  yield
  j 1b`;

  /** Result of the claim with the tag of the pointer behind it, how often and for how many ticks the claim waited. */
  const outcome = (
    main: string,
    other: string,
  ): { readonly seen: string; readonly waits: number; readonly elapsed: number } => {
    let waits = 0;
    const [result, tag, elapsed] = both(main, other, {
      watch: (machine, { symbol }) =>
        machine.probes.add(symbol('ephemeral.wait_for_look').physical, () => {
          waits++;
          return false;
        }),
    }).reports;
    return { seen: `${result | 0} ${tag}`, waits, elapsed };
  };
  const KEPT = '0 1';
  const GONE = '-22 0';

  /** `other` frees after a delay, and its turn may end anywhere in that: then `main` claims. */
  const freeInterrupted = (iterations: number, ticks = 0x100000): ReturnType<typeof outcome> =>
    outcome(`  allocate 0x4000, one\n  hand\n${claiming(ticks)}`, `${setTurn(2)}\n${delay(iterations)}\n${FREE}`);

  /** `main` claims after a delay, and its turn may end anywhere in that: then `other` frees, after a delay of its own. */
  const claimInterrupted = (iterations: number, others = 1): ReturnType<typeof outcome> =>
    outcome(
      `  allocate 0x4000, one\n  hand\n${delay(iterations)}\n${claiming(0x100000)}`,
      `${setTurn(2)}\n  yield\n${delay(others)}\n${FREE}`,
    );

  /** The least delay for which the outcome is another than without, within a turn of 200000 cycles. */
  function border(at: (iterations: number) => string): number {
    const without = at(1);
    let [low, high] = [1, 100000];
    expect(at(high)).not.toBe(without);
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (at(middle) === without) low = middle;
      else high = middle;
    }
    return high;
  }
  const around = (centre: number, from: number, to: number, step: number): readonly number[] =>
    Array.from({ length: (to - from) / step + 1 }, (_, i) => centre + from + i * step);

  it('who frees: the other has the object until its next call, or waits until it is gone, or is told at once', () => {
    const centre = border((iterations) => freeInterrupted(iterations).seen);
    const all = around(centre, -600, 60, 60).map((iterations) => freeInterrupted(iterations));
    expect(new Set(all.map(({ seen }) => seen))).toEqual(new Set([KEPT, GONE]));
    // between look and painting it waits, once: who looks gets its turn
    expect(new Set(all.map(({ seen, waits }) => `${seen} ${waits}`))).toEqual(
      new Set([`${KEPT} 0`, `${GONE} 1`, `${GONE} 0`]),
    );
    // what waited has so in its timeout, and without time for it that is the error
    expect(all.map(({ elapsed }) => elapsed > 0)).toEqual(all.map(({ waits }) => waits > 0));
    const hurried = around(centre, -600, 60, 60).map((iterations) => freeInterrupted(iterations, 0).seen);
    expect(new Set(hurried)).toEqual(new Set([KEPT, `${TIMED_OUT | 0} 0`, GONE]));
  });

  it('who claims: it has the object until its next call, or is told that it is gone', () => {
    const centre = border((iterations) => claimInterrupted(iterations).seen);
    const all = around(centre, -20, 20, 1).map((iterations) => claimInterrupted(iterations).seen);
    expect(new Set(all)).toEqual(new Set([KEPT, GONE]));
  });

  it('both, between epoch and slots and between look and painting: what the look has not seen is not claimed', () => {
    const centre = border((iterations) => claimInterrupted(iterations).seen);
    const all = [centre, centre + 1, centre + 2].flatMap((iterations) => {
      const look = border((others) => claimInterrupted(iterations, others).seen);
      return around(look, -40, 4, 1).map((others) => claimInterrupted(iterations, others).seen);
    });
    expect(new Set(all)).toEqual(new Set([KEPT, GONE]));
  });
});

it('only the allocator loads from the slots, only their thread stores to them', () => {
  const { machine, linked } = both('  allocate 32, one\n  claim one', '');
  const [first] = linked.threads.map((t) => machine.word(t.trustedStack.base + constant('TS_HAZARDS')));
  const end = first + constant('HAZARD_BYTES') * linked.threads.length;
  const holders = machine.taggedGranules
    .map((place) => ({ place, address: machine.word(place), metadata: machine.word(place + 4) }))
    .filter(({ address, metadata }) => {
      const data = (permissionsOf(metadata) & (Permission.LD | Permission.SD)) !== 0;
      return (
        data && typeOf(metadata) === 0 && topOf(metadata, address) > first && baseOf(metadata, address) >>> 0 < end
      );
    });
  const { code } = linked.places.get('allocator')!;
  const allocators = holders.filter(({ place }) => place >= code.base && place < code.base + code.bytes);
  expect(allocators.map(({ metadata }) => permissionsOf(metadata))).toEqual([
    Permission.GL | Permission.LD | Permission.MC,
  ]);
  const others = holders.filter((one) => !allocators.includes(one));
  expect(others.map(({ place }) => place)).toEqual(
    linked.threads.map((t) => t.trustedStack.base + constant('TS_HAZARDS')),
  );
  for (const { metadata } of others) expect(permissionsOf(metadata)).toBe(Permission.SD | Permission.MC);
});
