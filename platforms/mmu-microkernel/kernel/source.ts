import { programAssembler, sourceFiles } from '../../assembler/files.js';
import { riscvAssembler } from '../../riscv/assembler.js';

/** Sources of kernel and servers stay where they are; this file is dist/platforms/mmu-microkernel/kernel/source.js. */
const FOLDERS = ['kernel', 'servers'].map(
  (folder) => new URL(`../../../../platforms/mmu-microkernel/${folder}/`, import.meta.url),
);

/** A source file of kernel or servers by name, undefined if there is none. */
export const kernelSource = sourceFiles(...FOLDERS);

/** Assembles a source that may include the kernel's files. */
export const assembleProgram = programAssembler(riscvAssembler(), kernelSource);

let abi: Readonly<Record<string, number>> | undefined;

/** What programs may know of the kernel: the symbols of `abi.s`. */
export function abiSymbols(): Readonly<Record<string, number>> {
  abi ??= Object.fromEntries(assembleProgram('.include "abi.s"', 'abi.s', {}, {}).symbols);
  return abi;
}
