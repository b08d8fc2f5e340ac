import { isSealed, loadedMetadata, loadedTag, permissionsOf, storedTag } from './capability.js';
import { baseOf, isWithin } from './capability-bounds.js';
import type { Core } from './core.js';
import { failBehind } from './killed.js';
import { Permission } from './permissions.js';
import { isRevoked } from './revocation.js';
import { GRANULE_BYTES, GRANULE_SHIFT } from './tags.js';
import { CAUSE, takeTrap, VIOLATION, violationValue } from './traps.js';

/** Arena offset of a granule that no page uses: where slow paths leave what a load reads. */
const SCRATCH = GRANULE_BYTES;

/** Cycle in which the access of a slow path leaves decode. */
export const access = { end: 0 };

/**
 * Why a register does not authorise an access, or 0. In the order of the core: tag, seal, permission, permission to store
 * a tagged value, bounds (CHERIoT 1.0; tests/vectors/README.md section 3, fact 6).
 */
function violation(
  core: Core,
  authority: number,
  address: number,
  bytes: number,
  store: boolean,
  tagged: boolean,
): number {
  const { registers } = core;
  if (!registers.tagOf(authority)) return VIOLATION.tag;
  const metadata = registers.metadata[authority];
  if (isSealed(metadata)) return VIOLATION.seal;
  const permissions = permissionsOf(metadata);
  if ((permissions & (store ? Permission.SD : Permission.LD)) === 0) return store ? VIOLATION.store : VIOLATION.load;
  if (tagged && (permissions & Permission.MC) === 0) return VIOLATION.storeCapability;
  return isWithin(metadata, registers.address[authority], address, bytes) ? 0 : VIOLATION.bounds;
}

/** Takes the trap of an access that was refused in decode: write-back reports it, two cycles after cycle `at`. */
function refuse(core: Core, violated: number, authority: number, at: number): -1 {
  takeTrap(core, CAUSE.capability, violationValue(violated, authority), core.pc, failBehind(core, at, at + 1));
  return -1;
}

/** Takes the trap of an access that the bus, or its alignment, refused; `at` is the cycle in which it left decode. */
function fault(core: Core, cause: number, address: number, at: number): -1 {
  // The cycles of the transfer are booked.
  core.next = at;
  takeTrap(core, cause, address, core.pc, failBehind(core, at, core.responseTo(at)));
  return -1;
}

/** Whether `bytes` bytes at an address lie in two words of the bus. */
const crosses = (address: number, bytes: number): boolean => (address & 3) + bytes > 4;

/**
 * Loads 1, 2 or 4 bytes that the fast path cannot: checks the authority, splits what crosses a word, reads devices.
 * @param at cycle in which the instruction can execute.
 * @returns arena offset of the data, `access.end` telling when the instruction left decode; or -1 if it trapped.
 */
export function load(core: Core, authority: number, address: number, bytes: 1 | 2 | 4, at: number): number {
  const violated = violation(core, authority, address, bytes, false, false);
  if (violated !== 0) return refuse(core, violated, authority, at);
  const { memory } = core;
  const device = !crosses(address, bytes) && memory.deviceAt(address) !== undefined;
  access.end = core.transfer(at, crosses(address, bytes) ? 2 : 1, device);
  const first = readPart(core, address, bytes);
  if (first === undefined) return fault(core, CAUSE.loadAccess, address >>> 0, access.end);
  let value = first;
  if (crosses(address, bytes)) {
    const second = ((address & ~3) + 4) | 0;
    const rest = memory.read(second, 4, core.base + access.end);
    if (rest === undefined) return fault(core, CAUSE.loadAccess, second >>> 0, access.end);
    value = (value & (0xffffffff >>> (8 * (address & 3)))) | (rest << (8 * (4 - (address & 3))));
  }
  memory.words[SCRATCH >> 2] = value;
  return SCRATCH;
}

/** The bytes from an address to the end of its word, at bit 0; undefined for a bus error. */
function readPart(core: Core, address: number, bytes: 1 | 2 | 4): number | undefined {
  const now = core.base + access.end;
  if ((address & (bytes - 1)) === 0) return core.memory.read(address, bytes, now);
  const word = core.memory.read(address & ~3, 4, now);
  return word === undefined ? undefined : word >>> (8 * (address & 3));
}

/**
 * Stores the low `bytes` bytes of a word where the fast path cannot.
 * @returns false if it trapped.
 */
export function store(
  core: Core,
  authority: number,
  address: number,
  bytes: 1 | 2 | 4,
  value: number,
  at: number,
): boolean {
  const violated = violation(core, authority, address, bytes, true, false);
  if (violated !== 0) return refuse(core, violated, authority, at) >= 0;
  const device = !crosses(address, bytes) && core.memory.deviceAt(address) !== undefined;
  access.end = core.transfer(at, crosses(address, bytes) ? 2 : 1, device);
  noteStore(core, address);
  if (core.detailed) core.revoker.snoop(crosses(address, bytes) ? address + 4 : address);
  const inFirst = crosses(address, bytes) ? 4 - (address & 3) : bytes;
  const first = writePart(core, address, inFirst, value);
  let failed = first ? -1 : address >>> 0;
  if (inFirst < bytes) {
    const second = ((address & ~3) + 4) | 0;
    if (core.config.markPerTransfer) noteStore(core, second);
    // The second transfer goes out although the first one failed.
    if (!writePart(core, second, bytes - inFirst, value >>> (8 * inFirst)) && failed < 0) failed = second >>> 0;
  }
  return failed < 0 || fault(core, CAUSE.storeAccess, failed, access.end) >= 0;
}

/** Writes `bytes` bytes inside of a word. @returns false for a bus error. */
function writePart(core: Core, address: number, bytes: number, value: number): boolean {
  const { memory, tagMemory } = core;
  const now = core.base + access.end;
  const page = memory.touch(address);
  if (page !== 0) tagMemory.tags[(page + (address & 0xfff)) >>> GRANULE_SHIFT] = 0;
  if ((bytes === 1 || bytes === 2 || bytes === 4) && (address & (bytes - 1)) === 0) {
    return memory.write(address, bytes, value, now) === 'ok';
  }
  for (let i = 0; i < bytes; i++)
    if (memory.write((address + i) | 0, 1, (value >>> (8 * i)) & 0xff, now) !== 'ok') return false;
  return true;
}

/** Lowers MSHWM if a store to this address does (CHERIoT 1.0, stack high-water mark). */
export function noteStore(core: Core, address: number): void {
  const { stack } = core.csr;
  if (((address & ~15) - stack[0]) >>> 0 < stack[1] >>> 0) core.csr.lowerHighWaterMark(address);
}

/**
 * Executes clc into register `rd`.
 * @returns false if it trapped.
 */
export function loadCapability(core: Core, rd: number, authority: number, address: number, at: number): boolean {
  const { registers, memory, tagMemory } = core;
  const violated = violation(core, authority, address, GRANULE_BYTES, false, false);
  if (violated !== 0) return refuse(core, violated, authority, at) >= 0;
  if ((address & (GRANULE_BYTES - 1)) !== 0) return misaligned(core, CAUSE.loadMisaligned, address, at);
  access.end = core.transferCapability(at, memory.deviceAt(address) !== undefined);
  core.counts.capabilityLoads++;
  const low = memory.read(address, 4, core.base + access.end);
  const high = memory.read((address + 4) | 0, 4, core.base + access.end);
  if (low === undefined || high === undefined) return fault(core, CAUSE.loadAccess, address >>> 0, access.end) >= 0;
  const page = memory.readMap[address >>> 12];
  const rights = registers.metadata[authority];
  const stored = page === 0 ? 0 : tagMemory.tags[(page + (address & 0xfff)) >>> GRANULE_SHIFT];
  let tag = loadedTag(stored, rights);
  const metadata = loadedMetadata(tag, high | 0, rights);
  if (tag !== 0 && core.config.loadFilter && isRevoked(memory, metadata, baseOf(metadata, low | 0))) tag = 0;
  registers.set(rd, low | 0, metadata, tag !== 0);
  return true;
}

/**
 * Executes csc of register `source`.
 * @returns false if it trapped.
 */
export function storeCapability(core: Core, source: number, authority: number, address: number, at: number): boolean {
  const { registers, memory, tagMemory } = core;
  const tagged = registers.tagOf(source);
  const violated = violation(core, authority, address, GRANULE_BYTES, true, tagged);
  if (violated !== 0) return refuse(core, violated, authority, at) >= 0;
  if ((address & (GRANULE_BYTES - 1)) !== 0) return misaligned(core, CAUSE.storeMisaligned, address, at);
  access.end = core.transferCapability(at, memory.deviceAt(address) !== undefined);
  core.counts.capabilityStores++;
  noteStore(core, address);
  if (core.detailed) core.revoker.snoop(address);
  const now = core.base + access.end;
  const metadata = registers.metadataOf(source);
  const low = memory.write(address, 4, registers.address[source], now);
  const high = memory.write((address + 4) | 0, 4, metadata, now);
  if (low !== 'ok' || high !== 'ok') return fault(core, CAUSE.storeAccess, address >>> 0, access.end) >= 0;
  const page = memory.readMap[address >>> 12];
  const tag = storedTag(tagged ? 1 : 0, metadata, registers.metadata[authority]);
  if (page !== 0) tagMemory.tags[(page + (address & 0xfff)) >>> GRANULE_SHIFT] = tag;
  return true;
}

/** A misaligned capability access is refused where a violation is. */
function misaligned(core: Core, cause: number, address: number, at: number): false {
  takeTrap(core, cause, address >>> 0, core.pc, failBehind(core, at, at + 1));
  return false;
}
