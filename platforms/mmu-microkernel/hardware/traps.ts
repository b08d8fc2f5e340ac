import { PHASE_INDEX } from '../../machine/ledger.js';
import { hex32 } from '../../machine/units.js';
import type { Core } from './core.js';

/**
 * Takes a trap of the instruction with D cycle `at`. An exception found by decode, execute or write-back alike travels to
 * write-back: the handler's first instruction leaves decode 7 cycles after `at`.
 * @param value xtval; @param pc address for xepc.
 */
export function takeTrap(core: Core, cause: number, value: number, pc: number, at: number): void {
  core.counts.traps++;
  core.next = at;
  enterPhase(core);
  const { privilege, status } = core.csr;
  const handler = core.csr.enterTrap(cause, value, pc);
  const retired = core.retiredBase + core.retired;
  // With mode and status as before, the next attempt goes the same way. Before that, mtvec = stvec or MPRV may help.
  const same = privilege === core.csr.privilege && status === core.csr.status;
  if (same && retired === core.trappedAt && handler === core.trappedTo && pc === handler) {
    core.wedge(`the trap handler at ${hex32(handler)} traps at its first instruction (cause ${cause})`);
  }
  core.trappedAt = retired;
  core.trappedTo = handler;
  enter(core, handler, Math.max(at + 5, core.fetchFree) + 2);
}

/** Takes the pending interrupt before the instruction with D cycle `core.next`: the pipeline drains, then the jump. */
export function takeInterrupt(core: Core, cause: number): void {
  core.counts.traps++;
  core.counts.interrupts++;
  enterPhase(core);
  enter(core, core.csr.enterTrap(cause | 0x80000000, 0, core.pc), core.next + 6);
}

function enterPhase(core: Core): void {
  core.phaseBefore[core.csr.privilege] = core.ledger.phase;
  core.setPhase(PHASE_INDEX['hardware entry']);
}

function enter(core: Core, handler: number, next: number): void {
  const at = core.common ? core.next + 2 : next;
  core.exception += at - core.next;
  core.next = at;
  core.last = at - 4;
  core.regimeChanged(false);
  core.noteMasking();
  core.interruptAt = core.next;
  core.limit = Math.min(core.limit, core.next);
  core.jumpTo(handler);
}
