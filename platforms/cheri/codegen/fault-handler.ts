import type { Scenario } from '../../../workloads/language/scenario.js';

/*
 * The rich error handler of a compartment whose domain has a function for faults (`kernel/fault.s`): it runs on the stack of the
 * thread that faulted, below the registers of the fault, and gives them back with the place where the thread goes on.
 */

/** Label of the handler. */
export const FAULT_HANDLER = 'fault.handler';

/** The function that a domain has for faults; undefined if it has none. */
export function faultHandler({ domains }: Scenario, name: string): string | undefined {
  const onFault = domains.find((d) => d.name === name)?.onFault;
  return onFault?.kind === 'handle' ? onFault.function : undefined;
}

/** The two lowest bits of an instruction of 4 bytes (RISC-V unprivileged, Base Instruction-Length Encoding); others have 2. */
const LONG = 3;

/**
 * The handler around a function. 0 from it: behind the instruction that faulted, whose length its first halfword says. It is read
 * with the compartment's own PCC: a fault outside of it is one of the handler too, and ends the invocation.
 * @param label of the function
 */
export const handlerEntry = (label: string): readonly string[] => [
  `${FAULT_HANDLER}:`,
  'cincoffset csp, csp, -16',
  'csc ra, 0(csp)',
  'csc ca0, 8(csp)',
  `jal ${label}`,
  'bnez a0, 2f',
  'clc ca1, 8(csp)',
  'clw t0, CONTEXT_PC(ca1)',
  'auipcc ct1, 0',
  'csetaddr ct1, ct1, t0',
  'clhu t1, 0(ct1)',
  `andi t1, t1, ${LONG}`,
  `addi t1, t1, -${LONG}`,
  'addi t0, t0, 2',
  'bnez t1, 1f',
  'addi t0, t0, 2',
  '1:',
  'csw t0, CONTEXT_PC(ca1)',
  '2:',
  'clc ra, 0(csp)',
  'cincoffset csp, csp, 16',
  'cret',
];
