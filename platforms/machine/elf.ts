import { type Checked, good, refuse } from './checked.js';
import { MAXIMUM_IMAGE_BYTES, placements, readElfSegments } from './elf-segments.js';
import { readElfSymbols } from './elf-symbols.js';
import type { Image } from './image.js';
import { hex32, physical, virtual } from './units.js';

/** Machine numbers (`e_machine`) that Bulkhead runs. */
export const EM_ARM = 40;
export const EM_RISCV = 243;

/** What the loader must know about the machine. */
export interface ElfOptions {
  /** `e_machine` that the file must have: `EM_RISCV` or `EM_ARM`. */
  readonly machine: number;
  /**
   * True if the machine has no address translation, so that a symbol's physical address is its virtual one even where a
   * segment is stored elsewhere (`.data` kept in flash: p_paddr is where start-up code copies it from). Such a segment gives
   * two of the image: its bytes at p_paddr, and zeroes at p_vaddr where it will run. False: the physical address is found
   * through the segment. Default: true for Arm (every Cortex-M), else false.
   */
  readonly noTranslation?: boolean;
}

const HEADER_BYTES = 52;

const TYPES: Readonly<Record<number, string>> = {
  1: 'a relocatable object: link it first (ld -o program.elf object.o)',
  3: 'a shared or position-independent file: link it at fixed addresses (-static -no-pie)',
  4: 'a core dump: an executable is needed',
};

const MACHINES: Readonly<Record<number, string>> = {
  3: 'x86',
  8: 'MIPS',
  20: 'PowerPC',
  [EM_ARM]: 'Arm',
  62: 'x86-64',
  94: 'Xtensa',
  183: 'AArch64',
  [EM_RISCV]: 'RISC-V',
};

const machineName = (number: number): string =>
  number in MACHINES ? `${MACHINES[number]} (e_machine ${number})` : `e_machine ${number}`;

/**
 * Reads an ELF32 little-endian executable. Segments are placed at their *physical* addresses (p_paddr); bytes beyond the
 * file's are zero. Symbols are in space 0, globals before locals; section and file symbols, mapping symbols, compiler
 * labels (`.L`) and undefined ones are left out. On Arm the Thumb bit of the entry and of functions is removed.
 * The image shares no memory with `bytes`. Any bytes are safe to pass: never throws, never reads out of bounds.
 */
export function loadElf(bytes: Uint8Array, options: ElfOptions): Checked<Image> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const problem = headerProblem(view, options.machine);
  if (problem !== undefined) return refuse(problem);
  const noTranslation = options.noTranslation ?? options.machine === EM_ARM;

  const loadable = readElfSegments(view, noTranslation);
  if (!loadable.ok) return loadable;
  const symbols = readElfSymbols(bytes, view, loadable.value, { thumb: options.machine === EM_ARM, noTranslation });
  if (!symbols.ok) return symbols;

  const rawEntry = view.getUint32(24, true);
  const entry = options.machine === EM_ARM ? rawEntry & ~1 : rawEntry;
  if (!loadable.value.some((s) => rawEntry >= s.virtual && rawEntry < s.virtual + s.memoryBytes)) {
    return refuse(
      `ELF header: entry ${hex32(rawEntry)} lies in no loaded segment; name the entry with ENTRY(...) or ld -e`,
    );
  }
  const segments = loadable.value.flatMap((s) => placements(s, bytes, noTranslation));
  return good({ segments, symbols: symbols.value, phases: [], domains: [], lines: [], entry: virtual(entry) });
}

/**
 * Makes an image of bytes without a header: one writable and executable segment at `address`, which is also the entry.
 * Never throws. The image shares no memory with `bytes`.
 */
export function loadFlat(bytes: Uint8Array, address: number): Checked<Image> {
  if (!Number.isInteger(address) || address < 0 || address >= 2 ** 32) {
    return refuse(`load address ${address} is not an address: give an integer from 0 to 0xffffffff`);
  }
  if (bytes.length === 0) return refuse('the file is empty: a flat image has at least one instruction');
  if (bytes.length > MAXIMUM_IMAGE_BYTES) {
    return refuse(`the file has ${bytes.length} bytes: an image has at most ${MAXIMUM_IMAGE_BYTES}`);
  }
  if (address + bytes.length > 2 ** 32) {
    const highest = hex32(2 ** 32 - bytes.length);
    return refuse(`${bytes.length} bytes at ${hex32(address)} run past 2^32: load them at ${highest} or below`);
  }
  const data = new Uint8Array(bytes);
  const segment = { physical: physical(address), data, bytes: data.length, writable: true, executable: true };
  return good({ segments: [segment], symbols: [], phases: [], domains: [], lines: [], entry: virtual(address) });
}

/** What is wrong with the file header, or undefined; then the header lies within the file. */
function headerProblem(view: DataView, machine: number): string | undefined {
  const size = view.byteLength;
  const isElf = size >= 4 && view.getUint32(0, false) === 0x7f454c46;
  if (!isElf)
    return 'not an ELF file: it does not begin with 7f 45 4c 46; load a raw binary as a flat image (exec: --format flat --load ADDR)';
  if (size < HEADER_BYTES) return `ELF header: the file ends after ${size} bytes, a header has ${HEADER_BYTES}`;
  const fileClass = view.getUint8(4);
  if (fileClass === 2) return 'ELF header: a 64-bit file, the modelled cores have 32 bits; build for rv32 or Arm';
  if (fileClass !== 1) return `ELF header: EI_CLASS is ${fileClass}, must be 1 (32 bits)`;
  const order = view.getUint8(5);
  if (order === 2)
    return 'ELF header: a big-endian file, the modelled cores are little-endian; build with -mlittle-endian';
  if (order !== 1) return `ELF header: EI_DATA is ${order}, must be 1 (little-endian)`;
  for (const [field, version] of [
    ['EI_VERSION', view.getUint8(6)],
    ['e_version', view.getUint32(20, true)],
  ] as const) {
    if (version !== 1) return `ELF header: ${field} is ${version}, must be 1`;
  }
  const fileMachine = view.getUint16(18, true);
  if (fileMachine !== machine) {
    return `ELF header: built for ${machineName(fileMachine)}, this machine needs ${machineName(machine)}`;
  }
  const type = view.getUint16(16, true);
  if (type in TYPES) return `ELF header: ${TYPES[type]}`;
  if (type !== 2) return `ELF header: e_type is ${type}, must be 2 (executable)`;
  return undefined;
}
