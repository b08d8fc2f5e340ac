import { readFileSync, statSync } from 'node:fs';
import { loadElf, loadFlat } from '../../platforms/machine/elf.js';
import type { Image } from '../../platforms/machine/image.js';
import type { SymbolTable } from '../../platforms/machine/symbols.js';
import { hex32, physical, type PhysicalAddress, virtual } from '../../platforms/machine/units.js';
import type { Platform, RamRange } from '../../platforms/platform.js';
import { BadInput, fileReason } from '../failure.js';
import { nearest } from '../suggest.js';

/** How a program file is to be read. */
export interface LoadOptions {
  readonly format: 'elf' | 'flat';
  /** Where a flat file goes. */
  readonly load?: number | undefined;
  /** Start here instead of at the file's entry. */
  readonly entry?: number | undefined;
}

/** Reads a program. @throws BadInput with the file's name, what is wrong with it and what would be right. */
export function readProgram(file: string, { format, load, entry }: LoadOptions, platform: Platform): Image {
  if (format === 'flat' && load === undefined) {
    throw new BadInput('--format flat', 'a flat file does not say where it goes', 'add --load ADDR');
  }
  if (format === 'elf' && load !== undefined) {
    throw new BadInput('--load', 'an ELF file says itself where it goes', 'leave it out, or add --format flat');
  }
  let bytes: Uint8Array;
  try {
    // a device such as /dev/zero never ends
    const about = statSync(file);
    if (!about.isFile() && !about.isFIFO()) throw new Error('not a file');
    bytes = readFileSync(file);
  } catch (thrown) {
    throw new BadInput(file, fileReason(thrown), 'name a readable program file');
  }
  const loaded = load === undefined ? loadElf(bytes, { machine: platform.elfMachine }) : loadFlat(bytes, load);
  if (!loaded.ok) throw BadInput.of(`${file}: ${loaded.problem}`);
  return entry === undefined ? loaded.value : { ...loaded.value, entry: virtual(entry) };
}

const NUMBER = /^(0x[\da-f]+|\d+)$/i;

/** Reads a 32-bit address, hex or decimal. @throws BadInput naming the option. */
export function readAddress(option: string, text: string): number {
  const value = NUMBER.test(text) ? Number(text) : NaN;
  if (value < 2 ** 32) return value;
  throw new BadInput(`${option} ${text}`, 'not a 32-bit address', 'give one such as 0x60000000');
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const PAGE = 4096;

/** Reads `START:SIZE`; the size may end in K, M or G. @throws BadInput naming the option. */
export function readRam(text: string): RamRange {
  const place = `--ram ${text}`;
  const match = /^([^:]+):(0x[\da-f]+|\d+)([kmg]?)$/i.exec(text);
  if (match === null) throw new BadInput(place, 'not of the form START:SIZE', 'example: --ram 0x20000000:64K');
  const start = readAddress(place, match[1]);
  const bytes = Number(match[2]) * UNITS[match[3].toLowerCase()];
  if (start % PAGE !== 0 || bytes % PAGE !== 0 || bytes === 0) {
    throw new BadInput(place, 'not whole pages', 'start and size are multiples of 4 KiB, the size is not 0');
  }
  if (start + bytes > 2 ** 32) throw new BadInput(place, 'runs past 4 GiB', `at most ${2 ** 32 - start} bytes fit`);
  return { start, bytes };
}

/**
 * The physical address of a symbol, or of a number. A name comes before a number, should a symbol be called `0x10`.
 * @throws BadInput naming the option if there is no such symbol, or more than one.
 */
export function findPlace(option: string, name: string, image: Image, symbols: SymbolTable): PhysicalAddress {
  const addresses = [...new Set(symbols.findAll(name).map((s) => s.physical))];
  if (addresses.length === 1) return addresses[0];
  const place = `${option} ${name}`;
  if (addresses.length > 1) {
    const list = addresses.slice(0, 4).map(hex32).join(', ');
    throw new BadInput(place, `names ${addresses.length} places (${list})`, 'give one of these addresses');
  }
  if (/^\d/.test(name)) return physical(readAddress(option, name));
  const near = nearest(name, new Set(image.symbols.map((s) => s.name)));
  const remedy = near === undefined ? 'give a symbol or an address such as 0x60000000' : `did you mean '${near}'?`;
  throw new BadInput(place, image.symbols.length === 0 ? 'the program has no symbols' : 'no such symbol', remedy);
}
