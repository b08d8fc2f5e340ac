import { describe, expect, it } from 'vitest';
import { topOf } from '../../../platforms/cheri/hardware/capability-bounds.js';
import { fromCompartment, SCOPED_HANDLERS } from '../../../platforms/cheri/kernel/compartments.js';
import { constant } from '../../../platforms/cheri/kernel/source.js';
import type { Compartment, Export, Import, System } from '../../../platforms/cheri/kernel/system.js';
import type { RegisterValue } from '../../../platforms/machine/machine.js';
import { compartment, run, seenAt, thread, type WalkedMachine } from './system.js';

const FAILED = -constant('COMPARTMENT_FAILED') >>> 0;

/** A compartment with scoped handlers. */
const scoped = (name: string, program: string, more: Partial<Compartment> = {}): Compartment =>
  compartment(name, `.include "scoped.s"\n${program}`, {
    ...SCOPED_HANDLERS,
    ...more,
    imports: [...SCOPED_HANDLERS.imports, ...(more.imports ?? [])],
  });

/** Two records in a frame, and the way out of it. */
const FRAME = '  cincoffset csp, csp, -128\n  csc cra, 0(csp)\n';
const BACK = '  clc cra, 0(csp)\n  cincoffset csp, csp, 128\n  cret\n';
const OUTER = 16;
const INNER = 64;
const FAULT = '  li t0, 64\n  clw t0, 0(ct0)\n';

interface Parts {
  /** Behind the body: its functions and the way to its handlers. */
  readonly behind?: string;
  readonly imports?: readonly Import[];
  readonly exports?: readonly Export[];
  readonly interrupts?: 'enabled' | 'disabled';
  readonly others?: readonly Compartment[];
  readonly times?: number;
}

/** `outer` calls `entry` of `inner`, `times` times, and reports what each call answers. */
const calling = (
  body: string,
  { behind = '', imports = [], exports = [], interrupts = 'enabled', others = [], times = 1 }: Parts = {},
): Partial<System> => ({
  compartments: [
    compartment(
      'outer',
      `main:\n  li s0, ${times}\n1:\n  cross_call entry\n  report a0\n  addi s0, s0, -1\n  bnez s0, 1b\n  exit`,
      { imports: fromCompartment('inner', 'entry') },
    ),
    scoped('inner', `entry:\n${FRAME}${body}${BACK}${behind}`, {
      imports,
      exports: [{ name: 'entry', arguments: 0, interrupts }, ...exports],
    }),
    ...others,
  ],
  threads: [thread('outer', 'main')],
});

const reports = (parts: Partial<System>, kernel = {}): readonly number[] => {
  const { stop, reports: words } = run(parts, { kernel });
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  return words;
};

const register = (machine: WalkedMachine, name: string): RegisterValue =>
  machine.registers().find((r) => r.name === name)!;

/** Address of the innermost region's record; 0 if there is none. */
const innermost = (machine: WalkedMachine): number => {
  const { value, metadata } = register(machine, 'csp');
  return machine.word(topOf(metadata!, value) - 8);
};

/** The innermost region at each mark, as bytes from csp there. */
const listAt = (parts: Partial<System>, marks: readonly string[]): readonly number[] =>
  seenAt(parts, marks, (machine) => {
    const at = innermost(machine);
    return at === 0 ? 0 : at - register(machine, 'csp').value;
  }).seen;

const begin = (record: number, handler: string): string => `  region_begin ${record}, ${handler}\n`;
const end = (record: number): string => `  region_end ${record}\n`;
const mark = (label: string): string => `${label}:\n  nop\n`;

describe('a region', () => {
  it('that is left normally leaves the list as it was', () => {
    const body = `${mark('m0')}${begin(OUTER, 'bad')}${mark('m1')}${begin(INNER, 'bad')}${mark('m2')}${end(INNER)}${mark('m3')}${end(OUTER)}${mark('m4')}  li a0, 7\n`;
    const parts = calling(body, { behind: 'bad:\n  unimp\n' });
    const marks = ['m0', 'm1', 'm2', 'm3', 'm4'].map((name) => `inner.${name}`);
    expect(listAt(parts, marks)).toEqual([0, OUTER, INNER, OUTER, 0]);
    expect(reports(parts)).toEqual([7]);
  });

  it('in which something faults goes on at its handler, and is left', () => {
    const body = `${begin(OUTER, 'caught')}${FAULT}  li a0, 1\n  j 1f\n${mark('caught')}  li a0, 7\n1:\n`;
    expect(listAt(calling(body), ['inner.caught'])).toEqual([0]);
    expect(reports(calling(body))).toEqual([7]);
  });

  it('is over for a fault behind it', () => {
    const body = `${begin(OUTER, 'caught')}${end(OUTER)}${FAULT}caught:\n  li a0, 7\n`;
    const { seen, reports: words } = seenAt(calling(body), ['switcher.fault'], () => 0);
    expect(words).toEqual([FAILED]);
    // the handler finds that out without a fault of its own
    expect(seen.length).toBe(1);
  });

  it('in a region: each fault finds the innermost one that is left', () => {
    const body = `
${begin(OUTER, 'outermost')}${begin(INNER, 'inside')}${FAULT}${mark('inside')}  report sp\n${FAULT}
${mark('outermost')}  report sp\n  report sp\n${FAULT}`;
    const parts = calling(body);
    expect(listAt(parts, ['inner.inside', 'inner.outermost'])).toEqual([OUTER, 0]);
    const words = reports(parts);
    expect(words.map((word) => word === words[0])).toEqual([true, true, true, false]);
    expect(words[3]).toBe(FAILED);
  });

  it('gives back s0, s1, the stack and globals, whatever faults and however deep', () => {
    const body = `
  li s0, 11
  li s1, 22
${begin(OUTER, 'caught')}${mark('inside')}  cjal deeper\n${mark('caught')}
  report s0
  report s1
  clw a0, value - globals(cgp)
`;
    const behind = `deeper:\n  cincoffset csp, csp, -64\n  li s0, 1\n  li s1, 2\n  li gp, 3\n${FAULT}  .data\nvalue: .word 42\n`;
    const parts = calling(body, { behind });
    const stack = (machine: WalkedMachine): unknown => register(machine, 'csp');
    const { seen, reports: words } = seenAt(parts, ['inner.inside', 'inner.caught'], stack);
    expect(seen[1]).toEqual(seen[0]);
    expect(words).toEqual([11, 22, 42]);
  });

  it.each(['  li sp, 0\n  csw zero, 0(csp)\n', '1:\n  cincoffset csp, csp, -16\n  csw zero, 0(csp)\n  j 1b\n'])(
    'is found when there is no stack left: %j',
    (fault) => {
      expect(reports(calling(`${begin(OUTER, 'caught')}${fault}caught:\n  li a0, 7\n`))).toEqual([7]);
    },
  );

  it('handles more than 512 faults of one invocation', () => {
    const body = `
  li s0, 600
1:
${begin(OUTER, '2f')}${FAULT}
2:
  addi s0, s0, -1
  bnez s0, 1b
  li a0, 7
`;
    expect(reports(calling(body))).toEqual([7]);
  });

  it('of a function that a thread begins with', () => {
    const main = `main:\n${FRAME}${begin(OUTER, 'caught')}${FAULT}caught:\n  report zero\n  exit`;
    expect(reports({ compartments: [scoped('inner', main)], threads: [thread('inner', 'main')] })).toEqual([0]);
  });

  it('does not outlive its invocation', () => {
    const body = `
  clw t0, count - globals(cgp)
  addi t1, t0, 1
  csw t1, count - globals(cgp)
  bnez t0, 1f
${begin(OUTER, 'caught')}
  li a0, 1
  j 2f
1:
${FAULT}
caught:
  li a0, 2
2:
`;
    expect(reports(calling(body, { behind: '  .data\ncount: .word 0\n', times: 2 }))).toEqual([1, FAILED]);
  });
});

describe('a callee that faults', () => {
  it.each([
    ['without handler', compartment('third', `third:\n${FAULT}`, { exports: [{ name: 'third', arguments: 0 }] })],
    [
      'with scoped handlers, outside of a region',
      scoped('third', `third:\n${FAULT}`, { exports: [{ name: 'third', arguments: 0 }] }),
    ],
  ])('%s: its caller has the error, and is still in its region', (_, third) => {
    const body = `${begin(OUTER, 'caught')}  cross_call third\n${mark('back')}${end(OUTER)}  j 1f\ncaught:\n  li a0, 9\n1:\n`;
    const parts = calling(body, { imports: fromCompartment('third', 'third'), others: [third] });
    expect(reports(parts)).toEqual([FAILED]);
    expect(listAt(parts, ['inner.back'])).toEqual([OUTER]);
  });

  it("in the same compartment: not at the caller's region", () => {
    const body = `${begin(OUTER, 'caught')}  cross_call again\n${mark('back')}${end(OUTER)}  j 1f\ncaught:\n  li a0, 9\n1:\n`;
    const parts = calling(body, {
      imports: fromCompartment('inner', 'again'),
      exports: [{ name: 'again', arguments: 0 }],
      behind: `again:\n${FAULT}`,
    });
    expect(reports(parts)).toEqual([FAILED]);
    expect(listAt(parts, ['inner.back'])).toEqual([OUTER]);
  });
});

describe('a list that was overwritten', () => {
  /** How often the handler is entered, and what the caller is told. */
  const outcome = (spoil: string): readonly [entered: number, answer: number] => {
    const body = `${begin(OUTER, 'outermost')}${begin(INNER, 'caught')}${spoil}${FAULT}caught:\n  li a0, 9\n  j 1f\noutermost:\n  li a0, 8\n1:\n`;
    const { seen, reports: words } = seenAt(calling(body), ['inner.scoped_handler'], () => 0);
    return [seen.length, words[0]];
  };
  const HEAD = '  cgettop t0, csp\n  csetaddr ct1, csp, t0\n';

  it('is followed as far as it is whole', () => {
    expect(outcome('')).toEqual([1, 9]);
  });

  it.each([
    ['no pointer', `${HEAD}  li t2, 64\n  csc ct2, -8(ct1)\n`],
    ['a pointer without its tag', `${HEAD}  cincoffset ct2, csp, ${INNER}\n  ccleartag ct2, ct2\n  csc ct2, -8(ct1)\n`],
    [
      'a pointer to no record',
      `${HEAD}  cgetbase t2, csp\n  csetaddr ct2, csp, t2\n  cincoffset ct2, ct2, -8\n  csc ct2, -8(ct1)\n`,
    ],
  ])('%s at its head: the handler faults, and the invocation ends', (_, spoil) => {
    expect(outcome(spoil)).toEqual([1, FAILED]);
  });

  it.each(['REGION_SP', 'REGION_RA'])('%s of a record: the region around it', (field) => {
    expect(outcome(`  csw zero, ${INNER} + ${field}(csp)\n`)).toEqual([2, 8]);
  });

  it('a record of zeros, with nothing around it: the handler finds nothing, and the invocation ends', () => {
    const zeros = [0, 8, 16, 24, 32].map((at) => `  csc cnull, ${INNER + at}(csp)\n`).join('');
    expect(outcome(zeros)).toEqual([2, FAILED]);
  });
});

describe('where a region goes on', () => {
  const FILLED = ['tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5'];
  /** Numbers of their own in all registers, tagged capabilities in two, when it faults. */
  const faults =
    FILLED.map((r, i) => `  li ${r}, ${0x5ec0 + i}\n`).join('') + '  cmove ca3, csp\n  cmove ca4, cgp\n  unimp\n';
  const body = `  li s0, 11\n  li s1, 22\n${begin(OUTER, 'caught')}${faults}${mark('caught')}  li a0, 7\n`;

  it('there is nothing of the fault but what the handler was given, and nothing of the switcher', () => {
    const { seen } = seenAt(calling(body), ['inner.caught'], (machine) =>
      machine
        .registers()
        .filter(({ name, value, tag, metadata }) => /^c(ra|tp|[tsa]\d)$/.test(name) && (value || metadata || tag))
        .map(({ name, value, tag }) => [name, tag ? 'capability' : value]),
    );
    expect(Object.fromEntries(seen[0])).toEqual({
      cra: 'capability',
      ct2: 'capability',
      cs0: 11,
      cs1: 22,
      ca0: 1,
    });
  });

  const interruptsOn = (machine: WalkedMachine): boolean =>
    (register(machine, 'mstatus').value & constant('STATUS_MIE')) !== 0;

  it.each(['enabled', 'disabled'] as const)('interrupts are %s as they were', (interrupts) => {
    const { seen } = seenAt(calling(body, { interrupts }), ['inner.caught'], interruptsOn);
    expect(seen).toEqual([interrupts === 'enabled']);
  });

  it('interrupts are as the region began, not as it faulted', () => {
    const imports = [{ kind: 'own', name: 'masked', function: 'masked', interrupts: 'disabled' }] as const;
    const parts = calling(`${begin(OUTER, 'caught')}  library_call masked\n${mark('caught')}  li a0, 7\n`, {
      imports,
      behind: `masked:\n  nop\n  unimp\n`,
    });
    expect(seenAt(parts, ['inner.masked', 'inner.caught'], interruptsOn).seen).toEqual([false, true]);
  });
});

describe('beside a rich handler, which steps over faults where it has stack', () => {
  const RICH = `
handler:
  clw t0, CONTEXT_PC(ca0)
  addi t0, t0, 2
  csw t0, CONTEXT_PC(ca0)
  li a0, INSTALL_CONTEXT
  cret
`;
  const both = (body: string): readonly number[] => {
    const { compartments = [], ...rest } = calling(body, { behind: RICH });
    return reports({
      ...rest,
      compartments: compartments.map((c) => (c.name === 'inner' ? { ...c, errorHandler: 'handler' } : c)),
    });
  };

  it('reset_handled gives the entries to and exits from handlers, and begins anew', () => {
    const reset = '  library_call reset_handled\n';
    expect(both(`  unimp\n  unimp\n${reset}  report a0\n  report a1\n${reset}  unimp\n`)).toEqual([4, 0, 0]);
  });

  it('a region finds them in a0', () => {
    expect(both(`  unimp\n  unimp\n${begin(OUTER, '1f')}  unimp\n  li sp, 0\n  unimp\n1:\n`)).toEqual([7]);
  });
});

it('with isolation=path a stack has no end where regions could be found: the invocation ends', () => {
  const body = `${begin(OUTER, 'caught')}  li a0, 1\n  j 1f\ncaught:\n  li a0, 2\n1:\n`;
  expect(reports(calling(body), { isolation: 'path' })).toEqual([FAILED]);
  expect(reports(calling(body))).toEqual([1]);
});
