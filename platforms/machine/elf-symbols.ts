import { type Checked, good, refuse } from './checked.js';
import type { ElfSegment } from './elf-segments.js';
import type { ImageSymbol } from './image.js';
import { hex32, physical, virtual } from './units.js';

const SECTION_HEADER_BYTES = 40;
const SYMBOL_BYTES = 16;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const SHN_UNDEF = 0;
const SHN_ABS = 0xfff1;
const SHN_COMMON = 0xfff2;
const STT_FUNC = 2;
const STT_SECTION = 3;
const STT_FILE = 4;
const STT_TLS = 6;
const STB_LOCAL = 0;
const MAXIMUM_NAME_BYTES = 4096;

/** Names that assemblers make for themselves: mapping symbols ($a, $t, $d, $x, $xrv32...) and compiler labels. */
const NOT_FOR_PEOPLE = /^(\$[atdx](\.|rv|$)|\.L)/;

/** A section header's fields that matter here, its contents known to lie within the file. */
interface Section {
  readonly index: number;
  readonly offset: number;
  readonly bytes: number;
  readonly link: number;
  readonly entrySize: number;
}

/**
 * Reads the symbol table of an ELF32 file whose header has been checked. A file without one (stripped) gives an empty list;
 * a table that does not add up is refused, because a listing or a probe with a wrong name is worse than none.
 * @param thumb bit 0 of a function's address says "Thumb" and is removed.
 * @param noTranslation physical = virtual.
 */
export function readElfSymbols(
  bytes: Uint8Array,
  view: DataView,
  segments: readonly ElfSegment[],
  options: { readonly thumb: boolean; readonly noTranslation: boolean },
): Checked<readonly ImageSymbol[]> {
  const tables = findTables(view);
  if (!tables.ok) return tables;
  if (tables.value === undefined) return good([]);
  const { symbols, strings } = tables.value;

  const nameAt = stringReader(bytes.subarray(strings.offset, strings.offset + strings.bytes));
  const globals: ImageSymbol[] = [];
  const locals: ImageSymbol[] = [];
  for (let index = 1; index < symbols.bytes / SYMBOL_BYTES; index++) {
    const at = symbols.offset + index * SYMBOL_BYTES;
    const info = view.getUint8(at + 12);
    const section = view.getUint16(at + 14, true);
    const type = info & 0xf;
    const nameOffset = view.getUint32(at, true);
    const name = nameAt(nameOffset);
    if (name === undefined) {
      const where = `ELF symbol ${index}: name at ${hex32(nameOffset)} does not end within its string table or is too long`;
      return refuse(`${where} (section ${strings.index}, ${strings.bytes} bytes); link the program again`);
    }
    if (section === SHN_UNDEF || section === SHN_COMMON || type === STT_SECTION || type === STT_FILE) continue;
    if (type === STT_TLS || name === '' || NOT_FOR_PEOPLE.test(name)) continue;

    const raw = view.getUint32(at + 4, true);
    const value = options.thumb && type === STT_FUNC ? (raw & ~1) >>> 0 : raw;
    const place = options.noTranslation ? value : physicalOf(value, segments);
    const symbol = { name, space: 0, virtual: virtual(value), physical: physical(place) };
    const list = info >> 4 === STB_LOCAL ? locals : globals;
    list.push(section === SHN_ABS ? { ...symbol, absolute: true } : symbol);
  }
  return good([...globals, ...locals]);
}

/** The physical address of a virtual one: through the segment that holds it or ends there, else the same. */
function physicalOf(address: number, segments: readonly ElfSegment[]): number {
  const segment =
    segments.find((s) => address >= s.virtual && address < s.virtual + s.memoryBytes) ??
    segments.find((s) => address === s.virtual + s.memoryBytes);
  return segment === undefined ? address : segment.physical + (address - segment.virtual);
}

/**
 * A reader of NUL-terminated names; undefined for an offset outside the table, a name that does not end in it and one
 * longer than 4096 bytes (a broken table could otherwise make every symbol's name as long as the file).
 */
function stringReader(table: Uint8Array): (offset: number) => string | undefined {
  const decoder = new TextDecoder();
  return (offset) => {
    const rest = table.subarray(offset, offset + MAXIMUM_NAME_BYTES + 1);
    const end = rest.indexOf(0);
    return end < 0 ? undefined : decoder.decode(rest.subarray(0, end));
  };
}

/** The symbol table and its string table, checked against the file; undefined if there is none. */
function findTables(view: DataView): Checked<{ symbols: Section; strings: Section } | undefined> {
  const table = view.getUint32(32, true);
  const count = view.getUint16(48, true);
  if (table === 0 || count === 0) return good(undefined);
  const entrySize = view.getUint16(46, true);
  if (entrySize !== SECTION_HEADER_BYTES) {
    return refuse(`ELF header: e_shentsize is ${entrySize}, must be ${SECTION_HEADER_BYTES}`);
  }
  if (table + count * SECTION_HEADER_BYTES > view.byteLength) {
    const what = `${count} section headers at file offset ${hex32(table)}`;
    return refuse(`ELF header: ${what} run past the end of the file (${view.byteLength} bytes); is it truncated?`);
  }
  const type = (index: number): number => view.getUint32(table + index * SECTION_HEADER_BYTES + 4, true);
  let found = 0;
  while (found < count && type(found) !== SHT_SYMTAB) found++;
  if (found === count) return good(undefined);

  const symbols = readSection(view, table, found, 'symbol table');
  if (!symbols.ok) return symbols;
  const { bytes, link, entrySize: symbolSize } = symbols.value;
  const where = `ELF section ${found} (symbol table)`;
  if (symbolSize !== SYMBOL_BYTES) return refuse(`${where}: sh_entsize is ${symbolSize}, must be ${SYMBOL_BYTES}`);
  if (bytes % SYMBOL_BYTES !== 0) {
    return refuse(`${where}: ${bytes} bytes are no whole number of ${SYMBOL_BYTES}-byte symbols`);
  }
  if (link >= count || type(link) !== SHT_STRTAB) {
    return refuse(`${where}: sh_link ${link} is no string table, must be the index of a section of type ${SHT_STRTAB}`);
  }
  const strings = readSection(view, table, link, 'string table');
  return strings.ok ? good({ symbols: symbols.value, strings: strings.value }) : strings;
}

function readSection(view: DataView, table: number, index: number, what: string): Checked<Section> {
  const field = (n: number): number => view.getUint32(table + index * SECTION_HEADER_BYTES + n * 4, true);
  const section = { index, offset: field(4), bytes: field(5), link: field(6), entrySize: field(9) };
  if (section.offset + section.bytes > view.byteLength) {
    const range = `${section.bytes} bytes at file offset ${hex32(section.offset)}`;
    return refuse(`ELF section ${index} (${what}): ${range} run past the end of the file (${view.byteLength} bytes)`);
  }
  return good(section);
}
