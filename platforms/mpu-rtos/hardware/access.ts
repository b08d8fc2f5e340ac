import { LINE_HAS_CODE, LINE_SHIFT, LINE_WATCHED, type PhysicalMemory } from '../../machine/memory.js';
import type { Core } from './core.js';
import { Bank, DATA_ENTRIES, tagMask } from './lookaside.js';
import { MpuAccess } from './mpu.js';
import { isPpb } from './system-control.js';

/** Flags of a line that keep a store off the fast path. */
export const LINE_STORE_SLOW = LINE_HAS_CODE | LINE_WATCHED;

/** Why an access did not happen. */
export const enum AccessFault {
  NONE = 0,
  /** The MPU or the default memory map refuses it. */
  PROTECTION = 1,
  /** The bus answers with an error. */
  BUS = 2,
  /** The address is not a multiple of the size where it must be. */
  UNALIGNED = 3,
}

/** What `loadAccess` has read, unsigned or signed. */
export const datum = { value: 0 };

export const isPrivileged = (bank: Bank): boolean => (bank & 1) === 0;
export const isNegative = (bank: Bank): boolean => bank >= Bank.PRIVILEGED_NEGATIVE;

/** The bank for an access on behalf of code with the given privilege, at the execution priority of now. */
export const bankOf = (core: Core, privileged: boolean): Bank =>
  (privileged ? 0 : 1) | (core.nvic.executionPriority < 0 ? 2 : 0);

/**
 * A load of 1, 2 or 4 bytes at an aligned address, as the MPU and the bus see it. Remembers in the look-aside what may be
 * repeated without asking again.
 */
export function loadAccess(core: Core, address: number, size: 1 | 2 | 4, bank: Bank): AccessFault {
  const { loads } = core;
  const known = bank * DATA_ENTRIES + ((address >>> 5) & (DATA_ENTRIES - 1));
  if (loads.tags[known] === ((address & tagMask(size)) | loads.epoch)) {
    datum.value = readArena(core.memory, (address + loads.values[known]) | 0, size);
    return AccessFault.NONE;
  }
  if (isPpb(address)) {
    const value = core.system.read(address >>> 0, size, isPrivileged(bank), core.base + core.next);
    if (value === undefined) return AccessFault.BUS;
    datum.value = value;
    return AccessFault.NONE;
  }
  if (!core.mpu.check(address, MpuAccess.LOAD, isPrivileged(bank), isNegative(bank))) return AccessFault.PROTECTION;
  const { memory } = core;
  const page = memory.touch(address);
  if (page === 0) {
    const value = memory.read(address >>> 0, size, core.base + core.next);
    if (value === undefined) return AccessFault.BUS;
    datum.value = value;
    return AccessFault.NONE;
  }
  const at = page + (address & 0xfff);
  loads.set(bank, address, (at - address) | 0);
  datum.value = readArena(memory, at, size);
  return AccessFault.NONE;
}

const readArena = (memory: PhysicalMemory, at: number, size: 1 | 2 | 4): number =>
  size === 4 ? memory.words[at >> 2] : size === 2 ? memory.halves[at >> 1] : memory.bytes[at];

/** A store of 1, 2 or 4 bytes at an aligned address; see `loadAccess`. */
export function storeAccess(core: Core, address: number, size: 1 | 2 | 4, value: number, bank: Bank): AccessFault {
  const { stores } = core;
  const known = bank * DATA_ENTRIES + ((address >>> 5) & (DATA_ENTRIES - 1));
  if (stores.tags[known] === ((address & tagMask(size)) | stores.epoch)) {
    writeArena(core.memory, (address + stores.values[known]) | 0, size, value);
    return AccessFault.NONE;
  }
  if (isPpb(address)) {
    const result = core.system.write(address >>> 0, size, value, isPrivileged(bank), core.base + core.next);
    if (result === 'error') return AccessFault.BUS;
    core.regimeChanged();
    core.noteMasking();
    return AccessFault.NONE;
  }
  if (!core.mpu.check(address, MpuAccess.STORE, isPrivileged(bank), isNegative(bank))) return AccessFault.PROTECTION;
  const { memory } = core;
  if (memory.write(address >>> 0, size, value, core.base + core.next) === 'error') return AccessFault.BUS;
  const page = memory.writeMap[address >>> 12];
  if (page !== 0) stores.set(bank, address, (page + (address & 0xfff) - address) | 0);
  return AccessFault.NONE;
}

function writeArena(memory: PhysicalMemory, at: number, size: 1 | 2 | 4, value: number): void {
  if (size === 4) memory.words[at >> 2] = value;
  else if (size === 2) memory.halves[at >> 1] = value;
  else memory.bytes[at] = value;
  if ((memory.lineFlags[at >>> LINE_SHIFT] & LINE_STORE_SLOW) !== 0) memory.stored(at);
}
