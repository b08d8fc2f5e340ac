import { STATUS } from '../../riscv/privileged.js';
import { isSealed, ObjectType, permissionsOf, typeOf, withType } from './capability.js';
import { addressTag } from './capability-bounds.js';
import type { Core } from './core.js';
import { failBehind } from './killed.js';
import { Permission } from './permissions.js';
import { SEALED_STATE } from './registers.js';
import { SINK, SLOT_LONG, SLOT_RD, SLOT_RS1 } from './slots.js';
import { CAUSE, takeTrap, VIOLATION, violationValue } from './traps.js';

/** The link register: what a jump leaves there is a return sentry, what is taken from there must be one. */
const LINK = 1;

/** Type of the return sentry that a call makes: it remembers whether interrupts are enabled. */
export const returnType = (status: number): ObjectType =>
  (status & STATUS.MIE) !== 0 ? ObjectType.RETURN_ENABLE : ObjectType.RETURN_DISABLE;

/** Writes the link of a jump whose next instruction is at `address`. */
export function link(core: Core, rd: number, address: number): void {
  const { pccMetadata, registers } = core;
  const metadata = rd === LINK ? withType(pccMetadata, returnType(core.csr.status)) : pccMetadata;
  if ((address - core.pccBase) >>> 0 > core.pccSpan >>> 0) {
    registers.set(rd, address, metadata, addressTag(1, pccMetadata, core.pc, address) !== 0);
    return;
  }
  registers.address[rd] = address;
  registers.metadata[rd] = metadata;
  registers.base[rd] = core.pccBase;
  registers.span[rd] = core.pccSpan;
  registers.state[rd] = rd === LINK ? core.pccState & SEALED_STATE : core.pccState;
}

/** Whether a jump may take a capability of this type (CHERIoT 1.0, section CJALR). */
function allowed(type: number, rd: number, rs1: number): boolean {
  if (rd === SINK && rs1 === LINK) return type === ObjectType.RETURN_DISABLE || type === ObjectType.RETURN_ENABLE;
  if (type === ObjectType.UNSEALED || (type === ObjectType.SENTRY_INHERIT && rd !== LINK)) return true;
  return rd === LINK && type >= ObjectType.SENTRY_INHERIT && type <= ObjectType.SENTRY_ENABLE;
}

/**
 * Executes cjalr, which can execute in cycle `at`, where the fast path cannot: another PCC, interrupts, faults.
 * @returns false if it trapped.
 */
export function jumpRegister(core: Core, packed: number, immediate: number, at: number): boolean {
  const { registers, csr } = core;
  const rd = (packed >>> SLOT_RD) & 31;
  const rs1 = (packed >>> SLOT_RS1) & 15;
  const metadata = registers.metadataOf(rs1);
  const address = registers.address[rs1];
  core.next = at;
  const violated = violation(registers.tagOf(rs1), metadata, rd, rs1, immediate);
  if (violated !== 0) {
    if (core.config.faultsRetire) csr.countFault();
    takeTrap(core, CAUSE.capability, violationValue(violated, rs1), core.pc, failBehind(core, at, at + 1));
    return false;
  }
  const type = typeOf(metadata);
  // The link may go where the target comes from.
  registers.copy(SINK, registers, rs1);
  if (rd !== SINK) link(core, rd, core.pc + ((packed & SLOT_LONG) !== 0 ? 4 : 2));
  core.setPcc(registers, SINK);
  core.jumpTo((address + immediate) & ~1);
  core.branch(at, at);
  if (type >= ObjectType.SENTRY_DISABLE && type <= ObjectType.RETURN_ENABLE) {
    const enables = type === ObjectType.SENTRY_ENABLE || type === ObjectType.RETURN_ENABLE;
    if (enables !== ((csr.status & STATUS.MIE) !== 0)) csr.setInterruptsEnabled(enables);
  }
  return true;
}

function violation(tag: boolean, metadata: number, rd: number, rs1: number, immediate: number): number {
  if (!tag) return VIOLATION.tag;
  const executable = (permissionsOf(metadata) & Permission.EX) !== 0;
  // A type that is no sentry's: of a capability that cannot be executed, or free for software.
  if ((isSealed(metadata) && (immediate !== 0 || !executable)) || !allowed(typeOf(metadata), rd, rs1))
    return VIOLATION.seal;
  return executable ? 0 : VIOLATION.execute;
}
