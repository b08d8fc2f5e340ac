import { PHASE_INDEX } from '../../machine/ledger.js';
import { hex32 } from '../../machine/units.js';
import { addressTag } from './capability-bounds.js';
import type { Core } from './core.js';
import { FIRST_SCR, SCR } from './special.js';
import { NEVER } from '../../machine/times.js';

/** Exception codes (privileged ISA table 3.6; CHERIoT 1.0, section on exceptions). */
export const CAUSE = {
  fetchAccess: 1,
  illegal: 2,
  breakpoint: 3,
  loadMisaligned: 4,
  loadAccess: 5,
  storeMisaligned: 6,
  storeAccess: 7,
  callFromUser: 8,
  callFromMachine: 11,
  capability: 0x1c,
} as const;

/** Causes of `CAUSE.capability`, bits 4:0 of mtval. */
export const VIOLATION = {
  bounds: 0x01,
  tag: 0x02,
  seal: 0x03,
  execute: 0x11,
  load: 0x12,
  store: 0x13,
  storeCapability: 0x15,
  system: 0x18,
} as const;

/** Register field of mtval for the program counter: a special register with number 0. */
export const PCC_REGISTER = 0x20;

/** mtval of a capability exception. */
export const violationValue = (violation: number, register: number): number => violation | (register << 5);

/**
 * Takes a trap for which fetching goes on at the handler from cycle `at` on.
 * @param value mtval; @param pc address for MEPCC; @param untag MEPCC loses its tag (a fetch out of bounds).
 */
export function takeTrap(core: Core, cause: number, value: number, pc: number, at: number, untag = false): void {
  core.counts.traps++;
  const retired = core.retiredBase + core.retired;
  const handler = core.special.addressOf(SCR.MTCC);
  const handlerTraps = retired === core.trappedAt && pc === core.trappedTo && core.csr.masked;
  enter(core, cause, value, pc, at, untag);
  if (handlerTraps) {
    core.wedge(`the trap handler at ${hex32(handler)} traps at its first instruction (cause ${cause})`);
  }
  core.trappedAt = retired;
  core.trappedTo = handler;
}

/** Takes the pending interrupt before the instruction to come; it is decided in cycle `at`. */
export function takeInterrupt(core: Core, cause: number, at: number): void {
  core.counts.traps++;
  core.counts.interrupts++;
  enter(core, cause | 0x80000000, 0, core.pc, at + 1, false);
}

function enter(core: Core, cause: number, value: number, pc: number, at: number, untag: boolean): void {
  core.interruptedPhase = core.ledger.phase;
  core.interruptedPc = pc;
  core.setPhase(PHASE_INDEX['hardware entry']);
  const { special } = core;
  // An interrupt can come before a jump out of bounds is noticed (`cheri_pkg`, pcc2mepcc).
  const kept = addressTag(core.pccTag && !untag ? 1 : 0, core.pccMetadata, core.pccBase, pc);
  special.set(SCR.MEPCC, pc, core.pccMetadata, kept !== 0);
  core.csr.enterTrap(cause, value);
  core.setPcc(special.file, SCR.MTCC - FIRST_SCR);
  core.jumpTo(special.addressOf(SCR.MTCC));
  core.sendFetch(at, 'exception');
  core.noteMasking();
  core.interruptAt = NEVER;
  if (!special.tagOf(SCR.MTCC)) {
    core.wedge(`MTCC is untagged, so that the trap with cause ${hex32(cause)} at ${hex32(pc)} has no handler`);
  }
}
