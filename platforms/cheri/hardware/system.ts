import { PHASE_INDEX } from '../../machine/ledger.js';
import { CSR } from '../../riscv/csrs.js';
import { Op } from '../../riscv/operations.js';
import { isSealed, permissionsOf } from './capability.js';
import { addressTag } from './capability-bounds.js';
import type { Core } from './core.js';
import { failBehind } from './killed.js';
import { Permission } from './permissions.js';
import { SLOT_LONG, SLOT_OP, SLOT_RD, SLOT_RS1 } from './slots.js';
import { FIRST_SCR, SCR } from './special.js';
import { STOP } from '../../machine/times.js';
import { MACHINE, STATUS } from '../../riscv/privileged.js';
import { CAUSE, PCC_REGISTER, takeTrap, VIOLATION, violationValue } from './traps.js';

/**
 * Executes an instruction that is not in the interpreter's own switch: calls, CSRs, special capability registers, fences,
 * trap returns. It can execute in cycle `at`. Leaves the core ready for the next instruction, or in the trap handler.
 * @param early cycle in which it can be seen to be illegal, or send the fetch unit elsewhere: no register is waited for.
 */
export function executeSystem(core: Core, packed: number, immediate: number, at: number, early: number): void {
  const { csr } = core;
  core.next = at;
  switch (packed & SLOT_OP) {
    case Op.FENCE_I:
      // A branch to the next instruction, which empties the prefetch buffer, or the cache.
      core.jumpTo(core.pc + bytesOf(packed));
      core.branch(early, at, true);
      return;
    case Op.ECALL:
      return exception(core, csr.privilege === MACHINE ? CAUSE.callFromMachine : CAUSE.callFromUser, 0, at);
    case Op.EBREAK:
      return exception(core, CAUSE.breakpoint, core.pc, at);
    case Op.CSRRW:
    case Op.CSRRS:
    case Op.CSRRC:
    case Op.CSRRWI:
    case Op.CSRRSI:
    case Op.CSRRCI:
      return accessCsr(core, packed, immediate, at, early);
    case Op.MRET:
      if (csr.privilege < MACHINE) return illegal(core, MRET_WORD, at);
      if (!core.pccSystem) {
        return exception(core, CAUSE.capability, violationValue(VIOLATION.system, PCC_REGISTER), at);
      }
      return returnFromTrap(core, at);
    case Op.WFI:
      if (csr.privilege < MACHINE && (csr.status & STATUS.TW) !== 0) return illegal(core, WFI_WORD, at);
      core.retire(at);
      core.slot += 2;
      core.sleep(at);
      return;
    default:
      return illegal(core, immediate, at);
  }
}

const MRET_WORD = 0x30200073;
const WFI_WORD = 0x10500073;

const bytesOf = (packed: number): number => ((packed & SLOT_LONG) !== 0 ? 4 : 2);

/** An exception found in decode: fetching goes on at the handler in the cycle after `at`. */
function exception(core: Core, cause: number, value: number, at: number): void {
  takeTrap(core, cause, value, core.pc, at + 1);
}

function illegal(core: Core, word: number, at: number): void {
  exception(core, CAUSE.illegal, core.config.trapValueZero ? 0 : word, at);
}

/** A CSR instruction (unprivileged ISA 9.1): rs1 or the five bits above the CSR number replace, set or clear bits. */
function accessCsr(core: Core, packed: number, immediate: number, at: number, early: number): void {
  const { csr, registers, config } = core;
  const op = packed & SLOT_OP;
  const number = immediate & 0xfff;
  const rs1 = (packed >>> SLOT_RS1) & 15;
  const byImmediate = op >= Op.CSRRWI;
  const operand = byImmediate ? immediate >>> 12 : registers.address[rs1];
  const replaces = op === Op.CSRRW || op === Op.CSRRWI;
  const writes = replaces || (byImmediate ? operand : rs1) !== 0;
  const exists = csr.allows(number, writes);
  if (!exists || (!core.pccSystem && !csr.allowsWithoutSystem(number, writes))) {
    core.hurry(at, early);
    if (!exists) return illegal(core, csrWord(packed, immediate), early);
    return exception(core, CAUSE.capability, violationValue(VIOLATION.system, PCC_REGISTER), early);
  }
  const old = core.readCsr(number, at);
  const flushes = writes && (number === CSR.mstatus || number === CSR.mie) && op !== Op.CSRRC && op !== Op.CSRRCI;
  core.retire(at);
  core.slot += 2;
  if (flushes && !core.common) core.flush();
  // A write without SR is dropped, where it is allowed at all.
  if (writes && (core.pccSystem || !config.counterWrites)) {
    const value = replaces ? operand : op === Op.CSRRS || op === Op.CSRRSI ? old | operand : old & ~operand;
    const pending = csr.interrupt >= 0;
    csr.write(number, value);
    // The interrupt that is not taken any more has held the next instruction back for a cycle.
    if (pending && csr.interrupt < 0 && !flushes) core.bubble();
  }
  registers.setInteger((packed >>> SLOT_RD) & 31, old);
}

/** The instruction word of a CSR instruction, for mtval. */
function csrWord(packed: number, immediate: number): number {
  const op = packed & SLOT_OP;
  const funct3 = op - Op.CSRRW + 1 + (op >= Op.CSRRWI ? 1 : 0);
  const source = op >= Op.CSRRWI ? immediate >>> 12 : (packed >>> SLOT_RS1) & 15;
  const rd = (packed >>> SLOT_RD) & 15;
  return ((immediate & 0xfff) << 20) | (source << 15) | (funct3 << 12) | (rd << 7) | 0x73;
}

/**
 * Executes cspecialrw, which can execute in cycle `at`, where the fast path cannot: a register that wants only some
 * capabilities, or a fault (CHERIoT 1.0, section CSpecialRW).
 */
export function accessSpecial(core: Core, packed: number, number: number, at: number): void {
  const { registers, special } = core;
  const rd = (packed >>> SLOT_RD) & 31;
  const rs1 = (packed >>> SLOT_RS1) & 15;
  const exists = number >= FIRST_SCR;
  core.next = at;
  if (!exists || !core.pccSystem) {
    const word = 0x0200005b | (number << 20) | (rs1 << 15) | ((rd & 15) << 7);
    const value = core.config.trapValueZero ? 0 : word;
    if (core.config.faultsRetire) core.csr.countFault();
    if (!exists) return takeTrap(core, CAUSE.illegal, value, core.pc, failBehind(core, at, at + 1));
    return takeTrap(
      core,
      CAUSE.capability,
      violationValue(VIOLATION.system, 0x20 | number),
      core.pc,
      failBehind(core, at, at + 1),
    );
  }
  const address = registers.address[rs1];
  const metadata = registers.metadataOf(rs1);
  const tag = registers.tagOf(rs1);
  registers.copy(rd, special.file, number - FIRST_SCR);
  const low = number === SCR.MTCC ? 3 : 1;
  special.set(number, address & ~low, metadata, tag && isVector(metadata, address, low));
  core.retire(at);
  core.slot += 2;
}

/** Whether MTCC or MEPCC keeps its tag: executable, unsealed, aligned. */
const isVector = (metadata: number, address: number, low: number): boolean =>
  (address & low) === 0 &&
  (permissionsOf(metadata) & Permission.EX) !== 0 &&
  !isSealed(metadata) &&
  addressTag(1, metadata, address, address & ~low) !== 0;

const ECALL_BYTES = 4;

/**
 * The phase behind an mret: that of the trap if it goes back to where that was taken, or behind the ecall there. Elsewhere
 * another thread goes on, whose phase nobody knows: user, until the next mark.
 */
function phaseOfReturn({ special, interruptedPc, interruptedPhase }: Core): number {
  const back = (special.addressOf(SCR.MEPCC) - interruptedPc) | 0;
  const same = back === 0 || back === ECALL_BYTES;
  return same && interruptedPhase !== PHASE_INDEX['hardware entry'] ? interruptedPhase : PHASE_INDEX.user;
}

/** mret: fetching goes on at MEPCC in the cycle after `at`. */
function returnFromTrap(core: Core, at: number): void {
  const { special } = core;
  core.retire(at);
  core.csr.leaveTrap();
  core.setPcc(special.file, SCR.MEPCC - FIRST_SCR);
  core.jumpTo(special.addressOf(SCR.MEPCC));
  core.sendFetch(at + 1, 'exception');
  core.pendingPhase = phaseOfReturn(core);
  core.trailing = 'exception';
  core.limit = STOP;
  core.noteMasking();
  // MIE is back in the cycle of the redirect; an interrupt is not decided before the next.
  core.drained = at + 2;
  core.interruptAt = Math.min(core.interruptAt, at + 2);
}
