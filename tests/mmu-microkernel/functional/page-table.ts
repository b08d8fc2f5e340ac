import type { Machine } from '../../../platforms/machine/machine.js';
import { peek, poke } from './guest.js';

/** PTE bits (privileged ISA 20211203, figure 4.18). */
export const V = 1;
export const R = 2;
export const W = 4;
export const X = 8;
export const U = 16;
export const G = 32;
export const A = 64;
export const D = 128;
/** A leaf with every right of S-mode. */
export const RWX = V | R | W | X | A | D;

/** A PTE for the physical address `to`. */
export const pte = (to: number, flags: number): number => (to / 4096) * 1024 + flags;

/** Builds Sv32 page tables in a machine's memory, from the host's side. Tables follow each other from `root` on. */
export class PageTables {
  private free: number;

  constructor(
    readonly machine: Machine,
    readonly root = 0x60200000,
  ) {
    this.free = root + 4096;
  }

  /** Value for `satp`. */
  satp(asid = 0): number {
    return 2 ** 31 + asid * 2 ** 22 + this.root / 4096;
  }

  /** Address of the root entry for a virtual address. */
  rootEntry(virtual: number): number {
    return this.root + 4 * Math.floor(virtual / 2 ** 22);
  }

  /** Address of the level-0 entry for a virtual address; makes the table if there is none. */
  leafEntry(virtual: number): number {
    const at = this.rootEntry(virtual);
    let [entry] = peek(this.machine, at);
    if (entry === 0) {
      entry = pte(this.free, V);
      this.free += 4096;
      poke(this.machine, at, entry);
    }
    return Math.floor(entry / 1024) * 4096 + 4 * (Math.floor(virtual / 4096) % 1024);
  }

  /** Maps 4 KiB. */
  page(virtual: number, to: number, flags: number): this {
    poke(this.machine, this.leafEntry(virtual), pte(to, flags));
    return this;
  }

  /** Maps 4 MiB. */
  superpage(virtual: number, to: number, flags: number): this {
    poke(this.machine, this.rootEntry(virtual), pte(to, flags));
    return this;
  }
}
