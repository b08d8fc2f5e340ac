import { EXECUTABLE_ROOT, MEMORY_ROOT, SEALING_ROOT } from './capability.js';

/** Numbers of the special capability registers as cspecialrw names them (CHERIoT 1.0, section CSpecialRW). */
export const SCR = { ZTOPC: 27, MTCC: 28, MTDC: 29, MSCRATCHC: 30, MEPCC: 31 } as const;

const FIRST = SCR.ZTOPC;
const COUNT = SCR.MEPCC - FIRST + 1;

/** The special capability registers. */
export class SpecialRegisters {
  private readonly addresses = new Int32Array(COUNT);
  private readonly metadata = new Int32Array(COUNT);
  private readonly tags = new Uint8Array(COUNT);

  /** Reset state of `tests/vectors/README.md` section 1; `boot` is the address of MTCC. */
  reset(boot: number): void {
    this.set(SCR.ZTOPC, 0, 0, false);
    this.set(SCR.MTCC, boot, EXECUTABLE_ROOT, true);
    this.set(SCR.MTDC, 0, MEMORY_ROOT, true);
    this.set(SCR.MSCRATCHC, 0, SEALING_ROOT, true);
    this.set(SCR.MEPCC, 0, EXECUTABLE_ROOT, true);
  }

  addressOf(number: number): number {
    return this.addresses[number - FIRST];
  }

  metadataOf(number: number): number {
    return this.metadata[number - FIRST];
  }

  tagOf(number: number): boolean {
    return this.tags[number - FIRST] !== 0;
  }

  set(number: number, address: number, metadata: number, tag: boolean): void {
    this.addresses[number - FIRST] = address;
    this.metadata[number - FIRST] = metadata;
    this.tags[number - FIRST] = tag ? 1 : 0;
  }

  /** The registers as numbers. */
  save(): number[] {
    return [...this.addresses, ...this.metadata, ...this.tags];
  }

  /** Restores what `save` gave. */
  load(saved: readonly number[]): void {
    this.addresses.set(saved.slice(0, COUNT));
    this.metadata.set(saved.slice(COUNT, 2 * COUNT));
    this.tags.set(saved.slice(2 * COUNT));
  }
}
