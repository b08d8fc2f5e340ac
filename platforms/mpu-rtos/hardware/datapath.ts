import { AccessFault, datum, loadAccess, storeAccess } from './access.js';
import type { Core } from './core.js';
import { raise } from './exceptions.js';
import type { Bank } from './lookaside.js';
import { ExceptionNumber } from './nvic.js';
import { CCR, CFSR } from './scb.js';
import { instructionWord } from './slots.js';
import { isPpb } from './system-control.js';

/** How many cycles the last `load` or `store` took beyond an aligned one. */
export const unaligned = { cycles: 0 };

/**
 * A load of the instruction to come, of any alignment; the value is in `datum`, unsigned or signed.
 * @param mustAlign an unaligned address is a fault whatever CCR.UNALIGN_TRP says.
 * @returns false if a fault was raised.
 */
export function load(core: Core, address: number, size: 1 | 2 | 4, bank: Bank, mustAlign: boolean): boolean {
  unaligned.cycles = 0;
  if ((address & (size - 1)) !== 0) {
    if (mustAlign || mustBeAligned(core, address)) return dataFault(core, AccessFault.UNALIGNED, address);
    let value = 0;
    for (let i = 0; i < size; i++) {
      const fault = loadAccess(core, (address + i) | 0, 1, bank);
      if (fault !== AccessFault.NONE) return dataFault(core, fault, (address + i) | 0);
      value |= datum.value << (8 * i);
    }
    datum.value = value;
    unaligned.cycles = furtherTransfers(address, size) * core.timing.unaligned;
    return true;
  }
  const fault = loadAccess(core, address, size, bank);
  return fault === AccessFault.NONE || dataFault(core, fault, address);
}

/** A store of the instruction to come; see `load`. */
export function store(
  core: Core,
  address: number,
  size: 1 | 2 | 4,
  value: number,
  bank: Bank,
  mustAlign: boolean,
): boolean {
  unaligned.cycles = 0;
  if ((address & (size - 1)) !== 0) {
    if (mustAlign || mustBeAligned(core, address)) return dataFault(core, AccessFault.UNALIGNED, address);
    for (let i = 0; i < size; i++) {
      const fault = storeAccess(core, (address + i) | 0, 1, value >>> (8 * i), bank);
      if (fault !== AccessFault.NONE) return dataFault(core, fault, (address + i) | 0);
    }
    unaligned.cycles = furtherTransfers(address, size) * core.timing.unaligned;
    return true;
  }
  const fault = storeAccess(core, address, size, value, bank);
  return fault === AccessFault.NONE || dataFault(core, fault, address);
}

/** CCR.UNALIGN_TRP, fixed at 1 on Armv6-M; and the registers of the private peripheral bus (DDI0403E A3.2.1, DDI0553). */
const mustBeAligned = (core: Core, address: number): boolean =>
  (core.scb.ccr & CCR.UNALIGN_TRP) !== 0 || isPpb(address);

/** An unaligned access is two or three aligned ones (DDI0337I 3.3.3: a word at an odd address is byte, halfword, byte). */
const furtherTransfers = (address: number, size: number): number => (size === 4 && (address & 1) !== 0 ? 2 : 1);

/** Raises what a data access of the instruction to come has met. @returns true if the access counts as done. */
export function dataFault(core: Core, fault: AccessFault, address: number): boolean {
  const { scb } = core;
  if (fault === AccessFault.UNALIGNED) {
    scb.reportFault(CFSR.UNALIGNED);
    raise(core, ExceptionNumber.USAGE_FAULT, instructionWord(core));
  } else if (fault === AccessFault.PROTECTION) {
    scb.reportMemManage(CFSR.DACCVIOL, address >>> 0);
    raise(core, ExceptionNumber.MEM_MANAGE, instructionWord(core));
  } else {
    scb.reportBusFault(CFSR.PRECISERR, address >>> 0);
    if ((scb.ccr & CCR.BFHFNMIGN) !== 0 && core.nvic.executionPriority < 0) {
      // Handlers at negative priority may probe memory: the load gives 0, the store goes nowhere.
      datum.value = 0;
      return true;
    }
    raise(core, ExceptionNumber.BUS_FAULT, instructionWord(core));
  }
  return false;
}
