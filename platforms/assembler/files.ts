import { existsSync, readFileSync } from 'node:fs';
import { remembered } from '../remembered.js';
import { type Assembled, type ObjectFile, readObject, type SectionAddresses } from './assemble.js';
import type { IsaPlugin } from './isa.js';

/** Source files by name, for `.include`. */
export type SourceFiles = (name: string) => string | undefined;

/**
 * The source files of folders, read when they are first asked for. A name is letters and hyphens with `.s`: no path leads out.
 * @param folders URLs that end with a slash; of two files of a name the first folder's is taken.
 */
export function sourceFiles(...folders: readonly URL[]): SourceFiles {
  const texts = new Map<string, string>();
  return (name) => {
    if (!/^[a-z-]+\.s$/.test(name)) return undefined;
    const known = texts.get(name);
    if (known !== undefined) return known;
    const file = folders.map((folder) => new URL(name, folder)).find((url) => existsSync(url));
    if (file === undefined) return undefined;
    const text = readFileSync(file, 'utf8');
    texts.set(name, text);
    return text;
  };
}

/** A program that was assembled without problems. */
export type Program = Extract<Assembled, { ok: true }>;

/**
 * Assembles a source with these symbols for these addresses.
 * @throws SyntaxError with file, line and problem, one a line.
 */
export type ProgramAssembler = (
  source: string,
  file: string,
  define: Readonly<Record<string, number>>,
  sections: SectionAddresses,
) => Program;

/** Objects that are kept: more than the programs of a few scenarios, of which most have been in the one before, too. */
const MOST_OBJECTS = 64;

/**
 * Assembles sources that have no problems unless somebody edited them. A program that comes again is linked again, and not read
 * again: most programs are in many systems, at other addresses.
 */
export function programAssembler(isa: IsaPlugin, include: SourceFiles): ProgramAssembler {
  const objects = remembered<ObjectFile>(MOST_OBJECTS);
  return (source, file, define, sections) => {
    const object = objects([source, file, define], () => readObject(source, { file, isa, define, include }));
    const result = object.ok ? object.link(sections) : object;
    if (result.ok) return result;
    throw new SyntaxError(result.problems.map((p) => `${p.file}:${p.line}: ${p.message}`).join('\n'));
  };
}
