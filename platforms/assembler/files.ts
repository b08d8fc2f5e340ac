import { existsSync, readFileSync } from 'node:fs';
import { assemble, type Assembled, type AssembleOptions } from './assemble.js';

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
 * Assembles a source that has no problems unless somebody edited it.
 * @throws SyntaxError with file, line and problem, one a line.
 */
export function mustAssemble(source: string, options: AssembleOptions): Program {
  const result = assemble(source, options);
  if (result.ok) return result;
  throw new SyntaxError(result.problems.map((p) => `${p.file}:${p.line}: ${p.message}`).join('\n'));
}
