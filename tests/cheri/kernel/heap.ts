import { expect } from 'vitest';
import type { Import, Quota } from '../../../platforms/cheri/kernel/system.js';
import type { ParameterValues } from '../../../platforms/platform.js';
import { compartment, run, thread } from './system.js';

/** Bytes of the quota `mine` of most tests. */
export const QUOTA = 0x8000;

/** A timeout at 0(csp), in ca0; what a quota has left is reported. */
const MACROS = `
.macro timeout
  csw zero, 0(csp)
  li t0, 0x100000
  csw t0, 4(csp)
  cincoffset ca0, csp, 0
  csetbounds ca0, ca0, 8
.endm
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
  const program = `${MACROS}${macros}\nmain:\n  cincoffset csp, csp, -64\n${body}\n  exit`;
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
