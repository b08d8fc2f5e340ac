import { Mode, Size } from '../../thumb/instruction.js';
import { Op } from '../../thumb/operations.js';
import { AccessFault, datum } from './access.js';
import { type Core, Sleep } from './core.js';
import { dataFault, load, store, unaligned } from './datapath.js';
import { raise } from './exceptions.js';
import { Bank } from './lookaside.js';
import { transferMultiple } from './load-multiple.js';
import { ExceptionNumber } from './nvic.js';
import { raiseStackOverflow, raiseUsage, retire } from './retire.js';
import { CFSR, DFSR, HFSR } from './scb.js';
import {
  instructionWord,
  SLOT_FLAGS,
  SLOT_MODE,
  SLOT_RA,
  SLOT_RD,
  SLOT_RM,
  SLOT_RN,
  SLOT_SHIFT,
  SLOT_SIZE,
} from './slots.js';
import { changeProcessorState, readSpecial, writeSpecial } from './special.js';
import { shifted } from './arithmetic.js';
import { branchTo, isReturn } from './transfer.js';

/** BKPT that calls the semihosting host (Arm semihosting, Thumb). */
const SEMIHOSTING = 0xab;
/** TT response: R, RW and, in Secure state, S (DDI0553, TT_RESP). */
const TT_READ_WRITE = 3 << 18;
const TT_SECURE = 1 << 22;

/** An LDM or STM was interrupted and something else stands where it goes on (DDI0403E B1.5.10). */
export const raiseInvalidState = (core: Core): void => {
  core.ici = 0;
  raiseUsage(core, CFSR.INVSTATE);
};

/** Bank of the unprivileged forms (LDRT, STRT). */
const unprivileged = (core: Core): Bank => core.bank | Bank.UNPRIVILEGED;

/** A loaded value as its width and sign demand. */
function extended(value: number, size: Size): number {
  switch (size) {
    case Size.SIGNED_BYTE:
      return (value << 24) >> 24;
    case Size.SIGNED_HALF:
      return (value << 16) >> 16;
    default:
      return value;
  }
}

/** Ends an instruction whose further cycles are spent on data. */
function retireAccess(core: Core, w: number, cost: number): void {
  core.dataStall += cost;
  core.counts.busBeats++;
  retire(core, w, cost);
}

/** A load to PC: a branch with interworking. The base, if it is written back, has its new value already. */
function loadPc(core: Core, w: number, address: number, base: number): void {
  const { r, timing } = core;
  if (!load(core, address, 4, core.bank, false)) return;
  const target = datum.value;
  if (((w >> SLOT_MODE) & 3) !== Mode.OFFSET) r[(w >> SLOT_RN) & 15] = base;
  const refill = isReturn(core, target) ? 0 : timing.loadPc;
  core.fetchStall += refill;
  core.dataStall += timing.load;
  core.counts.busBeats++;
  retire(core, w, timing.load + refill);
  branchTo(core, target);
}

/** A branch to `target` without interworking. */
function branchWithin(core: Core, w: number, target: number, cost: number): void {
  core.fetchStall += cost;
  retire(core, w, cost);
  core.jumpTo(target);
}

/** Sets SP, whose low bits are always 0, after the check of its limit. @returns false if that raised a fault. */
function setStackPointer(core: Core, w: number, value: number): boolean {
  if ((value & ~3) >>> 0 < core.stackLimit >>> 0) {
    raiseStackOverflow(core);
    return false;
  }
  core.r[13] = value & ~3;
  retire(core, w, 0);
  return true;
}

/** SP = a + b + carry, with the flags if the instruction sets them. */
function addToStackPointer(core: Core, w: number, a: number, b: number, carry: number): void {
  const sum = (a + b + carry) | 0;
  if (!setStackPointer(core, w, sum) || (w & SLOT_FLAGS) === 0) return;
  core.n = core.z = sum;
  core.c = (a >>> 0) + (b >>> 0) + carry > 0xffffffff ? 1 : 0;
  core.v = (a ^ sum) & (b ^ sum);
}

/**
 * Executes an instruction that is in no other switch: transfers of several words, special accesses, everything that changes
 * the state of the core. Leaves the core ready for the next instruction, or with the fault pending and this one to come.
 */
export function executeSystem(core: Core, w: number, imm: number): void {
  const { r, timing } = core;
  const op = w & 255;
  const rd = (w >> SLOT_RD) & 15;
  const rn = (w >> SLOT_RN) & 15;
  const rm = (w >> SLOT_RM) & 15;
  const ra = (w >> SLOT_RA) & 15;
  const size = ((w >> SLOT_SIZE) & 7) as Size;
  const bytes = (1 << (size & 3)) as 1 | 2 | 4;
  if (op >= Op.LDMIA && op <= Op.STMDB) {
    transferMultiple(core, w, imm);
    return;
  }
  switch (op) {
    case Op.UNDEFINED:
      raiseUsage(core, CFSR.UNDEFINSTR);
      return;
    case Op.COPROCESSOR:
      raiseUsage(core, CFSR.NOCP);
      return;

    case Op.ADD_SP_X:
      addToStackPointer(core, w, r[rn], shifted(r[rm], (w >> SLOT_SHIFT) & 7, imm, core.c), 0);
      return;
    case Op.SUB_SP_X:
      addToStackPointer(core, w, r[rn], ~shifted(r[rm], (w >> SLOT_SHIFT) & 7, imm, core.c), 1);
      return;
    case Op.MOV_SP:
      setStackPointer(core, w, r[rm]);
      return;
    case Op.MOV_PC:
      branchWithin(core, w, rm === 15 ? core.pc + 4 : r[rm], timing.branchRegister);
      return;
    case Op.ADD_PC:
      branchWithin(core, w, core.pc + 4 + (rm === 15 ? core.pc + 4 : r[rm]), timing.branchRegister);
      return;
    case Op.BXNS:
      leaveSecure(core, w, r[rm]);
      return;
    case Op.BLXNS:
      if ((r[rm] & 1) !== 0) r[14] = (core.pc + 2) | 1;
      leaveSecure(core, w, r[rm]);
      return;
    case Op.TBB: {
      const table = rn === 15 ? core.pc + 4 : r[rn];
      if (!load(core, (table + r[rm]) | 0, 1, core.bank, false)) return;
      core.counts.busBeats++;
      branchWithin(core, w, core.pc + 4 + 2 * datum.value, timing.tableBranch);
      return;
    }
    case Op.TBH: {
      const table = rn === 15 ? core.pc + 4 : r[rn];
      if (!load(core, (table + 2 * r[rm]) | 0, 2, core.bank, false)) return;
      core.counts.busBeats++;
      branchWithin(core, w, core.pc + 4 + 2 * datum.value, timing.tableBranch);
      return;
    }

    case Op.LDR_PC_I:
      loadPc(core, w, (r[rn] + imm) | 0, 0);
      return;
    case Op.LDR_PC_R:
      loadPc(core, w, (r[rn] + (r[rm] << imm)) | 0, 0);
      return;
    case Op.LDR_PC_W:
      loadPc(core, w, ((w >> SLOT_MODE) & 3) === Mode.PRE ? (r[rn] + imm) | 0 : r[rn], (r[rn] + imm) | 0);
      return;
    case Op.LDR_PC_LITERAL:
      loadPc(core, w & ~(3 << SLOT_MODE), imm, 0);
      return;
    case Op.LOAD_LITERAL:
      if (!load(core, imm, bytes, core.bank, false)) return;
      r[rd] = extended(datum.value, size);
      retireAccess(core, w, timing.load + unaligned.cycles);
      return;
    case Op.LDRD_LITERAL:
      loadDouble(core, w, imm, 0);
      return;
    case Op.LDRD:
      if (!checkIndexedStack(core, w, imm)) return;
      loadDouble(core, w, indexed(core, w, imm), imm);
      return;
    case Op.STRD: {
      if (!checkIndexedStack(core, w, imm)) return;
      const address = indexed(core, w, imm);
      if ((address & 3) !== 0) {
        dataFault(core, AccessFault.UNALIGNED, address);
        return;
      }
      if (!store(core, address, 4, r[rd], core.bank, true)) return;
      if (!store(core, (address + 4) | 0, 4, r[ra], core.bank, true)) return;
      writeBack(core, w, imm);
      core.counts.busBeats++;
      retireAccess(core, w, timing.double);
      return;
    }
    case Op.LOAD_UNPRIVILEGED:
      if (!load(core, (r[rn] + imm) | 0, bytes, unprivileged(core), false)) return;
      r[rd] = extended(datum.value, size);
      retireAccess(core, w, timing.load + unaligned.cycles);
      return;
    case Op.STORE_UNPRIVILEGED:
      if (!store(core, (r[rn] + imm) | 0, bytes, r[rd], unprivileged(core), false)) return;
      retireAccess(core, w, timing.store + unaligned.cycles);
      return;
    case Op.LOAD_EXCLUSIVE:
      if (!load(core, (r[rn] + imm) | 0, bytes, core.bank, true)) return;
      r[rd] = datum.value;
      core.exclusive = true;
      retireAccess(core, w, timing.load + timing.exclusive);
      return;
    case Op.STORE_EXCLUSIVE: {
      const address = (r[rn] + imm) | 0;
      if ((address & (bytes - 1)) !== 0) {
        dataFault(core, AccessFault.UNALIGNED, address);
        return;
      }
      if (core.exclusive && !store(core, address, bytes, r[rd], core.bank, true)) return;
      r[ra] = core.exclusive ? 0 : 1;
      core.exclusive = false;
      retireAccess(core, w, timing.load + timing.exclusive);
      return;
    }
    case Op.LOAD_ACQUIRE:
      if (!load(core, (r[rn] + imm) | 0, bytes, core.bank, true)) return;
      r[rd] = datum.value;
      retireAccess(core, w, timing.load);
      return;
    case Op.STORE_RELEASE:
      if (!store(core, (r[rn] + imm) | 0, bytes, r[rd], core.bank, true)) return;
      retireAccess(core, w, timing.store);
      return;
    case Op.CLREX:
      core.exclusive = false;
      core.hazard += timing.special;
      retire(core, w, timing.special);
      return;

    case Op.SEV:
      core.event = true;
      retire(core, w, 0);
      return;
    case Op.WFE:
      retire(core, w, 0);
      if (core.event) core.event = false;
      else core.sleepUntil(Sleep.FOR_EVENT);
      return;
    case Op.WFI:
      retire(core, w, 0);
      core.sleepUntil(Sleep.FOR_INTERRUPT);
      return;
    case Op.DMB:
    case Op.DSB:
      core.hazard += timing.barrier;
      retire(core, w, timing.barrier);
      return;
    case Op.ISB:
      core.fetchStall += timing.instructionBarrier;
      retire(core, w, timing.instructionBarrier);
      core.done = 0;
      return;

    case Op.SVC:
      retire(core, w, 0);
      raise(core, ExceptionNumber.SVCALL, 0);
      return;
    case Op.BKPT:
      if (imm === SEMIHOSTING) {
        retire(core, w, 0);
        core.semihost();
        return;
      }
      core.scb.reportDebugEvent(DFSR.BKPT);
      core.scb.reportHardFault(HFSR.DEBUGEVT);
      raise(core, ExceptionNumber.HARD_FAULT, instructionWord(core));
      return;
    case Op.CPS:
      changeProcessorState(core, imm);
      core.hazard += timing.cps;
      retire(core, w, timing.cps);
      core.noteMasking();
      return;
    case Op.MRS:
      r[rd] = readSpecial(core, imm);
      core.hazard += timing.special;
      retire(core, w, timing.special);
      return;
    case Op.MSR:
      writeSpecial(core, imm, r[rn]);
      core.hazard += timing.special;
      retire(core, w, timing.special);
      core.noteMasking();
      return;
    case Op.TT:
      r[rd] = testTarget(core, imm, r[rn]);
      retire(core, w, 0);
      return;
    case Op.SG:
      // In Secure memory it does nothing but mark an entry point.
      retire(core, w, 0);
      return;
    default:
      throw new RangeError(`operation ${op} has no case`);
  }
}

/** Address of LDRD and STRD. */
const indexed = (core: Core, w: number, imm: number): number => {
  const base = core.r[(w >> SLOT_RN) & 15];
  return ((w >> SLOT_MODE) & 3) === Mode.POST ? base : (base + imm) | 0;
};

function writeBack(core: Core, w: number, imm: number): void {
  if (((w >> SLOT_MODE) & 3) === Mode.OFFSET) return;
  const rn = (w >> SLOT_RN) & 15;
  core.r[rn] = rn === 13 ? (core.r[rn] + imm) & ~3 : core.r[rn] + imm;
}

/** @returns false if an access that moves SP would bring it below its limit; the fault is raised then. */
function checkIndexedStack(core: Core, w: number, imm: number): boolean {
  if (((w >> SLOT_RN) & 15) !== 13 || ((w >> SLOT_MODE) & 3) === Mode.OFFSET) return true;
  if ((core.r[13] + imm) >>> 0 >= core.stackLimit >>> 0) return true;
  raiseStackOverflow(core);
  return false;
}

function loadDouble(core: Core, w: number, address: number, offset: number): void {
  const { r, timing } = core;
  if ((address & 3) !== 0) {
    dataFault(core, AccessFault.UNALIGNED, address);
    return;
  }
  if (!load(core, address, 4, core.bank, true)) return;
  const first = datum.value;
  if (!load(core, (address + 4) | 0, 4, core.bank, true)) return;
  writeBack(core, w, offset);
  r[(w >> SLOT_RD) & 15] = first;
  r[(w >> SLOT_RA) & 15] = datum.value;
  core.counts.busBeats++;
  retireAccess(core, w, timing.double);
}

/** What TT, TTT, TTA and TTAT answer about `address`. */
function testTarget(core: Core, imm: number, address: number): number {
  const { mpu, privileged, negative } = core;
  const secure = core.config.security === 'secure' ? TT_SECURE : 0;
  // TTA asks about the Non-secure MPU; there is no Non-secure state in which it could have been set up.
  if ((imm & 2) !== 0) return secure | TT_READ_WRITE;
  if (!privileged) return secure;
  return mpu.testTarget(address, (imm & 1) === 0, negative) | secure;
}

/** BXNS and BLXNS: bit 0 clear leaves Secure state, which is not modelled. */
function leaveSecure(core: Core, w: number, target: number): void {
  if ((target & 1) === 0) {
    core.wedge(`the guest left Secure state for ${target >>> 0}: Non-secure state is not modelled`);
    return;
  }
  core.fetchStall += core.timing.branchRegister;
  retire(core, w, core.timing.branchRegister);
  branchTo(core, target);
}
