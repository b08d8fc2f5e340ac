import { PHASE_INDEX } from '../../machine/ledger.js';
import { LINE_HAS_CODE, LINE_WATCHED } from '../../machine/memory.js';
import { CSR } from '../../riscv/csrs.js';
import { Op } from '../../riscv/operations.js';
import { type Core, LINE_IN_D } from './core.js';
import { checkStore, datum, enterStore, freeze, load, store } from './datapath.js';
import { flushInstructionCache } from './fetch.js';
import { BANK } from './lookaside.js';
import { Access } from './mmu.js';
import { storeKey } from './recent-stores.js';
import { offsetOf, SLOT_LONG, SLOT_RD, SLOT_RS1, SLOT_RS2 } from './slots.js';
import { STOP } from '../../machine/times.js';
import { MACHINE, STATUS, SUPERVISOR, USER } from '../../riscv/privileged.js';
import { takeTrap } from './traps.js';
import { followWrongPath } from './wrong-path.js';

const ILLEGAL_INSTRUCTION = 2;
const BREAKPOINT = 3;
const ECALL = 8;

/** What an AMO leaves in memory. Made once: a closure in a case would be allocated at each execution. */
type Combine = (old: number, value: number) => number;
const SWAP: Combine = (_, value) => value;
const ADD: Combine = (old, value) => old + value;
const XOR: Combine = (old, value) => old ^ value;
const AND: Combine = (old, value) => old & value;
const OR: Combine = (old, value) => old | value;
const MIN: Combine = (old, value) => Math.min(old, value);
const MAX: Combine = (old, value) => Math.max(old, value);
const MINU: Combine = (old, value) => (old >>> 0 < value >>> 0 ? old : value);
const MAXU: Combine = (old, value) => (old >>> 0 > value >>> 0 ? old : value);

/** Cycles from sfence.vma or a satp write leaving execute to D of the next instruction, which is fetched anew. */
const RESCHEDULE = 3;

/**
 * Executes an instruction that is not in the interpreter's own switch: calls, CSRs, fences, trap returns, atomics. Its
 * D cycle is `at`. Leaves the core ready for the next instruction, or in the trap handler.
 */
export function executeSystem(core: Core, packed: number, immediate: number, at: number): void {
  const { x, csr, config } = core;
  const rd = (packed >> SLOT_RD) & 63;
  const rs1 = (packed >> SLOT_RS1) & 31;
  const rs2 = (packed >> SLOT_RS2) & 31;
  switch (packed & 127) {
    case Op.FENCE_I: {
      if (!core.common) {
        const stopped = core.freezes.leaving(at) < core.fetchFree;
        flushInstructionCache(core, core.freezes.leaving(at));
        // The word being read when the fetch unit stops still comes through.
        const end = offsetOf(core.slot) + 3;
        if (!stopped) {
          core.underWayFrom = end + 1;
          core.underWayTo = (end & ~3) + 8;
        }
      }
      retire(core, packed, at, at + 1);
      return;
    }
    case Op.DCACHE_FLUSH: {
      const dirty = rs1 === 0 ? core.dataCache.empty() : core.dataCache.emptySet(x[rs1] >>> 5);
      const sets = rs1 === 0 ? core.dataCache.sets : 1;
      core.loads.clear();
      // Two cycles to start, one a set; execute holds decode meanwhile.
      const done = core.common ? at + 1 : at + sets + 3 + 8 * dirty;
      core.hold(at + 1, done);
      core.dataStall += done - at - 1;
      retire(core, packed, done - 1, done);
      return;
    }
    case Op.ECALL: {
      if (!core.common) followWrongPath(core, core.slot + 2, at, at + 1);
      takeTrap(core, ECALL + csr.privilege, config.trapValueOfCalls ? 0x73 : 0, core.pc, at);
      return;
    }
    case Op.EBREAK: {
      if (!core.common) followWrongPath(core, core.slot + length(packed), at, at + 1);
      takeTrap(core, BREAKPOINT, config.trapValueOfCalls ? 0x100073 : core.pc, core.pc, at);
      return;
    }
    case Op.LR_W: {
      const p = load(core, x[rs1], 4, at, Access.LOAD);
      if (p < 0) return;
      x[rd] = core.memory.words[p >> 2];
      core.reserved = true;
      return passLate(core, packed, rd);
    }
    case Op.SC_W: {
      const reserved = core.reserved;
      if (reserved) {
        const p = store(core, x[rs1], 4, x[rs2], at);
        if (p < 0) return;
        core.memory.words[p >> 2] = x[rs2];
      } else {
        if (!checkStore(core, x[rs1], at)) return;
      }
      core.reserved = false;
      x[rd] = reserved ? 0 : 1;
      return passLate(core, packed, rd);
    }
    case Op.AMOSWAP_W:
      return amo(core, packed, at, SWAP);
    case Op.AMOADD_W:
      return amo(core, packed, at, ADD);
    case Op.AMOXOR_W:
      return amo(core, packed, at, XOR);
    case Op.AMOAND_W:
      return amo(core, packed, at, AND);
    case Op.AMOOR_W:
      return amo(core, packed, at, OR);
    case Op.AMOMIN_W:
      return amo(core, packed, at, MIN);
    case Op.AMOMAX_W:
      return amo(core, packed, at, MAX);
    case Op.AMOMINU_W:
      return amo(core, packed, at, MINU);
    case Op.AMOMAXU_W:
      return amo(core, packed, at, MAXU);
    case Op.CSRRW:
    case Op.CSRRS:
    case Op.CSRRC:
    case Op.CSRRWI:
    case Op.CSRRSI:
    case Op.CSRRCI:
      return accessCsr(core, packed, immediate, at);
    case Op.MRET: {
      if (csr.privilege < MACHINE) return refuseReturn(core, 0x30200073, at);
      return returnFromTrap(core, packed, at, MACHINE, csr.machineReturn());
    }
    case Op.SRET: {
      if (csr.privilege < SUPERVISOR) return refuseReturn(core, 0x10200073, at);
      return returnFromTrap(core, packed, at, SUPERVISOR, csr.supervisorReturn());
    }
    case Op.WFI: {
      if (csr.wakes) return retire(core, packed, at, at + 1);
      core.waiting = true;
      core.next = at;
      return;
    }
    case Op.SFENCE_VMA: {
      if (csr.privilege === USER && !config.unprivilegedFence) {
        return takeTrap(core, ILLEGAL_INSTRUCTION, sfenceWord(rs1, rs2), core.pc, at);
      }
      const left = passWhenEmpty(core, at);
      core.counts.sfences++;
      const page = rs1 === 0 ? undefined : x[rs1] >>> 12;
      const asid = rs2 === 0 ? undefined : x[rs2] & 0x1ff;
      for (const tlb of [core.instructionTlb, core.dataTlb]) {
        if (config.asid) tlb.drop(page, asid);
        else tlb.empty();
      }
      const next = reschedule(core, packed, at, left);
      core.regimeChanged(true);
      core.jumpTo(nextPc(core, packed));
      retire(core, packed, left - 1, next);
      return;
    }
    default:
      takeTrap(core, ILLEGAL_INSTRUCTION, immediate, core.pc, at);
  }
}

const length = (packed: number): number => ((packed & SLOT_LONG) !== 0 ? 2 : 1);
const nextPc = (core: Core, packed: number): number => core.pc + 2 * length(packed);
const sfenceWord = (rs1: number, rs2: number): number => 0x12000073 | (rs1 << 15) | (rs2 << 20);

/** Retires the instruction with effective D cycle `last`. */
function retire(core: Core, packed: number, last: number, next: number): void {
  core.last = last;
  core.next = next;
  core.retired++;
  if (!core.relocate) core.slot += length(packed);
}

/** Retires a load-like instruction whose result comes in write-back. */
function passLate(core: Core, packed: number, rd: number): void {
  core.ready[rd] = datum.at + (core.common ? 1 : 3);
  core.lateUntil = Math.max(core.lateUntil, core.ready[rd]);
  retire(core, packed, datum.at, datum.at + 1);
}

/** An instruction that waits in execute for memory and write-back to be empty. @returns the cycle it leaves execute. */
function passWhenEmpty(core: Core, at: number): number {
  const left = core.common ? at + 1 : Math.max(at + 1, core.last + 4);
  core.hazard += left - at - 1;
  return left;
}

/**
 * D cycle of the instruction after one with D cycle `at` that leaves execute in cycle `left` and has fetching start anew.
 * The next word was there already.
 */
function reschedule(core: Core, packed: number, at: number, left: number): number {
  let next = left + 2;
  if (!core.common) {
    core.freezes.clear();
    followWrongPath(core, core.slot + length(packed), at, at + 1);
    next = Math.max(left + RESCHEDULE, core.fetchFree + 2);
  }
  core.fetchStall += next - left;
  return next;
}

/** A CSR instruction (unprivileged ISA 9.1): rs1 or the five bits above the CSR number replace, set or clear bits. */
function accessCsr(core: Core, packed: number, immediate: number, at: number): void {
  const { csr } = core;
  const op = packed & 127;
  const number = immediate & 0xfff;
  const rd = (packed >> SLOT_RD) & 63;
  const rs1 = (packed >> SLOT_RS1) & 31;
  const byImmediate = op >= Op.CSRRWI;
  const operand = byImmediate ? immediate >>> 12 : core.x[rs1];
  const replaces = op === Op.CSRRW || op === Op.CSRRWI;
  const writes = replaces || (byImmediate ? operand : rs1) !== 0;
  const reads = !replaces || rd !== 32;
  if (!csr.allows(number, writes, reads)) {
    if (!core.common) followWrongPath(core, core.slot + 2, at, at + 1);
    // The exception moves on with its stage, which waits one cycle if the stages behind are not empty.
    const held = core.freezes.leaving(at) !== at;
    const waits = !core.common && !held && at + 1 < core.last + 4 ? 1 : 0;
    core.hazard += waits;
    return takeTrap(core, ILLEGAL_INSTRUCTION, csrWord(packed, immediate), core.pc, at + waits);
  }
  const left = passWhenEmpty(core, at);
  core.hold(at + 1, left);
  core.last = left - 1;
  let next = left;
  const old = csr.read(number);
  if (writes) {
    const fetchesUser = csr.status & STATUS.SUM;
    csr.write(number, replaces ? operand : setOrClear(csr.readForUpdate(number), operand, op));
    // The page being executed may be one that S-mode can fetch from only while SUM is set.
    if (fetchesUser !== 0 && (csr.status & STATUS.SUM) === 0 && core.fetchBank !== BANK.bare) {
      core.jumpTo(nextPc(core, packed));
    }
    if (number === CSR.satp) {
      next = reschedule(core, packed, at, left);
      core.jumpTo(nextPc(core, packed));
    }
  }
  core.x[rd] = old;
  core.ready[rd] = core.common ? left : left + 1;
  core.lateUntil = Math.max(core.lateUntil, core.ready[rd]);
  retire(core, packed, left - 1, next);
}

const setOrClear = (old: number, bits: number, op: number): number =>
  op === Op.CSRRS || op === Op.CSRRSI ? old | bits : old & ~bits;

/** The instruction word of a CSR instruction, for xtval. */
function csrWord(packed: number, immediate: number): number {
  const op = packed & 127;
  const funct3 = op - Op.CSRRW + 1 + (op >= Op.CSRRWI ? 1 : 0);
  const source = op >= Op.CSRRWI ? immediate >>> 12 : (packed >> SLOT_RS1) & 31;
  const rd = (packed >> SLOT_RD) & 31;
  return ((immediate & 0xfff) << 20) | (source << 15) | (funct3 << 12) | (rd << 7) | 0x73;
}

/** A trap return above the current privilege: illegal, found in execute. */
function refuseReturn(core: Core, word: number, at: number): void {
  if (!core.common) followWrongPath(core, core.slot + 2, at, at + 1);
  takeTrap(core, ILLEGAL_INSTRUCTION, word, core.pc, at);
}

function returnFromTrap(core: Core, packed: number, at: number, from: number, pc: number): void {
  // Younger instructions wait in decode until the return is through.
  if (!core.common) followWrongPath(core, core.slot + 2, at, at + 1);
  const next = core.common ? at + 3 : Math.max(at + 4, core.fetchFree) + 2;
  core.exception += next - at - 1;
  core.jumpTo(pc);
  retire(core, packed, at, next);
  core.regimeChanged(false);
  core.pendingPhase = core.csr.privilege < from ? PHASE_INDEX.user : core.interruptedPhase;
  core.trailing = 'exception';
  core.limit = STOP;
  core.noteMasking();
  core.interruptAt = Math.min(core.interruptAt, core.next);
}

/** Atomic memory operation (unprivileged ISA 8.4): read, combine, write; done inside the data cache. */
function amo(core: Core, packed: number, at: number, combine: Combine): void {
  const { x, memory } = core;
  const rd = (packed >> SLOT_RD) & 63;
  const address = x[(packed >> SLOT_RS1) & 31];
  const p = load(core, address, 4, at, Access.AMO);
  if (p < 0) return;
  const old = memory.words[p >> 2];
  const value = combine(old, x[(packed >> SLOT_RS2) & 31]) | 0;
  const { physical } = datum;
  // The result goes through a register: one more cycle in write-back.
  if (!core.common) freeze(core, datum.at + 3, datum.at + 4);
  const cached = (memory.lineFlags[p >>> 5] & LINE_IN_D) !== 0;
  enterStore(core, physical, cached ? storeKey(p, 4) : -1);
  const watched = (memory.lineFlags[p >>> 5] & (LINE_HAS_CODE | LINE_WATCHED)) !== 0;
  if (cached && !watched) memory.words[p >> 2] = value;
  else memory.write(physical, 4, value, core.base + core.bus.acceptedAt);
  if (core.config.dataCacheWriteBack && cached) core.dataCache.soil(physical);
  core.reserved = false;
  x[rd] = old;
  passLate(core, packed, rd);
}
