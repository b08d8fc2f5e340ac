import { existsSync, readFileSync } from 'node:fs';
import { assemble, type Assembled } from '../../assembler/assemble.js';
import { riscvAssembler } from '../../riscv/assembler.js';

/** Sources of kernel and servers stay where they are; this file is dist/platforms/mmu-microkernel/kernel/source.js. */
const FOLDERS = ['kernel', 'servers'].map(
  (folder) => new URL(`../../../../platforms/mmu-microkernel/${folder}/`, import.meta.url),
);

const ISA = riscvAssembler();
const texts = new Map<string, string>();

/** A source file of kernel or servers by name, undefined if there is none. */
export function kernelSource(name: string): string | undefined {
  if (!/^[a-z-]+\.s$/.test(name)) return undefined;
  const known = texts.get(name);
  if (known !== undefined) return known;
  const file = FOLDERS.map((folder) => new URL(name, folder)).find((url) => existsSync(url));
  if (file === undefined) return undefined;
  const text = readFileSync(file, 'utf8');
  texts.set(name, text);
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

let abi: Readonly<Record<string, number>> | undefined;

/** What programs may know of the kernel: the symbols of `abi.s`. */
export function abiSymbols(): Readonly<Record<string, number>> {
  abi ??= Object.fromEntries(assembleProgram('.include "abi.s"', 'abi.s', {}, {}).symbols);
  return abi;
}
