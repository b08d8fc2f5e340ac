import { expect } from 'vitest';
import { fromCompartment } from '../../../platforms/cheri/kernel/compartments.js';
import type { Import, Quota } from '../../../platforms/cheri/kernel/system.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { compartment, run, thread, TIMEOUT_MACRO } from './system.js';

/** Bytes of the quota `mine` of most tests. */
export const QUOTA = 0x8000;

/** All that a quota can be used for. */
export const HEAP_CALLS = fromCompartment(
  'allocator',
  'heap_allocate',
  'heap_free',
  'heap_claim',
  'heap_free_all',
  'quota_left',
  'quarantine_flush',
);

/** `timeout` is of `system.ts`; what a quota has left is reported. */
export const HEAP_MACROS = `${TIMEOUT_MACRO}
.macro left quota=mine
  load_import ca0, \\quota
  cross_call quota_left
  report a0
.endm
`;

/**
 * What a compartment with quotas, which it imports by their names, reports; 64 bytes of stack from csp on are its own.
 * @param macros of the file
 */
export function heapReports(
  macros: string,
  body: string,
  imports: readonly Import[],
  quotas: readonly Quota[],
  kernel: ParameterValues = {},
): readonly number[] {
  const owned = quotas.map(({ name }): Import => ({ kind: 'quota', name, quota: name }));
  const program = `${HEAP_MACROS}${macros}\nmain:\n  cincoffset csp, csp, -64\n${body}\n  exit`;
  const { stop, reports } = run(
    {
      compartments: [compartment('user', program, { imports: [...imports, ...owned] })],
      threads: [thread('user', 'main', { stackBytes: 2048, trustedFrames: 8 })],
      quotas,
    },
    { kernel },
  );
  expect(stop).toEqual({ kind: 'exit', code: 0 });
  return reports;
}
