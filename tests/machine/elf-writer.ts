/** A segment to be written: one PT_LOAD program header and one section. */
export interface WrittenSegment {
  readonly vaddr: number;
  /** Default: `vaddr`. */
  readonly paddr?: number;
  readonly data: ArrayLike<number>;
  /** Default: the number of data bytes. */
  readonly memsz?: number;
  /** PF_X = 1, PF_W = 2, PF_R = 4; default 7. */
  readonly flags?: number;
}

/** A symbol to be written. */
export interface WrittenSymbol {
  readonly name: string;
  readonly value: number;
  /** STT_NOTYPE = 0 (default), STT_OBJECT = 1, STT_FUNC = 2, STT_SECTION = 3, STT_FILE = 4, STT_TLS = 6. */
  readonly type?: number;
  /** STB_LOCAL = 0, STB_GLOBAL = 1 (default), STB_WEAK = 2. */
  readonly binding?: number;
  /** Section index; default 1, the first segment's. 0 = undefined, 0xfff1 = absolute, 0xfff2 = common. */
  readonly section?: number;
}

/** What an ELF file is written from. */
export interface WrittenElf {
  /** e_machine; default 243, RISC-V. */
  readonly machine?: number;
  /** e_type; default 2, executable. */
  readonly type?: number;
  /** Default: the first segment's virtual address. */
  readonly entry?: number;
  readonly segments: readonly WrittenSegment[];
  /** Without symbols the file has no section headers, as after `strip` with all sections removed. */
  readonly symbols?: readonly WrittenSymbol[];
}

/** An ELF file and where its parts are, for tests that damage it. */
export interface ElfFile {
  readonly bytes: Uint8Array;
  /** File offset of program header i. */
  readonly programHeader: (index: number) => number;
  /** File offset of section header i: 0 = null, 1.. = segments, then `symtab`, then `strtab`. */
  readonly sectionHeader: (index: number) => number;
  readonly symtab: number;
  readonly strtab: number;
  /** File offset of symbol i; 0 is the null symbol. */
  readonly symbol: (index: number) => number;
}

const EHDR = 52;
const PHDR = 32;
const SHDR = 40;
const SYM = 16;

/** Writes an ELF32 little-endian file: header, program headers, segment data, then symbols, strings and section headers. */
export function writeElf(elf: WrittenElf): ElfFile {
  const { segments, symbols } = elf;
  const align = (n: number): number => (n + 3) & ~3;
  let end = EHDR + segments.length * PHDR;
  const offsets = segments.map(({ data }) => {
    const offset = align(end);
    end = offset + data.length;
    return offset;
  });

  const strings: number[] = [0];
  const string = (text: string): number => {
    const offset = strings.length;
    strings.push(...new TextEncoder().encode(text), 0);
    return offset;
  };
  const names = (symbols ?? []).map((s) => string(s.name));
  const sections = symbols === undefined ? 0 : segments.length + 3;
  const symtab = align(end);
  const strtab = symtab + (names.length + 1) * SYM;
  const shoff = symbols === undefined ? 0 : align(strtab + strings.length);
  const bytes = new Uint8Array(symbols === undefined ? end : shoff + sections * SHDR);
  const view = new DataView(bytes.buffer);
  const words = (at: number, ...values: number[]): void =>
    values.forEach((v, i) => view.setUint32(at + i * 4, v, true));
  const halves = (at: number, ...values: number[]): void =>
    values.forEach((v, i) => view.setUint16(at + i * 2, v, true));

  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  halves(16, elf.type ?? 2, elf.machine ?? 243);
  words(20, 1, elf.entry ?? segments[0]?.vaddr ?? 0, segments.length > 0 ? EHDR : 0, shoff, 0);
  halves(40, EHDR, PHDR, segments.length, SHDR, sections, 0);
  segments.forEach(({ vaddr, paddr = vaddr, data, memsz = data.length, flags = 7 }, i) => {
    words(EHDR + i * PHDR, 1, offsets[i], vaddr, paddr, data.length, memsz, flags, 4);
    bytes.set(data, offsets[i]);
    if (symbols !== undefined) words(shoff + (i + 1) * SHDR, 0, 1, 2, vaddr, offsets[i], data.length, 0, 0, 4, 0);
  });
  (symbols ?? []).forEach(({ value, type = 0, binding = 1, section = 1 }, i) => {
    const at = symtab + (i + 1) * SYM;
    words(at, names[i], value, 0);
    bytes[at + 12] = (binding << 4) | type;
    halves(at + 14, section);
  });
  if (symbols !== undefined) {
    const index = segments.length + 1;
    words(shoff + index * SHDR, 0, 2, 0, 0, symtab, strtab - symtab, index + 1, 1, 4, SYM);
    words(shoff + (index + 1) * SHDR, 0, 3, 0, 0, strtab, strings.length, 0, 0, 1, 0);
    bytes.set(strings, strtab);
  }
  return {
    bytes,
    programHeader: (i) => EHDR + i * PHDR,
    sectionHeader: (i) => shoff + i * SHDR,
    symtab: segments.length + 1,
    strtab: segments.length + 2,
    symbol: (i) => symtab + i * SYM,
  };
}

/** A copy of the bytes with a little-endian 8-, 16- or 32-bit field changed. */
export function patched(bytes: Uint8Array, offset: number, size: 1 | 2 | 4, value: number): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  if (size === 1) view.setUint8(offset, value);
  else if (size === 2) view.setUint16(offset, value, true);
  else view.setUint32(offset, value, true);
  return copy;
}
