import { readFileSync } from 'node:fs';
import { assemble, type Assembled } from '../../assembler/assemble.js';
import { cheriotAssembler } from '../../riscv/cheriot-assembler.js';

/** The kernel's sources stay where they are; this file is dist/platforms/cheri/kernel/source.js. */
const FOLDER = new URL('../../../../platforms/cheri/kernel/', import.meta.url);

const ISA = cheriotAssembler();
const texts = new Map<string, string>();

/** A source file of the kernel by name, undefined if there is none. */
export function kernelSource(name: string): string | undefined {
  if (!/^[a-z-]+\.s$/.test(name)) return undefined;
  let text = texts.get(name);
  if (text === undefined) {
    try {
      text = readFileSync(new URL(name, FOLDER), 'utf8');
    } catch {
      return undefined;
    }
    texts.set(name, text);
  }
  return text;
}

/** A program that was assembled without problems. */
export type Program = Extract<Assembled, { ok: true }>;

/**
 * Assembles a source that may include the kernel's files.
 * @throws SyntaxError with file, line and problem, one a line.
 */
export function assembleProgram(
  source: string,
  file: string,
  define: Readonly<Record<string, number>>,
  sections: Readonly<Record<string, number>>,
): Program {
  const result = assemble(source, { file, isa: ISA, define, sections, include: kernelSource });
  if (result.ok) return result;
  throw new SyntaxError(result.problems.map((p) => `${p.file}:${p.line}: ${p.message}`).join('\n'));
}

let layout: ReadonlyMap<string, number> | undefined;

/**
 * A number that the kernel's sources define in `abi.s` or `layout.s`.
 * @throws RangeError if there is none.
 */
export function constant(name: string): number {
  layout ??= assembleProgram('.include "abi.s"\n.include "layout.s"', 'layout.s', {}, {}).symbols;
  const value = layout.get(name);
  if (value === undefined) throw new RangeError(`the kernel has no constant ${name}`);
  return value;
}
