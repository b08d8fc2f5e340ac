import { Mode } from '../../thumb/instruction.js';
import { Op } from '../../thumb/operations.js';
import { AccessFault, datum, LINE_STORE_SLOW, loadAccess, storeAccess } from './access.js';
import type { Core } from './core.js';
import { dataFault } from './datapath.js';
import { DATA_ENTRIES } from './lookaside.js';
import { raiseStackOverflow, retire } from './retire.js';
import { SLOT_MODE, SLOT_RN } from './slots.js';
import { STOP } from '../../machine/times.js';
import { branchTo, isReturn } from './transfer.js';

/** Registers in a list. */
export function listLength(list: number): number {
  let count = 0;
  for (let rest = list; rest !== 0; rest &= rest - 1) count++;
  return count;
}

const isAscending = (op: number): boolean => op === Op.LDMIA || op === Op.STMIA;

/** Arena offset of `bytes` bytes at `address` if the look-aside knows all of them, else 0. */
function blockAt(
  tags: Int32Array,
  values: Int32Array,
  epoch: number,
  bank: number,
  address: number,
  bytes: number,
): number {
  const last = (address + bytes - 4) | 0;
  if ((address & 3) !== 0 || ((address ^ last) & ~0xfff) !== 0) return 0;
  for (let granule = address & ~31; granule !== (last & ~31) + 32; granule = (granule + 32) | 0) {
    if (tags[bank + ((granule >>> 5) & (DATA_ENTRIES - 1))] !== (granule | epoch)) return 0;
  }
  return (address + values[bank + ((address >>> 5) & (DATA_ENTRIES - 1))]) | 0;
}

/** Whether an LDM or STM can be done at once: no event of a device falls into it, it begins anew, no stack limit matters. */
function isSimple(core: Core, w: number, cycles: number): boolean {
  if (core.ici !== 0 || core.next + cycles >= core.eventAt) return false;
  return core.config.system.architecture !== 'v8m' || ((w >> SLOT_RN) & 15) !== 13 || core.stackLimit === 0;
}

/**
 * Executes an LDM whose words the look-aside knows; PC is left in r[15].
 * @param now cycle (relative) in which it begins. @returns its cycles beyond the first, -1 if `transferMultiple` has to do it.
 */
export function loadMultiple(core: Core, w: number, list: number, now: number): number {
  const { r, loads, memory, timing } = core;
  const count = listLength(list);
  const cost = timing.multiple + count * timing.perRegister;
  core.next = now;
  if (core.flash !== undefined || !isSimple(core, w, cost)) return -1;
  const rn = (w >> SLOT_RN) & 15;
  const base = r[rn];
  const ascending = isAscending(w & 255);
  const start = ascending ? base : (base - 4 * count) | 0;
  const block = blockAt(loads.tags, loads.values, loads.epoch, core.dataBank, start, 4 * count);
  if (block === 0) return -1;
  const { words } = memory;
  core.counts.busBeats += count;
  let p = block >> 2;
  if (((w >> SLOT_MODE) & 3) === Mode.WRITE_BACK) r[rn] = ascending ? base + 4 * count : start;
  for (let rest = list; rest !== 0; rest &= rest - 1) r[31 - Math.clz32(rest & -rest)] = words[p++];
  return cost;
}

/** Executes an STM whose words the look-aside knows; see `loadMultiple`. */
export function storeMultiple(core: Core, w: number, list: number, now: number): number {
  const { r, stores, memory, timing } = core;
  const count = listLength(list);
  const cost = timing.multiple + count * timing.perRegister;
  core.next = now;
  if (!isSimple(core, w, cost)) return -1;
  const rn = (w >> SLOT_RN) & 15;
  const base = r[rn];
  const ascending = isAscending(w & 255);
  const start = ascending ? base : (base - 4 * count) | 0;
  const block = blockAt(stores.tags, stores.values, stores.epoch, core.dataBank, start, 4 * count);
  if (block === 0) return -1;
  const { words, lineFlags } = memory;
  for (let line = block >> 5; line <= (block + 4 * count - 4) >> 5; line++) {
    if ((lineFlags[line] & LINE_STORE_SLOW) !== 0) return -1;
  }
  core.counts.busBeats += count;
  let p = block >> 2;
  for (let rest = list; rest !== 0; rest &= rest - 1) words[p++] = r[31 - Math.clz32(rest & -rest)];
  if (((w >> SLOT_MODE) & 3) === Mode.WRITE_BACK) r[rn] = ascending ? base + 4 * count : start;
  return cost;
}

/**
 * Executes an LDM or STM word by word. A fault leaves the base register as it was. An event of a device stops it: the core
 * remembers in `ici` with which register it goes on, and if the event brings an exception that stays in EPSR (DDI0403E
 * B1.5.10). In an IT block it begins anew (DDI0337H 3.9.1). Two more begin anew, and are assumptions: one that loads its base, which
 * a Cortex-M3 continues from before the load of the base (DDI0337H 3.9.1); and a push, which by SLAU723A table 1-9 goes on in a
 * Cortex-M4. Where the exception's frame is then it does not say: below the SP of before it would lie where the words are.
 */
export function transferMultiple(core: Core, w: number, list: number): void {
  const { r, timing, bank } = core;
  const op = w & 255;
  const isLoad = op === Op.LDMIA || op === Op.LDMDB;
  const rn = (w >> SLOT_RN) & 15;
  const count = listLength(list);
  const base = r[rn];
  const ascending = isAscending(op);
  const writesBack = ((w >> SLOT_MODE) & 3) === Mode.WRITE_BACK;
  const end = ascending ? base + 4 * count : base - 4 * count;
  let address = ascending ? base : end | 0;
  if (rn === 13 && writesBack && !ascending && end >>> 0 < core.stackLimit >>> 0) {
    raiseStackOverflow(core);
    return;
  }
  if ((address & 3) !== 0) {
    dataFault(core, AccessFault.UNALIGNED, address);
    return;
  }
  let newBase = writesBack ? end : base;
  let target = 0;
  let rest = list;
  if (core.ici !== 0) {
    for (; rest !== 0 && 31 - Math.clz32(rest & -rest) < core.ici; rest &= rest - 1) address = (address + 4) | 0;
  }
  core.ici = 0;
  let cycles = timing.multiple;
  const begun = rest;
  for (; rest !== 0; rest &= rest - 1) {
    const register = 31 - Math.clz32(rest & -rest);
    if (rest !== begun && core.next + cycles >= core.eventAt && isInterruptible(core, isLoad, rn, list)) {
      core.ici = register;
      core.restarts = rn === 13 && !ascending;
      core.next += cycles;
      core.dataStall += cycles;
      core.limit = STOP;
      return;
    }
    const fault = isLoad ? loadAccess(core, address, 4, bank) : storeAccess(core, address, 4, r[register], bank);
    if (fault !== AccessFault.NONE && !dataFault(core, fault, address)) return;
    if (isLoad) {
      if (register === rn) newBase = datum.value;
      else if (register === 15) target = datum.value;
      else r[register] = register === 13 ? datum.value & ~3 : datum.value;
      cycles += core.readWait(address, core.next + cycles);
    }
    cycles += timing.perRegister;
    core.counts.busBeats++;
    address = (address + 4) | 0;
  }
  r[rn] = rn === 13 ? newBase & ~3 : newBase;
  if ((list & 0x8000) === 0 || !isLoad) {
    retire(core, w, 0);
    core.next += cycles;
    core.dataStall += cycles;
    return;
  }
  const refill = isReturn(core, target) ? 0 : timing.popPc;
  retire(core, w, refill);
  core.fetchStall += refill;
  core.next += cycles;
  core.dataStall += cycles;
  branchTo(core, target);
}

/** A load of its own base could not go on: the base is gone. In an IT block EPSR has no room. */
const isInterruptible = (core: Core, isLoad: boolean, rn: number, list: number): boolean =>
  core.itAt === 0 && !(isLoad && ((list >> rn) & 1) !== 0);
