import type { PhysicalMemory } from './memory.js';
import { physical, type PhysicalAddress, type VirtualAddress } from './units.js';

/** Bytes to be placed at a physical address before the run starts. */
export interface Segment {
  readonly physical: PhysicalAddress;
  readonly data: Uint8Array;
  /** Bytes in memory; those beyond `data` are zero. At least `data.length`. */
  readonly bytes: number;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** A name for an address. */
export interface ImageSymbol {
  readonly name: string;
  /** Address space the virtual address belongs to, as the platform numbers them; 0 where there is only one. */
  readonly space: number;
  readonly virtual: VirtualAddress;
  readonly physical: PhysicalAddress;
  /** True for a number with a name (`.set`, `SHN_ABS`): found by name, but never the name of a place. */
  readonly absolute?: boolean;
}

/**
 * A phase mark: when the instruction at this physical address starts, the phase becomes `phase` (index into `PHASES`) and
 * stays so until another mark, a trap or a return from one. `.phase inherit` makes no mark: the code runs in its caller's phase.
 */
export interface PhaseMark {
  readonly physical: PhysicalAddress;
  readonly phase: number;
}

/** The source line that produced the bytes from `physical` up to the next entry. */
export interface SourceLine {
  readonly physical: PhysicalAddress;
  readonly file: string;
  readonly line: number;
}

/** A protection domain, as reports name it. */
export interface ImageDomain {
  readonly space: number;
  readonly name: string;
}

/** A complete program for a bare machine: built by our linker or loaded from an ELF32 file. */
export interface Image {
  readonly segments: readonly Segment[];
  readonly symbols: readonly ImageSymbol[];
  readonly phases: readonly PhaseMark[];
  readonly domains: readonly ImageDomain[];
  readonly lines: readonly SourceLine[];
  readonly entry: VirtualAddress;
  /** Kernel word that holds the running protection domain, where no register of the hardware does. */
  readonly spaceWord?: PhysicalAddress;
  /** Kernel word that holds the running thread. */
  readonly threadWord?: PhysicalAddress;
}

/** Bytes of memory that an image's segments take; holes between them are not counted. */
export const imageBytes = ({ segments }: Image): number => segments.reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Copies an image's segments into memory and clears the rest of each (`Segment.bytes`), whatever was there before.
 * @throws RangeError if a segment does not lie in RAM or ROM; segments before it are in memory then.
 */
export function placeImage(memory: PhysicalMemory, image: Image): void {
  for (const { physical: start, data, bytes } of image.segments) {
    memory.load(start, data);
    if (bytes > data.length) memory.zero(physical(start + data.length), bytes - data.length);
  }
}
