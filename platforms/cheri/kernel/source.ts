import { programAssembler, sourceFiles } from '../../assembler/files.js';
import { cheriotAssembler } from '../../riscv/cheriot-assembler.js';

/** The kernel's sources stay where they are; this file is dist/platforms/cheri/kernel/source.js. */
const FOLDER = new URL('../../../../platforms/cheri/kernel/', import.meta.url);

/** A source file of the kernel by name, undefined if there is none. */
export const kernelSource = sourceFiles(FOLDER);

/** Assembles a source that may include the kernel's files. */
export const assembleProgram = programAssembler(cheriotAssembler(), kernelSource);

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
