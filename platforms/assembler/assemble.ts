import type { Image, Segment } from '../machine/image.js';
import { physical, virtual } from '../machine/units.js';
import { Assembly } from './assembly.js';
import { CONDITIONALS, CONTROL, TEXT } from './directives/control.js';
import { DATA } from './directives/data.js';
import { SECTIONS } from './directives/sections.js';
import { SYMBOLS } from './directives/symbols.js';
import { evaluate } from './expression.js';
import type { IsaPlugin } from './isa.js';
import { absolute, encode, finalEnvironment, layOut } from './layout.js';
import { placeSections } from './link.js';
import type { Problem } from './problems.js';
import type { Section } from './section.js';

/** How to read a source. */
export interface SourceOptions {
  /** Name of the source in problems and source lines. */
  readonly file: string;
  readonly isa: IsaPlugin;
  /** Symbols with a value before the source begins: a kernel's parameters. */
  readonly define?: Readonly<Record<string, number>>;
  /** The text of a file that `.include` names, undefined if there is none. */
  readonly include?: (name: string) => string | undefined;
}

/**
 * Addresses of sections by name. Any other section follows the one before it in link order: code, constants, variables,
 * zeros, each in order of appearance. Without an entry for it, the first section is at 0.
 */
export type SectionAddresses = Readonly<Record<string, number>>;

/** How to assemble a source. */
export interface AssembleOptions extends SourceOptions {
  readonly sections?: SectionAddresses;
}

/** A section in the finished program. */
export interface PlacedSection {
  readonly name: string;
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Bytes in memory; a section of zeros has no `bytes`. */
  readonly size: number;
  /** Its address must be a multiple of this. */
  readonly alignment: number;
}

/** A program, or everything that is wrong with its source. */
export type Assembled =
  | {
      readonly ok: true;
      readonly image: Image;
      /** Labels and numeric symbols by name. */
      readonly symbols: ReadonlyMap<string, number>;
      readonly sections: readonly PlacedSection[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const DIRECTIVES = {
  conditional: CONDITIONALS,
  text: TEXT,
  ordinary: new Map([...DATA, ...SECTIONS, ...SYMBOLS, ...CONTROL]),
};

/** A source that has been read and laid out: it can be linked again and again, at any addresses; or all that is wrong with it. */
export type ObjectFile =
  | { readonly ok: true; readonly link: (addresses: SectionAddresses) => Assembled }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Assembles and links one program. Entry is the label `_start`, else the lowest address of code. Virtual addresses are the
 * physical ones.
 */
export function assemble(source: string, options: AssembleOptions): Assembled {
  const object = readObject(source, options);
  return object.ok ? object.link(options.sections ?? {}) : object;
}

/** Reads a source and lays its sections out, which does not depend on where they will be. */
export function readObject(source: string, { file, isa, define = {}, include }: SourceOptions): ObjectFile {
  const assembly = new Assembly(isa, DIRECTIVES, include ?? (() => undefined), file);
  for (const [name, value] of Object.entries(define)) {
    assembly.symbols.set(name, { kind: 'number', value: BigInt(value) }, false);
  }
  assembly.read(source, file);
  if (assembly.problems.length > 0) return { ok: false, problems: assembly.problems };
  const problems = layOut([...assembly.sections.values()], assembly.symbols, file);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, link: (at) => link(assembly, file, at) };
}

/** Gives the sections their addresses and encodes them. */
function link(assembly: Assembly, file: string, addresses: SectionAddresses): Assembled {
  const used = [...assembly.sections.values()].filter((section) => section.items.length > 0);
  const linkProblems = placeSections(used, addresses, file);
  if (linkProblems.length > 0) return { ok: false, problems: linkProblems };

  const { bytes, problems } = encode(used, assembly.symbols);
  if (problems.length > 0) return { ok: false, problems };
  const sections = used
    .map((section, i) => ({ section, bytes: bytes[i] }))
    .sort((a, b) => a.section.base - b.section.base);
  const image = imageOf(assembly, sections);
  return {
    ok: true,
    image,
    symbols: numericSymbols(assembly),
    sections: sections.map((s) => ({
      name: s.section.name,
      address: s.section.base,
      bytes: s.bytes,
      size: s.section.size,
      alignment: s.section.alignment,
    })),
  };
}

function numericSymbols(assembly: Assembly): Map<string, number> {
  const environment = finalEnvironment(assembly.symbols);
  const symbols = new Map<string, number>();
  for (const [name, label] of assembly.symbols.placedLabels()) {
    if (label.position !== undefined) symbols.set(name, absolute(label.position) + label.codeBit);
  }
  for (const [name, expression] of assembly.symbols.values()) {
    const value = evaluate(expression, environment);
    if (value === undefined) continue;
    symbols.set(name, Number(value.offset) + (value.base === undefined ? 0 : absolute(value.base.position)));
  }
  return symbols;
}

function imageOf(assembly: Assembly, sections: readonly { section: Section; bytes: Uint8Array }[]): Image {
  const segments: Segment[] = sections
    .filter(({ section }) => section.size > 0)
    .map(({ section, bytes }) => ({
      physical: physical(section.base),
      data: bytes,
      bytes: section.size,
      writable: section.kind.writable,
      executable: section.kind.executable,
    }));
  const symbols = [...assembly.symbols.placedLabels()]
    .filter(([name]) => !name.startsWith('.L'))
    .flatMap(([name, label]) => {
      if (label.position === undefined) return [];
      const address = absolute(label.position);
      return [{ name, space: 0, virtual: virtual(address), physical: physical(address) }];
    });
  const start = symbols.find((symbol) => symbol.name === '_start')?.virtual;
  const code = sections.find(({ section }) => section.kind.executable && section.size > 0);
  return {
    segments,
    symbols,
    phases: assembly.phases
      .map(({ position, phase }) => ({ physical: physical(absolute(position)), phase }))
      .sort((a, b) => a.physical - b.physical),
    domains: [],
    lines: sections.flatMap(({ section }) => sourceLines(section)),
    entry: start ?? virtual(code?.section.base ?? sections[0]?.section.base ?? 0),
  };
}

/** One entry for each run of bytes from the same line. */
function sourceLines(section: Section): Image['lines'] {
  const lines: Image['lines'][number][] = [];
  for (const { position, location } of section.lines) {
    const entry = { physical: physical(absolute(position)), file: location.file, line: location.line };
    const last = lines.at(-1);
    if (last?.physical === entry.physical) lines.pop();
    else if (last?.file === entry.file && last.line === entry.line) continue;
    lines.push(entry);
  }
  return lines;
}
