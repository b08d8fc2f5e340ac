import type { ParameterValues } from '../../platform.js';
import type { Compartment, SharedObject, System, Thread } from './system.js';

/**
 * A path of the kernel that is measured: from the retirement of the instruction at `from` to the retirement of the one at `to`,
 * the first of the two counted. The programs repeat it and end the run by themselves, with a code other than 0 if a result is wrong.
 */
export interface Operation {
  readonly id: string;
  /** What happens between the marks, one line. */
  readonly title: string;
  readonly system: System;
  /** Symbols `unit.label`; any of them starts and ends a measurement. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Parameters that the kernel must have for it. */
  readonly kernel?: ParameterValues;
}

/* What their programs are made of (operations.ts, benchmarks.ts). */

/** Passages of a program. */
export const REPETITIONS = 6;

/** Bytes of stack of each thread: for what a callee dirties, too. */
export const STACK_BYTES = 2048;

/** A compartment with the test device. */
export const compartment = (name: string, program: string, more: Partial<Compartment> = {}): Compartment => ({
  name,
  program,
  exports: [],
  ...more,
  imports: [{ kind: 'device', name: 'bench', device: 'bench' }, ...(more.imports ?? [])],
});

/** Compartments, and a thread for each without exports. */
export const system = (...compartments: readonly Compartment[]): System => ({
  compartments,
  threads: compartments.filter(({ exports }) => exports.length === 0).map(threadOf),
  libraries: [],
  objects: [],
  quotas: [],
});

/** A compartment without exports has a thread of its own. */
export const threadOf = ({ name }: Compartment): Thread => ({
  name,
  compartment: name,
  entry: 'main',
  priority: 1,
  stackBytes: STACK_BYTES,
  trustedFrames: 4,
});

/** Ends the run with the code in a register. */
export const exit = (code: string): string => `
  load_import ct2, bench
  csw   ${code}, 4(ct2)
`;

/** Calls the export `entry` of `callee` again and again; each call must give `result`. `before`: what it does before each. */
export const caller = (result: string, before = ''): Compartment =>
  compartment(
    'caller',
    `
main:
  li    s0, ${REPETITIONS}
again:
${before}
begin:
  cross_call entry
end:
  addi  a0, a0, -(${result})
  bnez  a0, wrong
  addi  s0, s0, -1
  bnez  s0, again
  ${exit('zero')}
wrong:
  li    a0, 1
  ${exit('a0')}
`,
    { imports: [{ kind: 'call', name: 'entry', compartment: 'callee', export: 'entry' }] },
  );

export const callee = (program: string, more: Partial<Compartment> = {}): Compartment =>
  compartment('callee', program, { exports: [{ name: 'entry', arguments: 0 }], ...more });

/** Stores to the lowest of `bytes` bytes of stack. */
export const dirty = (bytes: number): string => (bytes === 0 ? '' : `  csw   zero, -${bytes}(csp)\n`);

/** Calls of a callee that only returns; both may dirty bytes of stack first. */
export const calling = (dirtied = 0, dirtiedByCaller = 0): System =>
  system(caller('0', dirty(dirtiedByCaller)), callee(`entry:\n${dirty(dirtied)}  cret`));

/** From the caller's first import to what follows the call. */
export const ROUND = { from: ['caller.begin'], to: ['caller.end'] };

export const WORD: SharedObject = { name: 'word', bytes: 8, alignment: 8, words: [0] };
/** A timeout without end at 0(csp), in ca0. */
export const TIMEOUT = `
  csw   zero, TIMEOUT_ELAPSED(csp)
  li    t0, FOREVER
  csw   t0, TIMEOUT_REMAINING(csp)
  csetbounds ca0, csp, TIMEOUT_BYTES
`;

/** A compartment whose program `runs`, and beside it `waits`, of higher priority, which waits for something meanwhile. */
export const interrupted = (runs: Compartment, waits: Compartment): System => ({
  ...system(runs, waits),
  threads: [threadOf(runs), { ...threadOf(waits), priority: 2 }],
});
