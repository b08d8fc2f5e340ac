import { STATUS, SUPERVISOR, USER } from '../../riscv/privileged.js';
import type { Core } from './core.js';
import { BANK } from './lookaside.js';
import { leafPage, PTE, type Tlb } from './tlb.js';

/** Physical address nibbles that are never cached: 4, 5 and A to F (GenCramSoC.scala, ioRange). */
const UNCACHED_NIBBLES = 0xfc30;

/** Whether data accesses to a physical address go past the cache. */
export const isUncached = (address: number): boolean => ((UNCACHED_NIBBLES >>> (address >>> 28)) & 1) !== 0;

/** What an access wants to do; AMOs read and write. */
export const enum Access {
  LOAD,
  STORE,
  AMO,
  FETCH,
}

/** Where a walk ended. Reused between calls. */
export interface Walk {
  /** Leaf PTE, or 0 for a fault. */
  leaf: number;
  superpage: boolean;
  /** First cycle after the walker became idle again. */
  done: number;
  /** Cycle in which it acted on the first PTE; equal to `done` if there was no second. */
  first: number;
  /** The walk never ends (`endlessWalk`); the core is wedged. */
  endless: boolean;
}

const walk: Walk = { leaf: 0, superpage: false, done: 0, first: 0, endless: false };

/**
 * Walks the page table for virtual page `page` (privileged ISA 4.3.2). A PTE read passes through execute, memory and
 * write-back as a cached load: its first stage is cycle `at`, when these stages are empty.
 */
export function walkPage(core: Core, page: number, at: number): Walk {
  walk.leaf = 0;
  walk.endless = false;
  const first = readEntry(core, core.root + ((page >>> 10) << 2), at);
  walk.superpage = true;
  walk.first = walk.done;
  if (isInvalid(first)) return walk;
  if (isLeaf(first)) {
    if ((first & 0xffc00) === 0) walk.leaf = first;
    return walk;
  }
  const second = readEntry(core, (((first << 2) & 0xfffff000) >>> 0) + ((page & 0x3ff) << 2), walk.done);
  walk.superpage = false;
  if (isInvalid(second)) return walk;
  if (isLeaf(second)) walk.leaf = second;
  else if (core.config.endlessWalk) {
    walk.endless = true;
    core.wedge('endless page walk: a valid non-leaf PTE at level 0');
  }
  return walk;
}

const isInvalid = (pte: number): boolean => (pte & PTE.V) === 0 || (pte & (PTE.R | PTE.W)) === PTE.W;
const isLeaf = (pte: number): boolean => (pte & (PTE.R | PTE.X)) !== 0;

/** Reads a PTE; `walk.done` becomes the cycle in which the walker acts on it. A bus error reads as an invalid PTE. */
function readEntry(core: Core, address: number, at: number): number {
  core.counts.pageWalkReads++;
  const value = core.memory.read(address, 4, core.base + at) ?? 0;
  if (core.common) {
    core.counts.busBeats++;
    walk.done = at + 1 + core.config.commonWait;
  } else if (isUncached(address)) {
    core.counts.busBeats++;
    core.bus.read(at + 2, 1, address);
    walk.done = core.bus.lastBeat + 3;
  } else {
    let access = at;
    if (!core.dataCache.holds(address)) access = refillData(core, address, at + 2, at + 5);
    walk.done = access + 4;
  }
  return value;
}

/**
 * Loads the data-cache line of `address`, whose miss is in write-back in cycle `w`.
 * @returns the cycle in which execute goes on, at least `least`; `core.bus.leftWriteBack` tells when the command left.
 */
export function refillData(core: Core, address: number, w: number, least: number): number {
  core.counts.busBeats += 8;
  core.bus.read(w, 8, address);
  const start = core.bus.leftWriteBack + 1;
  // The last beat passes a register and the tag is written before execute is released.
  const end = core.bus.lastBeat + 2;
  if (core.dataCache.refill(address, start, end)) {
    core.counts.busBeats += 8;
    for (let beat = 0; beat < 8; beat++) core.bus.write(end, address);
  }
  return Math.max(end, least + start - w - 1);
}

/** Whether a leaf lets `access` through in the regime of `bank`. */
export function permits(core: Core, leaf: number, access: Access, bank: number): boolean {
  const { config, csr } = core;
  const user = (leaf & PTE.U) !== 0;
  const privilege = bank === BANK.user ? USER : SUPERVISOR;
  if (bank !== BANK.machineTranslated) {
    if (privilege === USER && !user) return false;
    const sum = (csr.status & STATUS.SUM) !== 0 && (access !== Access.FETCH || config.supervisorFetchesUser);
    if (privilege === SUPERVISOR && user && !sum) return false;
  }
  const stores = access === Access.STORE || access === Access.AMO;
  if (!config.ignoreAccessedDirty && ((leaf & PTE.A) === 0 || (stores && (leaf & PTE.D) === 0))) return false;
  const readable = (leaf & PTE.R) !== 0 || ((csr.status & STATUS.MXR) !== 0 && (leaf & PTE.X) !== 0);
  switch (access) {
    case Access.LOAD:
      return readable;
    case Access.STORE:
      return (leaf & PTE.W) !== 0;
    case Access.AMO:
      return readable && (leaf & PTE.W) !== 0;
    case Access.FETCH:
      return (leaf & PTE.X) !== 0;
  }
}

/**
 * Translates without side effects.
 * @returns the physical address or undefined for a page fault.
 */
export function translateQuietly(core: Core, address: number, access: Access): number | undefined {
  const bank = access === Access.FETCH ? core.fetchBank : core.dataBank;
  if (bank === BANK.bare) return address >>> 0;
  const found = lookUpQuietly(core, address, access === Access.FETCH ? core.instructionTlb : core.dataTlb);
  return found === undefined || !permits(core, found.leaf, access, bank) ? undefined : found.physical;
}

/**
 * Where the instruction at a virtual address is, whoever may fetch it: after a trap the mode is another already. Without side
 * effects.
 * @returns the physical address; the virtual one where nothing is mapped or translation is off.
 */
export function placeInMemory(core: Core, address: number): number {
  const found = core.fetchBank === BANK.bare ? undefined : lookUpQuietly(core, address, core.instructionTlb);
  return found?.physical ?? address >>> 0;
}

/** The leaf that maps an address, by a TLB or else by the page table; undefined if there is none. */
function lookUpQuietly(
  core: Core,
  address: number,
  tlb: Tlb,
): { readonly leaf: number; readonly physical: number } | undefined {
  const page = address >>> 12;
  const entry = tlb.find(page, core.asid);
  if (entry >= 0) {
    return { leaf: tlb.leaves[entry], physical: (tlb.physicalPage(entry, page) + (address & 0xfff)) >>> 0 };
  }
  const read = (at: number): number => new DataView(core.memory.dump(at as never, 4).buffer).getInt32(0, true);
  const first = read((core.root + ((page >>> 10) << 2)) >>> 0);
  const upper = !isInvalid(first) && isLeaf(first);
  const leaf = upper ? first : isInvalid(first) ? 0 : read((((first << 2) & 0xfffff000) >>> 0) + ((page & 0x3ff) << 2));
  if (isInvalid(leaf) || !isLeaf(leaf) || (upper && (leaf & 0xffc00) !== 0)) return undefined;
  return { leaf, physical: (leafPage(leaf, upper, page) + (address & 0xfff)) >>> 0 };
}
