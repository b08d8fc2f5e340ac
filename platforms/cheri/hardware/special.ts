import { EXECUTABLE_ROOT, MEMORY_ROOT, SEALING_ROOT } from './capability.js';
import { CapabilityFile } from './registers.js';

/** Numbers of the special capability registers as cspecialrw names them (CHERIoT 1.0, section CSpecialRW). */
export const SCR = { ZTOPC: 27, MTCC: 28, MTDC: 29, MSCRATCHC: 30, MEPCC: 31 } as const;

/** Number of the first of them. */
export const FIRST_SCR = SCR.ZTOPC;
const COUNT = SCR.MEPCC - FIRST_SCR + 1;

/** The special capability registers. */
export class SpecialRegisters {
  /** Their contents, by number less `FIRST_SCR`. */
  readonly file = new CapabilityFile(COUNT);

  /** Reset state of `tests/vectors/README.md` section 1; `boot` is the address of MTCC. */
  reset(boot: number): void {
    this.file.reset();
    this.set(SCR.MTCC, boot, EXECUTABLE_ROOT, true);
    this.set(SCR.MTDC, 0, MEMORY_ROOT, true);
    this.set(SCR.MSCRATCHC, 0, SEALING_ROOT, true);
    this.set(SCR.MEPCC, 0, EXECUTABLE_ROOT, true);
  }

  addressOf(number: number): number {
    return this.file.address[number - FIRST_SCR];
  }

  metadataOf(number: number): number {
    return this.file.metadataOf(number - FIRST_SCR);
  }

  tagOf(number: number): boolean {
    return this.file.tagOf(number - FIRST_SCR);
  }

  set(number: number, address: number, metadata: number, tag: boolean): void {
    this.file.set(number - FIRST_SCR, address, metadata, tag);
  }

  /** The registers as numbers. */
  save(): number[] {
    return this.file.save();
  }

  /** Restores what `save` gave. */
  load(saved: readonly number[]): void {
    this.file.load(saved);
  }
}
